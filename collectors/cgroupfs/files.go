package cgroupfs

import (
	"math/bits"
	"strings"
)

// File names one kernel file of a cgroup directory.
type File uint8

// The files in the order in which they are read. The counters of events come
// first: when a cgroup vanishes while it is read, they are what cannot be had
// from anywhere else afterwards.
const (
	FileMemoryEvents File = iota
	FileMemoryEventsLocal
	FileMemorySwapEvents
	FilePidsEvents
	FileCgroupEvents
	FileMemoryCurrent
	FileMemoryPeak
	FileMemoryHigh
	FileMemoryMax
	FileMemoryStat
	FileMemoryPressure
	FileSwapMax // before FileSwapCurrent, which is skipped where Max says 0
	FileSwapCurrent
	FileCPUStat
	FileCPUStatLocal
	FileCPUMax
	FileCPUMaxBurst
	FileCPUPressure
	FilePidsCurrent
	FilePidsPeak
	FilePidsMax
	FileIOStat
	FileIOPressure
	statFiles // the files above make up a Stat
)

// The files that are read on request only.
const (
	FileProcs = statFiles + iota
	FileThreads
	FileControllers
	fileCount
	// FileNone stands for the directory itself.
	FileNone File = 0xff
)

// String returns the name in the directory, as "memory.current".
func (f File) String() string {
	if f >= fileCount {
		return "the directory"
	}
	return [fileCount]string{
		FileMemoryEvents:      "memory.events",
		FileMemoryEventsLocal: "memory.events.local",
		FileMemorySwapEvents:  "memory.swap.events",
		FilePidsEvents:        "pids.events",
		FileCgroupEvents:      "cgroup.events",
		FileMemoryCurrent:     "memory.current",
		FileMemoryPeak:        "memory.peak",
		FileMemoryHigh:        "memory.high",
		FileMemoryMax:         "memory.max",
		FileMemoryStat:        "memory.stat",
		FileMemoryPressure:    "memory.pressure",
		FileSwapMax:           "memory.swap.max",
		FileSwapCurrent:       "memory.swap.current",
		FileCPUStat:           "cpu.stat",
		FileCPUStatLocal:      "cpu.stat.local",
		FileCPUMax:            "cpu.max",
		FileCPUMaxBurst:       "cpu.max.burst",
		FileCPUPressure:       "cpu.pressure",
		FilePidsCurrent:       "pids.current",
		FilePidsPeak:          "pids.peak",
		FilePidsMax:           "pids.max",
		FileIOStat:            "io.stat",
		FileIOPressure:        "io.pressure",
		FileProcs:             "cgroup.procs",
		FileThreads:           "cgroup.threads",
		FileControllers:       "cgroup.controllers",
	}[f]
}

// decoders tell where in a Stat the text of a file goes. It is a function because
// the package has no variables; an FS calls it once.
func decoders() *[statFiles]func(*Stat) decoder {
	return &[statFiles]func(*Stat) decoder{
		FileMemoryEvents:      func(st *Stat) decoder { return &st.MemoryEvents },
		FileMemoryEventsLocal: func(st *Stat) decoder { return &st.MemoryEventsLocal },
		FileMemorySwapEvents:  func(st *Stat) decoder { return &st.Swap.Events },
		FilePidsEvents:        func(st *Stat) decoder { return &st.Pids.Events },
		FileCgroupEvents:      func(st *Stat) decoder { return &st.Events },
		FileMemoryCurrent:     func(st *Stat) decoder { return (*scalar[Bytes])(&st.Memory.Current) },
		FileMemoryPeak:        func(st *Stat) decoder { return (*scalar[Bytes])(&st.Memory.Peak) },
		FileMemoryHigh:        func(st *Stat) decoder { return (*limit[Bytes])(&st.Memory.High) },
		FileMemoryMax:         func(st *Stat) decoder { return (*limit[Bytes])(&st.Memory.Max) },
		FileMemoryStat:        func(st *Stat) decoder { return &st.MemoryStat },
		FileMemoryPressure:    func(st *Stat) decoder { return &st.Pressure.Memory },
		FileSwapMax:           func(st *Stat) decoder { return (*limit[Bytes])(&st.Swap.Max) },
		FileSwapCurrent:       func(st *Stat) decoder { return (*scalar[Bytes])(&st.Swap.Current) },
		FileCPUStat:           func(st *Stat) decoder { return &st.CPU.Stat },
		FileCPUStatLocal:      func(st *Stat) decoder { return &st.CPU.Local },
		FileCPUMax:            func(st *Stat) decoder { return &st.CPU.Max },
		FileCPUMaxBurst:       func(st *Stat) decoder { return (*span)(&st.CPU.MaxBurst) },
		FileCPUPressure:       func(st *Stat) decoder { return &st.Pressure.CPU },
		FilePidsCurrent:       func(st *Stat) decoder { return (*scalar[Count])(&st.Pids.Current) },
		FilePidsPeak:          func(st *Stat) decoder { return (*scalar[Count])(&st.Pids.Peak) },
		FilePidsMax:           func(st *Stat) decoder { return (*limit[Count])(&st.Pids.Max) },
		FileIOStat:            func(st *Stat) decoder { return &st.IO },
		FileIOPressure:        func(st *Stat) decoder { return &st.Pressure.IO },
	}
}

// FileSet is a set of files.
type FileSet uint32

// Files makes a set.
func Files(files ...File) FileSet {
	var s FileSet
	for _, f := range files {
		s = s.with(f)
	}
	return s
}

// Has tells whether f is in the set.
func (s FileSet) Has(f File) bool { return s&(1<<f) != 0 }

// String lists the names, for logs.
func (s FileSet) String() string {
	names := make([]string, 0, bits.OnesCount32(uint32(s)))
	for f := range fileCount {
		if s.Has(f) {
			names = append(names, f.String())
		}
	}
	return strings.Join(names, " ")
}

func (s FileSet) with(f File) FileSet { return s | 1<<f }

func (s FileSet) without(f File) FileSet { return s &^ (1 << f) }

// after returns the first member behind f, going round, and false for an empty
// set.
func (s FileSet) after(f File) (File, bool) {
	if s == 0 {
		return 0, false
	}
	if behind := s >> (f + 1) << (f + 1); behind != 0 {
		s = behind
	}
	return File(bits.TrailingZeros32(uint32(s))), true
}

// everyStatFile is the set of files that make up a Stat.
const everyStatFile FileSet = 1<<statFiles - 1

// announcedFiles are the files that change only with an inotify IN_MODIFY, so
// that a watched group need not read them to know that they stand.
//
// The kernel announces the events files itself (cgroup_file_notify, at most 100
// times a second and file; a suppressed one is made up for by a timer, so that the
// last change is always announced, up to 10 ms late). The limits change by a
// write(2) of somebody, which every file system announces, at once: `docker
// update` and systemd do that. All mounts of cgroup v2 share their inodes, so that
// it does not matter through which one, nor in which cgroup namespace, the writer
// sees the file.
func announcedFiles() FileSet {
	return Files(FileMemoryEvents, FileMemoryEventsLocal, FileMemorySwapEvents, FilePidsEvents, FileCgroupEvents,
		FileMemoryHigh, FileMemoryMax, FileSwapMax, FileCPUMax, FileCPUMaxBurst, FilePidsMax)
}
