package block

import "math/bits"

// plan is the shortest way that was found to write the values of a column. They are
// counted in the largest unit that all of them share: memory moves in pages, and CPU
// time in microseconds or ticks.
type plan struct {
	how  uint8
	unit uint64
	// base is the value in the head of the column, in units.
	base int64
	code *code
	// quick leaves out the search among several ways: it is for a block of one entry,
	// which is soon part of a larger one.
	quick bool
	// levels, steps and turns are the ways that are compared.
	levels, steps, turns code
}

// make finds the shortest way to write values.
func (p *plan) make(values []uint64) {
	switch p.how = uniform(values); p.how {
	case valuesNone, valuesZero:
		return
	case valuesSame:
		p.base = int64(values[0])
		return
	}
	p.unit = unitOf(values)
	p.differ(values)
	p.base, p.how, p.code = int64(values[0])/int64(p.unit), valuesSteps, &p.steps
	if p.quick {
		return
	}
	if p.turns.cost < p.code.cost {
		p.how, p.code = valuesTurns, &p.turns
	}
	if base, ok := p.rise(values); ok && p.levels.cost < p.code.cost {
		p.base, p.how, p.code = base, valuesLevels, &p.levels
	}
}

// uniform tells values that are all the same, or none, from others.
func uniform(values []uint64) uint8 {
	if len(values) == 0 {
		return valuesNone
	}
	for _, value := range values {
		if value != values[0] {
			return valuesSteps
		}
	}
	if values[0] == 0 {
		return valuesZero
	}
	return valuesSame
}

// unitOf is the largest unit of the first value and of all differences.
func unitOf(values []uint64) uint64 {
	unit := magnitude(values[0])
	for i := 1; i < len(values) && unit != 1; i++ {
		unit = divisor(unit, magnitude(values[i]-values[i-1]))
	}
	return unit
}

// differ finds the codes of steps and turns.
func (p *plan) differ(values []uint64) {
	p.steps.reset()
	p.turns.reset()
	before := int64(0)
	for i := 1; i < len(values); i++ {
		step := int64(values[i]-values[i-1]) / int64(p.unit)
		p.steps.add(step)
		p.turns.add(step - before)
		before = step
	}
	if p.steps.choose(); !p.quick {
		p.turns.choose()
	}
}

// rise finds the code of levels, and the lowest value. Values that lie more than a
// signed number apart are not counted in the unit of their differences; then it
// reports false.
func (p *plan) rise(values []uint64) (base int64, ok bool) {
	lowest := int64(values[0])
	for _, value := range values {
		lowest = min(lowest, int64(value))
	}
	p.levels.reset()
	for _, value := range values {
		above := value - uint64(lowest)
		if int64(above) < 0 || above%p.unit != 0 {
			return 0, false
		}
		p.levels.add(int64(above / p.unit))
	}
	p.levels.choose()
	base = lowest / int64(p.unit)
	return base, uint64(base)*p.unit == uint64(lowest)
}

// code is numbers, and how to write them in the fewest bits.
type code struct {
	numbers []uint64
	// order is that of the exponential Golomb code.
	order int
	// signed numbers have their sign in the lowest bit.
	signed bool
	// sparse numbers have a bit before each that tells zero from the others, which are
	// lessened by one.
	sparse bool
	// cost is how many bits all take.
	cost int
}

// The byte of a code: its order and two flags.
const (
	orderMask       = wordBits - 1
	sparseBit uint8 = 1 << 6
	signedBit uint8 = 1 << 7
)

func (c *code) reset() { c.numbers, c.signed = c.numbers[:0], false }

// add takes the next number.
func (c *code) add(number int64) {
	c.numbers = append(c.numbers, uint64(number))
	c.signed = c.signed || number < 0
}

// choose finds the cheapest way to write the numbers.
func (c *code) choose() {
	var all, some histogram
	c.sign()
	for _, number := range c.numbers {
		all.add(number)
	}
	c.order, c.cost = all.cheapest()
	if c.sparse = false; all.counts[0] == 0 {
		return
	}
	for _, number := range c.numbers {
		if number > 0 {
			some.add(number - 1)
		}
	}
	if order, cost := some.cheapest(); cost+len(c.numbers) < c.cost {
		c.order, c.cost, c.sparse = order, cost+len(c.numbers), true
	}
}

// sign puts the signs where they are written.
func (c *code) sign() {
	if !c.signed {
		return
	}
	for i, number := range c.numbers {
		c.numbers[i] = zigzag(int64(number))
	}
}

// octet is the byte of the code.
func (c *code) octet() uint8 {
	octet := uint8(c.order)
	if c.sparse {
		octet |= sparseBit
	}
	if c.signed {
		octet |= signedBit
	}
	return octet
}

// histogram counts numbers by their length in bits.
type histogram struct {
	counts         [wordBits + 1]uint32
	total, longest int
}

func (h *histogram) add(number uint64) {
	length := bits.Len64(number)
	h.counts[length]++
	h.total++
	h.longest = max(h.longest, length)
}

// cheapest returns the order of the code that takes the fewest bits for the numbers,
// and how many bits these are. With each order more, every number that fits takes a
// bit more, and every one that is longer than the next order a bit less: so it is the
// first order from which on more would be lost than won.
func (h *histogram) cheapest() (order, cost int) {
	fitting := int(h.counts[0])
	for order < orderMask {
		longer := h.total - fitting - int(h.counts[order+1])
		if fitting >= longer {
			break
		}
		order++
		fitting += int(h.counts[order])
	}
	for length := 0; length <= h.longest; length++ {
		cost += int(h.counts[length]) * golombCost(length, order)
	}
	return order, cost
}
