package hostfs

import (
	"bytes"
	"time"
)

// Stat is what brink uses of /proc/stat (proc_stat(5)).
type Stat struct {
	CPUs int       // lines cpu0, cpu1, ...: the processors online
	Boot time.Time // btime
}

// maxBoot bounds btime to what time.Unix can hold without a surprise: the year 9999.
const maxBoot = 253402300799

// ParseStat reads /proc/stat. Both values must be there.
func ParseStat(data []byte) (Stat, error) {
	var st Stat
	for line := range bytes.Lines(data) {
		key, value, _ := bytes.Cut(line, []byte{' '})
		if number, ok := bytes.CutPrefix(key, []byte("cpu")); ok {
			if _, ok := parseUint(number); ok {
				st.CPUs++
			}
			continue
		}
		if string(key) == "btime" {
			n, ok := parseUint(bytes.TrimSpace(value))
			if !ok || n > maxBoot {
				return Stat{}, parseError(line, errNumber)
			}
			st.Boot = time.Unix(int64(n), 0)
		}
	}
	if st.CPUs == 0 || st.Boot.IsZero() {
		return Stat{}, parseError(data, errMissing)
	}
	return st, nil
}
