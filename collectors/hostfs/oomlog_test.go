package hostfs

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestOOMLog turns every log of testdata/kmsg into the events that stand beside it.
func TestOOMLog(t *testing.T) {
	paths, err := filepath.Glob("testdata/kmsg/*.txtar")
	if err != nil || len(paths) < 10 {
		t.Fatalf("logs: %d, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var (
				log OOMLog
				got strings.Builder
			)
			for line := range bytes.Lines(archive.Files[0].Data) {
				record, err := ParseKmsg(line)
				if err != nil {
					t.Fatal(err)
				}
				event, err := log.Add(record)
				describe(&got, event, err)
			}
			golden(t, path, "events", got.String())
		})
	}
}

// describe prints an event as a person would read it.
func describe(w *strings.Builder, event KernelEvent, err error) {
	if err != nil {
		fmt.Fprintf(w, "fault: %v\n", err)
	}
	switch e := event.(type) {
	case OOMKill:
		describeKill(w, e)
	case ForkRejected:
		fmt.Fprintf(w, "%v fork rejected in %q\n", e.At, e.Cgroup)
	}
}

func describeKill(w *strings.Builder, e OOMKill) {
	v := e.Victim
	fmt.Fprintf(w, "%v %v oom killed %d %q\n", e.At, e.Scope, v.PID, v.Comm)
	fmt.Fprintf(w, "\tvm %d anon %d file %d shmem %d\n", v.TotalVMBytes, v.AnonBytes, v.FileBytes, v.ShmemBytes)
	if uid, ok := v.UID.Get(); ok {
		fmt.Fprintf(w, "\tuid %d\n", uid)
	}
	if adj, ok := v.OOMScoreAdj.Get(); ok {
		fmt.Fprintf(w, "\toom_score_adj %d\n", adj)
	}
	if c, ok := e.Cause.Get(); ok {
		fmt.Fprintf(w, "\tcause %s limit of %q victim in %q ambiguous %v\n", c.Constraint, c.LimitCgroup, c.VictimCgroup, c.Ambiguous)
		if m, ok := c.Memory.Get(); ok {
			fmt.Fprintf(w, "\tmemory %d of %d\n", m.Used, m.Limit)
		}
	}
	if e.Group != "" {
		fmt.Fprintf(w, "\tgroup %q\n", e.Group)
	}
	for line := range strings.SplitSeq(e.Lines, "\n") {
		fmt.Fprintf(w, "\tline %.60q\n", line)
	}
}

// kernel makes a record of the kernel.
func kernel(sequence uint64, text string) KmsgRecord {
	return KmsgRecord{Sequence: sequence, At: time.Second, Text: text}
}

const (
	contextOf31 = "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a,task=node,pid=31,uid=0"
	killed31    = "Memory cgroup out of memory: Killed process 31 (node) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB"
)

// TestOOMLogAfterLoss: what was known before records were lost says nothing about the kill that comes after them, in
// which another process may have been given the same pid.
func TestOOMLogAfterLoss(t *testing.T) {
	for _, lost := range []uint64{0, 1} {
		var log OOMLog
		if _, err := log.Add(kernel(1, contextOf31)); err != nil {
			t.Fatal(err)
		}
		record := kernel(2, killed31)
		record.Lost = lost
		event, err := log.Add(record)
		if err != nil {
			t.Fatal(err)
		}
		if _, known := event.(OOMKill).Cause.Get(); known != (lost == 0) {
			t.Errorf("lost %d: cause known: %v", lost, known)
		}
	}
}

// TestOOMLogFragments: only a line that waits for its rest takes a fragment, and never without bound.
func TestOOMLogFragments(t *testing.T) {
	var log OOMLog
	add := func(text string, fragment bool) KernelEvent {
		t.Helper()
		record := kernel(1, text)
		record.Fragment = fragment
		event, err := log.Add(record)
		if err != nil {
			t.Fatal(err)
		}
		return event
	}
	add(contextOf31[:60], false)
	add(contextOf31[60:100], true)
	add(contextOf31[100:], true)
	kill := add(killed31, false).(OOMKill)
	if cause, ok := kill.Cause.Get(); !ok || cause.LimitCgroup != "/a" {
		t.Errorf("cause in three parts: %+v", kill.Cause)
	}
	add("usb 1-1: new device", false)
	if event := add(killed31, true); event != nil {
		t.Errorf("a fragment of another line made %v", event)
	}
	add(forkPrefix, false)
	if event := add("/a b", true); event != (ForkRejected{At: time.Second, Cgroup: "/a b"}) {
		t.Errorf("fork in two parts: %v", event)
	}
	add(contextPrefix, false)
	for range 100 {
		add(strings.Repeat("x", 1000), true)
	}
	if len(log.line) > largestRecord {
		t.Errorf("line grew to %d bytes", len(log.line))
	}
}

// FuzzOOMLog: whatever a process or a cgroup is called, the kernel's own numbers come out, and no event comes from what
// was called so.
func FuzzOOMLog(f *testing.F) {
	f.Add("node", "/a", "/a/b")
	f.Add("x,pid=1,uid=0", "/a", "/a,task=q,pid=7,uid=7")
	f.Add("a) total-vm:1kB", "/a,task_memcg=/b", "/c,oom_memcg=/d")
	f.Add("), UID 7, (", "/", "/")
	f.Fuzz(func(t *testing.T, comm, limit, victim string) {
		comm = comm[:min(len(comm), commLen)]
		var log OOMLog
		context := "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg=/" + limit +
			",task_memcg=/" + victim + ",task=" + comm + ",pid=31,uid=5"
		if _, err := log.Add(kernel(1, context)); err != nil {
			t.Fatalf("%q: %v", context, err)
		}
		line := "Memory cgroup out of memory: Killed process 31 (" + comm +
			") total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:5 pgtables:4kB oom_score_adj:9"
		event, err := log.Add(kernel(2, line))
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		kill, ok := event.(OOMKill)
		if !ok || kill.Victim.PID != 31 || kill.Victim.Comm != comm || kill.Victim.UID != Some(uint32(5)) || kill.Victim.AnonBytes != 4096 {
			t.Errorf("%q: %+v", line, event)
		}
		cause, ok := kill.Cause.Get()
		if !ok || !cause.Ambiguous && (cause.LimitCgroup != "/"+limit || cause.VictimCgroup != "/"+victim) {
			t.Errorf("%q: %+v", context, kill.Cause)
		}
	})
}

// FuzzOOMLine: any text is an event, nothing, or a *ParseError.
func FuzzOOMLine(f *testing.F) {
	for _, text := range []string{
		contextOf31, killed31, forkPrefix + "/a", groupPrefix + "/a" + groupSuffix, usagePrefix + "1kB, limit 2kB, failcnt 3",
		"Killed process 1 (a), UID 2, total-vm:3kB", "a invoked oom-killer: gfp_mask=",
	} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		var log OOMLog
		for i, text := range []string{first, second, first} {
			record := kernel(uint64(i), text)
			record.Fragment = i == 1
			_, err := log.Add(record)
			checkParseError(t, err)
		}
	})
}

// checkParseError fails for an error that is not a *ParseError, or carries too much text along.
func checkParseError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	pe, ok := errors.AsType[*ParseError](err)
	if !ok {
		t.Fatalf("%T: %v", err, err)
	}
	if len(pe.Text) > maxErrorText || pe.Err == nil {
		t.Errorf("%+v", pe)
	}
}
