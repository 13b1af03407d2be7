package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
)

// TestTold plays stories before a sink that takes everything, and before one that
// fails for a while: what is it told, when, and why.
func TestTold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		route Route
		// away keeps the sink failing from the start until then.
		away  time.Duration
		story []string
		want  []string
	}{
		{
			name:  "first and resolved",
			story: []string{"pass 1s", "fire oom", "pass 10s", "over oom", "pass 10s"},
			want:  []string{"1.2s first critical oom", "11.2s resolved critical oom"},
		},
		{
			name:  "what fires at the start is one summary",
			story: []string{"fire oom", "pass 5s", "fire pids warning", "pass 5s"},
			want:  []string{"200ms summary critical oom", "5.2s first warning pids"},
		},
		{
			name:  "what fires together is told together, worst first",
			story: []string{"pass 1s", "fire zombies warning", "pass 50ms", "fire oom", "pass 50ms", "fire pids warning", "pass 1s"},
			want:  []string{"1.2s first critical oom first warning zombies first warning pids"},
		},
		{
			name:  "rose, and nothing when it falls; rose anew",
			story: []string{"pass 1s", "fire mem warning", "pass 9s", "rise mem", "pass 10s", "fall mem", "pass 10s", "rise mem", "pass 5s"},
			want:  []string{"1.2s first warning mem", "10.2s rose critical mem", "30.2s rose critical mem"},
		},
		{
			name:  "again",
			story: []string{"pass 1s", "fire oom", "pass 4s", "again oom", "pass 5s", "over oom", "pass 5s"},
			want:  []string{"1.2s first critical oom", "5.2s again critical oom", "10.2s resolved critical oom"},
		},
		{
			name:  "repeat while it fires",
			route: Route{Repeat: time.Minute},
			story: []string{"pass 1s", "fire oom", "pass 130s", "over oom", "pass 2m"},
			want:  []string{"1.2s first critical oom", "1m2.2s repeat critical oom", "2m3.2s repeat critical oom", "2m11.2s resolved critical oom"},
		},
		{
			name:  "no repeat once acknowledged; again rings all the same",
			route: Route{Repeat: time.Minute},
			story: []string{"pass 1s", "fire oom", "pass 9s", "ack oom", "pass 110s", "again oom", "pass 5s"},
			want:  []string{"1.2s first critical oom", "2m0.2s again critical oom"},
		},
		{
			name:  "never a repeat when it is off",
			route: Route{Repeat: -1},
			story: []string{"pass 1s", "fire oom", "pass 10h"},
			want:  []string{"1.2s first critical oom"},
		},
		{
			name:  "below the minimum, until it rises",
			route: Route{Minimum: alerts.SeverityCritical},
			story: []string{"pass 1s", "fire mem warning", "pass 9s", "rise mem", "pass 10s", "fall mem", "pass 10s", "over mem", "pass 10s"},
			want:  []string{"10.2s first critical mem", "30.2s resolved critical mem"},
		},
		{
			name:  "muted: nothing, and never a resolve of what was not told",
			story: []string{"pass 1s", "mute oom 1h", "fire oom", "pass 10s", "over oom", "pass 2h"},
		},
		{
			name:  "muted: told when the mute ends and it still fires",
			story: []string{"pass 1s", "mute oom 1m", "fire oom", "pass 5m"},
			want:  []string{"1m1.2s first critical oom"},
		},
		{
			name:  "muted after it was told: the end is told when the mute ends",
			story: []string{"pass 1s", "fire oom", "pass 9s", "mute oom 1h", "pass 10s", "over oom", "pass 2h"},
			want:  []string{"1.2s first critical oom", "1h0m10s resolved critical oom"},
		},
		{
			name:  "muted, over and firing anew: nothing to tell",
			route: Route{Repeat: -1},
			story: []string{"pass 1s", "fire oom", "pass 9s", "mute oom 1h", "pass 10s", "over oom", "pass 10s", "fire oom", "pass 2h"},
			want:  []string{"1.2s first critical oom"},
		},
		{
			name:  "acknowledged: the end is told",
			story: []string{"pass 1s", "fire oom", "pass 9s", "ack oom", "pass 10s", "over oom", "pass 5s"},
			want:  []string{"1.2s first critical oom", "20.2s resolved critical oom"},
		},
		{
			name:  "ends are not wanted",
			route: Route{SkipResolved: true},
			story: []string{"pass 1s", "fire oom", "pass 9s", "over oom", "pass 50ms", "fire pids", "pass 10s", "over pids", "pass 10s", "fire oom", "pass 10s"},
			want:  []string{"1.2s first critical oom", "10.2s first critical pids", "30.25s first critical oom"},
		},
		{
			name:  "ends are not wanted, but this one tells of the beginning as well",
			route: Route{SkipResolved: true},
			away:  time.Minute, story: []string{"pass 1s", "fire oom", "pass 10s", "over oom", "pass 5m"},
			want: []string{"1m2.2s over critical oom"},
		},
		{
			name: "down for five minutes and back: told once",
			away: 5 * time.Minute, story: []string{"pass 1s", "fire oom", "pass 10m"},
			want: []string{"5m2.2s first critical oom"},
		},
		{
			name: "over before it could be told: one message says both",
			away: time.Minute, story: []string{"pass 1s", "fire oom", "pass 10s", "over oom", "pass 5m"},
			want: []string{"1m2.2s over critical oom"},
		},
		{
			name: "over and firing anew before it could be told: it fires",
			away: time.Minute, story: []string{"pass 1s", "fire oom", "pass 10s", "over oom", "pass 10s", "fire oom", "pass 5m"},
			want: []string{"1m2.2s first critical oom"},
		},
		{
			name: "acknowledged before it could be told: nobody has to hear of it",
			away: time.Minute, story: []string{"pass 1s", "fire oom", "pass 10s", "ack oom", "pass 5m", "over oom", "pass 5m"},
		},
		{
			name: "rose before it could be told",
			away: time.Minute, story: []string{"pass 1s", "fire mem warning", "pass 10s", "rise mem", "pass 5m"},
			want: []string{"1m2.2s first critical mem"},
		},
		{
			name:  "fell below the minimum before it could be told: it was bad enough",
			route: Route{Minimum: alerts.SeverityCritical},
			away:  time.Minute, story: []string{"pass 1s", "fire mem", "pass 10s", "fall mem", "pass 5m"},
			want: []string{"1m2.2s first critical mem"},
		},
		{
			name:  "the deadline is over: tried anew after the repeat interval",
			route: Route{Deadline: time.Minute, Repeat: time.Hour},
			away:  10 * time.Minute, story: []string{"pass 1s", "fire oom", "pass 2h"},
			want: []string{"1h1m3.2s first critical oom"},
		},
		{
			name:  "the deadline is over and so is the alert: nothing",
			route: Route{Deadline: time.Minute},
			away:  10 * time.Minute, story: []string{"pass 1s", "fire oom", "pass 5m", "over oom", "pass 1h"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sink := &recorder{name: "phone"}
				test.route.Sink = sink
				begin := time.Now()
				sink.answer = func(ctx context.Context, n Notification) error {
					if time.Since(begin) < test.away {
						return down(ctx, n)
					}
					return nil
				}
				w := newWorld(t, Options{Routes: []Route{test.route}})
				if !strings.HasPrefix(test.story[0], "fire") {
					w.put()
				}
				for _, line := range test.story {
					w.do(line)
				}
				synctest.Wait()
				if diff := cmp.Diff(test.want, sink.heard()); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
				w.close()
			})
		})
	}
}

// TestFlapWhileDown is a sink that knows that something fires, and is away while it
// ceases and begins anew.
func TestFlapWhileDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{name: "phone"}
		w := newWorld(t, Options{Routes: []Route{{Sink: sink}}})
		w.put()
		for _, line := range []string{"pass 1s", "fire oom", "pass 9s"} {
			w.do(line)
		}
		sink.set(down)
		for _, line := range []string{"over oom", "pass 10s", "fire oom", "pass 10s", "over oom", "pass 10s", "fire oom", "pass 10s"} {
			w.do(line)
		}
		sink.set(nil)
		w.pass(time.Minute)
		want := []string{"1.2s first critical oom", "1m11.2s again critical oom"}
		if diff := cmp.Diff(want, sink.heard()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		if got := sink.items()[1].Changes; got != 4 {
			t.Errorf("the message stands for %d changes, want 4", got)
		}
		w.close()
	})
}

// TestHangingSinkDelaysNobody puts a sink that never answers beside one that does.
func TestHangingSinkDelaysNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stuck, phone := &recorder{name: "stuck", answer: hang}, &recorder{name: "phone"}
		w := newWorld(t, Options{Routes: []Route{{Sink: stuck}, {Sink: phone}}})
		w.put()
		w.pass(time.Second)
		for i := range 10 {
			before := time.Now()
			w.do("fire rule" + seconds(i))
			if took := time.Since(before); took != 0 {
				t.Errorf("Put took %v of fake time: it waited for somebody", took)
			}
			w.pass(time.Second)
		}
		if got := len(phone.heard()); got != 10 {
			t.Errorf("the healthy sink was told %d times, want 10", got)
		}
		if health := w.health(); health.Delivered != 0 || health.Pending != 10 {
			t.Errorf("health of the stuck sink: %+v", health)
		}
		w.close()
	})
}

// TestRetryAfter is a server that says when it wants to be asked again.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{name: "phone", answer: func(context.Context, Notification) error {
			return &RetryAfterError{Err: errors.New("answered 429"), After: 90 * time.Second}
		}}
		w := newWorld(t, Options{Routes: []Route{{Sink: sink}}})
		w.put()
		w.do("fire oom")
		w.pass(80 * time.Second)
		if got := sink.attempts(); got != 1 {
			t.Errorf("%d attempts before the time that was asked for, want 1", got)
		}
		if health := w.health(); health.RetryAt.Sub(w.start) != 90*time.Second+200*time.Millisecond || !health.Failing() {
			t.Errorf("health: %+v", health)
		}
		sink.set(nil)
		w.pass(20 * time.Second)
		if diff := cmp.Diff([]string{"1m30.2s first critical oom"}, sink.heard()); diff != "" {
			t.Error(diff)
		}
		w.close()
	})
}

// TestBackoff writes down when a failing sink is tried.
func TestBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var tries []string
		start := time.Now()
		sink := &recorder{name: "phone", answer: func(context.Context, Notification) error {
			tries = append(tries, time.Since(start).String())
			return errors.New("answered 500")
		}}
		w := newWorld(t, Options{Routes: []Route{{Sink: sink, Backoff: time.Second, BackoffMax: 8 * time.Second}}})
		w.put()
		w.do("fire oom")
		w.pass(32 * time.Second)
		if diff := cmp.Diff([]string{"200ms", "1.2s", "3.2s", "7.2s", "15.2s", "23.2s", "31.2s"}, tries); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		health := w.health()
		if health.Failed != 7 || health.LastError != "answered 500" || health.Pending != 1 {
			t.Errorf("health: %+v", health)
		}
		sink.set(nil)
		w.close()
	})
}

// TestRefused is a sink that will never take it: given up, counted, and the next
// message is tried at once.
func TestRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{name: "phone", answer: func(context.Context, Notification) error {
			return &PermanentError{Err: errors.New("answered 401")}
		}}
		w := newWorld(t, Options{Routes: []Route{{Sink: sink, Repeat: time.Hour}}})
		w.put()
		w.pass(time.Second)
		w.do("fire oom")
		w.pass(time.Minute)
		if health := w.health(); health.Failed != 1 || health.Dropped != 1 || health.Pending != 0 {
			t.Errorf("health: %+v", health)
		}
		sink.set(nil)
		w.do("fire pids")
		w.pass(2 * time.Hour)
		want := []string{"1m1.2s first critical pids", "1h0m2.2s first critical oom", "1h1m2.2s repeat critical pids"}
		if diff := cmp.Diff(want, sink.heard()[:3]); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		w.close()
	})
}

// TestPanic is a fault in a sink: it is contained, and the others go on.
func TestPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		faulty := &recorder{name: "faulty", answer: func(context.Context, Notification) error { panic("hunter2") }}
		phone := &recorder{name: "phone"}
		w := newWorld(t, Options{Routes: []Route{{Sink: faulty}, {Sink: phone}}})
		w.put()
		w.do("fire oom")
		w.pass(time.Second)
		if health := w.health(); health.Dropped != 1 || strings.Contains(health.LastError, "hunter2") || health.LastError == "" {
			t.Errorf("health: %+v", health)
		}
		if len(phone.heard()) != 1 {
			t.Errorf("the healthy sink heard %v", phone.heard())
		}
		w.close()
	})
}

// TestQueue fills the queue of a sink that is away. The worse ones stay; each loss
// is counted once; what still fires is told when there is room again.
func TestQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{name: "phone", answer: down}
		w := newWorld(t, Options{Routes: []Route{{Sink: sink, Queue: 3}}})
		w.put()
		w.pass(time.Second)
		for _, line := range []string{"fire a warning", "fire b warning", "fire c warning", "fire d warning", "pass 10s", "fire oom", "pass 10s"} {
			w.do(line)
		}
		if health := w.health(); health.Pending != 3 || health.Dropped != 2 {
			t.Errorf("health: %+v, want 3 pending and 2 dropped", health)
		}
		sink.set(nil)
		w.pass(time.Minute)
		heard := sink.heard()
		if len(heard) != 2 || !strings.Contains(heard[0], "first critical oom") {
			t.Errorf("told %v, want three at once with the worst first, then the two that found no room", heard)
		}
		if health := w.health(); health.Pending != 0 || health.Dropped != 2 {
			t.Errorf("health: %+v", health)
		}
		rules := map[string]bool{}
		for _, item := range sink.items() {
			rules[item.Key.Rule] = true
		}
		if len(rules) != 5 {
			t.Errorf("told of %v, want all five", rules)
		}
		w.close()
	})
}

// TestManyAtOnce is more than one message holds.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{name: "phone"}
		w := newWorld(t, Options{Routes: []Route{{Sink: sink}}})
		for i := range 250 {
			w.change("fire", alerts.Key{Rule: "oom", Container: fmt.Sprintf("c%03d", i)}, "critical")
		}
		w.put()
		w.pass(time.Second)
		var sizes []int
		for _, told := range sink.told {
			sizes = append(sizes, len(told.n.Items))
		}
		if diff := cmp.Diff([]int{100, 100, 50}, sizes); diff != "" {
			t.Errorf("alerts in each message (-want +got):\n%s", diff)
		}
		w.close()
	})
}

// TestDrain ends the outbox with something in it.
func TestDrain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer func(context.Context, Notification) error
		heard  int
		took   time.Duration
		lost   uint64
	}{
		{name: "at once, without waiting for company", heard: 1},
		{name: "a sink that is slow gets its time", heard: 1, took: 2 * time.Second, answer: func(ctx context.Context, _ Notification) error {
			time.Sleep(2 * time.Second)
			return ctx.Err()
		}},
		{name: "a sink that hangs gets no more than the drain", answer: hang, took: defaultDrain, lost: 1},
		{name: "a sink that asked to wait is not asked", answer: func(context.Context, Notification) error {
			return &RetryAfterError{Err: errors.New("429"), After: time.Hour}
		}, lost: 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sink := &recorder{name: "phone", answer: test.answer}
				w := newWorld(t, Options{Routes: []Route{{Sink: sink, Timeout: time.Minute}}})
				w.put()
				w.do("fire oom")
				before := time.Now()
				w.close()
				if took := time.Since(before); took != test.took {
					t.Errorf("the end took %v, want %v", took, test.took)
				}
				if got := len(sink.heard()); got != test.heard {
					t.Errorf("told %d times, want %d", got, test.heard)
				}
				if health := w.health(); health.Dropped != test.lost {
					t.Errorf("health: %+v, want %d lost", health, test.lost)
				}
			})
		})
	}
}

// TestLostSink is a sink that ignores its context: Run ends all the same, and says
// which one it was.
func TestLostSink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		sink := &recorder{name: "deaf", answer: func(context.Context, Notification) error {
			<-release
			return nil
		}}
		w := newWorld(t, Options{Routes: []Route{{Sink: sink}}})
		w.put()
		w.do("fire oom")
		w.pass(time.Second)
		w.stop()
		if err := <-w.ended; err == nil || !strings.Contains(err.Error(), "deaf") {
			t.Errorf("Run returned %v, want an error that names the sink", err)
		}
		close(release)
	})
}

// TestTest sends the test message through a good sink, a bad one and a slow one.
func TestTest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		good, bad := &recorder{name: "good", start: time.Now()}, &recorder{name: "bad", answer: down}
		slow := &recorder{name: "slow", answer: hang}
		outbox, err := New(Options{Host: "vps-1", Now: time.Now, Routes: []Route{
			{Sink: good, Minimum: alerts.SeverityCritical}, {Sink: bad}, {Sink: slow, Timeout: 3 * time.Second},
		}})
		if err != nil {
			t.Fatal(err)
		}
		results := outbox.Test(t.Context())
		if results[0].Err != nil || results[1].Err == nil || results[2].Err == nil || results[2].Took != 3*time.Second {
			t.Errorf("results: %+v", results)
		}
		if diff := cmp.Diff([]string{"0s test info brink-test"}, good.heard()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestOptions are refused with what is wrong.
func TestOptions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options Options
		want    string
	}{
		{"no clock", Options{}, "clock"},
		{"no sink", Options{Now: time.Now, Routes: []Route{{}}}, "route 0"},
		{"two of a name", Options{Now: time.Now, Routes: []Route{{Sink: &recorder{name: "a"}}, {Sink: &recorder{name: "a"}}}}, `"a"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if _, err := New(test.options); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one about %s", err, test.want)
			}
		})
	}
}
