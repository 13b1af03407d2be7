package ui

import (
	"strconv"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// drawHeader draws who is watched and how it stands, and, on a second line where
// there is one, what a person must know now, or else where it runs.
func (s *scene) drawHeader(p pen) {
	p = p.indent(1)
	x := 0
	if p.height() > 1 && p.width() >= narrowWidth {
		x = p.text(0, 0, "brink", roleBrand) + 2
	}
	title, state := cutPath(s.subject.title(), longestTitle(p.width())), s.stateField()
	room := p.width() - x - textWidth(title) - state.width() - 3
	banner, look := s.banner()
	end := p.width() - s.drawStatus(p, room, s.sinkUntold(banner, p.height()))
	x = p.text(x, 0, title, roleStrong) + 2
	wide := p.width() >= wideWidth-2
	if wide {
		p.fields(x, end-1, 0, append([]field{state}, s.lifeFields(1)...)...)
	} else {
		p.fields(x, end-1, 0, state)
	}
	if p.height() < 2 {
		return
	}
	if banner != "" {
		p.text(0, 1, cut(banner, p.width()), look)
		return
	}
	place := append(s.hardeningFields(0), s.placeFields()...)
	if !wide {
		place = append(s.lifeFields(0), place...)
	}
	p.fields(0, p.width(), 1, place...)
}

// longestTitle is how much of the line a name may take.
func longestTitle(width int) int { return max(width*2/5, 12) }

// stateField says what the container does.
func (s *scene) stateField() field {
	if s.subject.sample == nil {
		return field{value: "◌ waiting", role: roleInfo}
	}
	if s.unkept() {
		return field{value: "◌ no sample", role: roleMuted}
	}
	mark, look := s.stateLook()
	return field{value: mark + " " + s.stateText(), role: look}
}

// lifeFields say how the container fares: its health check and its restarts. A warning
// stands beside the number that it is about: the engine counts anew for a container that
// took the place of one that had restarted.
func (s *scene) lifeFields(rank int) []field {
	restarts := ""
	if alert, fires := s.frame.Board.Firing(s.subject.name, alerts.MetricRestarts); fires {
		restarts = plural(int(alert.Value), "restart", "restarts") + " in " + age(alerts.Recently)
	} else if n, ok := s.sample.RestartCount.Get(); ok {
		restarts = plural(n, "restart", "restarts")
	}
	return []field{
		field{value: string(s.sample.Health), rank: rank}.toned(s.tone(alerts.MetricUnhealthy, "")),
		field{value: restarts, rank: rank + 1}.toned(s.tone(alerts.MetricRestarts, "")),
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

// stateText is the state with the fact that belongs to it.
func (s *scene) stateText() string { return stateText(&s.sample, s.frame.Snapshot.At) }

// stateText is the state of a container with the fact that belongs to it: for how
// long, or with which exit code.
func stateText(sample *collectors.ContainerSample, at time.Time) string {
	started, known := sample.StartedAt.Get()
	code, ended := sample.ExitCode.Get()
	switch state := sample.State; {
	case state == collectors.StateUnknown:
		return "state unknown"
	case state.Alive() && known:
		return string(state) + " " + age(at.Sub(started))
	case !state.Alive() && ended:
		return string(state) + " " + number(code)
	default:
		return string(state)
	}
}

// drawStatus draws alerts, who cannot tell of them, liveness and the clock at the right end of the first
// line, as many of them as fit into room, and returns the columns they take.
// That the numbers are not of now is always told.
func (s *scene) drawStatus(p pen, room int, sinks string) int {
	tally, severity := s.tally()
	live, look := s.liveness()
	list := []field{
		field{value: tally, rank: 1}.toned(severity),
		field{value: sinks, rank: 2}.toned(alerts.SeverityWarning),
		{value: live, role: look},
	}
	if look == roleMuted {
		list[2].rank = 4
	}
	if !s.paused && !s.walk.on() {
		list = append(list, field{value: clock(s.now, s.now), rank: 3})
	}
	gap := textWidth(separator)
	width := fieldsWidth(list, gap, dropRank(list, gap, room))
	p.fields(p.width()-width, p.width(), 0, list...)
	return width
}

// liveness says whether what is shown is of now.
func (s *scene) liveness() (text string, look role) {
	stale, isStale := s.sample.Stale.Get()
	switch {
	case s.options.Replay:
		return joined(s.replayed, s.walkClock()), roleInfo
	case s.walk.on():
		return "◂ " + s.walkClock(), roleWarning
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
	case s.walk.on():
		return s.walkBanner()
	case s.paused:
		return s.pausedBanner()
	case s.ended:
		return "○ no more samples: brink reads nothing any longer; what you see is the last state", roleWarning
	case s.subject.sample == nil:
		return s.sinkBanner()
	case !alive(s.sample):
		return s.stoppedBanner()
	case s.sample.Stale.Present():
		return s.staleBanner()
	}
	if lost, ok := s.lostSource(); ok {
		return "▲ " + lost.Name + " " + sourceWord(lost) + s.stillFrom(lost) + ": " + lost.Error, roleWarning
	}
	if text, look = s.newLifeBanner(); text != "" {
		return text, look
	}
	return s.sinkBanner()
}

// pausedBanner says that the screen stands still, and what it hides: an alert that
// came up meanwhile.
func (s *scene) pausedBanner() (text string, look role) {
	text = "‖ paused at " + clock(s.now, s.now)
	if s.meanwhile > s.frame.Board.Worst(s.subject.name) {
		return severityWords(s.meanwhile) + " has come up meanwhile" + separator + text, severityRole(s.meanwhile)
	}
	return text + ": brink goes on reading; " + s.keys.Pause.Help().Key + " shows what is now", roleWarning
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
		text += separator + "as of " + clock(s.valuesAt, s.now)
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
			return ", numbers go on from " + source.Name
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
		{value: s.sample.Image, role: roleMuted, rank: 3},
		{value: host.Name, role: roleMuted, rank: 4},
		{value: host.Engine, role: roleMuted, rank: 5},
		{value: host.Kernel, role: roleMuted, rank: 6},
		{value: mode, role: roleMuted, rank: 7},
	}
}
