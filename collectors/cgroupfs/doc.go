// Package cgroupfs reads the files of a cgroup v2 directory, raw: the numbers
// and the units of the kernel, nothing derived.
//
// Its promise:
//
//   - Absent is a state, not a zero. Every value is present, the literal "max",
//     or absent (an older kernel, pressure stall information off, a controller
//     that is not delegated).
//   - A removed cgroup is told from an empty one. [Group.Read] answers
//     [ErrGone] for the former, also when the same path was made anew.
//   - Malformed text is a [ParseError] that names path, file and text; an
//     unreadable file is a [ReadError]. Neither stops the other files, and
//     neither becomes a number.
//   - A hot read allocates nothing. Descriptors are kept, within a budget that
//     all groups of an [FS] share, and a [Watcher] spares the files that the
//     kernel announces changes of.
//
// The package reads only: it opens nothing for writing. It knows no container,
// no engine and no clock.
//
// The format of each file is described in the kernel's
// Documentation/admin-guide/cgroup-v2.rst; what bites beyond that stands beside
// the Go type that holds it.
package cgroupfs
