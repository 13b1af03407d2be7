package record

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"brink/collectors/record/block"
)

// victimVariable makes the test binary a brink that records until it is killed: it
// names the directory.
const victimVariable = "RECORD_TEST_VICTIM"

// roundsVariable asks for more rounds of the tests that need chance.
const roundsVariable = "RECORD_TEST_ROUNDS"

// TestMain fails when a test leaves a goroutine behind. As the child of a test it
// plays a brink that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(victimVariable); dir != "" {
		victim(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// chances is how often a test tries its luck.
func chances(usual int) int {
	if n, err := strconv.Atoi(os.Getenv(roundsVariable)); err == nil && n > 0 {
		return n
	}
	return usual
}

// victim records readings as fast as it can, and says after each that it is written.
func victim(dir string) {
	recorder, err := New(Options{Dir: dir})
	if err != nil {
		return
	}
	first := 0
	if from, err := strconv.Atoi(os.Getenv(victimVariable + "_FROM")); err == nil {
		first = from
	}
	for second := first; ; second++ {
		recorder.desk.take(context.Background(), item{reading: round(at(float64(second)), "openclaw-agent")})
		if recorder.desk.health.State != StateRecording {
			return
		}
		if _, err := os.Stdout.Write(binary.LittleEndian.AppendUint32(nil, uint32(second))); err != nil {
			return
		}
	}
}

// TestKilled kills a brink with SIGKILL at any moment, and again the one that goes
// on: every reading that was acknowledged is there, and those before it.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	next := 0
	for range chances(5) {
		last := killOne(t, dir, next, time.Duration(rand.Int64N(int64(60*time.Millisecond))))
		if last < next {
			continue
		}
		reader, err := OpenReader(t.Context(), dir)
		must(t, err)
		n := 0
		for reading, err := range reader.Readings(t.Context(), at(0), at(1e7)) {
			must(t, err)
			if want := at(float64(n)); !reading.At.Equal(want) {
				t.Fatalf("reading %d is of %v, want %v", n, reading.At, want)
			}
			n++
		}
		must(t, reader.Close())
		if n <= last {
			t.Fatalf("second %d was acknowledged, %d readings are there", last, n)
		}
		next = n
	}
	aside, err := filepath.Glob(filepath.Join(dir, fileName+".*"))
	if err != nil || len(aside) > 0 {
		t.Errorf("a kill damaged the record: %v, %v", aside, err)
	}
}

// killOne lets a brink record for a while after its first reading, and returns the
// last second that it acknowledged, -1 for none.
func killOne(t *testing.T, dir string, from int, after time.Duration) int {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), victimVariable+"="+dir, victimVariable+"_FROM="+strconv.Itoa(from))
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	last := -1
	var killer *time.Timer
	for from := bufio.NewReader(out); ; {
		var second [4]byte
		if _, err := io.ReadFull(from, second[:]); err != nil {
			break
		}
		last = int(binary.LittleEndian.Uint32(second[:]))
		if killer == nil {
			killer = time.AfterFunc(after, func() { _ = child.Process.Kill() })
		}
	}
	if killer == nil {
		t.Fatal("the child does not record")
	}
	_ = child.Wait()
	return last
}

// TestPowerCut cuts the database, its WAL and the tail off at any place, as a loss of power may
// leave them: what is left is a prefix, or is moved aside; either way recording goes
// on, and nothing panics.
func TestPowerCut(t *testing.T) {
	alone(t)
	source := t.TempDir()
	b := newBench(t, source, Retention{})
	b.run(0, 900, "openclaw-agent")
	// The files as a crash leaves them: copied while they are open.
	database, wal := content(filepath.Join(source, fileName)), content(filepath.Join(source, fileName+"-wal"))
	tail := content(filepath.Join(source, fileName+tailSuffix))
	if len(wal) == 0 || len(tail) == 0 {
		t.Fatal("nothing in the WAL, or in the tail")
	}
	random := rand.New(rand.NewPCG(1, 2))
	for chance := range chances(24) {
		dir := t.TempDir()
		path := filepath.Join(dir, fileName)
		kept, keptWAL := database, wal[:random.IntN(len(wal)+1)]
		if chance%4 == 2 {
			// Only then the tail belongs to the database.
			keptWAL = wal
		}
		if chance%2 == 1 {
			kept = database[:random.IntN(len(database)+1)]
		}
		write(t, path, kept)
		write(t, path+"-wal", keptWAL)
		keptTail := tail[:random.IntN(len(tail)+1)]
		write(t, path+tailSuffix, keptTail)
		cut := newBench(t, dir, Retention{})
		cut.desk.take(t.Context(), item{reading: round(at(1000), "openclaw-agent")})
		for second := 1001; second < 1010; second++ {
			cut.desk.take(t.Context(), item{reading: round(at(float64(second)), "openclaw-agent")})
		}
		if health := cut.desk.health; health.State != StateRecording || health.Dropped > 2 {
			t.Fatalf("%d, %d and %d bytes left: %+v", len(kept), len(keptWAL), len(keptTail), health)
		}
		if chance%2 == 0 && cut.desk.health.Aside != "" {
			t.Errorf("only the WAL was cut, to %d bytes, and the record was given up", len(keptWAL))
		}
		prefix(t, dir, chance%2 == 0)
		cut.close()
	}
}

// prefix wants the readings of a record to be the first ones, without a gap, and then
// the new ones. Where the database itself was cut, a block may be damaged: that is
// told, and the others are there.
func prefix(t *testing.T, dir string, whole bool) {
	t.Helper()
	reader := openReader(t, dir)
	next := 0
	for reading, err := range reader.Readings(t.Context(), at(0), at(1000)) {
		if err != nil {
			if whole || !errors.Is(err, block.ErrCorrupt) && !errors.Is(err, errMarks) {
				t.Fatal(err)
			}
			continue
		}
		second := int(reading.At.Sub(epoch) / time.Second)
		if whole && second != next || second < next {
			t.Fatalf("second %d comes after %d", second, next-1)
		}
		next = second + 1
	}
	if got := len(readings(t, reader, 1000, 2000)); got < 8 {
		t.Errorf("%d new readings of 10", got)
	}
	must(t, reader.Close())
}
