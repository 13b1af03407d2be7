package paint

// Cell is one column of a line.
type Cell struct {
	// Text is the character that a person sees: one rune, or a letter with its marks.
	// It is empty in the second column of a wide character, and nowhere else.
	Text string
	// Width is how many columns the text takes: 1 or 2, and 0 for the second column
	// of a wide character.
	Width uint8
	// Look says how it looks: a place in the [Looks], with [Reversed] added or not.
	Look Look
}

// Look is the place of a style in [Looks].
type Look uint8

// Reversed is added to a look to change its foreground and background with one
// another.
const Reversed Look = 1 << 7

// blank is what a terminal that was erased has everywhere.
var blank = Cell{Text: " ", Width: 1} //nolint:gochecknoglobals // a constant that Go has no form for

// Buffer is a screen of cells. The zero value has no cell.
type Buffer struct {
	// Title is what the terminal shows as the name of its window, and tmux as that of the
	// pane; empty asks for none. It must not hold a control character.
	Title string

	width, height int
	cells         []Cell
}

// Width returns the columns of a line.
func (b *Buffer) Width() int { return b.width }

// Height returns the lines.
func (b *Buffer) Height() int { return b.height }

// Resize gives the buffer a size, and blanks it. A size below nothing is nothing.
func (b *Buffer) Resize(width, height int) {
	b.width, b.height = max(width, 0), max(height, 0)
	if need := b.width * b.height; need > cap(b.cells) {
		b.cells = make([]Cell, need)
	} else {
		b.cells = b.cells[:need]
	}
	for i := range b.cells {
		b.cells[i] = blank
	}
}

// At returns a cell; outside of the buffer there are blanks.
func (b *Buffer) At(x, y int) Cell {
	if !b.has(x, y) {
		return blank
	}
	return b.cells[y*b.width+x]
}

// Set puts a cell. What is left of a wide character that it cuts is blanked, as a
// terminal does. Nothing is set outside of the buffer, nor a wide character of which
// only a half would be inside.
func (b *Buffer) Set(x, y int, cell Cell) {
	if !b.has(x, y) || cell.Width < 1 || x+int(cell.Width) > b.width {
		return
	}
	line := b.line(y)
	sever(line, x)
	sever(line, x+int(cell.Width))
	line[x] = cell
	if cell.Width > 1 {
		line[x+1] = Cell{Look: cell.Look}
	}
}

// sever blanks the wide character that reaches over the border before column x.
func sever(line []Cell, x int) {
	if x > 0 && x < len(line) && line[x].Width == 0 {
		line[x-1], line[x] = blank, blank
	}
}

// Blank clears a cell.
func (b *Buffer) Blank(x, y int) { b.Set(x, y, blank) }

func (b *Buffer) has(x, y int) bool { return x >= 0 && x < b.width && y >= 0 && y < b.height }

func (b *Buffer) line(y int) []Cell { return b.cells[y*b.width : (y+1)*b.width] }

// CopyFrom makes the buffer a copy of another one.
func (b *Buffer) CopyFrom(other *Buffer) {
	b.Title, b.width, b.height = other.Title, other.width, other.height
	b.cells = append(b.cells[:0], other.cells...)
}
