package cgroupfs

import (
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestPidLists(t *testing.T) {
	tests := []struct {
		name, text string
		want       []int
		err        error
	}{
		{"a word", "1\nabc\n", []int{1}, ErrSyntax},
		{"negative", "-1\n", nil, ErrNegative},
		{"beyond a pid_t", "2147483648\n", nil, ErrRange},
		{"two on a line", "1 2\n", nil, ErrSyntax},
		{"empty", "", nil, nil},
		{"largest", "2147483647\n", []int{2147483647}, nil},
		{"of another pid namespace", "0\n0\n7\n", []int{0, 0, 7}, nil},
		{"listed twice", "7\n7\n", []int{7, 7}, nil},
		{"no final newline", "1\n2", []int{1, 2}, nil},
		{"blank lines, crlf", "\r\n1\r\n\r\n2\r\n", []int{1, 2}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, bad := appendPids(nil, []byte(tt.text))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			checkFault(t, bad, tt.err)
			n, bad := countTasks([]byte(tt.text))
			if int(n) != len(tt.want) {
				t.Errorf("counted %d, want %d", n, len(tt.want))
			}
			checkFault(t, bad, tt.err)
		})
	}
}

func FuzzPidLists(f *testing.F) {
	seed(f, FileProcs, FileThreads)
	f.Fuzz(func(t *testing.T, text []byte) {
		pids, bad := appendPids(nil, text)
		checkTyped(t, bad)
		n, again := countTasks(text)
		if int(n) != len(pids) || (bad == nil) != (again == nil) {
			t.Errorf("%d pids, %d counted; %v, %v", len(pids), n, bad, again)
		}
	})
}

func TestTasksOfDescendants(t *testing.T) {
	root := t.TempDir()
	for path, lists := range map[string][2]string{
		"a":           {"", ""},
		"a/container": {"10\n", "10\n11\n"},
		"a/b/c/d":     {"20\n21\n", "20\n21\n"},
		"other":       {"90\n", "90\n"},
	} {
		writeFile(t, filepath.Join(root, path, "cgroup.procs"), lists[0])
		writeFile(t, filepath.Join(root, path, "cgroup.threads"), lists[1])
	}
	g := open(t, NewFS(root, Options{}), "/a")
	tasks, err := g.Tasks()
	if got := brief(tasks); err != nil || got != "Processes=3 Threads=4" {
		t.Errorf("%s, %v", got, err)
	}
	pids, err := g.Procs([]int{1})
	if err != nil || len(pids) != 4 {
		t.Errorf("pids %v, %v", pids, err)
	}
}

// TestTooManyDescendants: a container that makes cgroups by the thousand does not
// make its observer walk them, and a part of a count is no count.
func TestTooManyDescendants(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "cgroup.procs"), "1\n")
	writeFile(t, filepath.Join(root, "cgroup.threads"), "1\n")
	for i := range maxDescendants {
		writeFile(t, filepath.Join(root, strconv.Itoa(i), "cgroup.procs"), "7\n")
	}
	g := open(t, NewFS(root, Options{}), "/")
	if tasks, err := g.Tasks(); err != nil || tasks.Processes != present(Count(maxDescendants+1)) {
		t.Errorf("as many as allowed: %s, %v", brief(tasks), err)
	}
	writeFile(t, filepath.Join(root, "one-more", "cgroup.procs"), "7\n")
	if tasks, err := g.Tasks(); !errors.Is(err, ErrTooMany) || tasks != (Tasks{}) {
		t.Errorf("one more: %s, %v", brief(tasks), err)
	}
}

func TestTasksThatCannotBeListed(t *testing.T) {
	tests := []struct {
		name string
		k    *faulty
		want string
		err  error
	}{
		{"threaded cgroup", &faulty{read: map[string]error{"cgroup.procs": unix.EOPNOTSUPP}}, "Threads=7", nil},
		{"no such file", &faulty{open: map[string]error{"cgroup.threads": unix.ENOENT}}, "Processes=3", nil},
		{"not permitted", &faulty{open: map[string]error{"cgroup.threads": unix.EACCES}}, "", ErrNotPermitted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, _ := scope(t, tt.k, Options{})
			tasks, err := g.Tasks()
			if got := brief(tasks); got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestTasksMalformed(t *testing.T) {
	g, dir := scope(t, linux{}, Options{})
	writeFile(t, filepath.Join(dir, "cgroup.threads"), "1\n\x1b[2J\n")
	tasks, err := g.Tasks()
	bad, ok := errors.AsType[*ParseError](err)
	if !ok || bad.File != FileThreads || bad.Path != dockerScope || tasks != (Tasks{}) {
		t.Errorf("%s, %v", brief(tasks), err)
	}
}
