package alerts

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"brink/collectors"
)

// TestEngineProperties: whatever the values, the reloads and the mounts that come
// and go, an alert fires only after its for-duration (except one about a time that
// runs out, which fires after that time if it is shorter), never fires twice without a
// resolve, a worsening or a repetition between, is on the board for as long as it
// fires, and ends at last.
func TestEngineProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newProperty(t)
		for second := range rapid.IntRange(1, 60).Draw(t, "steps") {
			p.reload(t)
			p.look(t, second)
			if rapid.IntRange(0, 9).Draw(t, "ack") == 0 {
				p.engine.Acknowledge(p.key(rapid.SampledFrom(mounts()).Draw(t, "whose")))
			}
		}
		p.vanish(t)
	})
}

func mounts() []string { return []string{"/run", "/tmp"} }

// property is an engine and the simplest account of what it may do.
type property struct {
	engine *Engine
	// whole is the rule as it was drawn; rule is what is in force of it.
	whole, rule Rule
	// beyond is since when the value of each mount has been beyond each level.
	beyond map[string]map[Severity]int
	firing map[string]Severity
	// value is the last of each mount; negative is none.
	value map[string]float64
}

func newProperty(t *rapid.T) *property {
	hold := func(name string) time.Duration {
		return time.Duration(rapid.IntRange(0, 5).Draw(t, name)) * time.Second
	}
	p := &property{beyond: map[string]map[Severity]int{}, firing: map[string]Severity{}, value: map[string]float64{}}
	p.whole = Rule{
		Name: "r", Metric: MetricTmpfsRatio,
		Warning:  collectors.Some(Level{Fire: 0.8, Clear: 0.7, For: hold("for")}),
		Critical: collectors.Some(Level{Fire: 0.9, Clear: 0.85, For: hold("critical for")}),
		KeepFor:  hold("keep"),
		Latched:  rapid.Bool().Draw(t, "latched"),
		Absent:   Absence(rapid.IntRange(0, 2).Draw(t, "absent")),
	}
	if rapid.Bool().Draw(t, "a time that runs out") {
		p.whole.Metric, p.whole.Below = MetricTmpfsFullIn, true
		p.whole.Warning = collectors.Some(Level{Fire: 10, Clear: 20, For: hold("for")})
		p.whole.Critical = collectors.Some(Level{Fire: 3, Clear: 6, For: hold("critical for")})
	}
	p.rule = p.whole
	p.engine = NewEngine([]Rule{p.rule})
	for _, mount := range mounts() {
		p.beyond[mount] = map[Severity]int{}
	}
	return p
}

func (p *property) key(mount string) Key {
	return Key{Rule: p.rule.Name, Container: "web", Instance: mount}
}

// reload now and then takes a level away, or brings it back.
func (p *property) reload(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "reload") > 0 {
		return
	}
	p.rule = p.whole
	switch rapid.IntRange(0, 2).Draw(t, "without") {
	case 1:
		p.rule.Warning = collectors.Opt[Level]{}
	case 2:
		p.rule.Critical = collectors.Opt[Level]{}
	}
	p.engine.SetRules([]Rule{p.rule})
}

// look judges one second and compares.
func (p *property) look(t *rapid.T, second int) {
	look := Look{Container: "web", Alive: true, Points: map[string][]Point{}}
	for _, mount := range mounts() {
		value := rapid.SampledFrom(p.values()).Draw(t, mount)
		point := Point{Instance: mount}
		if value >= 0 {
			point.Value = collectors.Some(value)
		}
		if value > -2 {
			look.Points[p.rule.Metric] = append(look.Points[p.rule.Metric], point)
		}
		p.account(mount, second, value)
	}
	board, transitions := p.engine.EvalLooks(at(second), []Look{look})
	for _, transition := range transitions {
		p.check(t, second, transition)
	}
	p.compare(t, board)
}

// values are on every side of every level; -1 is a mount without a value, -2 one
// that is not listed.
func (p *property) values() []float64 {
	if p.rule.Below {
		return []float64{0, 1, 3, 8, 15, 100, -1, -2}
	}
	return []float64{0.95, 0.82, 0.75, 0.1, -1, -2}
}

// patience is how long the engine must wait for a level, given the present value.
func (p *property) patience(mount string, level Level) time.Duration {
	if value := p.value[mount]; p.rule.Below && value >= 0 {
		return min(level.For, time.Duration(value)*time.Second)
	}
	return level.For
}

// account notes since when each level has been passed. A mount that is not listed
// (-2) is beyond nothing, one without a value (-1) only if the rule says so.
func (p *property) account(mount string, second int, value float64) {
	p.value[mount] = value
	for _, severity := range []Severity{SeverityWarning, SeverityCritical} {
		high := value == -1 && p.rule.Absent == AbsentFire || value >= 0 && p.rule.beyond(value, p.rule.level(severity))
		if _, already := p.beyond[mount][severity]; !high || !p.rule.has(severity) {
			delete(p.beyond[mount], severity)
		} else if !already {
			p.beyond[mount][severity] = second
		}
	}
}

func (p *property) check(t *rapid.T, second int, transition Transition) {
	alert := transition.Alert
	since, beyond := p.beyond[alert.Instance][alert.Severity]
	switch {
	case !transition.Fired():
	case alert.Severity <= p.firing[alert.Instance]:
		t.Fatalf("%d s: %s fired twice without a resolve", second, alert.Instance)
	case !beyond || time.Duration(second-since)*time.Second < p.patience(alert.Instance, p.rule.level(alert.Severity)):
		t.Fatalf("%d s: %s fired although %v was passed only at %d s", second, alert.Instance, alert.Severity, since)
	}
	if transition.Resolved() && p.firing[alert.Instance] == SeverityNone {
		t.Fatalf("%d s: %s resolved, which did not fire", second, alert.Instance)
	}
	p.firing[alert.Instance] = SeverityNone
	if alert.State == StateFiring {
		p.firing[alert.Instance] = alert.Severity
	}
}

// compare holds the board to what the transitions said, and to the rule: an alert
// of a level that the rule does not have is none.
func (p *property) compare(t *rapid.T, board Board) {
	for _, mount := range mounts() {
		if got := board.Tone("web", p.rule.Metric, mount); got != p.firing[mount] {
			t.Fatalf("%s: the board says %v, the transitions %v", mount, got, p.firing[mount])
		}
		if got := p.firing[mount]; got != SeverityNone && !p.rule.has(got) {
			t.Fatalf("%s: %v is firing, which the rule does not have", mount, got)
		}
	}
}

// vanish takes every mount away: no alert outlasts the grace.
func (p *property) vanish(t *rapid.T) {
	for second := 60; second <= 60+int(goneGrace/time.Second); second++ {
		p.engine.EvalLooks(at(second), []Look{{Container: "web", Alive: true}})
	}
	if n := len(p.engine.tracks); n != 0 {
		t.Fatalf("%d alerts go on about mounts that are not there", n)
	}
}
