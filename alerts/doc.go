// Package alerts judges snapshots: a closed table of metrics, rules as data,
// and the verdict as a [Board].
//
// It is pure. It knows no source, no screen, no clock and no goroutine; the time
// is that of the snapshot. The colour of a value on the screen, the exit code of
// check and what is sent to a person all come from the same board, so there is
// one threshold in the whole program.
package alerts
