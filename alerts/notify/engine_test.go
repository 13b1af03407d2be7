package notify

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
	"brink/collectors"
)

// TestEngine puts the real rules before the outbox: what they say is what is told.
func TestEngine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{name: "phone"}
		w := newWorld(t, Options{Routes: []Route{{Sink: sink, Repeat: 10 * time.Minute}}})
		engine := alerts.NewEngine(alerts.DefaultRules())
		memory, kills := 0.5, 0.0
		second := func(count int) {
			for range count {
				board, transitions := engine.EvalLooks(time.Now(), []alerts.Look{{Container: "agent", Alive: true, Points: map[string][]alerts.Point{
					alerts.MetricMemoryRatio: {{Value: collectors.Some(memory)}},
					alerts.MetricOOMKills:    {{Value: collectors.Some(kills)}},
				}}})
				w.outbox.Put(transitions, board)
				kills = 0
				time.Sleep(time.Second)
			}
		}
		second(1)
		memory = 0.85
		second(19)
		memory = 0.95
		second(5)
		kills = 1
		second(1)
		memory = 0.3
		second(4)
		kills = 2
		second(10)
		oom := alerts.Key{Rule: "oom-kill", Container: "agent"}
		engine.Mute(oom, time.Now().Add(time.Hour))
		second(3500)
		engine.Acknowledge(oom)
		second(200)
		want := []string{
			"11.2s first warning memory-near-limit",
			"22.2s rose critical memory-near-limit",
			"25.2s first critical oom-kill",
			"26.2s resolved critical memory-near-limit",
			"30.2s again critical oom-kill",
			"1h0m40s resolved critical oom-kill",
		}
		if diff := cmp.Diff(want, sink.heard()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		w.close()
	})
}

// TestHappenedAgain: what an alert that was told before a restart means when it
// fires, while the sink takes it to fire and after it has heard of the end.
func TestHappenedAgain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		metric string
		// told is the value that was told, ago how long ago the last of it happened, and
		// first the first.
		told       float64
		ago, first time.Duration
		value      float64
		// before is how long before now the last of what the alert counts happened.
		before time.Duration
		want   bool
	}{
		{"the same kill is still in the story", alerts.MetricOOMKills, 1, time.Minute, time.Minute, 1, time.Minute, false},
		{"one more kill", alerts.MetricOOMKills, 1, time.Minute, time.Minute, 2, time.Second, true},
		{"the kill that was told has left the story: this is another", alerts.MetricOOMKills, 1, 11 * time.Minute, 11 * time.Minute, 1, time.Second, true},
		{"two of two", alerts.MetricOOMKills, 2, time.Minute, 9 * time.Minute, 2, time.Minute, false},
		{"the last of two", alerts.MetricOOMKills, 2, time.Minute, 11 * time.Minute, 1, time.Minute, false},
		{"two, of which one may be new", alerts.MetricOOMKills, 2, time.Minute, 11 * time.Minute, 2, time.Minute, true},
		{"another one, while the history of the first is lost", alerts.MetricOOMKills, 1, time.Minute, time.Minute, 1, time.Second, true},
		{"the engine dates the same one later", alerts.MetricOOMKills, 1, time.Minute, time.Minute, 1, 57 * time.Second, false},
		{"a level is the same one", alerts.MetricZombies, 20, time.Minute, time.Minute, 30, time.Second, false},
	}
	for _, test := range tests {
		fires := alerts.Alert{Metric: test.metric, Value: test.value, Happened: noon.Add(-test.before)}
		p := &page{restored: true, told: told{
			firing: true, value: test.told, happened: noon.Add(-test.ago), fired: noon.Add(-test.first), at: noon.Add(-test.ago),
		}}
		if got := p.happenedAgain(fires, noon); got != test.want {
			t.Errorf("%s: again is %v, want %v", test.name, got, test.want)
		}
		p = &page{restored: true, past: past{
			value: test.told, happened: noon.Add(-test.ago), fired: noon.Add(-test.first), ended: noon.Add(-test.ago),
		}}
		if got := p.isReplay(fires, noon); got != (!test.want && isEvent(test.metric)) {
			t.Errorf("%s: after its end, a replay is %v", test.name, got)
		}
	}
}

// BenchmarkPut is what a second costs the sampler: a board of 20 alerts that all fire
// and were told, before five sinks.
func BenchmarkPut(b *testing.B) {
	var routes []Route
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		routes = append(routes, Route{Sink: &recorder{name: name}})
	}
	outbox, err := New(Options{Now: time.Now, Routes: routes})
	if err != nil {
		b.Fatal(err)
	}
	board := alerts.Board{At: time.Now()}
	for i := range 20 {
		board.Alerts = append(board.Alerts, alerts.Alert{Key: key(seconds(i)), State: alerts.StateFiring, Severity: alerts.SeverityWarning, FiredAt: board.At})
	}
	outbox.Put(nil, board)
	b.ReportAllocs()
	for b.Loop() {
		outbox.Put(nil, board)
	}
}
