package block

import (
	"encoding/binary"
	"math/bits"
)

// bitWriter appends bits to bytes, the highest bit first.
type bitWriter struct {
	data []byte
	// free is how many bits of the last byte are not used yet.
	free int
}

// put appends the lowest size bits of value.
func (w *bitWriter) put(value uint64, size int) {
	for size > 0 {
		if w.free == 0 {
			w.data, w.free = append(w.data, 0), octetBits
		}
		taken := min(size, w.free)
		size -= taken
		w.free -= taken
		part := byte(value>>size) & byte(1<<taken-1)
		w.data[len(w.data)-1] |= part << w.free
	}
}

// golomb appends a number in an exponential Golomb code of the order k: how many
// bits it has beyond k, as so many ones and a zero, and then the bits below its
// highest. A number of up to k bits takes k+1 bits; one far beyond it takes twice
// its length, so that a rare leap costs little.
func (w *bitWriter) golomb(value uint64, k int) {
	beyond := bits.Len64(value >> k)
	w.put(1<<beyond-1, beyond)
	w.put(0, 1)
	w.put(value, k+max(beyond-1, 0))
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

// golomb returns the next number in the code of the order k. Behind the end of the
// data numbers are zero; see past.
func (r *bitReader) golomb(k int) uint64 {
	word := r.peek()
	beyond := bits.LeadingZeros64(^word)
	if size := 2*beyond + k; beyond > 0 && size <= sure {
		r.next += size
		below := beyond - 1 + k
		return 1<<below | word<<(beyond+1)>>(wordBits-below)
	}
	return r.slowGolomb(k)
}

// slowGolomb reads a number of any length.
func (r *bitReader) slowGolomb(k int) uint64 {
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
