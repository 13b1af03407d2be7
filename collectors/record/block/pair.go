package block

import (
	"encoding/binary"
	"math/bits"

	"brink/collectors"
)

// A column of a pair is a bit: whether the second cell is the same as the first, which
// is known. If it is not, these follow: the state, whether the values are scaled, and
// for a value the length of its difference with the difference itself.
const (
	pairStateBits  = 2
	pairLengthBits = 7
)

// pair writes the second of two cells.
func (w *writer) pair(c *cells) {
	was, before := c.cell(0)
	is, after := c.cell(1)
	if was == is && before == after {
		w.bits.put(0, 1)
		return
	}
	w.bits.put(1<<pairStateBits|uint64(is), 1+pairStateBits)
	w.bits.put(flag(c.scaled), 1)
	if is != given {
		return
	}
	difference := zigzag(int64(after - before))
	length := bits.Len64(difference)
	w.bits.put(uint64(length), pairLengthBits)
	w.bits.put(difference, length)
}

// pair reads the second of two cells; the first one is there. It reports whether one
// of them is not absent.
func (r *reader) pair(c *cells, highest uint8) bool {
	was, before := c.cell(0)
	is, after := was, before
	if r.bits.take(1) == 1 {
		is = uint8(r.bits.take(pairStateBits))
		if c.scaled = r.bits.take(1) == 1; c.scaled && was == given {
			before = uint64(scaled(before))
		}
		after = 0
		if is == given {
			after = before + uint64(unzigzag(r.difference()))
		}
	}
	r.check(is <= highest)
	c.two(was, before, is, after)
	return !r.broken && (was != absent || is != absent)
}

// difference reads a number with its length before it.
func (r *reader) difference() uint64 {
	length := int(r.bits.take(pairLengthBits))
	if r.check(length <= wordBits); r.broken {
		return 0
	}
	return r.bits.take(length)
}

func flag(yes bool) uint64 {
	if yes {
		return 1
	}
	return 0
}

// bit writes a yes or no, or reads it.
func (s *sheet) bit(yes bool) bool {
	if s.reading {
		return s.reader.bits.take(1) == 1
	}
	s.writer.bits.put(flag(yes), 1)
	return yes
}

// pairText writes the second of two strings, or reads it.
func pairText[T ~string](s *sheet, known, text *T) {
	switch {
	case s.bit(*known == *text):
		*text = *known
	case s.reading:
		length := s.reader.length(len(s.reader.heads))
		if s.reader.check(length <= len(s.reader.heads)); !s.reader.broken {
			*text = T(s.reader.heads[:length])
			s.reader.heads = s.reader.heads[length:]
		}
	default:
		s.writer.heads = binary.AppendUvarint(s.writer.heads, uint64(len(*text)))
		s.writer.heads = append(s.writer.heads, *text...)
	}
}

// pairLists writes a list, or reads it: each element as what it differs in from the one
// in the same place of an earlier list.
func pairLists[E comparable](s *sheet, base, list collectors.Opt[[]E], columns func(table[E])) collectors.Opt[[]E] {
	was, had := base.Get()
	is, has := list.Get()
	if s.bit(had == has && same(was, is)) {
		return base
	}
	if !s.bit(has && len(is) <= elementsMost) {
		return collectors.Opt[[]E]{}
	}
	is = pairLength(s, is)
	rows := make([]E, 2)
	for i := range is {
		rows[0], rows[1] = element(was, i), is[i]
		if columns(table[E]{sheet: s, rows: rows}); s.reading {
			is[i] = rows[1]
		}
	}
	return collectors.Some(is)
}

// element is that in a place of a list, zero behind its end.
func element[E any](list []E, i int) E {
	if i < len(list) {
		return list[i]
	}
	var none E
	return none
}

// pairLength writes the length of a list, or makes one of the length that it reads.
func pairLength[E any](s *sheet, list []E) []E {
	if !s.reading {
		s.writer.heads = binary.AppendUvarint(s.writer.heads, lengthOf(list))
		return list
	}
	// An element takes more than a bit.
	length := s.reader.length(min(elementsMost, len(s.reader.bits.data)*octetBits) + 1)
	if s.reader.broken || length == 0 {
		return nil
	}
	return make([]E, length-1)
}

// listOf is a list of which there is none when it is nil.
func listOf[E any](list []E) collectors.Opt[[]E] {
	if list == nil {
		return collectors.Opt[[]E]{}
	}
	return collectors.Some(list)
}
