package ui

import (
	"maps"
	"slices"
	"time"

	"brink/collectors"
)

// past is what the screen keeps of the frames it was sent: what all of them have
// in common here, and each container with its track.
type past struct {
	packer *packer
	frames *archive
	// scratch is the memory in which a record is written.
	scratch []byte
	// turn counts the frames, to tell which container was shown of late.
	turn uint64
}

// How much is kept: of everything in common and of the fullTracks containers that
// were shown last all of an hour at one second, of each other one some minutes.
// Without these bounds two hundred containers would take a hundred megabytes.
const (
	fullTracks  = 8
	fullBytes   = 1 << 20
	fullRaw     = 64 << 10
	briefBytes  = 24 << 10
	briefRaw    = 8 << 10
	mostRecords = 64
)

func fullLimits(interval time.Duration) archiveLimits {
	return archiveLimits{bytes: fullBytes, span: historyPoints * interval, raw: fullRaw, records: mostRecords}
}

func briefLimits(interval time.Duration) archiveLimits {
	return archiveLimits{bytes: briefBytes, span: briefPoints * interval, raw: briefRaw, records: mostRecords}
}

func newPast(interval time.Duration) *past {
	packer := &packer{}
	return &past{packer: packer, frames: newArchive(packer, fullLimits(interval), 0)}
}

// keep adds a frame to the past.
func (m Model) keep(frame Frame) {
	at := frame.Snapshot.At
	c := codec{data: m.past.scratch[:0]}
	c.frame(&frame)
	m.past.frames.put(at, c.data, false)
	for i := range frame.Snapshot.Containers {
		sample := &frame.Snapshot.Containers[i]
		t := m.trackOf(sample.Name)
		t.history.record(at, *sample)
		c.data = c.data[:0]
		c.sample(sample)
		t.archive.put(at, c.data, living(sample))
	}
	m.past.scratch = c.data[:0]
}

// living reports whether a sample has values of a living container: those that are
// shown, dimmed, when it lives no more.
func living(sample *collectors.ContainerSample) bool {
	return !sample.Stale.Present() && alive(*sample)
}

// newTrack begins to remember a container.
func (m Model) newTrack() *track {
	t := &track{
		history: newHistory(m.options.Interval, briefPoints),
		archive: newArchive(m.past.packer, briefLimits(m.options.Interval), len(m.tracks)),
	}
	if m.fullTracks() < fullTracks {
		t.keepFull(m.options.Interval)
	}
	return t
}

func (m Model) fullTracks() int {
	count := 0
	for _, t := range m.tracks {
		if t.full {
			count++
		}
	}
	return count
}

// keepFull makes a track remember the whole hour from now on, keepBrief only the
// newest minutes.
func (t *track) keepFull(interval time.Duration) {
	t.full = true
	t.history.resize(historyPoints)
	t.archive.limits = fullLimits(interval)
}

func (t *track) keepBrief(interval time.Duration) {
	t.full = false
	t.history.resize(briefPoints)
	t.archive.limits = briefLimits(interval)
	t.archive.rest()
}

// attend notes which container is looked at: its past is kept in full, and in its
// stead that of the one that was not looked at for the longest time is not.
func (m Model) attend(name string) {
	t, ok := m.tracks[name]
	if !ok {
		return
	}
	m.past.turn++
	t.attended = m.past.turn
	if t.full {
		return
	}
	t.keepFull(m.options.Interval)
	for m.fullTracks() > fullTracks {
		m.longestUnseen().keepBrief(m.options.Interval)
	}
}

// longestUnseen returns the track that is kept in full and was not shown for the
// longest time.
func (m Model) longestUnseen() *track {
	var longest *track
	for _, t := range m.tracks {
		if t.full && (longest == nil || t.attended < longest.attended) {
			longest = t
		}
	}
	return longest
}

// frameAt puts together the frame of a moment from what is kept. Where nothing
// is, it has the names that are on the screen, and no values.
func (m Model) frameAt(at time.Time) Frame {
	var frame Frame
	if r, ok := m.past.frames.at(at); ok {
		c := codec{data: r.data, reading: true}
		c.frame(&frame)
	} else {
		frame.Snapshot.Host = m.newest.Snapshot.Host
	}
	frame.Snapshot.At = at
	frame.Snapshot.Story = m.newest.Snapshot.Story
	frame.Transitions = m.newest.Transitions[:0:0]
	for i, change := range m.newest.Transitions {
		if !change.At.After(at) {
			frame.Transitions = m.newest.Transitions[:i+1]
		}
	}
	frame.Rules = m.newest.Rules
	m.fillContainers(&frame.Snapshot)
	return frame
}

// fillContainers adds the containers of a moment: first those on the screen in
// their order, then others that were there. One that is on the screen and was not
// there then keeps its place, without values, so that nothing is shown in its
// stead.
func (m Model) fillContainers(snapshot *collectors.Snapshot) {
	names := m.namesOnScreen()
	for _, name := range names {
		sample, ok := m.sampleAt(name, snapshot.At)
		if !ok && (waitedFor(snapshot, name) || name == "") {
			continue
		}
		sample.Name = name
		snapshot.Containers = append(snapshot.Containers, sample)
	}
	for _, name := range slices.Sorted(maps.Keys(m.tracks)) {
		if slices.Contains(names, name) {
			continue
		}
		if sample, ok := m.sampleAt(name, snapshot.At); ok {
			snapshot.Containers = append(snapshot.Containers, sample)
		}
	}
}

// namesOnScreen returns the names of what the newest frame and the shown one have.
func (m Model) namesOnScreen() []string {
	var names []string
	for _, frame := range []Frame{m.newest, m.shown} {
		for _, one := range subjectsOf(frame.Snapshot) {
			if !slices.Contains(names, one.name) {
				names = append(names, one.name)
			}
		}
	}
	return names
}

// waitedFor reports whether a target was waited for in a snapshot.
func waitedFor(snapshot *collectors.Snapshot, target string) bool {
	return slices.ContainsFunc(snapshot.Waiting, func(w collectors.Waiting) bool { return w.Target == target })
}

// sampleAt returns what is kept of a container at a moment.
func (m Model) sampleAt(name string, at time.Time) (collectors.ContainerSample, bool) {
	t, ok := m.tracks[name]
	if !ok {
		return collectors.ContainerSample{}, false
	}
	r, ok := t.archive.at(at)
	return r.sample(), ok
}

// sample reads a record of a container; without a record it has no values.
func (r record) sample() collectors.ContainerSample {
	var sample collectors.ContainerSample
	if r.data != nil {
		c := codec{data: r.data, reading: true}
		c.sample(&sample)
	}
	return sample
}

// livingBefore returns the newest sample that is not after a moment and in which
// the container lived.
func (t *track) livingBefore(at time.Time) (collectors.ContainerSample, time.Time) {
	r, ok := t.archive.last(at, true)
	if !ok {
		return collectors.ContainerSample{}, time.Time{}
	}
	return r.sample(), time.Unix(0, r.at)
}

// restPast gives back the memory that walking takes.
func (m Model) restPast() {
	m.past.frames.rest()
	for _, t := range m.tracks {
		t.archive.rest()
	}
}
