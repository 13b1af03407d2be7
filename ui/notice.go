package ui

import "brink/alerts"

// drawNotice is the screen below the smallest mode: one line with the numbers
// that matter most, and, where there is a second line, the news, or what is
// missing for more. News in a single line get what the numbers leave free.
func (s *scene) drawNotice(p pen) {
	used := p.width()
	if s.subject.sample == nil {
		p.text(0, 0, cut(s.noticeText(), p.width()), roleMuted)
	} else {
		used = s.drawNoticeMeters(p)
	}
	last := p.rows(p.height()-1, 1)
	switch {
	case len(s.news) == 0 && p.height() > 1:
		s.drawNoticeHint(last)
	case len(s.news) > 0 && p.height() > 1:
		s.drawNews(last)
	case len(s.news) > 0 && p.width()-used > newsLeast:
		s.drawNews(p.in(p.line(used+1, p.width(), 0)))
	}
}

// drawNoticeHint says that alerts do not reach everybody, or else what is missing
// for more than a notice.
func (s *scene) drawNoticeHint(p pen) {
	if text, look := s.sinkBanner(); text != "" {
		p.text(0, 0, cut(text, p.width()), look)
		return
	}
	p.text(0, 0, cut("more from 40x8 on"+separator+s.keys.Quit.Help().Key+" quits", p.width()), roleMuted)
}

// newsLeast is the least width in which news say anything. In less, the number
// that they are about has its mark already.
const newsLeast = 12

func (s *scene) noticeText() string {
	if s.subject.waiting == nil {
		return "reading " + s.subject.title() + " …"
	}
	return "waiting for " + s.subject.title()
}

// drawNoticeMeters draws the shares, those with an alert first to stay, and
// whether they are of now, and returns the columns that they take.
func (s *scene) drawNoticeMeters(p pen) int {
	var list []field
	if text, look := s.liveness(); look != roleMuted {
		list = append(list, field{value: text, role: look})
	} else if !alive(s.sample) {
		list = append(list, field{value: s.stateText(), role: roleWarning})
	}
	meters := []meter{s.memoryMeter(), s.cpuMeter(), s.pidsMeter()}
	for i, m := range meters {
		share := field{before: m.short + " ", value: percent(m.ratio), rank: noticeRank(meters, i) + len(list) - i}
		if m.tone > alerts.SeverityInfo {
			share.before, share.value = "", severityMark(m.tone)+m.short+" "+share.value
			share.role = severityRole(m.tone)
		}
		list = append(list, share)
	}
	return p.spaced(" ", list...)
}

// noticeRank counts the meters that are to be seen before meter i: the worse
// ones, and of those that are as bad, the ones on its left.
func noticeRank(meters []meter, i int) int {
	rank := 0
	for j, other := range meters {
		if other.tone > meters[i].tone || other.tone == meters[i].tone && j < i {
			rank++
		}
	}
	return rank
}
