package e2e

import (
	"strings"
	"testing"
)

func TestParseSnapshot(t *testing.T) {
	const document = `{"at":"2026-11-23T21:18:16.001365878Z","interval_seconds":1.0003,"missed_slots":2,
"host":{"name":"h","cpus":2,"memory_total_bytes":4096,"a_new_name":1},
"containers":[{"id":"i","name":"openclaw-agent","state":"running","restart_count":0,
 "memory":{"current_bytes":0,"limit_bytes":2147483648,"high_bytes":"unlimited"},
 "cpu":{"limit_cores":1.5},"tmpfs":[{"mount":"/tmp","used_ratio":0.5}],
 "sources":[{"name":"cgroup","ok":false,"error":"why"}],
 "alerts":[{"rule":"zombies","severity":"warning","state":"pending"},{"rule":"oom-kill","severity":"critical","state":"firing"}]}]}`
	snapshot, err := ParseSnapshot([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	c, shown := snapshot.Agent()
	if !shown || snapshot.MissedSlots != 2 || snapshot.At.Year() != 2026 {
		t.Fatalf("snapshot = %+v", snapshot)
	}
	if c.Memory.Current == nil || *c.Memory.Current != 0 || c.Memory.Anon != nil {
		t.Errorf("zero is %v and absence %v", orAbsent(c.Memory.Current), orAbsent(c.Memory.Anon))
	}
	if *c.Memory.Limit != (Limit{Value: 2147483648}) || *c.Memory.High != (Limit{Unlimited: true}) {
		t.Errorf("limits = %v, %v", *c.Memory.Limit, *c.Memory.High)
	}
	if _, firing := c.Firing("zombies"); firing {
		t.Error("a pending alert is no firing one")
	}
	if severity, alarmed := c.Alarmed("zombies"); !alarmed || severity != "warning" {
		t.Errorf("zombies: %q, %t; a pending alert is one", severity, alarmed)
	}
	if severity, firing := c.Firing("oom-kill"); !firing || severity != "critical" {
		t.Errorf("oom-kill: %q, %t", severity, firing)
	}
	if source, known := c.Source("cgroup"); !known || source.OK || source.Error != "why" {
		t.Errorf("source = %+v, %t", source, known)
	}
	if tmpfs, mounted := c.TmpfsAt("/tmp"); !mounted || !within(tmpfs.Ratio, 0.5, 0.5) || within(tmpfs.Used, 0, 1) {
		t.Errorf("tmpfs = %+v, %t", tmpfs, mounted)
	}
}

func TestParseSnapshotRefuses(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `{"at":"yesterday"}`,
		`{"containers":[{"memory":{"limit_bytes":"max"}}]}`,
		`{"containers":[{"memory":{"current_bytes":"1"}}]}`,
		`{"containers":[{"pids":{"refused":-1}}]}`,
	} {
		if _, err := ParseSnapshot([]byte(text)); err == nil || !strings.Contains(err.Error(), "brink's JSON") {
			t.Errorf("ParseSnapshot(%s): %v, want an error", text, err)
		}
	}
}
