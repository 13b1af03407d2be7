package cgroupfs

// State tells what is known of a value.
type State uint8

const (
	// Absent means that the kernel gave no value: the file or the key does not
	// exist, or could not be read or parsed. It is the zero value on purpose, so
	// that nothing unset can pass for a measured zero.
	Absent State = iota
	// Present means that the value is the number in N.
	Present
	// Max means that the kernel wrote the literal "max": no limit. N is zero and
	// means nothing.
	Max
)

// String names the state for messages and tests.
func (s State) String() string {
	switch s {
	case Present:
		return "present"
	case Max:
		return "max"
	default:
		return "absent"
	}
}

// Value is one value of a kernel file: a number, "max", or nothing.
type Value[T any] struct {
	N     T
	State State
}

// Get returns the number, and whether there is one. It is false for "max" too,
// because no arithmetic with an absent limit is right.
func (v Value[T]) Get() (T, bool) { return v.N, v.State == Present }

// IsMax tells whether the kernel said "max".
func (v Value[T]) IsMax() bool { return v.State == Max }

// IsAbsent tells whether nothing is known.
func (v Value[T]) IsAbsent() bool { return v.State == Absent }

func present[T any](n T) Value[T] { return Value[T]{N: n, State: Present} }

func unlimited[T any]() Value[T] { return Value[T]{State: Max} }

// Bytes is an amount of memory or of data, as the kernel counts it.
type Bytes uint64

// Count is a number of things or of events: tasks, pages, operations.
type Count uint64

// BasisPoints are hundredths of a percent, 10000 being the whole. The kernel
// prints pressure averages as a percentage with exactly two decimals, so that an
// integer of this unit holds them without rounding.
type BasisPoints uint32

// Ratio returns the share as 0..1.
func (b BasisPoints) Ratio() float64 { return float64(b) / 10000 }
