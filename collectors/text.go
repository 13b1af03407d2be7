package collectors

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text that a container can choose (a name, an image, a process
// name, health output, a line of the kernel log) safe to show, send and log.
//
// Control characters (C0, DEL, C1) and with them every escape sequence are
// replaced by '·', so that an attempt stays visible; bytes that are not UTF-8
// become U+FFFD; the invisible characters that reorder or hide text, or of which
// no two terminals agree how wide they are (bidirectional overrides, zero-width
// joiners, the byte order mark, variation selectors, Hangul fillers), are dropped.
// The result has at most limit runes, the last one '…' when the text was longer.
func Clean(text string, limit int) string {
	if limit <= 0 {
		return ""
	}
	if len(text) <= limit && plain(text) {
		return text
	}
	var clean strings.Builder
	count := 0
	for _, r := range text {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			continue
		}
		if count++; count > limit {
			return cutLast(clean.String()) + "…"
		}
		clean.WriteRune(visible(r))
	}
	return clean.String()
}

// plain reports whether text is printable ASCII, the usual case.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func visible(r rune) rune {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return '·'
	default:
		return r
	}
}

func cutLast(text string) string {
	_, size := utf8.DecodeLastRuneInString(text)
	return text[:len(text)-size]
}
