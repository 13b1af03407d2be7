package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// modelWith is a screen of a size that is made of other signs.
func modelWith(glyphs Glyphs, width, height int) Model {
	m := New(Options{
		Target: agentName, Version: "0.1.0", Location: noon.Location(), Glyphs: glyphs, Act: func(Action) {},
	})
	return send(m, tea.WindowSizeMsg{Width: width, Height: height})
}

// TestASCIIScreens draws every situation in every mode for a terminal without
// UTF-8: no byte beyond ASCII, and the same width of every line.
func TestASCIIScreens(t *testing.T) {
	drawnAlone(t)
	shown := map[string]bool{"near-limits-100x28": true, "several-80x24": true, "stale-50x30": true, "choosing-80x24": true, "help-100x28": true, "oom-120x40": true, "hostile-80x24": true, "near-limits-40x8": true, "near-limits-80x3": true, "walking-80x24": true}
	for _, state := range states() {
		elsewhere := state.arrive(modelWith(GlyphsASCII, 120, 40))
		for _, size := range [][2]int{{120, 40}, {100, 28}, {80, 24}, {50, 30}, {40, 8}, {80, 3}, {18, 2}} {
			name := fmt.Sprintf("%s-%dx%d", state.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				m := send(elsewhere, resized(size[0], size[1]))
				if shown[name] {
					m = state.arrive(modelWith(GlyphsASCII, size[0], size[1]))
				}
				title, content := m.content()
				assertASCII(t, content)
				assertASCII(t, title)
				if text := screenText(t, m); shown[name] {
					golden(t, "ascii-"+name+".txt", text)
				}
			})
		}
	}
}

func assertASCII(t *testing.T, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
		t.Errorf("there is more than ASCII at %q", text[i:min(len(text), i+20)])
	}
}

// TestASCIIGoldensAreASCII reads the files themselves.
func TestASCIIGoldensAreASCII(t *testing.T) {
	names, err := filepath.Glob("testdata/ascii-*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d goldens, %v", len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		assertASCII(t, string(text))
	}
}

// TestASCIIKeepsTheColumns: what is drawn in ASCII takes the columns that it takes
// in full, so nothing beside it moves.
func TestASCIIKeepsTheColumns(t *testing.T) {
	for _, text := range []string{"plain", "✖ critical · ▲", "naïve", "日本語", "a\u0301", "\x1b[31m", "\xff", "“…”", "👩‍👩‍👧", ""} {
		plain := asciiText(text)
		assertASCII(t, plain)
		if got, want := len(plain), textWidth(text); got != want {
			t.Errorf("%q is %q in ASCII, %d columns, want %d", text, plain, got, want)
		}
	}
}

// TestEverySignHasASCII looks at the screens that were found good: each of their
// signs but those of charts has one in ASCII.
func TestEverySignHasASCII(t *testing.T) {
	drawnAlone(t)
	for _, state := range states() {
		if strings.Contains(state.name, "hostile") {
			continue
		}
		for _, r := range screenText(t, state.arrive(modelWith(GlyphsBlocks, 120, 40))) {
			drawnByCharts := strings.ContainsRune("▁▂▃▄▅▆▇╌▔", r)
			if r > unicode.MaxASCII && !drawnByCharts && asciiSign(r) == "" {
				t.Errorf("%s: %q has no sign in ASCII", state.name, r)
			}
		}
	}
}

// TestBlocksScreens has charts without a braille dot.
func TestBlocksScreens(t *testing.T) {
	for _, name := range []string{"steady", "oom"} {
		text := screenText(t, stateNamed(t, name).arrive(modelWith(GlyphsBlocks, 100, 28)))
		golden(t, "blocks-"+name+"-100x28.txt", text)
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Braille, r) }) {
			t.Errorf("%s: there is braille in blocks", name)
		}
	}
}

// TestSeverityMarksInASCII stay apart: they tell what colours tell.
func TestSeverityMarksInASCII(t *testing.T) {
	seen := map[string]string{}
	for _, mark := range []string{"✖", "▲", "●", "○", "◌", "‖", "↻"} {
		plain := asciiText(mark)
		if other, twice := seen[plain]; twice {
			t.Errorf("%s and %s are both %s", mark, other, plain)
		}
		seen[plain] = mark
	}
}
