package dockerdtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/events"
)

// kept is how many events an engine keeps for since= (moby daemon/events).
const kept = 256

// stamped is an event; raw replaces it where a test wants a strange one.
type stamped struct {
	events.Message
	raw string
}

// emit tells everybody. The caller holds the lock. As in the real engine, labels
// overwrite the attributes of the event.
func (e *Engine) emit(s *state, action string, attributes map[string]string) {
	all := map[string]string{}
	maps.Copy(all, attributes)
	maps.Copy(all, s.Labels)
	all["name"], all["image"] = s.Name, s.Image
	at := e.tick(time.Millisecond)
	e.publish(stamped{Message: events.Message{
		Type: events.ContainerEventType, Action: events.Action(action),
		Actor: events.Actor{ID: s.id, Attributes: all},
		Scope: "local", Time: at.Unix(), TimeNano: at.UnixNano(),
	}})
}

// EmitRaw sends a document as it is to all who listen to events, and keeps it as
// it keeps every event. It may be no event at all; its own timeNano counts if it
// has one.
func (e *Engine) EmitRaw(document string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	event := stamped{raw: document}
	if json.Unmarshal([]byte(document), &event.Message) != nil || event.TimeNano == 0 {
		event.TimeNano = e.tick(time.Millisecond).UnixNano()
	}
	e.publish(event)
}

func (e *Engine) publish(event stamped) {
	e.ring = append(e.ring, event)
	e.ring = e.ring[max(0, len(e.ring)-kept):]
	for follower := range e.followers {
		select {
		case follower <- event:
		default: // the real engine drops for the slow, too
		}
	}
}

// subscribe gives the kept events from since on, and all that come. The real
// engine goes back from the newest and stops at the first that is too old.
func (e *Engine) subscribe(since time.Time) (old []stamped, live chan stamped) {
	e.mu.Lock()
	defer e.mu.Unlock()
	live = make(chan stamped, 1024)
	e.followers[live] = struct{}{}
	if since.IsZero() {
		return nil, live
	}
	first := len(e.ring)
	for first > 0 && e.ring[first-1].TimeNano >= since.UnixNano() {
		first--
	}
	return append(old, e.ring[first:]...), live
}

func (e *Engine) unsubscribe(live chan stamped) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.followers, live)
}

func (e *Engine) serveEvents(w http.ResponseWriter, r *http.Request) {
	wanted, err := eventFilter(r.URL.Query().Get("filters"))
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	old, live := e.subscribe(sinceTime(r.URL.Query().Get("since")))
	defer e.unsubscribe(live)
	stream := e.stream(w)
	for _, event := range old {
		stream.event(event, wanted)
	}
	stream.flush()
	for {
		select {
		case event := <-live:
			stream.event(event, wanted)
			stream.flush()
		case <-stream.cut:
			e.cutOff(w, r)
			return
		case <-r.Context().Done():
			return
		}
	}
}

// sinceTime reads seconds.nanoseconds.
func sinceTime(text string) time.Time {
	seconds, nanos, _ := strings.Cut(text, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	n, _ := strconv.ParseInt(nanos, 10, 64)
	return time.Unix(s, n)
}

// eventFilter reads filters as the engine does: an entry matches one of its
// values; health_status matches whatever follows the word.
func eventFilter(text string) (func(events.Message) bool, error) {
	filters := map[string]map[string]bool{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &filters); err != nil {
			return nil, err
		}
	}
	return func(m events.Message) bool {
		action, _, _ := strings.Cut(string(m.Action), ":")
		return passes(filters["type"], string(m.Type)) && passes(filters["event"], action)
	}, nil
}

func passes(wanted map[string]bool, value string) bool { return len(wanted) == 0 || wanted[value] }
