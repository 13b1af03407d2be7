package cgroupfs

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
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

// paged is a kernel that hands out whole lines until a page has no room for the next one.
type paged struct {
	linux
	reads int
}

func (k *paged) pread(fd int, p []byte, offset int64) (int, error) {
	k.reads++
	page := make([]byte, 4096)
	n, err := k.linux.pread(fd, page, offset)
	if n == len(page) {
		n = bytes.LastIndexByte(page, '\n') + 1
	}
	return copy(p, page[:n]), err
}

// TestListsOfManyPages reads lists that end on a page and beside it, and no more often
// than it takes.
func TestListsOfManyPages(t *testing.T) {
	for _, tt := range []struct{ pids, width, reads int }{
		{0, 7, 1},
		{3, 7, 1},
		{509, 7, 1}, // 4072 bytes
		{512, 7, 2}, // 4096: a page may be all, or not
		{513, 7, 2},
		{1024, 7, 3},  // 8192: the buffer is full
		{1500, 10, 7}, // the buffer is full amid a line
		{20000, 7, 40},
	} {
		var text strings.Builder
		for i := range tt.pids {
			fmt.Fprintf(&text, "%0*d\n", tt.width, i+1)
		}
		root := t.TempDir()
		writeFile(t, filepath.Join(root, "a/cgroup.procs"), text.String())
		writeFile(t, filepath.Join(root, "a/cgroup.threads"), "")
		fs := NewFS(root, Options{})
		kernel := &paged{}
		fs.shared.kernel = kernel
		pids, err := open(t, fs, "/a").Procs(nil)
		if err != nil || len(pids) != tt.pids || tt.pids > 0 && pids[tt.pids-1] != tt.pids {
			t.Errorf("%d pids: got %d, %v", tt.pids, len(pids), err)
		}
		if kernel.reads != tt.reads {
			t.Errorf("%d pids of %d digits: %d reads, want %d", tt.pids, tt.width, kernel.reads, tt.reads)
		}
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
