package block

import (
	"encoding/binary"
	"math/bits"
)

// bitWriter appends bits to bytes, the highest bit first.
type bitWriter struct {
	data []byte
	// word holds the bits that are not in data yet, and held is how many; always less
	// than a whole word.
	word uint64
	held int
}

func (w *bitWriter) reset() { *w = bitWriter{data: w.data[:0]} }

// put appends the lowest size bits of value, which has no others.
func (w *bitWriter) put(value uint64, size int) {
	if w.held+size < wordBits {
		w.word = w.word<<size | value
		w.held += size
		return
	}
	left := w.held + size - wordBits
	w.data = binary.BigEndian.AppendUint64(w.data, w.word<<(size-left)|value>>left)
	w.word, w.held = value&(1<<left-1), left
}

// finish returns all that was written; the last byte is filled with zeros.
func (w *bitWriter) finish() []byte {
	for w.held > 0 {
		w.data = append(w.data, byte(w.word<<(wordBits-w.held)>>(wordBits-octetBits)))
		w.held -= min(w.held, octetBits)
	}
	return w.data
}

// golomb appends a number in an exponential Golomb code of the order k: how many
// bits it has beyond k, as so many ones and a zero, and then the bits below its
// highest. A number of up to k bits takes k+1 bits; one far beyond it takes twice
// its length, so that a rare leap costs little.
func (w *bitWriter) golomb(value uint64, k int) {
	beyond := bits.Len64(value >> k)
	w.put(1<<beyond-1, beyond)
	below := k + max(beyond-1, 0)
	w.put(0, 1)
	w.put(value&(1<<below-1), below)
}

// golombCost is how many bits a number of the given length takes.
func golombCost(length, k int) int {
	if length <= k {
		return 1 + k
	}
	return 2*length - k
}

// bitReader takes bits from bytes.
type bitReader struct {
	data []byte
	// next counts bits.
	next int
}

// sure is how many bits of what peek returns are always there.
const sure = 57

// peek returns the bits that follow, in the highest places. Behind the end are
// zeros.
func (r *bitReader) peek() uint64 {
	const word = 8
	at := r.next / octetBits
	if at+word <= len(r.data) {
		return binary.BigEndian.Uint64(r.data[at:]) << (r.next % octetBits)
	}
	var last [word]byte
	copy(last[:], r.data[min(at, len(r.data)):])
	return binary.BigEndian.Uint64(last[:]) << (r.next % octetBits)
}

// take returns a number of up to 64 bits.
func (r *bitReader) take(size int) uint64 {
	if size <= sure {
		value := r.peek() >> (wordBits - size)
		r.next += size
		return value
	}
	high := r.take(size - 32)
	return high<<32 | r.take(32)
}

// numbers fills a list with numbers in the code of the order k; with some, each has
// a bit before it that tells zero from the others, which are lessened by one. Behind
// the end of the data numbers are zero; see past.
//
// Reading a day is little else, so it goes by variables of its own, and asks nothing
// of which the answer is hard to guess: whether a number is zero is a factor. Eight
// zeros are rarely alone, and those that follow each other are taken together.
func (r *bitReader) numbers(list []uint64, k int, some bool) {
	lead, one := 0, uint64(0)
	if some {
		lead, one = 1, 1
	}
	data, next := r.data, r.next
	for i := 0; i < len(list); i++ {
		at := next / octetBits
		if at+wordBits/octetBits > len(data) {
			list[i], next = r.number(next, k, some)
			continue
		}
		word := binary.BigEndian.Uint64(data[at:]) << (next % octetBits)
		if some && word < 1<<(wordBits-octetBits) {
			zeros := min(bits.LeadingZeros64(word), sure, len(list)-i)
			clear(list[i : i+zeros])
			i, next = i+zeros-1, next+zeros
			continue
		}
		there := word>>(wordBits-1) | (one ^ 1)
		word <<= lead
		beyond := bits.LeadingZeros64(^word)
		below := k + max(beyond-1, 0)
		size := beyond + 1 + below
		if size >= sure {
			list[i], next = r.number(next, k, some)
			continue
		}
		highest := uint64(min(beyond, 1)) << below
		list[i] = (one + (highest | word<<(beyond+1)>>(wordBits-below))) * there
		next += lead + size*int(there)
	}
	r.next = next
}

// number returns the number at the given bit, of any length, and where it ends.
func (r *bitReader) number(at, k int, some bool) (number uint64, next int) {
	r.next = at
	switch {
	case !some:
		number = r.golomb(k)
	case r.take(1) == 1:
		number = r.golomb(k) + 1
	}
	return number, r.next
}

// golomb returns the next number in the code of the order k.
func (r *bitReader) golomb(k int) uint64 {
	beyond := 0
	for ; beyond <= wordBits && r.take(1) == 1; beyond++ {
	}
	if beyond == 0 {
		return r.take(k)
	}
	below := beyond - 1 + k
	if below >= wordBits {
		// No number is that long: what follows is refused.
		r.next = len(r.data)*octetBits + 1
		return 0
	}
	return 1<<below | r.take(below)
}

// past reports whether more was read than there is.
func (r *bitReader) past() bool { return r.next > len(r.data)*octetBits }
