package audit

import (
	"slices"
	"strconv"
	"strings"

	"brink/collectors"
)

// scratch is a tmpfs as either witness tells of it.
type scratch struct {
	point         string
	size          collectors.Opt[collectors.Bytes]
	executes, uid bool
}

// judgeTmpfs looks at those that the profile asks for, and at what the others allow.
func judgeTmpfs(f Facts, p Profile) outcome {
	list, from, why := scratches(f)
	if why != "" {
		return unknown(why)
	}
	var faults, fixes []string
	for _, rule := range p.Tmpfs {
		if fault := rule.fault(list); fault != "" {
			faults, fixes = append(faults, fault), append(fixes, strings.TrimPrefix(rule.line(), "tmpfs:\n"))
		}
	}
	for _, s := range list {
		if s.executes || s.uid {
			faults = append(faults, s.point+" allows "+s.allows())
			fixes = append(fixes, "  # take exec, suid and dev out of the options of "+safe(s.point))
		}
	}
	if len(faults) > 0 {
		return fail(from, "tmpfs:\n"+strings.Join(fixes[:min(len(fixes), mostListed)], "\n"), "%s", enumerate(faults))
	}
	return pass(from, "%s", describeScratch(list))
}

func (s scratch) allows() string {
	switch {
	case s.executes && s.uid:
		return "exec and suid"
	case s.executes:
		return "exec"
	default:
		return "suid"
	}
}

// fault says what is wrong with the tmpfs that a rule asks for; empty if nothing is.
// What it allows is told of every tmpfs.
func (r TmpfsRule) fault(list []scratch) string {
	i := slices.IndexFunc(list, func(s scratch) bool { return s.point == r.Point })
	if i < 0 {
		return r.Point + " is no tmpfs"
	}
	size, sized := list[i].size.Get()
	most, bounded := r.Size.Get()
	switch {
	case !sized:
		return r.Point + " has no size"
	case bounded && size > most:
		return r.Point + " may hold " + collectors.FormatBytes(size) + ", where the profile expects at most " + collectors.FormatBytes(most)
	default:
		return ""
	}
}

func describeScratch(list []scratch) string {
	var texts []string
	for _, s := range list {
		text := s.point
		if size, sized := s.size.Get(); sized {
			text += " " + collectors.FormatBytes(size)
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return "there is no tmpfs"
	}
	return enumerate(texts)
}

// scratches lists the tmpfs that the container can write to, or why they are not
// known.
func scratches(f Facts) (list []scratch, from collectors.Witness, why string) {
	if mounts, known := f.Kernel.Mounts.Get(); known {
		for _, m := range mounts {
			if m.FSType == "tmpfs" && m.Root == "/" && !m.ReadOnly && m.HostPath == "" && !scaffolding(m.Point) {
				list = append(list, scratch{point: m.Point, size: m.Size, executes: !m.NoExec, uid: !m.NoSUID})
			}
		}
		return list, collectors.WitnessKernel, ""
	}
	configuration, told := f.Engine.Configuration.Get()
	if !told {
		return nil, "", bothWhy(f.Kernel.Mounts.Why(), f.Engine.Configuration.Why())
	}
	points := make([]string, 0, len(configuration.Files.Tmpfs))
	for point := range configuration.Files.Tmpfs {
		points = append(points, point)
	}
	slices.Sort(points)
	for _, point := range points {
		list = append(list, configuredScratch(point, configuration.Files.Tmpfs[point]))
	}
	return list, collectors.WitnessEngine, ""
}

// configuredScratch reads options as in docker run --tmpfs. Docker puts
// noexec,nosuid,nodev before them (moby daemon/oci_linux.go), so that only an
// explicit opposite allows anything; the last word wins.
func configuredScratch(point, options string) scratch {
	s := scratch{point: point}
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "exec":
			s.executes = true
		case "noexec":
			s.executes = false
		case "suid":
			s.uid = true
		case "nosuid":
			s.uid = false
		}
		if text, ok := strings.CutPrefix(option, "size="); ok {
			s.size = tmpfsSize(text)
		}
	}
	return s
}

// tmpfsSize reads a size as the kernel does (tmpfs(5)): a number with k, m or g
// behind it. A share of memory ("50%") is none that is known here, and 0 no limit.
func tmpfsSize(text string) collectors.Opt[collectors.Bytes] {
	unit := collectors.Bytes(1)
	lower := strings.ToLower(text)
	for suffix, factor := range map[string]collectors.Bytes{"k": 1 << 10, "m": 1 << 20, "g": 1 << 30} {
		if rest, ok := strings.CutSuffix(lower, suffix); ok {
			lower, unit = rest, factor
			break
		}
	}
	n, err := strconv.ParseUint(lower, 10, 32)
	if unit == 1 {
		n, err = strconv.ParseUint(lower, 10, 64)
	}
	if err != nil || n == 0 {
		return collectors.Opt[collectors.Bytes]{}
	}
	return collectors.Some(collectors.Bytes(n) * unit)
}

// scaffolding tells the places of the engine's own mounts.
func scaffolding(point string) bool {
	for _, dir := range []string{"/dev", "/proc", "/sys"} {
		if point == dir || strings.HasPrefix(point, dir+"/") {
			return true
		}
	}
	return false
}
