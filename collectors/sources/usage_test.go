package sources

import (
	"testing"
	"time"

	"brink/collectors"
	"brink/collectors/hostfs"
)

// TestProcessUsage: the use of CPU is told between two readings of one process, and
// of nothing else.
func TestProcessUsage(t *testing.T) {
	began := func(at, used time.Duration) hostfs.Process {
		return hostfs.Process{PIDStat: hostfs.PIDStat{PID: 7, Started: at, User: used / 2, System: used / 2}}
	}
	for _, tt := range []struct {
		name          string
		before, after hostfs.Process
		elapsed       time.Duration
		want          collectors.Opt[collectors.Cores]
	}{
		{"no time has passed", began(0, time.Second), began(0, 2*time.Second), 0, collectors.Opt[collectors.Cores]{}},
		{"the clock went back", began(0, time.Second), began(0, 2*time.Second), -time.Second, collectors.Opt[collectors.Cores]{}},
		{"the number was taken anew", began(0, time.Second), began(time.Hour, 2*time.Second), time.Second, collectors.Opt[collectors.Cores]{}},
		{"time went back", began(0, 2*time.Second), began(0, time.Second), time.Second, collectors.Opt[collectors.Cores]{}},
		{"idle", began(0, time.Second), began(0, time.Second), time.Second, collectors.Some(collectors.Cores(0))},
		{"no more digits than the kernel has", began(0, 0), began(0, time.Second), 3 * time.Second, collectors.Some(collectors.Cores(0.33))},
		{"one and a half", began(0, time.Second), began(0, 4*time.Second), 2 * time.Second, collectors.Some(collectors.Cores(1.5))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var usage processUsage
			list := make([]collectors.Process, 1)
			usage.take(list, []hostfs.Process{tt.before}, noon)
			if list[0].Cores.Present() {
				t.Errorf("a process that is first seen has used %v", list[0].Cores)
			}
			usage.take(list, []hostfs.Process{tt.after}, noon.Add(tt.elapsed))
			if list[0].Cores != tt.want {
				t.Errorf("it uses %v, want %v", list[0].Cores, tt.want)
			}
		})
	}
}
