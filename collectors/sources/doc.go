// Package sources turns what the readers give into the vocabulary: it finds the
// containers that were asked for, follows them by name, and adapts the cgroup
// files, /proc, the kernel log and the engine to [collectors.Source].
//
// All sources share one [Roster]: the engine source fills it (who answers to
// which target, with which process), the others look up in it what to read. So
// when the engine goes away, the files of the containers it named last are read
// on.
//
// A source is asked on one goroutine and may run on another. Locks are taken in one
// direction: a source's own, that of [Places], that of the roster. No file of the
// kernel and no request waits under the roster's.
package sources
