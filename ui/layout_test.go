package ui

import (
	"image"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestModes(t *testing.T) {
	for _, test := range []struct {
		width, height int
		want          Mode
	}{
		{0, 0, ModeNotice},
		{1, 1, ModeNotice},
		{19, 50, ModeNotice},
		{20, 1, ModeStrip},
		{39, 50, ModeStrip},
		{200, 7, ModeStrip},
		{80, 0, ModeNotice},
		{-1, -1, ModeNotice},
		{40, 8, ModeCompact},
		{59, 60, ModeCompact},
		{100, 17, ModeCompact},
		{60, 18, ModeNarrow},
		{99, 60, ModeNarrow},
		{120, 27, ModeNarrow},
		{100, 28, ModeWide},
		{300, 100, ModeWide},
	} {
		if got := layoutFor(test.width, test.height, false).Mode; got != test.want {
			t.Errorf("%dx%d is mode %d, want %d", test.width, test.height, got, test.want)
		}
	}
}

// TestLayoutPictures draws the rectangles of a few layouts, a letter each, to a
// quarter of their width.
func TestLayoutPictures(t *testing.T) {
	for _, test := range []struct {
		name          string
		width, height int
		several       bool
		want          []string
	}{
		{"wide", 100, 28, true, []string{
			"hhhhhhhhhhhhhhhhhhhhhhhhh", "hhhhhhhhhhhhhhhhhhhhhhhhh", "ttttttttttttttttttttttttt",
			"mmmmmmmmmmmmmcccccccccccc", "mmmmmmmmmmmmmcccccccccccc", "mmmmmmmmmmmmmcccccccccccc", "mmmmmmmmmmmmmcccccccccccc",
			"mmmmmmmmmmmmmcccccccccccc", "mmmmmmmmmmmmmcccccccccccc", "mmmmmmmmmmmmmcccccccccccc", "mmmmmmmmmmmmmcccccccccccc",
			"mmmmmmmmmmmmmcccccccccccc", "mmmmmmmmmmmmmcccccccccccc",
			"pppppppppeeeeeeeeeeeeeeee", "pppppppppeeeeeeeeeeeeeeee", "pppppppppeeeeeeeeeeeeeeee", "pppppppppeeeeeeeeeeeeeeee",
			"pppppppppeeeeeeeeeeeeeeee", "pppppppppeeeeeeeeeeeeeeee", "pppppppppeeeeeeeeeeeeeeee",
			"dddddddddaaaaaaaassssssss", "dddddddddaaaaaaaassssssss", "dddddddddaaaaaaaassssssss", "dddddddddaaaaaaaassssssss",
			"dddddddddaaaaaaaassssssss", "dddddddddaaaaaaaassssssss", "dddddddddaaaaaaaassssssss",
			"fffffffffffffffffffffffff",
		}},
		{"narrow", 60, 18, false, []string{
			"hhhhhhhhhhhhhhh", "hhhhhhhhhhhhhhh",
			"mmmmmmmmmmmmmmm", "mmmmmmmmmmmmmmm", "mmmmmmmmmmmmmmm", "mmmmmmmmmmmmmmm",
			"ccccccccccccccc", "ccccccccccccccc", "ccccccccccccccc",
			"ppppppppppppppp", "ppppppppppppppp", "ppppppppppppppp",
			"sssssssssssssss", "sssssssssssssss", "sssssssssssssss", "sssssssssssssss", "sssssssssssssss",
			"fffffffffffffff",
		}},
		{"compact", 40, 8, true, []string{
			"hhhhhhhhhh", "tttttttttt", "mmmmmmmmmm", "cccccccccc", "pppppppppp", "ssssssssss", "ssssssssss", "ffffffffff",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := layoutPicture(layoutFor(test.width, test.height, test.several), test.width, test.height)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("layout differs (-want +got):\n%s", diff)
			}
		})
	}
}

// layoutPicture draws the rectangles of a layout. Of the lists that share one, the
// last is seen.
func layoutPicture(l Layout, width, height int) []string {
	cells := make([][]byte, height)
	for y := range cells {
		cells[y] = []byte(strings.Repeat(".", width))
	}
	fill := func(r image.Rectangle, letter byte) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				cells[y][x] = letter
			}
		}
	}
	fill(l.Header, 'h')
	fill(l.Tabs, 't')
	fill(l.Footer, 'f')
	for panel, area := range l.Panels {
		fill(area, "mcpeadrsx"[panel])
	}
	lines := make([]string, height)
	for y, line := range cells {
		for x := 0; x < width; x += 4 {
			lines[y] += string(line[x])
		}
	}
	return lines
}

// TestLayoutFits lays out every size up to a large screen: nothing lies outside,
// nothing overlaps but the lists that share a place, nothing is left over, and
// the same size gives the same layout.
func TestLayoutFits(t *testing.T) {
	for height := 0; height <= 70; height++ {
		for width := 0; width <= 210; width += 3 {
			for _, several := range []bool{false, true} {
				l := layoutFor(width, height, several).withHardening()
				if l != layoutFor(width, height, several).withHardening() {
					t.Fatalf("%dx%d has two layouts", width, height)
				}
				checkLayout(t, l, image.Rect(0, 0, width, height))
			}
		}
	}
}

func checkLayout(t *testing.T, l Layout, screen image.Rectangle) {
	t.Helper()
	parts := []image.Rectangle{l.Header, l.Tabs, l.Footer}
	if l.Mode <= ModeStrip {
		parts = append(parts, l.Body)
	}
	for panel, area := range l.Panels {
		if l.sharing(Panel(panel))[0] != Panel(panel) {
			continue
		}
		if l.Mode > ModeStrip && area.Empty() {
			t.Fatalf("%v: panel %v has no place", screen.Max, Panel(panel))
		}
		parts = append(parts, area)
	}
	covered := 0
	for i, part := range parts {
		if !part.In(screen) {
			t.Fatalf("%v: part %d lies outside: %v", screen.Max, i, part)
		}
		covered += part.Dx() * part.Dy()
		for _, other := range parts[i+1:] {
			if part.Overlaps(other) {
				t.Fatalf("%v: %v overlaps %v", screen.Max, part, other)
			}
		}
	}
	if want := screen.Dx() * screen.Dy(); covered != want {
		t.Fatalf("%v: %d cells are covered, want %d", screen.Max, covered, want)
	}
}

// TestEverySizeDraws draws every situation at awkward sizes: no panic, and no line
// is wider than the screen.
func TestEverySizeDraws(t *testing.T) {
	for _, name := range []string{"hostile", "alerts", "news-elsewhere", "choosing", "unreadable", "several", "overview-many", "overview-hostile", "help"} {
		m := stateNamed(t, name).arrive(newModel(120, 40))
		for height := 1; height <= 45; height += 4 {
			for width := 1; width <= 130; width += 13 {
				m.width, m.height = width, height
				screenText(t, m)
			}
		}
	}
}
