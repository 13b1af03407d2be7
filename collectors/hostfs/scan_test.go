package hostfs

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"testing"
)

func TestParseUint(t *testing.T) {
	for text, want := range map[string]Opt[uint64]{
		"": {}, "-1": {}, "+1": {}, " 1": {}, "1 ": {}, "1_0": {}, "0x1": {}, "١": {}, "18446744073709551616": {}, "99999999999999999999": {},
		"0": Some(uint64(0)), "007": Some(uint64(7)), "18446744073709551615": Some(uint64(math.MaxUint64)),
	} {
		n, ok := parseUint(text)
		v, present := want.Get()
		if ok != present || ok && n != v {
			t.Errorf("%q: %d, %v", text, n, ok)
		}
	}
}

func TestParseInt(t *testing.T) {
	for text, want := range map[string]Opt[int64]{
		"": {}, "-": {}, "--1": {}, "9223372036854775808": {}, "-9223372036854775808": {}, "1-": {},
		"-0": Some(int64(0)), "-1000": Some(int64(-1000)), "9223372036854775807": Some(int64(math.MaxInt64)),
	} {
		n, ok := parseInt([]byte(text))
		v, present := want.Get()
		if ok != present || ok && n != v {
			t.Errorf("%q: %d, %v", text, n, ok)
		}
	}
}

func TestScanner(t *testing.T) {
	s := scanner{rest: "a  7 x"}
	if w := []string{s.word(), s.word()}; !slices.Equal(w, []string{"a", ""}) {
		t.Errorf("%q", w)
	}
	if n := s.int(); n != 7 || s.err != nil {
		t.Errorf("%d, %v", n, s.err)
	}
	if n := s.int(); n != 0 || !errors.Is(s.err, errNumber) {
		t.Errorf("%d, %v", n, s.err)
	}
	if w := s.word(); w != "" || !errors.Is(s.err, errNumber) {
		t.Errorf("the first fault does not stick: %q, %v", w, s.err)
	}
}

func TestNextField(t *testing.T) {
	var got []string
	for word, rest := nextField([]byte(" \ta  b\n")); len(word) > 0; word, rest = nextField(rest) {
		got = append(got, string(word))
	}
	if !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("%q", got)
	}
}

func TestWithSlot(t *testing.T) {
	list := withSlot[string](nil, 0)
	list[0] = "kept"
	if again := withSlot(list[:0], 0); again[0] != "kept" {
		t.Errorf("%q", again)
	}
	if again := withSlot(list, 1); len(again) != 2 || again[1] != "" {
		t.Errorf("%q", again)
	}
}

// FuzzParseUint compares with the library, which takes the same numbers in base 10.
func FuzzParseUint(f *testing.F) {
	f.Add("18446744073709551615")
	f.Add("-1")
	f.Fuzz(func(t *testing.T, text string) {
		want, err := strconv.ParseUint(text, 10, 64)
		got, ok := parseUint(text)
		if ok != (err == nil) || ok && got != want {
			t.Errorf("%q: %d, %v; strconv says %d, %v", text, got, ok, want, err)
		}
	})
}
