package ui

import (
	"encoding/binary"
	"math"
	"time"

	"brink/collectors"
)

// codec writes values into bytes, or reads them back: one function lists the
// fields of a type for both, so what is written and what is read cannot differ.
// Numbers keep every bit. It is made to be packed: what stays the same from one
// sample to the next is the same run of bytes. While it writes it changes none of
// the values, for frames are shared.
type codec struct {
	data    []byte
	reading bool
	// broken is set when there was less to read than was asked for.
	broken bool
}

// word is a whole number; a small one is short.
func (c *codec) word(value *uint64) {
	if !c.reading {
		c.data = binary.AppendUvarint(c.data, *value)
		return
	}
	read, size := binary.Uvarint(c.data)
	if size <= 0 {
		c.data, c.broken, *value = nil, true, 0
		return
	}
	c.data, *value = c.data[size:], read
}

// fixed is a number of eight bytes.
func (c *codec) fixed(value *uint64) {
	const size = 8
	switch {
	case !c.reading:
		c.data = binary.LittleEndian.AppendUint64(c.data, *value)
	case len(c.data) < size:
		c.data, c.broken, *value = nil, true, 0
	default:
		*value, c.data = binary.LittleEndian.Uint64(c.data), c.data[size:]
	}
}

func (c *codec) flag(value *bool) {
	var bit uint64
	if *value {
		bit = 1
	}
	if c.word(&bit); c.reading {
		*value = bit == 1
	}
}

func (c *codec) float(value *float64) {
	bits := math.Float64bits(*value)
	if c.fixed(&bits); c.reading {
		*value = math.Float64frombits(bits)
	}
}

// instant is a time, in nanoseconds since the epoch; the zero time stays what it
// is.
func (c *codec) instant(value *time.Time) {
	set, nanoseconds := !value.IsZero(), uint64(value.UnixNano())
	if c.flag(&set); set {
		c.fixed(&nanoseconds)
	}
	switch {
	case c.reading && set:
		*value = time.Unix(0, int64(nanoseconds)).UTC()
	case c.reading:
		*value = time.Time{}
	}
}

// instantOf is instant for a copy.
func (c *codec) instantOf(value time.Time) time.Time {
	c.instant(&value)
	return value
}

// text is any string.
func text[T ~string](c *codec, value *T) {
	size := uint64(len(*value))
	c.word(&size)
	switch {
	case !c.reading:
		c.data = append(c.data, *value...)
	case size > uint64(len(c.data)):
		c.data, c.broken, *value = nil, true, ""
	default:
		*value, c.data = T(c.data[:size]), c.data[size:]
	}
}

// small is a code that is kept as a number.
func small[T ~uint8](c *codec, value *T) {
	number := uint64(*value)
	if c.word(&number); c.reading {
		*value = T(number)
	}
}

// whole is a number without a fraction, which may be negative.
func whole[T ~int | ~int64 | ~uint64](c *codec, value *T) {
	// The sign goes to the lowest bit, so that a small negative number is short.
	bits := uint64(*value)<<1 ^ uint64(int64(*value)>>63)
	if c.word(&bits); c.reading {
		*value = T(bits>>1 ^ -(bits & 1))
	}
}

// wholeOf is whole for a copy.
func wholeOf[T ~int | ~int64 | ~uint64](c *codec, value T) T {
	whole(c, &value)
	return value
}

// fractionOf is float for a copy.
func fractionOf[T ~float64](c *codec, value T) T {
	plain := float64(value)
	c.float(&plain)
	return T(plain)
}

// optional is a value that may be absent. What goes through each is a copy: a pointer
// to it would be garbage, a hundred times a frame.
func optional[T any](c *codec, value *collectors.Opt[T], each func(T) T) {
	inner, present := value.Get()
	if c.flag(&present); present {
		inner = each(inner)
	}
	switch {
	case c.reading && present:
		*value = collectors.Some(inner)
	case c.reading:
		*value = collectors.Opt[T]{}
	}
}

func optWhole[T ~int | ~int64 | ~uint64](c *codec, values ...*collectors.Opt[T]) {
	for _, value := range values {
		optional(c, value, func(inner T) T { return wholeOf(c, inner) })
	}
}

func optFraction[T ~float64](c *codec, values ...*collectors.Opt[T]) {
	for _, value := range values {
		optional(c, value, func(inner T) T { return fractionOf(c, inner) })
	}
}

// The states of a limit.
const (
	limitUnknown uint64 = iota
	limitNone
	limitGiven
)

// limited is a limit: unknown, none or a value.
func limited[T any](c *codec, value *collectors.Limit[T], each func(T) T) {
	state := limitUnknown
	inner, given := value.Value().Get()
	switch {
	case given:
		state = limitGiven
	case value.Unlimited():
		state = limitNone
	}
	if c.word(&state); state == limitGiven {
		inner = each(inner)
	}
	switch {
	case !c.reading:
	case state == limitGiven:
		*value = collectors.LimitOf(inner)
	case state == limitNone:
		*value = collectors.Unlimited[T]()
	default:
		*value = collectors.Limit[T]{}
	}
}

func limitWhole[T ~int | ~int64 | ~uint64](c *codec, value *collectors.Limit[T]) {
	limited(c, value, func(inner T) T { return wholeOf(c, inner) })
}

// sequence is a list; an empty one is read as none.
func sequence[T any](c *codec, list *[]T, each func(*T)) {
	count := uint64(len(*list))
	c.word(&count)
	if !c.reading {
		for i := range *list {
			each(&(*list)[i])
		}
		return
	}
	*list = nil
	for ; count > 0 && !c.broken; count-- {
		var element T
		each(&element)
		*list = append(*list, element)
	}
}

func texts[T ~string](c *codec, list *[]T) {
	sequence(c, list, func(element *T) { text(c, element) })
}
