package audit

import (
	"path"
	"slices"

	"brink/alerts"
	"brink/collectors"
)

func fileChecks() []Check {
	return []Check{
		{
			ID: "read-only-root", Title: "The root file system is read-only", Area: AreaFiles, Severity: alerts.SeverityWarning, Benchmark: []string{"5.13"},
			Why:   "What an intruder cannot write into the image does not survive the process that wrote it.",
			judge: judgeRoot,
		},
		{
			ID: "tmpfs", Title: "Scratch space is bounded and executes nothing", Area: AreaFiles, Severity: alerts.SeverityWarning,
			Why:   "A tmpfs without a size may fill half of the host's memory, and one that executes is where an intruder puts programs.",
			judge: judgeTmpfs,
		},
		{
			ID: "mounts", Title: "Only the expected directories are mounted", Area: AreaFiles, Severity: alerts.SeverityWarning,
			Why:   "Every directory of the host that is mounted is one that the agent can read, and mostly one that it can spoil.",
			judge: judgeMounts,
		},
		{
			ID: "sensitive-mounts", Title: "No sensitive directory of the host is mounted", Area: AreaFiles, Severity: alerts.SeverityCritical, Benchmark: []string{"5.6"},
			Why:   "With the host's keys, configuration or programs in reach nobody has to break out any more.",
			judge: judgeSensitive,
		},
		{
			ID: "mount-propagation", Title: "Mounts do not spread to the host", Area: AreaFiles, Severity: alerts.SeverityWarning, Benchmark: []string{"5.20"},
			Why:   "Through a shared mount what the container mounts appears on the host, under a path that the host trusts.",
			judge: judgePropagation,
		},
		{
			ID: "directories", Title: "Mounted directories belong to the agent alone", Area: AreaFiles, Severity: alerts.SeverityWarning,
			Why:   "In its data and logs are keys and conversations, which other users of the host must not read.",
			judge: judgeDirectories,
		},
		{
			ID: "engine-socket", Title: "The engine is out of reach", Area: AreaFiles, Severity: alerts.SeverityCritical, Benchmark: []string{"5.32"},
			Why:   "Who may speak to the engine can start a privileged container, and so is root of the host; a read-only mount of the socket changes nothing.",
			judge: judgeSocket,
		},
	}
}

// judgeRoot goes by the mount of "/".
func judgeRoot(f Facts, _ Profile) outcome {
	kernel := collectors.UnknownFact[bool](f.Kernel.Mounts.Why())
	if mounts, known := f.Kernel.Mounts.Get(); known {
		if root, ok := mountAt(mounts, "/"); ok {
			kernel = collectors.KnownFact(collectors.WitnessKernel, root.ReadOnly)
		}
	}
	fact := truth(kernel, configured(f, "whether its root is read-only", func(c collectors.Configuration) collectors.Opt[bool] { return c.Files.ReadOnlyRoot }))
	readOnly, known := fact.Get()
	switch {
	case !known:
		return unknown(fact.Why())
	case !readOnly:
		return fail(fact.Witness(), "read_only: true", "it can be written to")
	default:
		return pass(fact.Witness(), "read-only")
	}
}

// judgeMounts compares with what the profile allows, and finds volumes that are
// none.
func judgeMounts(f Facts, p Profile) outcome {
	list, from, why := hostMounts(f)
	if why != "" {
		return unknown(why)
	}
	list = slices.DeleteFunc(list, func(h hostMount) bool { return h.within })
	var extra []string
	for _, h := range list {
		if h.fake || !p.allows(h) {
			extra = append(extra, h.describe())
		}
	}
	if len(extra) > 0 {
		return fail(from, "# take these out of volumes:\n# "+enumerate(extra), "%s", enumerate(extra))
	}
	if len(list) == 0 {
		return pass(from, "none")
	}
	return pass(from, "%s", enumerate(describeAll(list)))
}

func describeAll(list []hostMount) []string {
	var texts []string
	for _, h := range list {
		texts = append(texts, h.describe())
	}
	return texts
}

// allows reports whether a mount is expected.
func (p Profile) allows(h hostMount) bool {
	rules, bound := p.Mounts.Get()
	return !bound || slices.ContainsFunc(rules, func(r MountRule) bool {
		return matches(r.Point, h.point) && (!r.ReadOnly || !h.writable) && r.comesFrom(h)
	})
}

func (r MountRule) comesFrom(h hostMount) bool {
	if r.Source == "" {
		return true
	}
	return h.volume != "" && matches(r.Source, h.volume) ||
		slices.ContainsFunc(h.paths, func(p string) bool { return matches(r.Source, p) })
}

// matches compares with a pattern of path.Match; one that is none matches nothing.
func matches(pattern, text string) bool {
	ok, err := path.Match(pattern, text)
	return err == nil && ok
}

// judgeSensitive needs to know what was asked for: what the kernel shows alone has
// no place on a host whose mounts could not be read.
func judgeSensitive(f Facts, _ Profile) outcome {
	list, from, why := hostMounts(f)
	var bad []string
	for _, h := range list {
		if h.sensitive() {
			bad = append(bad, h.describe())
		}
	}
	switch {
	case len(bad) > 0:
		return fail(from, "# take these out of volumes:\n# "+enumerate(bad), "%s", enumerate(bad))
	case why != "":
		return unknown(why)
	default:
		return pass(from, "none")
	}
}

// judgePropagation looks at both words: the kernel's is of this moment, the engine's
// holds at the next start.
func judgePropagation(f Facts, _ Profile) outcome {
	list, from, why := hostMounts(f)
	var shared []string
	for _, h := range list {
		if h.shared {
			shared = append(shared, h.describe())
		}
	}
	switch {
	case len(shared) > 0:
		return fail(from, "# take shared and rshared out of the options of these volumes:\n# "+enumerate(shared), "%s", enumerate(shared))
	case why != "":
		return unknown(why)
	default:
		return pass(from, "none is shared")
	}
}
