package main

import (
	"bytes"
	"log/slog"
	"math"
	"strings"
	"testing"

	"brink/collectors"
)

func TestKeptDescriptors(t *testing.T) {
	none := collectors.Opt[int]{}
	for _, test := range []struct {
		name       string
		configured collectors.Opt[int]
		limit      uint64
		want       int
		warned     bool
	}{
		{"the limit is not known", none, 0, -1, false},
		{"half of what most sessions have", none, 1024, 512, false},
		{"half of little", none, 64, 32, false},
		{"enough for a thousand containers", none, 524288, 16384, false},
		{"just enough", none, 32768, 16384, false},
		{"no limit", none, math.MaxUint64, 16384, false},
		{"none is asked for", collectors.Some(0), 1024, -1, false},
		{"few are asked for", collectors.Some(10), 1024, 10, false},
		{"more than half", collectors.Some(800), 1024, 800, false},
		{"more than there are", collectors.Some(65536), 1024, 896, true},
		{"more than there are of few", collectors.Some(65536), 100, 36, true},
		{"more than nothing", collectors.Some(65536), 10, -1, true},
		{"very many", collectors.Some(1 << 20), math.MaxUint64, 1 << 20, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			got := keptDescriptors(test.configured, test.limit, slog.New(slog.NewTextHandler(&log, nil)))
			if got != test.want {
				t.Errorf("%d are kept, want %d", got, test.want)
			}
			if warned := strings.Contains(log.String(), "fewer cgroup files"); warned != test.warned {
				t.Errorf("warned: %v, want %v", warned, test.warned)
			}
		})
	}
}

// TestDescriptorLimit: this process has one, and it is no fewer than a session's.
func TestDescriptorLimit(t *testing.T) {
	if got := descriptorLimit(); got < 64 {
		t.Errorf("the limit is %d", got)
	}
}
