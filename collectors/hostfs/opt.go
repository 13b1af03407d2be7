package hostfs

// Opt is a value that may be absent. Its zero value is absent, which is not the same as a zero.
type Opt[T any] struct {
	value T
	ok    bool
}

// Some returns a present value.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, ok: true} }

// Get returns the value and true, or the zero value of T and false when it is absent.
func (o Opt[T]) Get() (T, bool) { return o.value, o.ok }
