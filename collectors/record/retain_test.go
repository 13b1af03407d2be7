package record

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/collectors"
	"brink/collectors/record/block"
)

// brief is a retention that a test can live through.
func brief() Retention {
	return Retention{Full: 10 * time.Minute, Coarse: 20 * time.Minute, Events: time.Hour, Size: 256 << 20}
}

// TestClockOfTheRetention moves the wall clock in every way.
func TestClockOfTheRetention(t *testing.T) {
	hour := int64(time.Hour)
	for _, test := range []struct {
		name           string
		before, newest int64
		want           int64
	}{
		{"set ahead by ten years", 100 * hour, 100*hour + 87_600*hour, 101 * hour},
		{"set back by ten years", 100_000 * hour, 12_400 * hour, 12_400 * hour},
		{"a minute later", 100 * hour, 100*hour + int64(time.Minute), 100*hour + int64(time.Minute)},
		{"the same", hour, hour, hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := nextRetained(collectors.Some(test.before), test.newest); got != test.want {
				t.Errorf("%d, want %d", got, test.want)
			}
		})
	}
	if got := nextRetained(collectors.Opt[int64]{}, 5*hour); got != 5*hour {
		t.Errorf("the first time: %d", got)
	}
}

// TestRetentionByAge lives through fifty minutes: all at first, one in ten seconds
// after ten minutes, nothing after twenty.
func TestRetentionByAge(t *testing.T) {
	alone(t)
	b := newBench(t, t.TempDir(), brief())
	b.run(0, 3000, "openclaw-agent", "db")
	b.settle()
	reader := b.reader()
	if full := readings(t, reader, 2400, 3000); len(full) != 600 {
		t.Errorf("%d readings of the last ten minutes", len(full))
	}
	// The ten minutes in which the age falls are still whole.
	coarse := readings(t, reader, 1840, 2160)
	if len(coarse) != 32 {
		t.Errorf("%d readings of 320 seconds, want one in ten", len(coarse))
	}
	for i, reading := range coarse {
		if len(reading.Containers) != 2 || reading.Containers[0].Key != "openclaw-agent" {
			t.Fatalf("reading %d has %d containers", i, len(reading.Containers))
		}
		for _, c := range reading.Containers {
			if !c.FreshAt.Equal(reading.At) {
				t.Fatalf("reading %d of %v is stale since %v", i, reading.At, c.FreshAt)
			}
		}
		if reading.Host.Name != "vps-1" || !reading.Host.MemoryAvailable.Present() || len(reading.Sources) != 2 {
			t.Fatalf("reading %d has no round: %+v", i, reading)
		}
	}
	if gone := readings(t, reader, 0, 1200); len(gone) != 0 {
		t.Errorf("%d readings that are too old", len(gone))
	}
	if first, last, err := reader.Span(t.Context()); err != nil || first.Before(at(1200)) || !last.Equal(at(2999)) {
		t.Errorf("from %v to %v, %v", first, last, err)
	}
}

// dying records some time in which a death is told of at a second.
func (b *bench) dying(until, second int, event collectors.Event, names ...string) {
	b.t.Helper()
	b.run(0, second, names...)
	b.take(round(at(float64(second)), names...), event)
	b.run(second+1, until, names...)
	b.settle()
}

// TestDeathIsPinned keeps the minutes before a death in full, with every list of
// processes, for as long as the event.
func TestDeathIsPinned(t *testing.T) {
	alone(t)
	b := newBench(t, t.TempDir(), brief())
	kill := collectors.Event{Seq: 1, At: at(430), Container: "openclaw-agent", Kind: collectors.EventOOMKill, Count: 1}
	b.dying(2700, 431, kill, "openclaw-agent", "db")
	var bundle []collectors.Reading
	for reading, err := range b.reader().Bundle(t.Context(), kill) {
		must(t, err)
		reading.Containers = slices.Clone(reading.Containers)
		bundle = append(bundle, reading)
	}
	if len(bundle) != 360 || !bundle[0].At.Equal(at(120)) {
		t.Fatalf("%d readings of the six minutes up to the kill, long after", len(bundle))
	}
	for i, reading := range bundle {
		if len(reading.Containers) != 1 || len(reading.Containers[0].Processes.Or(nil)) != 20 || len(reading.Sources) != 2 {
			t.Fatalf("reading %d: %+v", i, reading)
		}
	}
	if others := readings(t, b.reader(), 0, 60); len(others) != 0 {
		t.Errorf("%d readings of before are kept", len(others))
	}
}

// TestPinnedStorm keeps the lists of a storm of forks that ended in a death, in blocks
// none of which holds many of them.
func TestPinnedStorm(t *testing.T) {
	alone(t)
	b := newBench(t, t.TempDir(), brief())
	const stormers = 300
	for second := range 300 {
		b.take(storm(second, stormers))
	}
	b.take(storm(300, stormers), died(1, 300, "openclaw-agent"))
	b.run(301, 800, "openclaw-agent")
	b.settle()
	if blocks, want := b.rows(blocksBefore(300)), 300*stormers/processesMost; blocks <= want {
		t.Errorf("%d blocks, want more than %d", blocks, want)
	}
	for second, reading := range readings(t, b.reader(), 0, 300) {
		list := reading.Containers[0].Processes.Or(nil)
		if len(list) != stormers || list[0].PID != 5000+7*second {
			t.Fatalf("second %d: %d processes", second, len(list))
		}
	}
}

// storm is a reading of an agent whose processes are others each second.
func storm(second, stormers int) collectors.Reading {
	reading := round(at(float64(second)), "openclaw-agent")
	list := make([]collectors.Process, stormers)
	for i := range list {
		list[i] = collectors.Process{PID: 5000 + 7*second + i, Name: "sh", State: "S"}
	}
	reading.Containers[0].Processes = collectors.Some(list)
	return reading
}

// blocksBefore counts the blocks of containers that begin before a second.
func blocksBefore(second int) string {
	return "SELECT count(*) FROM blocks WHERE container <> 0 AND first < " + strconv.FormatInt(at(float64(second)).UnixNano(), 10)
}

// TestStormSurvived keeps a storm without a death in blocks of five minutes as any
// other time: should a death be told late, pinned blocks and those of ten seconds must
// not overlap.
func TestStormSurvived(t *testing.T) {
	alone(t)
	b := newBench(t, t.TempDir(), brief())
	for second := range 900 {
		b.take(storm(second, 400))
	}
	b.settle()
	spans := b.rows("SELECT count(DISTINCT first / 300000000000) FROM blocks WHERE container <> 0")
	if blocks := b.rows(blocksBefore(900)); blocks != spans || spans < 2 {
		t.Errorf("%d blocks for %d times five minutes", blocks, spans)
	}
}

// TestPinnedAmongCoarse reads over the edge of what is pinned: the container that did
// not die is there each second, though it was read every ten.
func TestPinnedAmongCoarse(t *testing.T) {
	alone(t)
	b := newBench(t, t.TempDir(), Retention{Full: 10 * time.Minute, Coarse: 5 * time.Hour, Events: 6 * time.Hour, Size: 256 << 20})
	b.dying(2700, 661, died(1, 660, "openclaw-agent"), "openclaw-agent", "db")
	n := map[bool]int{}
	for _, reading := range readings(t, b.reader(), 240, 1080) {
		if len(reading.Containers) != 2 {
			t.Fatalf("%d containers at %v", len(reading.Containers), reading.At)
		}
		pinned := !reading.At.Before(at(360)) && reading.At.Before(at(960))
		n[pinned]++
	}
	if n[true] != 600 || n[false] != 24 {
		t.Errorf("%d readings where it is pinned and %d beside, want 600 and 24", n[true], n[false])
	}
}

// TestLateDeath tells of a death after its minutes were sealed: they are kept too.
func TestLateDeath(t *testing.T) {
	alone(t)
	b := newBench(t, t.TempDir(), brief())
	b.dying(2400, 800, died(1, 300, "openclaw-agent"), "openclaw-agent")
	if got := readings(t, b.reader(), 0, 301, "openclaw-agent"); len(got) != 301 {
		t.Errorf("%d readings of before the death", len(got))
	}
}

// cramped is a record with little room: less than one may ask for.
func cramped(t *testing.T, size collectors.Bytes) *bench {
	t.Helper()
	b := newBench(t, t.TempDir(), Retention{Full: 9 * time.Hour, Coarse: 10 * time.Hour, Events: 11 * time.Hour, Size: smallestSize})
	b.desk.options.Retention.Size = size
	return b
}

// TestRetentionBySize keeps to the size, whatever comes: the newest readings are
// there, and the minutes before a death longer than others.
func TestRetentionBySize(t *testing.T) {
	alone(t)
	const size = 360 << 10
	b := cramped(t, size)
	b.dying(9000, 421, died(1, 420, "openclaw-agent"), "openclaw-agent")
	pages, err := b.desk.store.pages(t.Context())
	must(t, err)
	if pages.used() > size+128<<10 || b.desk.health.Size.Or(0) > size+128<<10 {
		t.Errorf("%d bytes are used of %d, the health tells %v", pages.used(), size, b.desk.health.Size)
	}
	reader := b.reader()
	if newest := readings(t, reader, 8700, 9000); len(newest) != 300 {
		t.Errorf("%d of the newest 300 readings", len(newest))
	}
	if pinned := readings(t, reader, 120, 480); len(pinned) != 360 {
		t.Errorf("%d readings of before the death", len(pinned))
	}
	if oldest := readings(t, reader, 0, 60); len(oldest) != 0 {
		t.Errorf("%d of the oldest readings", len(oldest))
	}
}

// TestDeathAfterDeath fills the record with the minutes before deaths: they take half
// of it at the most.
func TestDeathAfterDeath(t *testing.T) {
	alone(t)
	const size = 640 << 10
	b := cramped(t, size)
	for second := range 2400 {
		var news []collectors.Event
		if second%60 == 30 {
			news = append(news, died(uint64(second), float64(second), "openclaw-agent"))
		}
		b.take(round(at(float64(second)), "openclaw-agent"), news...)
	}
	b.settle()
	if pinned := b.rows("SELECT sum(length(data)) FROM blocks WHERE pinned = 1"); pinned > size*6/10 {
		t.Errorf("%d bytes are pinned of %d", pinned, size)
	}
}

// TestClockSetBack records an hour twice: both are there, in the order in which they
// were recorded, and the retention takes neither for old.
func TestClockSetBack(t *testing.T) {
	alone(t)
	b := newBench(t, t.TempDir(), brief())
	b.run(1200, 1800, "openclaw-agent")
	b.run(600, 1600, "openclaw-agent")
	b.settle()
	var order []int
	for _, reading := range readings(t, b.reader(), 1300, 1500) {
		order = append(order, int(reading.At.Sub(epoch)/time.Second))
	}
	if len(order) != 400 || order[0] != 1300 || order[199] != 1499 || order[200] != 1300 || order[399] != 1499 {
		t.Errorf("%d readings: %v", len(order), order)
	}
	if stretches := b.rows("SELECT count(*) FROM stretches WHERE run = 1"); stretches != 2 {
		t.Errorf("%d stretches", stretches)
	}
}

// TestClockSetAhead is ten years ahead for some minutes: the past is still there, and
// so is what was recorded in the future.
func TestClockSetAhead(t *testing.T) {
	alone(t)
	b := newBench(t, t.TempDir(), DefaultRetention())
	b.run(0, 900, "openclaw-agent")
	future := 10 * 365 * 86_400
	b.run(future, future+300, "openclaw-agent")
	b.run(1500, 2100, "openclaw-agent")
	b.settle()
	reader := b.reader()
	if past := readings(t, reader, 0, 900); len(past) != 900 {
		t.Errorf("%d readings of 900 of before", len(past))
	}
	if ahead := readings(t, reader, float64(future), float64(future+300)); len(ahead) != 300 {
		t.Errorf("%d readings of 300 of the future", len(ahead))
	}
	if left := b.rows("SELECT count(*) FROM unsealed"); left > 700 {
		t.Errorf("%d readings are not sealed", left)
	}
}

// TestVacuum gives the room of what is gone back to the disk.
func TestVacuum(t *testing.T) {
	b := newBench(t, t.TempDir(), brief())
	b.take(round(at(0)))
	for range 40 {
		_, err := b.desk.store.exec(t.Context(), "INSERT INTO blocks (stretch, container, first, last, grain, pinned, data) VALUES (1, 1, 0, 0, 1, 0, zeroblob(100000))")
		must(t, err)
	}
	before := b.rows("PRAGMA page_count")
	b.take(round(at(700)))
	b.settle()
	if after := b.rows("PRAGMA page_count"); after > before/2 {
		t.Errorf("%d pages, %d before everything was too old", after, before)
	}
}

// TestMarks packs rounds and unpacks them.
func TestMarks(t *testing.T) {
	some := collectors.Some[collectors.Bytes]
	for _, marks := range [][]mark{
		{},
		{{at: 1}},
		{{at: -5, state: 3, available: some(0)}, {at: 1 << 62, state: 1, available: some(1<<63 - 1)}, {at: 7, state: 9}},
		{{at: 1e18, state: 1, available: some(1024)}, {at: 1e18 + 1e9, state: 1, available: some(2048)}, {at: 1e18 + 2e9, state: 2, available: some(77)}, {at: 1e18 + 3e9, state: 2, available: some(1 << 40)}},
	} {
		var codec block.Codec
		packed, err := unpackMarks(&codec, packMarks(&codec, nil, marks))
		if diff := cmp.Diff(marks, packed, same(), cmp.AllowUnexported(mark{})); err != nil || diff != "" {
			t.Errorf("packed %v: %s, %v", marks, diff, err)
		}
		got, err := readMarks(appendMarks(nil, marks))
		if diff := cmp.Diff(marks, got, same(), cmp.AllowUnexported(mark{})); err != nil || diff != "" {
			t.Errorf("%v: %s", err, diff)
		}
	}
}

// FuzzMarks reads anything: an error or rounds that are packed and unpacked again.
func FuzzMarks(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{marksVersion})
	f.Add([]byte{marksVersion, 3, 1, 1})
	f.Add([]byte{marksVersion, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Add([]byte{marksPacked, 0})
	f.Add(packMarks(&block.Codec{}, nil, []mark{{at: 5, state: 1}, {at: 9, state: 1, available: collectors.Some[collectors.Bytes](4096)}}))
	f.Add(appendMarks(nil, []mark{{at: 5, state: 1, available: collectors.Some[collectors.Bytes](4096)}, {at: 9, state: 1}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var codec block.Codec
		marks, err := unpackMarks(&codec, data)
		if err != nil || len(marks) > block.Most {
			return
		}
		if packed, err := unpackMarks(&codec, packMarks(&codec, nil, marks)); len(marks) > 0 && (err != nil || !slices.Equal(packed, marks)) {
			t.Fatalf("%v packed became %v, %v", marks, packed, err)
		}
		again, err := readMarks(appendMarks(nil, marks))
		if err != nil || !slices.Equal(again, marks) {
			t.Fatalf("%v became %v, %v", marks, again, err)
		}
	})
}

// FuzzParts takes anything for the row of a reading.
func FuzzParts(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1})
	f.Add([]byte{1, 200})
	f.Add(appendPart(appendPart(nil, part{container: 1, data: []byte("abc")}), part{container: 300}))
	f.Fuzz(func(t *testing.T, data []byte) {
		parts, err := readParts(data)
		if err != nil {
			return
		}
		var row []byte
		for _, p := range parts {
			row = appendPart(row, p)
		}
		if again, err := readParts(row); err != nil || len(again) != len(parts) {
			t.Fatalf("%d parts became %d, %v", len(parts), len(again), err)
		}
	})
}
