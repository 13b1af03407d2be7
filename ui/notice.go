package ui

import "brink/alerts"

// drawNotice is the screen that is too narrow for anything else: one line with the
// numbers that matter most, and, where there is a second line, the news, or what is
// missing for more. News in a single line get what the numbers leave free.
func (s *scene) drawNotice(p pen) {
	used := p.width()
	if s.subject.sample == nil {
		p.text(0, 0, cut(s.noticeText(), p.width()), roleMuted)
	} else {
		used = s.drawNoticeMeters(p, true)
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

// drawNoticeMeters draws the shares, those with an alert first to stay, and, where
// nothing else says it, whether they are of now, and returns the columns that they
// take.
func (s *scene) drawNoticeMeters(p pen, alone bool) int {
	var list []field
	if old := s.oldness(); alone && old.value != "" {
		list = append(list, old)
	}
	meters := s.meters()
	for i, m := range meters {
		share := field{before: m.short + " ", value: m.share(), rank: noticeRank(meters, i) + len(list) - i}
		if m.tone > alerts.SeverityInfo {
			share.before, share.value = "", severityMark(m.tone)+m.short+" "+share.value
			share.role = severityRole(m.tone)
		}
		list = append(list, share)
	}
	return p.spaced(" ", list...)
}

// meters are the limits that a few lines have room for.
func (s *scene) meters() []meter {
	return []meter{s.memoryMeter(), s.cpuMeter(), s.pidsMeter()}
}

// share is the resource in one number: its share of the limit, or where nothing
// limits the amount.
func (m meter) share() string {
	if m.ratio.Present() || m.limit != unlimited {
		return percent(m.ratio)
	}
	return m.amount
}

// oldness says that the numbers are not of now, or that the container does not run;
// empty when all is as it should be.
func (s *scene) oldness() field {
	if text, look := s.liveness(); look != roleMuted {
		return field{value: text, role: look}
	}
	if !alive(s.sample) {
		return field{value: s.stateText(), role: roleWarning}
	}
	return field{}
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
