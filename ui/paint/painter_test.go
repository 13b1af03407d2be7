package paint

import (
	"math/rand/v2"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// The looks of the tests: none, two colours, one of them bold, and a bar.
const (
	red Look = iota + 1
	blue
	loud
	bar
)

func testLooks() *Looks {
	return NewLooks([]uv.Style{
		{}, {Fg: ansi.Red}, {Fg: ansi.Blue}, {Fg: ansi.Red, Attrs: uv.AttrBold}, {Bg: ansi.Green},
	})
}

// screenOf draws lines of plain text.
func screenOf(width, height int, lines ...string) *Buffer {
	b := &Buffer{}
	b.Resize(width, height)
	for y, line := range lines {
		for x, r := range []rune(line) {
			b.Set(x, y, Cell{Text: string(r), Width: 1})
		}
	}
	return b
}

func (b *Buffer) with(x, y int, text string, width uint8, look Look) *Buffer {
	b.Set(x, y, Cell{Text: text, Width: width, Look: look})
	return b
}

// TestPaint shows the bytes for one change each.
func TestPaint(t *testing.T) {
	base := func() *Buffer {
		return screenOf(20, 2, "│ memory 58% ······│", "│ cpu    12% ······│")
	}
	for _, test := range []struct {
		name string
		next *Buffer
		want string
	}{
		{"nothing", base(), ""},
		{"one digit", base().with(10, 0, "9", 1, 0), "\x1b[1;11H9"},
		{"two digits that lie together", base().with(9, 0, "6", 1, 0).with(10, 0, "0", 1, 0), "\x1b[1;10H60"},
		{"what lies between costs less than a jump", base().with(9, 0, "6", 1, 0).with(12, 0, "x", 1, 0), "\x1b[1;10H68%x"},
		{"a jump costs less", base().with(2, 0, "M", 1, 0).with(9, 0, "6", 1, 0), "\x1b[1;3HM\x1b[6C6"},
		{"a style", base().with(9, 0, "5", 1, red), "\x1b[1;10H\x1b[31m5\x1b[m"},
		{"a colour into a colour", base().with(9, 0, "5", 1, red).with(10, 0, "8", 1, blue), "\x1b[1;10H\x1b[31m5\x1b[34m8\x1b[m"},
		{"more than a colour", base().with(9, 0, "5", 1, loud).with(10, 0, "8", 1, blue), "\x1b[1;10H\x1b[1;31m5\x1b[;34m8\x1b[m"},
		{"reversed", base().with(9, 0, "5", 1, red|Reversed), "\x1b[1;10H\x1b[7;31m5\x1b[m"},
		{"a look that nobody made", base().with(9, 0, "7", 1, 99), "\x1b[1;10H7"},
		{"a blank in a bar", base().with(8, 0, " ", 1, bar), "\x1b[1;9H\x1b[42m \x1b[m"},
		{"wide", base().with(9, 0, "漢", 2, 0), "\x1b[1;10H漢"},
		{"behind a wide one the place is told anew", base().with(9, 0, "漢", 2, 0).with(11, 0, "!", 1, 0), "\x1b[1;10H漢\x1b[1;12H!"},
		{"behind a letter of doubtful width too", base().with(9, 0, "é", 1, 0).with(10, 0, "9", 1, 0), "\x1b[1;10Hé\x1b[1;11H9"},
		{"the end of a line", screenOf(20, 2, "│ memory", "│ cpu    12% ······│"), "\x1b[1;10H\x1b[K"},
		{"another size", screenOf(3, 1, "abc"), "\x1b[m\x1b[H\x1b[2J\x1b[1;1Habc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var p Painter
			looks := testLooks()
			p.Paint(base(), looks)
			if got := string(p.Paint(test.next, looks)); got != test.want {
				t.Errorf("painted %q, want %q", got, test.want)
			}
			if again := p.Paint(test.next, looks); len(again) != 0 {
				t.Errorf("painted again: %q", again)
			}
		})
	}
}

// TestPaintErasesLongGaps: many blanks within a line are not written one by one.
func TestPaintErasesLongGaps(t *testing.T) {
	var p Painter
	looks := testLooks()
	p.Paint(screenOf(30, 1, "│"+strings.Repeat("x", 28)+"│"), looks)
	if got, want := string(p.Paint(screenOf(30, 1, "│"+strings.Repeat(" ", 28)+"│"), looks)), "\x1b[1;2H\x1b[28X"; got != want {
		t.Errorf("painted %q, want %q", got, want)
	}
}

// TestPaintOfOtherLooks paints what has a look again, and leaves blanks alone.
func TestPaintOfOtherLooks(t *testing.T) {
	var p Painter
	screen := screenOf(10, 1, "a").with(5, 0, "b", 1, red)
	p.Paint(screen, testLooks())
	if got, want := string(p.Paint(screen, testLooks())), "\x1b[1;1Ha    \x1b[31mb\x1b[m"; got != want {
		t.Errorf("painted %q, want %q", got, want)
	}
}

// FuzzPaint draws screens at random, one after the other, paints each onto an emulated
// terminal, and expects to see it.
func FuzzPaint(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, 20+int(seed), 6)
	}
	f.Fuzz(func(t *testing.T, seed uint64, width, height int) {
		if width < 1 || width > 200 || height < 1 || height > 60 {
			t.Skip()
		}
		random := rand.New(rand.NewPCG(seed, 1))
		terminal := vt.NewEmulator(width, height)
		defer func() { _ = terminal.Close() }()
		var p Painter
		var next Buffer
		looks := testLooks()
		next.Resize(width, height)
		for range 4 {
			scribble(random, &next)
			if random.IntN(8) == 0 {
				p.Forget()
			}
			_, _ = terminal.Write(p.Paint(&next, looks))
			expectShown(t, terminal, &next)
		}
	})
}

// scribble changes some runs of cells.
func scribble(random *rand.Rand, b *Buffer) {
	signs := []Cell{
		blank,
		{Text: "a", Width: 1},
		{Text: "⣿", Width: 1},
		{Text: "─", Width: 1},
		{Text: "é", Width: 1},
		{Text: "漢", Width: 2},
		{Text: "·", Width: 1},
		{Text: " ", Width: 1, Look: bar},
	}
	for range 1 + random.IntN(8) {
		cell := signs[random.IntN(len(signs))]
		if cell.Text != " " {
			cell.Look = Look(random.IntN(int(bar) + 1))
			cell.Look |= Look(random.IntN(2)) * Reversed
		}
		x, y := random.IntN(b.Width()), random.IntN(b.Height())
		for range 1 + random.IntN(30) {
			b.Set(x, y, cell)
			x += int(cell.Width)
		}
	}
}

// expectShown compares a terminal with what it was to show. Of a blank only what is
// seen counts.
func expectShown(t *testing.T, terminal *vt.Emulator, want *Buffer) {
	t.Helper()
	looks := []uv.Style{{}, {Fg: ansi.Red}, {Fg: ansi.Blue}, {Fg: ansi.Red, Attrs: uv.AttrBold}, {Bg: ansi.Green}}
	for y := range want.Height() {
		for x := range want.Width() {
			cell, shown := want.At(x, y), terminal.CellAt(x, y)
			if cell.Width == 0 {
				continue
			}
			style := looks[cell.Look&^Reversed]
			if cell.Look&Reversed != 0 {
				style.Attrs |= uv.AttrReverse
			}
			got := uv.Cell{Content: " ", Width: 1}
			if shown != nil && shown.Content != "" {
				got = *shown
			}
			if cell == blank {
				got.Style.Fg, got.Style.Attrs = nil, got.Style.Attrs&^uv.AttrBold
			}
			if got.Content != cell.Text || !got.Style.Equal(&style) {
				t.Fatalf("cell %d,%d is %q %+v, want %q %+v", x, y, got.Content, got.Style, cell.Text, style)
			}
		}
	}
}
