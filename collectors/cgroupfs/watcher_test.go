package cgroupfs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// await waits for a wake-up that names file f of group g. The limit is for a test
// that has failed; a wake-up takes microseconds.
func await(t *testing.T, w *Watcher, g *Group, f File) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case <-w.Wake():
			for _, c := range w.Take(nil) {
				if c.Group == g && c.Files.Has(f) {
					return
				}
			}
		case <-limit:
			t.Fatalf("no wake-up for %s of %s", f, g.Path())
		}
	}
}

// settle takes what Add and the writes so far have announced.
func settle(w *Watcher) {
	w.poll()
	w.Take(nil)
	select {
	case <-w.Wake():
	default:
	}
}

func watched(t *testing.T, w *Watcher) (*Group, string) {
	t.Helper()
	g, dir := scope(t, linux{}, Options{})
	if err := w.Add(g); err != nil {
		t.Fatal(err)
	}
	return g, dir
}

func TestWatcherWakes(t *testing.T) {
	w := watcher(t)
	g, dir := watched(t, w)
	other, _ := watched(t, w)
	var st Stat
	mustRead(t, g, &st)
	mustRead(t, other, &st)
	for _, f := range []File{FileMemoryEvents, FileMemorySwapEvents, FilePidsEvents, FileCgroupEvents, FileMemoryMax, FileCPUMax, FilePidsMax} {
		writeFile(t, filepath.Join(dir, f.String()), "max 77\n")
		await(t, w, g, f)
	}
	if changes := w.Take(nil); len(changes) != 0 {
		t.Errorf("changes that nobody made: %v", changes)
	}
}

// TestWatchedReadSeesAtOnce does not wait for the goroutine: what was written
// before Read began is in the reading.
func TestWatchedReadSeesAtOnce(t *testing.T) {
	w := watcher(t)
	g, dir := watched(t, w)
	var st Stat
	mustRead(t, g, &st)
	for n := range 200 {
		writeFile(t, filepath.Join(dir, "memory.max"), fmt.Sprintln(n))
		writeFile(t, filepath.Join(dir, "memory.events"), fmt.Sprintln("oom_kill", n))
		mustRead(t, g, &st)
		if st.Memory.Max.N != Bytes(n) || st.MemoryEvents.OOMKill.N != Count(n) {
			t.Fatalf("wrote %d, read memory.max %v, oom_kill %v", n, st.Memory.Max, st.MemoryEvents.OOMKill)
		}
	}
}

// TestWatchedReadSparesFiles: of the files that announce their changes, one is
// read in each Read, in turn.
func TestWatchedReadSparesFiles(t *testing.T) {
	w := watcher(t)
	k := &faulty{}
	g, _ := scope(t, k, Options{})
	if err := w.Add(g); err != nil {
		t.Fatal(err)
	}
	var st Stat
	mustRead(t, g, &st)
	all := k.deeds()
	spared := announcedFiles().with(FileSwapCurrent)
	turns := map[string]int{}
	for range 12 { // as many as there are spared files
		*all = (*all)[:0]
		mustRead(t, g, &st)
		if want := int(statFiles) - 12 + 1; len(*all) != want {
			t.Fatalf("%d reads instead of %d: %q", len(*all), want, *all)
		}
		for f := range statFiles {
			for _, deed := range *all {
				if spared.Has(f) && deed == "read "+f.String() {
					turns[deed]++
				}
			}
		}
	}
	if len(turns) != 12 {
		t.Errorf("not every spared file had its turn: %v", turns)
	}
}

// TestChangeThatNobodyAnnounced is found in turn.
func TestChangeThatNobodyAnnounced(t *testing.T) {
	w := watcher(t)
	g, dir := watched(t, w)
	var st Stat
	mustRead(t, g, &st)
	if _, err := unix.InotifyRmWatch(inotify(t, w), uint32(w.added[g][0])); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.watches[w.added[g][0]] = nil // the notification that follows is not for us
	delete(w.watches, w.added[g][0])
	w.mu.Unlock()
	writeFile(t, filepath.Join(dir, "memory.events"), "oom_kill 9\n")
	for range statFiles {
		mustRead(t, g, &st)
	}
	if got := st.MemoryEvents.OOMKill; got != present(Count(9)) {
		t.Errorf("oom_kill %v", got)
	}
}

func inotify(t *testing.T, w *Watcher) int {
	t.Helper()
	var out int
	if err := w.conn.Control(func(fd uintptr) { out = int(fd) }); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWatcherCoalesces: nobody takes, nobody waits, nothing is lost.
func TestWatcherCoalesces(t *testing.T) {
	w := watcher(t)
	g, dir := watched(t, w)
	settle(w)
	for n := range 200 {
		writeFile(t, filepath.Join(dir, "memory.events"), fmt.Sprintln("max", n))
		writeFile(t, filepath.Join(dir, "pids.events"), fmt.Sprintln("max", n))
	}
	w.poll()
	changes := w.Take(nil)
	if len(changes) != 1 || changes[0].Group != g || changes[0].Files != Files(FileMemoryEvents, FilePidsEvents) {
		t.Errorf("changes: %v", changes)
	}
	if again := w.Take(changes[:0]); len(again) != 0 {
		t.Errorf("told twice: %v", again)
	}
}

func TestWatcherRemove(t *testing.T) {
	w := watcher(t)
	g, dir := watched(t, w)
	settle(w)
	w.Remove(g)
	w.Remove(g)
	writeFile(t, filepath.Join(dir, "memory.events"), "oom_kill 3\n")
	w.poll()
	if changes := w.Take(nil); len(changes) != 0 {
		t.Errorf("changes of a removed group: %v", changes)
	}
	if len(w.watches) != 0 || len(w.added) != 0 {
		t.Errorf("%d watches left, %d groups", len(w.watches), len(w.added))
	}
	var st Stat
	mustRead(t, g, &st)
	if st.MemoryEvents.OOMKill != present(Count(3)) {
		t.Error("a removed group does not read everything by itself")
	}
}

func TestCloseOfGroupEndsItsWatches(t *testing.T) {
	w := watcher(t)
	g, _ := watched(t, w)
	g.Close()
	if len(w.watches) != 0 || len(w.added) != 0 {
		t.Errorf("%d watches left, %d groups", len(w.watches), len(w.added))
	}
	if err := w.Add(g); !errors.Is(err, ErrGone) {
		t.Errorf("Add of a closed group: %v", err)
	}
}

// TestTwoGroupsOfOnePath share the kernel's watches: one can go without the other.
func TestTwoGroupsOfOnePath(t *testing.T) {
	w := watcher(t)
	a, dir := watched(t, w)
	b := open(t, a.fs, dockerScope)
	if err := w.Add(b); err != nil {
		t.Fatal(err)
	}
	settle(w)
	w.Remove(a)
	writeFile(t, filepath.Join(dir, "memory.events"), "oom_kill 3\n")
	await(t, w, b, FileMemoryEvents)
}

func TestWatcherCloseLetsGroupsGoOn(t *testing.T) {
	w, err := NewWatcher()
	if err != nil {
		t.Skip(err)
	}
	g, dir := watched(t, w)
	var st Stat
	mustRead(t, g, &st)
	for range 2 {
		if err := w.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	writeFile(t, filepath.Join(dir, "memory.max"), "5\n")
	mustRead(t, g, &st)
	if st.Memory.Max != present(Bytes(5)) {
		t.Errorf("memory.max %v after the watcher was closed", st.Memory.Max)
	}
	if err := w.Add(g); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Add to a closed watcher: %v", err)
	}
	w.Remove(g)
}

// TestWatcherLeavesOutWhatIsAbsent: the file that comes later is found in turn.
func TestWatcherLeavesOutWhatIsAbsent(t *testing.T) {
	w := watcher(t)
	g, dir := scope(t, linux{}, Options{})
	remove(t, filepath.Join(dir, "pids.events"))
	if err := w.Add(g); err != nil {
		t.Fatal(err)
	}
	if announced := FileSet(g.watch.announced.Load()); announced != announcedFiles().without(FilePidsEvents) {
		t.Errorf("announced: %s", announced)
	}
	var st Stat
	mustRead(t, g, &st)
	writeFile(t, filepath.Join(dir, "pids.events"), "max 4\n")
	for range statFiles {
		mustRead(t, g, &st)
	}
	if st.Pids.Events.Max != present(Count(4)) {
		t.Errorf("pids.events %v", st.Pids.Events.Max)
	}
}

// TestDeletedFileIsReadAgain: an ordinary file that is deleted ends its watch, and
// the reader looks for itself from then on.
func TestDeletedFileIsReadAgain(t *testing.T) {
	w := watcher(t)
	g, dir := scope(t, linux{}, Options{Descriptors: -1}) // a descriptor would keep the inode
	if err := w.Add(g); err != nil {
		t.Fatal(err)
	}
	var st Stat
	mustRead(t, g, &st)
	settle(w)
	remove(t, filepath.Join(dir, "memory.events"))
	await(t, w, g, FileMemoryEvents)
	mustRead(t, g, &st)
	if !st.MemoryEvents.OOMKill.IsAbsent() || FileSet(g.watch.announced.Load()).Has(FileMemoryEvents) {
		t.Errorf("oom_kill %v of a deleted file", st.MemoryEvents.OOMKill)
	}
}

// event is one struct inotify_event.
func event(wd int32, mask uint32, name string) []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(wd))
	b = binary.NativeEndian.AppendUint32(b, mask)
	b = binary.NativeEndian.AppendUint32(b, 0)
	b = binary.NativeEndian.AppendUint32(b, uint32(len(name)))
	return append(b, name...)
}

func TestQueueOverflowMarksEverything(t *testing.T) {
	w := watcher(t)
	a, _ := watched(t, w)
	b, _ := watched(t, w)
	settle(w)
	w.mu.Lock()
	w.dispatch(event(-1, unix.IN_Q_OVERFLOW, ""))
	w.mu.Unlock()
	got := map[*Group]FileSet{}
	for _, c := range w.Take(nil) {
		got[c.Group] = c.Files
	}
	if got[a] != announcedFiles() || got[b] != announcedFiles() {
		t.Errorf("after an overflow: %v", got)
	}
}

func FuzzInotifyEvents(f *testing.F) {
	f.Add(event(1, unix.IN_MODIFY, ""))
	f.Add(append(event(1, unix.IN_MODIFY, "name\x00\x00\x00"), event(2, unix.IN_IGNORED, "")...))
	f.Add(event(-1, unix.IN_Q_OVERFLOW, ""))
	f.Add([]byte("\x01\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, events []byte) {
		g := &Group{}
		g.watch.announced.Store(uint32(announcedFiles()))
		w := &Watcher{
			wake:    make(chan struct{}, 1),
			watches: map[int32]*watch{1: {FileMemoryEvents, []*Group{g}}, 2: {FilePidsMax, []*Group{g}}},
			added:   map[*Group][]int32{g: {1, 2}}, pending: map[*Group]FileSet{},
		}
		w.dispatch(events)
		changed := FileSet(g.watch.changed.Load())
		if changed&^announcedFiles() != 0 {
			t.Errorf("changed: %s", changed)
		}
		if told := w.Take(nil); (len(told) > 0) != (changed != 0) {
			t.Errorf("told %v, changed %s", told, changed)
		}
	})
}

// TestWatcherUnderLoad lets writers, readers and takers meet (run it with -race).
func TestWatcherUnderLoad(t *testing.T) {
	w := watcher(t)
	var all sync.WaitGroup
	for range 4 {
		g, dir := watched(t, w)
		all.Go(func() {
			for n := range 100 {
				_ = os.WriteFile(filepath.Join(dir, "memory.events"), fmt.Appendln(nil, "oom_kill", n), 0o644)
			}
		})
		all.Go(func() {
			var st Stat
			for range 100 {
				_ = g.Read(&st) // a file that is being written can be empty
			}
			w.Remove(g)
			if err := w.Add(g); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			for range 100 {
				w.Take(nil)
			}
		})
	}
	all.Wait()
}
