package ui

import (
	"image/color"
	"math"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"brink/alerts"
)

func TestThemeWithoutColours(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.NoTTY, colorprofile.ASCII} {
		look := newTheme(ThemeAuto, true, profile)
		for r := range roleCount {
			if look[r].Fg != nil || look[r].Bg != nil {
				t.Errorf("profile %v: role %d has a colour", profile, r)
			}
		}
	}
}

// TestThemeOf16Colours checks that nothing is left to the nearest of 16: the
// nearest to an amber is red.
func TestThemeOf16Colours(t *testing.T) {
	for _, dark := range []bool{true, false} {
		look := newTheme(ThemeAuto, dark, colorprofile.ANSI)
		for r := range roleCount {
			if look[r].Fg == nil {
				continue
			}
			if _, basic := look[r].Fg.(ansi.BasicColor); !basic {
				t.Errorf("dark=%v: role %d is %v, want one of the 16", dark, r, look[r].Fg)
			}
		}
	}
}

// TestThemeContrast checks that text can be read: 4.5:1 for words and severities,
// 3:1 for signs (WCAG 2.1, 1.4.3 and 1.4.11), on the common backgrounds.
func TestThemeContrast(t *testing.T) {
	grounds := map[bool][]color.Color{
		true:  {color.Black, color.RGBA{0x1e, 0x1e, 0x1e, 0xff}, color.RGBA{0x28, 0x2c, 0x34, 0xff}},
		false: {color.White, color.RGBA{0xfa, 0xfa, 0xfa, 0xff}},
	}
	least := map[role]float64{
		roleMuted: 4.5, roleBrand: 4.5, roleFocus: 4.5, roleKey: 4.5, roleGood: 3, roleLevel: 3, roleBehind: 2.5,
		roleWarning: 4.5, roleCritical: 4.5,
	}
	for dark, backgrounds := range grounds {
		look := newTheme(ThemeAuto, dark, colorprofile.TrueColor)
		for r, want := range least {
			for _, ground := range backgrounds {
				if got := contrast(look[r].Fg, ground); got < want {
					t.Errorf("dark=%v: role %d has a contrast of %.1f on %v, want %.1f", dark, r, got, ground, want)
				}
			}
		}
	}
}

// TestThemeForColourBlindEyes checks that level, good, warning and critical stay
// apart for the three kinds of dichromacy (Machado, Oliveira and Fernandes 2009).
func TestThemeForColourBlindEyes(t *testing.T) {
	kinds := map[string][3][3]float64{
		"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
		"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
		"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
	}
	pairs := [][2]role{{roleWarning, roleCritical}, {roleLevel, roleWarning}, {roleLevel, roleCritical}, {roleGood, roleWarning}, {roleGood, roleCritical}}
	const least = 0.1
	for _, name := range []Theme{ThemeDark, ThemeLight, ThemeHighContrast} {
		for _, dark := range []bool{true, false} {
			look := newTheme(name, dark, colorprofile.TrueColor)
			for kind, matrix := range kinds {
				for _, pair := range pairs {
					a, b := seen(look[pair[0]].Fg, matrix), seen(look[pair[1]].Fg, matrix)
					if got := distance(a, b); got < least {
						t.Errorf("%s, dark=%v, %s: roles %d and %d are %.2f apart, want %.2f", name, dark, kind, pair[0], pair[1], got, least)
					}
				}
			}
		}
	}
}

// linear returns a colour in linear light.
func linear(c color.Color) [3]float64 {
	r, g, b, _ := c.RGBA()
	var out [3]float64
	for i, v := range []uint32{r, g, b} {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			out[i] = s / 12.92
		} else {
			out[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	return out
}

func contrast(a, b color.Color) float64 {
	luminance := func(c color.Color) float64 {
		l := linear(c)
		return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// seen returns a colour as an eye of the kind sees it, in linear light.
func seen(c color.Color, matrix [3][3]float64) [3]float64 {
	l := linear(c)
	var out [3]float64
	for i, row := range matrix {
		out[i] = min(max(row[0]*l[0]+row[1]*l[1]+row[2]*l[2], 0), 1)
	}
	return out
}

// distance is how far two colours are apart in Oklab, where 0.02 is just seen.
func distance(a, b [3]float64) float64 {
	x, y := oklab(a), oklab(b)
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

// oklab converts linear light as Ottosson defined it in 2020.
func oklab(c [3]float64) [3]float64 {
	l := math.Cbrt(0.4122214708*c[0] + 0.5363325363*c[1] + 0.0514459929*c[2])
	m := math.Cbrt(0.2119034982*c[0] + 0.6806995451*c[1] + 0.1073969566*c[2])
	s := math.Cbrt(0.0883024619*c[0] + 0.2817188376*c[1] + 0.6299787005*c[2])
	return [3]float64{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

// TestThemeFollowsTheTerminal checks that what the terminal says changes the look
// and that nothing waits for it.
func TestThemeFollowsTheTerminal(t *testing.T) {
	m := newModel(80, 24)
	if *m.theme != *newTheme(ThemeAuto, true, colorprofile.TrueColor) {
		t.Error("the first look is not the dark one")
	}
	m = send(m, tea.BackgroundColorMsg{Color: color.White})
	if *m.theme != *newTheme(ThemeAuto, false, colorprofile.TrueColor) {
		t.Error("a light background gives no light look")
	}
	m = send(m, tea.ColorProfileMsg{Profile: colorprofile.ANSI})
	if *m.theme != *newTheme(ThemeAuto, false, colorprofile.ANSI) {
		t.Error("a terminal of 16 colours gives no look of 16")
	}
}

// TestThemeGivenIsNotAsked: who names a theme knows better than the terminal.
func TestThemeGivenIsNotAsked(t *testing.T) {
	for _, name := range Themes() {
		frames := make(chan Frame)
		close(frames)
		m := New(Options{Theme: name, Frames: frames})
		asked := false
		if batch, ok := m.Init()().(tea.BatchMsg); ok {
			asked = len(batch) == 2
		}
		want := name != ThemeDark && name != ThemeLight && name != ThemeNone
		if asked != want {
			t.Errorf("%s: the terminal is asked: %v, want %v", name, asked, want)
		}
		before := *m.theme
		for _, ground := range []color.Color{color.White, color.Black} {
			if m = send(m, tea.BackgroundColorMsg{Color: ground}); !want && *m.theme != before {
				t.Errorf("%s: the look follows the background", name)
			}
		}
	}
}

// TestThemeNames give each its look.
func TestThemeNames(t *testing.T) {
	for _, test := range []struct {
		name Theme
		want *theme
	}{
		{"", newTheme(ThemeAuto, true, colorprofile.TrueColor)},
		{ThemeDark, newTheme(ThemeAuto, true, colorprofile.TrueColor)},
		{ThemeLight, newTheme(ThemeAuto, false, colorprofile.TrueColor)},
		{Theme16, newTheme(ThemeAuto, true, colorprofile.ANSI)},
		{ThemeNone, newTheme(ThemeAuto, true, colorprofile.ASCII)},
	} {
		if *New(Options{Theme: test.name}).theme != *test.want {
			t.Errorf("theme %q has another look", test.name)
		}
	}
	if *New(Options{Theme: ThemeHighContrast}).theme == *newTheme(ThemeAuto, true, colorprofile.TrueColor) {
		t.Error("high contrast looks like any other")
	}
}

// TestThemeBoundsOnlyFromAbove: sixteen colours are no promise to a terminal of none.
func TestThemeBoundsOnlyFromAbove(t *testing.T) {
	for _, name := range Themes() {
		for r, style := range newTheme(name, true, colorprofile.ASCII) {
			if style.Fg != nil {
				t.Errorf("%s: role %d has a colour without colours", name, r)
			}
		}
	}
}

// TestHighContrast checks that words have 7:1 and signs 4.5:1 on plain grounds, in
// 256 colours, and that in 16 nothing is muted.
func TestHighContrast(t *testing.T) {
	for _, dark := range []bool{true, false} {
		ground := color.Color(color.White)
		if dark {
			ground = color.RGBA{0x1e, 0x1e, 0x1e, 0xff}
		}
		look := newTheme(ThemeHighContrast, dark, colorprofile.TrueColor)
		for _, r := range []role{roleMuted, roleBrand, roleFocus, roleKey, roleGood, roleWarning, roleCritical, roleLevel, roleBorder, roleBehind} {
			want := 7.0
			switch {
			case r == roleBorder, r == roleBehind:
				want = 4.5
			case r == roleWarning && !dark:
				want = 6.7
			}
			if got := contrast(look[r].Fg, ground); got < want {
				t.Errorf("dark=%v: role %d has a contrast of %.1f, want %.1f", dark, r, got, want)
			}
		}
		basic := newTheme(ThemeHighContrast, dark, colorprofile.ANSI)
		for _, r := range []role{roleMuted, roleBorder, roleLimit, roleIdle} {
			if basic[r].Fg == lipgloss.BrightBlack {
				t.Errorf("dark=%v: role %d is muted", dark, r)
			}
		}
	}
}

// TestSeverityIsNeverOnlyAColour checks that each severity worth telling has a
// mark and a word of its own.
func TestSeverityIsNeverOnlyAColour(t *testing.T) {
	marks := map[string]bool{}
	for _, severity := range []alerts.Severity{alerts.SeverityWarning, alerts.SeverityCritical} {
		mark := severityMark(severity)
		if mark == "" || marks[mark] {
			t.Errorf("%v has the mark %q, want one of its own", severity, mark)
		}
		marks[mark] = true
		if got, want := severityWords(severity), mark+" "+severity.String(); got != want {
			t.Errorf("%v is told as %q, want %q", severity, got, want)
		}
	}
	for _, severity := range []alerts.Severity{alerts.SeverityNone, alerts.SeverityInfo} {
		if got := severityWords(severity); got != "" {
			t.Errorf("%v is told as %q, want nothing", severity, got)
		}
	}
}

// TestNoColourScreenHasNoColour draws an alarmed screen for NO_COLOR.
func TestNoColourScreenHasNoColour(t *testing.T) {
	m := send(newModel(100, 28), tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	m = stateNamed(t, "near-limits").arrive(m)
	m.picture()
	for y := range m.height {
		for x := range m.width {
			if style := m.styleOf(m.screen.cells.At(x, y)); style.Fg != nil || style.Bg != nil {
				t.Fatalf("cell %d,%d has a colour", x, y)
			}
		}
	}
}
