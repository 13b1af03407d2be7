package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// applicationID marks the file as brink's: "brnk".
const applicationID = 0x62726e6b

// migrations bring a file from each version of the schema to the next; the first
// makes it. Version n is what the first n of them made. One that was released is
// never changed.
func migrations() []string { return []string{schemaV1} }

// schemaV1 is the first schema. Times are nanoseconds since 1970. A stretch is a
// time in which one brink recorded and the clock went forward, so that what was
// recorded is in order by (stretch, time) although clocks are set back; its run is
// the first stretch of the same brink. Container 0 stands for the rounds themselves.
const schemaV1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE stretches (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, began INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE containers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, container_id TEXT NOT NULL, UNIQUE (name, container_id));
CREATE TABLE states (id INTEGER PRIMARY KEY, last INTEGER NOT NULL, data TEXT NOT NULL UNIQUE);
CREATE TABLE unsealed (seq INTEGER PRIMARY KEY, stretch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE blocks (
	id INTEGER PRIMARY KEY, stretch INTEGER NOT NULL, container INTEGER NOT NULL,
	first INTEGER NOT NULL, last INTEGER NOT NULL, grain INTEGER NOT NULL, pinned INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE INDEX blocks_in_order ON blocks (stretch, first, pinned);
CREATE INDEX blocks_of_container ON blocks (container, first, last);
CREATE INDEX blocks_full ON blocks (first) WHERE grain = 0 AND pinned = 0;
CREATE INDEX blocks_plain ON blocks (first) WHERE pinned = 0;
CREATE INDEX blocks_pinned ON blocks (first, length(data)) WHERE pinned = 1;
CREATE TABLE events (
	run INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL,
	container TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE INDEX events_in_order ON events (at);
CREATE INDEX events_of_container ON events (container, kind, at);
CREATE TABLE lives (
	id INTEGER PRIMARY KEY, container INTEGER NOT NULL, incarnation INTEGER NOT NULL,
	first INTEGER NOT NULL, last INTEGER NOT NULL, data TEXT NOT NULL
);
CREATE INDEX lives_of_container ON lives (container, last);
CREATE TABLE limits (life INTEGER NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (life, at)) WITHOUT ROWID;
`

// errForeign says that the file is a database, but not a record.
var errForeign = errors.New("it is a database of another program")

// VersionError says that the schema is not one that can be read or written.
type VersionError struct {
	// Path is the file; Version its version, Known the newest that this brink knows.
	Path           string
	Version, Known int
}

// Error says what to do about it.
func (e *VersionError) Error() string {
	if e.Version > e.Known {
		return fmt.Sprintf("%s was written by a newer brink (version %d of the format, this one knows %d): update this brink, or move the file away", e.Path, e.Version, e.Known)
	}
	return fmt.Sprintf("%s was written by an older brink (version %d of the format, this one reads %d): let brink guard run once, which brings it up to date", e.Path, e.Version, e.Known)
}

// identify returns the version of the schema of a file, 0 for an empty one. It gives
// errForeign for the database of another program.
func identify(ctx context.Context, conn *sql.Conn) (int, error) {
	var id, version, tables int
	if err := conn.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)").Scan(&id, &version, &tables); err != nil {
		return 0, err
	}
	if id == applicationID {
		return version, nil
	}
	if id != 0 || version != 0 || tables != 0 {
		return 0, errForeign
	}
	return 0, nil
}

// migrate brings the schema up to date, each version in a transaction of its own.
func migrate(ctx context.Context, conn *sql.Conn, version int, steps []string) error {
	for ; version < len(steps); version++ {
		step := fmt.Sprintf("BEGIN IMMEDIATE; %s; PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT", steps[version], applicationID, version+1)
		if _, err := conn.ExecContext(ctx, step); err != nil {
			_, _ = conn.ExecContext(ctx, "ROLLBACK")
			return fmt.Errorf("version %d of the format: %w", version+1, err)
		}
	}
	return nil
}
