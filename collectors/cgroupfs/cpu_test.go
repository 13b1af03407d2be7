package cgroupfs

import (
	"testing"
	"time"
)

func TestCPUStat(t *testing.T) {
	testDecoder[CPUStat](t, "usage_usec 1\nnr_periods 2\nthrottled_usec 3\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"another file", "some avg10=0.00\n", "", ErrNoKnownKey},
		{"a fraction", "usage_usec 1.5\nuser_usec 2\n", "User=2µs", ErrSyntax},
		{"negative", "usage_usec -1\nuser_usec 2\n", "User=2µs", ErrNegative},
		{"more than a duration holds", "usage_usec 9223372036854776\nnr_periods 18446744073709551615\n", "Periods=18446744073709551615", ErrRange},
		{"controller off", "usage_usec 10\nuser_usec 6\nsystem_usec 4\n", "Usage=10µs User=6µs System=4µs", nil},
		{
			"5.15", "usage_usec 10\nnr_periods 9\nnr_throttled 3\nthrottled_usec 2500000\nnr_bursts 1\nburst_usec 7\n",
			"Usage=10µs Periods=9 ThrottledPeriods=3 Throttled=2.5s Bursts=1 Burst=7µs", nil,
		},
		{"6.13", "usage_usec 10\nnice_usec 2\ncore_sched.force_idle_usec 0\n", "Usage=10µs Nice=2µs", nil},
	})
}

func TestCPUStatLocal(t *testing.T) {
	testDecoder[CPUStatLocal](t, "throttled_usec 1\n", []decodeCase{
		{"garbage", "throttled_usec x\n", "", ErrSyntax},
		{"another file", "hello world\n", "", ErrNoKnownKey},
		{"controller off", "", "", nil},
		{"controller off, newline", "\n", "", nil},
		{"6.6", "throttled_usec 5000\n", "Throttled=5ms", nil},
	})
}

func TestCPUMax(t *testing.T) {
	testDecoder[CPUMax](t, "1 1\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"only a quota", "150000\n", "", ErrSyntax},
		{"only max", "max\n", "", ErrSyntax},
		{"too many fields", "1 2 3\n", "", ErrSyntax},
		{"zero period", "150000 0\n", "", ErrRange},
		{"zero quota", "0 100000\n", "", ErrRange},
		{"negative quota, as in cgroup v1", "-1 100000\n", "", ErrNegative},
		{"period max", "150000 max\n", "", ErrSyntax},
		{"beyond a duration", "18446744073709551615 100000\n", "", ErrRange},
		{"unlimited", "max 100000\n", "Quota=max Period=100ms", nil},
		{"cpus 1.5", "150000 100000\n", "Quota=150ms Period=100ms", nil},
		{"no final newline", "150000 100000", "Quota=150ms Period=100ms", nil},
	})
}

func TestCores(t *testing.T) {
	tests := []struct {
		text  string
		cores float64
		ok    bool
	}{
		{"", 0, false},
		{"max 100000", 0, false},
		{"150000 100000", 1.5, true},
		{"1000 1000000", 0.001, true},
	}
	for _, tt := range tests {
		var c CPUMax
		_ = c.decode([]byte(tt.text)) // the first case is a fault
		if cores, ok := c.Cores(); cores != tt.cores || ok != tt.ok {
			t.Errorf("%q: %v, %v", tt.text, cores, ok)
		}
	}
	impossible := CPUMax{Quota: present(time.Second), Period: present(time.Duration(0))}
	if cores, ok := impossible.Cores(); ok {
		t.Errorf("a period of zero gave %v cores", cores)
	}
}

func FuzzCPUStat(f *testing.F) { fuzzDecoder[CPUStat](f, FileCPUStat) }

func FuzzCPUStatLocal(f *testing.F) { fuzzDecoder[CPUStatLocal](f, FileCPUStatLocal) }

func FuzzCPUMax(f *testing.F) { fuzzDecoder[CPUMax](f, FileCPUMax) }
