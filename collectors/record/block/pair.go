package block

import (
	"encoding/binary"
	"math"
	"math/bits"

	"brink/collectors"
)

// A column of a pair is a bit: whether the second cell differs from the first, which is
// known. If it does, these follow: the state, whether the values are scaled, and
// for a value the length of its difference with the difference itself.
const (
	pairStateBits  = 2
	pairLengthBits = 7
)

// unchanged writes whether the second of two fields is the same as the first, or reads
// it. Most are, and that is all of them then; the others are made empty, to be read.
func unchanged[R, F any](t table[R], field func(*R) *F, same func(a, b *F) bool) bool {
	if !t.paired {
		return false
	}
	if !t.reading {
		return !t.bit(!same(field(&t.rows[0]), field(&t.rows[1])))
	}
	if t.reader.bits.take(1) == 0 {
		return true
	}
	var none F
	*field(&t.rows[1]) = none
	return false
}

func equal[F comparable](a, b *F) bool { return *a == *b }

// sameShare reports whether two fractions are the same to the bit.
func sameShare[T ~float64](a, b *collectors.Opt[T]) bool {
	return a.Present() == b.Present() && math.Float64bits(float64(a.Or(0))) == math.Float64bits(float64(b.Or(0)))
}

func sameShareLimit[T ~float64](a, b *collectors.Limit[T]) bool {
	first, second := a.Value(), b.Value()
	return a.Unlimited() == b.Unlimited() && sameShare(&first, &second)
}

// pair writes the second of two cells.
func (w *writer) pair(c *cells) {
	_, before := c.cell(0)
	state, value := c.cell(1)
	w.bits.put(uint64(state)<<1|flag(c.scaled), pairStateBits+1)
	if state != given {
		return
	}
	difference := zigzag(int64(value - before))
	length := bits.Len64(difference)
	w.bits.put(uint64(length), pairLengthBits)
	w.bits.put(difference, length)
}

// pair reads the second of two cells; the first one is there. It reports whether one
// of them is not absent.
func (r *reader) pair(c *cells, highest uint8) bool {
	was, before := c.cell(0)
	state := uint8(r.bits.take(pairStateBits))
	if c.scaled = r.bits.take(1) == 1; c.scaled && was == given {
		before = uint64(scaled(before))
	}
	value := uint64(0)
	if state == given {
		value = before + uint64(unzigzag(r.difference()))
	}
	r.check(state <= highest)
	c.two(was, before, state, value)
	return !r.broken && (was != absent || state != absent)
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

// count writes a number of things, or reads it.
func (s *sheet) count(n int) int {
	if s.reading {
		return s.reader.length(math.MaxInt32)
	}
	s.writer.heads = binary.AppendUvarint(s.writer.heads, uint64(n))
	return n
}

// pairText writes the second of two strings, or reads it.
func pairText[R any, T ~string](t table[R], field func(*R) *T) {
	if unchanged(t, field, equal) {
		return
	}
	text := field(&t.rows[1])
	if !t.reading {
		t.writer.heads = binary.AppendUvarint(t.writer.heads, uint64(len(*text)))
		t.writer.heads = append(t.writer.heads, *text...)
		return
	}
	length := t.reader.length(len(t.reader.heads))
	if t.reader.check(length <= len(t.reader.heads)); !t.reader.broken {
		*text = T(t.reader.heads[:length])
		t.reader.heads = t.reader.heads[length:]
	}
}

// pairLists writes a list, or reads it: each element as what it differs in from the one
// in the same place of an earlier list, if it does. It reports whether the list is
// another one.
func pairLists[E comparable](s *sheet, base, list collectors.Opt[[]E], columns func(table[E])) (next collectors.Opt[[]E], another bool) {
	was, had := base.Get()
	is, has := list.Get()
	if s.bit(had == has && same(was, is)) {
		return base, false
	}
	if !s.bit(has && len(is) <= elementsMost) {
		return collectors.Opt[[]E]{}, true
	}
	is = pairLength(s, is)
	rows := make([]E, 2)
	for i := range is {
		rows[0], rows[1] = element(was, i), is[i]
		if s.reading {
			rows[1] = rows[0]
		}
		if same := rows[0] == rows[1]; !s.bit(same) {
			columns(table[E]{sheet: s, rows: rows})
		}
		if s.reading {
			is[i] = rows[1]
		}
	}
	return collectors.Some(is), true
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
	// An element takes a bit at the least.
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
