package baseline

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// Daemon is what the engine's settings are made of.
type Daemon struct {
	// Account owns the range of user ids, of which the first is FirstID.
	Account string
	FirstID int
	// LogSize is a size such as "10m"; LogFiles is how many of them a container keeps.
	LogSize   string
	LogFiles  int
	OpenFiles int
}

const (
	defaultFirstID = 1_000_000
	// idCount is how many ids are mapped: as many as a file system without user
	// namespaces had from the beginning.
	idCount = 65536
	// mostFirstID keeps the last id below 2^31, which some file systems do not pass.
	mostFirstID = 1<<31 - 1 - idCount
)

// DefaultDaemon is what `brink audit` asks of an engine.
func DefaultDaemon() Daemon {
	return Daemon{Account: "dockremap", FirstID: defaultFirstID, LogSize: "10m", LogFiles: 3, OpenFiles: 65536}
}

func (d Daemon) check() (Daemon, error) {
	var f faults
	f.form("account", d.Account, accountForm())
	f.number("first-id", d.FirstID, idCount, mostFirstID)
	d.LogSize = f.size("log-size", d.LogSize, 1<<20)
	f.number("log-files", d.LogFiles, 1, 1000)
	f.number("open-files", d.OpenFiles, 64, 1<<20)
	return d, f.err()
}

// WriteDaemon prints a script that gives the engine its settings, or with undo the one
// that takes them back. The error is every fault of the values.
func WriteDaemon(w io.Writer, d Daemon, undo bool) error {
	checked, err := d.check()
	if err != nil {
		return err
	}
	if undo {
		return write(w, "daemon-undo.sh", checked)
	}
	return write(w, "daemon.sh", checked)
}

// WriteDaemonJSON prints /etc/docker/daemon.json alone.
func WriteDaemonJSON(w io.Writer, d Daemon) error {
	checked, err := d.check()
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, checked.JSON()+"\n")
	return err
}

// daemonSettings is daemon.json (moby daemon/config).
type daemonSettings struct {
	Remap           string            `json:"userns-remap"`
	NoNewPrivileges bool              `json:"no-new-privileges"`
	LiveRestore     bool              `json:"live-restore"`
	Neighbours      bool              `json:"icc"`
	LogDriver       string            `json:"log-driver"`
	LogOptions      map[string]string `json:"log-opts"`
	Limits          map[string]ulimit `json:"default-ulimits"`
}

type ulimit struct {
	Name string
	Hard int
	Soft int
}

// JSON is daemon.json.
func (d Daemon) JSON() string {
	settings := daemonSettings{
		Remap: d.Account, NoNewPrivileges: true, LiveRestore: true,
		LogDriver: "local", LogOptions: map[string]string{"max-size": d.LogSize, "max-file": strconv.Itoa(d.LogFiles)},
		Limits: map[string]ulimit{"nofile": {"nofile", d.OpenFiles, min(d.OpenFiles, 1024)}, "core": {Name: "core"}},
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(settings); err != nil {
		return "" // a struct of texts and numbers always has a form
	}
	return strings.TrimSpace(text.String())
}

// Count is how many ids are mapped.
func (d Daemon) Count() int { return idCount }
