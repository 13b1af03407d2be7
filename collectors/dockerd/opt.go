package dockerd

import "math"

// Opt is a value that may be absent. The zero Opt is absent: the engine did not
// tell, or told something that means "unknown". Absent is never 0.
type Opt[T any] struct {
	value   T
	present bool
}

// Some returns a present value.
func Some[T any](value T) Opt[T] { return Opt[T]{value: value, present: true} }

// Get returns the value and whether it is present.
func (o Opt[T]) Get() (T, bool) { return o.value, o.present }

// optional turns the pointer of a JSON field into an Opt; a missing field and
// null are both absent.
func optional[T any](p *T) Opt[T] {
	if p == nil {
		return Opt[T]{}
	}
	return Some(*p)
}

// Limit is absent (the engine did not tell), unlimited, or a value. The zero
// Limit is absent.
type Limit struct {
	value uint64
	state limitState
}

type limitState uint8

const (
	limitAbsent limitState = iota
	limitNone
	limitSet
)

// LimitOf returns a limit with a value.
func LimitOf(value uint64) Limit { return Limit{value: value, state: limitSet} }

// NoLimit returns the limit that is known to be none.
func NoLimit() Limit { return Limit{state: limitNone} }

// Value returns the number; it is absent when the limit is unlimited or unknown.
func (l Limit) Value() Opt[uint64] {
	if l.state != limitSet {
		return Opt[uint64]{}
	}
	return Some(l.value)
}

// Unlimited reports whether it is known that nothing limits.
func (l Limit) Unlimited() bool { return l.state == limitNone }

// Present reports whether anything is known of the limit.
func (l Limit) Present() bool { return l.state != limitAbsent }

// positiveOrNone reads a setting of HostConfig, where 0 and -1 both mean that
// nothing was set (docker run --memory, --pids-limit).
func positiveOrNone(value int64) Limit {
	if value <= 0 {
		return NoLimit()
	}
	return LimitOf(uint64(value))
}

// pidsLimit reads pids_stats.limit: the kernel's word "max" arrives as the
// largest integer (moby daemon/stats_unix.go), and Podman always sends 0, which
// means that it does not know (podman pkg/api/handlers/compat).
func pidsLimit(value *uint64) Limit {
	switch {
	case value == nil || *value == 0:
		return Limit{}
	case *value == math.MaxUint64:
		return NoLimit()
	default:
		return LimitOf(*value)
	}
}
