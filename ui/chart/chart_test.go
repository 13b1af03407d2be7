package chart

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// picture writes a grid as text, one line a row, with dots at the ends of blank
// lines kept so that a test reads as what is seen.
func picture(g *Grid) string {
	var text strings.Builder
	for y := range g.Height {
		text.WriteByte('|')
		for _, cell := range g.Line(y) {
			text.WriteString(cell.Glyph)
		}
		text.WriteString("|\n")
	}
	return text.String()
}

// inks writes what the cells of a grid stand for, a letter each.
func inks(line []Cell) string {
	const letters = " al-.%,"
	text := make([]byte, len(line))
	for i, cell := range line {
		text[i] = '#'
		if int(cell.Ink) < len(letters) {
			text[i] = letters[cell.Ink]
		}
	}
	return string(text)
}

func gaps(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = Gap()
	}
	return values
}

func TestHistory(t *testing.T) {
	gap := Gap()
	for _, test := range []struct {
		name          string
		chart         History
		width, height int
		want          string
	}{
		{"no values", History{Top: 1, Limit: gap}, 4, 2, "|    |\n|    |\n"},
		{"only gaps", History{Area: gaps(8), Top: 1, Limit: gap}, 4, 1, "|    |\n"},
		{"no top", History{Area: []float64{1, 2}, Top: gap, Limit: gap}, 2, 1, "|  |\n"},
		{"a top of zero", History{Area: []float64{1, 2}, Top: 0, Limit: gap}, 2, 1, "|  |\n"},
		{"zero is not a gap", History{Area: []float64{0, gap, 0, 0}, Top: 4, Limit: gap}, 2, 1, "|⡀⣀|\n"},
		{"a ramp", History{Area: []float64{1, 2, 3, 4}, Top: 4, Limit: gap}, 2, 1, "|⣠⣾|\n"},
		{"a ramp over two lines", History{Area: []float64{1, 2, 3, 4, 5, 6, 7, 8}, Top: 8, Limit: gap}, 4, 2, "|  ⣠⣾|\n|⣠⣾⣿⣿|\n"},
		{"higher than the top is cut", History{Area: []float64{9, 99}, Top: 4, Limit: gap}, 1, 1, "|⣿|\n"},
		{"negative is the floor", History{Area: []float64{-5, -1}, Top: 4, Limit: gap}, 1, 1, "|⣀|\n"},
		{"infinite is a gap", History{Area: []float64{math.Inf(1), math.Inf(-1)}, Top: 4, Limit: gap}, 1, 1, "| |\n"},
		{"few values stand at the right", History{Area: []float64{4, 4}, Top: 4, Limit: gap}, 3, 1, "|  ⣿|\n"},
		{"too many lose the oldest", History{Area: []float64{1, 1, 4, 4}, Top: 4, Limit: gap}, 1, 1, "|⣿|\n"},
		{"the limit is a line of dots", History{Area: gaps(4), Top: 4, Limit: 4}, 2, 2, "|⠁⠁|\n|  |\n"},
		{"a lower limit", History{Area: gaps(4), Top: 8, Limit: 2}, 2, 2, "|  |\n|⠄⠄|\n"},
		{"the area hides the limit", History{Area: []float64{gap, gap, 4, 4}, Top: 4, Limit: 4}, 2, 1, "|⠁⣿|\n"},
		{"a second level above", History{Area: []float64{1, 1}, Line: []float64{8, 7}, Top: 8, Limit: gap}, 1, 2, "|⠑|\n|⣀|\n"},
		{"a second level in the area is not drawn", History{Area: []float64{8, 8}, Line: []float64{3, 3}, Top: 8, Limit: gap}, 1, 2, "|⣿|\n|⣿|\n"},
		{"a mark at its time", History{Area: gaps(6), Top: 4, Limit: gap, Marks: []Mark{{Back: 2, Glyph: "x", Ink: InkOwn}}}, 3, 2, "| x |\n|   |\n"},
		{"marks outside are left out", History{Area: gaps(4), Top: 4, Limit: gap, Marks: []Mark{{Back: -1, Glyph: "x"}, {Back: 4, Glyph: "x"}}}, 2, 1, "|  |\n"},
		{"no width", History{Area: []float64{1}, Top: 4, Limit: gap}, 0, 2, "||\n||\n"},
		{"no height", History{Area: []float64{1}, Top: 4, Limit: gap}, 2, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var grid Grid
			grid.Reset(test.width, test.height)
			test.chart.Draw(&grid)
			if got := picture(&grid); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

// TestHistoryInks checks that each cell says what it stands for.
func TestHistoryInks(t *testing.T) {
	gap := Gap()
	var grid Grid
	grid.Reset(4, 2)
	History{
		Area: []float64{gap, gap, 2, 2, 2, 2, 8, 8}, Line: []float64{gap, gap, gap, gap, 7, 7, gap, gap},
		Top: 8, Limit: 8, Marks: []Mark{{Back: 0, Glyph: "x", Ink: InkOwn}},
	}.Draw(&grid)
	if got, want := inks(grid.Line(0))+"/"+inks(grid.Line(1)), "--l#/ aaa"; got != want {
		t.Errorf("inks are %q, want %q", got, want)
	}
}

func TestLane(t *testing.T) {
	gap := Gap()
	for _, test := range []struct {
		name   string
		shares []float64
		width  int
		want   string
	}{
		{"no values", nil, 3, "   "},
		{"gap, idle and busy", []float64{gap, gap, 0, 0, 0.01, 0.01, 1, 1}, 4, " ·▁█"},
		{"the larger of two", []float64{0.1, 0.9, 0.9, gap}, 2, "██"},
		{"over one is full", []float64{7, 7}, 1, "█"},
		{"negative is idle", []float64{-1, -1}, 1, "·"},
		{"eighths", []float64{0, 0.12, 0, 0.13, 0, 0.26, 0, 0.38, 0, 0.51, 0, 0.63, 0, 0.76, 0, 0.88}, 8, "▁▂▃▄▅▆▇█"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var grid Grid
			grid.Reset(test.width, 1)
			Lane(Braille, test.shares, grid.Line(0))
			if got, want := picture(&grid), "|"+test.want+"|\n"; got != want {
				t.Errorf("got %s want %s", got, want)
			}
		})
	}
}

func TestGauge(t *testing.T) {
	part := func(share float64, glyph string) Part { return Part{Share: share, Glyph: glyph, Ink: InkOwn} }
	for _, test := range []struct {
		name    string
		parts   []Part
		limited bool
		width   int
		want    string
	}{
		{"empty", []Part{part(0, "a")}, true, 5, "····┃"},
		{"not known is not empty", []Part{part(Gap(), "a")}, true, 5, "    ┃"},
		{"no parts are not known", nil, true, 5, "    ┃"},
		{"half", []Part{part(0.5, "a")}, true, 5, "aa··┃"},
		{"without a limit", []Part{part(0.5, "a")}, false, 4, "aa··"},
		{"a little is something", []Part{part(0.001, "a")}, true, 5, "a···┃"},
		{"nearly full is not full", []Part{part(0.999, "a")}, true, 5, "aaa·┃"},
		{"full", []Part{part(1, "a")}, true, 5, "aaaa┃"},
		{"over the limit", []Part{part(3, "a"), part(1, "b")}, true, 5, "aaaa┃"},
		{"parts stack", []Part{part(0.25, "a"), part(0.25, "b"), part(0.25, "c")}, true, 9, "aabbcc··┃"},
		{"a part that is not known leaves the others", []Part{part(Gap(), "a"), part(0.5, "b")}, false, 4, "bb··"},
		{"negative is nothing", []Part{part(-1, "a"), part(0.5, "b")}, false, 4, "bb··"},
		{"only room for the limit", []Part{part(0.5, "a")}, true, 1, "┃"},
		{"no room", []Part{part(0.5, "a")}, true, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var grid Grid
			grid.Reset(test.width, 1)
			Gauge(Braille, test.parts, test.limited, grid.Line(0))
			if got, want := picture(&grid), "|"+test.want+"|\n"; got != want {
				t.Errorf("got %s want %s", got, want)
			}
		})
	}
}

// TestGaugeBoundaryStaysPut gives from one part to the next and expects the end
// of both to stand still.
func TestGaugeBoundaryStaysPut(t *testing.T) {
	var grid Grid
	for given := 0.0; given <= 0.3; given += 0.01 {
		grid.Reset(40, 1)
		Gauge(Braille, []Part{{Share: 0.3 - given, Glyph: "a"}, {Share: given, Glyph: "b"}}, false, grid.Line(0))
		if got := strings.Count(picture(&grid), "·"); got != 28 {
			t.Errorf("with %.2f given, %d cells are free, want 28", given, got)
		}
	}
}

// TestBraille checks the two tables of bits against the numbering of the dots in
// Unicode: 1 2 3 7 down the left column, 4 5 6 8 down the right one.
func TestBraille(t *testing.T) {
	order := [dotColumns][dotRows]int{{6, 2, 1, 0}, {7, 5, 4, 3}}
	for column := range dotColumns {
		filled := uint8(0)
		for row := range dotRows {
			bit := uint8(1) << order[column][row]
			if got := dotBit(column, row); got != bit {
				t.Errorf("dot %d/%d has bit %08b, want %08b", column, row, got, bit)
			}
			filled |= bit
			if got := columnBits(column, row+1); got != filled {
				t.Errorf("column %d up to %d is %08b, want %08b", column, row+1, got, filled)
			}
		}
	}
	for bits := 1; bits < 256; bits++ {
		if got, want := brailleGlyph(uint8(bits)), string(rune(0x2800+bits)); got != want {
			t.Errorf("pattern %d is %q, want %q", bits, got, want)
		}
	}
}

// TestStyles draws the same levels in the other styles.
func TestStyles(t *testing.T) {
	gap := Gap()
	for _, test := range []struct {
		name          string
		style         Style
		chart         History
		width, height int
		want          string
	}{
		{"a ramp of blocks", Blocks, History{Area: []float64{1, 2, 3, 4, 5, 6, 7, 8}, Top: 8, Limit: gap}, 8, 1, "|▁▂▃▄▅▆▇█|\n"},
		{"a ramp in ASCII", ASCII, History{Area: []float64{1, 2, 3, 4, 5, 6}, Top: 6, Limit: gap}, 6, 2, "|   .:#|\n|.:####|\n"},
		{"a gap stays one in blocks", Blocks, History{Area: []float64{0, gap, 8}, Top: 8, Limit: gap}, 4, 1, "| ▁ █|\n"},
		{"a gap stays one in ASCII", ASCII, History{Area: []float64{0, gap, 8}, Top: 8, Limit: gap}, 4, 1, "| . #|\n"},
		{"a second level of blocks", Blocks, History{Area: []float64{1, 1, 1, 8}, Line: []float64{9, 12, 16, 2}, Top: 16, Limit: gap}, 4, 2, "|▁─▔ |\n|▁▁▁█|\n"},
		{"a second level in ASCII", ASCII, History{Area: []float64{1, 1, 1, 3}, Line: []float64{4, 5, 6, 2}, Top: 6, Limit: gap}, 4, 2, "|_~^ |\n|...#|\n"},
		{"the limit of blocks", Blocks, History{Area: []float64{4, gap}, Top: 4, Limit: 4}, 2, 1, "|█╌|\n"},
		{"the limit in ASCII", ASCII, History{Area: []float64{4, gap}, Top: 4, Limit: 4}, 2, 1, "|#-|\n"},
		{"a mark of blocks", Blocks, History{Area: gaps(3), Top: 4, Limit: gap, Marks: []Mark{{Back: 2, Glyph: "x", Ink: InkOwn}}}, 3, 1, "|x  |\n"},
		{"a mark in ASCII", ASCII, History{Area: gaps(3), Top: 4, Limit: gap, Marks: []Mark{{Back: 0, Glyph: "x", Ink: InkOwn}}}, 3, 1, "|  x|\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var grid Grid
			grid.Reset(test.width, test.height)
			test.chart.Style = test.style
			test.chart.Draw(&grid)
			if got := picture(&grid); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
			if test.style.Columns(test.width) != test.width {
				t.Errorf("%d values fit, want one a cell", test.style.Columns(test.width))
			}
		})
	}
}

// TestLanesAndGaugesOfStyles draws both in the other styles.
func TestLanesAndGaugesOfStyles(t *testing.T) {
	shares := []float64{Gap(), 0, 0.1, 0.3, 0.6, 1}
	parts := []Part{{Share: 0.5, Glyph: "a"}}
	for style, want := range map[Style][2]string{Blocks: {" ·▁▃▅█", "aa··┃"}, ASCII: {" ._-=#", "aa..|"}} {
		var lane, gauge Grid
		lane.Reset(6, 1)
		Lane(style, shares, lane.Line(0))
		gauge.Reset(5, 1)
		Gauge(style, parts, true, gauge.Line(0))
		if got := [2]string{strings.Trim(picture(&lane), "|\n"), picture(&gauge)[1 : len(picture(&gauge))-2]}; got != want {
			t.Errorf("style %d: got %q, want %q", style, got, want)
		}
	}
}

// FuzzCharts draws any numbers into any size: no panic, every cell a glyph, and a
// history without a level stays without an area.
func FuzzCharts(f *testing.F) {
	f.Add([]byte{0, 1, 2, 255, 254}, 4, 2, 1.0, 1.0)
	f.Add([]byte{}, 0, 0, 0.0, math.NaN())
	f.Add([]byte{255, 255}, 1, 9, math.Inf(1), math.Inf(-1))
	f.Fuzz(func(t *testing.T, data []byte, width, height int, top, limit float64) {
		for style := range ASCII + 1 {
			fuzzCharts(t, style, data, min(width, 300), min(height, 100), top, limit)
		}
	})
}

func fuzzCharts(t *testing.T, style Style, data []byte, width, height int, top, limit float64) {
	values, known := fuzzValues(data)
	var grid Grid
	grid.Reset(width, height)
	History{Style: style, Area: values, Line: values, Top: top, Limit: limit, Marks: []Mark{{Back: width, Glyph: "x"}}}.Draw(&grid)
	checkCells(t, style, grid.Cells)
	for i, cell := range grid.Cells {
		if !known && cell.Ink == InkArea {
			t.Fatalf("cell %d shows a level and there is none", i)
		}
	}
	grid.Reset(width, 1)
	Lane(style, values, grid.Line(0))
	checkCells(t, style, grid.Cells)
	Gauge(style, []Part{{Share: top, Glyph: "a"}, {Share: limit, Glyph: "b"}}, true, grid.Line(0))
	checkCells(t, style, grid.Cells)
}

// checkCells fails when a cell has no glyph, or one that its style has not.
func checkCells(t *testing.T, style Style, cells []Cell) {
	t.Helper()
	for i, cell := range cells {
		if cell.Glyph == "" {
			t.Fatalf("style %d: cell %d has no glyph", style, i)
		}
		if style == ASCII && cell.Glyph[0] >= utf8.RuneSelf {
			t.Fatalf("cell %d is %q in ASCII", i, cell.Glyph)
		}
	}
}

// fuzzValues turns bytes into levels and gaps, and says whether there is a level.
func fuzzValues(data []byte) (values []float64, known bool) {
	for _, b := range data {
		switch b {
		case 255:
			values = append(values, Gap())
		case 254:
			values = append(values, math.Inf(1))
		default:
			values, known = append(values, float64(b)-3), true
		}
	}
	return values, known
}

// BenchmarkHistory is the chart that other libraries were measured with: 56x9
// cells, 112 values.
func BenchmarkHistory(b *testing.B) {
	values, line := make([]float64, 112), make([]float64, 112)
	for i := range values {
		values[i] = 0.5 + 0.4*math.Sin(float64(i)/9)
		line[i] = values[i] + 0.1
	}
	var grid Grid
	b.ReportAllocs()
	for b.Loop() {
		grid.Reset(56, 9)
		History{Area: values, Line: line, Top: 1, Limit: 1}.Draw(&grid)
	}
}

func BenchmarkGauge(b *testing.B) {
	var grid Grid
	parts := []Part{{Share: 0.4, Glyph: "█"}, {Share: 0.1, Glyph: "▓"}, {Share: 0.05, Glyph: "▒"}, {Share: 0.2, Glyph: "░"}}
	b.ReportAllocs()
	for b.Loop() {
		grid.Reset(56, 1)
		Gauge(Braille, parts, true, grid.Line(0))
	}
}
