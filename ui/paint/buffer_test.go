package paint

import (
	"strings"
	"testing"
)

// TestSet: a terminal never shows half of a wide character, and neither does a buffer.
func TestSet(t *testing.T) {
	wide, narrow := Cell{Text: "漢", Width: 2}, Cell{Text: "a", Width: 1}
	for _, test := range []struct {
		name string
		set  func(b *Buffer)
		want string
	}{
		{"outside", func(b *Buffer) { b.Set(-1, 0, narrow); b.Set(4, 0, narrow); b.Set(0, 1, narrow) }, "|    |"},
		{"no width", func(b *Buffer) { b.Set(0, 0, Cell{Text: "a"}) }, "|    |"},
		{"wide", func(b *Buffer) { b.Set(1, 0, wide) }, "| 漢 |"},
		{"wide over the edge", func(b *Buffer) { b.Set(3, 0, wide) }, "|    |"},
		{"over the first half", func(b *Buffer) { b.Set(1, 0, wide); b.Set(1, 0, narrow) }, "| a  |"},
		{"over the second half", func(b *Buffer) { b.Set(1, 0, wide); b.Set(2, 0, narrow) }, "|  a |"},
		{"wide over two halves", func(b *Buffer) { b.Set(0, 0, wide); b.Set(2, 0, wide); b.Set(1, 0, wide) }, "| 漢 |"},
		{"blanked", func(b *Buffer) { b.Set(1, 0, narrow); b.Blank(1, 0) }, "|    |"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b Buffer
			b.Resize(4, 1)
			test.set(&b)
			var text strings.Builder
			for x := range 4 {
				text.WriteString(b.At(x, 0).Text)
			}
			if got := "|" + text.String() + "|"; got != test.want {
				t.Errorf("the line is %s, want %s", got, test.want)
			}
		})
	}
}

// TestResize blanks what was there, and takes no size below nothing.
func TestResize(t *testing.T) {
	var b Buffer
	b.Resize(3, 2)
	b.Set(0, 0, Cell{Text: "a", Width: 1})
	b.Resize(2, 2)
	if b.At(0, 0) != blank {
		t.Errorf("a resized buffer holds %+v", b.At(0, 0))
	}
	b.Resize(-1, 5)
	if b.Width() != 0 || b.Height() != 5 || b.At(0, 0) != blank {
		t.Errorf("a size below nothing gives %dx%d", b.Width(), b.Height())
	}
}
