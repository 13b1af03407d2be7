package audit

import (
	"slices"
	"strings"
)

// sensitive reports whether a mount shows what a container must not see. The
// directory of an engine's own volume is within /var/lib/docker, and is meant to be.
func (h hostMount) sensitive() bool {
	return slices.ContainsFunc(h.paths, func(p string) bool {
		if h.volume != "" && strings.HasSuffix(p, "/volumes/"+h.volume+"/_data") {
			return false
		}
		return sensitivePath(p, h.writable)
	})
}

// sensitivePath knows the directories of which the whole is sensitive, those of
// which everything is, and the places of keys in any home. A few files that many
// mount to read harm nobody.
func sensitivePath(p string, writable bool) bool {
	if !writable && harmless(p) {
		return false
	}
	whole := []string{"/", "/home", "/var", "/var/lib", "/var/log", "/opt", "/srv", "/mnt", "/media"}
	below := []string{
		"/etc", "/boot", "/dev", "/proc", "/sys", "/lib", "/lib32", "/lib64", "/usr", "/bin", "/sbin", "/root",
		"/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet", "/var/spool/cron",
	}
	if slices.Contains(whole, p) || isHome(p) {
		return true
	}
	if slices.ContainsFunc(below, func(dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }) {
		return true
	}
	for part := range strings.SplitSeq(p, "/") {
		if slices.Contains([]string{".ssh", ".aws", ".gnupg", ".kube", ".docker", ".azure", ".gcloud", "gcloud"}, part) {
			return true
		}
	}
	return false
}

// isHome tells the whole of somebody's home.
func isHome(p string) bool {
	rest, ok := strings.CutPrefix(p, "/home/")
	return ok && !strings.Contains(rest, "/")
}

func harmless(p string) bool {
	switch p {
	case "/etc/localtime", "/etc/timezone", "/etc/ssl/certs", "/etc/ca-certificates", "/etc/machine-id":
		return true
	default:
		return strings.HasPrefix(p, "/usr/share/zoneinfo") || strings.HasPrefix(p, "/usr/share/ca-certificates") || strings.HasPrefix(p, "/etc/ssl/certs/")
	}
}
