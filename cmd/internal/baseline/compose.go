package baseline

import (
	"embed"
	"io"
	"strconv"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// write fills a template, which may have others in it. Its values were checked before.
func write(w io.Writer, name string, values any) error {
	pages, err := template.ParseFS(templates, "templates/*")
	if err != nil {
		return err
	}
	return pages.ExecuteTemplate(w, name, values)
}

// Compose is what a compose file is made of.
type Compose struct {
	Name, Image string
	// Memory, Tmp and Run are sizes such as "2g".
	Memory, Tmp, Run string
	CPUs             float64
	Pids, OpenFiles  int
	// Data and Logs are directories of the host, absolute or from the file's own on.
	Data, Logs string
	// Bind is the address of the host on which Port is published.
	Bind string
	Port int
	// User is "1000" or "1000:1000", as the container counts users.
	User string
	// FirstID is the user of the host that user 0 of the container is; 0 where the
	// engine maps none.
	FirstID int
	// Network and Bridge are the network's name, and that of its interface.
	Network, Bridge string
	// Subnet is the network's own; empty leaves the choice to the engine.
	Subnet string
	// Internal keeps everything that the agent sends on the host.
	Internal bool
	// Secrets are names of files below ./secrets.
	Secrets []string
}

// DefaultCompose is the deployment that brink is made for.
func DefaultCompose() Compose {
	return Compose{
		Name: "openclaw-agent", Image: "ghcr.io/openclaw/openclaw:latest",
		Memory: "2g", Tmp: "256m", Run: "64m", CPUs: 1.5, Pids: 256, OpenFiles: 65536,
		Data: "./data", Logs: "./logs", Bind: "127.0.0.1", Port: 18789, User: "1000:1000", FirstID: defaultFirstID,
		Network: "openclaw-net", Bridge: DefaultBridge,
	}
}

// DefaultBridge is the interface by which the firewall knows the agent.
const DefaultBridge = "br-openclaw"

// leastMemory is what the engine asks for at least (moby daemon/daemon_unix.go).
const leastMemory = 6 << 20

// check returns the sizes as they are printed, or every fault.
func (c Compose) check() (Compose, error) {
	var f faults
	f.form("name", c.Name, nameForm())
	f.form("image", c.Image, imageForm())
	c.Memory = f.size("memory", c.Memory, leastMemory)
	c.Tmp, c.Run = f.size("tmp", c.Tmp, 0), f.size("run", c.Run, 0)
	if !(c.CPUs >= 0.01 && c.CPUs <= 4096) {
		f.note("cpus", "%g is not between 0.01 and 4096", c.CPUs)
	}
	f.number("pids", c.Pids, 16, 4<<20)
	f.number("open-files", c.OpenFiles, 64, 1<<20)
	f.path("data", c.Data)
	f.path("logs", c.Logs)
	if c.Data == c.Logs {
		f.note("logs", "%q is the data as well: give them two directories", c.Logs)
	}
	f.address("bind", c.Bind)
	f.number("port", c.Port, 1, 65535)
	f.form("user", c.User, userForm())
	f.number("first-id", c.FirstID, 0, mostFirstID)
	f.form("network", c.Network, nameForm())
	f.form("bridge", c.Bridge, interfaceForm())
	c.checkSubnet(&f)
	for _, name := range c.Secrets {
		f.form("secret", name, secretForm())
	}
	return c, f.err()
}

func (c Compose) checkSubnet(f *faults) {
	if c.Subnet == "" {
		return
	}
	prefix, ok := f.prefix("subnet", c.Subnet)
	if ok && (!prefix.Addr().Is4() || prefix.Bits() < 8 || prefix.Bits() > 29) {
		f.note("subnet", "%q is not an IPv4 network of 8 to 29 bits such as 172.30.0.0/24", c.Subnet)
	}
}

// WriteCompose prints a compose file. The error is every fault of the values.
func WriteCompose(w io.Writer, c Compose) error {
	checked, err := c.check()
	if err != nil {
		return err
	}
	return write(w, "compose.yaml", checked)
}

// What the template asks for.

// Pinned reports whether the image is named by its digest.
func (c Compose) Pinned() bool { return strings.Contains(c.Image, "@sha256:") }

// Owner is the user and the group of the host that own the data, as chown takes them.
// Which group a user has that is given without one is the image's to say.
func (c Compose) Owner() string {
	user, group, hasGroup := strings.Cut(c.User, ":")
	if !hasGroup {
		return c.outside(user)
	}
	return c.outside(user) + ":" + c.outside(group)
}

func (c Compose) outside(id string) string {
	n, err := strconv.Atoi(id)
	if err != nil {
		return id
	}
	return strconv.Itoa(n + c.FirstID)
}

// Processes is the limit on the processes of the user. It counts those of that user
// everywhere, where the limit on tasks counts the container's, and so is higher.
func (c Compose) Processes() int { return max(1024, 4*c.Pids) }

// Listen is the address as compose takes it in a port.
func (c Compose) Listen() string {
	if strings.Contains(c.Bind, ":") {
		return "[" + c.Bind + "]"
	}
	return c.Bind
}

// Variable is the environment variable that leads to a secret.
func (c Compose) Variable(secret string) string { return strings.ToUpper(secret) + "_FILE" }
