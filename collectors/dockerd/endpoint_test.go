package dockerd

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeFile writes a file with all folders above it.
func writeFile(t testing.TB, text string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeContext stores a docker context as "docker context create" does.
func writeContext(t testing.TB, dir, name, meta string) {
	t.Helper()
	writeFile(t, meta, dir, "contexts", "meta", contextFolder(name), "meta.json")
}

// The folder names are those that the docker command makes.
func TestContextFolder(t *testing.T) {
	const want = "fe9c6bd7a66301f49ca9b6a70b217107cd1284598bfc254700c989b916da791e"
	if got := contextFolder("desktop-linux"); got != want {
		t.Errorf("contextFolder(desktop-linux) = %s, want %s", got, want)
	}
}

func TestEndpointPrecedence(t *testing.T) {
	dir := t.TempDir()
	writeContext(t, dir, "vps", `{"Name":"vps","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://vps:2375","SkipTLSVerify":false}}}`)
	writeContext(t, dir, "remote", `{"Name":"remote","Endpoints":{"docker":{"Host":"ssh://me@vps"}}}`)
	writeContext(t, dir, "empty", `{"Name":"empty","Endpoints":{"docker":{}}}`)
	const config = `{"currentContext":"vps","auths":{"x":{"auth":"c2VjcmV0"}}}`
	all := []string{"DOCKER_HOST=tcp://env:1", "DOCKER_CONTEXT=remote"}
	for _, test := range []struct {
		name          string
		host, context string
		env           []string
		config        string
		want          string
	}{
		{"the flag --host wins", "unix:///x", "", all, config, "unix:///x (--host)"},
		{"the flag --context wins", "", "remote", all, config, "ssh://me@vps (--context remote)"},
		{"--context default means the environment", "", "default", all, config, "tcp://env:1 (DOCKER_HOST)"},
		{"DOCKER_HOST before DOCKER_CONTEXT", "", "", all, config, "tcp://env:1 (DOCKER_HOST)"},
		{"DOCKER_CONTEXT before the file", "", "", all[1:], config, "ssh://me@vps (DOCKER_CONTEXT remote)"},
		{"DOCKER_CONTEXT=default turns the file off", "", "", []string{"DOCKER_CONTEXT=default"}, config, "unix:///nowhere/docker.sock (default)"},
		{"the current context", "", "", nil, config, "tcp://vps:2375 (current docker context vps)"},
		{"a context without a host", "", "empty", nil, config, "unix:///var/run/docker.sock (--context empty)"},
		{"nothing at all", "", "", nil, "", "unix:///nowhere/docker.sock (default)"},
		{"TLS moves the default", "", "", []string{"DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH=" + certificates(t).dir}, "", "tcp://localhost:2376 (default)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_ = os.Remove(filepath.Join(dir, "config.json"))
			if test.config != "" {
				writeFile(t, test.config, dir, "config.json")
			}
			r := newResolver(Options{Host: test.host, Context: test.context, Env: environment(test.env...), ConfigDir: dir})
			r.defaultSocket = "/nowhere/docker.sock"
			got, err := r.resolve()
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if local := strings.HasPrefix(test.want, "unix"); got.Local() != local {
				t.Errorf("Local() = %v", got.Local())
			}
		})
	}
}

func TestEndpointFaults(t *testing.T) {
	dir := t.TempDir()
	writeContext(t, dir, "torn", `{"Name":"torn","Endpoints":{"doc`)
	writeContext(t, dir, "cluster", `{"Name":"cluster","Endpoints":{"kubernetes":{}}}`)
	writeContext(t, dir, "http", `{"Endpoints":{"docker":{"Host":"http://proxy"}}}`)
	writeContext(t, dir, "badtls", `{"Endpoints":{"docker":{"Host":"tcp://vps:2376"}}}`)
	writeFile(t, "no certificate", dir, "contexts", "tls", contextFolder("badtls"), "docker", "ca.pem")
	store := filepath.Join(dir, "contexts", "meta")
	for _, test := range []struct {
		name    string
		options Options
		env     []string
		want    string
	}{
		{"both flags", Options{Host: "unix://", Context: "x"}, nil, "--host and --context exclude each other"},
		{"no such context", Options{Context: "nope"}, nil, fmt.Sprintf(`there is no docker context "nope" in %s; "docker context ls" lists those there are`, store)},
		{"no way out of the store", Options{Context: "../../etc"}, nil, fmt.Sprintf(`there is no docker context "../../etc" in %s; "docker context ls" lists those there are`, store)},
		{"half a file", Options{Context: "torn"}, nil, "unexpected end of JSON input"},
		{"not for Docker", Options{Context: "cluster"}, nil, "it has no docker endpoint"},
		{"a scheme that is not spoken", Options{Context: "http"}, nil, `brink speaks unix, tcp and ssh, not "http"`},
		{"a ca.pem that is none", Options{Context: "badtls"}, nil, "ca.pem holds no certificate"},
		{"TLS without ca.pem", Options{Host: "tcp://vps:2376"}, []string{"DOCKER_TLS=1"}, "TLS is asked for, but there is no " + filepath.Join(dir, "ca.pem")},
		{"a wrong version", Options{}, []string{"DOCKER_HOST=unix:///x", "DOCKER_API_VERSION=latest"}, "invalid API version (latest)"},
		{"a password for ssh", Options{Host: "ssh://me:secret@vps"}, nil, "plain-text password is not supported"},
		{"a socket path that no kernel takes", Options{Host: "unix:///" + strings.Repeat("x", 200)}, nil, "is too long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.options.Env, test.options.ConfigDir = environment(test.env...), dir
			_, err := New(test.options)
			if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v\nwant %s", err, test.want)
			}
		})
	}
}

// A broken config.json is not the end: the docker command goes on without it.
func TestBrokenConfigIsNoted(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, `{"currentContext": 5}`, dir, "config.json")
	client, err := New(Options{Env: environment(), ConfigDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	endpoint := client.Endpoint()
	if endpoint.Context != "" || !strings.Contains(endpoint.Note, "config.json") {
		t.Errorf("%+v", endpoint)
	}
}

// TestBrokenConfigIsToldWithTheFailure: who gets no answer may have chosen another
// engine in the file that could not be read; who gets a wrong answer has not.
func TestBrokenConfigIsToldWithTheFailure(t *testing.T) {
	endpoint := Endpoint{Host: "unix:///x", Origin: OriginDefault, Note: "ignored: config.json\x1b"}
	const note = `; "ignored: config.json\x1b"`
	for _, kind := range []error{ErrUnreachable, ErrPermission, ErrTimeout} {
		if text := (&Error{Kind: kind, Endpoint: endpoint}).Error(); !strings.HasSuffix(text, note) {
			t.Errorf("%v: %s", kind, text)
		}
	}
	for _, kind := range []error{ErrConfig, ErrForbidden, ErrTooOld, ErrNotFound, ErrBroken, ErrMalformed, ErrEngine} {
		if text := (&Error{Kind: kind, Endpoint: endpoint}).Error(); strings.Contains(text, "ignored") {
			t.Errorf("%v: %s", kind, text)
		}
	}
}

func TestHugeConfigIsNotRead(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, strings.Repeat(" ", maxFileBytes+1), dir, "config.json")
	if _, err := readDockerConfig(dir); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Error(err)
	}
}

func TestConfigDir(t *testing.T) {
	for _, test := range []struct {
		env  []string
		want string
	}{
		{[]string{"DOCKER_CONFIG=/etc/brink", "HOME=/home/me"}, "/etc/brink"},
		{[]string{"HOME=/home/me"}, "/home/me/.docker"},
	} {
		if got := configDir(environment(test.env...)); got != test.want {
			t.Errorf("%v: %q, want %q", test.env, got, test.want)
		}
	}
	if got := configDir(environment()); got != "" && !filepath.IsAbs(got) {
		t.Errorf("without HOME: %q", got)
	}
}

func TestRootlessSocketStandsInOnlyForAMissingOne(t *testing.T) {
	runtimeDir, err := os.MkdirTemp("", "brink")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(runtimeDir) })
	socket := filepath.Join(runtimeDir, "docker.sock")
	resolveIn := func(system string, env ...string) Endpoint {
		r := newResolver(Options{Env: environment(env...)})
		r.defaultSocket = system
		return r.defaultEndpoint()
	}
	missing := filepath.Join(runtimeDir, "missing.sock")
	system := Endpoint{Host: "unix://" + missing, Origin: OriginDefault}
	xdg := "XDG_RUNTIME_DIR=" + runtimeDir

	writeFile(t, "", socket)
	if got := resolveIn(missing, xdg); got != system {
		t.Errorf("a plain file is no socket: %v", got)
	}
	_ = os.Remove(socket)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	if got, want := resolveIn(missing, xdg), (Endpoint{Host: "unix://" + socket, Origin: OriginRootless}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got := resolveIn(missing); got != system {
		t.Errorf("without XDG_RUNTIME_DIR: %v", got)
	}
	if got := resolveIn(runtimeDir, xdg); got.Origin != OriginDefault {
		t.Errorf("the system's socket is there, but: %v", got)
	}
}

func TestHeadersOfTheConfigAreSent(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, `{"HttpHeaders":{"X-Proxy-Login":"me","user-agent":"spoof"}}`, dir, "config.json")
	r := newResolver(Options{ConfigDir: dir})
	if diff := cmp.Diff(map[string]string{"X-Proxy-Login": "me"}, r.headers()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func FuzzContextMeta(f *testing.F) {
	f.Add([]byte(`{"Name":"vps","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://vps:2376","SkipTLSVerify":true}}}`))
	f.Add([]byte(`{"Endpoints":{"docker":null}}`))
	f.Add([]byte(`{"Endpoints":{"docker":{"Host":"unix://`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		meta, err := decodeContextMeta(data)
		if err != nil && meta != (contextMeta{}) {
			t.Errorf("a value beside an error: %+v, %v", meta, err)
		}
		if host, err := parseHost(orDefaultHost(meta.Host)); err == nil {
			again, err := parseHost(host)
			if err != nil || again != host {
				t.Errorf("parseHost(%q) = %q, then %q, %v", meta.Host, host, again, err)
			}
		}
	})
}

func FuzzDockerConfig(f *testing.F) {
	f.Add([]byte(`{"currentContext":"vps","HttpHeaders":{"A":"b"},"auths":{}}`))
	f.Add([]byte(`{"HttpHeaders":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		config, err := decodeDockerConfig(data)
		if err == nil {
			_ = resolver{config: config, options: Options{Env: environment()}}.headers()
		}
	})
}
