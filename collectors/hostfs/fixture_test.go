package hostfs

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden parts of testdata anew")

// tree unpacks a text archive of testdata/proc and returns it as a proc file system.
func tree(t testing.TB, name string) FS {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", "proc", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, f := range archive.Files {
		write(t, filepath.Join(root, f.Name), f.Data)
	}
	return New(root)
}

// write makes a file and the directories above it.
func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// diff compares values by all of their fields.
func diff(want, got any) string {
	return cmp.Diff(want, got, cmp.AllowUnexported(Opt[uint64]{}, Opt[uint32]{}, Opt[int]{}, Opt[Usage]{},
		Opt[CgroupPath]{}, Opt[OOMCause]{}))
}

// golden compares one part of a text archive with a text, or writes it there.
func golden(t *testing.T, path, part, got string) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range archive.Files {
		if f.Name != part {
			continue
		}
		if *update {
			archive.Files[i].Data = []byte(got)
			write(t, path, txtar.Format(archive))
			return
		}
		if d := cmp.Diff(strings.Split(string(f.Data), "\n"), strings.Split(got, "\n")); d != "" {
			t.Errorf("%s: -want +got\n%s", path, d)
		}
		return
	}
	t.Fatalf("%s: no part %q", path, part)
}

// containsControl tells whether a text could do something to a terminal.
func containsControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// itoa is short for a number in a path.
func itoa(n int) string { return strconv.Itoa(n) }
