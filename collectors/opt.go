package collectors

import "encoding/json"

// Opt is a value that may be absent. The zero Opt is absent: it was not
// measured, the kernel is too old to tell, or it may not be read. Absent is
// left out of JSON (tag the field omitzero) and drawn as "--", never as 0.
type Opt[T any] struct {
	value   T
	present bool
}

// Some returns a present value.
func Some[T any](value T) Opt[T] { return Opt[T]{value: value, present: true} }

// Get returns the value and whether it is present.
func (o Opt[T]) Get() (T, bool) { return o.value, o.present }

// Or returns the value, or fallback when it is absent. It is for arithmetic in
// which the part in question may rightly be missing; to show a value use Get.
func (o Opt[T]) Or(fallback T) T {
	if o.present {
		return o.value
	}
	return fallback
}

// Present reports whether there is a value.
func (o Opt[T]) Present() bool { return o.present }

// IsZero reports absence, so that omitzero leaves an absent field out of JSON.
func (o Opt[T]) IsZero() bool { return !o.present }

// MarshalJSON writes the bare value, or null when it is absent.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.present {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads a bare value; null is absence. What was there before is
// replaced as a whole, and kept when data is malformed.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*o = Opt[T]{}
		return nil
	}
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	*o = Some(value)
	return nil
}
