package dockerd

// seenEvents is how many events are remembered to know them again: more than the
// 256 that the engine keeps.
const seenEvents = 512

// eventRing remembers the newest events.
type eventRing struct {
	keys  [seenEvents]eventKey
	index map[eventKey]struct{}
	next  int
}

// eventKey tells events apart: one container does one thing at one nanosecond.
type eventKey struct {
	nano   int64
	id     string
	action Action
}

func keyOf(event Event) eventKey {
	return eventKey{nano: event.At.UnixNano(), id: event.ID, action: event.Action}
}

func (r *eventRing) has(event Event) bool {
	_, ok := r.index[keyOf(event)]
	return ok
}

func (r *eventRing) add(event Event) {
	if r.index == nil {
		r.index = make(map[eventKey]struct{}, seenEvents)
	}
	delete(r.index, r.keys[r.next])
	r.keys[r.next] = keyOf(event)
	r.index[r.keys[r.next]] = struct{}{}
	r.next = (r.next + 1) % seenEvents
}
