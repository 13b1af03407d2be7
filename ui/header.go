package ui

import (
	"fmt"
	"strconv"

	"brink/alerts"
	"brink/collectors"
)

// drawHeader draws who is watched and how it stands, and, on a second line where
// there is one, what a person must know now, or else where it runs.
func (s *scene) drawHeader(p pen) {
	p = p.indent(1)
	end := p.width() - s.drawStatus(p)
	x := 0
	if p.height() > 1 {
		x = p.text(0, 0, "brink", roleBrand) + 2
	}
	x = p.text(x, 0, cut(s.subject.title(), min(end-x, longestTitle(p.width()))), roleStrong)
	p.fields(x+2, end-1, 0, s.stateFields()...)
	if p.height() < 2 {
		return
	}
	if text, look := s.banner(); text != "" {
		p.text(0, 1, cut(text, p.width()), look)
		return
	}
	p.fields(0, p.width(), 1, s.placeFields()...)
}

// longestTitle is how much of the line a name may take.
func longestTitle(width int) int { return max(width*2/5, 12) }

// stateFields say what the container does.
func (s *scene) stateFields() []field {
	if s.subject.sample == nil {
		return []field{{value: "◌ waiting", role: roleInfo}}
	}
	mark, look := s.stateLook()
	restarts := ""
	if n, ok := s.sample.RestartCount.Get(); ok {
		restarts = plural(n, "restart", "restarts")
	}
	restarted := s.tone(alerts.MetricRestarts, "")
	health := s.tone(alerts.MetricUnhealthy, "")
	return []field{
		{value: mark + " " + s.stateText(), role: look},
		{value: marked(string(s.sample.Health), health), role: severityRole(health), rank: 1},
		{value: marked(restarts, restarted), role: severityRole(restarted), rank: 2},
	}
}

// stateLook returns the mark of the container's state and its look.
func (s *scene) stateLook() (mark string, look role) {
	stopped := s.tone(alerts.MetricStopped, "")
	switch s.sample.State {
	case collectors.StateRunning:
		return "●", roleGood
	case collectors.StatePaused:
		return "‖", roleInfo
	case collectors.StateRestarting:
		return "↻", max(severityRole(stopped), roleInfo)
	case collectors.StateCreated, collectors.StateRemoving:
		return "○", roleInfo
	case collectors.StateUnknown:
		return "?", roleMuted
	default:
		return "○", max(severityRole(stopped), roleInfo)
	}
}

// stateText is the state with the fact that belongs to it: for how long, or with
// which exit code.
func (s *scene) stateText() string {
	started, known := s.sample.StartedAt.Get()
	code, ended := s.sample.ExitCode.Get()
	switch state := s.sample.State; {
	case state == collectors.StateUnknown:
		return "state unknown"
	case state.Alive() && known:
		return string(state) + " " + age(s.since(started))
	case !state.Alive() && ended:
		return fmt.Sprintf("%s %d", state, code)
	default:
		return string(state)
	}
}

// drawStatus draws alerts, liveness and the clock at the right end of the first
// line and returns how many columns they take.
func (s *scene) drawStatus(p pen) int {
	tally, severity := s.tally()
	if tally != "" {
		tally = severityMark(severity) + " " + tally
	}
	live, look := s.liveness()
	list := []field{
		{value: tally, role: severityRole(severity), rank: 2},
		{value: live, role: look},
		{value: clock(s.now, s.now), rank: 1},
	}
	room := p.width() / 2
	width := fieldsWidth(list, dropRank(list, room))
	p.fields(p.width()-width, p.width(), 0, list...)
	return width
}

// liveness says whether what is shown is of now.
func (s *scene) liveness() (text string, look role) {
	stale, isStale := s.sample.Stale.Get()
	switch {
	case s.paused:
		return "‖ paused " + clock(s.now, s.now), roleWarning
	case s.ended:
		return "○ ended", roleWarning
	case isStale:
		return "◌ stale " + age(stale.Duration()), max(severityRole(s.tone(alerts.MetricStale, "")), roleWarning)
	default:
		return "live " + intervalText(s.options.Interval), roleMuted
	}
}

// banner returns the one thing that a person must know to read the numbers right;
// empty when there is none.
func (s *scene) banner() (text string, look role) {
	switch {
	case s.ended:
		return "○ no more samples: brink reads nothing any longer; what you see is the last state", roleWarning
	case s.subject.sample == nil:
		return "", roleText
	case !alive(s.sample):
		return s.stoppedBanner()
	case s.sample.Stale.Present():
		return s.staleBanner()
	}
	if lost, ok := s.lostSource(); ok {
		return "▲ " + lost.Name + " " + sourceWord(lost) + ": " + lost.Error + s.stillFrom(lost), roleWarning
	}
	return s.newLifeBanner()
}

// stoppedBanner says how the container ended, by the newest event that knows.
func (s *scene) stoppedBanner() (text string, look role) {
	mark, look := s.stateLook()
	text = mark + " " + string(s.sample.State)
	if died, ok := s.newestEvent(collectors.EventDied); ok {
		text = mark + " " + clock(died.At.In(s.options.Location), s.now) + " " + died.Summary()
	} else if code, ok := s.sample.ExitCode.Get(); ok {
		text += ", exit code " + strconv.Itoa(code)
	}
	if !s.valuesAt.IsZero() {
		text += separator + "values of " + clock(s.valuesAt, s.now)
	}
	return text, look
}

// staleBanner says why there are no fresh values, as far as a source says so.
func (s *scene) staleBanner() (text string, look role) {
	stale, _ := s.sample.Stale.Get()
	text = "◌ stale: no new values for " + age(stale.Duration())
	if lost, ok := s.lostSource(); ok {
		text += separator + lost.Name + ": " + lost.Error
	}
	return text, roleWarning
}

// lostSource returns the first source of the container that fails.
func (s *scene) lostSource() (collectors.SourceHealth, bool) {
	for _, source := range s.sourceList() {
		if !source.OK {
			return source, true
		}
	}
	return collectors.SourceHealth{}, false
}

// stillFrom says where the numbers go on coming from without the lost source.
func (s *scene) stillFrom(lost collectors.SourceHealth) string {
	for _, source := range s.sourceList() {
		if source.OK && source.Name != lost.Name && len(source.Gives) > 0 {
			return separator + "numbers go on from " + source.Name
		}
	}
	return ""
}

// freshLife is how long the header says that a life of the container is new.
const freshLife = collectors.Seconds(60e9)

// newLifeBanner tells that the counters began anew a short while ago.
func (s *scene) newLifeBanner() (text string, look role) {
	event, ok := s.newestEvent(collectors.EventRecreated, collectors.EventRestarted)
	if !ok || s.since(event.At) > freshLife.Duration() {
		return "", roleText
	}
	return "↻ " + event.Summary() + " " + age(s.since(event.At)) + " ago" + separator + "its counters began at zero", roleInfo
}

// placeFields say where the container runs.
func (s *scene) placeFields() []field {
	host := s.frame.Snapshot.Host
	mode := host.CgroupMode
	if mode != "" {
		mode = "cgroup " + mode
	}
	return []field{
		{value: s.sample.Image, role: roleMuted},
		{value: host.Name, role: roleMuted, rank: 1},
		{value: host.Engine, role: roleMuted, rank: 2},
		{value: host.Kernel, role: roleMuted, rank: 3},
		{value: mode, role: roleMuted, rank: 4},
	}
}
