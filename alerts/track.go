package alerts

import (
	"time"

	"brink/collectors"
)

// track is the state of one rule about one subject.
type track struct {
	key    Key
	rule   Rule
	metric Metric

	warning, critical threshold
	state             State
	severity          Severity
	// since is when it took this state, fired when it began to fire.
	since, fired time.Time
	// happened is when the last of the events happened that it counts.
	happened time.Time
	value    float64
	// text is what the value was about when it last was about something.
	text         string
	acknowledged bool
	// excused is what a person knew of when the container ceased to run.
	excused excuse
	// judged is when a snapshot last spoke of it, round its number.
	judged time.Time
	round  uint64
	// again says that what fires happened once more.
	again bool
}

// threshold is one level of a rule in time.
type threshold struct {
	// on says that the level fires.
	on bool
	// beyond is since when the value has been beyond the level without a break.
	beyond time.Time
	// clear is since when a level that fires has been clear.
	clear time.Time
}

// excuse is an acknowledgement that outlives the run of a container: its severity
// and the end of that run.
type excuse struct {
	severity Severity
	at       time.Time
}

// stance is where a track stands, without the words for it.
type stance struct {
	state    State
	severity Severity
}

// reading is what one snapshot says to a rule: a value, or what its absence means.
type reading struct {
	value float64
	known bool
	fire  bool
	clear bool
	// happened is when the last of the events happened that the value is about, text
	// what it is about.
	happened time.Time
	text     string
	// reason is why it is clear, when it is so without a value.
	reason Reason
	// left is how much time the value leaves, where it is a time that runs out.
	left collectors.Opt[time.Duration]
}

// patience is how long the value must stay beyond the level; see [Level.For].
func (r reading) patience(level Level) time.Duration {
	return min(level.For, r.left.Or(level.For))
}

// longestWait bounds a time, in seconds, before it becomes a duration.
const longestWait = 1e9

// timeLeft is a value in seconds as a duration.
func timeLeft(value float64) time.Duration {
	return time.Duration(min(value, longestWait) * float64(time.Second))
}

// step moves the track on by one snapshot.
func (t *track) step(at time.Time, r reading) (Transition, bool) {
	t.take(r)
	if r.known && t.rule.Below && t.metric.Forecast {
		r.left = collectors.Some(timeLeft(r.value))
	}
	t.warning.stepOrDrop(at, t.rule, t.rule.Warning, r)
	t.critical.stepOrDrop(at, t.rule, t.rule.Critical, r)
	return t.become(at, t.target(), r.reason)
}

// take keeps the value. A count of events adds up for as long as it fires, for the
// message to say how many there were in all.
func (t *track) take(r reading) {
	more := r.happened.After(t.happened)
	t.happened = later(t.happened, r.happened)
	if r.text != "" {
		t.text = r.text
	}
	switch {
	case !r.known:
		t.again = false
	case t.metric.Event != "" && t.state == StateFiring:
		t.value += r.value
		t.again = r.value > 0
	default:
		t.value, t.again = r.value, more && t.state == StateFiring
	}
}

// stepOrDrop moves one level, and forgets one that the rule does not have (any
// more, after a reload): nothing else would ever end it.
func (t *threshold) stepOrDrop(at time.Time, rule Rule, level collectors.Opt[Level], r reading) {
	if l, ok := level.Get(); ok {
		t.step(at, rule, l, r)
	} else {
		*t = threshold{}
	}
}

// step moves one level. A value that is not known proves nothing: what fires goes
// on firing, and what was about to fire has to begin again.
func (t *threshold) step(at time.Time, rule Rule, level Level, r reading) {
	beyond := r.fire || r.known && rule.beyond(r.value, level)
	if t.on {
		if r.reason == ReasonNotRunning {
			// What does not run has no value that could come back: no need to wait.
			*t = threshold{}
			return
		}
		t.cease(at, rule, r.clear || r.known && rule.clear(r.value, level))
		return
	}
	switch {
	case !beyond:
		t.beyond = time.Time{}
	case t.beyond.IsZero():
		t.beyond = at
	}
	if beyond && at.Sub(t.beyond) >= r.patience(level) {
		t.on, t.clear = true, time.Time{}
	}
}

// cease ends a level that has been clear for long enough.
func (t *threshold) cease(at time.Time, rule Rule, over bool) {
	switch {
	case !over:
		t.clear = time.Time{}
		return
	case t.clear.IsZero():
		t.clear = at
	}
	if at.Sub(t.clear) >= rule.KeepFor {
		*t = threshold{}
	}
}

// target is the severity that the levels call for, and the state.
func (t *track) target() (severity Severity) {
	switch {
	case t.critical.on:
		return SeverityCritical
	case t.warning.on:
		return SeverityWarning
	default:
		return SeverityNone
	}
}

// approaching is the worst severity that is about to fire.
func (t *track) approaching() Severity {
	switch {
	case !t.critical.beyond.IsZero():
		return SeverityCritical
	case !t.warning.beyond.IsZero():
		return SeverityWarning
	default:
		return SeverityNone
	}
}

// become takes the new severity and tells the change, if it is one.
func (t *track) become(at time.Time, severity Severity, why Reason) (Transition, bool) {
	before := stance{t.state, t.severity}
	switch {
	case severity > SeverityNone:
		return t.fire(at, before, severity)
	case t.state == StateFiring && !t.rule.has(t.severity):
		return t.resolve(at, before, ReasonRuleRemoved)
	case t.state == StateFiring && t.rule.Latched && !t.acknowledged:
		return Transition{}, false
	case t.state == StateFiring:
		return t.resolve(at, before, reasonOr(why, ReasonCleared))
	default:
		return t.pend(at, before)
	}
}

func (t *track) fire(at time.Time, before stance, severity Severity) (Transition, bool) {
	reason := ReasonHeld
	switch {
	case t.state == StateFiring && t.again:
		reason, t.acknowledged = ReasonAgain, false
	case t.state == StateFiring && severity == t.severity:
		return Transition{}, false
	case t.state == StateFiring && severity > t.severity:
		reason, t.acknowledged = ReasonRose, false
	case t.state == StateFiring && !t.rule.has(t.severity):
		reason = ReasonRuleRemoved
	case t.state == StateFiring && t.rule.Latched:
		return Transition{}, false
	case t.state == StateFiring:
		reason = ReasonFell
	default:
		t.state, t.since, t.fired, t.acknowledged = StateFiring, at, at, severity <= t.excused.severity
		t.excused = excuse{}
	}
	t.severity = severity
	return t.transition(at, before, reason), true
}

func (t *track) resolve(at time.Time, before stance, reason Reason) (Transition, bool) {
	if t.acknowledged && reason == ReasonNotRunning && t.metric.Event == "" {
		t.excused = excuse{severity: t.severity, at: at}
	}
	t.state, t.severity, t.since, t.fired, t.acknowledged = StateInactive, SeverityNone, at, time.Time{}, false
	return t.transition(at, before, reason), true
}

// pend moves between inactive and pending.
func (t *track) pend(at time.Time, before stance) (Transition, bool) {
	severity := t.approaching()
	if severity == SeverityNone && at.Sub(t.excused.at) >= goneGrace {
		t.excused = excuse{}
	}
	switch {
	case severity > SeverityNone && t.state == StateInactive:
		t.state, t.severity, t.since = StatePending, severity, at
		return t.transition(at, before, ReasonCrossed), true
	case severity == SeverityNone && t.state == StatePending:
		return t.resolve(at, before, ReasonReceded)
	}
	t.severity = severity
	return Transition{}, false
}

// end takes the track out of the engine.
func (t *track) end(at time.Time, reason Reason) (Transition, bool) {
	before := stance{t.state, t.severity}
	if t.state == StateInactive {
		return Transition{}, false
	}
	return t.resolve(at, before, reason)
}

func (t *track) transition(at time.Time, before stance, reason Reason) Transition {
	return Transition{At: at, Alert: t.alert(), From: before.state, FromSeverity: before.severity, Reason: reason}
}

func reasonOr(reason, fallback Reason) Reason {
	if reason == "" {
		return fallback
	}
	return reason
}

// alert is the track as the board shows it.
func (t *track) alert() Alert {
	level := t.rule.level(t.severity)
	return Alert{
		Key: t.key, Metric: t.rule.Metric, Severity: t.severity, State: t.state,
		Since: t.since, FiredAt: t.fired, Happened: t.happened, Value: t.value, Threshold: level.Fire, Unit: t.metric.Unit,
		Message: t.rule.message(t.metric, t.key.Instance, t.text, t.value, level), Acknowledged: t.acknowledged,
	}
}
