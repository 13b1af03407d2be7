package ui

import "brink/alerts"

// drawNotice is the screen below the smallest mode: one line with the numbers
// that matter most, and, where there is a second line, what is missing for more.
func (s *scene) drawNotice(p pen) {
	if s.subject.sample == nil {
		p.text(0, 0, cut(s.noticeText(), p.width()), roleMuted)
	} else {
		s.drawNoticeMeters(p)
	}
	if p.height() > 1 {
		p.text(0, p.height()-1, cut("more from 40x8 on · q quits", p.width()), roleMuted)
	}
}

func (s *scene) noticeText() string {
	if s.subject.waiting == nil {
		return "reading " + s.subject.title() + " …"
	}
	return "waiting for " + s.subject.title()
}

// drawNoticeMeters draws the shares, worst first to stay, and whether they are of
// now.
func (s *scene) drawNoticeMeters(p pen) {
	var list []field
	if text, look := s.liveness(); look != roleMuted {
		list = append(list, field{value: text, role: look})
	} else if !alive(s.sample) {
		list = append(list, field{value: s.stateText(), role: roleWarning})
	}
	for i, m := range []meter{s.memoryMeter(), s.cpuMeter(), s.pidsMeter()} {
		rank := i
		if m.tone > alerts.SeverityInfo {
			rank = 0
		}
		list = append(list, field{
			before: m.short + " ", value: marked(left(percent(m.ratio), percentWidth-1), m.tone),
			role: severityRole(m.tone), rank: rank,
		})
	}
	p.fields(0, p.width(), 0, list...)
}
