package record

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

// TestTailBatch damages a tail: what is before the damage counts, and nothing after it.
func TestTailBatch(t *testing.T) {
	const token, stretch = 0x1122334455667788, 3
	first := minuteOf(epoch.UnixNano())
	second := int64(time.Second)
	for _, test := range []struct {
		name   string
		damage func([]byte) []byte
		token  int64
		want   string
	}{
		{"nothing", func([]byte) []byte { return nil }, token, ""},
		{"zeros", func(data []byte) []byte { return make([]byte, len(data)) }, 0, ""},
		{"of another token", func(data []byte) []byte { return data }, token + 1, ""},
		{"cut in the first head", func(data []byte) []byte { return data[:tailHead-1] }, token, ""},
		{"a byte of the first row", func(data []byte) []byte { data[tailHead] ^= 1; return data }, token, ""},
		{"a byte of the second time", func(data []byte) []byte { data[tailHead+3+tailSum+16] ^= 1; return data }, token, "one"},
		{"a length beyond the end", func(data []byte) []byte { data[tailHead+3+tailSum+27] = 0xff; return data }, token, "one"},
		{"cut in the last checksum", func(data []byte) []byte { return data[:len(data)-1] }, token, "one two"},
		{"an older frame at the end", func(data []byte) []byte {
			data[2*(tailHead+3+tailSum)] ^= 1
			return data
		}, token, "one two"},
		{"whole", func(data []byte) []byte { return data }, token, "one two three"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), fileName)
			written, err := openTail(path)
			must(t, err)
			written.restart(token)
			for i, word := range []string{"one", "two", "three"} {
				must(t, written.append(stretch, first+int64(i)*second, []byte(word)))
			}
			must(t, written.close())
			data, err := readTail(path)
			must(t, err)
			b := tailBatch(test.damage(data), test.token)
			var words []string
			b.each(func(at int64, row []byte) {
				if want := first + int64(len(words))*second; at != want {
					t.Errorf("%q is of %d, want %d", row, at, want)
				}
				words = append(words, string(row))
			})
			if got := strings.Join(words, " "); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			if test.want != "" && b.stretch != stretch {
				t.Errorf("stretch %d, want %d", b.stretch, stretch)
			}
		})
	}
}

// TestTailOfAnotherState puts the tail of an earlier or a later moment beside a
// database: it names rows that the database may not have, so none of it counts.
func TestTailOfAnotherState(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 90, "openclaw-agent")
	earlier := content(b.desk.path + tailSuffix)
	b.run(90, 140, "openclaw-agent")
	write(t, b.desk.path+tailSuffix, earlier)
	if got := readings(t, b.reader(), 0, 1000); len(got) != 121 {
		t.Errorf("%d readings, want the 121 that are in the database", len(got))
	}
}

// TestTailSeenAtOnce reads each second as soon as it is written, and all of it: the
// span, the containers and the readings go up to it.
func TestTailSeenAtOnce(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 1, "db")
	reader := b.reader()
	for second := 1; second < 70; second++ {
		b.run(second, second+1, "db")
		got := readings(t, reader, 0, 1000)
		first, last, err := reader.Span(t.Context())
		must(t, err)
		list, err := reader.Containers(t.Context())
		must(t, err)
		want := at(float64(second))
		if len(got) != second+1 || !first.Equal(at(0)) || !last.Equal(want) || len(list) != 1 || !list[0].Last.Equal(want) {
			t.Fatalf("second %d: %d readings from %v to %v, containers %+v", second, len(got), first, last, list)
		}
	}
	if n := b.rows("SELECT count(*) FROM unsealed"); n > 4 {
		t.Errorf("%d rows for seventy seconds", n)
	}
}

// TestTailTakenOver has a brink end without a word: the one that follows takes what is
// in the tail into the database, once.
func TestTailTakenOver(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, dir, Retention{})
	b.run(0, 40, "db")
	must(t, b.desk.store.abandon())
	b.desk.store = nil
	b.desk.release()
	next := newBench(t, dir, Retention{})
	next.run(40, 50, "db")
	next.close()
	must(t, os.Remove(filepath.Join(dir, fileName+tailSuffix)))
	if got := readings(t, openReader(t, dir), 0, 100); len(got) != 50 {
		t.Errorf("%d readings of 50", len(got))
	}
}

// TestTailCannotBeWritten has no room for the tail: that is told as a full disk is.
func TestTailCannotBeWritten(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 10, "db")
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("there is no file that is always full")
	}
	must(t, b.desk.store.tail.close())
	b.desk.store.tail.file = full
	b.desk.take(t.Context(), item{reading: round(at(10), "db")})
	if health := b.desk.health; health.State != StateStopped || !strings.Contains(health.Why, "the disk is full") || health.Dropped != 1 {
		t.Fatalf("%+v", health)
	}
	b.run(70, 80, "db")
	if got := readings(t, b.reader(), 0, 100); len(got) != 20 {
		t.Errorf("%d readings, want the 10 before and the 10 after", len(got))
	}
}

// TestTailIsNoFile finds something else in the place of the tail.
func TestTailIsNoFile(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, fileName+tailSuffix), 0o700))
	b := newBench(t, dir, Retention{})
	b.desk.take(t.Context(), item{reading: round(at(0))})
	if health := b.desk.health; health.State != StateStopped || health.Why != collectors.Clean(health.Why, whyLength) || !strings.Contains(health.Why, fileName+tailSuffix) {
		t.Errorf("%+v", health)
	}
}

// TestManyContainers fills the tail before the minute ends.
func TestManyContainers(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	names := strings.Fields(string(bytes.Repeat([]byte("a b c d e f g h i j "), 2)))
	for i := range names {
		names[i] += string(rune('0' + i/10))
	}
	b.run(0, 50, names...)
	if n := b.rows("SELECT count(*) FROM unsealed"); n < 3 {
		t.Errorf("%d rows hold the readings of %d containers", n, len(names))
	}
	got := readings(t, b.reader(), 0, 100)
	if len(got) != 50 || len(got[49].Containers) != len(names) {
		t.Errorf("%d readings of 50", len(got))
	}
}
