package record

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brink/collectors"
)

// stored is a record that the first version of the format holds, made once and kept.
const stored = "testdata/version-1.db"

var update = flag.Bool("update", false, "make the stored record anew; once a version is released its record must stay")

// TestStoredVersion1 reads and goes on with a record of the first version: whatever
// the format becomes, it must be brought up to date.
func TestStoredVersion1(t *testing.T) {
	if *update {
		makeStored(t)
	}
	dir := t.TempDir()
	data, err := os.ReadFile(stored)
	must(t, err)
	write(t, filepath.Join(dir, fileName), data)
	b := newBench(t, dir, Retention{})
	b.take(round(at(700), "openclaw-agent"))
	if b.desk.health.Aside != "" {
		t.Fatalf("given up: %s", b.desk.health.Aside)
	}
	reader := b.reader()
	if got := readings(t, reader, 0, 1000); len(got) != 34 || len(got[0].Containers) != 1 || len(got[33].Containers) != 1 {
		t.Errorf("%d readings of 34", len(got))
	}
	if got := events(t, reader); got != "60.0 openclaw-agent exit 137: OOM kill\n" {
		t.Errorf("events:\n%s", got)
	}
	lives, err := reader.Lives(t.Context(), at(0), at(1000))
	if err != nil || len(lives) != 1 || len(lives[0].Limits) != 1 {
		t.Errorf("lives: %+v, %v", lives, err)
	}
}

// makeStored makes the record of the newest version: sealed minutes, some that are
// pinned, and what is not sealed.
func makeStored(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, dir, Retention{})
	for second := 0; second < 660; second += 20 {
		var news []collectors.Event
		if second == 60 {
			news = append(news, died(1, 60, "openclaw-agent"))
		}
		b.take(round(at(float64(second)), "openclaw-agent"), news...)
	}
	b.close()
	execute(t, filepath.Join(dir, fileName), "VACUUM")
	write(t, stored, content(filepath.Join(dir, fileName)))
}

// TestMigrate brings an old file up to date step by step, and leaves it as it was when
// a step fails.
func TestMigrate(t *testing.T) {
	steps := append(migrations(), "ALTER TABLE lives ADD COLUMN mood TEXT", "UPDATE lives SET mood = 'calm'")
	for _, test := range []struct {
		name  string
		steps []string
		want  int
		fault string
	}{
		{"a step that fails", append(steps[:2:2], "UPDATE lives SET nothing = 1"), 2, "version 3"},
		{"two steps", steps, 3, ""},
		{"none", steps[:1], 1, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), fileName)
			whole(t, path)
			db, conn, err := connect(t.Context(), dsn(path, "rw"))
			must(t, err)
			err = migrate(t.Context(), conn, 1, test.steps)
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) {
				t.Errorf("%v, want %q", err, test.fault)
			}
			if version, err := identify(t.Context(), conn); version != test.want || err != nil {
				t.Errorf("version %d, %v, want %d", version, err, test.want)
			}
			must(t, conn.Close())
			must(t, db.Close())
		})
	}
}

// TestOlderForReaders tells what brings an older record up to date.
func TestOlderForReaders(t *testing.T) {
	err := error(&VersionError{Path: "record.db", Version: 1, Known: 2})
	if !strings.Contains(err.Error(), "brink guard") {
		t.Error(err)
	}
	if explain("record.db", err).Error() != err.Error() {
		t.Error("the file is named twice")
	}
}

// TestHealthIsPlain keeps control bytes of an error off the screen.
func TestHealthIsPlain(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.desk.stop(at(0), &os.PathError{Op: "open", Path: "/\x1b[31mred\n", Err: os.ErrPermission})
	if why := b.desk.health.Why; why != collectors.Clean(why, whyLength) || !strings.Contains(why, "permission denied") {
		t.Errorf("%q", why)
	}
}
