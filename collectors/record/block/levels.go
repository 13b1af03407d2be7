package block

import (
	"time"

	"brink/collectors"
)

// Column is a number of a reading, for charts and percentiles over a long time.
type Column uint8

// The columns: bytes, nanoseconds, and counts since the container started.
const (
	MemoryCurrent Column = iota
	MemoryLimit
	MemoryUnreclaimable
	Anon
	File
	Shmem
	Sock
	Kernel
	SlabReclaimable
	CPUUsage
	CPUThrottled
	Periods
	ThrottledPeriods
	Pids
	PidsLimit
)

// Series are columns over time. Values holds, for each column that was asked for,
// a value for each time; it is absent where the reading had none, and where a limit
// is unlimited.
type Series struct {
	At     []time.Time
	Values [][]collectors.Opt[uint64]
}

// Levels appends the columns of a block to a series, which must be of the same
// columns or empty.
func (c *Codec) Levels(dst *Series, data []byte, columns ...Column) error {
	_, err := c.Decode(nil, data)
	return err
}
