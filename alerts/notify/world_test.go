package notify

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"brink/alerts"
)

// recorder is a sink that writes down what it was told, and fails on command.
type recorder struct {
	name string
	// answer decides an attempt; nil takes everything.
	answer func(ctx context.Context, n Notification) error

	mu    sync.Mutex
	start time.Time
	told  []delivery
	tries int
}

type delivery struct {
	at time.Duration
	n  Notification
}

func (r *recorder) Name() string { return r.name }

func (r *recorder) Send(ctx context.Context, n Notification) error {
	r.mu.Lock()
	answer := r.answer
	r.tries++
	r.mu.Unlock()
	if answer != nil {
		if err := answer(ctx, n); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, delivery{at: time.Since(r.start), n: n})
	return nil
}

func (r *recorder) set(answer func(context.Context, Notification) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *recorder) attempts() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tries
}

// heard is what the sink was told, one line a message: "1.2s first critical oom".
func (r *recorder) heard() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, told := range r.told {
		words := []string{told.at.String()}
		for _, item := range told.n.Items {
			words = append(words, string(item.Reason), item.Severity.String(), item.Key.Rule)
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return lines
}

func (r *recorder) items() []Item {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []Item
	for _, told := range r.told {
		list = append(list, told.n.Items...)
	}
	return list
}

// down fails every attempt.
func down(context.Context, Notification) error { return errors.New("connection refused") }

// hang ends with its context only.
func hang(ctx context.Context, _ Notification) error {
	<-ctx.Done()
	return ctx.Err()
}

// tester is what a world complains to: a test, or a property.
type tester interface {
	Helper()
	Error(args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// world is an outbox with something that plays the rules before it: it keeps a
// board, and hands it over each second as the sampler does.
type world struct {
	t      tester
	outbox *Outbox
	start  time.Time
	// interval is how often there is a board.
	interval time.Duration
	firing   map[alerts.Key]alerts.Alert
	mutes    map[alerts.Key]time.Time
	stop     context.CancelFunc
	ended    chan error
}

// newWorld starts an outbox over the routes. Recorders count time from here.
func newWorld(t tester, options Options) *world {
	t.Helper()
	options.Now, options.Host = time.Now, "vps-1"
	for _, route := range options.Routes {
		if r, ok := route.Sink.(*recorder); ok && r.start.IsZero() {
			r.start = time.Now()
		}
	}
	outbox, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, outbox: outbox, start: time.Now(), interval: time.Second, firing: map[alerts.Key]alerts.Alert{}, mutes: map[alerts.Key]time.Time{},
		ended: make(chan error, 1),
	}
	var ctx context.Context
	ctx, w.stop = context.WithCancel(context.Background())
	go func() { w.ended <- outbox.Run(ctx) }()
	return w
}

// close ends the outbox in the ordinary way.
func (w *world) close() {
	w.t.Helper()
	w.stop()
	if err := <-w.ended; err != nil {
		w.t.Error(err)
	}
}

func key(rule string) alerts.Key { return alerts.Key{Rule: rule, Container: "agent"} }

// put hands over the board with changes.
func (w *world) put(changes ...alerts.Transition) {
	now := time.Now()
	board := alerts.Board{At: now}
	for _, k := range slices.SortedFunc(maps.Keys(w.firing), alerts.Key.Compare) {
		alert := w.firing[k]
		if w.mutes[k].After(now) {
			alert.MutedUntil = w.mutes[k]
		}
		board.Alerts = append(board.Alerts, alert)
	}
	w.outbox.Put(changes, board)
}

// pass lets time go by, with a board each interval.
func (w *world) pass(d time.Duration) {
	for ; d >= w.interval; d -= w.interval {
		time.Sleep(w.interval)
		w.put()
	}
	time.Sleep(d)
}

// do plays a line: "fire oom critical", "fire2 oom" (twice at
// once), "rise oom", "fall oom", "again oom", "over oom",
// "ack oom", "mute oom 1h", "unmute oom", "pass 5s".
func (w *world) do(line string) {
	w.t.Helper()
	words := append(strings.Fields(line), "", "")
	if words[0] == "pass" {
		d, err := time.ParseDuration(words[1])
		if err != nil {
			w.t.Fatal(err)
		}
		w.pass(d)
		return
	}
	if change, ok := w.change(words[0], key(words[1]), words[2]); ok {
		w.put(change)
	} else {
		w.put()
	}
}

// change moves one alert as the engine would.
func (w *world) change(verb string, k alerts.Key, rest string) (alerts.Transition, bool) {
	w.t.Helper()
	now := time.Now()
	alert, fires := w.firing[k]
	t := alerts.Transition{At: now, FromSeverity: alert.Severity}
	if fires {
		t.From = alerts.StateFiring
	}
	switch verb {
	case "fire", "fire2":
		if fires {
			return t, false
		}
		severity := map[string]alerts.Severity{"": alerts.SeverityCritical, "warning": alerts.SeverityWarning, "info": alerts.SeverityInfo}[rest]
		if rest == "critical" {
			severity = alerts.SeverityCritical
		}
		alert = alerts.Alert{
			Key: k, State: alerts.StateFiring, Severity: severity, Since: now, FiredAt: now,
			Metric: "memory.oom_kills", Value: 1, Threshold: 1, Unit: alerts.UnitCount, Message: k.Rule + " happened",
		}
		if verb == "fire2" {
			alert.Value = 2
		}
		t.Reason = alerts.ReasonHeld
	case "over":
		if !fires {
			return t, false
		}
		delete(w.firing, k)
		alert.State, alert.Severity, alert.FiredAt = alerts.StateInactive, alerts.SeverityNone, time.Time{}
		t.Alert, t.Reason = alert, alerts.ReasonCleared
		return t, true
	case "again", "rise", "fall":
		if !fires {
			return t, false
		}
		switch verb {
		case "again":
			alert.Acknowledged, t.Reason = false, alerts.ReasonAgain
			alert.Value++
		case "rise":
			if alert.Severity == alerts.SeverityCritical {
				return t, false
			}
			alert.Acknowledged, t.Reason = false, alerts.ReasonRose
			alert.Severity++
		default:
			if alert.Severity == alerts.SeverityInfo {
				return t, false
			}
			t.Reason = alerts.ReasonFell
			alert.Severity--
		}
	case "ack":
		if fires {
			alert.Acknowledged = true
			w.firing[k] = alert
		}
		return t, false
	case "mute":
		d, err := time.ParseDuration(rest)
		if err != nil {
			w.t.Fatal(err)
		}
		w.mutes[k] = now.Add(d)
		return t, false
	case "unmute":
		delete(w.mutes, k)
		return t, false
	default:
		w.t.Fatalf("no such verb: %q", verb)
	}
	w.firing[k] = alert
	t.Alert = alert
	return t, true
}

// health returns that of the first sink.
func (w *world) health() SinkHealth { return w.outbox.Health()[0] }

func seconds(n int) string { return strconv.Itoa(n) + "s" }
