package config

import (
	"fmt"

	"github.com/pelletier/go-toml/v2/unstable"

	"brink/alerts"
	"brink/collectors"
)

// levelReader reads one level of a rule: KEY, KEY_clear and KEY_for.
type levelReader struct {
	*ruleReader
	key   string
	units quantity
	// fire, clear and hold are the values in the file; nil where it has none.
	fire, clear, hold *node
	level             alerts.Level
	// sound says that the threshold could be read, which the rest is compared with.
	sound bool
}

// readLevels reads both levels and compares them. It reports whether they are
// sound; one that is not has told its fault.
func (r *ruleReader) readLevels(known bool) bool {
	warning, sound := r.readLevel(keyWarning, known)
	critical, soundToo := r.readLevel(keyCritical, known)
	if !known || !sound || !soundToo {
		return false
	}
	r.rule.Warning, r.rule.Critical = warning, critical
	low, both := warning.Get()
	high, too := critical.Get()
	if both && too && beyond(low.Fire, high.Fire, r.rule.Below) {
		r.worseWarning(low.Fire, high.Fire)
		return false
	}
	return true
}

// worseWarning tells that the warning comes after the critical level, at the value
// that the file brings.
func (r *ruleReader) worseWarning(warning, critical float64) {
	units := quantityOf(r.metric.Unit)
	at := r.table.get(keyWarning)
	if at == nil || at.kind == unstable.Bool {
		at = r.table.get(keyCritical)
	}
	side := "above"
	if r.rule.Below {
		side = "below"
	}
	r.fault(at.at, fmt.Sprintf("the warning at %s lies %s critical at %s, so it would come too late", units.write(warning), side, units.write(critical)),
		"change the other one as well, or leave that level out with "+keyCritical+" = false")
}

// beyond reports whether a is worse than b.
func beyond(a, b float64, below bool) bool {
	if below {
		return a < b
	}
	return a > b
}

func (r *ruleReader) readLevel(key string, known bool) (collectors.Opt[alerts.Level], bool) {
	l := levelReader{
		ruleReader: r, key: key, units: quantityOf(r.metric.Unit), sound: true,
		fire: r.take(key), clear: r.take(key + suffixClear), hold: r.table.get(key + suffixFor),
	}
	r.asked = append(r.asked, key+suffixFor)
	if !known {
		return collectors.Opt[alerts.Level]{}, false
	}
	base := levelOf(r.base, key)
	if l.removed() || !base.Present() && l.fire == nil {
		l.orphans()
		return collectors.Opt[alerts.Level]{}, l.sound
	}
	l.level, _ = base.Get()
	l.readFire(base.Present())
	l.readClear()
	l.readFor()
	return collectors.Some(l.level), l.sound
}

// removed reports whether the file takes the level away.
func (l *levelReader) removed() bool {
	if l.fire == nil || l.fire.kind != unstable.Bool || l.fire.text == "true" {
		return false
	}
	l.from(l.key, l.fire)
	return true
}

// orphans tells of settings of a level that is not there.
func (l *levelReader) orphans() {
	for _, n := range []*node{l.clear, l.hold} {
		if n != nil {
			l.fault(n.key, "there is no "+l.key+" that this could belong to", "add "+l.key+" = ...")
		}
	}
}

// readFire reads the threshold. What the file does not say with it follows: the
// clear level keeps its proportion to the threshold, so that overriding a rule
// takes one line. A level that the built-in rule does not have takes after its
// other one.
func (l *levelReader) readFire(exists bool) {
	if l.fire == nil {
		return
	}
	template := l.level
	if !exists {
		template = l.sibling()
	}
	value, ok := l.number(l.fire, l.key)
	if ok && l.useless(value) {
		l.fault(l.fire.at, l.key+" is out of range: the rule would always fire", "expected "+l.units.want)
		ok = false
	}
	if l.sound = ok; !ok {
		return
	}
	l.from(l.key, l.fire)
	l.level = alerts.Level{Fire: value, Clear: l.inProportion(value, template), For: template.For}
	l.follow(suffixClear, Origin{Follows: l.key, File: l.document.name, Line: l.origin(l.fire.key).Line})
}

// useless reports whether every value is beyond the threshold.
func (l *levelReader) useless(value float64) bool {
	if l.rule.Below {
		return value >= l.units.most
	}
	return value <= 0
}

// sibling is the other level of a built-in rule; the zero level of a new one.
func (l *levelReader) sibling() alerts.Level {
	other := keyWarning
	if l.key == keyWarning {
		other = keyCritical
	}
	level, ok := levelOf(l.base, other).Get()
	if ok {
		l.follow(suffixFor, Origin{Follows: other + suffixFor})
	}
	return level
}

func (l *levelReader) follow(suffix string, origin Origin) {
	l.rule.Origins[l.key+suffix] = origin
}

// inProportion is where a level clears that fires at another value than the one
// it was made for. Without a model it clears where it fires.
func (l *levelReader) inProportion(fire float64, template alerts.Level) float64 {
	if template.Fire == 0 || template.Fire == template.Clear {
		return fire
	}
	level := l.units.derived(fire*(template.Clear/template.Fire), l.rule.Below)
	if level <= 0 || level > l.units.most || beyond(level, fire, l.rule.Below) {
		return fire
	}
	return level
}

// readClear reads the clear level and checks its side.
func (l *levelReader) readClear() {
	if l.clear == nil {
		return
	}
	key := l.key + suffixClear
	if l.metric.Unit.Worded() {
		l.fault(l.clear.key, "a "+string(l.metric.Unit)+" clears when it is over", "leave this key out")
		return
	}
	value, ok := l.number(l.clear, key)
	switch {
	case !ok || !l.sound:
	case beyond(value, l.level.Fire, l.rule.Below):
		l.fault(l.clear.at, fmt.Sprintf("%s is on the wrong side of %s, which is %s", key, l.key, l.units.write(l.level.Fire)), l.side())
	case l.rule.Below && value >= l.units.most, !l.rule.Below && value <= 0:
		l.fault(l.clear.at, key+" is out of range: nothing would ever clear it", "expected "+l.units.want)
	default:
		l.level.Clear = value
		l.from(key, l.clear)
	}
}

func (l *levelReader) side() string {
	if l.rule.Below {
		return "this rule fires when the value is low, so it clears at or above that"
	}
	return "this rule fires when the value is high, so it clears at or below that"
}

// number reads a value of the metric's unit.
func (l *levelReader) number(n *node, key string) (float64, bool) {
	value, ok := l.units.read(n)
	switch {
	case !ok:
		l.fault(n.at, key+" is not in the unit of "+l.metric.Name, "expected "+l.units.want)
	case value < 0 || value > l.units.most:
		l.fault(n.at, key+" is out of range", "expected "+l.units.want)
		ok = false
	}
	return value, ok
}

func (l *levelReader) readFor() {
	n := l.duration(l.key+suffixFor, holdBounds(), &l.level.For)
	if n != nil && l.metric.Event != "" && l.level.For > 0 {
		l.fault(n.at, "an event has no duration: "+l.metric.Name+" counts what is new in each interval", "leave this key out")
		return
	}
	l.from(l.key+suffixFor, n)
}
