package alerts

import (
	"maps"
	"slices"
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
	// told holds how much of each event was judged.
	told told
	at   time.Time
	// round numbers the snapshots.
	round uint64
}

// goneGrace is how long the alerts are held that no snapshot speaks of, because
// the container or the mount is no longer there: a re-creation is no reason to
// ring twice, or to forget what was acknowledged. As long holds an
// acknowledgement when the container was seen to stop in between.
const goneGrace = time.Minute

// NewEngine returns an engine that has seen nothing. A rule whose metric is not in
// the table is left out; the configuration refuses it with its line.
func NewEngine(rules []Rule) *Engine {
	engine := &Engine{
		metrics: metricsByName(),
		tracks:  map[Key]*track{}, mutes: map[Key]time.Time{}, told: told{},
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
// that is no more, by a level that it lost, or about what it no longer matches is
// resolved with the next snapshot; what the new rules share with the old ones by
// name goes on.
func (e *Engine) SetRules(rules []Rule) { e.rules = e.known(rules) }

// Eval judges a snapshot and returns the board and every change that led to it.
func (e *Engine) Eval(snapshot collectors.Snapshot) (Board, []Transition) {
	looks := make([]Look, 0, len(snapshot.Containers))
	for _, container := range snapshot.Containers {
		looks = append(looks, e.look(Sample{ContainerSample: container, At: snapshot.At, Story: snapshot.Story}))
	}
	return e.EvalLooks(snapshot.At, looks)
}

// EvalLooks judges values that did not come from a snapshot, as a test of rules
// has them.
func (e *Engine) EvalLooks(at time.Time, looks []Look) (Board, []Transition) {
	e.at = at
	e.round++
	round := round{engine: e, at: at, dead: map[string]Look{}}
	for _, look := range looks {
		if !look.Alive {
			round.dead[look.Container] = look
		}
		for _, rule := range e.rules {
			if rule.Match.container(look.Container) {
				round.rule(rule, look)
			}
		}
	}
	round.unjudged()
	e.expireMutes()
	return e.board(), round.transitions
}

// round is one evaluation under way.
type round struct {
	engine *Engine
	at     time.Time
	// dead are the containers that are there and do not run.
	dead        map[string]Look
	transitions []Transition
}

// rule judges every instance of a rule's metric in one container.
func (r *round) rule(rule Rule, look Look) {
	metric := r.engine.metrics[rule.Metric]
	for _, point := range look.Points[metric.Name] {
		if !rule.Match.instance(point.Instance) {
			continue
		}
		key := Key{Rule: rule.Name, Container: look.Container, Instance: point.Instance}
		r.add(r.engine.track(key, rule, metric).step(r.at, r.reading(rule, look, point)))
	}
}

// reading is the value with what its absence means.
func (r *round) reading(rule Rule, look Look, point Point) reading {
	if v, ok := point.Value.Get(); ok {
		return reading{value: v, known: true, happened: point.Happened, text: point.Text}
	}
	switch {
	case !look.Alive && rule.Absent != AbsentFire:
		return reading{clear: true, reason: ReasonNotRunning}
	case rule.Absent == AbsentResolve:
		return reading{clear: true, reason: ReasonAbsent}
	case rule.Absent == AbsentFire:
		return reading{fire: true}
	default:
		return reading{}
	}
}

// unjudged handles the alerts that no point of this snapshot spoke of. Of what is
// not there nothing is known; but the mounts of a container that does not run are
// not listed either, and those have no value for certain.
func (r *round) unjudged() {
	var left []*track
	for _, track := range r.engine.tracks {
		if track.round != r.engine.round {
			left = append(left, track)
		}
	}
	slices.SortFunc(left, func(a, b *track) int { return a.key.Compare(b.key) })
	for _, track := range left {
		reason, over := r.over(track)
		if over {
			r.add(track.end(r.at, reason))
			delete(r.engine.tracks, track.key)
			continue
		}
		says := reading{}
		if look, dead := r.dead[track.key.Container]; dead {
			says = r.reading(track.rule, look, Point{})
		}
		r.add(track.step(r.at, says))
	}
}

// over reports whether a track that was not judged is at its end, and why.
func (r *round) over(t *track) (Reason, bool) {
	rules := r.engine.rules
	i := slices.IndexFunc(rules, func(rule Rule) bool { return rule.Name == t.key.Rule && rule.Match.key(t.key) })
	if i < 0 {
		return ReasonRuleRemoved, true
	}
	t.rule, t.metric = rules[i], r.engine.metrics[rules[i].Metric]
	if t.judged.After(r.at) {
		// The clock was set back: the grace begins anew instead of lasting for ever.
		t.judged = r.at
	}
	return ReasonGone, r.at.Sub(t.judged) >= goneGrace
}

func (r *round) add(transition Transition, changed bool) {
	if changed {
		r.transitions = append(r.transitions, transition)
	}
}

func (e *Engine) track(key Key, rule Rule, metric Metric) *track {
	if e.tracks[key] == nil {
		e.tracks[key] = &track{key: key}
	}
	track := e.tracks[key]
	track.rule, track.metric, track.judged, track.round = rule, metric, e.at, e.round
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
