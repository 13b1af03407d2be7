package sources

import (
	"brink/collectors"
	"brink/collectors/hostfs"
)

// tmpfsLevels puts mounts and their fills, which are in the same order, into the
// vocabulary. denied is why no fill could be read at all.
func tmpfsLevels(mounts []hostfs.TmpfsMount, fills []hostfs.TmpfsFill, denied error) []collectors.TmpfsLevel {
	levels := make([]collectors.TmpfsLevel, 0, len(mounts))
	for i, mount := range mounts {
		level := collectors.TmpfsLevel{Mount: collectors.Clean(mount.MountPoint, pathLength)}
		if size, ok := mount.Size.Get(); ok {
			level.Size = collectors.Some(collectors.Bytes(size))
		}
		switch {
		case denied != nil:
			level.Why = collectors.Clean(denied.Error(), whyLength)
		case i < len(fills):
			measure(&level, fills[i])
		}
		levels = append(levels, level)
	}
	return levels
}

const noTmpfsSize = "mounted without a size (size=0): the kernel does not count what it holds"

// measure takes the fill of one mount. Its own statfs knows the size even where
// the mount was made without one.
func measure(level *collectors.TmpfsLevel, fill hostfs.TmpfsFill) {
	usage, counted := fill.Bytes.Get()
	switch {
	case fill.Err != nil:
		level.Why = collectors.Clean(fill.Err.Error(), whyLength)
	case !counted:
		level.Why = noTmpfsSize
	default:
		level.Used = collectors.Some(collectors.Bytes(usage.Used))
		level.Size = collectors.Some(collectors.Bytes(usage.Limit))
	}
}

func processList(processes []hostfs.Process) []collectors.Process {
	list := make([]collectors.Process, 0, len(processes))
	for _, process := range processes {
		list = append(list, collectors.Process{
			PID:         process.PID,
			PPID:        process.ParentPID,
			Name:        collectors.Clean(process.Comm, nameLength),
			State:       process.State.String(),
			Threads:     collectors.Some(process.Threads),
			RSS:         collectors.Some(collectors.Bytes(process.RSSBytes)),
			Swap:        collectors.Some(collectors.Bytes(process.SwapBytes)),
			PageTables:  collectors.Some(collectors.Bytes(process.PageTableBytes)),
			CPU:         collectors.Some(collectors.Seconds(process.User + process.System)),
			OOMScoreAdj: collectors.Some(process.OOMScoreAdj),
		})
	}
	return list
}
