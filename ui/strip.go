package ui

import "brink/alerts"

// drawStrip is the screen of a few lines, as a tmux pane at the bottom of a window
// has them. One line is the limits; two are who and the limits; what is more tells
// what has happened, newest first.
func (s *scene) drawStrip(p pen) {
	lines := p.height()
	switch {
	case s.subject.sample == nil:
		s.drawStripWaiting(p)
	case lines == 1:
		s.drawStripLine(p)
	default:
		newsFirst := len(s.news) > 0 && lines == 2
		if newsFirst {
			s.drawNews(p.rows(0, 1))
		} else {
			s.drawHeader(p.rows(0, 1))
		}
		s.drawStripMeters(p.rows(1, 1).indent(1), newsFirst)
		s.drawStripStory(p.rows(2, lines-2))
	}
}

// drawStripLine draws all in one line: the limits, and at its end what is urgent:
// news, or else how many alerts there are.
func (s *scene) drawStripLine(p pen) {
	if len(s.news) > 0 {
		if used := s.drawNoticeMeters(p, true); p.width()-used > newsLeast {
			s.drawNews(p.in(p.line(used+1, p.width(), 0)))
		}
		return
	}
	tally, severity := s.tally()
	urgent := field{value: tally}.toned(severity)
	if room := p.width() - urgent.width() - 2; tally != "" && room >= noticeLeast {
		p.fields(p.width()-urgent.width(), p.width(), 0, urgent)
		p = p.in(p.line(0, room, 0))
	}
	s.drawStripMeters(p, true)
}

// noticeLeast is the room that the shares of all limits need at most.
const noticeLeast = len("!mem 100% !cpu 100% !pid 100%")

// Columns of one limit in the strip: its name, its share, and the least bar that is
// worth drawing between them.
const (
	stripGap   = 2
	stripBar   = 7
	stripWords = rowName + percentWidth + 3
)

// drawStripMeters draws the limits side by side in the first line, each with its
// bar where there is room for all of them; before them whether they are of now, if
// no header says so.
func (s *scene) drawStripMeters(p pen, alone bool) {
	meters := s.meters()
	x, urgent := 0, field{}
	if alone {
		urgent = s.oldness()
	}
	if urgent.value != "" {
		x = urgent.width() + stripGap
	}
	room := (p.width() - x - stripGap*(len(meters)-1)) / len(meters)
	if room < stripWords+stripBar {
		s.drawNoticeMeters(p, alone)
		return
	}
	p.fields(0, x, 0, urgent)
	for _, m := range meters {
		m.strip(p.in(p.line(x, x+room, 0)).dimmed(s.dim()))
		x += room + stripGap
	}
}

// strip draws the resource into a line of its own: name, bar, mark, share, or
// where nothing limits the amount.
func (m meter) strip(p pen) {
	fact := cut(left(m.share(), percentWidth), p.width()-rowName)
	x := p.text(0, 0, right(m.short, rowName), roleMuted)
	end := p.width() - textWidth(fact)
	p.text(end, 0, fact, m.look())
	if m.tone > alerts.SeverityInfo {
		p.text(end-2, 0, severityMark(m.tone), severityRole(m.tone))
	}
	if end-3 > x && m.hasBar() {
		m.gauge(p, x, end-3, 0)
	}
}

// drawStripStory fills the lines below: news, what a person must know to read the
// numbers right, and then the events.
func (s *scene) drawStripStory(p pen) {
	if p.height() < 1 {
		return
	}
	text, look := s.banner()
	switch {
	case len(s.news) > 0:
		s.drawNews(p.rows(0, 1))
		p = p.rows(1, p.height()-1)
	case text != "":
		p.indent(1).text(0, 0, cut(text, p.width()-2), look)
		p = p.rows(1, p.height()-1)
	}
	if p.height() > 0 {
		s.unfiltered().drawList(p.indent(1), PanelEvents)
	}
}

// drawStripWaiting says what is waited for, why it is not there, and what could be
// meant, as far as the lines go.
func (s *scene) drawStripWaiting(p pen) {
	waiting := s.subject.waiting
	if p.height() == 1 || waiting == nil {
		text := s.noticeText()
		if waiting != nil {
			text += separator + waiting.Why
		}
		p.text(0, 0, cut(text, p.width()), roleMuted)
		return
	}
	s.drawHeader(p.rows(0, 1))
	g := &page{pen: p.rows(1, p.height()-1).indent(1)}
	if len(waiting.Choices) > 0 && g.left() > 1 {
		g.most = g.left() - 1
	}
	g.add(waiting.Why, 0, roleText)
	if len(waiting.Choices) > 0 && g.left() > 0 {
		g.most = 0
		g.add("brink "+waiting.Choices[0]+" would watch that one", 0, roleMuted)
	}
}
