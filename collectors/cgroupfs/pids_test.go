package cgroupfs

import "testing"

func TestPidsEvents(t *testing.T) {
	testDecoder[PidsEvents](t, "max 7\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"no value", "max\n", "", ErrSyntax},
		{"max is the key, not the value", "max max\n", "", ErrSyntax},
		{"negative", "max -1\n", "", ErrNegative},
		{"another key", "min 3\n", "", ErrNoKnownKey},
		{"refused", "max 1044\n", "Max=1044", nil},
	})
}

func FuzzPidsEvents(f *testing.F) { fuzzDecoder[PidsEvents](f, FilePidsEvents) }
