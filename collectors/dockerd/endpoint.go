package dockerd

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Origin is where the choice of an endpoint came from.
type Origin string

// The origins, in the order in which they win.
const (
	OriginHostFlag       Origin = "--host"
	OriginContextFlag    Origin = "--context"
	OriginHostEnv        Origin = "DOCKER_HOST"
	OriginContextEnv     Origin = "DOCKER_CONTEXT"
	OriginCurrentContext Origin = "current docker context"
	OriginDefault        Origin = "default"
	// OriginRootless is the socket of a rootless engine, taken when nothing was
	// configured and the default socket is not there. The docker command stops at
	// that point; an engine that runs is the better answer.
	OriginRootless Origin = "default of rootless Docker"
)

// Endpoint is the engine that was chosen, and why.
type Endpoint struct {
	// Host is a URL: unix:///path, tcp://host:port or ssh://user@host.
	Host string
	// Origin says who chose it; Context names the docker context, if one did.
	Origin  Origin
	Context string
	// Note is what the user should know about the choice, as that config.json
	// could not be read; empty most of the time.
	Note string
}

// String is the endpoint as messages name it: "unix:///var/run/docker.sock
// (default)".
func (e Endpoint) String() string {
	why := string(e.Origin)
	if e.Context != "" {
		why += " " + e.Context
	}
	return e.Host + " (" + why + ")"
}

// Local reports whether the engine is reached over a unix socket. Only then may
// its process numbers mean anything here, and even then the caller must check:
// behind the socket of Docker Desktop or of an ssh tunnel is another machine.
func (e Endpoint) Local() bool { return strings.HasPrefix(e.Host, "unix://") }

// socket is the path of the unix socket, or empty.
func (e Endpoint) socket() string {
	path, _ := strings.CutPrefix(e.Host, "unix://")
	if !e.Local() {
		return ""
	}
	return path
}

// target is an endpoint with what it takes to talk to it.
type target struct {
	Endpoint
	tls     *tls.Config
	headers map[string]string
}

// defaultContextName is the context that is stored nowhere: it means DOCKER_HOST
// or the default socket.
const defaultContextName = "default"

// resolver finds the endpoint. Its fields are the whole world it looks at.
type resolver struct {
	options Options
	config  dockerConfig
	note    string
	// defaultSocket is where the engine of the system listens.
	defaultSocket string
}

func newResolver(o Options) resolver {
	r := resolver{options: o, defaultSocket: defaultSocket}
	config, err := readDockerConfig(o.ConfigDir)
	if err != nil {
		// The docker command warns and goes on with the defaults; so does brink, and
		// hands the warning out with the endpoint.
		r.note = "ignored: " + err.Error()
	}
	r.config = config
	return r
}

// resolve finds the endpoint as the docker command does (docker/cli
// cli/command/cli.go, resolveContextName).
func (r resolver) resolve() (target, error) {
	if r.options.Host != "" && r.options.Context != "" {
		return target{}, errors.New("--host and --context exclude each other")
	}
	name, origin := r.chooseContext()
	t, err := r.open(name, origin)
	if err != nil {
		return target{}, err
	}
	t.Note = r.note
	t.headers = r.headers()
	return t, nil
}

func (r resolver) chooseContext() (string, Origin) {
	switch {
	case r.options.Context != "":
		return r.options.Context, OriginContextFlag
	case r.options.Host != "":
		return defaultContextName, OriginHostFlag
	case r.options.Env("DOCKER_HOST") != "":
		return defaultContextName, OriginHostEnv
	case r.options.Env("DOCKER_CONTEXT") != "":
		return r.options.Env("DOCKER_CONTEXT"), OriginContextEnv
	case r.config.CurrentContext != "":
		return r.config.CurrentContext, OriginCurrentContext
	default:
		return defaultContextName, OriginDefault
	}
}

func (r resolver) open(name string, origin Origin) (target, error) {
	if name != defaultContextName {
		return r.storedContext(name, origin)
	}
	switch {
	case r.options.Host != "":
		return r.plainHost(r.options.Host, OriginHostFlag)
	case r.options.Env("DOCKER_HOST") != "":
		return r.plainHost(r.options.Env("DOCKER_HOST"), OriginHostEnv)
	case r.wantTLS():
		return r.plainHost(defaultTLSHost, OriginDefault)
	default:
		return target{Endpoint: r.defaultEndpoint()}, nil
	}
}

// defaultEndpoint is the system's socket, or the rootless one when only that is
// there. Any other trouble with the system's socket (permissions) is for the
// user to hear of, not to be worked around.
func (r resolver) defaultEndpoint() Endpoint {
	endpoint := Endpoint{Host: "unix://" + r.defaultSocket, Origin: OriginDefault}
	if _, err := os.Stat(r.defaultSocket); !errors.Is(err, fs.ErrNotExist) {
		return endpoint
	}
	runtimeDir := r.options.Env("XDG_RUNTIME_DIR")
	rootless := filepath.Join(runtimeDir, "docker.sock")
	info, err := os.Stat(rootless)
	if runtimeDir == "" || err != nil || info.Mode()&fs.ModeSocket == 0 {
		return endpoint
	}
	return Endpoint{Host: "unix://" + rootless, Origin: OriginRootless}
}

// plainHost is a host without a context; the environment says whether it is TLS.
func (r resolver) plainHost(value string, origin Origin) (target, error) {
	host, err := parseHost(value)
	if err != nil {
		return target{}, err
	}
	t := target{Endpoint: Endpoint{Host: host, Origin: origin}}
	if strings.HasPrefix(host, "tcp://") && r.wantTLS() {
		t.tls, err = r.environmentTLS()
	}
	return t, err
}

// storedContext is an entry of docker context. Its TLS files lie beside it.
func (r resolver) storedContext(name string, origin Origin) (target, error) {
	meta, err := readContextMeta(r.options.ConfigDir, name)
	if err != nil {
		return target{}, err
	}
	host, err := parseHost(orDefaultHost(meta.Host))
	if err != nil {
		return target{}, err
	}
	t := target{Endpoint: Endpoint{Host: host, Origin: origin, Context: name}}
	if !strings.HasPrefix(host, "tcp://") {
		return t, nil
	}
	m, err := readMaterial(filepath.Join(r.options.ConfigDir, "contexts", "tls", contextFolder(name), "docker"))
	if err == nil && (!m.empty() || meta.SkipTLSVerify) {
		t.tls, err = m.config(!meta.SkipTLSVerify)
	}
	return t, err
}

// orDefaultHost stands the default socket in for a context that names no host.
func orDefaultHost(host string) string {
	if host == "" {
		return "unix://"
	}
	return host
}

// wantTLS is true with DOCKER_TLS_VERIFY or DOCKER_TLS set to anything, also to
// "0" (docker/cli cli/flags/options.go).
func (r resolver) wantTLS() bool {
	return r.options.Env("DOCKER_TLS_VERIFY") != "" || r.options.Env("DOCKER_TLS") != ""
}

// environmentTLS reads DOCKER_CERT_PATH, by default the configuration folder.
// Unlike a client certificate, ca.pem must be there.
func (r resolver) environmentTLS() (*tls.Config, error) {
	dir := r.options.Env("DOCKER_CERT_PATH")
	if dir == "" {
		dir = r.options.ConfigDir
	}
	m, err := readMaterial(dir)
	if err != nil {
		return nil, err
	}
	if m.ca == nil {
		return nil, errors.New("TLS is asked for, but there is no " + filepath.Join(dir, "ca.pem"))
	}
	return m.config(r.options.Env("DOCKER_TLS_VERIFY") != "")
}

// headers are those that config.json adds to every request, as a proxy with a
// login needs them. As in the docker command they cannot name the program.
func (r resolver) headers() map[string]string {
	headers := make(map[string]string, len(r.config.HTTPHeaders))
	for name, value := range r.config.HTTPHeaders {
		if !strings.EqualFold(name, "User-Agent") {
			headers[name] = value
		}
	}
	return headers
}
