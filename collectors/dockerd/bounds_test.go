package dockerd

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestClipNeverCutsACharacter(t *testing.T) {
	for _, test := range []struct {
		text  string
		limit int
		want  string
	}{
		{"", 4, ""},
		{"abcd", 4, "abcd"},
		{"abcde", 4, "abcd"},
		{"aéé", 4, "aé"},
		{"日本", 4, "日"},
		{"日本", 2, ""},
		{"\x1b[2J\x07", 4, "\x1b[2J"},
		// Bytes that are no UTF-8 are cut where they are.
		{"\xff\xfe\xfd", 2, "\xff\xfe"},
		{"\x80\x80\x80", 2, ""},
	} {
		got := clip(test.text, test.limit)
		if got != test.want {
			t.Errorf("clip(%q, %d) = %q, want %q", test.text, test.limit, got, test.want)
		}
		if utf8.ValidString(test.text) && !utf8.ValidString(got) {
			t.Errorf("clip(%q, %d) = %q is no UTF-8", test.text, test.limit, got)
		}
	}
}

func TestClipMapKeepsTheServiceInAFlood(t *testing.T) {
	labels := map[string]string{labelService: "gateway", labelProject: "claw", strings.Repeat("k", 600): strings.Repeat("v", 5000)}
	for i := range 1000 {
		labels[fmt.Sprintf("aaa%04d", i)] = "x"
	}
	kept := clipMap(labels, 10)
	want := map[string]string{labelService: "gateway", labelProject: "claw"}
	for i := range 8 {
		want[fmt.Sprintf("aaa%04d", i)] = "x"
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(clipMap(labels, 5000)[strings.Repeat("k", maxLabelKey)]) != maxLabelValue {
		t.Error("a long label is not cut")
	}
	if clipMap(nil, 5) != nil {
		t.Error("no labels are not nil")
	}
}

func TestPidsLimit(t *testing.T) {
	number := func(n uint64) *uint64 { return &n }
	for _, test := range []struct {
		name string
		in   *uint64
		want Limit
	}{
		{"missing", nil, Limit{}},
		{"Podman's zero is unknown", number(0), Limit{}},
		{"the largest integer is the word max", number(math.MaxUint64), NoLimit()},
		{"one less is a number", number(math.MaxUint64 - 1), LimitOf(math.MaxUint64 - 1)},
		{"a limit", number(256), LimitOf(256)},
	} {
		if got := pidsLimit(test.in); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestLimitTellsItsThreeStatesApart(t *testing.T) {
	for _, test := range []struct {
		limit              Limit
		present, unlimited bool
		value              Opt[uint64]
	}{
		{Limit{}, false, false, Opt[uint64]{}},
		{NoLimit(), true, true, Opt[uint64]{}},
		{LimitOf(0), true, false, Some[uint64](0)},
		{positiveOrNone(-1), true, true, Opt[uint64]{}},
		{positiveOrNone(7), true, false, Some[uint64](7)},
	} {
		if test.limit.Present() != test.present || test.limit.Unlimited() != test.unlimited || test.limit.Value() != test.value {
			t.Errorf("%+v: present %v, unlimited %v, value %v", test.limit, test.limit.Present(), test.limit.Unlimited(), test.limit.Value())
		}
	}
}
