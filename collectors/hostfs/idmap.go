package hostfs

import (
	"bytes"
	"math"
)

// IDRange is one line of /proc/PID/uid_map (user_namespaces(7)): Count ids from Inside on, as the process's own user
// namespace counts them, are those from Outside on, as the reader's does.
type IDRange struct{ Inside, Outside, Count uint32 }

// UserMap reads /proc/PID/uid_map. Any user may read it. A process in the user namespace of the reader has the one
// range 0 0 4294967295; a namespace without a map yet has none.
func (fs FS) UserMap(pid int) ([]IDRange, error) {
	var ranges []IDRange
	err := fs.readPid(pid, "uid_map", func(data []byte) (err error) {
		ranges, err = ParseIDMap(data)
		return err
	})
	return ranges, err
}

// mostRanges is how many lines a map may have (user_namespaces(7), since Linux 4.15).
const mostRanges = 340

// ParseIDMap reads lines of three numbers.
func ParseIDMap(data []byte) ([]IDRange, error) {
	var ranges []IDRange
	for line := range bytes.Lines(data) {
		fields := bytes.Fields(line)
		if len(fields) != 3 || len(ranges) >= mostRanges {
			return nil, parseError(line, errForm)
		}
		var n [3]uint32
		for i, field := range fields {
			number, ok := parseUint(field)
			if !ok || number > math.MaxUint32 {
				return nil, parseError(line, errNumber)
			}
			n[i] = uint32(number)
		}
		ranges = append(ranges, IDRange{Inside: n[0], Outside: n[1], Count: n[2]})
	}
	return ranges, nil
}
