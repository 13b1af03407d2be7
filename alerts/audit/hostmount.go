package audit

import (
	"path"
	"slices"
	"strings"

	"brink/collectors"
)

// hostMount is a piece of the host that a container sees.
type hostMount struct {
	point string
	// paths are where it is on the host: as it was asked for, and as the kernel has
	// it, which a symbolic link tells apart.
	paths []string
	// volume is the name of a volume; empty for a directory.
	volume   string
	writable bool
	shared   bool
	// fake says that a volume is in truth a directory of the host.
	fake bool
	// within says that it came along with another, below which it is mounted on the host
	// as well.
	within bool
}

// hostMounts joins what was asked for with what is there: something may have been
// mounted since. It tells why what was asked for is not known.
func hostMounts(f Facts) (list []hostMount, from collectors.Witness, why string) {
	asked := configured(f, "its mounts", func(c collectors.Configuration) collectors.Opt[[]collectors.ConfiguredMount] { return c.Files.Mounts })
	configuredList, told := asked.Get()
	for _, m := range configuredList {
		if m.Type == "tmpfs" {
			continue
		}
		list = append(list, newHostMount(m))
	}
	from = collectors.WitnessEngine
	if mounts, known := f.Kernel.Mounts.Get(); known {
		from = collectors.WitnessKernel
		for _, m := range mounts {
			list = addMount(list, m)
		}
	}
	if !told {
		why = asked.Why()
	}
	return list, from, why
}

func newHostMount(m collectors.ConfiguredMount) hostMount {
	h := hostMount{point: path.Clean(m.Point), writable: m.Writable, shared: m.Propagation == "shared" || m.Propagation == "rshared"}
	if m.Type == "volume" {
		h.volume = m.Name
	}
	if m.Source != "" {
		h.paths = append(h.paths, path.Clean(m.Source))
	}
	return h
}

// addMount adds what the kernel says of a mount. A volume whose directory is not one
// that the engine made is a directory of the host under another name: the local
// driver can be told so (o=bind).
func addMount(list []hostMount, m collectors.Mount) []hostMount {
	i := slices.IndexFunc(list, func(h hostMount) bool { return h.point == m.Point })
	if i < 0 {
		if m.HostPath == "" || ownMount(m.Point) {
			return list
		}
		return append(list, hostMount{point: m.Point, paths: []string{m.HostPath}, writable: !m.ReadOnly, shared: m.Shared, within: cameAlong(list, m)})
	}
	h := &list[i]
	h.writable, h.shared = !m.ReadOnly, h.shared || m.Shared
	if m.HostPath != "" && !slices.Contains(h.paths, m.HostPath) {
		h.paths = append(h.paths, m.HostPath)
	}
	h.fake = h.volume != "" && m.HostPath != "" && !strings.HasSuffix(m.HostPath, "/volumes/"+h.volume+"/_data")
	return list
}

// cameAlong reports whether a mount is where it would be if it had been below another
// on the host: a directory is mounted with all that is mounted in it (rbind).
func cameAlong(list []hostMount, m collectors.Mount) bool {
	return slices.ContainsFunc(list, func(h hostMount) bool {
		rest, below := strings.CutPrefix(m.Point, strings.TrimSuffix(h.point, "/")+"/")
		return below && slices.ContainsFunc(h.paths, func(p string) bool { return path.Join(p, rest) == m.HostPath })
	})
}

// ownMount tells the mounts that every container has. Those below /proc and /sys
// hide something, unless the whole of them is the host's, which is told by its own
// mount.
func ownMount(point string) bool {
	switch point {
	case "/", "/etc/resolv.conf", "/etc/hostname", "/etc/hosts", "/sbin/docker-init", "/run/.containerenv":
		return true
	default:
		return scaffolding(point)
	}
}

// describe names a mount for a finding.
func (h hostMount) describe() string {
	switch {
	case h.fake:
		return "volume " + h.volume + ", which is " + h.real() + ", on " + h.point
	case h.volume != "":
		return "volume " + h.volume + " on " + h.point
	default:
		return h.real() + " on " + h.point
	}
}

// real is where a mount is on the host, as the kernel has it if it told.
func (h hostMount) real() string {
	if len(h.paths) == 0 {
		return "something"
	}
	return h.paths[len(h.paths)-1]
}
