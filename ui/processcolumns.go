package ui

import (
	"time"

	"brink/collectors"
)

// processColumn is one column of the list of processes.
type processColumn struct {
	title string
	// width is zero for the name, which takes what the others leave.
	width int
	// rank is the order of sacrifice: where not all fit, the highest goes first.
	rank int
	// number is true for what ends in one line, prominent for what has the look of
	// the process.
	number, prominent bool
	// sorts is the order that the column stands for, when sorted is true.
	sorts  processSort
	sorted bool
	cell   func(row *processRow) string
}

// widthOr returns the width of the column, or the given one for the name.
func (c *processColumn) widthOr(flexible int) int {
	if c.width == 0 {
		return flexible
	}
	return c.width
}

// leastComm is the least width of a name; the kernel's have up to 15 characters.
const leastComm = 11

// processColumns returns every column, from the left.
func processColumns() [12]processColumn {
	return [...]processColumn{
		{title: "pid", width: 7, rank: 2, number: true, cell: func(r *processRow) string { return number(r.process.PID) }},
		{title: "parent", width: 7, rank: 7, number: true, cell: func(r *processRow) string { return number(r.process.PPID) }},
		{title: "name", prominent: true, cell: func(r *processRow) string { return r.process.Name }},
		{title: "state", width: 9, rank: 4, sorts: sortState, sorted: true, cell: func(r *processRow) string { return stateWord(r.process.State) }},
		{title: "memory", width: 7, number: true, prominent: true, sorts: sortMemory, sorted: true, cell: func(r *processRow) string { return bytesBrief(r.process.RSS) }},
		{title: "of limit", width: 8, rank: 5, number: true, cell: func(r *processRow) string { return percent(r.ofLimit) }},
		{title: "cores", width: 6, rank: 1, number: true, prominent: true, sorts: sortCPU, sorted: true, cell: func(r *processRow) string { return coresText(r.process.Cores) }},
		{title: "CPU time", width: 9, rank: 6, number: true, cell: func(r *processRow) string { return cpuTime(r.process.CPU) }},
		{title: "threads", width: 7, rank: 3, number: true, cell: func(r *processRow) string { return smallCount(r.process.Threads) }},
		{title: "swap", width: 6, rank: 9, number: true, cell: func(r *processRow) string { return bytesBrief(r.process.Swap) }},
		{title: "adj", width: 5, rank: 8, number: true, cell: func(r *processRow) string { return smallCount(r.process.OOMScoreAdj) }},
		{title: "badness", width: 7, rank: 8, number: true, cell: func(r *processRow) string { return badnessText(r.badness) }},
	}
}

// processColumnsFor returns the columns that fit into a width.
func processColumnsFor(width int) []processColumn {
	all := processColumns()
	columns := make([]processColumn, 0, len(all))
	for dropped := len(all); dropped >= 0; dropped-- {
		columns = columns[:0]
		for _, column := range all {
			if column.rank <= dropped {
				columns = append(columns, column)
			}
		}
		if processFlexible(columns, width) >= leastComm || dropped == 0 {
			return columns
		}
	}
	return nil
}

// processFlexible returns the width that columns leave to the name.
func processFlexible(columns []processColumn, width int) int {
	left := width - processMark + 1
	for i := range columns {
		left -= columns[i].width + 1
	}
	return max(left, 0)
}

// stateWord says in a word what a process does, by the kernel's letter.
func stateWord(letter string) string {
	switch letter {
	case "R":
		return "running"
	case "S":
		return "sleeping"
	case "D":
		return "disk wait"
	case "Z":
		return "zombie"
	case "T", "t":
		return "stopped"
	case "I":
		return "idle"
	case "X", "x":
		return "dead"
	case "":
		return absent
	default:
		return letter
	}
}

// cpuTime writes time used: "40 ms", "7.6 s", "12 min", "3h 10m".
func cpuTime(used collectors.Opt[collectors.Seconds]) string {
	value, ok := used.Get()
	switch d := value.Duration(); {
	case !ok:
		return absent
	case d < time.Second:
		return units(d, time.Millisecond) + " ms"
	case d < 10*time.Second:
		return took(d)
	default:
		return age(d)
	}
}

func smallCount(count collectors.Opt[int]) string {
	value, ok := count.Get()
	if !ok {
		return absent
	}
	return number(value)
}

// badnessText writes what the OOM killer counts; a process that is spared may be
// below nothing.
func badnessText(points collectors.Opt[int64]) string {
	value, ok := points.Get()
	switch {
	case !ok:
		return absent
	case value < 0:
		return "-" + bytesBrief(collectors.Some(collectors.Bytes(-value)))
	default:
		return bytesBrief(collectors.Some(collectors.Bytes(value)))
	}
}
