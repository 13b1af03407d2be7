package cgroupfs

import (
	"errors"
	iofs "io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOpenRefuses(t *testing.T) {
	outside := t.TempDir()
	writeFile(t, filepath.Join(outside, "secret", "memory.current"), "1\n")
	root := filepath.Join(outside, "root")
	writeFile(t, filepath.Join(root, "a", "memory.current"), "1\n")
	writeFile(t, filepath.Join(root, "file"), "1\n")
	link(t, filepath.Join(outside, "secret"), filepath.Join(root, "absolute"))
	link(t, "../secret", filepath.Join(root, "relative"))

	tests := []struct {
		name, path string
		want       error
	}{
		{"empty", "", ErrBadPath},
		{"above", "/..", ErrBadPath},
		{"above, as another cgroup namespace shows it", "/../../system.slice/docker-1.scope", ErrBadPath},
		{"above and back", "/a/../../secret", ErrBadPath},
		{"dots inside", "/a/../a", ErrBadPath},
		{"nul", "/a\x00b", ErrBadPath},
		{"missing", "/b", ErrGone},
		{"missing below", "/a/b/c", ErrGone},
		{"removed, as /proc/PID/cgroup says it", "/a (deleted)", ErrGone},
		{"ordinary file", "/file", ErrNotCgroup2},
		{"below an ordinary file", "/file/a", ErrNotCgroup2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := NewFS(root, Options{}).Open(tt.path)
			if !errors.Is(err, tt.want) {
				t.Errorf("Open(%q) = %v, %v; want %v", tt.path, g, err, tt.want)
			}
		})
	}
	for _, path := range []string{"/absolute", "/relative"} {
		if g, err := NewFS(root, Options{}).Open(path); err == nil {
			t.Errorf("Open(%q) followed a link out of the root, to %d", path, g.Incarnation())
		}
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func TestOpenCleansPath(t *testing.T) {
	root := layOut(t, scopeArchive(t), "root/")
	fs := NewFS(root, Options{})
	for path, want := range map[string]string{
		"/":                    "/",
		".":                    "/",
		"system.slice":         "/system.slice",
		"/system.slice/":       "/system.slice",
		"//system.slice//./":   "/system.slice",
		dockerScope:            dockerScope,
		dockerScope[1:] + "//": dockerScope,
	} {
		if g := open(t, fs, path); g.Path() != want {
			t.Errorf("Open(%q).Path() = %q, want %q", path, g.Path(), want)
		}
	}
}

func TestOpenMissingRoot(t *testing.T) {
	_, err := NewFS(filepath.Join(t.TempDir(), "nothing"), Options{}).Open("/a")
	if !errors.Is(err, iofs.ErrNotExist) || errors.Is(err, ErrGone) {
		t.Errorf("a missing root is no missing cgroup: %v", err)
	}
}

func TestOpenNotPermitted(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may open everything")
	}
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "a"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := NewFS(root, Options{}).Open("/a"); !errors.Is(err, ErrNotPermitted) {
		t.Errorf("got %v, want ErrNotPermitted", err)
	}
}

func TestIsCgroup2(t *testing.T) {
	if yes, err := NewFS(t.TempDir(), Options{}).IsCgroup2(); yes || err != nil {
		t.Errorf("an ordinary directory: %v, %v", yes, err)
	}
	if _, err := NewFS(filepath.Join(t.TempDir(), "nothing"), Options{}).IsCgroup2(); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("a missing directory: %v", err)
	}
}

func TestControllers(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "all", "cgroup.controllers"), "cpuset cpu io memory hugetlb pids rdma misc\n")
	writeFile(t, filepath.Join(root, "some", "cgroup.controllers"), "memory pids\n")
	writeFile(t, filepath.Join(root, "none", "cgroup.controllers"), "")
	writeFile(t, filepath.Join(root, "v1", "memory.usage_in_bytes"), "1\n")
	fs := NewFS(root, Options{})

	tests := []struct {
		path    string
		missing []string
	}{
		{"/all", nil},
		{"/some", []string{"cpu", "io"}},
		{"/none", []string{"memory", "cpu", "pids", "io"}},
	}
	for _, tt := range tests {
		err := open(t, fs, tt.path).Verify()
		var got []string
		if m, ok := errors.AsType[*MissingControllersError](err); ok {
			got = m.Missing
		} else if err != nil {
			t.Errorf("%s: %v", tt.path, err)
		}
		if diff := cmp.Diff(tt.missing, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.path, diff)
		}
	}
	if err := open(t, fs, "/v1").Verify(); !errors.Is(err, ErrNotCgroup2) {
		t.Errorf("a cgroup v1 directory: %v", err)
	}
}

func TestMessages(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{
			&ParseError{Path: "/a\x1b]0;x\x07", File: FileMemoryMax, Text: "ma\x1bx", Err: ErrSyntax},
			`cgroup "/a\x1b]0;x\a": memory.max: malformed: "ma\x1bx"`,
		},
		{&ReadError{Path: "/a", File: FileIOStat, Err: iofs.ErrPermission}, `cgroup "/a": io.stat: permission denied`},
		{&ReadError{Path: "/a", File: FileNone, Err: iofs.ErrPermission}, `cgroup "/a": permission denied`},
		{goneError("/a"), `cgroup "/a": cgroup does not exist`},
		{Faults{goneError("/a"), goneError("/b")}, `cgroup "/a": cgroup does not exist; cgroup "/b": cgroup does not exist`},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
		if strings.ContainsAny(tt.err.Error(), "\x1b\x07") {
			t.Errorf("%q lets an escape sequence through", tt.err)
		}
	}
}
