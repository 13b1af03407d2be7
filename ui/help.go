package ui

import (
	"image"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// drawHelp covers the body with the keys, from the key table, and with what the
// signs mean. Where the body is low, keys come first, and the rest is scrolled to.
func (m Model) drawHelp(p pen, version string) {
	p.clear()
	t := title{name: "Help", factRole: roleMuted, focused: true}
	if version != "" {
		t.name += " · brink " + version
	}
	groups, inside := m.activeKeys().FullHelp(), m.helpInside()
	if all := helpLines(groups, inside.Dx()); all > inside.Dy() && inside.Dy() > 0 {
		top := m.helpTop(all)
		t.fact = span(top+1, top+inside.Dy(), all)
	}
	inner := p.box(t)
	if inner.height() == 0 {
		return
	}
	top := m.helpTop(helpLines(groups, inner.width()))
	y := drawBindings(inner, groups, top)
	drawLegend(inner, y+1)
}

// helpInside is the help page without its frame.
func (m Model) helpInside() image.Rectangle {
	p := pen{area: m.layout().Body}
	return p.rows(1, p.height()-2).indent(boxSide + boxPadding).area
}

// helpLines is how long the help page is: the keys, a free line, and the signs.
func helpLines(groups [][]key.Binding, width int) int {
	lines := bindingLines(groups, width) + 1
	for _, entry := range legend() {
		lines += len(legendText(entry, width))
	}
	return lines
}

// helpTop is the first line of the help page to draw.
func (m Model) helpTop(lines int) int {
	return max(min(m.nav.helpTop, lines-m.helpInside().Dy()), 0)
}

// takeHelpKey scrolls the help page, or closes it.
func (m Model) takeHelpKey(msg tea.KeyPressMsg, keys KeyMap) Model {
	switch {
	case key.Matches(msg, keys.Close):
		m.nav.help = false
	case key.Matches(msg, keys.Up):
		return m.scrollHelp(-1)
	case key.Matches(msg, keys.Down):
		return m.scrollHelp(1)
	case key.Matches(msg, keys.Top):
		return m.scrollHelp(-endOfList)
	case key.Matches(msg, keys.Bottom, keys.Live):
		return m.scrollHelp(endOfList)
	}
	return m
}

func (m Model) scrollHelp(step int) Model {
	lines := helpLines(m.activeKeys().FullHelp(), m.helpInside().Dx())
	m.nav.helpTop = m.helpTop(lines) + step
	m.nav.helpTop = m.helpTop(lines)
	return m
}

const (
	bindingWidth = 30
	bindingKey   = 11
)

// drawBindings draws the groups from line top of them on, and returns the line below
// them all.
func drawBindings(p pen, groups [][]key.Binding, top int) int {
	return placeBindings(groups, p.width(), func(x, y int, help key.Help) {
		p.text(x, y-top, help.Key, roleKey)
		p.text(x+bindingKey, y-top, cut(help.Desc, bindingWidth-bindingKey), roleText)
	}) - top
}

// bindingLines is how many lines the groups take.
func bindingLines(groups [][]key.Binding, width int) int {
	return placeBindings(groups, width, func(int, int, key.Help) {})
}

// placeBindings puts the groups side by side, as many as fit, the others below the
// shortest, and returns the line below them all.
func placeBindings(groups [][]key.Binding, width int, place func(x, y int, help key.Help)) int {
	var heights [8]int
	columns := min(max(width/bindingWidth, 1), len(heights))
	for _, group := range groups {
		column := shortest(heights[:columns])
		for _, binding := range group {
			if binding.Enabled() {
				place(column*bindingWidth, heights[column], binding.Help())
				heights[column]++
			}
		}
	}
	return slices.Max(heights[:])
}

// shortest returns the place of the smallest height, the first of equal ones.
func shortest(heights []int) int {
	at := 0
	for i, height := range heights {
		if height < heights[at] {
			at = i
		}
	}
	return at
}

// legend says what the signs mean. The memory bar has three numbers in it that
// other tools mix up.
func legend() [][2]string {
	return [][2]string{
		{"█ ▓ ▒", "anonymous memory, tmpfs, kernel: cannot be freed; alerts judge this number"},
		{"░", "cache: counted by the kernel against the limit, but freed when it is needed"},
		{"┃", "the limit; docker stats shows the bar without the cache not used of late"},
		{"✖ ▲", "a critical, a warning alert; in a chart an OOM kill, a limit hit"},
		{"● ○ ‖", "running or well, stopped, paused"},
		{"▸ ○", "of processes: the one that an OOM would kill first; a zombie"},
		{"◌ --", "waiting, stale or pending; not measured, which is not zero"},
	}
}

func drawLegend(p pen, y int) {
	for _, entry := range legend() {
		p.text(0, y, entry[0], roleKey)
		for _, line := range legendText(entry, p.width()) {
			p.text(bindingKey, y, line, roleMuted)
			y++
		}
	}
}

// legendText is what a sign means, in lines.
func legendText(entry [2]string, width int) []string {
	const most = 3
	return wrap(entry[1], width-bindingKey, 0, most)
}

// footerKeys are the keys that the footer tells of: those for alerts only where
// there is one, and the ways through time only for who is in the past.
func (m Model) footerKeys() KeyMap {
	if m.nav.prompt.open || m.filterTyped() != nil {
		return KeyMap{}
	}
	keys := m.activeKeys()
	if !m.walk.on() {
		keys.Live.SetEnabled(false)
		keys.NextEvent.SetEnabled(false)
		keys.Moment.SetEnabled(false)
	}
	if _, some := m.alertToSee(); !some && len(m.news) == 0 {
		return keys.forAlerts(false)
	}
	return keys
}

// drawFooter draws the answer to the last key, and the most useful keys, as many
// as fit; before them what a header of one line had no room for.
func (m Model) drawFooter(p pen, s *scene) {
	p = p.indent(1)
	x := 0
	if trouble := s.sinkTrouble(); trouble != "" && m.layout().Header.Dy() < 2 {
		x = p.text(x, 0, "▲ "+trouble, roleWarning) + 2
	}
	if m.nav.prompt.open {
		x = m.drawPrompt(p, x)
	}
	if m.nav.note != "" {
		x = p.text(x, 0, cut(m.nav.note, p.width()-x), roleInfo) + 2
	}
	for _, binding := range m.footerKeys().ShortHelp() {
		if !binding.Enabled() {
			continue
		}
		help := binding.Help()
		if x+textWidth(help.Key)+1+textWidth(help.Desc) > p.width() {
			return
		}
		x = p.text(x, 0, help.Key, roleKey)
		x = p.text(x+1, 0, help.Desc, roleMuted) + 2
	}
}
