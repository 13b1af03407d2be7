package ui

import (
	"slices"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// subject is one entry of the list of containers: one that exists, or a target
// that is waited for.
type subject struct {
	name    string
	sample  *collectors.ContainerSample
	waiting *collectors.Waiting
}

// title returns the name to show.
func (s subject) title() string {
	if s.name == "" {
		return anyAgent
	}
	return s.name
}

// anyAgent stands for the target that was left open.
const anyAgent = "any agent"

// subjectsOf lists what a snapshot knows of: first the containers, then what is
// waited for, each in the order of the targets.
func subjectsOf(snapshot collectors.Snapshot) []subject {
	list := make([]subject, 0, len(snapshot.Containers)+len(snapshot.Waiting))
	for i := range snapshot.Containers {
		sample := &snapshot.Containers[i]
		list = append(list, subject{name: sample.Name, sample: sample})
	}
	for i := range snapshot.Waiting {
		waiting := &snapshot.Waiting[i]
		list = append(list, subject{name: waiting.Target, waiting: waiting})
	}
	return list
}

// chosen returns the place of the named subject, the first when it is not there.
func chosen(list []subject, name string) int {
	for i, s := range list {
		if s.name == name {
			return i
		}
	}
	return 0
}

// alive reports whether the values of a sample are of a living container. A bare
// cgroup has no engine that could say so; it lives while it can be read.
func alive(sample collectors.ContainerSample) bool {
	return sample.State.Alive() || sample.State == collectors.StateUnknown
}

// scene is one container at one moment, as the panels see it: they read it, draw
// it, and know nothing of messages, keys and histories of others.
type scene struct {
	frame   Frame
	now     time.Time
	subject subject
	// sample is what the container is and measures. When it lives no more, its
	// values are its last ones; valuesAt says of when, and is zero for now.
	sample   collectors.ContainerSample
	valuesAt time.Time
	history  *history
	nav      navigation
	options  Options
	paused   bool
	ended    bool
	// walk is where in the past the scene is.
	walk walk
	// news, wish and acts are the model's: what came up, what was asked for, and
	// whether anything can be. newsHint says which keys are for the news.
	news     []newsItem
	newsHint string
	wish     wish
	acts     bool
	// keys is the key table: a text that names a key takes it from there.
	keys *KeyMap
	// fields is the table of fields.
	fields *Fields
	// several says that there are other containers beside this one.
	several bool
	// told are the events that are shown, once somebody has asked for them.
	told *toldEvents
	// meanwhile is the worst alert of the newest frame, which is not the shown one
	// while the screen is paused.
	meanwhile alerts.Severity
	// replayed says how a recording is played; empty for a living screen.
	replayed string
}

// sceneOf puts together what the panels draw.
func (m Model) sceneOf(at subject) *scene {
	s := &scene{
		frame:   m.shown,
		now:     m.shown.Snapshot.At.In(m.options.Location),
		subject: at,
		nav:     m.nav,
		options: m.options,
		paused:  m.paused,
		ended:   m.ended,
		walk:    m.walk,
		news:    m.news,
		wish:    m.wish,
		acts:    m.acts(),
		keys:    m.keys,
		fields:  m.fields,
		several: len(m.shown.Snapshot.Containers)+len(m.shown.Snapshot.Waiting) > 1,

		meanwhile: m.newest.Board.Worst(at.name),
		replayed:  m.replayText(),
	}
	if len(s.news) > 0 {
		s.newsHint = m.newsHint()
	}
	if at.sample == nil {
		return s
	}
	s.sample = *at.sample
	if t, ok := m.tracks[at.name]; ok {
		s.history = t.history
		s.useLast(t)
	}
	return s
}

// useLast puts the last values of a living container in the place of the values
// that a stopped one has not. Where they were heading does not count any more.
func (s *scene) useLast(t *track) {
	if alive(s.sample) || s.sample.Memory.Current.Present() {
		return
	}
	last, at := t.last, t.lastAt
	if s.walk.on() {
		last, at = t.livingBefore(s.walk.at)
	}
	if at.IsZero() {
		return
	}
	s.valuesAt = at.In(s.options.Location)
	s.sample.Memory, s.sample.CPU, s.sample.Pids = last.Memory, last.CPU, last.Pids
	s.sample.Pressure, s.sample.Tmpfs = last.Pressure, slices.Clone(last.Tmpfs)
	s.sample.IO, s.sample.Network = last.IO, last.Network
	s.sample.Processes = last.Processes
	s.sample.Memory.Trend, s.sample.Pids.FullIn = collectors.Trend{}, collectors.Opt[collectors.Seconds]{}
	for i := range s.sample.Tmpfs {
		s.sample.Tmpfs[i].FullIn = collectors.Opt[collectors.Seconds]{}
	}
}

// dim reports whether the values are not of the moment that is shown.
func (s *scene) dim() bool {
	return !alive(s.sample) || s.sample.Stale.Present() || s.ended && !s.walk.on()
}

// tone returns the severity that colours a metric of the container.
func (s *scene) tone(metric, instance string) alerts.Severity {
	return s.frame.Board.Tone(s.subject.name, metric, instance)
}

// why returns the reason why a group of values is absent, empty when no source
// gave one.
func (s *scene) why(group collectors.Group) string {
	for _, source := range s.sample.Sources {
		for _, missing := range source.Missing {
			if missing.Group == group {
				return missing.Why
			}
		}
	}
	return ""
}

// concerns reports whether an event is about the container, or about all of them.
func (s *scene) concerns(event *collectors.Event) bool {
	return event.Container == s.subject.name || event.Container == ""
}

// newestEvent returns the newest event of the container of one of the kinds, as
// far as it has happened at the moment that is shown.
func (s *scene) newestEvent(kinds ...collectors.EventKind) (collectors.Event, bool) {
	story := s.frame.Snapshot.Story
	for i := len(story) - 1; i >= 0; i-- {
		if s.concerns(&story[i]) && !s.walk.before(story[i].At) && slices.Contains(kinds, story[i].Kind) {
			return story[i], true
		}
	}
	return collectors.Event{}, false
}

// since returns how long ago a moment was, by the time of the snapshot.
func (s *scene) since(at time.Time) time.Duration { return s.frame.Snapshot.At.Sub(at) }
