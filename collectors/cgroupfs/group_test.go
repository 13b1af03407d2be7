package cgroupfs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// replace puts the second tree in the place of the first, as a restart does: the
// directory at the path is another one.
func replace(t *testing.T, root, path, archive string) {
	t.Helper()
	next := t.TempDir()
	writeTree(t, parseArchive(t, archive), "2/", next)
	full := filepath.Join(root, path)
	if err := os.RemoveAll(full); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, full); err != nil {
		t.Fatal(err)
	}
}

func first(t *testing.T, root, path, archive string) {
	t.Helper()
	writeTree(t, parseArchive(t, archive), "1/", filepath.Join(root, path))
}

// TestRecreated is an OOM death with restart between two reads: the group that was
// open says that it is gone, and never shows the numbers of its successor.
func TestRecreated(t *testing.T) {
	const archive = "testdata/steps/recreated.txtar"
	for name, options := range map[string]Options{"descriptors kept": {}, "none kept": {Descriptors: -1}} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			first(t, root, "a", archive)
			fs := NewFS(root, options)
			old := open(t, fs, "/a")
			var st Stat
			mustRead(t, old, &st)
			if got := st.MemoryEvents.OOMKill; got != present(Count(1)) {
				t.Fatalf("oom_kill before: %v", got)
			}
			replace(t, root, "a", archive)
			for range 2 {
				if err := old.Read(&st); !errors.Is(err, ErrGone) {
					t.Fatalf("the old group: %v", err)
				}
			}
			if _, err := old.Tasks(); !errors.Is(err, ErrGone) {
				t.Errorf("Tasks of the old group: %v", err)
			}
			if err := old.Verify(); !errors.Is(err, ErrGone) {
				t.Errorf("Verify of the old group: %v", err)
			}
			again := open(t, fs, "/a")
			if again.Incarnation() == old.Incarnation() {
				t.Error("the new directory has the old incarnation")
			}
			mustRead(t, again, &st)
			if got := st.MemoryEvents.OOMKill; got != present(Count(0)) {
				t.Errorf("oom_kill after: %v", got)
			}
		})
	}
}

func mustRead(t testing.TB, g *Group, st *Stat) {
	t.Helper()
	if err := g.Read(st); err != nil {
		t.Fatal(err)
	}
}

func TestRemovedLeavesNothingInStat(t *testing.T) {
	root := layOut(t, scopeArchive(t), "root/")
	g := open(t, NewFS(root, Options{}), dockerScope)
	var st Stat
	mustRead(t, g, &st)
	if err := os.RemoveAll(filepath.Join(root, dockerScope)); err != nil {
		t.Fatal(err)
	}
	if err := g.Read(&st); !errors.Is(err, ErrGone) {
		t.Fatalf("got %v", err)
	}
	if got := brief(st); got != "" {
		t.Errorf("a removed cgroup has values: %s", got)
	}
}

func TestCloseGivesEverythingBack(t *testing.T) {
	root := layOut(t, scopeArchive(t), "root/")
	before := countDescriptors(t)
	fs := NewFS(root, Options{})
	g, err := fs.Open(dockerScope)
	if err != nil {
		t.Fatal(err)
	}
	var st Stat
	mustRead(t, g, &st)
	if used := fs.shared.descriptors.used.Load(); used != int64(statFiles) {
		t.Errorf("%d descriptors kept for %d files", used, statFiles)
	}
	g.Close()
	g.Close()
	if used, now := fs.shared.descriptors.used.Load(), countDescriptors(t); used != 0 || now != before {
		t.Errorf("after Close: %d of the budget in use, %d descriptors open, %d before", used, now, before)
	}
	if err := g.Read(&st); !errors.Is(err, ErrGone) {
		t.Errorf("Read after Close: %v", err)
	}
}

// TestDescriptorsAreBounded opens more groups than the budget has room for: one
// descriptor for each directory, and no more kept ones than were allowed.
func TestDescriptorsAreBounded(t *testing.T) {
	root := layOut(t, scopeArchive(t), "root/")
	before := countDescriptors(t)
	fs := NewFS(root, Options{Descriptors: 30})
	want := open(t, NewFS(root, Options{Descriptors: -1}), dockerScope)
	before++
	var expected, st Stat
	mustRead(t, want, &expected)
	for range 10 {
		g := open(t, fs, dockerScope)
		for range 3 {
			mustRead(t, g, &st)
			if got := brief(st); got != brief(expected) {
				t.Fatalf("got %s", got)
			}
		}
	}
	if kept := countDescriptors(t) - before - 10; kept != 30 {
		t.Errorf("%d descriptors kept beside the directories, 30 allowed", kept)
	}
}

func TestDescriptorBudget(t *testing.T) {
	d := descriptors{limit: 8}
	var taken int
	for range 10 {
		if d.take(true) {
			taken++
		}
	}
	if taken != 2 {
		t.Errorf("seldom read files took %d of 8", taken)
	}
	for range 10 {
		if d.take(false) {
			taken++
		}
	}
	if taken != 8 {
		t.Errorf("took %d of 8", taken)
	}
	d.give()
	if !d.take(false) || d.take(false) {
		t.Error("one was given back, one can be taken")
	}
	if none := (&descriptors{}); none.take(false) {
		t.Error("took one of none")
	}
}
