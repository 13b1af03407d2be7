package block

import (
	"time"

	"brink/collectors"
)

// Column is a number of a reading, for charts and percentiles over a long time.
type Column uint8

// The columns: bytes, nanoseconds, tasks, and counts since the container started.
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
	OOMKills
	CPUUsage
	CPUThrottled
	Periods
	ThrottledPeriods
	Pids
	PidsLimit
	PidsRefused
)

// Series are columns over time. Values holds, for each column that was asked for,
// a value for each time; it is absent where the reading had none, and where a limit
// is unlimited.
type Series struct {
	At     []time.Time
	Values [][]collectors.Opt[uint64]
}

// Levels appends columns of a block to a series, which is empty or of the same
// columns. It reads neither strings nor lists, and makes no entries. Its errors are
// those of Decode, and then the series is as it was.
func (c *Codec) Levels(series *Series, data []byte, columns ...Column) error {
	frame, err := open(data)
	if err != nil {
		return err
	}
	c.reset(true)
	if frame.count == 0 {
		return nil
	}
	charted(c.table(frame))
	if c.sheet.reader.broken {
		return corrupt("its numbers are not readable")
	}
	c.project(series, columns)
	return nil
}

// project appends columns of the rows to a series.
func (c *Codec) project(series *Series, columns []Column) {
	for i := range c.rows {
		c.rows[i].restore()
		series.At = append(series.At, c.rows[i].at().stamp())
	}
	for len(series.Values) < len(columns) {
		series.Values = append(series.Values, nil)
	}
	for i, column := range columns {
		series.Values[i] = appendColumn(series.Values[i], c.rows, column)
	}
}

// appendColumn appends the values that one column has in the rows.
func appendColumn(values []collectors.Opt[uint64], rows []row, column Column) []collectors.Opt[uint64] {
	for i := range rows {
		values = append(values, rows[i].value(column))
	}
	return values
}

// value is the value of a column; absent for a column that there is not.
func (r *row) value(column Column) collectors.Opt[uint64] {
	memory := &r.memory
	switch column {
	case MemoryCurrent:
		return plain(memory.Current)
	case MemoryLimit:
		return plain(memory.Limit.Value())
	case MemoryUnreclaimable:
		return plain(memory.Unreclaimable())
	case Anon:
		return plain(memory.Stat.Anon)
	case File:
		return plain(memory.Stat.File)
	case Shmem:
		return plain(memory.Stat.Shmem)
	case Sock:
		return plain(memory.Stat.Sock)
	case Kernel:
		return plain(memory.Stat.Kernel)
	case SlabReclaimable:
		return plain(memory.Stat.SlabReclaimable)
	case OOMKills:
		return memory.Events.OOMKill
	default:
		return r.taskValue(column)
	}
}

// taskValue is the value of a column that is not of memory.
func (r *row) taskValue(column Column) collectors.Opt[uint64] {
	switch column {
	case CPUUsage:
		return plain(r.cpu.Usage)
	case CPUThrottled:
		return plain(r.cpu.Throttled)
	case Periods:
		return r.cpu.Periods
	case ThrottledPeriods:
		return r.cpu.ThrottledPeriods
	case Pids:
		return r.pids.Current
	case PidsLimit:
		return r.pids.Limit.Value()
	case PidsRefused:
		return r.pids.Refused
	default:
		return collectors.Opt[uint64]{}
	}
}

// plain is a number without its unit. None of those in question is below zero.
func plain[T integer](value collectors.Opt[T]) collectors.Opt[uint64] {
	number, ok := value.Get()
	if !ok {
		return collectors.Opt[uint64]{}
	}
	return collectors.Some(uint64(number))
}
