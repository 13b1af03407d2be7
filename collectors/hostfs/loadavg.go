package hostfs

import (
	"bytes"
	"strconv"
)

// Load is the number of tasks running or in uninterruptible sleep on the host, as decaying averages over 1, 5 and 15
// minutes (proc_loadavg(5)).
type Load struct{ Load1, Load5, Load15 float64 }

// Load reads /proc/loadavg.
func (fs FS) Load() (Load, error) {
	var l Load
	err := fs.readHost("loadavg", func(data []byte) (err error) {
		l, err = ParseLoad(data)
		return err
	})
	return l, err
}

// ParseLoad reads "0.20 0.18 0.12 1/80 11206".
func ParseLoad(data []byte) (Load, error) {
	var l Load
	rest := data
	for _, dst := range []*float64{&l.Load1, &l.Load5, &l.Load15} {
		var word []byte
		word, rest = nextField(rest)
		v, ok := parseFixed(word)
		if !ok {
			return Load{}, parseError(data, errNumber)
		}
		*dst = v
	}
	return l, nil
}

// parseFixed reads a decimal fraction as the kernel prints one: digits, a point, digits. Not strconv.ParseFloat alone,
// which also takes "inf", "nan" and "0x1p-2".
func parseFixed(word []byte) (float64, bool) {
	whole, fraction, ok := bytes.Cut(word, []byte{'.'})
	if _, isNumber := parseUint(whole); !isNumber || !ok {
		return 0, false
	}
	if _, isNumber := parseUint(fraction); !isNumber {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(word), 64)
	return v, err == nil
}
