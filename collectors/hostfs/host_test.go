package hostfs

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestHost(t *testing.T) {
	host := tree(t, "hardened")
	got, err := host.Host()
	want := Host{CPUs: 2, Boot: time.Unix(1760000000, 0), Kernel: "6.12.48+deb13-cloud-amd64"}
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	m, err := host.Meminfo()
	if err != nil || m != (Meminfo{TotalBytes: 3040812 << 10, AvailableBytes: Some(uint64(1650024 << 10))}) {
		t.Errorf("%+v, %v", m, err)
	}
	l, err := host.Load()
	if err != nil || l != (Load{0.42, 0.31, 0.18}) {
		t.Errorf("%+v, %v", l, err)
	}
}

// TestHostFaults: each file that is missing or malformed is named.
func TestHostFaults(t *testing.T) {
	for file, read := range map[string]func(FS) error{
		"stat":                 func(h FS) error { _, err := h.Host(); return err },
		"sys/kernel/osrelease": func(h FS) error { _, err := h.Host(); return err },
		"meminfo":              func(h FS) error { _, err := h.Meminfo(); return err },
		"loadavg":              func(h FS) error { _, err := h.Load(); return err },
	} {
		host := tree(t, "hardened")
		path := filepath.Join(host.Root(), file)
		if file != "sys/kernel/osrelease" {
			write(t, path, []byte("garbage\n"))
			if pe, ok := errors.AsType[*ParseError](read(host)); !ok || pe.Path != path {
				t.Errorf("%s malformed: %v", file, read(host))
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := read(host); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s missing: %v", file, err)
		}
	}
}

// TestHostOfThisMachine reads the real files.
func TestHostOfThisMachine(t *testing.T) {
	host := New("/proc/")
	if err := host.Check(); err != nil {
		t.Error(err)
	}
	h, err := host.Host()
	if err != nil || h.CPUs < 1 || h.Kernel == "" || h.Boot.After(time.Now()) {
		t.Errorf("%+v, %v", h, err)
	}
	m, err := host.Meminfo()
	if available, ok := m.AvailableBytes.Get(); err != nil || !ok || available > m.TotalBytes {
		t.Errorf("%+v, %v", m, err)
	}
	l, err := host.Load()
	if err != nil || l.Load1 < 0 {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestCheck(t *testing.T) {
	if err := New(t.TempDir()).Check(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty directory: %v", err)
	}
	if err := tree(t, "hybrid").Check(); err != nil {
		t.Errorf("a fixture: %v", err)
	}
	if root := New("/host/proc///").Root(); root != "/host/proc" {
		t.Errorf("root %q", root)
	}
}

func TestParseStat(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		cause      error
		want       Stat
	}{
		{name: "empty", text: "", cause: errMissing},
		{name: "no processors", text: "cpu  1 2\nbtime 5\n", cause: errMissing},
		{name: "no boot time", text: "cpu0 1\n", cause: errMissing},
		{name: "boot time of words", text: "cpu0 1\nbtime x\n", cause: errNumber},
		{name: "negative boot time", text: "cpu0 1\nbtime -5\n", cause: errNumber},
		{name: "boot time of the year 10000", text: "cpu0 1\nbtime 253402300800\n", cause: errNumber},
		{name: "three of four processors online", text: "cpu  9\ncpu0 1\ncpu1 1\ncpu3 1\ncpux 1\ncpufreq 1\nbtime 5\n", want: Stat{CPUs: 3, Boot: time.Unix(5, 0)}},
	} {
		got, err := ParseStat([]byte(tt.text))
		checkParseError(t, err)
		if !errors.Is(err, tt.cause) || got != tt.want {
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
}

func TestParseMeminfo(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		cause      error
		want       Meminfo
	}{
		{name: "empty", text: "", cause: errMissing},
		{name: "no total", text: "MemAvailable: 1 kB\n", cause: errMissing},
		{name: "no unit", text: "MemTotal: 1\n", cause: errNumber},
		{name: "negative", text: "MemTotal: -1 kB\n", cause: errNumber},
		{name: "2^64", text: "MemTotal: 18446744073709551616 kB\n", cause: errNumber},
		{name: "bad available", text: "MemTotal: 4 kB\nMemAvailable: x kB\n", cause: errNumber},
		{name: "before Linux 3.14", text: "MemTotal: 4 kB\nMemFree: x\n", want: Meminfo{TotalBytes: 4096}},
		{name: "nothing available", text: "MemTotal: 4 kB\nMemAvailable: 0 kB\n", want: Meminfo{TotalBytes: 4096, AvailableBytes: Some(uint64(0))}},
	} {
		got, err := ParseMeminfo([]byte(tt.text))
		checkParseError(t, err)
		if !errors.Is(err, tt.cause) || got != tt.want {
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
}

func TestParseLoad(t *testing.T) {
	for text, want := range map[string]Opt[float64]{
		"": {}, "0.20": {}, "0.20 0.18": {}, "x 0 0": {}, "nan 0.0 0.0": {}, "inf 0.0 0.0": {}, "-1.0 0.0 0.0": {},
		"0x1p-2 0.0 0.0": {}, "1 0.0 0.0": {}, "1. 0.0 0.0": {}, ".5 0.0 0.0": {}, "99999999999999999999.0 0.0 0.0": {},
		"0.20 0.18 0.12 1/80 11206\n": Some(0.20), "1234.05 0.00 0.00": Some(1234.05),
	} {
		got, err := ParseLoad([]byte(text))
		checkParseError(t, err)
		v, ok := want.Get()
		if (err == nil) != ok || got.Load1 != v {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func FuzzHostFiles(f *testing.F) {
	f.Add([]byte("cpu0 1\nbtime 5\n"), []byte("MemTotal: 4 kB\nMemAvailable: 1 kB\n"), []byte("0.20 0.18 0.12 1/80 11206\n"))
	f.Fuzz(func(t *testing.T, stat, meminfo, loadavg []byte) {
		st, err := ParseStat(stat)
		checkParseError(t, err)
		if err == nil && st.CPUs < 1 {
			t.Errorf("%q: %+v", stat, st)
		}
		_, err = ParseMeminfo(meminfo)
		checkParseError(t, err)
		l, err := ParseLoad(loadavg)
		checkParseError(t, err)
		if l.Load1 < 0 || math.IsNaN(l.Load1) || math.IsInf(l.Load1, 0) {
			t.Errorf("%q: %+v", loadavg, l)
		}
	})
}
