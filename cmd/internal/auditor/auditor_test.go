package auditor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts/audit"
	"brink/collectors"
)

// world is an engine whose containers a test changes, the auditor that looks at them,
// and what it told.
type world struct {
	t       *testing.T
	auditor *Auditor
	began   time.Time
	// looks are when which container was looked at, told what the notices said.
	looks, told []string
	facts       collectors.Isolation
	fault       error
	samples     []collectors.ContainerSample
	woken       int
}

// agent is a container that is as root as it is said to be.
func agent(id string, uid uint32) collectors.Isolation {
	return collectors.Isolation{ID: id, Name: "agent", Kernel: collectors.KernelIsolation{
		Privileges: collectors.KnownFact(collectors.WitnessKernel, collectors.Privileges{UID: uid}),
	}}
}

func running(id string, started time.Time) []collectors.ContainerSample {
	return []collectors.ContainerSample{{ID: id, Name: "agent", State: collectors.StateRunning, StartedAt: collectors.Some(started)}}
}

// builtIn expects the same of every container.
func builtIn(name string) func(collectors.Isolation, string) audit.Profile {
	return func(collectors.Isolation, string) audit.Profile {
		profile, _ := audit.BuiltIn(name)
		return profile
	}
}

// newWorld starts an auditor over an agent that runs since an hour, and is not root.
func newWorld(ctx context.Context, t *testing.T, interval time.Duration, path string) *world {
	t.Helper()
	w := &world{t: t, began: time.Now(), facts: agent("A", 1000)}
	w.samples = running("A", w.began.Add(-time.Hour))
	w.auditor = New(Options{
		Read: func(_ context.Context, id string) (collectors.Isolation, error) {
			w.looks = append(w.looks, fmt.Sprint(id, " ", time.Since(w.began)))
			return w.facts, w.fault
		},
		Terms: Terms{Profile: builtIn(audit.ProfileHardened), Interval: interval}, Wake: func() { w.woken++ }, Path: path, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	go w.auditor.Run(ctx)
	return w
}

// sample is what the sampler does for some seconds; the last snapshot is returned.
func (w *world) sample(seconds int) collectors.Snapshot {
	var snapshot collectors.Snapshot
	for range seconds {
		snapshot = collectors.Snapshot{At: time.Now(), Containers: w.samples}
		w.auditor.Attend(&snapshot)
		time.Sleep(time.Second)
		synctest.Wait()
		for _, notice := range w.auditor.Notices() {
			drift, _ := notice.Drift.Get()
			w.told = append(w.told, fmt.Sprint(map[collectors.NoticeKind]string{
				collectors.NoticeHardeningLost: "lost", collectors.NoticeHardeningBack: "back",
			}[notice.Kind], " ", notice.ID, " ", drift.Check, " ", notice.At.Sub(w.began)))
		}
	}
	return snapshot
}

func (w *world) looked(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.looks); diff != "" {
		w.t.Errorf("looks (-want +got):\n%s", diff)
	}
	w.looks = nil
}

func (w *world) tells(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.told); diff != "" {
		w.t.Errorf("told (-want +got):\n%s", diff)
	}
	w.told = nil
}

func inBubble(t *testing.T, script func(ctx context.Context, t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		script(ctx, t)
	})
}

// TestWhenItLooks: at once at what runs since long, some time after each start, and
// slowly in between; never at what does not run, or what no engine knows.
func TestWhenItLooks(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := newWorld(ctx, t, time.Minute, "")
		w.sample(130)
		w.looked("A 0s", "A 1m0s", "A 2m0s")
		w.samples = running("A", time.Now()) // a restart
		w.sample(10)
		w.looked("A 2m12s")
		w.samples = running("B", time.Now().Add(24*time.Hour)) // by a clock that is fast
		w.sample(10)
		w.looked("B 2m22s")
		w.samples[0].State = collectors.StateExited
		w.sample(600)
		w.looked()
		w.samples = []collectors.ContainerSample{{Name: "cgroup:/a", State: collectors.StateRunning}}
		w.sample(600)
		w.looked()
		w.samples = []collectors.ContainerSample{{ID: "C", Name: "agent", State: collectors.StatePaused}}
		w.sample(10)
		w.looked("C 22m32s")
	})
}

// TestNever: without an interval only a start is looked at.
func TestNever(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := newWorld(ctx, t, 0, "")
		w.sample(7200)
		w.looked("A 0s")
		w.samples = running("A", time.Now())
		w.sample(7200)
		w.looked("A 2h0m2s")
	})
}

// TestRenew: under other terms all that runs is looked at anew, at once, and as often as
// they say.
func TestRenew(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := newWorld(ctx, t, 0, "")
		w.sample(100)
		w.looked("A 0s")
		if got := w.sample(1); len(w.auditor.Attend(&got)["agent"].Report.Findings) == 0 {
			t.Fatal("nothing is expected")
		}
		w.auditor.Renew(Terms{Profile: func(collectors.Isolation, string) audit.Profile { return audit.Profile{Name: "mine"} }, Interval: time.Minute})
		w.sample(130)
		w.looked("A 1m41s", "A 2m41s", "A 3m41s")
		if got := w.sample(1); w.auditor.Attend(&got)["agent"].Report.Profile != "mine" {
			t.Error("it is judged by the terms before")
		}
	})
}

// TestItTellsDrift: what another container of the name has lost is looked at twice and
// told once, the snapshots have it until it is good again, and so has the next brink.
func TestItTellsDrift(t *testing.T) {
	path := filepath.Join(t.TempDir(), "brink", "hardening.json")
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := newWorld(ctx, t, time.Minute, path)
		if first := w.sample(1); first.Containers[0].Drift.Present() {
			t.Error("it is known before anybody looked")
		}
		if drift, known := w.sample(1).Containers[0].Drift.Get(); !known || len(drift) > 0 {
			t.Errorf("%v, %v", drift, known)
		}
		w.samples, w.facts = running("B", time.Now()), agent("B", 0)
		w.sample(10)
		w.looked("A 0s", "B 4s", "B 7s")
		w.tells("lost B user 7s")
		if drift, _ := w.sample(120).Containers[0].Drift.Get(); len(drift) != 1 || !drift[0].Grave || w.woken != 1 {
			t.Errorf("%+v, woken %d times", drift, w.woken)
		}
		w.tells()
	})
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := newWorld(ctx, t, time.Minute, path)
		w.samples, w.facts = running("B", w.began.Add(-time.Hour)), agent("B", 0)
		if drift, _ := w.sample(1).Containers[0].Drift.Get(); len(drift) != 1 {
			t.Errorf("the next brink knows of %+v", drift)
		}
		w.sample(100)
		w.tells()
		w.samples, w.facts = running("C", time.Now()), agent("C", 1000)
		if drift, known := w.sample(10).Containers[0].Drift.Get(); !known || len(drift) > 0 {
			t.Errorf("it is good again: %+v", drift)
		}
		w.tells("back C user 1m43s")
	})
}

// TestAMomentIsNoDrift: what has not given up yet what it was born with.
func TestAMomentIsNoDrift(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := newWorld(ctx, t, time.Minute, "")
		w.sample(2)
		w.samples, w.facts = running("A", time.Now()), agent("A", 0)
		w.sample(3)
		w.facts = agent("A", 1000)
		w.sample(10)
		w.looked("A 0s", "A 4s", "A 7s")
		w.tells()
	})
}

// TestACrashLoopIsLookedAt: no life lasts long enough for a second look.
func TestACrashLoopIsLookedAt(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := newWorld(ctx, t, time.Minute, "")
		w.sample(1)
		w.facts = agent("A", 0)
		for range 2 {
			w.samples = running("A", time.Now())
			w.sample(3)
		}
		w.tells("lost A user 6s")
	})
}

// TestWhatCannotBeLookedAt is told as such, tried again, and changes nothing of what
// was known.
func TestWhatCannotBeLookedAt(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		w := newWorld(ctx, t, 10*time.Minute, "")
		w.fault = errors.New("refused\x1b[2J\r\n" + strings.Repeat("x", 9999))
		w.sample(70)
		w.looked("A 0s", "A 30s", "A 1m0s")
		snapshot := w.sample(1)
		status := w.auditor.Attend(&snapshot)["agent"]
		if !status.Report.At.IsZero() || !strings.HasPrefix(status.Why, "refused") || strings.ContainsAny(status.Why, "\x1b\r\n") || len(status.Why) > 2*longestWhy {
			t.Errorf("%+v", status)
		}
		if snapshot.Containers[0].Drift.Present() {
			t.Error("nothing is known, and it is said to be as good as it was")
		}
		w.fault = nil
		w.sample(60)
		w.fault = errors.New("refused")
		w.sample(660)
		status = w.auditor.Attend(&snapshot)["agent"]
		if status.Why != "refused" || len(status.Report.Findings) == 0 {
			t.Errorf("what was known is gone: %+v", status)
		}
	})
}

// TestItEnds: also in the middle of a look, of which nothing is kept.
func TestItEnds(t *testing.T) {
	inBubble(t, func(ctx context.Context, t *testing.T) {
		ctx, cancel := context.WithCancel(ctx)
		a := New(Options{Now: time.Now, Log: slog.New(slog.DiscardHandler), Read: func(ctx context.Context, _ string) (collectors.Isolation, error) {
			<-ctx.Done()
			return collectors.Isolation{}, ctx.Err()
		}})
		go a.Run(ctx)
		snapshot := collectors.Snapshot{Containers: running("A", time.Now().Add(-time.Hour))}
		a.Attend(&snapshot)
		time.Sleep(time.Second)
		cancel()
		synctest.Wait()
		if known := a.Attend(&snapshot); len(known) > 0 {
			t.Errorf("%+v", known)
		}
	})
}

// TestStateFile: what is not a state file, or holds what somebody else wrote.
func TestStateFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty": "", "toml": "a = 1", "later": `{"brink_hardening":2,"containers":{"agent":{}}}`, "list": "[]"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if a := New(Options{Path: path, Log: slog.New(slog.DiscardHandler)}); len(a.courses)+len(a.known) > 0 {
			t.Errorf("%s: %v", name, a.courses)
		}
	}
	path := filepath.Join(dir, "hostile")
	text := `{"brink_hardening":1,"containers":{"agent":{"standing":{"best":{"user":{"found":"\u001b[2J"}},"worse":[{"check":"\u0007","was":"\r\n","is":"\u202e"}]}}}}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a := New(Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if said := fmt.Sprintf("%+v", a.courses["agent"].standing); strings.ContainsAny(said, "\x1b\x07\r\n\u202e") {
		t.Errorf("%q", said)
	}
}

// TestNamesAreBounded: of the names that are not there any more the oldest go.
func TestNamesAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hardening.json")
	a := New(Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	for i := range 2 * mostKept {
		a.courses[fmt.Sprintf("n%03d", i)] = &course{looked: time.Unix(int64(i+1), 0)}
	}
	a.present = map[string]life{"n000": {id: "A"}}
	a.remember()
	state, err := readState(path)
	if err != nil || len(state.Containers) != mostKept+1 {
		t.Fatalf("%d names, %v", len(state.Containers), err)
	}
	for _, name := range []string{"n000", "n256", "n511"} {
		if _, kept := state.Containers[name]; !kept {
			t.Errorf("%s is forgotten", name)
		}
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || slices.ContainsFunc(files, func(f os.DirEntry) bool { return f.Name() != "hardening.json" }) {
		t.Errorf("%v, %v", files, err)
	}
}
