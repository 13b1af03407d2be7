package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
	"brink/alerts/notify"
	"brink/collectors"
	"brink/ui"
)

// takingSink takes everything, and remembers it.
type takingSink struct {
	name string
	told []string
}

func (s *takingSink) Name() string { return s.name }

func (s *takingSink) Send(_ context.Context, n notify.Notification) error {
	for _, item := range n.Items {
		s.told = append(s.told, string(item.Reason)+" "+item.Key.Rule)
	}
	return nil
}

// at is a snapshot some seconds into the story, with the agent's memory at a share
// of its limit, and with as many OOM kills as that.
func at(second int, share float64, kills ...collectors.Event) collectors.Snapshot {
	sample := collectors.ContainerSample{Name: "agent", State: collectors.StateRunning}
	sample.Memory.UnreclaimableRatio = ratio(share)
	return collectors.Snapshot{
		At: now().Add(time.Duration(second) * time.Second), Containers: []collectors.ContainerSample{sample}, Story: kills,
	}
}

// kill is an OOM kill of the agent.
func kill(seq uint64) collectors.Event {
	return collectors.Event{Seq: seq, At: now(), Kind: collectors.EventOOMKill, Container: "agent", Count: 1}
}

// states are the alerts of a frame, as "oom-kill critical firing acknowledged".
func states(frame ui.Frame) []string {
	var list []string
	for _, alert := range frame.Board.Alerts {
		text := alert.Rule + " " + alert.Severity.String() + " " + alert.State.String()
		if alert.Acknowledged {
			text += " acknowledged"
		}
		if alert.Muted() {
			text += " muted"
		}
		list = append(list, text)
	}
	return list
}

func oomKey() alerts.Key { return alerts.Key{Rule: "oom-kill", Container: "agent"} }

// TestDeskObeys: what a person orders is in force with the next snapshot.
func TestDeskObeys(t *testing.T) {
	t.Parallel()
	d := newDesk(duties{rules: alerts.DefaultRules()})
	check := func(snapshot collectors.Snapshot, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, states(d.judge(snapshot))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	check(at(0, 0.3))
	check(at(1, 0.3, kill(1)), "oom-kill critical firing")
	check(at(2, 0.3, kill(1)), "oom-kill critical firing")
	d.order(ui.Action{Kind: ui.ActMute, Key: oomKey(), For: time.Minute})
	check(at(3, 0.3, kill(1)), "oom-kill critical firing muted")
	check(at(64, 0.3, kill(1)), "oom-kill critical firing")
	d.order(ui.Action{Kind: ui.ActAcknowledge, Key: oomKey()})
	check(at(65, 0.3, kill(1)))
	d.order(ui.Action{Kind: ui.ActFollow, Name: "other"})
	for range 2 * ordersWaiting {
		d.order(ui.Action{Kind: ui.ActAcknowledge, Key: oomKey()})
	}
	frame := d.judge(at(66, 0.3, kill(1)))
	if len(d.orders) != 0 || len(states(frame)) != 0 {
		t.Errorf("%d orders wait, alerts %v", len(d.orders), states(frame))
	}
	if got := len(frame.Transitions); got != 2 {
		t.Errorf("%d changes are kept, want that it fired and that it is over", got)
	}
}

// TestDeskReleasesLatches: where nobody can, brink acknowledges by itself what is
// latched, and nothing else.
func TestDeskReleasesLatches(t *testing.T) {
	t.Parallel()
	d := newDesk(duties{rules: alerts.DefaultRules(), acknowledgeAfter: time.Minute})
	d.judge(at(0, 0.95, kill(1)))
	want := []string{"memory-near-limit critical firing", "oom-kill critical firing"}
	for _, second := range []int{59, 60} {
		if diff := cmp.Diff(want, states(d.judge(at(second, 0.95, kill(1))))); diff != "" {
			t.Errorf("after %d s (-want +got):\n%s", second, diff)
		}
	}
	if diff := cmp.Diff(want[:1], states(d.judge(at(61, 0.95, kill(1))))); diff != "" {
		t.Errorf("then (-want +got):\n%s", diff)
	}
	never := newDesk(duties{rules: alerts.DefaultRules()})
	never.judge(at(0, 0.3, kill(1)))
	if got := states(never.judge(at(100_000, 0.3, kill(1)))); len(got) != 1 {
		t.Errorf("without a time it is %v", got)
	}
}

// TestDeskReloads: rules, outbox and the time of the latches change together.
func TestDeskReloads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &takingSink{name: "phone"}
		outbox, err := notify.New(notify.Options{Now: time.Now, Routes: []notify.Route{{Sink: sink, GroupWait: -1}}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- outbox.Run(ctx) }()
		d := newDesk(duties{rules: alerts.DefaultRules()})
		if frame := d.judge(at(0, 0.3, kill(1))); frame.Sinks != nil || len(states(frame)) != 1 {
			t.Errorf("before: %v, sinks %v", states(frame), frame.Sinks)
		}
		d.reload(duties{}) // replaced before anybody saw it
		d.reload(duties{
			rules: alerts.DefaultRules()[:1], outbox: outbox, acknowledgeAfter: time.Second,
			leftOut: []ui.SinkHealth{{Name: "pane", LastError: "left out"}},
		})
		frame := d.judge(at(1, 0.95, kill(1)))
		if got := states(frame); len(got) != 1 || got[0] != "memory-near-limit critical pending" || len(frame.Rules) != 1 {
			t.Errorf("after: %v by %d rules", got, len(frame.Rules))
		}
		d.judge(at(4, 0.95, kill(1)))
		synctest.Wait()
		frame = d.judge(at(5, 0.95, kill(1)))
		if diff := cmp.Diff([]ui.SinkHealth{{Name: "phone", Delivered: 1}, {Name: "pane", LastError: "left out"}}, frame.Sinks); diff != "" {
			t.Error(diff)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"first memory-near-limit"}, sink.told); diff != "" {
			t.Error(diff)
		}
	})
}
