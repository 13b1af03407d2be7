package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNoRecording says that nothing was ever recorded here.
var ErrNoRecording = errors.New("nothing has been recorded: brink guard records, and so does the dashboard while no guard runs")

// Reader reads a record, also while it is written. It changes nothing. It may be used
// by several goroutines.
type Reader struct {
	db   *sql.DB
	path string
}

// OpenReader opens the record in a directory. It gives [ErrNoRecording] where there
// is none, and a [*VersionError] for one of another version.
func OpenReader(ctx context.Context, dir string) (*Reader, error) {
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", path, ErrNoRecording)
	}
	db, err := openToRead(ctx, path)
	if err != nil {
		return nil, explain(path, err)
	}
	return &Reader{db: db, path: path}, nil
}

func openToRead(ctx context.Context, path string) (*sql.DB, error) {
	db, conn, err := connect(ctx, dsn(path, "ro", cautious, "cache_size(-1024)", "mmap_size(0)", "query_only(1)"))
	if err != nil {
		return nil, err
	}
	version, err := identify(ctx, conn)
	switch {
	case err != nil:
	case version == 0:
		err = ErrNoRecording
	case version != len(migrations()):
		err = &VersionError{Path: path, Version: version, Known: len(migrations())}
	}
	if err := errors.Join(err, conn.Close()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close lets go of the file.
func (r *Reader) Close() error { return r.db.Close() }

// Recorded is a container of which there are readings.
type Recorded struct {
	// Name is what it is followed by; IDs are the engine's numbers it had, oldest first.
	Name string   `json:"name"`
	IDs  []string `json:"ids,omitempty"`
	// First and Last are the first and the last reading that is kept.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// Containers are the containers of which there are readings, in the order in which
// they were first seen.
func (r *Reader) Containers(ctx context.Context) ([]Recorded, error) {
	var list []Recorded
	err := r.within(ctx, func(v *view) error {
		names, err := loadNames(ctx, v.Tx)
		if err != nil {
			return err
		}
		spans, err := v.loadSpans(ctx)
		list = names.recorded(spans)
		return err
	})
	return list, err
}

// Span is the first and the last reading of the record, of any container. It gives
// [ErrNoRecording] while there is none.
func (r *Reader) Span(ctx context.Context) (first, last time.Time, err error) {
	var whole span
	err = r.within(ctx, func(v *view) (err error) {
		whole, err = v.loadSpan(ctx)
		return err
	})
	if err == nil && whole == (span{}) {
		err = fmt.Errorf("%s: %w", r.path, ErrNoRecording)
	}
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	return time.Unix(0, whole.first), time.Unix(0, whole.last), nil
}

// view is a record as it was at one moment: the database, and the tail that belongs
// to it.
type view struct {
	*sql.Tx
	tail batch
}

// within reads what belongs together as it was at one moment. The tail is read first:
// if it was begun anew before the transaction, what it held is in the database.
func (r *Reader) within(ctx context.Context, deed func(*view) error) error {
	tail, err := readTail(r.path)
	if err != nil {
		return err
	}
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var token int64
	err = tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", metaTail).Scan(&token)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return deed(&view{Tx: tx, tail: tailBatch(tail, token)})
}

// names are the containers of a record by their rows.
type names struct {
	rows []int64
	of   map[int64]named
	// rank is the first row of a name, which gives the order.
	rank map[string]int64
}

func loadNames(ctx context.Context, tx *sql.Tx) (names, error) {
	n := names{of: map[int64]named{}, rank: map[string]int64{}}
	rows, err := tx.QueryContext(ctx, "SELECT id, name, container_id FROM containers ORDER BY id")
	if err != nil {
		return n, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		var who named
		if err := rows.Scan(&id, &who.name, &who.id); err != nil {
			return n, err
		}
		n.rows, n.of[id] = append(n.rows, id), who
		if _, known := n.rank[who.name]; !known {
			n.rank[who.name] = id
		}
	}
	return n, rows.Err()
}

// condition restricts a query to the names and to the rounds; to nothing without names.
func (n names) condition(only []string) string {
	if len(only) == 0 {
		return ""
	}
	wanted := []string{strconv.Itoa(rounds)}
	for _, row := range n.rows {
		if slices.Contains(only, n.of[row].name) {
			wanted = append(wanted, strconv.FormatInt(row, 10))
		}
	}
	return " AND container IN (" + strings.Join(wanted, ", ") + ")"
}

// wants reports whether a row is of one of the names.
func (n names) wants(row int64, only []string) bool {
	return len(only) == 0 || row == rounds || slices.Contains(only, n.of[row].name)
}

// recorded are the containers of which there are readings.
func (n names) recorded(spans map[int64]span) []Recorded {
	var list []Recorded
	index := map[string]int{}
	for _, row := range n.rows {
		s, kept := spans[row]
		if !kept {
			continue
		}
		who := n.of[row]
		i, known := index[who.name]
		if !known {
			i = len(list)
			index[who.name] = i
			list = append(list, Recorded{Name: who.name, First: time.Unix(0, s.first), Last: time.Unix(0, s.last)})
		}
		list[i].add(who.id, s)
	}
	return list
}

func (r *Recorded) add(id string, s span) {
	if id != "" {
		r.IDs = append(r.IDs, id)
	}
	if first := time.Unix(0, s.first); first.Before(r.First) {
		r.First = first
	}
	if last := time.Unix(0, s.last); last.After(r.Last) {
		r.Last = last
	}
}

// span is the first and the last reading of something; zero is none.
type span struct{ first, last int64 }

// and is the span of both.
func (s span) and(other span) span {
	switch {
	case s == span{}:
		return other
	case other == span{}:
		return s
	default:
		return span{min(s.first, other.first), max(s.last, other.last)}
	}
}

// loadSpan is the span of all rounds.
func (v *view) loadSpan(ctx context.Context) (span, error) {
	var sealed, unsealed span
	err := v.QueryRowContext(ctx, `SELECT coalesce(min(first), 0), coalesce(max(last), 0) FROM blocks WHERE container = 0`).Scan(&sealed.first, &sealed.last)
	if err == nil {
		err = v.QueryRowContext(ctx, `SELECT coalesce(min(first), 0), coalesce(max(last), 0) FROM unsealed`).Scan(&unsealed.first, &unsealed.last)
	}
	return sealed.and(unsealed).and(span{v.tail.first, v.tail.last}), err
}

// loadSpans are the spans of the readings that are kept, by the rows of the containers.
func (v *view) loadSpans(ctx context.Context) (map[int64]span, error) {
	spans := map[int64]span{}
	rows, err := v.QueryContext(ctx, "SELECT container, min(first), max(last) FROM blocks GROUP BY container")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var row int64
		var s span
		if err := rows.Scan(&row, &s.first, &s.last); err != nil {
			return nil, err
		}
		spans[row] = s
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return spans, v.eachBatch(ctx, func(b *batch) {
		b.eachPart(func(at int64, p part) {
			spans[p.container] = spans[p.container].and(span{at, at})
		})
	})
}
