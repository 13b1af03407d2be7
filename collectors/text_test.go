package collectors

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct {
		name, text string
		limit      int
		want       string
	}{
		{"colour", "\x1b[31mred\x1b[0m", 40, "·[31mred·[0m"},
		{"title by OSC", "\x1b]0;owned\a", 40, "·]0;owned·"},
		{"clipboard by OSC 52 and ST", "\x1b]52;c;cm0gLXJm\x1b\\", 40, "·]52;c;cm0gLXJm·\\"},
		{"device control", "\x1bP$q\"p\x1b\\x", 40, "·P$q\"p·\\x"},
		{"C1 as runes", "a\u009b31m\u0085b", 40, "a·31m·b"},
		{"C1 as bytes", "a\x9b31m", 40, "a\ufffd31m"},
		{"NUL and DEL", "a\x00b\x7fc", 40, "a·b·c"},
		{"lines and tabs", "a\r\nb\tc\vd", 40, "a··b·c·d"},
		{"line and paragraph separators", "a\u2028b\u2029c", 40, "a·b·c"},
		{"bytes that are not UTF-8", "\xff\xfe\xc3(", 40, "\ufffd\ufffd\ufffd("},
		{"overlong slash", "\xc0\xaf", 40, "\ufffd\ufffd"},
		{"half of a surrogate pair", "\xed\xa0\x80", 40, "\ufffd\ufffd\ufffd"},
		{"right to left override", "gpj.\u202eexe", 40, "gpj.exe"},
		{"isolates and marks", "\u2066a\u2069\u200eb\u061c", 40, "ab"},
		{"zero width", "no\u200bde\u200d\u2060\ufeff", 40, "node"},
		{"soft hyphen", "no\u00adde", 40, "node"},
		{"tag characters", "a\U000e0061\U000e007f", 40, "a"},
		{"variation selectors", "\u2764\ufe0f \U000e0100", 40, "\u2764 "},
		{"fillers that look like nothing", "a\u3164\u115f\u034fb", 40, "ab"},
		{"only what is dropped", "\u200b\u200b", 40, ""},
		{"empty", "", 40, ""},
		{"no room", "node", 0, ""},
		{"less than no room", "node\x1b", -1, ""},
		{"room for one, with two", "no", 1, "…"},
		{"room for one, with a control character", "\x1b", 1, "·"},
		{"as long as allowed", "node", 4, "node"},
		{"one too long", "nodes", 4, "nod…"},
		{"one rune too long", "ñodeß", 4, "ñod…"},
		{"as long as allowed in runes", "ñödé", 4, "ñödé"},
		{"hidden characters take no room", "n\u200bo\u200bd\u200be\u200b", 4, "node"},
		{"very long", strings.Repeat("x", 1<<20), 5, "xxxx…"},
		{"very long and wide", strings.Repeat("漢", 1<<16), 3, "漢漢…"},
		{"usual name", "openclaw-agent", 128, "openclaw-agent"},
		{"other scripts", "агент-代理 é", 128, "агент-代理 é"},
		{"already clean", "·[31mred…", 40, "·[31mred…"},
	} {
		if got := Clean(c.text, c.limit); got != c.want {
			t.Errorf("%s: Clean(%.40q, %d) = %q, want %q", c.name, c.text, c.limit, got, c.want)
		}
	}
}

// FuzzClean: nothing that could steer a terminal survives, the result is valid
// UTF-8 and short enough, and cleaning once more changes nothing.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "node", "\x1b[31m\u009b\xff", "\u202e\u200b\ufeffé漢", strings.Repeat("\x00", 300)} {
		f.Add(seed, 10)
	}
	f.Add("node", 0)
	f.Add("node", -5)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		clean := Clean(text, limit)
		if !utf8.ValidString(clean) {
			t.Errorf("%q is not UTF-8", clean)
		}
		if n := utf8.RuneCountInString(clean); n > max(limit, 0) {
			t.Errorf("%q has %d runes, allowed are %d", clean, n, limit)
		}
		for _, r := range clean {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
				t.Errorf("%q holds %U", clean, r)
			}
		}
		if again := Clean(clean, limit); again != clean {
			t.Errorf("cleaned twice it is %q, once %q", again, clean)
		}
	})
}

func BenchmarkCleanPlain(b *testing.B) {
	for b.Loop() {
		Clean("openclaw-agent", 128)
	}
}
