package cgroupfs

import "testing"

func TestCgroupEvents(t *testing.T) {
	testDecoder[CgroupEvents](t, "populated 1\nfrozen 1\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"not a flag", "populated 2\nfrozen 0\n", "Frozen=false", ErrRange},
		{"a word", "populated yes\nfrozen 0\n", "Frozen=false", ErrSyntax},
		{"no value", "populated\nfrozen 0\n", "Frozen=false", ErrSyntax},
		{"before 5.2", "populated 1\n", "Populated=true", nil},
		{"paused", "populated 1\nfrozen 1\n", "Populated=true Frozen=true", nil},
		{"only zombies left", "populated 0\nfrozen 0\n", "Populated=false Frozen=false", nil},
	})
}

func FuzzCgroupEvents(f *testing.F) { fuzzDecoder[CgroupEvents](f, FileCgroupEvents) }
