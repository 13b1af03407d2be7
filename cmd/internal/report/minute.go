package report

import (
	"cmp"
	"slices"
	"time"

	"brink/collectors"
)

const (
	// runup is how long before a kill the story of it begins.
	runup = time.Minute
	// momentsKept bounds the moments of a minute, in which every event can wake up
	// the sampler, and lateKill is how late a kill may be told of.
	momentsKept = 512
	lateKill    = 10 * time.Second
	// forecastsLast is how long a forecast counts that is not repeated: one that was
	// given up longer before a kill did not foretell it.
	forecastsLast = 30 * time.Second
	// grownShown is how many processes are named that grew.
	grownShown = 5
)

// lifeMark tells one life of a container from the next: by its id and the nanosecond
// in which it started, zero where that is not known.
type lifeMark struct {
	id      string
	started int64
}

func lifeOf(sample *collectors.ContainerSample) lifeMark {
	mark := lifeMark{id: sample.ID}
	if at, ok := sample.StartedAt.Get(); ok {
		mark.started = at.UnixNano()
	}
	return mark
}

// moment is what the story of a kill wants of one sample.
type moment struct {
	at        time.Time
	life      lifeMark
	memory    collectors.MemorySample
	processes []collectors.Process
	some      collectors.Opt[collectors.Ratio]
	full      collectors.Opt[collectors.Ratio]
	forecast  collectors.Opt[Forecast]
}

// minute is the last minute of moments, and a little more for kills that are told
// of late.
type minute struct {
	moments []moment
	// begin is the first moment that is young enough.
	begin int
}

// add takes a sample.
func (m *minute) add(sample *collectors.ContainerSample, at time.Time) {
	if n := len(m.moments); n > 0 && at.Before(m.moments[n-1].at) {
		m.moments, m.begin = nil, 0
	}
	for m.begin < len(m.moments) && (at.Sub(m.moments[m.begin].at) > runup+lateKill || len(m.moments)-m.begin >= momentsKept) {
		// What is left behind must not hold on to its list of processes.
		m.moments[m.begin] = moment{}
		m.begin++
	}
	if m.begin > len(m.moments)/2 {
		m.moments, m.begin = slices.Delete(m.moments, 0, m.begin), 0
	}
	now := moment{
		at: at, life: lifeOf(sample), memory: sample.Memory, processes: sample.Processes,
		some: sample.Pressure.Memory.SomeAvg10, full: sample.Pressure.Memory.FullAvg10,
	}
	now.forecast = m.foretold(&now)
	m.moments = append(m.moments, now)
}

// young are the moments that are young enough, oldest first.
func (m *minute) young() []moment { return m.moments[m.begin:] }

// foretold is the forecast of a moment: its own, or the one before that still counts.
func (m *minute) foretold(now *moment) collectors.Opt[Forecast] {
	var before collectors.Opt[Forecast]
	if n := len(m.moments); n > m.begin && m.moments[n-1].life == now.life {
		before = m.moments[n-1].forecast
	}
	forecast, known := before.Get()
	known = known && now.at.Sub(forecast.LastAt) <= forecastsLast
	fullIn, told := now.memory.FullIn.Get()
	switch {
	case !told && !known:
		return collectors.Opt[Forecast]{}
	case !told:
		return before
	case !known:
		forecast.Since, forecast.First = now.at, fullIn
	}
	forecast.LastAt, forecast.Last = now.at, fullIn
	return collectors.Some(forecast)
}

// before returns the story of the minute before a kill: of the life of the last
// moment before it, from the first reading of memory to the last.
func (m *minute) before(kill time.Time) collectors.Opt[Runup] {
	moments := m.young()
	end := len(moments)
	for end > 0 && (!moments[end-1].at.Before(kill) || !moments[end-1].memory.Unreclaimable.Present()) {
		end--
	}
	if end == 0 || kill.Sub(moments[end-1].at) > runup {
		return collectors.Opt[Runup]{}
	}
	last := &moments[end-1]
	begin := slices.IndexFunc(moments[:end], func(o moment) bool {
		return o.life == last.life && kill.Sub(o.at) <= runup && o.memory.Unreclaimable.Present()
	})
	return collectors.Some(tellRunup(moments[begin:end], kill))
}

// tellRunup compares the first of the moments with the last.
func tellRunup(moments []moment, kill time.Time) Runup {
	first, last := &moments[0], &moments[len(moments)-1]
	from, to := partsOf(&first.memory), partsOf(&last.memory)
	story := Runup{
		Watched: collectors.Seconds(last.at.Sub(first.at)), LastSeen: collectors.Seconds(kill.Sub(last.at)),
		Limit:         last.memory.Limit,
		Unreclaimable: Change{first.memory.Unreclaimable, last.memory.Unreclaimable},
		Anon:          Change{from.anon, to.anon}, Tmpfs: Change{from.tmpfs, to.tmpfs},
		Kernel: Change{from.kernel, to.kernel}, Cache: Change{from.cache, to.cache},
		Forecast: last.forecast,
	}
	story.tellProcesses(moments, kill)
	if hits, ok := last.memory.MaxEvents.Get(); ok && first.memory.MaxEvents.Present() {
		story.LimitHits = collectors.Some(hits - min(hits, first.memory.MaxEvents.Or(0)))
	}
	for i := range moments {
		if higher(story.SomeAvg10, moments[i].some) {
			story.SomeAvg10 = moments[i].some
		}
		if higher(story.FullAvg10, moments[i].full) {
			story.FullAvg10 = moments[i].full
		}
	}
	return story
}

// parts are what memory consists of: the three that cannot be freed, and the rest of
// what the kernel counts.
type parts struct {
	anon, tmpfs, kernel, cache collectors.Opt[collectors.Bytes]
}

func partsOf(memory *collectors.MemorySample) parts {
	p := parts{anon: memory.Anon, tmpfs: memory.Shmem}
	whole, ok := memory.Unreclaimable.Get()
	if ok && p.anon.Present() && p.tmpfs.Present() {
		known := p.anon.Or(0) + p.tmpfs.Or(0)
		p.kernel = collectors.Some(whole - min(whole, known))
	}
	if current, counted := memory.Current.Get(); ok && counted {
		p.cache = collectors.Some(current - min(current, whole))
	}
	return p
}

// tellProcesses compares the first list of processes with the last one: not every
// moment has one.
func (r *Runup) tellProcesses(moments []moment, kill time.Time) {
	lists := slices.DeleteFunc(slices.Clone(moments), func(m moment) bool { return len(m.processes) == 0 })
	if len(lists) == 0 {
		return
	}
	last := lists[len(lists)-1]
	r.Processes = growths(lists[0].processes, last.processes)
	r.ProcessesSeen = collectors.Some(collectors.Seconds(kill.Sub(last.at)))
}

// growths returns the processes that grew most from one list to another.
func growths(first, last []collectors.Process) []Growth {
	type key struct {
		pid  int
		name string
	}
	was := map[key]collectors.Bytes{}
	for _, p := range first {
		was[key{p.PID, p.Name}] = p.RSS.Or(0)
	}
	var list []Growth
	for _, p := range last {
		rss, ok := p.RSS.Get()
		before, known := was[key{p.PID, p.Name}]
		if !ok || rss <= before {
			continue
		}
		growth := Growth{PID: p.PID, Name: name(p.Name), RSS: rss}
		if known {
			growth.Was = collectors.Some(before)
		}
		list = append(list, growth)
	}
	slices.SortStableFunc(list, func(a, b Growth) int {
		return cmp.Or(cmp.Compare(b.RSS-b.Was.Or(0), a.RSS-a.Was.Or(0)), cmp.Compare(a.PID, b.PID))
	})
	return list[:min(len(list), grownShown)]
}
