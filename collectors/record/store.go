package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math/rand/v2"

	"brink/collectors"
	"brink/collectors/record/block"
)

// store is an open record that is written. After an error it is of no use any more:
// it is closed and opened anew, for what it remembers may not be in the file.
type store struct {
	statements
	db   *sql.DB
	path string
	// inside says that a transaction is open.
	inside bool

	// run is the first stretch of this recorder, stretch the present one; last is the
	// time of its newest reading. All are 0 before the first.
	run, stretch, last int64
	// state is the newest round's, stateRow its row.
	state    roundState
	stateRow int64
	// containers are the rows of the containers, lives the lives that go on.
	containers map[named]int64
	lives      map[string]*followed

	codec    block.Codec
	row, one []byte
	// tail takes each reading at once, pending is what it holds.
	tail    tail
	pending batch
	// begun is of the first reading of each container in the present minute: those that
	// follow are written as what they differ in from it.
	begun  map[int64]*block.Base
	chores chores
}

// named is a container as it is recorded: by name and by the engine's number.
type named struct{ name, id string }

// openStore opens the record and brings it up to date. The file is made if it is not
// there. After a brink that was killed it is looked through for damage.
func openStore(ctx context.Context, path string, retention Retention) (*store, error) {
	if err := prepareFile(path); err != nil {
		return nil, err
	}
	db, conn, err := connect(ctx, dsn(path, "rw", cautious))
	if err != nil {
		return nil, err
	}
	s := &store{statements: statements{conn: conn}, db: db, path: path, containers: map[named]int64{}, lives: map[string]*followed{}, begun: map[int64]*block.Base{}}
	s.chores.retention = retention
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.abandon())
	}
	return s, nil
}

// prepare looks before it changes anything: the file may be that of another program or
// of a newer brink, and one that is damaged is kept as it is.
func (s *store) prepare(ctx context.Context) error {
	version, err := identify(ctx, s.conn)
	if err == nil && version > len(migrations()) {
		err = &VersionError{Path: s.path, Version: version, Known: len(migrations())}
	}
	if err == nil && version > 0 {
		err = s.inspect(ctx)
	}
	if err == nil {
		_, err = s.conn.ExecContext(ctx, writerPragmas)
	}
	if err == nil {
		err = migrate(ctx, s.conn, version, migrations())
	}
	if err == nil {
		err = s.setMeta(ctx, metaClean, 0)
	}
	if err == nil {
		err = s.resume(ctx)
	}
	return err
}

// resume takes what the last recorder left in the tail into the database.
func (s *store) resume(ctx context.Context) error {
	token, err := s.meta(ctx, metaTail)
	if err != nil {
		return err
	}
	data, err := readTail(s.path)
	if err != nil {
		return err
	}
	if s.tail, err = openTail(s.path); err != nil {
		return err
	}
	s.pending = tailBatch(data, token.Or(0))
	return s.within(ctx, func() error { return s.flush(ctx) })
}

// inspect looks for damage where the last recorder did not end in order.
func (s *store) inspect(ctx context.Context) error {
	clean, err := s.meta(ctx, metaClean)
	if err == nil && clean.Or(0) == 0 {
		err = check(ctx, s.conn)
	}
	if err == nil {
		s.chores.retained, err = s.meta(ctx, metaRetained)
	}
	return err
}

// close lets go of the file, and notes that it was left in order.
func (s *store) close(ctx context.Context) error {
	err := s.within(ctx, func() error {
		return errors.Join(s.flush(ctx), s.note(ctx), s.setMeta(ctx, metaClean, 1))
	})
	return errors.Join(err, s.abandon())
}

// abandon lets go of the file as it is.
func (s *store) abandon() error {
	return errors.Join(s.tail.close(), s.statements.close(), s.conn.Close(), s.db.Close())
}

// Keys of the table meta.
const (
	// metaClean is 0 while the record is open for writing, and after a crash.
	metaClean = "clean"
	// metaRetained is the clock of the retention.
	metaRetained = "retained"
	// metaTail is the token of the frames in the tail that count.
	metaTail = "tail"
)

func (s *store) meta(ctx context.Context, key string) (collectors.Opt[int64], error) {
	var value int64
	err := s.conn.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return collectors.Opt[int64]{}, nil
	}
	return collectors.Some(value), err
}

func (s *store) setMeta(ctx context.Context, key string, value int64) error {
	_, err := s.exec(ctx, "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)
	return err
}

// begin opens a transaction, unless one is open.
func (s *store) begin(ctx context.Context) error {
	if s.inside {
		return nil
	}
	_, err := s.exec(ctx, "BEGIN IMMEDIATE")
	s.inside = err == nil
	return err
}

// finish ends the transaction that is open, if one is.
func (s *store) finish(ctx context.Context, err error) error {
	if !s.inside {
		return err
	}
	s.inside = false
	if err == nil {
		_, err = s.exec(ctx, "COMMIT")
	}
	if err != nil {
		// SQLite has rolled back by itself after some errors; then this fails, and says
		// nothing new.
		_, _ = s.conn.ExecContext(ctx, "ROLLBACK")
	}
	return err
}

// within runs what belongs together in one transaction.
func (s *store) within(ctx context.Context, deed func() error) error {
	err := s.begin(ctx)
	if err == nil {
		err = deed()
	}
	return s.finish(ctx, err)
}

// write adds a reading and the events that were found in it. A reading in which
// nothing but numbers changed goes into the tail alone, save once a minute.
func (s *store) write(ctx context.Context, reading collectors.Reading, news []collectors.Event) error {
	err := s.follow(ctx, reading)
	for _, event := range news {
		if err == nil {
			err = s.tell(ctx, event)
		}
	}
	if err == nil {
		err = s.add(ctx, reading.At.UnixNano())
	}
	return s.finish(ctx, err)
}

// pendingMost is how many bytes of readings wait in the tail.
const pendingMost = 64 << 10

// add keeps the row that is packed. It goes into the database where something is
// written there anyway: so the tail never names a container that may be lost without it.
func (s *store) add(ctx context.Context, at int64) error {
	if !s.pending.takes(s.stretch, at) {
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
	s.pending.add(s.stretch, at, s.row)
	if s.inside || len(s.pending.data) > pendingMost {
		return s.flush(ctx)
	}
	return s.tail.append(s.stretch, at, s.row)
}

// flush moves what is in the tail into the database, and begins the tail anew.
func (s *store) flush(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	if p := &s.pending; len(p.data) > 0 {
		if _, err := s.exec(ctx, "INSERT INTO unsealed (stretch, first, last, data) VALUES (?, ?, ?, ?)", p.stretch, p.first, p.last, p.data); err != nil {
			return err
		}
		p.clear()
	}
	s.tail.restart(rand.Int64())
	return s.setMeta(ctx, metaTail, s.tail.token)
}

// follow takes down what a reading tells beside its numbers, and packs its row.
func (s *store) follow(ctx context.Context, reading collectors.Reading) error {
	at := reading.At.UnixNano()
	if err := s.enter(ctx, at); err != nil {
		return err
	}
	if err := s.enterState(ctx, reading); err != nil {
		return err
	}
	s.one = appendMarks(s.one[:0], []mark{{at: at, state: s.stateRow, available: reading.Host.MemoryAvailable}})
	s.row = appendPart(s.row[:0], part{container: rounds, data: s.one})
	for _, container := range reading.Containers {
		row, err := s.enterContainer(ctx, named{container.Key, container.ID})
		if err == nil {
			err = s.enterLife(ctx, row, container, reading.At)
		}
		if err != nil {
			return err
		}
		s.pack(row, block.Entry{At: reading.At, Counters: container})
	}
	return nil
}

// pack adds a container to the row.
func (s *store) pack(row int64, entry block.Entry) {
	if first := s.begun[row]; first != nil {
		s.one = s.codec.EncodeAfter(s.one[:0], first, &entry)
	} else {
		s.begun[row] = block.NewBase(entry)
		s.one = s.codec.Encode(s.one[:0], []block.Entry{entry})
	}
	s.row = appendPart(s.row, part{container: row, data: s.one})
}

// enter begins a stretch for the first reading, and when the clock was set back.
func (s *store) enter(ctx context.Context, at int64) error {
	if minuteOf(at) != minuteOf(s.last) {
		clear(s.begun)
	}
	if s.stretch != 0 && at > s.last {
		s.last = at
		return nil
	}
	clear(s.begun)
	if err := s.begin(ctx); err != nil {
		return err
	}
	row, err := s.exec(ctx, "INSERT INTO stretches (run, began, last) VALUES (?, ?, ?)", s.run, at, at)
	if err != nil {
		return err
	}
	s.stretch, s.last = row, at
	if s.run != 0 {
		return nil
	}
	s.run = row
	_, err = s.exec(ctx, "UPDATE stretches SET run = id WHERE id = ?", row)
	return err
}

// note takes down how far the stretch, its lives and the clock of the retention have
// come.
func (s *store) note(ctx context.Context) error {
	if retained, ok := s.chores.retained.Get(); ok {
		if err := s.setMeta(ctx, metaRetained, retained); err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, "UPDATE stretches SET last = max(last, ?) WHERE id = ?", s.last, s.stretch); err != nil {
		return err
	}
	for _, life := range s.lives {
		if _, err := s.exec(ctx, "UPDATE lives SET last = ? WHERE id = ?", life.seen, life.row); err != nil {
			return err
		}
	}
	return nil
}

// enterState takes down the slow part of a round when it changed.
func (s *store) enterState(ctx context.Context, reading collectors.Reading) error {
	state := stateOf(reading)
	if s.stateRow != 0 && s.state.equal(state) {
		return nil
	}
	data, err := json.Marshal(state)
	if err == nil {
		err = s.begin(ctx)
	}
	if err != nil {
		return err
	}
	s.state = state
	return s.conn.QueryRowContext(ctx, "INSERT INTO states (last, data) VALUES (?, ?) ON CONFLICT (data) DO UPDATE SET last = excluded.last RETURNING id", reading.At.UnixNano(), string(data)).Scan(&s.stateRow)
}

// enterContainer is the row of a container, which is new the first time.
func (s *store) enterContainer(ctx context.Context, who named) (int64, error) {
	if row, known := s.containers[who]; known {
		return row, nil
	}
	if err := s.begin(ctx); err != nil {
		return 0, err
	}
	var row int64
	err := s.conn.QueryRowContext(ctx, "INSERT INTO containers (name, container_id) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name RETURNING id", who.name, who.id).Scan(&row)
	s.containers[who] = row
	return row, err
}

// tell takes down an event, or its amendment, and pins what led to a death.
func (s *store) tell(ctx context.Context, event collectors.Event) error {
	data, err := json.Marshal(event)
	if err == nil {
		err = s.begin(ctx)
	}
	if err != nil {
		return err
	}
	at, until := event.At.UnixNano(), event.At.UnixNano()
	if event.Until.After(event.At) {
		until = event.Until.UnixNano()
	}
	_, err = s.exec(ctx, `INSERT INTO events (run, seq, at, until, container, kind, data) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET at = excluded.at, until = excluded.until, container = excluded.container, kind = excluded.kind, data = excluded.data`,
		s.run, int64(event.Seq), at, until, event.Container, string(event.Kind), string(data))
	if err != nil || !deadly(event.Kind) {
		return err
	}
	return s.pin(ctx, event.Container, at, until)
}
