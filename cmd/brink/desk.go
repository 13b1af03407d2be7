package main

import (
	"slices"
	"time"

	"brink/alerts"
	"brink/alerts/audit"
	"brink/alerts/notify"
	"brink/cmd/internal/auditor"
	"brink/collectors"
	"brink/ui"
)

// desk is where the verdict is made while brink runs on: it remembers between
// snapshots, hands every change to the outbox, and carries out what a person
// orders. It works on the sampler's goroutine; orders come from others.
type desk struct {
	engine *alerts.Engine
	duties duties
	// orders are acknowledgements and mutes, newDuties those of a reload.
	orders    chan ui.Action
	newDuties chan duties
	// heard gets the changes of each round, if it is not nil.
	heard func(collectors.Snapshot, []alerts.Transition)
	// recording tells how the recorder fares, if it is not nil.
	recording func() ui.Recording
	// auditor tells how the containers are shut in, if it is not nil.
	auditor *auditor.Auditor
	// changes are the newest transitions of the run, oldest first.
	changes []alerts.Transition
}

// duties are what a desk works by. A reload replaces all of them at once.
type duties struct {
	rules []alerts.Rule
	// outbox is nil where nobody is to be told.
	outbox *notify.Outbox
	// leftOut are the sinks of the configuration that the outbox does not have.
	leftOut []ui.SinkHealth
	// acknowledgeAfter ends latched alerts by themselves where there is nobody to
	// acknowledge them; zero is never.
	acknowledgeAfter time.Duration
}

const (
	// ordersWaiting is how many orders may wait for the next snapshot. A person
	// does not press a key so often in a second.
	ordersWaiting = 64
	// changesKept is how far back the screen can look.
	changesKept = 200
)

func newDesk(work duties) *desk {
	return &desk{
		engine: alerts.NewEngine(work.rules), duties: work,
		orders: make(chan ui.Action, ordersWaiting), newDuties: make(chan duties, 1),
	}
}

// order leaves an order for the next snapshot, without waiting for anybody.
func (d *desk) order(action ui.Action) {
	select {
	case d.orders <- action:
	default: // somebody leans on a key
	}
}

// reload puts other duties in force with the next snapshot. One goroutine at a time
// may call it.
func (d *desk) reload(work duties) {
	select {
	case <-d.newDuties:
	default:
	}
	d.newDuties <- work
}

// judge makes the frame of a snapshot.
func (d *desk) judge(snapshot collectors.Snapshot) ui.Frame {
	d.obey(snapshot.At)
	var hardening map[string]audit.Status
	if d.auditor != nil {
		hardening = d.auditor.Attend(&snapshot)
	}
	board, transitions := d.engine.Eval(snapshot)
	d.releaseLatches(board)
	if d.duties.outbox != nil {
		d.duties.outbox.Put(transitions, board)
	}
	if d.heard != nil {
		d.heard(snapshot, transitions)
	}
	if len(transitions) > 0 {
		// Frames share the slice, so it is made anew and never written to.
		d.changes = slices.Concat(d.changes, transitions)
		d.changes = d.changes[max(0, len(d.changes)-changesKept):]
	}
	frame := ui.Frame{Snapshot: snapshot, Board: board, Transitions: d.changes, Rules: d.duties.rules, Sinks: d.sinks(), Hardening: hardening}
	if d.recording != nil {
		frame.Recording = d.recording()
	}
	return frame
}

func (d *desk) obey(at time.Time) {
	for {
		select {
		case d.duties = <-d.newDuties:
			d.engine.SetRules(d.duties.rules)
		case action := <-d.orders:
			d.carryOut(action, at)
		default:
			return
		}
	}
}

func (d *desk) carryOut(action ui.Action, at time.Time) {
	switch action.Kind {
	case ui.ActAcknowledge:
		d.engine.Acknowledge(action.Key)
	case ui.ActMute:
		d.engine.Mute(action.Key, at.Add(action.For))
	case ui.ActFollow, ui.ActSeek, ui.ActDemo:
		// The matter of the roster, of a player and of the dashboard, see act.
	}
}

// act carries out what a person asks for on the screen.
func (s *stage) act(action ui.Action) {
	switch action.Kind {
	case ui.ActFollow:
		s.roster.Choose(action.Name)
	case ui.ActDemo:
		s.demo.Store(true)
		return
	default:
		s.desk.order(action)
	}
	s.wake()
}

// releaseLatches acknowledges what has been told for long enough.
func (d *desk) releaseLatches(board alerts.Board) {
	if d.duties.acknowledgeAfter <= 0 {
		return
	}
	for _, alert := range board.Alerts {
		if alert.State == alerts.StateFiring && board.At.Sub(alert.FiredAt) >= d.duties.acknowledgeAfter && d.latched(alert.Rule) {
			d.engine.Acknowledge(alert.Key)
		}
	}
}

func (d *desk) latched(name string) bool {
	return slices.ContainsFunc(d.duties.rules, func(rule alerts.Rule) bool { return rule.Name == name && rule.Latched })
}

// sinks is how the sinks of the configuration fare. Those that another brink tells
// fare as that says.
func (d *desk) sinks() []ui.SinkHealth {
	var list []ui.SinkHealth
	if d.duties.outbox != nil {
		for _, sink := range d.duties.outbox.Health() {
			if !sink.Standby {
				list = append(list, sinkHealth(sink))
			}
		}
	}
	return append(list, d.duties.leftOut...)
}

func sinkHealth(sink notify.SinkHealth) ui.SinkHealth {
	return ui.SinkHealth{
		Name: sink.Name, Delivered: sink.Delivered, Failed: sink.Failed, Dropped: sink.Dropped,
		Pending: uint64(max(0, sink.Pending)), LastError: lastError(sink),
	}
}

// lastError is why a sink fails now; a failure that is over matters to nobody.
func lastError(sink notify.SinkHealth) string {
	if !sink.Failing() {
		return ""
	}
	return sink.LastError
}
