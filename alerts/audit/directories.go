package audit

import (
	"fmt"
	"slices"
	"strings"

	"brink/collectors"
)

// judgeDirectories looks at the directories that were asked for and can be written
// to. Volumes lie where only root of the host comes.
func judgeDirectories(f Facts, _ Profile) outcome {
	list, _, why := hostMounts(f)
	if why != "" {
		return unknown(why)
	}
	list = slices.DeleteFunc(list, func(h hostMount) bool { return h.volume != "" || !h.writable })
	if len(list) == 0 {
		return moot("no directory of the host is mounted to write to")
	}
	directories, known := f.Kernel.Directories.Get()
	held, told := f.Kernel.Privileges.Get()
	if !known || !told {
		return unknown(bothWhy(f.Kernel.Directories.Why(), f.Kernel.Privileges.Why()))
	}
	ranges, _ := f.Kernel.UserMap.Get()
	return directoryVerdict(list, directories, func(uid uint32) bool { return uid == held.UID || mapsAway(ranges, uid) }, held.UID)
}

// mapsAway reports whether a user of the host is one of a container whose users are
// not the host's own.
func mapsAway(ranges []collectors.IDRange, uid uint32) bool {
	return slices.ContainsFunc(ranges, func(r collectors.IDRange) bool {
		return r.Outside > 0 && uid >= r.Outside && uid-r.Outside < r.Count
	})
}

func directoryVerdict(list []hostMount, directories []collectors.Directory, owns func(uint32) bool, uid uint32) outcome {
	var faults, fixes, unseen []string
	for _, h := range list {
		i := slices.IndexFunc(directories, func(d collectors.Directory) bool { return d.Point == h.point })
		switch {
		case i < 0:
			continue // a file, or gone since
		case directories[i].Why != "":
			unseen = append(unseen, h.point+": "+directories[i].Why)
		case directories[i].Mode&0o077 != 0:
			faults = append(faults, fmt.Sprintf("%s has mode %04o", h.real(), directories[i].Mode))
			fixes = append(fixes, "chmod 700 "+shellWord(h.real()))
		case !owns(directories[i].UID):
			faults = append(faults, fmt.Sprintf("%s belongs to user %d", h.real(), directories[i].UID))
			fixes = append(fixes, fmt.Sprintf("chown %d %s", uid, shellWord(h.real())))
		}
	}
	switch {
	case len(faults) > 0:
		return fail(collectors.WitnessKernel, strings.Join(fixes[:min(len(fixes), mostListed)], "\n"), "%s", enumerate(faults))
	case len(unseen) > 0:
		return unknown(enumerate(unseen))
	default:
		return pass(collectors.WitnessKernel, "mode 700 and its own")
	}
}

// shellWord quotes a path for a shell, unless it is plain.
func shellWord(text string) string {
	text = safe(text)
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-", r)
	}
	if text != "" && !strings.HasPrefix(text, "-") && !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
