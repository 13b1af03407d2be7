package ui

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

// assertVisible fails on any rune that is not plain visible text.
func assertVisible(t *testing.T, text string) {
	t.Helper()
	for i, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029') {
			t.Fatalf("%U at byte %d reached the screen", r, i)
		}
	}
}

// drawnText is what glyph makes of text.
func drawnText(text string) string {
	var drawn strings.Builder
	for text != "" {
		shown, _, rest := glyph(text)
		drawn.WriteString(shown)
		text = rest
	}
	return drawn.String()
}

func TestGlyph(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		width            int
	}{
		{"escape sequence", "\x1b[31mred", "·[31mred", 8},
		{"title sequence", "\x1b]0;me\x07", "·]0;me·", 7},
		{"C1 control", "\u009b31m", "·31m", 4},
		{"raw C1 byte", "\x9b31m", "\uFFFD31m", 4},
		{"line breaks", "a\r\nb\tc\vd", "a··b·c·d", 8},
		{"line and paragraph separator", "a\u2028b\u2029", "a·b·", 4},
		{"direction override", "abc\u202edef\u2066", "abcdef", 6},
		{"zero width", "a\u200bb\ufeffc\u00ad", "abc", 3},
		{"not UTF-8", "a\xff\xfeb", "a\uFFFD\uFFFDb", 4},
		{"half a rune", "a\xe6\xbc", "a\uFFFD\uFFFD", 3},
		{"accent", "e\u0301x", "e\u0301x", 2},
		{"tower of accents", "e" + strings.Repeat("\u0301", 40) + "x", "ex", 2},
		{"accent alone", "\u0301x", "x", 1},
		{"wide", "漢字", "漢字", 4},
		{"emoji", "🦞!", "🦞!", 3},
		{"emoji that terminals do not agree about", "❤\ufe0f!", "❤!", 2},
		{"joined emoji", "👩\u200d👧!", "👩👧!", 5},
		{"plain", "node ~", "node ~", 6},
		{"our own signs", "█▓▒░·┃ ✖▲●○◌‖↻ ╭─╮│╰╯ ⣿⠁ ▁█ …", "█▓▒░·┃ ✖▲●○◌‖↻ ╭─╮│╰╯ ⣿⠁ ▁█ …", 29},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := drawnText(test.text); got != test.want {
				t.Errorf("drawn as %q, want %q", got, test.want)
			}
			if got := textWidth(test.text); got != test.width {
				t.Errorf("width is %d, want %d", got, test.width)
			}
		})
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 5, ""},
		{"node", 5, "node"},
		{"node", 4, "node"},
		{"node", 3, "no…"},
		{"node", 1, "…"},
		{"node", 0, ""},
		{"node", -3, ""},
		{"漢字", 4, "漢字"},
		{"漢字", 3, "漢…"},
		{"漢字", 2, "…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
	} {
		if got := cut(test.text, test.width); got != test.want {
			t.Errorf("cut(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		name                 string
		text                 string
		width, indent, limit int
		want                 []string
	}{
		{"nothing", "  ", 10, 0, 3, nil},
		{"fits", "a short one", 20, 2, 3, []string{"a short one"}},
		{"at blanks", "one two three four", 9, 0, 3, []string{"one two", "three", "four"}},
		{"with indent", "one two three", 9, 2, 3, []string{"one two", "  three"}},
		{"a word too long", "unix:///var/run", 6, 0, 3, []string{"unix:/", "//var/", "run"}},
		{"the last line is cut", "one two three four five", 8, 0, 2, []string{"one two", "three f…"}},
		{"one line only", "one two three", 8, 0, 1, []string{"one two…"}},
		{"wide text in a narrow column", "漢字漢", 1, 0, 9, []string{"漢", "字", "漢"}},
		{"no width", "ab", 0, 0, 9, []string{"a", "b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := wrap(test.text, test.width, test.indent, test.limit)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("wrap differs (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzText cuts, breaks and draws any text at any width: what comes out is visible
// text, no wider than was asked for, to either way of measuring.
func FuzzText(f *testing.F) {
	f.Add(poison, 10)
	f.Add("plain text with blanks", 7)
	f.Add("", 0)
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = min(max(width, 2), 300)
		pieces := append(wrap(text, width, 2, 5), cut(text, width))
		for _, piece := range pieces {
			if got := textWidth(piece); got > width {
				t.Fatalf("%q is %d wide, want at most %d", piece, got, width)
			}
			drawn := drawnText(piece)
			assertVisible(t, drawn)
			for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
				if got := method.StringWidth(drawn); got > width {
					t.Fatalf("%q is drawn %d wide, want at most %d", drawn, got, width)
				}
			}
		}
	})
}

func TestCutPath(t *testing.T) {
	for _, test := range []struct {
		path  string
		width int
		want  string
	}{
		{"/a/b", 0, ""},
		{"/a/b", -1, ""},
		{"", 3, ""},
		{"/a/b", 4, "/a/b"},
		{"/a/b", 1, "…"},
		{"/a/b", 3, "…/b"},
		{"no-path-at-all", 6, "no-pa…"},
		{"cgroup:/system.slice/docker-1a2b.scope", 30, "cgroup:/sys…/docker-1a2b.scope"},
		{"cgroup:/system.slice/docker-1a2b3c4d.scope", 20, "cgro…/docker-1a2b3c…"},
		{"cgroup:/日本語/日本語日本語", 12, "cgr…/日本語…"},
	} {
		got := cutPath(test.path, test.width)
		if got != test.want || textWidth(got) > max(test.width, 0) {
			t.Errorf("cutPath(%q, %d) is %q, want %q", test.path, test.width, got, test.want)
		}
	}
}
