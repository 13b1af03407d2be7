package ui

import (
	"charm.land/bubbles/v2/key"
)

// drawHelp covers the body with the keys, from the key table, and with what the
// signs mean. Where the body is low, keys come first.
func (m Model) drawHelp(p pen, version string) {
	p.clear()
	name := "Help"
	if version != "" {
		name += " · brink " + version
	}
	inner := p.box(title{name: name, focused: true})
	if inner.height() == 0 {
		return
	}
	y := drawBindings(inner, m.activeKeys().FullHelp())
	drawLegend(inner, y+1)
}

const (
	bindingWidth = 30
	bindingKey   = 11
)

// drawBindings draws the groups side by side, as many as fit, the others below the
// shortest, and returns the line below them all.
func drawBindings(p pen, groups [][]key.Binding) int {
	columns := max(p.width()/bindingWidth, 1)
	var heights [8]int
	columns = min(columns, len(heights))
	for _, group := range groups {
		column := shortest(heights[:columns])
		for _, binding := range group {
			if !binding.Enabled() {
				continue
			}
			x := column * bindingWidth
			p.text(x, heights[column], binding.Help().Key, roleKey)
			p.text(x+bindingKey, heights[column], cut(binding.Help().Desc, bindingWidth-bindingKey), roleText)
			heights[column]++
		}
	}
	below := 0
	for _, height := range heights {
		below = max(below, height)
	}
	return below
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
		lines := wrap(entry[1], p.width()-bindingKey, 0, 3)
		if y+len(lines) > p.height() {
			return
		}
		p.text(0, y, entry[0], roleKey)
		for _, line := range lines {
			p.text(bindingKey, y, line, roleMuted)
			y++
		}
	}
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
