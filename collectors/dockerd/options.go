package dockerd

import (
	"os"
	"os/user"
	"path/filepath"
	"time"
)

// Options says which engine to read and how patiently. The zero Options reads
// the engine that the docker command would use.
type Options struct {
	// Host is a URL as in docker --host; it wins over everything but Context,
	// together with which it is an error.
	Host string
	// Context is the name of a docker context, as in docker --context.
	Context string
	// ConfigDir is the folder of config.json and contexts/. Empty means
	// $DOCKER_CONFIG, else ~/.docker.
	ConfigDir string
	// Env looks up an environment variable; nil means the process's own. Read are
	// DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS, DOCKER_TLS_VERIFY,
	// DOCKER_CERT_PATH, DOCKER_API_VERSION, HOME and XDG_RUNTIME_DIR.
	Env func(string) string
	// UserAgent names the program in the engine's log.
	UserAgent string

	// CallTimeout bounds every call, and the opening of every stream, whose
	// context has no earlier deadline.
	CallTimeout time.Duration
	// StallTimeout is how long a stats stream may stay silent. The engine sends a
	// frame per second plus what collecting from all containers takes, Podman one
	// in five seconds.
	StallTimeout time.Duration
	// BackoffMin and BackoffMax bound the pause before the events are asked for
	// again; it doubles with every failure.
	BackoffMin, BackoffMax time.Duration
}

// DefaultOptions returns the time limits for everyday use.
func DefaultOptions() Options {
	return Options{
		Env:          os.Getenv,
		UserAgent:    "brink",
		CallTimeout:  10 * time.Second,
		StallTimeout: 30 * time.Second,
		BackoffMin:   100 * time.Millisecond,
		BackoffMax:   5 * time.Second,
	}
}

// withDefaults fills what was left zero.
func (o Options) withDefaults() Options {
	d := DefaultOptions()
	if o.Env == nil {
		o.Env = d.Env
	}
	if o.UserAgent == "" {
		o.UserAgent = d.UserAgent
	}
	o.CallTimeout = positive(o.CallTimeout, d.CallTimeout)
	o.StallTimeout = positive(o.StallTimeout, d.StallTimeout)
	o.BackoffMin = positive(o.BackoffMin, d.BackoffMin)
	o.BackoffMax = max(positive(o.BackoffMax, d.BackoffMax), o.BackoffMin)
	if o.ConfigDir == "" {
		o.ConfigDir = configDir(o.Env)
	}
	return o
}

func positive(value, fallback time.Duration) time.Duration {
	if value > 0 {
		return value
	}
	return fallback
}

// configDir finds the docker command's folder. A systemd service has no HOME, so
// the user database stands in, as it does for the docker command. Without any
// home the answer is empty, and there is no configuration to read.
func configDir(env func(string) string) string {
	if dir := env("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home := env("HOME")
	if home == "" {
		if u, err := user.Current(); err == nil {
			home = u.HomeDir
		}
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".docker")
}
