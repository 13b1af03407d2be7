package block

import (
	"encoding/binary"
	"slices"
)

// writer puts columns into heads, which are bytes, and a stream of bits.
type writer struct {
	heads []byte
	bits  bitWriter
	plan  plan
	// states is for the states of a column, which are a column themselves.
	states []uint64
	inner  plan
}

func (w *writer) reset() {
	w.heads = w.heads[:0]
	w.bits.reset()
}

// column writes cells.
func (w *writer) column(c *cells) {
	w.plan.make(c.values)
	tag := w.plan.how | c.common<<stateShift
	if c.scaled {
		tag |= scaledBit
	}
	w.heads = append(w.heads, tag)
	if c.common == mixed {
		w.states = w.states[:0]
		for _, state := range c.states {
			w.states = append(w.states, uint64(state))
		}
		w.inner.make(w.states)
		w.heads = append(w.heads, w.inner.how)
		w.values(&w.inner)
	}
	w.values(&w.plan)
}

// values writes what follows the first byte of a column.
func (w *writer) values(plan *plan) {
	if plan.how >= valuesSame {
		w.heads = binary.AppendVarint(w.heads, plan.base)
	}
	if plan.how <= valuesSame {
		return
	}
	w.heads = binary.AppendUvarint(w.heads, plan.unit)
	w.heads = append(w.heads, plan.code.octet())
	for _, number := range plan.code.numbers {
		w.bits.number(number, plan.code)
	}
}

// number writes one number of a code.
func (w *bitWriter) number(number uint64, code *code) {
	switch {
	case !code.sparse:
		w.golomb(number, code.order)
	case number == 0:
		w.put(0, 1)
	default:
		w.put(1, 1)
		w.golomb(number-1, code.order)
	}
}

// reader takes columns from heads and a stream of bits. Once it is broken, every
// column is empty.
type reader struct {
	heads  []byte
	bits   bitReader
	broken bool
	states []uint64
}

// check breaks the reader where something that must hold does not.
func (r *reader) check(holds bool) { r.broken = r.broken || !holds }

// whole reports whether all was there, and nothing is left.
func (r *reader) whole() bool {
	left := len(r.bits.data)*octetBits - r.bits.next
	return !r.broken && len(r.heads) == 0 && left >= 0 && left < octetBits
}

func (r *reader) octet() uint8 {
	if r.check(len(r.heads) > 0); r.broken {
		return 0
	}
	octet := r.heads[0]
	r.heads = r.heads[1:]
	return octet
}

func (r *reader) uvarint() uint64 {
	value, size := binary.Uvarint(r.heads)
	if r.check(size > 0); r.broken {
		return 0
	}
	r.heads = r.heads[size:]
	return value
}

// column reads the cells of so many rows, in states up to the highest that the
// column may have. It reports whether any cell is not absent.
func (r *reader) column(c *cells, rows int, highest uint8) bool {
	c.reset()
	tag := r.octet()
	c.common = tag >> stateShift & mixed
	c.scaled = tag&scaledBit != 0
	r.check(tag < scaledBit<<1 && (c.common <= highest || c.common == mixed && highest > 0))
	count := 0
	switch c.common {
	case given:
		count = rows
	case mixed:
		count = r.mixture(c, rows, highest)
	}
	if c.values = r.values(c.values, tag&howMask, count); c.common == mixed && !r.broken {
		c.spread()
	}
	return !r.broken && c.common != absent
}

// mixture reads the states of a column, and returns how many values it has.
func (r *reader) mixture(c *cells, rows int, highest uint8) int {
	r.states = r.values(r.states[:0], r.octet(), rows)
	count := 0
	for _, state := range r.states {
		r.check(state <= uint64(highest))
		c.states = append(c.states, uint8(state))
		if uint8(state) == given {
			count++
		}
	}
	return count
}

// values appends so many numbers, or none when they are not there.
func (r *reader) values(list []uint64, how uint8, count int) []uint64 {
	r.check(how <= valuesTurns && (how == valuesNone) == (count == 0))
	if r.broken || how == valuesNone {
		return list
	}
	base := uint64(0)
	if how >= valuesSame {
		base = uint64(unzigzag(r.uvarint()))
	}
	if how > valuesSame {
		return r.coded(list, how, base, count)
	}
	at := len(list)
	list = slices.Grow(list, count)[:at+count]
	for i := at; i < len(list); i++ {
		list[i] = base
	}
	return list
}

// coded appends values that differ.
func (r *reader) coded(list []uint64, how uint8, base uint64, count int) []uint64 {
	unit, code := r.uvarint(), r.octet()
	base *= unit
	at := len(list)
	if how != valuesLevels {
		list = append(list, base)
		count--
	}
	r.check(count <= len(r.bits.data)*octetBits)
	if r.broken {
		return list[:at]
	}
	list = r.numbers(list, code, count)
	switch r.check(!r.bits.past()); how {
	case valuesLevels:
		raise(list[at:], base, unit)
	case valuesSteps:
		climb(list[at:], unit)
	default:
		turn(list[at:], unit)
	}
	return list
}

// numbers appends the numbers of a code.
func (r *reader) numbers(list []uint64, code uint8, count int) []uint64 {
	order, at := int(code&orderMask), len(list)
	list = slices.Grow(list, count)[:at+count]
	r.bits.numbers(list[at:], order, code&sparseBit != 0)
	if code&signedBit != 0 {
		for i, number := range list[at:] {
			list[at+i] = uint64(unzigzag(number))
		}
	}
	return list
}

// raise makes values of levels.
func raise(list []uint64, base, unit uint64) {
	for i, level := range list {
		list[i] = base + level*unit
	}
}

// climb makes values of steps, from the first one on, which is one.
func climb(list []uint64, unit uint64) {
	for i := 1; i < len(list); i++ {
		list[i] = list[i-1] + list[i]*unit
	}
}

// turn makes values of turns, from the first one on, which is one.
func turn(list []uint64, unit uint64) {
	step := uint64(0)
	for i := 1; i < len(list); i++ {
		step += list[i]
		list[i] = list[i-1] + step*unit
	}
}
