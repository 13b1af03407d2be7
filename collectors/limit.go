package collectors

import (
	"bytes"
	"encoding/json"
)

// unlimitedWord is how JSON says that there is no limit.
const unlimitedWord = `"unlimited"`

// Limit is what the kernel compares a level with: absent (not read), unlimited
// (the word max in the file) or a value. The zero Limit is absent. A limit is
// never the largest integer: a share of that would look sane and be wrong.
type Limit[T any] struct {
	value T
	state limitState
}

type limitState uint8

const (
	limitAbsent limitState = iota
	limitNone
	limitSet
)

// LimitOf returns a limit with a value.
func LimitOf[T any](value T) Limit[T] { return Limit[T]{value: value, state: limitSet} }

// Unlimited returns the limit that is known to be none.
func Unlimited[T any]() Limit[T] { return Limit[T]{state: limitNone} }

// Value returns the number; it is absent when the limit is unlimited or unknown.
func (l Limit[T]) Value() Opt[T] {
	if l.state != limitSet {
		return Opt[T]{}
	}
	return Some(l.value)
}

// Unlimited reports whether it is known that nothing limits.
func (l Limit[T]) Unlimited() bool { return l.state == limitNone }

// Present reports whether anything is known of the limit.
func (l Limit[T]) Present() bool { return l.state != limitAbsent }

// IsZero reports absence, so that omitzero leaves it out of JSON.
func (l Limit[T]) IsZero() bool { return l.state == limitAbsent }

// MarshalJSON writes a number, or the string "unlimited".
func (l Limit[T]) MarshalJSON() ([]byte, error) {
	switch l.state {
	case limitSet:
		return json.Marshal(l.value)
	case limitNone:
		return []byte(unlimitedWord), nil
	default:
		return []byte("null"), nil
	}
}

// UnmarshalJSON reads what MarshalJSON writes, and keeps what was there before
// when data is something else.
func (l *Limit[T]) UnmarshalJSON(data []byte) error {
	switch {
	case bytes.Equal(data, []byte("null")):
		*l = Limit[T]{}
	case bytes.Equal(data, []byte(unlimitedWord)):
		*l = Unlimited[T]()
	default:
		var value T
		if err := json.Unmarshal(data, &value); err != nil {
			return err
		}
		*l = LimitOf(value)
	}
	return nil
}
