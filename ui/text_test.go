package ui

import (
	"testing"
	"unicode"
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
