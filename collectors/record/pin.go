package record

import (
	"context"
	"time"

	"brink/collectors"
)

// deadly reports whether the minutes before an event are pinned.
func deadly(kind collectors.EventKind) bool {
	return kind == collectors.EventOOMKill || kind == collectors.EventDied
}

// pin keeps the minutes before a death that were sealed before it was known.
func (s *store) pin(ctx context.Context, container string, at, until int64) error {
	_, err := s.exec(ctx, `UPDATE blocks SET pinned = 1 WHERE pinned = 0 AND grain = 0 AND last >= ? AND first <= ?
		AND container IN (SELECT id FROM containers WHERE name = ? UNION SELECT 0)`, minuteOf(at)-int64(bundleLength), until, container)
	return err
}

const (
	// bundleLength is what is kept in full before a death.
	bundleLength = 5 * time.Minute
	// unsealedFor is how long a minute is left as it came: until no event can arrive
	// that pins it, save one that is told late.
	unsealedFor = bundleLength + time.Minute
)

// minuteOf is the beginning of the minute.
func minuteOf(at int64) int64 { return floor(at, int64(time.Minute)) }

// floor is the largest multiple of step that is not above.
func floor(at, step int64) int64 {
	rest := at % step
	if rest < 0 {
		rest += step
	}
	return at - rest
}
