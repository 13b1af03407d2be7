package main

import (
	"slices"
	"time"

	"brink/alerts"
	"brink/alerts/notify"
	"brink/collectors"
	"brink/ui"
)

// desk is where the verdict is made while brink runs on: it remembers between
// snapshots, hands every change to the outbox, and carries out what a person
// orders. It works on the sampler's goroutine; orders come from others.
type desk struct {
	engine *alerts.Engine
	rules  []alerts.Rule
	// outbox is nil where nobody is to be told.
	outbox *notify.Outbox
	// orders are acknowledgements and mutes, newRules the rules of a reload.
	orders   chan ui.Action
	newRules chan []alerts.Rule
	// acknowledgeAfter ends latched alerts by themselves where there is nobody to
	// acknowledge them; zero is never.
	acknowledgeAfter time.Duration
	// heard gets the changes of each round, if it is not nil.
	heard func(collectors.Snapshot, []alerts.Transition)
	// changes are the newest transitions of the run, oldest first.
	changes []alerts.Transition
}

const (
	// ordersWaiting is how many orders may wait for the next snapshot. A person
	// does not press a key so often in a second.
	ordersWaiting = 64
	// changesKept is how far back the screen can look.
	changesKept = 200
)

func newDesk(rules []alerts.Rule) *desk {
	return &desk{
		engine: alerts.NewEngine(rules), rules: rules,
		orders: make(chan ui.Action, ordersWaiting), newRules: make(chan []alerts.Rule, 1),
	}
}

// order leaves an order for the next snapshot, without waiting for anybody.
func (d *desk) order(action ui.Action) {
	select {
	case d.orders <- action:
	default: // somebody leans on a key
	}
}

// reload puts other rules in force with the next snapshot.
func (d *desk) reload(rules []alerts.Rule) {
	select {
	case <-d.newRules:
	default:
	}
	d.newRules <- rules
}

// judge makes the frame of a snapshot.
func (d *desk) judge(snapshot collectors.Snapshot) ui.Frame {
	d.obey(snapshot.At)
	board, transitions := d.engine.Eval(snapshot)
	d.releaseLatches(board)
	if d.outbox != nil {
		d.outbox.Put(transitions, board)
	}
	if d.heard != nil {
		d.heard(snapshot, transitions)
	}
	if len(transitions) > 0 {
		// Frames share the slice, so it is made anew and never written to.
		d.changes = slices.Concat(d.changes, transitions)
		d.changes = d.changes[max(0, len(d.changes)-changesKept):]
	}
	return ui.Frame{Snapshot: snapshot, Board: board, Transitions: d.changes, Rules: d.rules, Sinks: d.sinks()}
}

func (d *desk) obey(at time.Time) {
	for {
		select {
		case rules := <-d.newRules:
			d.rules = rules
			d.engine.SetRules(rules)
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
	case ui.ActFollow:
		// The roster's matter, see act.
	}
}

// act carries out what a person asks for on the screen.
func (s *stage) act(action ui.Action) {
	if action.Kind == ui.ActFollow {
		s.roster.Choose(action.Name)
	} else {
		s.desk.order(action)
	}
	s.wake()
}

// releaseLatches acknowledges what has been told for long enough.
func (d *desk) releaseLatches(board alerts.Board) {
	if d.acknowledgeAfter <= 0 {
		return
	}
	for _, alert := range board.Alerts {
		if alert.State == alerts.StateFiring && board.At.Sub(alert.FiredAt) >= d.acknowledgeAfter && d.latched(alert.Rule) {
			d.engine.Acknowledge(alert.Key)
		}
	}
}

func (d *desk) latched(name string) bool {
	return slices.ContainsFunc(d.rules, func(rule alerts.Rule) bool { return rule.Name == name && rule.Latched })
}

func (d *desk) sinks() []ui.SinkHealth {
	if d.outbox == nil {
		return nil
	}
	var list []ui.SinkHealth
	for _, sink := range d.outbox.Health() {
		list = append(list, ui.SinkHealth{
			Name: sink.Name, Delivered: sink.Delivered, Failed: sink.Failed, Dropped: sink.Dropped,
			Pending: uint64(max(0, sink.Pending)), LastError: lastError(sink),
		})
	}
	return list
}

// lastError is why a sink fails now; a failure that is over matters to nobody.
func lastError(sink notify.SinkHealth) string {
	if !sink.Failing() {
		return ""
	}
	return sink.LastError
}
