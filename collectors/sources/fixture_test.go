package sources

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/hostfs"
)

// tree unpacks a text archive into a directory. The word A, B or C between the marks
// of a name ("docker-A.scope", "docker/A") becomes a full id, in names and in text.
func tree(t testing.TB, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, file := range archive.Files {
		write(t, filepath.Join(root, withIDs(file.Name)), withIDs(string(file.Data)))
	}
	return root
}

func withIDs(text string) string {
	var pairs []string
	for word, id := range map[string]string{"A": idA, "B": idB, "C": idC} {
		for _, mark := range []string{"-%.scope", "docker/%/", "docker/%\n", "libpod-%/", "libpod-%\n"} {
			pairs = append(pairs, strings.ReplaceAll(mark, "%", word), strings.ReplaceAll(mark, "%", id))
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// write makes a file and the directories above it.
func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// placesIn are the places of a roster on an unpacked host with cgroup v2, with the
// files of the cgroups in sys and those of the processes in proc.
func placesIn(root string, roster *Roster) *Places {
	return NewPlaces(roster, PlaceOptions{
		Proc:    hostfs.New(filepath.Join(root, "proc")),
		Cgroups: cgroupfs.NewFS(filepath.Join(root, "sys"), cgroupfs.Options{}),
		Unified: true, Mode: hostfs.CgroupUnified.String(),
	})
}

// everything lets cmp look into the types that keep their absence to themselves.
func everything() cmp.Option { return cmp.Exporter(func(reflect.Type) bool { return true }) }

// whys are the reasons for what is missing, one line a group in their order.
func whys(c collectors.ContainerCounters) string {
	var lines []string
	for _, m := range c.Missing {
		lines = append(lines, string(m.Group)+": "+m.Why)
	}
	return strings.Join(lines, "\n")
}
