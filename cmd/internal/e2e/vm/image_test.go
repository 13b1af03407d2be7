package vm

import (
	"bytes"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLastLines(t *testing.T) {
	for _, test := range []struct {
		text string
		n    int
		want string
	}{
		{"", 3, ""},
		{"a\nb\nc\n", 2, "b\nc"},
		{"a\nb", 5, "a\nb"},
	} {
		if got := lastLines(test.text, test.n); got != test.want {
			t.Errorf("lastLines(%q, %d) = %q, want %q", test.text, test.n, got, test.want)
		}
	}
}

// A cached image is taken as it is, without a build: no tool is needed to find it.
func TestOpenImageFindsTheCached(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("PATH", "")
	recipe := Recipe{Suite: "none"}
	dir := filepath.Join(cache, "brink", "e2e", recipe.Hash())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	image, err := OpenImage(t.Context(), recipe, log.New(io.Discard, "", 0))
	if err != nil || image.Dir() != dir {
		t.Errorf("OpenImage = %q, %v; want %q", image.Dir(), err, dir)
	}
}

// A build that fails says why and leaves neither an image nor its working directory.
func TestFailedBuildLeavesNothing(t *testing.T) {
	tools, cache := t.TempDir(), t.TempDir()
	for name, script := range map[string]string{
		"ssh-keygen": "exit 0",
		"mmdebstrap": "echo E: no such suite >&2; exit 25",
	} {
		if err := os.WriteFile(filepath.Join(tools, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("PATH", tools)
	_, err := OpenImage(t.Context(), Recipe{Suite: "none"}, log.New(io.Discard, "", 0))
	if err == nil || !strings.Contains(err.Error(), "mmdebstrap: exit status 25\nE: no such suite") {
		t.Errorf("OpenImage's error = %v, want what mmdebstrap said", err)
	}
	left, err := os.ReadDir(filepath.Join(cache, "brink", "e2e"))
	if err != nil || len(left) != 0 {
		t.Errorf("left in the cache: %v, %v; want nothing", left, err)
	}
}

func TestPinHostKey(t *testing.T) {
	dir := t.TempDir()
	if err := pinHostKey(dir); err == nil {
		t.Error("pinHostKey without a key: no error")
	}
	if err := os.WriteFile(filepath.Join(dir, "host.pub"), []byte("ssh-ed25519 AAAA root@x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := pinHostKey(dir); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "known_hosts"))
	if err != nil || !bytes.Equal(got, []byte("brink-e2e ssh-ed25519 AAAA root@x\n")) {
		t.Errorf("known_hosts = %q, %v", got, err)
	}
}
