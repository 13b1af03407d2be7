package ui

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

// Theme names a look of the dashboard.
type Theme string

// The themes. Without colours, severities have their marks and words as always.
const (
	// ThemeAuto asks the terminal whether its background is dark.
	ThemeAuto Theme = "auto"
	// ThemeDark and ThemeLight are for terminals that do not tell, or tell wrong.
	ThemeDark  Theme = "dark"
	ThemeLight Theme = "light"
	// ThemeHighContrast mutes nothing.
	ThemeHighContrast Theme = "high-contrast"
	// Theme16 keeps to the sixteen colours that a terminal's own scheme has.
	Theme16 Theme = "16"
	// ThemeNone has no colours, as with NO_COLOR.
	ThemeNone Theme = "none"
)

// Themes returns every theme, the built-in one first.
func Themes() []Theme {
	return []Theme{ThemeAuto, ThemeDark, ThemeLight, ThemeHighContrast, Theme16, ThemeNone}
}

// asks reports whether the look depends on the terminal's background.
func (t Theme) asks() bool {
	return t != ThemeDark && t != ThemeLight && t != ThemeNone
}

// within bounds what the terminal can show by what the theme wants of it.
func (t Theme) within(profile colorprofile.Profile) colorprofile.Profile {
	switch t {
	case Theme16:
		return min(profile, colorprofile.ANSI)
	case ThemeNone:
		return min(profile, colorprofile.ASCII)
	default:
		return profile
	}
}

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
func newTheme(name Theme, dark bool, profile colorprofile.Profile) *theme {
	profile = name.within(profile)
	p := paletteFor(name, dark, profile)
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
// background.
func paletteFor(name Theme, dark bool, profile colorprofile.Profile) palette {
	pick := lipgloss.LightDark(dark)
	switch {
	case profile <= colorprofile.ASCII:
		return palette{}
	case profile == colorprofile.ANSI && name == ThemeHighContrast:
		return starkBasics(pick)
	case profile == colorprofile.ANSI:
		return basics(pick)
	case name == ThemeHighContrast:
		return stark(pick)
	default:
		return everyday(pick)
	}
}

// everyday is the palette of 256 colours for everybody.
func everyday(pick lipgloss.LightDarkFunc) palette {
	return palette{
		muted: xterm(pick, 241, 246), border: xterm(pick, 250, 239),
		data: xterm(pick, 25, 74), cache: xterm(pick, 247, 243),
		focus: xterm(pick, 25, 117), good: xterm(pick, 31, 80),
		warning: xterm(pick, 130, 220), critical: xterm(pick, 88, 203),
	}
}

// stark is the palette of 256 colours for eyes, screens and rooms that need more:
// every word has a contrast of 7:1 (WCAG 2.1, 1.4.6) and every line of 4.5:1. The
// amber on light ground stops at 6.7:1, where it can still be told from the red.
func stark(pick lipgloss.LightDarkFunc) palette {
	return palette{
		muted: xterm(pick, 236, 252), border: xterm(pick, 240, 248),
		data: xterm(pick, 18, 117), cache: xterm(pick, 240, 248),
		focus: xterm(pick, 18, 159), good: xterm(pick, 18, 122),
		warning: xterm(pick, 58, 227), critical: xterm(pick, 52, 210),
	}
}

// basics is the palette of 16 colours. Bright black and white are muted and plain
// on any scheme that people can read anything with.
func basics(pick lipgloss.LightDarkFunc) palette {
	return palette{
		muted: lipgloss.BrightBlack, border: lipgloss.BrightBlack,
		data: pick(lipgloss.Blue, lipgloss.Cyan), cache: lipgloss.BrightBlack,
		focus: pick(lipgloss.Blue, lipgloss.BrightCyan), good: lipgloss.Green,
		warning: pick(lipgloss.Yellow, lipgloss.BrightYellow), critical: pick(lipgloss.Red, lipgloss.BrightRed),
	}
}

// starkBasics is the palette of 16 colours in which nothing is muted.
func starkBasics(pick lipgloss.LightDarkFunc) palette {
	p, plain := basics(pick), pick(lipgloss.Black, lipgloss.BrightWhite)
	p.muted, p.border, p.cache = plain, plain, plain
	return p
}

// xterm returns a colour of the xterm table for each background.
func xterm(pick lipgloss.LightDarkFunc, light, dark uint8) color.Color {
	return pick(lipgloss.ANSIColor(light), lipgloss.ANSIColor(dark))
}
