package block

// The lengths of a number and of a byte.
const (
	wordBits  = 64
	octetBits = 8
)

// The states of a cell.
const (
	absent uint8 = iota
	given
	unlimited
)

// mixed, in place of a state, says that not all cells of a column are in the same.
const mixed uint8 = 3

// How the values of a column are written.
const (
	// valuesNone: no cell has a value.
	valuesNone uint8 = iota
	// valuesZero: all are zero.
	valuesZero
	// valuesSame: all have the first one.
	valuesSame
	// valuesLevels: the lowest one, and how far above it each one is.
	valuesLevels
	// valuesSteps: the first one, and each one's difference from the one before.
	valuesSteps
	// valuesTurns: the first one, and how each difference differs from the one before.
	valuesTurns
)

// A column begins with a byte: how its values are written, the state of all its
// cells, and whether the values are fractions that were scaled to whole numbers.
const (
	howMask          = 1<<stateShift - 1
	stateShift       = 3
	scaledBit  uint8 = 1 << 5
)

// cells are a column in the form in which it is written: the state of each row, and
// the values of those that have one.
type cells struct {
	// common is the state of all cells, or mixed. What is read has states only then.
	common uint8
	states []uint8
	// values are those of the cells that have one, and in what is read of all cells.
	values []uint64
	scaled bool
}

func (c *cells) reset() {
	c.common, c.states, c.values, c.scaled = absent, c.states[:0], c.values[:0], false
}

// add takes the next cell.
func (c *cells) add(state uint8, value uint64) {
	switch {
	case len(c.states) == 0:
		c.common = state
	case c.common != state:
		c.common = mixed
	}
	c.states = append(c.states, state)
	if state == given {
		c.values = append(c.values, value)
	}
}

// is reports whether a cell that was read is in a state.
func (c *cells) is(i int, state uint8) bool {
	if c.common != mixed {
		return c.common == state
	}
	return c.states[i] == state
}

// cell is the state of a cell that was added, and its value, 0 where it has none.
func (c *cells) cell(i int) (state uint8, value uint64) {
	state = c.states[i]
	if state != given {
		return state, 0
	}
	// Those before it without a value have none in the list.
	for _, before := range c.states[:i] {
		if before != given {
			i--
		}
	}
	return state, c.values[i]
}

// two makes cells that were read of two.
func (c *cells) two(state uint8, value uint64, other uint8, next uint64) {
	c.states, c.values = append(c.states[:0], state, other), append(c.values[:0], value, next)
	if c.common = state; state != other {
		c.common = mixed
	}
}

// spread gives each cell a value of its own, from those of the cells that have one.
func (c *cells) spread() {
	from := len(c.values) - 1
	c.values = append(c.values, make([]uint64, len(c.states)-len(c.values))...)
	for i := len(c.states) - 1; i >= 0; i-- {
		if c.states[i] != given {
			c.values[i] = 0
			continue
		}
		c.values[i] = c.values[from]
		from--
	}
}

// divisor is the greatest common divisor; zero shares every one.
func divisor(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// magnitude is the distance from zero of a number that may be negative.
func magnitude(number uint64) uint64 {
	if int64(number) < 0 {
		return -number
	}
	return number
}

// zigzag puts the sign in the lowest bit, so that a small negative number is short.
func zigzag(value int64) uint64 { return uint64(value)<<1 ^ uint64(value>>63) }

func unzigzag(bits uint64) int64 { return int64(bits>>1) ^ -int64(bits&1) }
