package collectors

import (
	"cmp"
	"slices"
	"time"
)

// sameWithin is how far apart two brinks may place the same event: one has it from the
// engine's events, the other from a state or a counter.
const sameWithin = 2 * time.Second

// SameAs reports whether two brinks mean one event. What one knows for a restart or for
// a container made anew is a start for another, which had not seen the life before.
func (e Event) SameAs(other Event) bool {
	return classOf(e) == classOf(other) && e.Container == other.Container && e.Source == other.Source &&
		e.check() == other.check() && e.At.Sub(other.At).Abs() <= sameWithin
}

// check is the check that an event of the hardening is about: several can fail at once.
func (e Event) check() string {
	drift, _ := e.Drift.Get()
	return drift.Check
}

// KnowsMoreThan reports whether an account of an event says more than another one of
// the same: of its cause before all, and then of how often it happened.
func (e Event) KnowsMoreThan(other Event) bool {
	return cmp.Or(cmp.Compare(e.knowledge(), other.knowledge()), cmp.Compare(e.Count, other.Count)) > 0
}

func (e Event) knowledge() int {
	n := len(e.Victims)
	for _, known := range []bool{
		e.ExitCode.Present(),
		e.Cause != CauseUnknown && e.Cause != CauseUnseen,
		e.Kind == EventRestarted || e.Kind == EventRecreated,
	} {
		if known {
			n++
		}
	}
	return n
}

// Recall puts events that were recorded before into the story, so that it is known
// what happened before this ledger began. They are told by nobody again, even where the
// engine's history tells them to this ledger too. It is for the time before the first
// reading.
func (l *Ledger) Recall(events []Event) {
	for _, event := range events {
		l.recalled[l.add(event)] = true
	}
	clear(l.fresh)
}

// retold finds a recalled event which is told a second time by what came before the
// first reading. From then on there are two accounts of it, see [Ledger.prefer].
func (l *Ledger) retold(event Event) (seq uint64, told bool) {
	if len(l.recalled) == 0 || !event.At.Before(l.began) {
		return 0, false
	}
	at := slices.IndexFunc(l.story, func(e Event) bool { return l.recalled[e.Seq] && e.SameAs(event) })
	if at < 0 {
		return 0, false
	}
	event.Seq, event.At = l.story[at].Seq, l.story[at].At
	delete(l.recalled, event.Seq)
	l.prefer(event)
	return event.Seq, true
}

// prefer takes this ledger's own account of a recalled event, as far as it has come. It
// takes the place of the recalled one where it says more: an engine that is asked again
// knows of an OOM kill, but not of its victims, and adding one account to the other
// would make them twice as many.
func (l *Ledger) prefer(own Event) {
	l.accounts[own.Seq] = own
	if i := l.find(own.Seq); i >= 0 && own.KnowsMoreThan(l.story[i]) {
		l.writable()[i] = own
		l.fresh[own.Seq] = true
	}
}
