package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

// Grains of a block.
const (
	// grainFull: every reading of five minutes at the most.
	grainFull = 0
	// grainCoarse: one reading of every ten seconds, of ten minutes at the most.
	grainCoarse = 1
)

const (
	// fullSpan is how much a full block may hold. No block crosses its bounds. A longer
	// one takes fewer bytes for a reading, and more memory to pack.
	fullSpan = 5 * time.Minute
	// coarseStep is the time for which one reading stands in a coarse block.
	coarseStep = 10 * time.Second
	// coarseSpan is how much a coarse block may hold. No block crosses its bounds.
	coarseSpan = 10 * time.Minute
	// processStep is how often a process list is kept in a block that is not pinned.
	processStep = 10 * time.Second
)

// sealed is what becomes a block: readings of one container in one stretch.
type sealed struct {
	// codec is that of one step: what it takes, two megabytes, is needed once in five
	// minutes.
	codec              *block.Codec
	stretch, container int64
	entries            []block.Entry
	marks              []mark
}

// seal packs the oldest five minutes that are due, and reports whether some were.
func (s *store) seal(ctx context.Context) (bool, error) {
	var stretch, at int64
	err := s.find(ctx, "SELECT stretch, first FROM unsealed ORDER BY seq LIMIT 1", nil, &stretch, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	begin := floor(at, int64(fullSpan))
	if err != nil || !s.due(stretch, begin) {
		return false, err
	}
	return true, s.within(ctx, func() error { return s.sealFrom(ctx, stretch, begin) })
}

// due reports whether the minutes from a moment on are to be sealed: they are old enough
// that a death that pins them would have been told. One of an earlier stretch may lie in the future, of a
// clock that was set back since.
func (s *store) due(stretch, begin int64) bool {
	old := begin+int64(fullSpan+unsealedFor) <= s.last
	return old || stretch != s.stretch && begin > s.last
}

func (s *store) sealFrom(ctx context.Context, stretch, begin int64) error {
	end := begin + int64(fullSpan)
	parts, newest, last, err := s.unsealed(ctx, stretch, end)
	if err != nil {
		return err
	}
	pinned, err := s.pinnedNames(ctx, begin, end)
	if err != nil {
		return err
	}
	var codec block.Codec
	for _, container := range slices.Sorted(maps.Keys(parts)) {
		if err := s.sealPart(ctx, sealed{codec: &codec, stretch: stretch, container: container}, parts[container], pinned); err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, "DELETE FROM unsealed WHERE seq <= ?", newest); err != nil {
		return err
	}
	_, err = s.exec(ctx, "UPDATE stretches SET last = max(last, ?) WHERE id = ?", last, stretch)
	return err
}

// unsealed are the parts of the rows up to a moment, by container, and the newest row
// and its time.
func (s *store) unsealed(ctx context.Context, stretch, end int64) (found map[int64][][]byte, newest, last int64, err error) {
	rows, err := s.query(ctx, "SELECT seq, first, last, data FROM unsealed WHERE stretch = ? AND first < ? ORDER BY seq", stretch, end)
	if err != nil {
		return nil, 0, 0, err
	}
	defer func() { _ = rows.Close() }()
	found = map[int64][][]byte{}
	for rows.Next() {
		var b batch
		if err := rows.Scan(&newest, &b.first, &last, &b.data); err != nil {
			return nil, 0, 0, err
		}
		// What cannot be read now never can: it must not keep the rest from being sealed.
		b.eachPart(func(_ int64, p part) { found[p.container] = append(found[p.container], p.data) })
	}
	return found, newest, last, rows.Err()
}

// pinnedNames are the containers to whose death the minutes led; the rounds are with
// them when there is one.
func (s *store) pinnedNames(ctx context.Context, begin, end int64) (map[int64]bool, error) {
	rows, err := s.query(ctx, `SELECT id FROM containers WHERE EXISTS (SELECT 1 FROM events
		WHERE container = name AND kind IN (?, ?) AND at < ? AND until >= ?)`,
		string(collectors.EventOOMKill), string(collectors.EventDied), end+int64(bundleLength), begin)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	pinned := map[int64]bool{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		pinned[id], pinned[rounds] = true, true
	}
	return pinned, rows.Err()
}

// processesMost is how many processes the lists of a pinned block have together, which
// bounds the memory that it takes to pack a storm of forks.
const processesMost = 8192

// sealPart packs the readings of one container.
func (s *store) sealPart(ctx context.Context, b sealed, rows [][]byte, pinned map[int64]bool) error {
	if b.container == rounds {
		b.marks = marksOf(rows)
		return s.keepMarks(ctx, b, grainFull, pinned[rounds])
	}
	b.entries = make([]block.Entry, 0, len(rows))
	var bases bases
	thinner := thinner{last: -1}
	processes := 0
	for _, row := range rows {
		// A row that is damaged leaves the others as they are.
		part := raw{data: row, base: bases.of(b.container, row)}
		at := len(b.entries)
		b.entries, _ = part.entries(b.codec, b.entries)
		if !pinned[b.container] {
			thinner.thin(b.entries[at:])
			continue
		}
		// A block that is not pinned ends with the five minutes: what is made of it later
		// stands for ten seconds.
		if processes += newProcesses(b.entries, at); processes > processesMost {
			if err := s.keepBlock(ctx, b, grainFull, true); err != nil {
				return err
			}
			clear(b.entries)
			b.entries, processes = b.entries[:0], 0
		}
	}
	return s.keepBlock(ctx, b, grainFull, pinned[b.container])
}

// marksOf are the marks of rows, without what is damaged.
func marksOf(rows [][]byte) []mark {
	var all []mark
	for _, row := range rows {
		marks, err := readMarks(row)
		if err == nil {
			all = append(all, marks...)
		}
	}
	return all
}

// newProcesses counts the processes of the lists from an entry on that differ from the
// one before.
func newProcesses(entries []block.Entry, from int) int {
	count := 0
	for i := from; i < len(entries); i++ {
		list, _ := entries[i].Counters.Processes.Get()
		var before []collectors.Process
		if i > 0 {
			before, _ = entries[i-1].Counters.Processes.Get()
		}
		if !slices.Equal(before, list) {
			count += len(list)
		}
	}
	return count
}

// thinner leaves the process list of the first reading of every ten seconds that has
// one. It does so as the readings come, so that the other lists take no room.
type thinner struct{ last int64 }

func (t *thinner) thin(entries []block.Entry) {
	for i := range entries {
		slot := floor(entries[i].At.UnixNano(), int64(processStep))
		if slot == t.last {
			entries[i].Counters.Processes = collectors.Opt[[]collectors.Process]{}
		} else if entries[i].Counters.Processes.Present() {
			t.last = slot
		}
	}
}

// keepBlock adds a block.
func (s *store) keepBlock(ctx context.Context, b sealed, grain int, pinned bool) error {
	if b.container == rounds {
		return s.keepMarks(ctx, b, grain, pinned)
	}
	for entries := range slices.Chunk(b.entries, block.Most) {
		s.one = b.codec.Encode(s.one[:0], entries)
		first, last := entries[0].At.UnixNano(), entries[len(entries)-1].At.UnixNano()
		if err := s.insertBlock(ctx, b, first, last, grain, pinned); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) keepMarks(ctx context.Context, b sealed, grain int, pinned bool) error {
	for marks := range slices.Chunk(b.marks, block.Most) {
		s.one = packMarks(b.codec, s.one[:0], marks)
		first, last := marks[0].at, marks[len(marks)-1].at
		if err := s.insertBlock(ctx, b, first, last, grain, pinned); err != nil {
			return err
		}
		for _, state := range statesOf(marks) {
			if _, err := s.exec(ctx, "UPDATE states SET last = max(last, ?) WHERE id = ?", last, state); err != nil {
				return err
			}
		}
	}
	return nil
}

// insertBlock adds the block that is packed. A coarse one begins with the ten seconds
// that its first reading stands for.
func (s *store) insertBlock(ctx context.Context, b sealed, first, last int64, grain int, pinned bool) error {
	if grain == grainCoarse {
		first = floor(first, int64(coarseStep))
	}
	_, err := s.exec(ctx, "INSERT INTO blocks (stretch, container, first, last, grain, pinned, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
		b.stretch, b.container, first, last, grain, pinned, s.one)
	if err != nil {
		return fmt.Errorf("block of container %d: %w", b.container, err)
	}
	return nil
}

// statesOf are the states that marks name, each once.
func statesOf(marks []mark) []int64 {
	var states []int64
	for _, m := range marks {
		if !slices.Contains(states, m.state) {
			states = append(states, m.state)
		}
	}
	return states
}
