package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// TestConstantRanges takes the mappings of the program that nobody can write to, and
// nothing else.
func TestConstantRanges(t *testing.T) {
	const maps = `
garbage
00400000 r-xp 00000000 fe:00 11427 /usr/bin/brink
00500000-00400000 r-xp 00000000 fe:00 11427 /usr/bin/brink
zz-00 r-xp 00000000 fe:00 11427 /usr/bin/brink
00400000-00de7000 r-xp 00000000 fe:00 11427                              /usr/bin/brink
00de7000-01845000 r--p 009e7000 fe:00 11427                              /usr/bin/brink
01845000-0192f000 rw-p 01445000 fe:00 11427                              /usr/bin/brink
0192f000-03b9e000 rw-p 00000000 00:00 0
7f0000000000-7f0000001000 r--p 00000000 fe:00 99                         /usr/bin/brinker
7fde1ff98000-7fde1ffa0000 r--s 00000000 fe:00 131084                     /root/.local/state/brink/record.db-shm
7ffc00000000-7ffc00001000 r-xp 00000000 00:00 0                          [vdso]
`
	want := []addresses{{0x400000, 0xde7000}, {0xde7000, 0x1845000}}
	if diff := cmp.Diff(want, constantRanges(strings.NewReader(maps), "/usr/bin/brink"), cmp.AllowUnexported(addresses{})); diff != "" {
		t.Errorf("the ranges differ (-want +got):\n%s", diff)
	}
}

// TestLetGoOfProgram lets go of the pages of this very test, which goes on: what it
// needs comes back.
func TestLetGoOfProgram(t *testing.T) {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Skip(err)
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip(err)
	}
	if len(constantRanges(strings.NewReader(string(maps)), program)) == 0 {
		t.Errorf("the test has no constant pages of its own:\n%s", maps)
	}
	letGoOfProgram()
}

// TestWish asks the kernel for the same twice, and for what it does not know.
func TestWish(t *testing.T) {
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	slack := int(timerSlack) + 1
	for _, want := range []bool{true, false} {
		if got := wish(unix.PR_GET_TIMERSLACK, unix.PR_SET_TIMERSLACK, slack); got != want {
			t.Errorf("a new wish: %v, want %v", got, want)
		}
	}
	if got, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0); got != slack || err != nil {
		t.Errorf("the slack is %d ns, %v; want %d", got, err, slack)
	}
	if wish(-1, -1, 1) {
		t.Error("a wish was granted that no kernel knows")
	}
}

// TestAlwaysHuge reads the kernel's setting.
func TestAlwaysHuge(t *testing.T) {
	for text, want := range map[string]bool{"": false, "[always] madvise never\n": true, "always [madvise] never\n": false, "always madvise [never]\n": false} {
		path := filepath.Join(t.TempDir(), "enabled")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := alwaysHuge(path); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if alwaysHuge(filepath.Join(t.TempDir(), "none")) {
		t.Error("a kernel without the setting has huge pages")
	}
}
