package ui

import (
	"strings"
	"testing"
)

// TestTabsTellPathsApart: of a path that is too long, what tells it from others stays,
// in the tabs and in the header.
func TestTabsTellPathsApart(t *testing.T) {
	frame := frameOf(noon)
	for _, name := range []string{"cgroup:/machine.slice/libpod-0123456789.scope", "cgroup:/machine.slice/libpod-abcdef.scope"} {
		sample := agentAt(noon)
		sample.Name = name
		frame.Snapshot.Containers = append(frame.Snapshot.Containers, sample)
	}
	text := screenText(t, send(newModel(80, 24), FrameMsg(frame)))
	for _, want := range []string{"1 ● cgro…/libpod-0123456789… ", "2 ● cgro…/libpod-abcdef.sco…"} {
		if !strings.Contains(text, want) {
			t.Errorf("no tab %q:\n%s", want, text)
		}
	}
	if header, _, _ := strings.Cut(text, "\n"); !strings.Contains(header, "/libpod-0123456789") {
		t.Errorf("the header does not tell which one it is: %s", header)
	}
}
