package cgroupfs

import (
	"testing"
	"time"
)

func TestScalarFile(t *testing.T) {
	testDecoder[scalar[Bytes]](t, "5\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"newline only", "\n", "", ErrEmpty},
		{"max", "max\n", "", ErrSyntax},
		{"two numbers", "1 2\n", "", ErrSyntax},
		{"two lines", "1\n2\n", "", ErrSyntax},
		{"negative", "-4096\n", "", ErrNegative},
		{"two to the 64", "18446744073709551616\n", "", ErrRange},
		{"nul", "1\x002\n", "", ErrSyntax},
		{"zero", "0\n", "=0", nil},
		{"largest", "18446744073709551615\n", "=18446744073709551615", nil},
		{"no final newline", "4096", "=4096", nil},
		{"crlf", "4096\r\n", "=4096", nil},
	})
}

func TestLimitFile(t *testing.T) {
	testDecoder[limit[Count]](t, "5\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"upper case", "MAX\n", "", ErrSyntax},
		{"max and more", "max 5\n", "", ErrSyntax},
		{"cut off", "ma", "", ErrSyntax},
		{"negative", "-1\n", "", ErrNegative},
		{"two to the 64", "18446744073709551616\n", "", ErrRange},
		{"max", "max\n", "=max", nil},
		{"max, crlf", "max\r\n", "=max", nil},
		{"zero is a limit", "0\n", "=0", nil},
		{"number", "256\n", "=256", nil},
	})
}

func TestSpanFile(t *testing.T) {
	testDecoder[span](t, "5\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"max", "max\n", "", ErrSyntax},
		{"negative", "-1\n", "", ErrNegative},
		{"beyond a duration", "18446744073709551615\n", "", ErrRange},
		{"zero", "0\n", "=0s", nil},
		{"microseconds", "50000\n", "=50ms", nil},
	})
}

func TestValue(t *testing.T) {
	tests := []struct {
		v             Value[time.Duration]
		ok, max, none bool
		state         string
	}{
		{Value[time.Duration]{}, false, false, true, "absent"},
		{unlimited[time.Duration](), false, true, false, "max"},
		{present[time.Duration](0), true, false, false, "present"},
	}
	for _, tt := range tests {
		if _, ok := tt.v.Get(); ok != tt.ok || tt.v.IsMax() != tt.max || tt.v.IsAbsent() != tt.none || tt.v.State.String() != tt.state {
			t.Errorf("%+v: Get %v, IsMax %v, IsAbsent %v, %s", tt.v, ok, tt.v.IsMax(), tt.v.IsAbsent(), tt.v.State)
		}
	}
}

func FuzzScalar(f *testing.F) { fuzzDecoder[scalar[Bytes]](f, FileMemoryCurrent, FilePidsCurrent) }

func FuzzLimit(f *testing.F) { fuzzDecoder[limit[Bytes]](f, FileMemoryMax, FilePidsMax) }

func FuzzSpan(f *testing.F) { fuzzDecoder[span](f, FileCPUMaxBurst) }
