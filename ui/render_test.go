package ui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

// TestRenderIsWhatLipGlossRenders reads our text and that of the canvas back into
// cells, as Bubble Tea does, and expects the same ones.
func TestRenderIsWhatLipGlossRenders(t *testing.T) {
	drawnAlone(t)
	for _, state := range states() {
		arrived := state.arrive(newModel(100, 28))
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI, colorprofile.ASCII} {
			m := send(arrived, tea.ColorProfileMsg{Profile: profile})
			ours := cellsOf(m.View().Content, m.width, m.height)
			theirs := cellsOf(m.screen.canvas.Render(), m.width, m.height)
			for y := range m.height {
				for x := range m.width {
					if a, b := ours.CellAt(x, y), theirs.CellAt(x, y); !a.Equal(b) {
						t.Fatalf("%s, profile %v: cell %d,%d is %+v, Lip Gloss has %+v", state.name, profile, x, y, a, b)
					}
				}
			}
		}
	}
}

func cellsOf(content string, width, height int) uv.ScreenBuffer {
	buffer := uv.NewScreenBuffer(width, height)
	uv.NewStyledString(content).Draw(buffer, buffer.Bounds())
	return buffer
}

// TestRenderOfAStyleOutsideTheTheme has no sequence ready, and ends the line plain.
func TestRenderOfAStyleOutsideTheTheme(t *testing.T) {
	m := newModel(10, 1)
	p := m.screen.begin(10, 1, m.theme)
	p.screen.canvas.SetCell(2, 0, &uv.Cell{Content: "x", Width: 1, Style: uv.Style{Attrs: uv.AttrItalic}})
	if got, want := m.screen.render(), "  \x1b[3mx\x1b[m"; got != want {
		t.Errorf("rendered as %q, want %q", got, want)
	}
}
