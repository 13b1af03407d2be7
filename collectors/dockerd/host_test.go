package dockerd

import (
	"net"
	"strings"
	"testing"
)

func TestParseHost(t *testing.T) {
	for _, test := range []struct{ in, want, fault string }{
		{in: "http://x", fault: `host "http://x": brink speaks unix, tcp and ssh, not "http"`},
		{in: "fd://", fault: `host "fd://": brink speaks unix, tcp and ssh, not "fd"`},
		{in: "npipe:////./pipe/docker_engine", fault: `host "npipe:////./pipe/docker_engine": brink speaks unix, tcp and ssh, not "npipe"`},
		{in: "unix://unix:///a", fault: `host "unix://unix:///a" has two schemes`},
		{in: "tcp://tcp://a", fault: `host "tcp://tcp://a" is not of the form tcp://host:port`},
		{in: "tcp://a:0", fault: `host "tcp://a:0": 0 is not a port`},
		{in: "tcp://a:65536", fault: `host "tcp://a:65536": 65536 is not a port`},
		{in: "tcp://a:b", fault: `host "tcp://a:b" is not of the form tcp://host:port`},
		{in: "tcp://a b", fault: `host "tcp://a b" is not of the form tcp://host:port`},
		{in: "]", fault: `host "tcp://]" is not of the form tcp://host:port`},
		{in: "tcp://[::1", fault: `host "tcp://[::1" is not of the form tcp://host:port`},

		{in: "unix://", want: "unix:///var/run/docker.sock"},
		{in: " unix:///run/user/1000/docker.sock\n", want: "unix:///run/user/1000/docker.sock"},
		{in: "tcp://", want: "tcp://localhost:2375"},
		{in: "tcp://vps", want: "tcp://vps:2375"},
		{in: "tcp://vps:", want: "tcp://vps:2375"},
		{in: "tcp://:2376", want: "tcp://localhost:2376"},
		{in: "vps:2376", want: "tcp://vps:2376"},
		{in: "vps", want: "tcp://vps:2375"},
		{in: "tcp://[::1]:2376/docker", want: "tcp://[::1]:2376/docker"},
		{in: "tcp://[::1]", want: "tcp://[::1]:2375"},
		{in: "ssh://me@vps:22/run/docker.sock", want: "ssh://me@vps:22/run/docker.sock"},
	} {
		got, err := parseHost(test.in)
		fault := ""
		if err != nil {
			fault = err.Error()
		}
		if got != test.want || fault != test.fault {
			t.Errorf("parseHost(%q) = %q, %q; want %q, %q", test.in, got, fault, test.want, test.fault)
		}
	}
}

// FuzzParseHost: whatever is typed is refused in one line, or has one of the three
// forms that brink speaks, and a port that is one.
func FuzzParseHost(f *testing.F) {
	for _, host := range []string{"", "unix://", "tcp://a:1/b%20c", "tcp://[::1]", "ssh://me@vps", "http://x", "a:b:c", "tcp://a:2375?x#y", "\x1b[2J"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		got, err := parseHost(host)
		if err != nil {
			if got != "" || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%q: %q, %q", host, got, err)
			}
			return
		}
		scheme, address, _ := strings.Cut(got, "://")
		switch scheme {
		case "unix":
			if address == "" || strings.Contains(address, "://") {
				t.Errorf("%q became %q", host, got)
			}
		case "tcp":
			address, _, _ = strings.Cut(address, "/")
			if _, port, err := net.SplitHostPort(address); err != nil || strings.Trim(port, "0123456789") != "" || port == "" {
				t.Errorf("%q became %q: %v", host, got, err)
			}
		case "ssh":
		default:
			t.Errorf("%q became %q", host, got)
		}
	})
}
