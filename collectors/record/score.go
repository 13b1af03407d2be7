package record

import (
	"cmp"
	"slices"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

// score puts what was recorded of several containers together again, moment by
// moment.
type score struct {
	// full and coarse are what stands for itself, and for ten seconds.
	full, coarse series
	marks        []keyed
	// lone says that all of full is of one block: then the rounds take it as it is, and
	// otherwise a copy.
	lone bool
	// list and room are for the rounds and for the copies of their containers.
	list []moment
	room []collectors.ContainerCounters
}

// series are entries, their times apart from what was read.
type series struct {
	times    []time.Time
	counters []collectors.ContainerCounters
	// one is for an entry that is the difference from another.
	one []block.Entry
}

func (s *series) clear() { s.times, s.counters = s.times[:0], s.counters[:0] }

// add unpacks a block.
func (s *series) add(codec *block.Codec, b raw) (err error) {
	if b.base == nil {
		s.times, s.counters, err = codec.DecodeApart(s.times, s.counters, b.data)
		return err
	}
	if s.one, err = codec.DecodeAfter(s.one[:0], b.base, b.data); err == nil {
		s.times, s.counters = append(s.times, s.one[0].At), append(s.counters, s.one[0].Counters)
	}
	return err
}

// keyed is a mark under the moment to which it belongs.
type keyed struct {
	key  int64
	mark mark
}

// moment is a round as it was put together.
type moment struct {
	// key is when it began, or the ten seconds for which it stands; at is its time.
	key, at    int64
	mark       mark
	marked     bool
	count      int
	containers []collectors.ContainerCounters
}

// add unpacks a block.
func (s *score) add(codec *block.Codec, b raw) (err error) {
	switch {
	case b.container == rounds:
		return s.addMarks(codec, b)
	case b.grain == grainCoarse:
		err = s.coarse.add(codec, b)
	default:
		err = s.full.add(codec, b)
	}
	return err
}

func (s *score) addMarks(codec *block.Codec, b raw) error {
	marks, err := unpackMarks(codec, b.data)
	for _, m := range marks {
		key := m.at
		if b.grain == grainCoarse {
			key = slotOf(m.at)
		}
		s.marks = append(s.marks, keyed{key: key, mark: m})
	}
	return err
}

// slotOf is the beginning of the ten seconds.
func slotOf(at int64) int64 { return floor(at, int64(coarseStep)) }

// clear makes it ready for the blocks that come next.
func (s *score) clear(next []raw) {
	full, coarse := 0, 0
	for _, b := range next {
		switch {
		case b.container == rounds:
		case b.grain == grainCoarse:
			coarse++
		default:
			full++
		}
	}
	s.lone = full == 1 && coarse == 0
	s.full.clear()
	s.coarse.clear()
	s.marks = s.marks[:0]
}

// moments are the rounds in the order of their times, until the score is cleared. All
// their containers are in one list, so each is counted before it is copied.
func (s *score) moments() []moment {
	list := s.frame()
	if s.lone {
		s.place(list, (*moment).adopt)
		return list
	}
	total := 0
	s.place(list, func(m *moment, _ *series, _ int) {
		m.count++
		total++
	})
	s.room = slices.Grow(s.room[:0], total)[:total]
	room := s.room
	for i := range list {
		list[i].containers, room = room[:0:list[i].count], room[list[i].count:]
	}
	s.place(list, (*moment).take)
	return list
}

// place goes through the entries with the moments to which they belong. One that
// stands for ten seconds belongs to all of these.
func (s *score) place(list []moment, take func(*moment, *series, int)) {
	m := 0
	for i, at := range s.full.times {
		m, _ = searchFrom(list, m+1, at.UnixNano())
		take(&list[m], &s.full, i)
	}
	for i, at := range s.coarse.times {
		slot := slotOf(at.UnixNano())
		for m, _ := search(list, slot); m < len(list) && list[m].key < slot+int64(coarseStep); m++ {
			take(&list[m], &s.coarse, i)
		}
	}
}

// frame are the moments, still empty: those of the marks, and those of containers
// whose mark was lost.
func (s *score) frame() []moment {
	list := s.list[:0]
	for _, k := range s.marks {
		list = append(list, moment{key: k.key, at: k.mark.at, mark: k.mark, marked: true})
	}
	sortMoments(list)
	marked := len(list)
	m := 0
	for _, time := range s.full.times {
		at := time.UnixNano()
		next, found := searchFrom(list[:marked], m+1, at)
		if m = next; !found {
			list = append(list, moment{key: at, at: at})
		}
	}
	for _, time := range s.coarse.times {
		at := time.UnixNano()
		slot := slotOf(at)
		if i, _ := search(list[:marked], slot); i == marked || list[i].key >= slot+int64(coarseStep) {
			list = append(list, moment{key: slot, at: at})
		}
	}
	if len(list) > marked {
		sortMoments(list)
		list = slices.CompactFunc(list, func(a, b moment) bool { return a.key == b.key })
	}
	s.list = list
	return list
}

func sortMoments(list []moment) {
	slices.SortStableFunc(list, func(a, b moment) int { return cmp.Compare(a.key, b.key) })
}

// search finds the first moment that is not before the key.
func search(list []moment, key int64) (int, bool) {
	return slices.BinarySearchFunc(list, key, func(m moment, key int64) int { return cmp.Compare(m.key, key) })
}

// searchFrom is search where it is likely that the moment is the one at i.
func searchFrom(list []moment, i int, key int64) (int, bool) {
	if i < len(list) && list[i].key == key {
		return i, true
	}
	return search(list, key)
}

// take adds a copy of an entry. What was fresh when it was read is fresh for the
// moment.
func (m *moment) take(s *series, i int) {
	m.containers = append(m.containers, s.counters[i])
	m.date(s, i)
}

// date dates the entry that came last.
func (m *moment) date(s *series, i int) {
	if c := &m.containers[len(m.containers)-1]; c.FreshAt.Equal(s.times[i]) {
		c.FreshAt = time.Unix(0, m.at)
	}
}

// adopt takes the entry itself, if it is the first one of the moment.
func (m *moment) adopt(s *series, i int) {
	if len(m.containers) > 0 {
		m.take(s, i)
		return
	}
	m.containers = s.counters[i : i+1 : i+1]
	m.date(s, i)
}
