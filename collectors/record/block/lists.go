package block

import (
	"maps"
	"slices"

	"brink/collectors"
)

// lists are the different lists that one field of the entries has had, each one
// once: most of them stay for long. They are written by subject, that is by process
// or by mount, so that a column goes from one time to the next and not from one
// process to another. Number 0 is the list that is absent.
type lists[E comparable] struct {
	all [][]E
	// elements counts those of all lists.
	elements int
	flat     []E
	lengths  []uint64
	members  []uint64
	starts   []int
}

const (
	// elementsMost bounds the elements of all lists together. A list beyond it is
	// left out: it reads as absent.
	elementsMost = 1 << 16
	// elementsKept is for how many elements the room is kept for the next block.
	elementsKept = 1 << 12
	// listsBack is among how many lists the same one is looked for.
	listsBack = 4
)

func (l *lists[E]) reset() {
	if cap(l.flat) > elementsKept {
		*l = lists[E]{}
	}
	clear(l.all)
	clear(l.flat)
	l.all, l.flat, l.elements = l.all[:0], l.flat[:0], 0
}

// number returns the number of a list, which must not change.
func (l *lists[E]) number(list []E) uint64 {
	for i := len(l.all) - 1; i >= max(0, len(l.all)-listsBack); i-- {
		if same(l.all[i], list) {
			return uint64(i) + 1
		}
	}
	if l.elements+len(list) > elementsMost {
		return 0
	}
	l.elements += len(list)
	l.all = append(l.all, list)
	return uint64(len(l.all))
}

// same reports whether two lists are equal. Entries share the lists that did not
// change.
func same[E comparable](a, b []E) bool {
	if len(a) != len(b) || (a == nil) != (b == nil) {
		return false
	}
	return len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b)
}

// at returns the list of a number, and whether there is one.
func (l *lists[E]) at(number uint64) ([]E, bool) {
	if number == 0 || number > uint64(len(l.all)) {
		return nil, false
	}
	return l.all[number-1], true
}

// writeLists writes the lists. Elements with the same key are of one subject.
func writeLists[E, K comparable](s *sheet, l *lists[E], key func(*E) K, columns func(table[E])) {
	l.lengths = append(l.lengths[:0], uint64(len(l.all)))
	s.list(&l.lengths, 1)
	l.lengths = l.lengths[:0]
	for _, list := range l.all {
		l.lengths = append(l.lengths, lengthOf(list))
	}
	s.list(&l.lengths, len(l.all))
	subjects(l, key)
	s.list(&l.members, l.elements)
	l.flat = slices.Grow(l.flat, l.elements)[:l.elements]
	next := 0
	for _, list := range l.all {
		for i := range list {
			l.flat[l.place(l.members[next])] = list[i]
			next++
		}
	}
	columns(table[E]{sheet: s, rows: l.flat})
}

// lengthOf is the length of a list and one more: nothing is less than an empty one.
func lengthOf[E any](list []E) uint64 {
	if list == nil {
		return 0
	}
	return uint64(len(list)) + 1
}

// subjects numbers the subjects of all elements, in the order in which they come
// first, and makes room for them.
func subjects[E, K comparable](l *lists[E], key func(*E) K) {
	l.members = l.members[:0]
	// Most subjects are in every list.
	known := make(map[K]uint64, l.elements/max(len(l.all), 1))
	for _, list := range l.all {
		for i := range list {
			who := key(&list[i])
			member, ok := known[who]
			if !ok {
				member = uint64(len(known))
				known[who] = member
			}
			l.members = append(l.members, member)
		}
	}
	l.room()
}

// room finds where the elements of each subject begin.
func (l *lists[E]) room() {
	l.starts = append(l.starts[:0], make([]int, len(l.members)+1)...)
	for _, member := range l.members {
		l.starts[member+1]++
	}
	for i := 1; i < len(l.starts); i++ {
		l.starts[i] += l.starts[i-1]
	}
}

// place is where the next element of a subject lies.
func (l *lists[E]) place(member uint64) int {
	at := l.starts[member]
	l.starts[member]++
	return at
}

// readLists reads the lists, at most so many.
func readLists[E comparable](s *sheet, l *lists[E], most int, columns func(table[E])) {
	s.list(&l.lengths, 1)
	count := 0
	if len(l.lengths) == 1 {
		count = int(min(l.lengths[0], uint64(most)+1))
	}
	s.reader.check(count <= most)
	s.list(&l.lengths, count)
	l.elements = l.measure(s)
	s.list(&l.members, l.elements)
	for _, member := range l.members {
		s.reader.check(member < uint64(l.elements))
	}
	if s.reader.broken {
		return
	}
	l.room()
	l.flat = slices.Grow(l.flat, l.elements)[:l.elements]
	columns(table[E]{sheet: s, rows: l.flat})
	l.gather()
}

// measure returns how many elements all lists have.
func (l *lists[E]) measure(s *sheet) int {
	sum := uint64(0)
	for _, length := range l.lengths {
		if s.reader.check(length <= elementsMost+1); length > 0 {
			sum += length - 1
		}
	}
	if s.reader.check(sum <= elementsMost); s.reader.broken {
		return 0
	}
	return int(sum)
}

// gather puts the elements into the order of their lists, which are new.
func (l *lists[E]) gather() {
	ordered := make([]E, 0, len(l.members))
	for _, member := range l.members {
		ordered = append(ordered, l.flat[l.place(member)])
	}
	for _, length := range l.lengths {
		switch length {
		case 0:
			l.all = append(l.all, nil)
		case 1:
			l.all = append(l.all, []E{})
		default:
			l.all = append(l.all, ordered[:length-1:length-1])
			ordered = ordered[length-1:]
		}
	}
}

// origin is one source of a container.
type origin struct {
	group  collectors.Group
	source string
}

// originsOf are the sources as a list, in the order of the groups; nothing is not
// an empty map.
func originsOf(sources map[collectors.Group]string) []origin {
	if sources == nil {
		return nil
	}
	list := make([]origin, 0, len(sources))
	for _, group := range slices.Sorted(maps.Keys(sources)) {
		list = append(list, origin{group: group, source: sources[group]})
	}
	return list
}

// sources is the map of a list.
func sources(list []origin) map[collectors.Group]string {
	if list == nil {
		return nil
	}
	of := make(map[collectors.Group]string, len(list))
	for _, origin := range list {
		of[origin.group] = origin.source
	}
	return of
}
