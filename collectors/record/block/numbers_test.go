package block_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"brink/collectors/record/block"
)

func TestReadNumbersRefuses(t *testing.T) {
	var codec block.Codec
	whole := codec.AppendNumbers(nil, []uint64{1, 7, 9}, []uint64{4, 4, 5})
	body := whole[:len(whole)-4]
	for _, test := range []struct {
		name string
		data []byte
		says string
	}{
		{"nothing", nil, "0 bytes are too few"},
		{"less than a checksum", []byte{1, 2}, "2 bytes are too few"},
		{"another byte", changed(whole, 2), "the checksum"},
		{"the first half", whole[:len(whole)/2], "the checksum"},
		{"no head", sealed(nil), "the head"},
		{"more numbers than a block holds", sealed([]byte{0xff, 0xff, 3, 0}), "the head"},
		{"more columns than bytes", sealed([]byte{1, 200, 1, 0}), "the head"},
		{"no columns", sealed([]byte{3, 0}), "not readable"},
		{"something behind the end", sealed(append(slices.Clone(body), 0, 0)), "something follows"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := codec.ReadNumbers(test.data, 2)
			if !errors.Is(err, block.ErrCorrupt) || !strings.Contains(err.Error(), test.says) || got != nil {
				t.Errorf("%v, %v: it does not say %q", got, err, test.says)
			}
		})
	}
	if got, err := codec.ReadNumbers(whole, 3); err == nil {
		t.Errorf("a list that is not there is read as %v", got[2])
	}
}

func TestNumbers(t *testing.T) {
	for _, want := range [][][]uint64{
		{{}, {}},
		{{5}, {math.MaxUint64}},
		{{0, math.MaxUint64, 1 << 63, 3}, {7, 7, 7, 7}},
		{{1024, 4096, 2048}, {0, 0, 0}},
	} {
		var codec block.Codec
		got, err := codec.ReadNumbers(codec.AppendNumbers(nil, want...), len(want))
		for i := range got {
			if diff := cmp.Diff(want[i], append([]uint64{}, got[i]...)); diff != "" {
				t.Errorf("list %d of %v: %s", i, want, diff)
			}
		}
		if err != nil || len(got) != len(want) {
			t.Errorf("%v: %d lists, %v", want, len(got), err)
		}
	}
}
