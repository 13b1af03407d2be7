// Package collectors holds the words that the whole of brink speaks, and the
// loop that fills them.
//
// A [Reading] is raw: counters and levels as the kernel and the engine gave
// them, stamped with the time at which they were read. [Derive] turns two
// readings into a [Snapshot]: rates, shares and headroom, the only thing that
// rules and screens ever see. The [Ledger] turns the same two readings into
// [Event] values: what happened, not how much of it there is. The [Sampler]
// owns the previous reading and the clock, and nothing else here knows a clock,
// a goroutine or a file.
//
// Three promises hold in every type. Absent is not zero: a value that could not
// be read is the zero [Opt], and stays that to the last pixel. Unlimited is not
// a number: a [Limit] is absent, unlimited or a value. And a counter that fell,
// or a container that was re-created, gives an absent rate, never a spike.
//
// The package imports the standard library only, so that every part of brink
// can import it.
package collectors
