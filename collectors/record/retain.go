package record

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

// chores are what is done to a record beside writing it, in small steps between the
// readings.
type chores struct {
	retention Retention
	// retained is the time from which ages are counted; absent in a new record.
	retained collectors.Opt[int64]
	// minute is that of the newest reading for which the clock was moved, pending says
	// that something may be left to do since.
	minute  int64
	pending bool
	// expired is the time of the retention up to which everything that is too old was
	// looked for.
	expired int64
	// pages are what the record held when shrink looked last.
	pages pages
}

// clockStep is how far the clock of the retention moves in a minute at the most. A
// wall clock that is an hour in the year 2036 thus costs two and a half days of the
// past, and a brink that was away for a month has caught up within a day.
const clockStep = time.Hour

// nextRetained moves the clock of the retention to the newest reading: at once when
// the wall clock was set back, step by step when it leaps ahead.
func nextRetained(before collectors.Opt[int64], newest int64) int64 {
	return min(newest, before.Or(newest)+int64(clockStep))
}

// tidy does one step of what is due. Each is a short transaction of its own, so that
// the next reading does not wait for long.
func (s *store) tidy(ctx context.Context) error {
	if minute := minuteOf(s.last); minute != s.chores.minute {
		s.chores.minute, s.chores.pending = minute, true
		s.chores.retained = collectors.Some(nextRetained(s.chores.retained, s.last))
		if err := s.within(ctx, func() error { return s.note(ctx) }); err != nil {
			return err
		}
	}
	if !s.chores.pending {
		return nil
	}
	for _, chore := range []func(context.Context) (bool, error){s.seal, s.shrink, s.coarsen, s.expire, s.vacuum} {
		if did, err := chore(ctx); err != nil || did {
			return err
		}
	}
	s.chores.pending = false
	return nil
}

// before is the time that is an age ago for the retention.
func (s *store) before(age time.Duration) int64 {
	return s.chores.retained.Or(0) - int64(age)
}

// coarsen thins the oldest ten minutes of a container that need not be kept in full
// any more, and reports whether there were some. Pinned minutes stay as they are.
func (s *store) coarsen(ctx context.Context) (bool, error) {
	b := sealed{codec: &block.Codec{}}
	var first int64
	before := floor(s.before(s.chores.retention.Full), int64(coarseSpan))
	err := s.find(ctx, `SELECT stretch, container, first FROM blocks WHERE grain = 0 AND pinned = 0 AND first < ? ORDER BY first LIMIT 1`,
		[]any{before}, &b.stretch, &b.container, &first)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, s.within(ctx, func() error { return s.coarsenFrom(ctx, b, first) })
}

// coarsenFrom makes one coarse block of the full ones from first on, up to the end of
// the span or to a pinned one.
func (s *store) coarsenFrom(ctx context.Context, b sealed, first int64) error {
	end := floor(first, int64(coarseSpan)) + int64(coarseSpan)
	if err := s.find(ctx, "SELECT coalesce(min(first), ?) FROM blocks WHERE container = ? AND stretch = ? AND first >= ? AND first < ? AND (pinned = 1 OR grain = 1)",
		[]any{end, b.container, b.stretch, first, end}, &end); err != nil {
		return err
	}
	if err := s.gather(ctx, &b, first, end); err != nil {
		return err
	}
	b.entries, b.marks = block.Thin(b.entries, coarseStep), thinMarks(b.marks)
	if err := s.keepBlock(ctx, b, grainCoarse, false); err != nil {
		return err
	}
	_, err := s.exec(ctx, "DELETE FROM blocks WHERE container = ? AND stretch = ? AND first >= ? AND first < ? AND grain = 0 AND pinned = 0", b.container, b.stretch, first, end)
	return err
}

// gather unpacks the full blocks of a span. What is damaged is left out: it could
// not be read before either.
func (s *store) gather(ctx context.Context, b *sealed, first, end int64) error {
	rows, err := s.query(ctx, "SELECT data FROM blocks WHERE container = ? AND stretch = ? AND first >= ? AND first < ? AND grain = 0 AND pinned = 0 ORDER BY first, id", b.container, b.stretch, first, end)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var data []byte
		if err := rows.Scan(&data); err != nil {
			return err
		}
		if b.container == rounds {
			marks, err := unpackMarks(b.codec, data)
			if err == nil {
				b.marks = append(b.marks, marks...)
			}
		} else if entries, err := b.codec.Decode(b.entries, data); err == nil {
			b.entries = entries
		}
	}
	return rows.Err()
}

// thinMarks leaves the last round of every ten seconds.
func thinMarks(marks []mark) []mark {
	thin := marks[:0]
	for _, m := range marks {
		if len(thin) > 0 && floor(thin[len(thin)-1].at, int64(coarseStep)) == floor(m.at, int64(coarseStep)) {
			thin = thin[:len(thin)-1]
		}
		thin = append(thin, m)
	}
	return thin
}

// expirations delete what is older than it is kept, a little at a time. Each gets the
// time before which the readings, and that before which the events are given up.
func expirations() []string {
	return []string{
		"DELETE FROM blocks WHERE id IN (SELECT id FROM blocks WHERE pinned = 0 AND first < ?1 ORDER BY first LIMIT 16)",
		"DELETE FROM blocks WHERE id IN (SELECT id FROM blocks WHERE pinned = 1 AND first < ?2 ORDER BY first LIMIT 16)",
		"DELETE FROM events WHERE (run, seq) IN (SELECT run, seq FROM events WHERE at < ?2 ORDER BY at LIMIT 256)",
		"DELETE FROM limits WHERE life IN (SELECT id FROM lives WHERE last < ?2 LIMIT 256)",
		"DELETE FROM lives WHERE id IN (SELECT id FROM lives WHERE last < ?2 LIMIT 256)",
		"DELETE FROM states WHERE last < ?2 AND id <> ?3",
		`DELETE FROM stretches WHERE id <> ?4 AND last < ?2 AND NOT EXISTS (SELECT 1 FROM blocks WHERE stretch = stretches.id)
			AND NOT EXISTS (SELECT 1 FROM unsealed WHERE stretch = stretches.id)`,
	}
}

// expireEvery is how often it is looked for what is too old.
const expireEvery = 10 * time.Minute

// expire deletes some of what is too old, and reports whether there was something.
func (s *store) expire(ctx context.Context) (bool, error) {
	if retained := s.chores.retained.Or(0); floor(retained, int64(expireEvery)) == s.chores.expired {
		return false, nil
	}
	did, err := s.expireSome(ctx)
	if err == nil && !did {
		s.chores.expired = floor(s.chores.retained.Or(0), int64(expireEvery))
	}
	return did, err
}

func (s *store) expireSome(ctx context.Context) (bool, error) {
	readings, events := s.before(s.chores.retention.Coarse), s.before(s.chores.retention.Events)
	for _, deletion := range expirations() {
		result, err := s.conn.ExecContext(ctx, deletion, readings, events, s.stateRow, s.stretch)
		if err != nil {
			return false, err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return true, err
		}
	}
	return false, nil
}

// pages are how much of the file is used.
type pages struct{ total, free, size int64 }

func (p pages) used() collectors.Bytes { return collectors.Bytes((p.total - p.free) * p.size) }

func (s *store) pages(ctx context.Context) (pages, error) {
	var p pages
	err := s.find(ctx, "SELECT page_count, freelist_count, page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size", nil, &p.total, &p.free, &p.size)
	return p, err
}

// shrinkings delete the oldest of each kind, a little at a time: readings first, the
// minutes before a death when nothing else is left, then what is not numbers.
func shrinkings() []string {
	const some, pinned = "DELETE FROM blocks WHERE id IN (SELECT id FROM blocks WHERE pinned = 0 ORDER BY stretch, first LIMIT 16)",
		"DELETE FROM blocks WHERE id IN (SELECT id FROM blocks WHERE pinned = 1 ORDER BY first LIMIT 16)"
	return []string{some, pinned, "DELETE FROM events WHERE (run, seq) IN (SELECT run, seq FROM events ORDER BY at LIMIT 256)"}
}

// shrink deletes some of the oldest blocks while the record is too large, and reports
// whether it was. Where deaths follow upon each other, the minutes before them would
// push out everything else: they may take half of the record, no more.
func (s *store) shrink(ctx context.Context) (bool, error) {
	p, err := s.pages(ctx)
	s.chores.pages = p
	if err != nil || p.used() <= s.chores.retention.Size {
		return false, err
	}
	var pinned int64
	if err := s.conn.QueryRowContext(ctx, "SELECT coalesce(sum(length(data)), 0) FROM blocks WHERE pinned = 1").Scan(&pinned); err != nil {
		return false, err
	}
	deletions := shrinkings()
	if collectors.Bytes(pinned) > s.chores.retention.Size/2 {
		deletions[0], deletions[1] = deletions[1], deletions[0]
	}
	for _, deletion := range deletions {
		result, err := s.conn.ExecContext(ctx, deletion)
		if err != nil {
			return false, err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return true, err
		}
	}
	return false, nil
}

const (
	// vacuumAbove is how many free pages are left for what comes next: a megabyte, and
	// a quarter of the file.
	vacuumAbove = 512
)

// vacuum gives free pages back to the disk while there are many, and reports whether
// there were.
func (s *store) vacuum(ctx context.Context) (bool, error) {
	// Nothing has been written since shrink has counted them.
	p := s.chores.pages
	if p.free < vacuumAbove || p.free < p.total/4 {
		return false, nil
	}
	rows, err := s.conn.QueryContext(ctx, "PRAGMA incremental_vacuum(256)")
	if err != nil {
		return false, err
	}
	for rows.Next() {
	}
	return true, errors.Join(rows.Err(), rows.Close())
}
