package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"brink/collectors"
)

// Events are the events from a moment up to another, oldest first: of the containers
// of the names, or of all, and those of the sources. What two brinks saw while one
// took over from the other is told once.
//
// Each brink numbers its events from 1, so Seq tells only those of one apart.
func (r *Reader) Events(ctx context.Context, from, to time.Time, names ...string) ([]collectors.Event, error) {
	query := "SELECT run, data FROM events WHERE at >= ? AND at < ?"
	args := []any{from.UnixNano(), to.UnixNano()}
	if len(names) > 0 {
		query += " AND container IN (''" + strings.Repeat(", ?", len(names)) + ")"
		for _, name := range names {
			args = append(args, name)
		}
	}
	rows, err := r.db.QueryContext(ctx, query+" ORDER BY at, run, seq", args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var story story
	for rows.Next() {
		var run int64
		var data []byte
		if err := rows.Scan(&run, &data); err != nil {
			return nil, err
		}
		if err := story.add(run, data); err != nil {
			return nil, fmt.Errorf("%s: %w", r.path, err)
		}
	}
	return story.events, rows.Err()
}

// story is a list of events of several brinks.
type story struct {
	events []collectors.Event
	runs   []int64
}

// retoldWithin is how far back in the story the same event may stand, told by another
// brink. It is more than two accounts of one lie apart: where one took the place of
// another, the story is a little out of order.
const retoldWithin = 10 * time.Second

// add takes the next event, unless another brink has told it: then the account that
// knows more is kept.
func (s *story) add(run int64, data []byte) error {
	var event collectors.Event
	if err := json.Unmarshal(data, &event); err != nil {
		return fmt.Errorf("event of run %d: %w", run, err)
	}
	event.At = event.At.Local()
	if !event.Until.IsZero() {
		event.Until = event.Until.Local()
	}
	for i, told := range slices.Backward(s.events) {
		if event.At.Sub(told.At) > retoldWithin {
			break
		}
		if s.runs[i] != run && told.SameAs(event) {
			if event.KnowsMoreThan(told) {
				s.events[i], s.runs[i] = event, run
			}
			return nil
		}
	}
	s.events, s.runs = append(s.events, event), append(s.runs, run)
	return nil
}

// Lives are the lives of containers that reach into a range, in the order in which
// they were first seen, each with the limits that were in force.
func (r *Reader) Lives(ctx context.Context, from, to time.Time, names ...string) ([]Life, error) {
	var lives []Life
	err := r.within(ctx, func(v *view) (err error) {
		lives, err = loadLives(ctx, v.Tx, from.UnixNano(), to.UnixNano(), names)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.path, err)
	}
	return lives, nil
}

// noted is how old the note of a life may be that goes on.
const noted = 2 * time.Minute

func loadLives(ctx context.Context, tx *sql.Tx, from, to int64, only []string) ([]Life, error) {
	// How far a life has come is noted every minute.
	rows, err := tx.QueryContext(ctx, `SELECT lives.id, name, container_id, incarnation, first, lives.last, lives.data FROM lives
		JOIN containers ON containers.id = lives.container WHERE first < ? AND lives.last >= ? ORDER BY first, lives.id`, to, from-int64(noted))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var lives []Life
	var ids []int64
	for rows.Next() {
		var id, incarnation, first, last int64
		var who named
		var data []byte
		if err := rows.Scan(&id, &who.name, &who.id, &incarnation, &first, &last, &data); err != nil {
			return nil, err
		}
		life, err := lifeOf(who, incarnation, first, last, data)
		if err != nil {
			return nil, fmt.Errorf("life of %q: %w", who.name, err)
		}
		if over, ok := life.Ended.Get(); ok && over.UnixNano() < from {
			continue
		}
		if len(only) == 0 || slices.Contains(only, who.name) {
			lives, ids = append(lives, life), append(ids, id)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i, id := range ids {
		if lives[i].Limits, err = loadLimits(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	return lives, nil
}

func loadLimits(ctx context.Context, tx *sql.Tx, life int64) ([]Limits, error) {
	rows, err := tx.QueryContext(ctx, "SELECT at, data FROM limits WHERE life = ? ORDER BY at", life)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []Limits
	for rows.Next() {
		var at int64
		var data []byte
		if err := rows.Scan(&at, &data); err != nil {
			return nil, err
		}
		var limits Limits
		if err := json.Unmarshal(data, &limits); err != nil {
			return nil, err
		}
		limits.At = time.Unix(0, at)
		list = append(list, limits)
	}
	return list, rows.Err()
}
