package main

import (
	"strings"
	"testing"
	"unicode"

	"brink/cmd/internal/config"
	"brink/ui"
)

func TestGlyphs(t *testing.T) {
	auto := config.Default().Glyphs
	for _, test := range []struct {
		name, configured string
		env              map[string]string
		want             ui.Glyphs
	}{
		{"no locale", auto, nil, ui.GlyphsASCII},
		{"the locale C", auto, map[string]string{"LANG": "C"}, ui.GlyphsASCII},
		{"POSIX", auto, map[string]string{"LC_CTYPE": "POSIX"}, ui.GlyphsASCII},
		{"Latin 1", auto, map[string]string{"LANG": "de_DE.ISO-8859-1"}, ui.GlyphsASCII},
		{"a language alone", auto, map[string]string{"LANG": "en_US"}, ui.GlyphsASCII},
		{"what a Mac sends", auto, map[string]string{"LC_CTYPE": "UTF-8"}, ui.GlyphsBraille},
		{"UTF-8", auto, map[string]string{"LANG": "en_US.UTF-8"}, ui.GlyphsBraille},
		{"utf8 with a modifier", auto, map[string]string{"LANG": "ca_ES.utf8@valencia"}, ui.GlyphsBraille},
		{"C.UTF-8", auto, map[string]string{"LC_CTYPE": "C.UTF-8"}, ui.GlyphsBraille},
		{"an empty one does not count", auto, map[string]string{"LC_ALL": "", "LANG": "C.UTF-8"}, ui.GlyphsBraille},
		{"LC_ALL is above LANG", auto, map[string]string{"LC_ALL": "C", "LANG": "en_US.UTF-8"}, ui.GlyphsASCII},
		{"LC_ALL is above LC_CTYPE", auto, map[string]string{"LC_ALL": "C.UTF-8", "LC_CTYPE": "C"}, ui.GlyphsBraille},
		{"LC_CTYPE is above LANG", auto, map[string]string{"LC_CTYPE": "C", "LANG": "en_US.UTF-8"}, ui.GlyphsASCII},
		{"braille is given", "braille", map[string]string{"LC_ALL": "C"}, ui.GlyphsBraille},
		{"blocks are given", "blocks", map[string]string{"LANG": "C.UTF-8"}, ui.GlyphsBlocks},
		{"ascii is given", "ascii", map[string]string{"LANG": "C.UTF-8"}, ui.GlyphsASCII},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &program{env: func(name string) string { return test.env[name] }}
			if got := p.glyphs(test.configured); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestDashboardWithoutUTF8 writes no byte to the terminal that it could not show.
func TestDashboardWithoutUTF8(t *testing.T) {
	t.Parallel()
	c := openConsole(t, 100, 28, []string{"LANG=C"}, "brink", "--cgroup-root", agentTree(t), "cgroup:/agent")
	c.awaitText("+ Memory ", "| kernel counts")
	c.press("q")
	c.awaitExit()
	if i := strings.IndexFunc(c.output(), func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
		t.Errorf("there is more than ASCII: %q", c.output()[i:min(len(c.output()), i+40)])
	}
}
