package ui

import (
	"brink/alerts"
	"brink/collectors"
	"brink/ui/chart"
)

// meter is one limited resource in short: what the title of its panel, its line
// in a low pane and the notice all show.
type meter struct {
	name string
	// short is the name in a line.
	short string
	ratio collectors.Opt[collectors.Ratio]
	// amount is what is used, limit what of; both as text.
	amount string
	limit  string
	// limited is true when there is a limit to draw.
	limited bool
	tone    alerts.Severity
	parts   []chart.Part
	// why says why there is nothing to show.
	why string
}

// Inks of the parts of a bar.
const (
	inkAnon = chart.InkOwn + iota
	inkTmpfs
	inkKernel
	inkCache
	inkUsed
	inkMark
)

// headline is the one fact of the resource: "65% of 2.00 GiB".
func (m meter) headline() string {
	switch {
	case m.ratio.Present():
		return percent(m.ratio) + " of " + m.limit
	case m.limit == unlimited:
		return m.amount + ", " + unlimited
	case m.limit == absent:
		return m.amount
	default:
		return m.amount + " of " + m.limit
	}
}

// look is how the headline is drawn: by the alert about it, else plainly.
func (m meter) look() role {
	if m.tone > alerts.SeverityNone {
		return severityRole(m.tone)
	}
	return roleStrong
}

// title is the first line of the resource's panel; dim says that the headline is
// not of now.
func (m meter) title(dim bool) title {
	look := m.look()
	if dim && look == roleStrong {
		look = roleMuted
	}
	return title{name: m.name, tone: m.tone, fact: m.headline(), factRole: look}
}

// hasBar reports whether a bar says anything: there is a limit, or a whole to be
// part of.
func (m meter) hasBar() bool {
	return m.limited || !chart.IsGap(m.parts[0].Share)
}

// gauge draws the bar into line y from column x to the column before end.
func (m meter) gauge(p pen, x, end, y int) {
	grid := &p.screen.grid
	grid.Reset(end-x, 1)
	chart.Gauge(p.screen.charts, m.parts, m.limited, grid.Line(0))
	p.cells(x, y, grid.Line(0), m.inkRole)
}

// inkRole colours the parts that cannot be freed by the alert about them.
func (m meter) inkRole(ink chart.Ink) role {
	alarmed := m.tone > alerts.SeverityInfo
	switch ink {
	case inkAnon, inkTmpfs, inkKernel, inkUsed:
		if alarmed {
			return severityRole(m.tone)
		}
		return roleAnon
	case inkCache:
		return roleCache
	case chart.InkLimit:
		return roleLimit
	default:
		return roleIdle
	}
}

// row draws the resource in one line: name with its look, bar, share, amount.
func (m meter) row(p pen, y int, name role) {
	if m.amount == absent && m.why != "" {
		p.fields(0, p.width(), y, field{before: right(m.short, rowName), value: m.why, role: roleMuted})
		return
	}
	fact, mark := m.headline(), severityMark(m.tone)
	if m.ratio.Present() {
		fact = blanks(percentWidth-len(percent(m.ratio))) + fact
	}
	x := p.text(0, y, right(m.short, rowName), name)
	end := p.width() - rowFact
	m.gauge(p, x, end-2, y)
	p.text(end-1, y, mark, severityRole(m.tone))
	p.text(end+1, y, cut(fact, rowFact-1), m.look())
}

// Columns of a meter in one line.
const (
	rowName = len("mem ")
	rowFact = 1 + len("0.90 cores, no limit")
)

// missing draws why a resource has no values, and reports whether that was so.
func (m meter) missing(p pen) bool {
	if m.amount != absent || m.why == "" {
		return false
	}
	for y, line := range wrap("not readable: "+m.why, p.width(), 2, max(p.height(), 1)) {
		p.text(0, y, line, roleMuted)
	}
	return true
}

// shareOf returns part as a share of whole for a bar: a gap when either is absent.
func shareOf[T ~uint64 | ~float64](part, whole collectors.Opt[T]) float64 {
	p, ok := part.Get()
	w, known := whole.Get()
	if !ok || !known || w <= 0 {
		return chart.Gap()
	}
	return float64(p) / float64(w)
}

// worst returns the worst of the severities.
func worst(severities ...alerts.Severity) alerts.Severity {
	out := alerts.SeverityNone
	for _, severity := range severities {
		out = max(out, severity)
	}
	return out
}
