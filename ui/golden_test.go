package ui

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"brink/ui/paint"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// screenText returns the screen as plain lines, and fails when it is wider or
// taller than its size or holds anything but visible text.
func screenText(t *testing.T, m Model) string {
	t.Helper()
	title, text := m.content()
	lines := strings.Split(text, "\n")
	if len(lines) > m.height {
		t.Errorf("screen has %d lines, want at most %d", len(lines), m.height)
	}
	for y, line := range lines {
		for _, method := range []ansi.Method{ansi.GraphemeWidth, ansi.WcWidth} {
			if width := method.StringWidth(line); width > m.width {
				t.Errorf("line %d is %d wide, want at most %d: %q", y, width, m.width, line)
			}
		}
	}
	assertVisible(t, text)
	assertVisible(t, title)
	return text + "\n"
}

// content draws the screen, and returns its title and its text without blanks at the
// end of lines.
func (m Model) content() (title, text string) {
	m.picture()
	title = m.screen.cells.Title
	return title, m.screen.content()
}

// content is what was drawn, as text.
func (s *screen) content() string {
	lines := make([]string, s.cells.Height())
	for y := range lines {
		var line strings.Builder
		trail := 0
		for x := range s.cells.Width() {
			cell := s.cells.At(x, y)
			line.WriteString(cell.Text)
			if cell.Text == " " && cell.Look == 0 {
				trail++
			} else {
				trail = 0
			}
		}
		lines[y] = line.String()[:line.Len()-trail]
	}
	return strings.Join(lines, "\n")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		writeGolden(t, path, []byte(got))
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./ui -update writes it", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

// BenchmarkView is a row of the design's table: a whole screen of 120x40.
func BenchmarkView(b *testing.B) {
	for _, state := range []state{{"steady", steady}, {"near-limits", nearLimits}, {"alarmed", alarmed}} {
		b.Run(state.name, func(b *testing.B) {
			m := state.arrive(newModel(120, 40))
			b.ReportAllocs()
			for b.Loop() {
				_ = m.View()
			}
		})
	}
}

// BenchmarkUpdate is what a frame costs besides drawing.
func BenchmarkUpdate(b *testing.B) {
	var m tea.Model = steady(newModel(120, 40))
	frame := FrameMsg(frameOf(noon, agentAt(noon)))
	b.ReportAllocs()
	for b.Loop() {
		frame.Snapshot.At = frame.Snapshot.At.Add(time.Second)
		m, _ = m.Update(frame)
	}
}

// roleLetters name the roles in a style golden, in their order; '?' is a style
// that no role has.
const roleLetters = ".msNbtFSkLhliATKcgIWX!"

// styleText draws the look of a screen: each cell's role as a letter, blanks as
// blanks. Where roles look the same, the first one is named.
func styleText(m Model) string {
	m.picture()
	var letters strings.Builder
	for y := range m.height {
		line := make([]byte, 0, m.width)
		for x := range m.width {
			cell := m.screen.cells.At(x, y)
			style := m.styleOf(cell)
			if cell.Text == " " && style.IsZero() {
				line = append(line, ' ')
				continue
			}
			line = append(line, roleLetter(m.theme, style))
		}
		letters.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return letters.String()
}

// styleOf is how a cell looks.
func (m Model) styleOf(cell paint.Cell) uv.Style {
	style := m.theme[cell.Look&^paint.Reversed]
	if cell.Look&paint.Reversed != 0 {
		style.Attrs |= uv.AttrReverse
	}
	return style
}

func roleLetter(look *theme, style uv.Style) byte {
	for r := range roleCount {
		if look[r].Equal(&style) {
			return roleLetters[r]
		}
	}
	return '?'
}

func stateNamed(t *testing.T, name string) state {
	t.Helper()
	for _, state := range states() {
		if state.name == name {
			return state
		}
	}
	t.Fatalf("there is no state %q", name)
	return state{}
}

// drawnAlone leaves a test of pictures out under the race detector.
func drawnAlone(t *testing.T) {
	t.Helper()
	if racing {
		t.Skip("pictures are drawn by one goroutine: nothing can race, and all would take minutes")
	}
}
