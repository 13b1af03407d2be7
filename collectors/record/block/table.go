package block

import (
	"math"

	"brink/collectors"
)

// sheet is what the columns of a block are written to or read from: one function
// lists the columns of a table for both, so what is written and what is read cannot
// differ.
type sheet struct {
	reading bool
	// paired says that a table has two rows: one that is known, and one that is written
	// as what it differs in. To be read, the second is there as a copy of the first.
	paired bool
	writer writer
	reader reader
	words  words
	cells  cells
}

// table is rows of one kind. To be read, they are there and zero.
type table[R any] struct {
	*sheet
	rows []R
}

// known is of how many of so many rows the cells are known: to be written, of all.
func (s *sheet) known(rows int) int {
	switch {
	case !s.reading:
		return rows
	case s.paired:
		return 1
	default:
		return 0
	}
}

// exchange writes the cells, or reads those of so many rows. It reports whether there
// are some to be put into the rows.
func (s *sheet) exchange(rows int, highest uint8) bool {
	switch {
	case !s.reading && s.paired:
		s.writer.pair(&s.cells)
	case !s.reading:
		s.writer.column(&s.cells)
	case s.paired:
		return s.reader.pair(&s.cells, highest)
	default:
		return s.reader.column(&s.cells, rows, highest)
	}
	return false
}

// always is exchange for cells of which none may be absent, and returns what was read.
func (s *sheet) always(rows int) []uint64 {
	if !s.exchange(rows, given) && !s.reading {
		return nil
	}
	if s.reader.check(s.cells.common == given || rows == 0); s.reader.broken {
		return nil
	}
	return s.cells.values
}

// list is a column of its own. Each number is there.
func (s *sheet) list(numbers *[]uint64, count int) {
	s.cells.reset()
	if !s.reading {
		for _, number := range *numbers {
			s.cells.add(given, number)
		}
	}
	if read := s.always(count); s.reading {
		*numbers = append((*numbers)[:0], read...)
	}
}

// integer is a number without a fraction.
type integer interface {
	~int | ~int64 | ~uint64
}

// number is a column of numbers that are always there.
func number[R any, T integer](t table[R], field func(*R) *T) {
	if unchanged(t, field, equal) {
		return
	}
	t.cells.reset()
	for i := range t.known(len(t.rows)) {
		t.cells.add(given, uint64(*field(&t.rows[i])))
	}
	for i, value := range t.always(len(t.rows)) {
		*field(&t.rows[i]) = T(value)
	}
}

// optional is a column of numbers that may be absent.
func optional[R any, T integer](t table[R], field func(*R) *collectors.Opt[T]) {
	if unchanged(t, field, equal) {
		return
	}
	t.cells.reset()
	for i := range t.known(len(t.rows)) {
		value, present := field(&t.rows[i]).Get()
		t.cells.add(stateOf(present), uint64(value))
	}
	if !t.exchange(len(t.rows), given) {
		return
	}
	for i, value := range t.cells.values {
		if t.cells.is(i, given) {
			*field(&t.rows[i]) = collectors.Some(T(value))
		}
	}
}

// limit is a column of limits.
func limit[R any, T integer](t table[R], field func(*R) *collectors.Limit[T]) {
	if unchanged(t, field, equal) {
		return
	}
	t.cells.reset()
	for i := range t.known(len(t.rows)) {
		value := field(&t.rows[i])
		t.cells.add(stateOfLimit(value), uint64(value.Value().Or(0)))
	}
	if t.exchange(len(t.rows), unlimited) {
		readLimits(t, field, func(value uint64) T { return T(value) })
	}
}

// readLimits sets the limits of a column that was read.
func readLimits[R, T any](t table[R], field func(*R) *collectors.Limit[T], each func(uint64) T) {
	for i := range t.rows {
		switch {
		case t.cells.is(i, unlimited):
			*field(&t.rows[i]) = collectors.Unlimited[T]()
		case t.cells.is(i, given):
			*field(&t.rows[i]) = collectors.LimitOf(each(t.cells.values[i]))
		}
	}
}

// share is a column of fractions that may be absent.
func share[R any, T ~float64](t table[R], field func(*R) *collectors.Opt[T]) {
	if unchanged(t, field, sameShare) {
		return
	}
	t.cells.reset()
	for i := range t.known(len(t.rows)) {
		value, present := field(&t.rows[i]).Get()
		t.cells.add(stateOf(present), math.Float64bits(float64(value)))
	}
	if !t.exchangeShares(len(t.rows), given) {
		return
	}
	for i, value := range t.cells.values {
		if t.cells.is(i, given) {
			*field(&t.rows[i]) = collectors.Some(T(math.Float64frombits(value)))
		}
	}
}

// shareLimit is a column of limits that are fractions.
func shareLimit[R any, T ~float64](t table[R], field func(*R) *collectors.Limit[T]) {
	if unchanged(t, field, sameShareLimit) {
		return
	}
	t.cells.reset()
	for i := range t.known(len(t.rows)) {
		value := field(&t.rows[i])
		t.cells.add(stateOfLimit(value), math.Float64bits(float64(value.Value().Or(0))))
	}
	if t.exchangeShares(len(t.rows), unlimited) {
		readLimits(t, field, func(value uint64) T { return T(math.Float64frombits(value)) })
	}
}

// exchangeShares is exchange for fractions.
func (s *sheet) exchangeShares(rows int, highest uint8) bool {
	if !s.reading {
		s.cells.scale()
	}
	if !s.exchange(rows, highest) {
		return false
	}
	s.cells.unscale()
	return true
}

// text is a column of strings, as their numbers among the words.
func text[R any, T ~string](t table[R], field func(*R) *T) {
	if t.paired {
		pairText(t, field)
		return
	}
	t.cells.reset()
	for i := range t.known(len(t.rows)) {
		t.cells.add(given, t.words.number(string(*field(&t.rows[i]))))
	}
	for i, value := range t.always(len(t.rows)) {
		if t.reader.check(value < uint64(len(t.words.list))); t.reader.broken {
			return
		}
		*field(&t.rows[i]) = T(t.words.list[value])
	}
}

func stateOf(present bool) uint8 {
	if present {
		return given
	}
	return absent
}

func stateOfLimit[T any](limit *collectors.Limit[T]) uint8 {
	if limit.Unlimited() {
		return unlimited
	}
	return stateOf(limit.Present())
}

// scaledOne is a fraction of one as a whole number. The kernel writes percent with
// two digits, and Docker's limits rarely have more.
const scaledOne = 10000

// scale turns the bits of fractions into whole numbers where that keeps every one
// of them to the bit; a quotient is rounded in one way only.
func (c *cells) scale() {
	for _, value := range c.values {
		if math.Float64bits(unscaled(scaled(value))) != value {
			return
		}
	}
	for i, value := range c.values {
		c.values[i] = uint64(scaled(value))
	}
	c.scaled = true
}

func (c *cells) unscale() {
	if !c.scaled {
		return
	}
	for i, value := range c.values {
		c.values[i] = math.Float64bits(unscaled(int64(value)))
	}
}

// scaled is the nearest whole number; anything for what is far too large.
func scaled(bits uint64) int64 {
	const most = 1 << 53
	number := math.Round(math.Float64frombits(bits) * scaledOne)
	if math.IsNaN(number) || math.Abs(number) > most {
		return 0
	}
	return int64(number)
}

func unscaled(number int64) float64 { return float64(number) / scaledOne }
