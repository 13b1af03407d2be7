package notify

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestReroute plays a story, reloads the configuration, and plays on: the sink of
// the same name goes on where the earlier one was.
func TestReroute(t *testing.T) {
	t.Parallel()
	slow := func(context.Context, Notification) error {
		time.Sleep(3 * time.Second)
		return nil
	}
	tests := []struct {
		name string
		// answer is how the earlier sink fares.
		answer        func(context.Context, Notification) error
		before, after []string
		// early and late are what the two sinks were told.
		early, late []string
	}{
		{
			name: "nothing to tell", before: []string{"pass 5s"}, after: []string{"pass 5s"},
		},
		{
			name:   "a warning that waits is told once, by the new one, at once",
			answer: down, before: []string{"fire mem warning", "pass 5s"}, after: []string{"pass 1m"},
			late: []string{"5s first warning mem"},
		},
		{
			name:   "an attempt under way comes to its end, and is not made twice",
			answer: slow, before: []string{"fire oom", "pass 1s"}, after: []string{"pass 1m", "over oom", "pass 5s"},
			early: []string{"3.2s first critical oom"},
			late:  []string{"1m1.2s resolved critical oom"},
		},
		{
			name:   "what happens while an attempt is under way is told by the new one",
			answer: slow, before: []string{"fire oom", "pass 1s"}, after: []string{"fire pids", "pass 1m"},
			early: []string{"3.2s first critical oom"},
			late:  []string{"3.2s first critical pids"},
		},
		{
			name:   "what was told is not told again, but its end",
			before: []string{"fire oom", "pass 5s"}, after: []string{"pass 1h", "over oom", "pass 5s"},
			early: []string{"200ms first critical oom"},
			late:  []string{"1h0m5.2s resolved critical oom"},
		},
		{
			name:   "what was over and not told",
			answer: down, before: []string{"fire mem warning", "pass 5s", "over mem", "pass 1s"}, after: []string{"pass 1m"},
			late: []string{"6s over warning mem"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				early, late := &recorder{name: "phone", answer: test.answer, start: time.Now()}, &recorder{name: "phone", start: time.Now()}
				w := newWorld(t, Options{Routes: []Route{{Sink: early}}})
				w.put()
				for _, line := range test.before {
					w.do(line)
				}
				must(t, w.outbox.Reroute([]Route{{Sink: late}}))
				for _, line := range test.after {
					w.do(line)
				}
				w.close()
				if diff := cmp.Diff(test.early, early.heard()); diff != "" {
					t.Errorf("told by the earlier (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(test.late, late.heard()); diff != "" {
					t.Errorf("told by the later (-want +got):\n%s", diff)
				}
				if health := w.outbox.Health(); len(health) != 1 || health[0].Dropped != 0 || health[0].Pending != 0 {
					t.Errorf("health %+v", health)
				}
			})
		})
	}
}

// TestRerouteFault: routes that cannot be leave all as it was.
func TestRerouteFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink, other := &recorder{name: "phone", start: time.Now()}, &recorder{name: "twice"}
		w := newWorld(t, Options{Routes: []Route{{Sink: sink}}})
		w.put()
		err := w.outbox.Reroute([]Route{{Sink: other}, {Sink: other}})
		if err == nil || !strings.Contains(err.Error(), `two sinks are called "twice"`) {
			t.Errorf("error %v", err)
		}
		w.do("fire oom")
		w.pass(time.Second)
		if diff := cmp.Diff([]string{"200ms first critical oom"}, sink.heard()); diff != "" {
			t.Error(diff)
		}
		w.close()
	})
}

// TestRerouteOther: what waits for a sink that is taken out is given up loudly, and
// one that is new hears of what fires.
func TestRerouteOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		mail, phone := &recorder{name: "mail", answer: down, start: time.Now()}, &recorder{name: "phone", start: time.Now()}
		w := newWorld(t, Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Routes: []Route{{Sink: mail}}})
		w.put()
		w.do("fire oom")
		w.pass(5 * time.Second)
		must(t, w.outbox.Reroute([]Route{{Sink: phone}}))
		w.pass(5 * time.Second)
		if health := w.outbox.Health(); len(health) != 1 || health[0].Name != "phone" || health[0].Delivered != 1 {
			t.Errorf("health %+v", health)
		}
		if diff := cmp.Diff([]string{"6.2s summary critical oom"}, phone.heard()); diff != "" {
			t.Error(diff)
		}
		w.close()
		if !strings.Contains(log.String(), `msg="alert was not delivered" sink=mail reason=removed rule=oom`) {
			t.Errorf("the loss is not in the log: %s", log.String())
		}
	})
}

// TestRerouteOften reloads while the sink is slow, and ends in the middle of it: the
// newest goes on, and the end tells what is left.
func TestRerouteOften(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first := &recorder{name: "phone", start: time.Now(), answer: func(context.Context, Notification) error {
			time.Sleep(2 * time.Second)
			return nil
		}}
		never, last := &recorder{name: "phone"}, &recorder{name: "phone", start: time.Now()}
		w := newWorld(t, Options{Routes: []Route{{Sink: first}}})
		w.put()
		w.do("fire oom")
		w.pass(time.Second)
		w.do("fire mem warning")
		must(t, w.outbox.Reroute([]Route{{Sink: never}}))
		must(t, w.outbox.Reroute(nil))
		must(t, w.outbox.Reroute([]Route{{Sink: last}}))
		w.close()
		want := [][]string{{"2.2s first critical oom"}, nil, {"2.2s first warning mem"}}
		if diff := cmp.Diff(want, [][]string{first.heard(), never.heard(), last.heard()}); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

// TestStandby: of two brinks the second tells its own terminal alone, and when the
// first ends it goes on where that was.
func TestStandby(t *testing.T) {
	t.Parallel()
	for _, forget := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "outbox.json")
			phone := &recorder{name: "phone", start: time.Now()}
			guard := newWorld(t, Options{StatePath: path, Forget: forget, Routes: []Route{{Sink: phone}}})
			phone2, bell := &recorder{name: "phone", start: time.Now()}, &recorder{name: "bell", start: time.Now()}
			second := newWorld(t, Options{StatePath: path, Forget: forget, Routes: []Route{{Sink: phone2}, {Sink: bell, Local: true}}})
			both := func(line string) {
				for _, w := range []*world{guard, second} {
					w.do(line)
				}
				time.Sleep(time.Second)
			}
			time.Sleep(time.Second / 2) // the boards come between two looks at the lock
			both("ack oom")             // nothing fires yet
			both("fire oom")
			if health := second.outbox.Health(); !second.outbox.StateTaken() || len(health) != 2 || health[0].Name != "bell" || !health[1].Standby {
				t.Errorf("health of the second: %+v", health)
			}
			guard.close()
			second.pass(lockRetry + time.Second)
			second.do("fire pids")
			second.pass(time.Second)
			second.close()
			if second.outbox.StateTaken() || len(phone.heard()) != 1 {
				t.Errorf("the first told %v", phone.heard())
			}
			want := []string{"8.7s first critical pids"}
			if forget {
				// It does not know what the first has told.
				want = []string{"5.7s summary critical oom", "8.7s first critical pids"}
			}
			if diff := cmp.Diff(want, phone2.heard()); diff != "" {
				t.Errorf("forget %v: told by the second (-want +got):\n%s", forget, diff)
			}
			if diff := cmp.Diff([]string{"1.7s first critical oom", "8.7s first critical pids"}, bell.heard()); diff != "" {
				t.Errorf("told by the bell (-want +got):\n%s", diff)
			}
		})
	}
}
