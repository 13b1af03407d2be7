package cgroupfs

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/trees")

func TestMain(m *testing.M) {
	if threads, ok := os.LookupEnv(childThreads); ok {
		child(threads)
		return
	}
	goleak.VerifyTestMain(m)
}

// TestTrees reads whole fixture trees. Each archive is a picture: the files of one
// or more cgroup directories, and under "want" everything that is known of the
// cgroup after one Read.
func TestTrees(t *testing.T) {
	archives, err := filepath.Glob("testdata/trees/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no trees: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a := parseArchive(t, name)
			root := layOut(t, a, "root/")
			got := describe(NewFS(root, Options{}), cgroupOf(t, a))
			if *update {
				rewrite(t, name, a, got)
				return
			}
			if diff := cmp.Diff(section(a, "want"), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTreesWithoutKeptDescriptors takes the other way to every file: open, read,
// close. Nothing may depend on which way it was.
func TestTreesWithoutKeptDescriptors(t *testing.T) {
	archives, _ := filepath.Glob("testdata/trees/*.txtar")
	for _, name := range archives {
		a := parseArchive(t, name)
		root := layOut(t, a, "root/")
		got := describe(NewFS(root, Options{Descriptors: -1}), cgroupOf(t, a))
		if diff := cmp.Diff(section(a, "want"), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func parseArchive(t testing.TB, name string) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// layOut writes the files below prefix into a directory of its own.
func layOut(t testing.TB, a *txtar.Archive, prefix string) string {
	t.Helper()
	root := t.TempDir()
	writeTree(t, a, prefix, root)
	return root
}

func writeTree(t testing.TB, a *txtar.Archive, prefix, dir string) {
	t.Helper()
	for _, f := range a.Files {
		if name, ok := strings.CutPrefix(f.Name, prefix); ok {
			writeFile(t, filepath.Join(dir, name), string(f.Data))
		}
	}
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// seed adds every text that the trees have for the files.
func seed(f *testing.F, files ...File) {
	f.Helper()
	archives, err := filepath.Glob("testdata/trees/*.txtar")
	if err != nil || len(archives) == 0 {
		f.Fatalf("no trees: %v", err)
	}
	for _, name := range archives {
		for _, file := range parseArchive(f, name).Files {
			for _, want := range files {
				if filepath.Base(file.Name) == want.String() {
					f.Add(file.Data)
				}
			}
		}
	}
}

func rewrite(t *testing.T, name string, a *txtar.Archive, want string) {
	t.Helper()
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
	a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(want)})
	if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// cgroupOf finds the line "cgroup: PATH" of an archive's comment.
func cgroupOf(t testing.TB, a *txtar.Archive) string {
	t.Helper()
	for line := range strings.Lines(string(a.Comment)) {
		if path, ok := strings.CutPrefix(line, "cgroup: "); ok {
			return strings.TrimSpace(path)
		}
	}
	t.Fatal("the archive names no cgroup")
	return ""
}

func open(t testing.TB, fs FS, path string) *Group {
	t.Helper()
	g, err := fs.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// describe tells everything that is known of a cgroup, in text.
func describe(fs FS, path string) string {
	var b strings.Builder
	g, err := fs.Open(path)
	if err != nil {
		return fmt.Sprintln("open:", err)
	}
	defer g.Close()
	fmt.Fprintln(&b, "verify:", g.Verify())
	var st Stat
	faults := g.Read(&st)
	dump(&b, "", reflect.ValueOf(st))
	describeTasks(&b, g)
	describeLimits(&b, g, &st)
	describeFaults(&b, faults)
	return strings.ReplaceAll(b.String(), path, "CGROUP")
}

func describeTasks(b *strings.Builder, g *Group) {
	tasks, err := g.Tasks()
	dump(b, "Tasks", reflect.ValueOf(tasks))
	if err != nil {
		fmt.Fprintln(b, "tasks:", err)
	}
	pids, err := g.Procs(nil)
	fmt.Fprintln(b, "procs:", pids, err)
}

func describeLimits(b *strings.Builder, g *Group, st *Stat) {
	ancestors, err := g.Ancestors()
	if err != nil {
		fmt.Fprintln(b, "ancestors:", err)
	}
	dump(b, "Limits", reflect.ValueOf(Effective(st.Ceiling(g.Path()), ancestors)))
}

func describeFaults(b *strings.Builder, err error) {
	var all Faults
	if !errors.As(err, &all) && err != nil {
		fmt.Fprintln(b, "read:", err)
	}
	for _, fault := range all {
		fmt.Fprintln(b, "fault:", fault)
	}
}

// dump prints one line a value, and one line for a struct that is wholly absent.
func dump(b *strings.Builder, name string, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Slice:
		fmt.Fprintf(b, "%s: %d\n", name, v.Len())
		for i := range v.Len() {
			dump(b, fmt.Sprintf("%s[%d]", name, i), v.Index(i))
		}
	case v.Kind() != reflect.Struct:
		fmt.Fprintf(b, "%s = %v\n", name, v)
	case name != "" && v.IsZero():
		fmt.Fprintf(b, "%s = absent\n", name)
	case isScalar(v):
		dumpScalar(b, name, v)
	default:
		for i := range v.NumField() {
			dump(b, strings.TrimPrefix(name+"."+v.Type().Field(i).Name, "."), v.Field(i))
		}
	}
}

// isScalar tells whether v is a Value of something that is no struct itself.
func isScalar(v reflect.Value) bool {
	n := v.FieldByName("N")
	return n.IsValid() && n.Kind() != reflect.Struct
}

func dumpScalar(b *strings.Builder, name string, v reflect.Value) {
	if v.FieldByName("State").Interface() == Max {
		fmt.Fprintf(b, "%s = max\n", name)
		return
	}
	fmt.Fprintf(b, "%s = %v\n", name, v.FieldByName("N"))
}
