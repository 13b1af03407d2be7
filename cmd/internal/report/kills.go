package report

import "brink/collectors"

const (
	killsKept = 50
	// countsKept is how many events are remembered that may still grow. Those that
	// grow are young.
	countsKept = 64
)

// kills keeps the OOM kills with what led to them.
type kills struct{ list kept[kill] }

// kill is an OOM kill with the event that told of it.
type kill struct {
	event  collectors.Event
	limit  collectors.Limit[collectors.Bytes]
	before collectors.Opt[Runup]
}

// hear takes an OOM kill under the limit in force; what led to it is taken from the
// minute when it is new.
func (k *kills) hear(event collectors.Event, limit collectors.Limit[collectors.Bytes], minute *minute) {
	for i := range k.list.list {
		if known := &k.list.list[i]; amends(known.event, event) {
			known.event = event
			return
		}
	}
	k.list.add(kill{event: event, limit: limit, before: minute.before(event.At)}, killsKept)
}

// place gives the latest kill a limit, when none was known.
func (k *kills) place(limit collectors.Limit[collectors.Bytes]) {
	if last := k.list.last(); last != nil && !last.limit.Present() {
		last.limit = limit
	}
}

// heldBack is the highest limit under which a kill can have been for the container's
// own limit; where neither the counters nor the log tell whose it was, that is
// likely. It is an unknown limit where that was not read, and absent without a kill.
func (k *kills) heldBack() collectors.Opt[collectors.Limit[collectors.Bytes]] {
	var highest collectors.Opt[collectors.Limit[collectors.Bytes]]
	for _, known := range k.list.list {
		if !ownLimit(scopeOf(known.event)) {
			continue
		}
		if !highest.Present() || higher(highest.Or(known.limit).Value(), known.limit.Value()) {
			highest = collectors.Some(known.limit)
		}
	}
	return highest
}

// ownLimit reports whether a kill can have been for the container's own limit.
func ownLimit(scope collectors.OOMScope) bool { return scope == collectors.OOMOwn || scope == "" }

func scopeOf(event collectors.Event) collectors.OOMScope {
	if event.Scope == "" && len(event.Victims) > 0 {
		return event.Victims[len(event.Victims)-1].Scope
	}
	return event.Scope
}

func (k *kills) story(total uint64) OOMStory {
	story := OOMStory{Kills: total, EventCount: k.list.count}
	for _, known := range k.list.all() {
		event := cleanVictims(known.event)
		event.Count = max(event.Count, 1)
		story.Events = append(story.Events, OOM{
			At: event.At, Until: event.Until, Count: event.Count, Victims: event.Victims,
			Scope: scopeOf(event), Summary: reason(event.Summary()), Before: known.before,
		})
	}
	return story
}

// cleanVictims cleans the names of the victims once more: a recording is a file that
// anybody may have written.
func cleanVictims(event collectors.Event) collectors.Event {
	victims := make([]collectors.Victim, 0, len(event.Victims))
	for _, victim := range event.Victims {
		victim.Name, victim.Scope = name(victim.Name), word(victim.Scope)
		victim.KernelLog = kernelLines(victim.KernelLog)
		victims = append(victims, victim)
	}
	event.Victims, event.Scope = victims, word(event.Scope)
	return event
}

// kernelLines are the lines that the kernel wrote, each clean.
func kernelLines(log []string) []string {
	var list []string
	for _, line := range log[:min(len(log), linesKept)] {
		list = append(list, collectors.Clean(line, longestLine))
	}
	return list
}

// What is kept of the kernel's lines on one kill.
const (
	linesKept   = 8
	longestLine = 400
)

// tally counts how often something happened. An event can grow after it was told, so
// that what it grew by counts.
type tally struct {
	sum   uint64
	young kept[collectors.Event]
}

func (t *tally) hear(event collectors.Event) {
	count := max(event.Count, 1)
	for i := range t.young.list {
		if known := &t.young.list[i]; amends(*known, event) {
			t.sum += count - min(count, max(known.Count, 1))
			*known = event
			return
		}
	}
	t.sum += count
	t.young.add(event, countsKept)
}

// losses keeps the times in which a source gave nothing.
type losses struct{ list kept[SourceLoss] }

const lossesKept = 50

func (l *losses) hear(event collectors.Event) {
	source := name(event.Source)
	if event.Kind == collectors.EventSourceLost {
		for _, known := range l.list.list {
			if known.Source == source && known.From.Equal(event.At) {
				return
			}
		}
		l.list.add(SourceLoss{Source: source, From: event.At, Error: reason(event.Detail)}, lossesKept)
		return
	}
	for i := range l.list.list {
		if known := &l.list.list[len(l.list.list)-1-i]; known.Source == source {
			if known.To.IsZero() {
				known.To = event.At
			}
			return
		}
	}
	l.list.add(SourceLoss{Source: source, To: event.At}, lossesKept)
}
