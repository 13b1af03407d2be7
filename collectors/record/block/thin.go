package block

import "time"

// Thin keeps one entry of each slot of the given length, which are aligned to the
// clock: the one with the highest unreclaimable memory, or the last of a slot in
// which none was read. It keeps readings that were, never a mean that never was.
// Entries are in the order of their times. With no length to the slots it keeps all.
func Thin(entries []Entry, every time.Duration) []Entry {
	if every <= 0 {
		return entries
	}
	var kept []Entry
	for i := range entries {
		last := len(kept) - 1
		switch {
		case last < 0 || !sameSlot(kept[last].At, entries[i].At, every):
			kept = append(kept, entries[i])
		case !lower(&entries[i], &kept[last]):
			kept[last] = entries[i]
		}
	}
	return kept
}

func sameSlot(a, b time.Time, every time.Duration) bool {
	return a.Truncate(every).Equal(b.Truncate(every))
}

// lower reports whether an entry has less unreclaimable memory than another one, or
// none that was read.
func lower(entry, than *Entry) bool {
	level, known := unreclaimable(entry)
	most, measured := unreclaimable(than)
	return measured && (!known || level < most)
}

func unreclaimable(entry *Entry) (uint64, bool) {
	memory, _ := entry.Counters.Memory.Get()
	level, ok := memory.Unreclaimable().Get()
	return uint64(level), ok
}
