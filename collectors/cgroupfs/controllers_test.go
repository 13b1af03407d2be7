package cgroupfs

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzControllers: the words of the file, in their order, none of them empty.
func FuzzControllers(f *testing.F) {
	seed(f, FileControllers)
	f.Add([]byte(" \x00 cpu\n\tio\xff "))
	f.Fuzz(func(t *testing.T, text []byte) {
		names := parseControllers(text)
		for _, name := range names {
			if name == "" || len(strings.Fields(name)) != 1 {
				t.Errorf("a controller %q", name)
			}
		}
		if got := strings.Join(names, " "); got != string(bytes.Join(bytes.Fields(text), []byte(" "))) {
			t.Errorf("%q became %q", text, got)
		}
	})
}
