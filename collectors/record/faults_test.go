package record

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

// died is the death of a container.
func died(seq uint64, second float64, name string) collectors.Event {
	return collectors.Event{Seq: seq, At: at(second), Container: name, Kind: collectors.EventDied, ExitCode: collectors.Some(137), Cause: collectors.CauseOOMKill}
}

// TestUnusableFiles puts something into the place of the record: recording goes on in
// a new file, or stops with a word what to do, and what was there is still there.
func TestUnusableFiles(t *testing.T) {
	text := bytes.Repeat([]byte("my dear diary, "), 1000)
	for _, test := range []struct {
		name string
		put  func(t *testing.T, path string)
		// aside is what the new name of the old file holds; empty where it stays.
		aside string
		state State
		why   string
	}{
		{"a text", func(t *testing.T, path string) { write(t, path, text) }, ".corrupt-", StateRecording, ""},
		{"a database of another program", foreign, ".foreign-", StateRecording, ""},
		{"a record with a hole", punch, ".corrupt-", StateRecording, ""},
		{"a record of a newer brink", newer, "", StateStopped, "update this brink"},
		{"a directory", func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) }, "", StateStopped, "not a regular file"},
		{"a link", func(t *testing.T, path string) { must(t, os.Symlink("/dev/null", path)) }, "", StateStopped, "not a regular file"},
		{"nothing yet", func(*testing.T, string) {}, "", StateRecording, ""},
		{"an empty file", func(t *testing.T, path string) { write(t, path, nil) }, "", StateRecording, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, fileName)
			test.put(t, path)
			before := content(path)
			b := newBench(t, dir, Retention{})
			b.desk.take(t.Context(), item{reading: round(at(0), "openclaw-agent")})
			health := b.desk.health
			if health.State != test.state || !strings.Contains(health.Why, test.why) {
				t.Fatalf("%s: %q, want %s: %q", health.State, health.Why, test.state, test.why)
			}
			if test.aside == "" && health.Aside != "" || !strings.Contains(health.Aside, test.aside) {
				t.Fatalf("moved aside to %q, want %q", health.Aside, test.aside)
			}
			if kept := content(orElse(health.Aside, path)); len(before) > 0 && !bytes.Equal(kept, before) {
				t.Error("what was in the place of the record has changed")
			}
			if test.state == StateRecording && len(readings(t, b.reader(), 0, 10)) != 1 {
				t.Error("the reading is not in the record")
			}
		})
	}
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	must(t, os.WriteFile(path, data, 0o600))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// content is what a regular file holds.
func content(path string) []byte {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	data, _ := os.ReadFile(path)
	return data
}

func orElse(path, other string) string {
	if path == "" {
		return other
	}
	return path
}

// execute runs statements on a database that nobody else has open.
func execute(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, conn, err := connect(t.Context(), dsn(path, "rwc"))
	must(t, err)
	for _, statement := range statements {
		_, err := conn.ExecContext(t.Context(), statement)
		must(t, err)
	}
	must(t, conn.Close())
	must(t, db.Close())
}

func foreign(t *testing.T, path string) {
	execute(t, path, "CREATE TABLE bookmarks (url TEXT)", "INSERT INTO bookmarks VALUES ('https://example.org')")
}

// whole makes a record that was closed in order.
func whole(t testing.TB, path string) {
	b := newBench(t, filepath.Dir(path), Retention{})
	b.run(0, 600, "openclaw-agent")
	b.close()
}

func newer(t *testing.T, path string) {
	whole(t, path)
	execute(t, path, "PRAGMA user_version = 99")
}

// punch overwrites pages in the middle of a record that was not closed in order.
func punch(t *testing.T, path string) {
	whole(t, path)
	execute(t, path, "UPDATE meta SET value = 0 WHERE key = 'clean'", "PRAGMA wal_checkpoint(TRUNCATE)")
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = file.WriteAt(bytes.Repeat([]byte{0xa5}, 64<<10), 8<<10)
	must(t, err)
	must(t, file.Close())
}

// TestDamageWhileRecording has the file go bad under an open record: it is moved
// aside at the next reading, and its event is not lost.
func TestDamageWhileRecording(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 10, "openclaw-agent")
	b.desk.stop(at(10), errDamaged)
	if b.desk.health.State != StateStopped {
		t.Fatal("damage does not stop it")
	}
	b.take(round(at(11), "openclaw-agent"), died(1, 11, "openclaw-agent"))
	if b.desk.health.Aside == "" {
		t.Error("a damaged file is used again")
	}
	events, err := b.reader().Events(t.Context(), at(0), at(100))
	if err != nil || len(events) != 1 {
		t.Errorf("events %v, %v", events, err)
	}
}

// TestFullDisk fills the disk: what cannot be written is counted and told, the events
// wait, and a minute later everything is written again.
func TestFullDisk(t *testing.T) {
	for _, test := range []struct{ name, pragma, why string }{
		{"full", "PRAGMA max_page_count = 1", "the disk is full"},
		{"read-only", "PRAGMA query_only = 1", "read-only"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, t.TempDir(), Retention{})
			b.run(0, 10, "openclaw-agent")
			_, err := b.desk.store.conn.ExecContext(t.Context(), test.pragma)
			must(t, err)
			for second := 10; second < 70; second++ {
				b.desk.take(t.Context(), item{reading: round(at(float64(second)), "openclaw-agent"), news: []collectors.Event{died(uint64(second), float64(second), fmt.Sprintf("agent-%d", second))}})
				if b.desk.health.State == StateStopped && !strings.Contains(b.desk.health.Why, test.why) {
					t.Fatalf("stopped: %q, want %q", b.desk.health.Why, test.why)
				}
			}
			stopped := b.desk.health
			if stopped.State != StateStopped || stopped.Dropped == 0 {
				t.Fatalf("it goes on: %+v", stopped)
			}
			b.run(140, 150, "openclaw-agent")
			if got, want := len(readings(t, b.reader(), 0, 1000)), int(b.desk.health.Readings); got != want {
				t.Errorf("%d readings in the record, %d were written", got, want)
			}
			if b.desk.health.Readings+b.desk.health.Dropped != 80 {
				t.Errorf("of 80 readings, %d were written and %d dropped", b.desk.health.Readings, b.desk.health.Dropped)
			}
			events, err := b.reader().Events(t.Context(), at(0), at(1000))
			if err != nil || len(events) != 60 {
				t.Errorf("%d events of 60 (%v)", len(events), err)
			}
		})
	}
}

// TestBadPlace has no directory to write to, at first.
func TestBadPlace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	write(t, dir, []byte("a file"))
	b := newBench(t, filepath.Join(dir, "brink"), Retention{})
	b.desk.take(t.Context(), item{reading: round(at(0))})
	if health := b.desk.health; health.State != StateStopped || !strings.Contains(health.Why, "not a directory") || health.Dropped != 1 {
		t.Fatalf("%+v", health)
	}
	must(t, os.Remove(dir))
	b.desk.take(t.Context(), item{reading: round(at(59))})
	if b.desk.health.State != StateStopped {
		t.Error("a fault is not left alone for a minute")
	}
	b.take(round(at(60)))
}

// TestLockedByHand has somebody look into the record with a lock: as soon as it is
// gone, recording goes on.
func TestLockedByHand(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 5, "db")
	db, conn, err := connect(t.Context(), dsn(b.desk.path, "rw", cautious))
	must(t, err)
	_, err = conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	must(t, err)
	_, err = b.desk.store.conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 1")
	must(t, err)
	b.desk.take(t.Context(), item{reading: round(at(5), "db"), news: []collectors.Event{died(1, 5, "db")}})
	if health := b.desk.health; health.State != StateStopped || !strings.Contains(health.Why, "another program keeps it locked") {
		t.Fatalf("%+v", health)
	}
	_, err = conn.ExecContext(t.Context(), "COMMIT")
	must(t, err)
	must(t, conn.Close())
	must(t, db.Close())
	b.run(6, 8, "db")
	if got := events(t, b.reader()); !strings.Contains(got, "137") {
		t.Errorf("events: %q", got)
	}
}

// TestPermissions keeps the record from others.
func TestPermissions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "brink")
	b := newBench(t, dir, Retention{})
	b.run(0, 10)
	for name, want := range map[string]os.FileMode{"": 0o700, fileName: 0o600, fileName + "-wal": 0o600, fileName + "-shm": 0o600, fileName + tailSuffix: 0o600, lockFile: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v %v, want %v", name, info.Mode().Perm(), err, want)
		}
	}
}

// TestTwoWriters has a second brink stand by, and take over when the first ends.
// What the first did not live to write is in the second's memory.
func TestTwoWriters(t *testing.T) {
	dir := t.TempDir()
	guard, dashboard := newBench(t, dir, Retention{}), newBench(t, dir, Retention{})
	guard.run(0, 20, "openclaw-agent")
	for second := range 20 {
		reading := item{reading: round(at(float64(second)), "openclaw-agent")}
		if second == 19 {
			reading.news = []collectors.Event{died(7, 19, "openclaw-agent")}
		}
		dashboard.desk.take(t.Context(), reading)
	}
	if health := dashboard.desk.health; health.State != StateStandby || health.Readings != 0 || health.Dropped != 0 || health.Why == "" {
		t.Fatalf("the second: %+v", health)
	}
	guard.close()
	dashboard.run(20, 30, "openclaw-agent")
	if got := readings(t, dashboard.reader(), 0, 100); len(got) != 30 {
		t.Errorf("%d readings of 30", len(got))
	}
	events, err := dashboard.reader().Events(t.Context(), at(0), at(100))
	if err != nil || len(events) != 1 {
		t.Errorf("events %v, %v", events, err)
	}
}

// TestBadOptions names what is wrong.
func TestBadOptions(t *testing.T) {
	keep := DefaultRetention()
	for _, test := range []struct {
		name   string
		dir    string
		change func(*Retention)
		want   string
	}{
		{"no directory", "", func(*Retention) {}, "nowhere to write"},
		{"full for too short", "x", func(r *Retention) { r.Full = time.Minute }, "minutes before a death"},
		{"coarse shorter than full", "x", func(r *Retention) { r.Coarse = time.Hour }, "in all"},
		{"events shorter than readings", "x", func(r *Retention) { r.Events = time.Hour }, "events kept"},
		{"no size", "x", func(r *Retention) { r.Size = 10 }, "the least"},
	} {
		t.Run(test.name, func(t *testing.T) {
			retention := keep
			test.change(&retention)
			if _, err := New(Options{Dir: test.dir, Retention: retention}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

// TestNothingToRead gives readers a clear error.
func TestNothingToRead(t *testing.T) {
	for _, test := range []struct {
		name string
		put  func(t *testing.T, path string)
		want func(error) bool
	}{
		{"no file", func(*testing.T, string) {}, func(err error) bool { return errors.Is(err, ErrNoRecording) }},
		{"an empty file", func(t *testing.T, path string) { write(t, path, nil) }, func(err error) bool { return errors.Is(err, ErrNoRecording) }},
		{"a text", func(t *testing.T, path string) { write(t, path, bytes.Repeat([]byte("x"), 5000)) }, func(err error) bool { return unusable(err) && strings.Contains(err.Error(), fileName) }},
		{"of another program", foreign, func(err error) bool { return errors.Is(err, errForeign) }},
		{"of a newer brink", newer, func(err error) bool {
			var version *VersionError
			return errors.As(err, &version) && version.Version == 99
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			test.put(t, filepath.Join(dir, fileName))
			if reader, err := OpenReader(t.Context(), dir); !test.want(err) {
				t.Errorf("%v, %v", reader, err)
			}
		})
	}
}

// TestDamagedUnsealed damages the first reading of a minute that is not sealed, which
// the others of that minute are kept as the difference from: they are told as faults, and
// neither the reader nor the sealing stops there.
func TestDamagedUnsealed(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(60, 240, "openclaw-agent")
	damageFirst(t, b.desk.store, at(120))
	faults, n := 0, 0
	for reading, err := range b.reader().Readings(t.Context(), at(0), at(1000)) {
		switch {
		case errors.Is(err, block.ErrCorrupt):
			faults++
		case err != nil:
			t.Fatal(err)
		case len(reading.Containers) == 1:
			n++
		}
	}
	if faults != 60 || n != 120 {
		t.Errorf("%d faults and %d readings, want the 60 of the damaged minute and the 120 of others", faults, n)
	}
	b.run(240, 800, "openclaw-agent")
	whole := 0
	for _, reading := range readings(t, b.reader(), 60, 360) {
		whole += len(reading.Containers)
	}
	if whole != 240 {
		t.Errorf("%d readings are sealed, want the 240 that are whole", whole)
	}
}

// damageFirst changes a byte of the container in the first reading of a minute.
func damageFirst(t *testing.T, s *store, minute time.Time) {
	t.Helper()
	var b batch
	must(t, s.find(t.Context(), "SELECT data FROM unsealed WHERE first = ?", []any{minute.UnixNano()}, &b.data))
	first := true
	b.eachPart(func(_ int64, p part) {
		if p.container != rounds && first {
			// The part shares the bytes of the batch.
			p.data[len(p.data)/2] ^= 1
			first = false
		}
	})
	_, err := s.exec(t.Context(), "UPDATE unsealed SET data = ? WHERE first = ?", b.data, minute.UnixNano())
	must(t, err)
}

// TestDamagedBlocks has a reader go on after what cannot be read.
func TestDamagedBlocks(t *testing.T) {
	dir := t.TempDir()
	whole(t, filepath.Join(dir, fileName))
	execute(t, filepath.Join(dir, fileName), "UPDATE blocks SET data = x'00ff' WHERE container <> 0 AND first = (SELECT min(first) FROM blocks WHERE container <> 0)")
	reader := openReader(t, dir)
	faults, n := 0, 0
	for reading, err := range reader.Readings(t.Context(), at(0), at(600)) {
		switch {
		case err != nil:
			faults++
		case len(reading.Containers) == 1:
			n++
		}
	}
	if faults != 1 || n != 540 {
		t.Errorf("%d faults and %d readings, want 1 and the 540 of the other minutes", faults, n)
	}
}
