package record

import (
	"brink/collectors"
	"brink/collectors/record/block"
)

// marksPacked begins the marks of a block, which are columns of numbers. That takes
// half of what a list takes that begins with marksVersion.
const marksPacked = 2

// columns of the marks of a block: when, in which state, whether the available memory
// is known, and how much that is.
const (
	marksAt = iota
	marksState
	marksKnown
	marksAvailable
	marksColumns
)

// packMarks packs the marks of a block, of which there are no more than a block holds.
func packMarks(codec *block.Codec, dst []byte, marks []mark) []byte {
	columns := make([][]uint64, marksColumns)
	for i := range columns {
		columns[i] = make([]uint64, len(marks))
	}
	last := collectors.Bytes(0)
	for i, m := range marks {
		columns[marksAt][i], columns[marksState][i] = uint64(m.at), uint64(m.state)
		if available, known := m.available.Get(); known {
			columns[marksKnown][i], last = 1, available
		}
		columns[marksAvailable][i] = uint64(last)
	}
	return codec.AppendNumbers(append(dst, marksPacked), columns...)
}

// unpackMarks unpacks marks, in whichever form.
func unpackMarks(codec *block.Codec, data []byte) ([]mark, error) {
	if len(data) == 0 || data[0] != marksPacked {
		return readMarks(data)
	}
	columns, err := codec.ReadNumbers(data[1:], marksColumns)
	if err != nil {
		return nil, err
	}
	marks := make([]mark, len(columns[marksAt]))
	for i := range marks {
		marks[i] = mark{at: int64(columns[marksAt][i]), state: int64(columns[marksState][i])}
		if columns[marksKnown][i] != 0 {
			marks[i].available = collectors.Some(collectors.Bytes(columns[marksAvailable][i]))
		}
	}
	return marks, nil
}
