package ui

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"brink/alerts"
)

// role is what a piece of the screen is for. Panels name roles; only the theme
// knows colours.
type role uint8

const (
	roleText role = iota
	roleMuted
	roleStrong
	roleBrand
	roleBorder
	roleTitle
	roleFocus
	roleSelected
	roleKey
	// The chart: the level, the second level behind it, the limit, idle.
	roleLevel
	roleBehind
	roleLimit
	roleIdle
	// The parts of the memory bar.
	roleAnon
	roleTmpfs
	roleKernel
	roleCache
	// The severities, and the word that all is well.
	roleGood
	roleInfo
	roleWarning
	roleCritical
	// The line of news.
	roleAlarm

	roleCount
)

// theme is the look of every role.
type theme [roleCount]uv.Style

// palette names the few colours that the roles share. Data and severities differ
// in lightness and along the blue-yellow axis, which people with any common form
// of colour blindness see; the idea and the hues are those of Okabe and Ito's set.
type palette struct {
	muted, border, data, cache, focus, good, warning, critical color.Color
}

// newTheme returns the look for a terminal. Colours are numbers of the xterm
// table, not 24-bit values: they look the same wherever 256 colours exist and
// take a third of the bytes. With 16 colours the choice is made here by hand,
// because the nearest of 16 to an amber is red, which would be a false alarm.
func newTheme(dark bool, profile colorprofile.Profile) *theme {
	p := paletteFor(dark, profile)
	bold, faint := uint8(uv.AttrBold), uint8(uv.AttrFaint)
	t := &theme{
		roleMuted:    {Fg: p.muted},
		roleStrong:   {Attrs: bold},
		roleBrand:    {Fg: p.focus, Attrs: bold},
		roleBorder:   {Fg: p.border},
		roleTitle:    {Attrs: bold},
		roleFocus:    {Fg: p.focus, Attrs: bold},
		roleSelected: {Attrs: uv.AttrReverse},
		roleKey:      {Fg: p.focus},
		roleLevel:    {Fg: p.data},
		roleBehind:   {Fg: p.cache},
		roleLimit:    {Fg: p.muted},
		roleIdle:     {Fg: p.border},
		roleAnon:     {Fg: p.data},
		roleTmpfs:    {Fg: p.data},
		roleKernel:   {Fg: p.data},
		roleCache:    {Fg: p.cache},
		roleGood:     {Fg: p.good},
		roleInfo:     {Fg: p.focus},
		roleWarning:  {Fg: p.warning, Attrs: bold},
		roleCritical: {Fg: p.critical, Attrs: bold},
		roleAlarm:    {Fg: p.critical, Attrs: bold | uint8(uv.AttrReverse)},
	}
	if profile <= colorprofile.ASCII {
		for _, quiet := range []role{roleMuted, roleBorder, roleLimit, roleIdle, roleCache, roleBehind} {
			t[quiet] = uv.Style{Attrs: faint}
		}
	}
	return t
}

// paletteFor picks the palette: none, 16 colours or 256, for a dark or a light
// background. In 16 colours, bright black and white are muted and plain on any
// scheme that people can read anything with.
func paletteFor(dark bool, profile colorprofile.Profile) palette {
	pick := lipgloss.LightDark(dark)
	xterm := func(light, dark uint8) color.Color {
		return pick(lipgloss.ANSIColor(light), lipgloss.ANSIColor(dark))
	}
	switch {
	case profile <= colorprofile.ASCII:
		return palette{}
	case profile == colorprofile.ANSI:
		return palette{
			muted: lipgloss.BrightBlack, border: lipgloss.BrightBlack,
			data: pick(lipgloss.Blue, lipgloss.Cyan), cache: lipgloss.BrightBlack,
			focus: pick(lipgloss.Blue, lipgloss.BrightCyan), good: lipgloss.Green,
			warning: pick(lipgloss.Yellow, lipgloss.BrightYellow), critical: pick(lipgloss.Red, lipgloss.BrightRed),
		}
	default:
		return palette{
			muted: xterm(241, 246), border: xterm(250, 239),
			data: xterm(25, 74), cache: xterm(247, 243),
			focus: xterm(25, 117), good: xterm(31, 80),
			warning: xterm(130, 220), critical: xterm(88, 203),
		}
	}
}

// severityRole returns the role that colours a value with the severity.
func severityRole(severity alerts.Severity) role {
	switch severity {
	case alerts.SeverityCritical:
		return roleCritical
	case alerts.SeverityWarning:
		return roleWarning
	case alerts.SeverityInfo:
		return roleInfo
	default:
		return roleText
	}
}

// severityMark returns the mark that goes with the severity, so that it shows
// where there is no colour.
func severityMark(severity alerts.Severity) string {
	switch severity {
	case alerts.SeverityCritical:
		return "✖"
	case alerts.SeverityWarning:
		return "▲"
	case alerts.SeverityInfo:
		return "●"
	default:
		return ""
	}
}
