package collectors

import (
	"slices"
	"time"
)

// Deriver turns one reading after the other into snapshots: what [Derive] does with
// two, and what needs a longer memory (rates over a frozen frame, trends, the time
// until a limit is reached). It knows no clock and no source, so readings that were
// recorded give the snapshots that they gave when they were taken.
type Deriver struct {
	interval time.Duration
	past     map[string]*past
	pencil   pencil
	// latest is the last reading, from which is carried over what the next one lacks.
	latest Reading
	// baselines are the last readings that rates may be taken from, newest first.
	baselines [2]Reading
}

// NewDeriver returns a deriver that has seen no reading, for readings that come
// about every interval.
func NewDeriver(interval time.Duration) *Deriver {
	return &Deriver{interval: interval, past: map[string]*past{}}
}

// Next returns the snapshot of the next reading. news are the events that were found
// in it. Missed slots and the story are not the deriver's to know. The containers of
// the reading are the caller's again afterwards, but for their lists and maps.
func (d *Deriver) Next(reading Reading, news []Event) Snapshot {
	d.remember(reading)
	snapshot := Derive(d.unfrozen(d.baseline(reading.At), reading), reading)
	snapshot.News = news
	d.follow(&snapshot, reading)
	reading.Containers = slices.Clone(reading.Containers)
	d.latest = reading
	d.rebase(reading)
	return snapshot
}

// Begins reports whether there has been one reading at most.
func (d *Deriver) Begins() bool { return d.baselines[1].At.IsZero() }

// rebase makes the reading the newest baseline, unless it follows so soon on the
// one before that no rate could be taken from it. A clock that was set back ends
// all that.
func (d *Deriver) rebase(reading Reading) {
	newest := d.baselines[0].At
	if newest.IsZero() || reading.At.Before(newest) || reading.At.Sub(newest) >= d.interval/2 {
		d.baselines[0], d.baselines[1] = reading, d.baselines[0]
	}
}

// baseline is the newest reading that is old enough for rates: a wake-up shortly
// after a slot would otherwise give the rates of a few milliseconds.
func (d *Deriver) baseline(at time.Time) Reading {
	if at.Sub(d.baselines[0].At) >= d.interval/2 {
		return d.baselines[0]
	}
	return d.baselines[1]
}

// carry stamps the containers whose counters were read, and takes the stamp of
// the reading before for the others.
func (d *Deriver) carry(reading *Reading) {
	before := byKey(d.latest.Containers)
	for i := range reading.Containers {
		container := &reading.Containers[i]
		prev := ContainerCounters{}
		if known, ok := before[container.Key]; ok {
			prev = d.latest.Containers[known]
		}
		if container.Incarnation == 0 && container.ID == prev.ID {
			container.Incarnation = prev.Incarnation
		}
		container.FreshAt = prev.FreshAt
		if container.counted() {
			container.FreshAt = reading.At
		}
	}
}

// follow adds what needs a longer memory than two readings: when the limits of
// each container will be reached, and whether it was re-created, also when it was not there
// for a while or the baseline of the rates is an older reading.
func (d *Deriver) follow(snapshot *Snapshot, reading Reading) {
	recreated := map[string]bool{}
	for _, event := range snapshot.News {
		if event.Kind == EventRecreated {
			recreated[event.Container] = true
		}
	}
	for i := range snapshot.Containers {
		sample := &snapshot.Containers[i]
		sample.Recreated = recreated[sample.Name]
		d.past[sample.Name].outlook.Foresee(reading.At, reading.Containers[i].Incarnation, sample)
	}
}
