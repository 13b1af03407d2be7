package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"brink/collectors"
)

// enterLife takes down what is new of a container's life.
func (s *store) enterLife(ctx context.Context, row int64, c collectors.ContainerCounters, at time.Time) error {
	life := s.lives[c.Key]
	if life == nil {
		var err error
		if life, err = s.lastLife(ctx, row, c.ID); err != nil {
			return err
		}
	}
	if life.row != 0 && !life.sameLife(c) {
		if err := s.endLife(ctx, life); err != nil {
			return err
		}
		life = life.next()
	}
	s.lives[c.Key] = life
	factsNew, limitsNew := life.learn(c, at)
	life.seen = at.UnixNano()
	if life.row == 0 || factsNew {
		if err := s.keepLife(ctx, row, life); err != nil {
			return err
		}
	}
	if life.formerEnds(c) {
		former := life.former
		life.former = nil
		if err := s.keepLife(ctx, row, former); err != nil {
			return err
		}
	}
	if limitsNew {
		return s.keepLimits(ctx, life)
	}
	return nil
}

// endLife takes down when a life was seen last.
func (s *store) endLife(ctx context.Context, life *followed) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	_, err := s.exec(ctx, "UPDATE lives SET last = ? WHERE id = ?", life.seen, life.row)
	return err
}

// lastLife is the life of a container that an earlier recorder saw last.
func (s *store) lastLife(ctx context.Context, container int64, id string) (*followed, error) {
	life := &followed{id: id}
	var incarnation int64
	var data, limits []byte
	err := s.conn.QueryRowContext(ctx, `SELECT id, incarnation, last, data, coalesce((SELECT data FROM limits WHERE life = lives.id ORDER BY at DESC LIMIT 1), '{}')
		FROM lives WHERE container = ? ORDER BY last DESC LIMIT 1`, container).Scan(&life.row, &incarnation, &life.seen, &data, &limits)
	if errors.Is(err, sql.ErrNoRows) {
		return &followed{}, nil
	}
	if err == nil {
		err = errors.Join(json.Unmarshal(data, &life.facts), json.Unmarshal(limits, &life.limits))
	}
	if err != nil {
		return nil, fmt.Errorf("the last life of container %d: %w", container, err)
	}
	life.incarnation, life.limits.At = collectors.Incarnation(incarnation), time.Time{}
	return life, nil
}

func (s *store) keepLife(ctx context.Context, container int64, life *followed) error {
	data, err := json.Marshal(life.facts)
	if err == nil {
		err = s.begin(ctx)
	}
	if err != nil {
		return err
	}
	incarnation := int64(life.incarnation)
	if life.row == 0 {
		life.row, err = s.exec(ctx, "INSERT INTO lives (container, incarnation, first, last, data) VALUES (?, ?, ?, ?, ?)", container, incarnation, life.seen, life.seen, string(data))
		return err
	}
	_, err = s.exec(ctx, "UPDATE lives SET incarnation = ?, last = ?, data = ? WHERE id = ?", incarnation, life.seen, string(data), life.row)
	return err
}

func (s *store) keepLimits(ctx context.Context, life *followed) error {
	limits := life.limits
	limits.At = time.Unix(0, life.seen).UTC()
	data, err := json.Marshal(limits)
	if err == nil {
		err = s.begin(ctx)
	}
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, "INSERT INTO limits (life, at, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data", life.row, life.seen, string(data))
	return err
}
