package notify

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
)

// crash copies the state file, as kill -9 leaves it, to where another brink finds it.
func crash(t *testing.T, from string) (to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	to = filepath.Join(t.TempDir(), "outbox.json")
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestRestart plays a story, crashes, and plays another one with what is left.
func TestRestart(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		before []string
		// down says that the sink fails before the crash.
		down  bool
		after []string
		want  []string
	}{
		{
			name: "critical and not delivered: delivered after the restart, once",
			down: true, before: []string{"fire oom", "pass 5s"},
			after: []string{"pass 1m"},
			want:  []string{"200ms first critical oom"},
		},
		{
			name: "the same alert fires again by the rules: still once",
			down: true, before: []string{"fire oom", "pass 5s"},
			after: []string{"fire oom", "pass 1m", "over oom", "pass 1m"},
			want:  []string{"200ms first critical oom", "1m0.2s resolved critical oom"},
		},
		{
			name:   "delivered before the crash: nothing to tell, but the end",
			before: []string{"fire oom", "pass 5s"},
			after:  []string{"fire oom", "pass 1m", "over oom", "pass 1m"},
			want:   []string{"1m0.2s resolved critical oom"},
		},
		{
			name:   "it happened again while brink was away",
			before: []string{"fire oom", "pass 5s"},
			after:  []string{"fire oom", "again oom", "pass 1m"},
			want:   []string{"200ms again critical oom"},
		},
		{
			name:   "told, and it never fires again: over, when the rules have had their time",
			before: []string{"fire mem warning", "pass 5s"},
			after:  []string{"pass 1h"},
			want:   []string{"10m0.2s resolved warning mem"},
		},
		{
			name:   "told, and its end: the same kill in the story is no news, nor is its end",
			before: []string{"fire oom", "pass 5s", "over oom", "pass 5s"},
			after:  []string{"pass 2s", "fire oom", "pass 1m", "over oom", "pass 1m"},
		},
		{
			name:   "told, and its end, and one more kill",
			before: []string{"fire oom", "pass 5s", "over oom", "pass 5s"},
			after:  []string{"fire oom", "pass 5s", "again oom", "pass 1m", "over oom", "pass 1m"},
			want:   []string{"5.2s first critical oom", "1m5.2s resolved critical oom"},
		},
		{
			name:   "over twice: both kills are in the story",
			before: []string{"fire oom", "pass 5s", "over oom", "pass 5s", "fire oom", "pass 5s", "over oom", "pass 5s"},
			after:  []string{"fire2 oom", "pass 1m", "over oom", "pass 1m"},
		},
		{
			name:   "told, and its end, and brink was away for longer than the story goes back",
			before: []string{"fire oom", "pass 5s", "over oom", "pass 5s"},
			after:  []string{"pass 11m", "fire oom", "pass 1m"},
			want:   []string{"11m0.2s first critical oom"},
		},
		{
			name: "over before the crash, and the end not told",
			down: false, before: []string{"fire oom", "pass 5s", "down", "over oom", "pass 5s"},
			after: []string{"pass 1h"},
			want:  []string{"200ms resolved critical oom"},
		},
		{
			name: "over and never told: both in one message",
			down: true, before: []string{"fire oom", "pass 5s", "over oom", "pass 5s"},
			after: []string{"pass 1h"},
			want:  []string{"200ms over critical oom"},
		},
		{
			name: "a warning does not survive: it fires again by the rules, or is over",
			down: true, before: []string{"fire mem warning", "pass 5s"},
			after: []string{"pass 1h"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "state", "outbox.json")
				first := &recorder{name: "phone"}
				if test.down {
					first.answer = down
				}
				w := newWorld(t, Options{StatePath: path, Routes: []Route{{Sink: first}}})
				w.put()
				w.pass(time.Second)
				for _, line := range test.before {
					if line == "down" {
						first.set(down)
						continue
					}
					w.do(line)
				}
				synctest.Wait()
				left := crash(t, path)
				first.set(nil)
				w.close()

				second := &recorder{name: "phone"}
				w = newWorld(t, Options{StatePath: left, Routes: []Route{{Sink: second}}})
				w.put()
				for _, line := range test.after {
					w.do(line)
				}
				if diff := cmp.Diff(test.want, second.heard()); diff != "" {
					t.Errorf("told after the restart (-want +got):\n%s", diff)
				}
				w.close()

				third := &recorder{name: "phone"}
				w = newWorld(t, Options{StatePath: left, Routes: []Route{{Sink: third}}})
				w.pass(10 * time.Second)
				if told := third.heard(); len(told) > 0 {
					t.Errorf("told once more after another restart: %v", told)
				}
				w.close()
			})
		})
	}
}

// TestRestartKeepsIDs: a receiver can tell that it heard of this before.
func TestRestartKeepsIDs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "outbox.json")
		var seen []Notification
		first := &recorder{name: "phone", answer: func(_ context.Context, n Notification) error {
			seen = append(seen, n)
			return errors.New("the answer was lost on the way")
		}}
		w := newWorld(t, Options{StatePath: path, Routes: []Route{{Sink: first}}})
		w.put()
		w.pass(time.Second)
		w.do("fire oom")
		w.pass(5 * time.Second)
		left := crash(t, path)
		second := &recorder{name: "phone"}
		restarted := newWorld(t, Options{StatePath: left, Routes: []Route{{Sink: second}}})
		restarted.pass(time.Second)
		again := second.told[0].n
		if len(seen) < 2 || seen[0].ID != seen[1].ID || again.ID != seen[0].ID || again.Items[0].ID != seen[0].Items[0].ID {
			t.Errorf("ids differ: %v, %v", seen, again)
		}
		restarted.close()
		first.set(nil)
		w.close()
	})
}

// TestRestartKeepsTheIDOfWhatFiresAnew: the rules find after a restart what was not told
// before it, and the sink hears of it only then.
func TestRestartKeepsTheIDOfWhatFiresAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "outbox.json")
		var refused atomic.Value // the number of what was refused first
		away := func(_ context.Context, n Notification) error {
			refused.CompareAndSwap(nil, n.Items[0].ID)
			return errors.New("out of order")
		}
		w := newWorld(t, Options{StatePath: path, Routes: []Route{{Sink: &recorder{name: "phone", answer: away}}}})
		w.put()
		w.pass(time.Second)
		w.do("fire oom")
		w.pass(5 * time.Second)
		phone := &recorder{name: "phone", answer: away}
		restarted := newWorld(t, Options{StatePath: crash(t, path), Routes: []Route{{Sink: phone}}})
		restarted.do("fire oom")
		restarted.pass(5 * time.Second)
		phone.set(nil)
		restarted.pass(5 * time.Minute)
		if items := phone.items(); len(items) != 1 || items[0].ID != refused.Load() {
			t.Errorf("told %+v after %v", items, refused.Load())
		}
		restarted.close()
		w.close()
	})
}

// TestShutdownKeeps ends brink in the ordinary way while the sink is away: what is
// critical is in the file and not counted as lost, the rest is.
func TestShutdownKeeps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "outbox.json")
		w := newWorld(t, Options{StatePath: path, Routes: []Route{{Sink: &recorder{name: "phone", answer: down}}}})
		w.put()
		w.do("fire oom")
		w.do("fire mem warning")
		w.pass(3 * time.Second)
		w.close()
		if health := w.health(); health.Dropped != 1 {
			t.Errorf("health: %+v, want one dropped", health)
		}
		second := &recorder{name: "phone"}
		w = newWorld(t, Options{StatePath: path, Routes: []Route{{Sink: second}}})
		w.pass(time.Second)
		if diff := cmp.Diff([]string{"200ms first critical oom"}, second.heard()); diff != "" {
			t.Error(diff)
		}
		w.close()
	})
}

// victim is a brink whose webhook is down. It says when the alert has been handed
// over, and waits to be killed.
func victim(path string) {
	outbox, err := New(Options{Now: time.Now, StatePath: path, Routes: []Route{{Sink: &recorder{name: "phone", answer: down}}}})
	if err != nil {
		panic(err)
	}
	go func() { _ = outbox.Run(context.Background()) }()
	now := time.Now()
	alert := alerts.Alert{Key: key("oom"), State: alerts.StateFiring, Severity: alerts.SeverityCritical, Since: now, FiredAt: now, Message: "1 process killed"}
	outbox.Put([]alerts.Transition{{At: now, Alert: alert, Reason: alerts.ReasonHeld}}, alerts.Board{At: now, Alerts: []alerts.Alert{alert}})
	for outbox.Health()[0].Failed == 0 {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("handed over")
	select {}
}

// TestKilled kills a real process with -9 between the alert and the delivery.
func TestKilled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "outbox.json")
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "NOTIFY_TEST_VICTIM="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the victim said %q: %v", line, err)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for round, want := range []int{1, 0} {
		sink := &recorder{name: "phone"}
		w := newWorld(t, Options{StatePath: path, Routes: []Route{{Sink: sink}}})
		for deadline := time.Now().Add(5 * time.Second); sink.attempts() < want && time.Now().Before(deadline); {
			time.Sleep(5 * time.Millisecond)
		}
		w.close()
		if got := len(sink.items()); got != want {
			t.Errorf("start %d after the kill: told %d times, want %d", round+1, got, want)
		}
	}
}

// TestSpoolFaults puts something else where the state file should be. Delivery goes
// on, the fault is told in words, and nothing of anybody else's is touched.
func TestSpoolFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		// prepare puts something at the path, and may return another one.
		prepare func(t *testing.T, path string) string
		fault   string
		// kept is what must still be at the path afterwards.
		kept string
	}{
		{name: "a foreign file", prepare: write("export PATH=/bin\n"), fault: "not a state file of brink", kept: "export PATH=/bin\n"},
		{name: "foreign JSON", prepare: write(`{"alerts": []}`), fault: "not a state file of brink", kept: `{"alerts": []}`},
		{name: "of a newer brink", prepare: write(`{"brink_outbox":2,"sinks":{}}`), fault: "has version 2", kept: `{"brink_outbox":2,"sinks":{}}`},
		{name: "a symbolic link", prepare: func(t *testing.T, path string) string {
			t.Helper()
			target := filepath.Join(t.TempDir(), "target")
			must(t, os.WriteFile(target, []byte("theirs"), 0o600))
			must(t, os.Symlink(target, path))
			return path
		}, fault: "too many levels of symbolic links", kept: "theirs"},
		{name: "a fifo", prepare: func(t *testing.T, path string) string {
			t.Helper()
			must(t, syscall.Mkfifo(path, 0o600))
			return path
		}, fault: "not a regular file"},
		{name: "a directory", prepare: func(t *testing.T, path string) string {
			t.Helper()
			must(t, os.Mkdir(path, 0o700))
			return path
		}, fault: "not a regular file"},
		{name: "its directory is a file", prepare: func(t *testing.T, path string) string {
			t.Helper()
			must(t, os.WriteFile(path, nil, 0o600))
			return filepath.Join(path, "outbox.json")
		}, fault: "not a directory"},
		{name: "it cannot be written", prepare: func(t *testing.T, path string) string {
			t.Helper()
			must(t, os.MkdirAll(filepath.Join(path+".tmp", "full"), 0o700))
			return path
		}, fault: "directory not empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := test.prepare(t, filepath.Join(t.TempDir(), "outbox.json"))
			var log bytes.Buffer
			w := deliverOne(t, path, &log)
			if fault := w.outbox.StateFault(); !strings.Contains(fault, test.fault) || !strings.Contains(fault, path) {
				t.Errorf("fault %q, want one about %q at %s", fault, test.fault, path)
			}
			if !strings.Contains(log.String(), "state file") {
				t.Errorf("nothing in the log: %s", log.String())
			}
			if test.kept != "" {
				if data, err := os.ReadFile(path); err != nil || string(data) != test.kept {
					t.Errorf("the file was changed: %q, %v", data, err)
				}
			}
		})
	}
}

// deliverOne shows that delivery works, whatever the state file does.
func deliverOne(t *testing.T, path string, log io.Writer) *world {
	t.Helper()
	sink := &recorder{name: "phone"}
	w := newWorld(t, Options{StatePath: path, Log: slog.New(slog.NewTextHandler(log, nil)), Routes: []Route{{Sink: sink, GroupWait: -1}}})
	w.do("fire oom")
	w.close()
	if got := len(sink.items()); got != 1 {
		t.Errorf("told %d times, want 1", got)
	}
	return w
}

func write(text string) func(*testing.T, string) string {
	return func(t *testing.T, path string) string {
		t.Helper()
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSpoolDamaged keeps a damaged file of ours for who wants to look, and goes on
// with a new one.
func TestSpoolDamaged(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"brink_outbox":1,"sinks":{"phone":[{"ale`, `{"brink_outbox":1,"sinks":{"phone":[{"alert":{"severity":"dreadful"}}]}}`} {
		path := filepath.Join(t.TempDir(), "outbox.json")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		var log bytes.Buffer
		w := deliverOne(t, path, &log)
		if fault := w.outbox.StateFault(); fault != "" {
			t.Errorf("fault: %s", fault)
		}
		if aside, err := os.ReadFile(path + ".damaged"); err != nil || string(aside) != text {
			t.Errorf("kept %q, %v", aside, err)
		}
		if !strings.Contains(log.String(), "could not be read") {
			t.Errorf("nothing in the log: %s", log.String())
		}
		if _, err := parseSpool([]byte(read(t, path))); err != nil {
			t.Error(err)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return string(data)
}

// TestSpoolFullDisk writes to a file system of one page.
func TestSpoolFullDisk(t *testing.T) {
	directory := t.TempDir()
	if err := syscall.Mount("brink-test", directory, "tmpfs", 0, "size=4k"); err != nil {
		t.Skipf("needs the right to mount a tmpfs: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(directory, syscall.MNT_DETACH)) })
	must(t, os.WriteFile(filepath.Join(directory, "fill"), make([]byte, 4096), 0o600))
	var log bytes.Buffer
	w := deliverOne(t, filepath.Join(directory, "outbox.json"), &log)
	if fault := w.outbox.StateFault(); !strings.Contains(fault, "no space left on device") {
		t.Errorf("fault %q", fault)
	}
	if _, err := os.Stat(filepath.Join(directory, "outbox.json.tmp")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a file was left behind: %v", err)
	}
	if got := strings.Count(log.String(), "cannot be written"); got != 1 {
		t.Errorf("%d lines in the log about it, want 1:\n%s", got, log.String())
	}
}

// TestSpoolModes: what is in the file is nobody else's business.
func TestSpoolModes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "brink", "outbox.json")
	deliverOne(t, path, io.Discard)
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, want %v (%v)", name, info.Mode(), want, err)
		}
	}
}

// TestSpoolOrphans tells of what waits for a sink that is no more.
func TestSpoolOrphans(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "outbox.json")
	must(t, os.WriteFile(path, []byte(`{"brink_outbox":1,"sinks":{"pager":[{"alert":{"rule":"oom","severity":"critical"}}]}}`), 0o600))
	var log bytes.Buffer
	deliverOne(t, path, &log)
	if !strings.Contains(log.String(), "sink=pager") {
		t.Errorf("log: %s", log.String())
	}
}

// FuzzParseSpool: whatever is in the file, it is a record or an error, and a page
// that was read can be written.
func FuzzParseSpool(f *testing.F) {
	f.Add([]byte(`{"brink_outbox":1,"sinks":{"phone":[{"alert":{"rule":"oom","severity":"critical","value":null},"told":{"severity":"warning"},"news":{"severity":"critical","over":true}}]}}`))
	f.Add([]byte(`{"brink_outbox":1,"sinks":null}`))
	f.Add([]byte(`{"brink_outbox":`))
	f.Fuzz(func(t *testing.T, data []byte) {
		record, err := parseSpool(data)
		if err != nil {
			return
		}
		for _, pages := range record.Sinks {
			for _, page := range pages {
				restored := page.page()
				if _, ok := restored.record(); ok != (restored.told.firing || restored.news != nil && restored.news.critical()) {
					t.Errorf("page %+v is lost", page)
				}
			}
		}
	})
}
