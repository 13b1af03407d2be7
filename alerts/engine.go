package alerts

import (
	"maps"
	"slices"
	"strings"
	"time"

	"brink/collectors"
)

// Engine turns snapshots into alerts. It remembers what a single look cannot
// know: how long a value has been beyond a threshold, what fires and since when,
// and what a person has said about it.
//
// It is pure: the time is that of the snapshot, nothing runs beside it, and the
// same sequence of snapshots and orders gives the same boards and transitions. It
// is for one goroutine at a time.
type Engine struct {
	rules   []Rule
	metrics map[string]Metric
	tracks  map[Key]*track
	mutes   map[Key]time.Time
	// told holds, for the rules that count events, how much of each event (by its
	// number) was judged: an event can grow after it was first seen.
	told map[Key]map[uint64]uint64
	// seen is when each container was last in a snapshot.
	seen map[string]time.Time
	at   time.Time
}

// goneGrace is how long the alerts of a container that is no longer there are
// held: a re-creation is no reason to ring twice, or to forget what was
// acknowledged.
const goneGrace = time.Minute

// NewEngine returns an engine that has seen nothing. A rule whose metric is not in
// the table is left out; the configuration refuses it with its line.
func NewEngine(rules []Rule) *Engine {
	engine := &Engine{
		metrics: metricsByName(),
		tracks:  map[Key]*track{}, mutes: map[Key]time.Time{}, told: map[Key]map[uint64]uint64{}, seen: map[string]time.Time{},
	}
	engine.rules = engine.known(rules)
	return engine
}

func (e *Engine) known(rules []Rule) []Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r Rule) bool {
		_, ok := e.metrics[r.Metric]
		return !ok
	})
}

// SetRules puts other rules in force, as after a reload. What fires by a rule
// that is no more is resolved with the next snapshot; what the new rules share
// with the old ones by name goes on.
func (e *Engine) SetRules(rules []Rule) { e.rules = e.known(rules) }

// Eval judges a snapshot and returns the board and every change that led to it.
func (e *Engine) Eval(snapshot collectors.Snapshot) (Board, []Transition) {
	e.at = snapshot.At
	round := round{engine: e, at: snapshot.At, judged: map[Key]bool{}}
	for _, container := range snapshot.Containers {
		e.seen[container.Name] = snapshot.At
		sample := Sample{ContainerSample: container, At: snapshot.At, Story: snapshot.Story}
		for _, rule := range e.rules {
			if rule.Match.container(container.Name) {
				round.rule(rule, sample)
			}
		}
	}
	round.unjudged()
	e.expireMutes()
	return e.board(), round.transitions
}

// round is one evaluation under way.
type round struct {
	engine      *Engine
	at          time.Time
	judged      map[Key]bool
	transitions []Transition
}

// rule judges every instance of a rule's metric in one container.
func (r *round) rule(rule Rule, sample Sample) {
	metric := r.engine.metrics[rule.Metric]
	key := Key{Rule: rule.Name, Container: sample.Name}
	if metric.Event != "" {
		r.point(rule, metric, key, reading{value: r.engine.fresh(key, sample.recent(metric.Event)), known: true})
		return
	}
	for _, point := range metric.Take(sample) {
		if rule.Match.instance(point.Instance) {
			key.Instance = point.Instance
			r.point(rule, metric, key, r.reading(rule, sample, point.Value))
		}
	}
}

func (r *round) point(rule Rule, metric Metric, key Key, says reading) {
	r.judged[key] = true
	r.add(r.engine.track(key, rule, metric).step(r.at, says))
}

// reading is the value with what its absence means.
func (r *round) reading(rule Rule, sample Sample, value collectors.Opt[float64]) reading {
	if v, ok := value.Get(); ok {
		return reading{value: v, known: true}
	}
	switch {
	case !sample.State.Alive() && rule.Absent != AbsentFire:
		return reading{clear: true, reason: ReasonNotRunning}
	case rule.Absent == AbsentResolve:
		return reading{clear: true, reason: ReasonAbsent}
	case rule.Absent == AbsentFire:
		return reading{fire: true}
	default:
		return reading{}
	}
}

// unjudged handles the alerts that no rule and no container spoke of.
func (r *round) unjudged() {
	keys := slices.SortedFunc(maps.Keys(r.engine.tracks), compareKeys)
	for _, key := range keys {
		if r.judged[key] {
			continue
		}
		reason := ReasonGone
		if !slices.ContainsFunc(r.engine.rules, func(rule Rule) bool { return rule.Name == key.Rule }) {
			reason = ReasonRuleRemoved
		} else if r.at.Sub(r.engine.seen[key.Container]) < goneGrace {
			continue
		}
		track := r.engine.tracks[key]
		r.add(track.end(r.at, reason))
		delete(r.engine.tracks, key)
	}
}

func (r *round) add(transition Transition, changed bool) {
	if changed {
		r.transitions = append(r.transitions, transition)
	}
}

// fresh counts what is new in events since the last look. What the first look
// finds counts: it is recent, and nobody was told.
func (e *Engine) fresh(key Key, events []collectors.Event) float64 {
	before, now := e.told[key], map[uint64]uint64{}
	var sum uint64
	for _, event := range events {
		count := max(event.Count, 1)
		now[event.Seq] = count
		sum += count - min(count, before[event.Seq])
	}
	e.told[key] = now
	return float64(sum)
}

func (e *Engine) track(key Key, rule Rule, metric Metric) *track {
	if e.tracks[key] == nil {
		e.tracks[key] = &track{key: key}
	}
	track := e.tracks[key]
	track.rule, track.metric = rule, metric
	return track
}

// Acknowledge says that a person knows of an alert: it rings no more, and a
// latched one resolves as soon as its cause is over. It reports whether there was
// such an alert that fires.
func (e *Engine) Acknowledge(key Key) bool {
	track := e.tracks[key]
	if track == nil || track.state != StateFiring || track.acknowledged {
		return false
	}
	track.acknowledged = true
	return true
}

// Mute keeps an alert from being told until the given time, whatever becomes of it
// and of its container. A time that has passed ends the mute.
func (e *Engine) Mute(key Key, until time.Time) {
	if until.After(e.at) {
		e.mutes[key] = until
	} else {
		delete(e.mutes, key)
	}
}

func (e *Engine) expireMutes() {
	maps.DeleteFunc(e.mutes, func(_ Key, until time.Time) bool { return !until.After(e.at) })
}

// board is the picture of all that is not inactive.
func (e *Engine) board() Board {
	var list []Alert
	for key, track := range e.tracks {
		if track.state == StateInactive {
			continue
		}
		alert := track.alert()
		alert.MutedUntil = e.mutes[key]
		list = append(list, alert)
	}
	return newBoard(e.at, list)
}

func compareKeys(a, b Key) int {
	return strings.Compare(a.Container+"\x00"+a.Rule+"\x00"+a.Instance, b.Container+"\x00"+b.Rule+"\x00"+b.Instance)
}
