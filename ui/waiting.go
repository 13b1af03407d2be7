package ui

import "strings"

// page is text that fills the body: lines with their looks, cut at the end.
type page struct {
	pen pen
	y   int
	// most bounds the lines of one text; zero does not.
	most int
}

// add writes text, broken into lines, and moves on below it.
func (g *page) add(text string, indent int, look role) {
	limit := max(g.left(), 1)
	if g.most > 0 {
		limit = min(limit, g.most)
	}
	for _, line := range wrap(text, g.pen.width()-indent, 0, limit) {
		g.pen.text(indent, g.y, line, look)
		g.y++
	}
}

// left returns how many lines are free.
func (g *page) left() int { return g.pen.height() - g.y }

// low reports whether the page is short of lines.
func (g *page) low() bool { return g.pen.height() <= 14 }

// gap leaves a line free where there are enough.
func (g *page) gap() {
	if !g.low() {
		g.y++
	}
}

// drawWaiting fills the body while no container answers to the target: what was
// looked for and where, since when, what could be meant, and what to do. Where
// something could be meant, no reason is so long that it pushes that out.
func (s *scene) drawWaiting(p pen) {
	waiting := s.subject.waiting
	g := &page{pen: p.indent(2)}
	if len(waiting.Choices) > 0 {
		g.most = max(p.height()/4, 1)
	}
	g.gap()
	g.add("Waiting for "+quoted(s.subject), 0, roleStrong)
	if g.low() {
		s.addChoices(g)
	}
	g.add(waiting.Why, 0, roleText)
	since := waiting.Since.In(s.options.Location)
	g.add("Since "+clock(since, s.now)+", "+age(s.since(since))+". brink goes on looking and follows it by name once it runs.", 0, roleMuted)
	g.gap()
	if !g.low() {
		s.addChoices(g)
	}
	s.addTroubles(g, waiting.Why)
	s.addAdvice(g, waiting.Target)
}

// quoted names the target in a sentence.
func quoted(one subject) string {
	if one.name == "" {
		return "an agent's container"
	}
	return "“" + one.name + "”"
}

// addTroubles lists the sources that fail: often they are why nothing is found.
// What has been told already is not told again.
func (s *scene) addTroubles(g *page, told string) {
	troubled := false
	for _, source := range s.frame.Snapshot.Sources {
		if source.OK || source.Error != "" && strings.Contains(told, source.Error) {
			continue
		}
		troubled = true
		g.add("▲ "+source.Name+" "+sourceWord(source)+": "+source.Error, 0, roleWarning)
	}
	if troubled {
		g.gap()
	}
}

// addAdvice says what to do about it.
func (s *scene) addAdvice(g *page, target string) {
	g.add("What helps:", 0, roleText)
	if target == "" {
		g.add("start the agent, as with docker compose up -d", 2, roleMuted)
	} else {
		g.add("start it, as with docker compose up -d, or docker start "+target, 2, roleMuted)
	}
	g.add("docker ps -a shows what exists; brink NAME watches any of it", 2, roleMuted)
	g.add("brink cgroup:/system.slice/ssh.service watches a cgroup without any engine", 2, roleMuted)
	g.add("brink --host URL or --context NAME asks another engine", 2, roleMuted)
	if s.options.Demo {
		g.add("or press "+s.keys.Demo.Help().Key+" to see a recorded agent that is killed by its limit", 2, roleMuted)
	}
}

// demoOffered reports whether the screen has nothing to watch, and an example to show
// instead.
func (m Model) demoOffered(list []subject, waiting bool) bool {
	return m.options.Demo && m.acts() && m.seen && (len(list) == 0 || waiting)
}

// drawReading fills the body before the first frame.
func (s *scene) drawReading(p pen) {
	g := &page{pen: p.indent(2)}
	g.gap()
	g.add("reading "+quoted(s.subject)+" …", 0, roleMuted)
}

// drawNothing fills the body when a frame holds neither a container nor a target.
func (s *scene) drawNothing(p pen) {
	g := &page{pen: p.indent(2)}
	g.gap()
	g.add("There is no container to show.", 0, roleStrong)
	s.addTroubles(g, "")
	s.addAdvice(g, "")
}
