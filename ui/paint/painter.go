package paint

import (
	"strconv"

	"github.com/charmbracelet/x/ansi"
)

// Painter turns the screen that a terminal shows into the next one. The zero value
// knows nothing of the terminal, and paints everything.
type Painter struct {
	// shown is what the terminal shows, if it is known.
	shown Buffer
	looks *Looks
	known bool

	out []byte
	// x and y are where the cursor is, x less than zero where that is not known; look
	// is the style that is set.
	x, y int
	look Look
}

// Erased tells that the terminal is blank from corner to corner.
func (p *Painter) Erased(width, height int) {
	p.shown.Resize(width, height)
	p.known, p.looks = true, nil
}

// Forget tells that nobody knows what the terminal shows.
func (p *Painter) Forget() { p.known = false }

// Paint returns what has to be written so that the terminal shows a screen. The bytes
// are good until the next call; there are none where nothing differs. The cursor may
// stand anywhere before, with no style set, and so it does after.
func (p *Painter) Paint(next *Buffer, looks *Looks) []byte {
	p.out, p.x, p.look = p.out[:0], -1, 0
	p.prepare(next, looks)
	for y := range next.height {
		p.line(y, next.line(y))
	}
	p.wear(0)
	p.title(next.Title)
	return p.out
}

// title names the window, where it is named otherwise.
func (p *Painter) title(next string) {
	if p.shown.Title != next {
		p.out = append(p.out, ansi.SetWindowTitle(next)...)
		p.shown.Title = next
	}
}

// prepare erases a terminal of which too little is known. Where the looks are other
// ones, every cell that has one differs.
func (p *Painter) prepare(next *Buffer, looks *Looks) {
	known := p.known && p.shown.width == next.width && p.shown.height == next.height
	if !known {
		p.out = append(p.out, reset+"\x1b[H\x1b[2J"...)
		p.Erased(next.width, next.height)
		p.shown.Title = ""
	}
	if p.looks != looks {
		for i := range p.shown.cells {
			if p.shown.cells[i] != blank {
				p.shown.cells[i] = Cell{}
			}
		}
	}
	p.looks = looks
}

// line paints what differs of a line.
func (p *Painter) line(y int, next []Cell) {
	shown := p.shown.line(y)
	for x := 0; x < len(next); {
		if next[x] == shown[x] {
			x++
			continue
		}
		x = p.run(y, x, next, shown)
	}
}

// run paints from a column that differs on, and returns the column after what it
// painted.
func (p *Painter) run(y, x int, next, shown []Cell) int {
	if next[x].Width == 0 { // The second half: the first one is where to begin.
		x--
	}
	if n := blanks(next[x:]); n >= leastErased || n > 1 && x+n == len(next) {
		return p.erase(y, x, n, next, shown)
	}
	p.move(x, y, next)
	p.put(next[x])
	shown[x] = next[x]
	if next[x].Width > 1 {
		shown[x+1] = next[x+1]
		p.x = -1 // Terminals differ in how wide they draw it.
		return x + 2
	}
	if p.x++; p.x == len(next) || !plainText(next[x].Text) {
		p.x = -1 // It waits to wrap, or it may be drawn wider.
	}
	return x + 1
}

// plainText reports whether a terminal may be trusted to draw text one column wide:
// ASCII, and the lines, blocks, dots and braille that the screen is made of. Of all
// else the next cell says where it belongs.
func plainText(text string) bool {
	return len(text) == 1 || text == "·" || text == "…" ||
		len(text) == len("─") && text >= "─" && text <= "⣿"
}

// leastErased is how many blanks take fewer bytes when they are erased (ECH, and CUF
// over them) than when they are written.
const leastErased = 12

// blanks counts the cells at the beginning that are blank and without a style.
func blanks(cells []Cell) int {
	n := 0
	for n < len(cells) && cells[n] == blank {
		n++
	}
	return n
}

// erase blanks n cells: to the end of the line (EL), or so many (ECH).
func (p *Painter) erase(y, x, n int, next, shown []Cell) int {
	p.move(x, y, next)
	p.wear(0)
	if x+n == len(next) {
		p.out = append(p.out, "\x1b[K"...)
	} else {
		p.sequence(n, 'X')
	}
	copy(shown[x:x+n], next[x:x+n])
	return x + n
}

// move puts the cursor at a column. A few cells that are there already are written
// again where that takes no more bytes than to jump over them.
func (p *Painter) move(x, y int, line []Cell) {
	if p.y != y || p.x < 0 || p.x > x {
		p.out = append(p.out, "\x1b["...)
		p.out = strconv.AppendInt(p.out, int64(y+1), 10)
		p.out = append(p.out, ';')
		p.out = strconv.AppendInt(p.out, int64(x+1), 10)
		p.out = append(p.out, 'H')
		p.x, p.y = x, y
		return
	}
	if p.x == x {
		return
	}
	if p.cheap(line[p.x:x]) {
		for _, cell := range line[p.x:x] {
			p.out = append(p.out, cell.Text...)
		}
	} else {
		p.sequence(x-p.x, 'C')
	}
	p.x = x
}

// jumpBytes is what a jump within a line takes.
const jumpBytes = 4

// cheap reports whether cells can be written again without a change of style, in few
// bytes.
func (p *Painter) cheap(cells []Cell) bool {
	bytes := 0
	for _, cell := range cells {
		bytes += len(cell.Text)
		if !p.worn(cell) || cell.Width != 1 || !plainText(cell.Text) || bytes > jumpBytes {
			return false
		}
	}
	return true
}

// sequence appends a control sequence with one number.
func (p *Painter) sequence(n int, final byte) {
	p.out = append(p.out, "\x1b["...)
	if n != 1 {
		p.out = strconv.AppendInt(p.out, int64(n), 10)
	}
	p.out = append(p.out, final)
}

// put writes a cell where the cursor is.
func (p *Painter) put(cell Cell) {
	if !p.worn(cell) {
		p.wear(cell.Look)
	}
	p.out = append(p.out, cell.Text...)
}

// worn reports whether a cell looks right in the style that is set.
func (p *Painter) worn(cell Cell) bool {
	return cell.Look == p.look || cell == blank && p.looks.of(p.look).inkless
}

// wear sets a style.
func (p *Painter) wear(look Look) {
	if p.look != look {
		p.out = p.looks.change(p.out, p.look, look)
		p.look = look
	}
}
