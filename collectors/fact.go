package collectors

// Fact is one thing that may be known of a container: a value, that there is none,
// or that it is not known and why. The zero Fact is unknown: nobody has asked. What
// is unknown is never taken for good.
type Fact[T any] struct {
	value   T
	state   factState
	witness Witness
	why     string
}

type factState uint8

const (
	factUnknown factState = iota
	factAbsent
	factKnown
)

// Witness is who a fact is known from.
type Witness string

// The witnesses. The kernel tells what is in force; the engine, what it was told to
// set up.
const (
	WitnessKernel Witness = "kernel"
	WitnessEngine Witness = "engine"
)

// KnownFact returns a fact with a value.
func KnownFact[T any](from Witness, value T) Fact[T] {
	return Fact[T]{value: value, state: factKnown, witness: from}
}

// AbsentFact returns the fact that there is nothing of the kind, with the reason.
func AbsentFact[T any](from Witness, why string) Fact[T] {
	return Fact[T]{state: factAbsent, witness: from, why: why}
}

// UnknownFact returns that a fact is not known, with the reason.
func UnknownFact[T any](why string) Fact[T] { return Fact[T]{why: why} }

// Get returns the value and whether there is one.
func (f Fact[T]) Get() (T, bool) { return f.value, f.state == factKnown }

// Known reports whether there is a value.
func (f Fact[T]) Known() bool { return f.state == factKnown }

// Absent reports whether it is known that there is nothing.
func (f Fact[T]) Absent() bool { return f.state == factAbsent }

// Unknown reports whether nothing is known.
func (f Fact[T]) Unknown() bool { return f.state == factUnknown }

// Witness is who told; empty for what is unknown.
func (f Fact[T]) Witness() Witness { return f.witness }

// Why says why there is no value; empty when there is one.
func (f Fact[T]) Why() string {
	if f.state == factUnknown && f.why == "" {
		return "nobody has looked"
	}
	return f.why
}
