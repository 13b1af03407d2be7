package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// fileName is the record, in its directory.
const fileName = "record.db"

// dsn is the name of a database for the driver: a URI, in which a path may hold any
// character.
func dsn(path, mode string, pragmas ...string) string {
	query := url.Values{"mode": {mode}, "_pragma": pragmas}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}).String()
}

// cautious only waits for others: with it a file is looked at before anything of it
// is changed.
const cautious = "busy_timeout(2000)"

// writerPragmas keep the writer small: a page cache of 256 KiB, no memory map. With
// synchronous=NORMAL a WAL is synced at its checkpoints: a killed process loses
// nothing, a loss of power the last seconds at most, and never the whole. Small pages
// waste less beside the blocks, which take four kilobytes, and write less for a reading,
// which takes one.
const writerPragmas = `
PRAGMA page_size = 2048;
PRAGMA auto_vacuum = incremental;
PRAGMA journal_mode = wal;
PRAGMA synchronous = normal;
PRAGMA cache_size = -256;
PRAGMA mmap_size = 0;
PRAGMA temp_store = memory;
PRAGMA journal_size_limit = 4194304;
PRAGMA wal_autocheckpoint = 1024;
`

// connect opens a database with one connection.
func connect(ctx context.Context, name string) (*sql.DB, *sql.Conn, error) {
	connector, err := sqlite.NewConnector(name)
	if err != nil {
		return nil, nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, conn, nil
}

// prepareFile makes an empty file that only its owner may read, before SQLite would
// make one that all may; its WAL takes the permissions over. The file is never
// opened otherwise: closing it would take SQLite's POSIX locks away.
func prepareFile(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		return file.Close()
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &os.PathError{Op: "record", Path: path, Err: errors.New("not a regular file: move it away")}
	case info.Mode().Perm()&0o077 != 0:
		return os.Chmod(path, 0o600)
	default:
		return nil
	}
}

// unusable reports whether an error means that the file is damaged or no record, so
// that recording goes on only in a new one.
func unusable(err error) bool {
	code := sqliteCode(err)
	return errors.Is(err, errForeign) || errors.Is(err, errDamaged) || code == sqlite3.SQLITE_NOTADB || code == sqlite3.SQLITE_CORRUPT
}

// sqliteCode is the primary code of an error of SQLite, 0 for another one.
func sqliteCode(err error) int {
	var fault *sqlite.Error
	if !errors.As(err, &fault) {
		return sqlite3.SQLITE_OK
	}
	return fault.Code() & 0xff
}

// errDamaged says that the database contradicts itself.
var errDamaged = errors.New("the record is damaged")

// check looks for damage.
func check(ctx context.Context, conn *sql.Conn) error {
	var verdict string
	if err := conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, strings.Join(strings.Fields(verdict), " "))
	}
	return nil
}

// setAside moves a file that cannot be used out of the way, with its WAL: nothing
// that was recorded is deleted. It returns the new name.
func setAside(path string, why error, at time.Time) (string, error) {
	word := "corrupt"
	if errors.Is(why, errForeign) {
		word = "foreign"
	}
	aside := freeName(path + "." + word + "-" + at.UTC().Format("20060102T150405Z"))
	if err := os.Rename(path, aside); err != nil {
		return "", err
	}
	for _, suffix := range []string{"-wal", "-shm", tailSuffix} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return aside, err
		}
	}
	return aside, nil
}

// freeName is the name, with a number if it is in use.
func freeName(name string) string {
	free := name
	for i := 2; ; i++ {
		if _, err := os.Lstat(free); errors.Is(err, os.ErrNotExist) || i > 1000 {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, i)
	}
}

// explain adds the file to a fault, and what helps.
func explain(path string, err error) error {
	var version *VersionError
	var place *os.PathError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("the disk is full, make room: %w", err)
	case errors.As(err, &version), errors.As(err, &place), err == nil:
		return err
	}
	return fmt.Errorf("%s: %s%w", path, advice(path, err), err)
}

func advice(path string, err error) string {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL:
		return "the disk is full, make room: "
	case sqlite3.SQLITE_READONLY:
		return "the file or its disk is read-only: "
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return "it cannot be opened, look at the permissions of " + filepath.Dir(path) + ": "
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "another program keeps it locked: "
	case sqlite3.SQLITE_IOERR:
		return "the disk fails, or limits the size of the file: "
	default:
		return ""
	}
}
