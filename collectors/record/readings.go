package record

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

// Readings are the rounds from a moment up to another, with the containers of the
// names, or with all. They come in the order in which they were recorded, which is
// that of time, save that time goes back where the clock was set back. Where only one
// reading in ten seconds is kept of each container, those of the same ten seconds
// make one round.
//
// What is damaged comes as an error among the rest, and the reading goes on. No
// transaction is open while the caller works, so that it may take hours. The containers
// of a reading are the caller's until it asks for the next one; their lists and maps may
// be kept, and must not be changed: readings share them.
func (r *Reader) Readings(ctx context.Context, from, to time.Time, names ...string) iter.Seq2[collectors.Reading, error] {
	return func(yield func(collectors.Reading, error) bool) {
		p := playback{reader: r, from: from.UnixNano(), to: to.UnixNano(), only: names, yield: yield, states: map[int64]roundState{}}
		if err := p.play(ctx); err != nil && !errors.Is(err, errEnough) {
			yield(collectors.Reading{}, err)
		}
	}
}

// Bundle are the readings of what led to an event: five minutes, in full as long as
// the event is kept if it is a death or an OOM kill.
func (r *Reader) Bundle(ctx context.Context, event collectors.Event) iter.Seq2[collectors.Reading, error] {
	until := max(event.At.UnixNano(), nanoseconds(event.Until))
	from := time.Unix(0, minuteOf(event.At.UnixNano())-int64(bundleLength))
	return r.Readings(ctx, from, time.Unix(0, minuteOf(until)+int64(time.Minute)), event.Container)
}

// nanoseconds is a time as it is stored, 0 for none.
func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// errEnough says that the caller wants no more.
var errEnough = errors.New("enough")

// playback goes through a record.
type playback struct {
	reader   *Reader
	from, to int64
	only     []string
	yield    func(collectors.Reading, error) bool

	names names
	// states are those that were looked up, state the one in force and row its number.
	states map[int64]roundState
	state  roundState
	row    int64
	codec  block.Codec
	score  score
}

func (p *playback) play(ctx context.Context) error {
	var stretches []int64
	err := p.reader.within(ctx, func(v *view) (err error) {
		stretches, err = v.loadStretches(ctx, p.from, p.to)
		return err
	})
	for _, stretch := range stretches {
		if err == nil {
			err = p.playStretch(ctx, stretch)
		}
	}
	return err
}

// playStretch goes through a stretch, one window after the other.
func (p *playback) playStretch(ctx context.Context, stretch int64) error {
	for from := p.from; from < p.to; {
		var blocks []raw
		err := p.reader.within(ctx, func(v *view) (err error) {
			if p.names, err = loadNames(ctx, v.Tx); err == nil {
				blocks, err = p.window(ctx, v, stretch, from)
			}
			return err
		})
		if err != nil || len(blocks) == 0 {
			return err
		}
		if err := p.emit(ctx, blocks, from); err != nil {
			return err
		}
		for _, b := range blocks {
			from = max(from, b.last+1)
		}
	}
	return nil
}

// windowSpan is how much is taken out of the file at once.
const windowSpan = time.Hour

// window is what is stored next: the blocks of an hour, or what is not sealed
// yet. A block that began before it may have been made since, of others.
func (p *playback) window(ctx context.Context, v *view, stretch, from int64) ([]raw, error) {
	var first int64
	err := v.QueryRowContext(ctx, "SELECT first FROM blocks INDEXED BY blocks_in_order WHERE stretch = ? AND first >= ? AND first < ? AND last >= ? ORDER BY stretch, first LIMIT 1",
		stretch, floor(from, int64(coarseSpan)), p.to, from).Scan(&first)
	if err == nil {
		end := min(p.to, floor(first, int64(windowSpan))+int64(windowSpan))
		return loadBlocks(ctx, v.Tx, "stretch = ? AND first >= ? AND first < ? AND last >= ?"+p.names.condition(p.only), stretch, first, end, from)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	return p.unsealed(ctx, v, stretch, from)
}

// unsealed is what is not sealed yet, from the beginning of the minute on: the readings
// of a minute are unpacked one after the other.
func (p *playback) unsealed(ctx context.Context, v *view, stretch, from int64) ([]raw, error) {
	var blocks []raw
	reached := false
	err := v.eachUnsealed(ctx, stretch, minuteOf(from), p.to, func(b raw) {
		if p.names.wants(b.container, p.only) {
			blocks, reached = append(blocks, b), reached || b.last >= from
		}
	})
	if !reached {
		return nil, err
	}
	return blocks, err
}

// emit hands on the readings of blocks. Only those that overlap are unpacked at the
// same time.
func (p *playback) emit(ctx context.Context, blocks []raw, from int64) error {
	for len(blocks) > 0 {
		n, last := 1, blocks[0].last
		for n < len(blocks) && blocks[n].first <= last {
			last = max(last, blocks[n].last)
			n++
		}
		if err := p.emitTogether(ctx, blocks[:n], from); err != nil {
			return err
		}
		blocks = blocks[n:]
	}
	return nil
}

func (p *playback) emitTogether(ctx context.Context, blocks []raw, from int64) error {
	p.score.clear(blocks)
	for _, b := range blocks {
		if err := p.score.add(&p.codec, b); err != nil && b.last >= from {
			err = fmt.Errorf("%s: container %q at %s: %w", p.reader.path, p.names.of[b.container].name, time.Unix(0, b.first).Format(time.DateTime), err)
			if !p.yield(collectors.Reading{}, err) {
				return errEnough
			}
		}
	}
	for _, m := range p.score.moments() {
		if m.at < from || m.at >= p.to {
			continue
		}
		reading, err := p.reading(ctx, m)
		if err != nil {
			return err
		}
		if !p.yield(reading, nil) {
			return errEnough
		}
	}
	return nil
}

// reading makes the reading of a moment.
func (p *playback) reading(ctx context.Context, m moment) (collectors.Reading, error) {
	if m.marked && m.mark.state != p.row {
		if err := p.enter(ctx, m.mark.state); err != nil {
			return collectors.Reading{}, err
		}
		p.row = m.mark.state
	}
	m.mark.at = m.at
	reading := p.state.reading(m.mark)
	if reading.Containers = m.containers; len(m.containers) < 2 {
		return reading, nil
	}
	slices.SortStableFunc(reading.Containers, func(a, b collectors.ContainerCounters) int {
		return cmp.Compare(p.names.rank[a.Key], p.names.rank[b.Key])
	})
	return reading, nil
}

// enter makes a state the one in force.
func (p *playback) enter(ctx context.Context, row int64) error {
	if state, known := p.states[row]; known {
		p.state = state
		return nil
	}
	var data []byte
	err := p.reader.db.QueryRowContext(ctx, "SELECT data FROM states WHERE id = ?", row).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		p.state = roundState{}
		return nil
	}
	var state roundState
	if err == nil {
		err = json.Unmarshal(data, &state)
	}
	if err != nil {
		return fmt.Errorf("%s: what round %d was like: %w", p.reader.path, row, err)
	}
	state.share()
	p.states[row], p.state = state, state
	return nil
}
