package cgroupfs

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestParseUint(t *testing.T) {
	tests := []struct {
		text string
		want uint64
		err  error
	}{
		{"", 0, ErrEmpty},
		{" ", 0, ErrSyntax},
		{"+1", 0, ErrSyntax},
		{"1 2", 0, ErrSyntax},
		{"0x10", 0, ErrSyntax},
		{"1e3", 0, ErrSyntax},
		{"1_000", 0, ErrSyntax},
		{"１", 0, ErrSyntax},
		{"\x00", 0, ErrSyntax},
		{"-", 0, ErrSyntax},
		{"-x", 0, ErrSyntax},
		{"-0", 0, ErrNegative},
		{"-1", 0, ErrNegative},
		{"-18446744073709551616", 0, ErrNegative},
		{"18446744073709551616", 0, ErrRange},
		{"184467440737095516150", 0, ErrRange},
		{"99999999999999999999x", 0, ErrSyntax},
		{"0", 0, nil},
		{"007", 7, nil},
		{"0000000000000000000000000000001", 1, nil},
		{"9999999999999999999", 9999999999999999999, nil},
		{"18446744073709551615", math.MaxUint64, nil},
	}
	for _, tt := range tests {
		if got, err := parseUint([]byte(tt.text)); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("parseUint(%q) = %d, %v; want %d, %v", tt.text, got, err, tt.want, tt.err)
		}
	}
}

func FuzzParseUint(f *testing.F) {
	for _, s := range []string{"", "-1", "18446744073709551616", "007", "max"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parseUint(text)
		want, oracle := strconv.ParseUint(string(text), 10, 64)
		if (err == nil) != (oracle == nil) || err == nil && got != want {
			t.Errorf("parseUint(%q) = %d, %v; strconv says %d, %v", text, got, err, want, oracle)
		}
		// strconv stops at the digit that is too many; what follows it may be no digit.
		if errors.Is(err, ErrRange) && !errors.Is(oracle, strconv.ErrRange) {
			t.Errorf("parseUint(%q): %v; strconv says %v", text, err, oracle)
		}
	})
}

func TestParseMicroseconds(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		err  error
	}{
		{"", 0, ErrEmpty},
		{"-5", 0, ErrNegative},
		{"1.5", 0, ErrSyntax},
		{"9223372036854776", 0, ErrRange}, // one more than int64 nanoseconds hold
		{"18446744073709551615", 0, ErrRange},
		{"0", 0, nil},
		{"1500000", 1500 * time.Millisecond, nil},
		{"9223372036854775", 9223372036854775 * time.Microsecond, nil},
	}
	for _, tt := range tests {
		if got, err := parseMicroseconds([]byte(tt.text)); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("parseMicroseconds(%q) = %v, %v; want %v, %v", tt.text, got, err, tt.want, tt.err)
		}
	}
}

func TestCutLine(t *testing.T) {
	tests := []struct{ text, line, rest string }{
		{"", "", ""},
		{"\n", "", ""},
		{"a 1", "a 1", ""},
		{"a 1\nb 2", "a 1", "b 2"},
		{"a 1\r\nb 2\r\n", "a 1", "b 2\r\n"},
		{"  a 1 \t\nb", "a 1", "b"},
		{"\n\nb", "", "\nb"},
	}
	for _, tt := range tests {
		if line, rest := cutLine([]byte(tt.text)); string(line) != tt.line || string(rest) != tt.rest {
			t.Errorf("cutLine(%q) = %q, %q; want %q, %q", tt.text, line, rest, tt.line, tt.rest)
		}
	}
}

// TestLineForms holds for every file of keys and values: what a text editor or a
// copy does to a file does not change what it says.
func TestLineForms(t *testing.T) {
	const kernel = "usage_usec 10\nuser_usec 6\nsystem_usec 4\n"
	forms := map[string]string{
		"no final newline": strings.TrimSuffix(kernel, "\n"),
		"crlf":             strings.ReplaceAll(kernel, "\n", "\r\n"),
		"blank lines":      "\n" + strings.ReplaceAll(kernel, "\n", "\n\n"),
		"trailing blanks":  strings.ReplaceAll(kernel, "\n", " \t\n"),
		"leading blanks":   " " + strings.ReplaceAll(kernel, "\n", "\n  "),
		"unknown between":  strings.ReplaceAll(kernel, "\n", "\nnew_key 7 8 9\n"),
		"one huge line":    kernel + "huge " + strings.Repeat("9", 1<<20) + "\n",
	}
	for name, text := range forms {
		var c CPUStat
		if bad := c.decode([]byte(text)); bad != nil {
			t.Errorf("%s: %v", name, bad)
		}
		if got, want := brief(c), "Usage=10µs User=6µs System=4µs"; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestFaultCutsText(t *testing.T) {
	bad := fault([]byte(strings.Repeat("x", 1<<20)), ErrSyntax)
	if want := strings.Repeat("x", 64) + "..."; bad.Text != want {
		t.Errorf("text of %d bytes", len(bad.Text))
	}
}
