package ui

import (
	"image"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"brink/alerts"
	"brink/ui/paint"
)

// draw draws with a pen of a size and returns what is seen, line by line.
func draw(width, height int, with func(p pen)) string {
	s := newScreen(GlyphsBraille)
	with(s.begin(width, height, newTheme(ThemeAuto, true, colorprofile.TrueColor)))
	return trimLines(s.content())
}

func TestPenStaysInItsRectangle(t *testing.T) {
	got := draw(12, 4, func(p pen) {
		inner := p.in(image.Rect(3, 1, 9, 3))
		inner.text(0, 0, "much too long", roleText)
		inner.text(4, 1, "漢字", roleText)
		inner.text(-2, 0, "left of it", roleText)
		inner.text(0, -1, "above it", roleText)
		inner.text(0, 2, "below it", roleText)
		inner.rule(-5, 99, 5, roleText)
	})
	if want := "\n   much t\n       漢"; got != want {
		t.Errorf("drawn is\n%q want\n%q", got, want)
	}
}

func TestPenOutsideTheScreen(t *testing.T) {
	got := draw(5, 2, func(p pen) {
		outside := p.in(image.Rect(9, 9, 20, 20))
		outside.text(0, 0, "text", roleText)
		outside.fields(0, 5, 0, field{value: "field"})
		outside.clear()
		_ = outside.box(title{name: "Box"})
		p.rows(7, 3).text(0, 0, "rows", roleText)
		p.indent(9).text(0, 0, "indent", roleText)
	})
	if got != "" {
		t.Errorf("a pen outside the screen draws %q", got)
	}
}

// TestFields checks which fields stay as a line gets narrower.
func TestFields(t *testing.T) {
	list := []field{
		{value: "43", after: " tasks"},
		{before: "refused ", value: "3", rank: 1, mark: "✖"},
		{before: "peak ", value: "71", rank: 2},
		{before: "nothing ", value: "", rank: 0},
	}
	for _, test := range []struct {
		width int
		want  string
	}{
		{60, "43 tasks · ✖ refused 3 · peak 71"},
		{32, "43 tasks · ✖ refused 3 · peak 71"},
		{31, "43 tasks · ✖ refused 3"},
		{21, "43 tasks"},
		{8, "43 tasks"},
		{7, "43 tas…"},
		{2, "43"},
		{1, "…"},
		{0, ""},
	} {
		got := draw(max(test.width, 1), 1, func(p pen) { p.fields(0, test.width, 0, list...) })
		if got != test.want {
			t.Errorf("%d columns show %q, want %q", test.width, got, test.want)
		}
	}
}

func TestFieldTakesTheToneOfAnAlert(t *testing.T) {
	plain := field{value: "3", role: roleStrong}
	for _, test := range []struct {
		tone alerts.Severity
		mark string
		role role
	}{
		{alerts.SeverityNone, "", roleStrong},
		{alerts.SeverityInfo, "", roleInfo},
		{alerts.SeverityWarning, "▲", roleWarning},
		{alerts.SeverityCritical, "✖", roleCritical},
	} {
		if got := plain.toned(test.tone); got.mark != test.mark || got.role != test.role {
			t.Errorf("%v gives mark %q and role %d, want %q and %d", test.tone, got.mark, got.role, test.mark, test.role)
		}
	}
}

func TestBox(t *testing.T) {
	for _, test := range []struct {
		name          string
		title         title
		width, height int
		want          string
	}{
		{
			"plain",
			title{name: "Pids", fact: "19% of 256"},
			32, 3,
			"╭ Pids ─────────── 19% of 256 ─╮|│                              │|╰──────────────────────────────╯",
		},
		{
			"with a severity",
			title{name: "Pids", fact: "95% of 256", tone: alerts.SeverityCritical},
			36, 2,
			"╭ Pids ✖ critical ──── 95% of 256 ─╮|╰──────────────────────────────────╯",
		},
		{
			"no room for the severity",
			title{name: "Pids", fact: "95% of 256", tone: alerts.SeverityCritical},
			26, 2,
			"╭ Pids ───── 95% of 256 ─╮|╰────────────────────────╯",
		},
		{"the fact is cut", title{name: "Pids", fact: "95% of 256"}, 16, 2, "╭ Pids ─ 95%… ─╮|╰──────────────╯"},
		{"no room for the fact", title{name: "Pids", fact: "95% of 256"}, 10, 2, "╭ Pids ──╮|╰────────╯"},
		{"no room for the name", title{name: "Pids"}, 6, 2, "╭────╮|╰────╯"},
		{"no room for a box", title{name: "Pids"}, 3, 2, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := draw(test.width, test.height, func(p pen) { p.box(test.title) })
			for line := range strings.SplitSeq(got, "\n") {
				if width := textWidth(line); got != "" && width != test.width {
					t.Errorf("a line is %d wide, want %d: %q", width, test.width, line)
				}
			}
			if got = strings.ReplaceAll(got, "\n", "|"); got != test.want {
				t.Errorf("box is\n%s want\n%s", got, test.want)
			}
		})
	}
}

// TestDimKeepsAlerts checks that a pen for old values mutes values and nothing
// else.
func TestDimKeepsAlerts(t *testing.T) {
	s := newScreen(GlyphsBraille)
	p := s.begin(1, 1, newTheme(ThemeAuto, true, colorprofile.TrueColor)).dimmed(true)
	for _, r := range []role{roleText, roleStrong, roleLevel, roleAnon, roleTmpfs, roleKernel, roleCache, roleBehind} {
		if got := p.look(r); got != paint.Look(roleMuted) {
			t.Errorf("role %d is not muted", r)
		}
	}
	for _, r := range []role{roleWarning, roleCritical, roleBorder, roleTitle, roleFocus} {
		if got := p.look(r); got != paint.Look(r) {
			t.Errorf("role %d changes", r)
		}
	}
}
