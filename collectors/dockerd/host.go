package dockerd

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Where the engine listens when nobody said anything else.
const (
	defaultSocket  = "/var/run/docker.sock"
	defaultPort    = "2375"
	defaultTLSHost = "tcp://localhost:2376"
)

// parseHost brings a host to the form scheme://address, with the docker
// command's defaults (docker/cli opts/hosts.go): no scheme means tcp, no port
// means 2375, an empty unix address the default socket.
func parseHost(host string) (string, error) {
	scheme, address, found := strings.Cut(strings.TrimSpace(host), "://")
	if !found {
		scheme, address = "tcp", scheme
	}
	switch scheme {
	case "unix":
		return parseSocket(address)
	case "tcp":
		return parseTCP(address)
	case "ssh":
		return "ssh://" + address, nil
	default:
		return "", fmt.Errorf("host %q: brink speaks unix, tcp and ssh, not %q", host, scheme)
	}
}

func parseSocket(path string) (string, error) {
	if strings.Contains(path, "://") {
		return "", fmt.Errorf("host %q has two schemes", "unix://"+path)
	}
	if path == "" {
		path = defaultSocket
	}
	return "unix://" + path, nil
}

func parseTCP(address string) (string, error) {
	parsed, err := url.Parse("tcp://" + address)
	if err != nil || strings.Contains(address, "://") {
		return "", fmt.Errorf("host %q is not of the form tcp://host:port", "tcp://"+address)
	}
	host, port := parsed.Hostname(), parsed.Port()
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = defaultPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("host %q: %s is not a port", "tcp://"+address, port)
	}
	joined := net.JoinHostPort(host, port)
	if _, _, err := net.SplitHostPort(joined); err != nil {
		// A lone bracket: the URL parser lets it pass, and no connection can be made.
		return "", fmt.Errorf("host %q is not of the form tcp://host:port", "tcp://"+address)
	}
	return "tcp://" + joined + parsed.Path, nil
}
