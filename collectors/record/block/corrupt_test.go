package block_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"brink/collectors/record/block"
	"brink/collectors/record/block/blocktest"
)

// sealed puts the checksum behind bytes, so that what they say is looked at.
func sealed(body []byte) []byte {
	return binary.LittleEndian.AppendUint32(slices.Clone(body), crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

// head is the beginning of a block: version, count and lengths, all of them given.
func head(numbers ...uint64) []byte {
	head := []byte{1}
	for _, number := range numbers {
		head = binary.AppendUvarint(head, number)
	}
	return sealed(head)
}

// changed is a block in which one byte is another one.
func changed(data []byte, at int) []byte {
	data = slices.Clone(data)
	data[(at+len(data))%len(data)] ^= 0x40
	return data
}

func TestDecodeRefuses(t *testing.T) {
	whole := block.Encode(nil, blocktest.New(3, epoch()).Entries(20))
	body := whole[:len(whole)-4]
	for _, test := range []struct {
		name string
		data []byte
		says string
	}{
		{"nothing", nil, "0 bytes are too few"},
		{"less than a checksum", []byte{1, 0, 0}, "3 bytes are too few"},
		{"a version to come", sealed([]byte{2, 0, 0, 0, 0}), "unknown version: 2, and this brink reads 1"},
		{"a text", []byte("SQLite format 3\x00"), "unknown version: 83"},
		{"the first half", whole[:len(whole)/2], "checksum"},
		{"all but the last byte", whole[:len(whole)-1], "checksum"},
		{"a byte more", append(slices.Clone(whole), 0), "checksum"},
		{"another byte in the head", changed(whole, 3), "checksum"},
		{"another byte in the middle", changed(whole, len(whole)/2), "checksum"},
		{"another byte in the checksum", changed(whole, -1), "checksum"},
		{"no count", sealed([]byte{1}), "its head"},
		{"a count without an end", sealed(append([]byte{1}, bytes.Repeat([]byte{0xff}, 12)...)), "its head"},
		{"more entries than a block holds", head(block.Most+1, 0, 0, 0, 0, 0, 0, 0), "its head"},
		{"times that are cut off", head(2, 0), "its head"},
		{"more columns than bytes", head(1, 0, 0, 99, 0, 0), "its head"},
		{"strings of another world", head(1, 0, 0, 0, 1, 5000), "its head"},
		{"strings that are not packed", sealed(append(head(1, 0, 0, 0, 2, 9)[:7], 0xff, 0xff)), "cannot be unpacked"},
		{"a string longer than all", sealed(append(head(1, 0, 0, 0, 2, 2)[:7], 9, 'a')), "strings end too early"},
		{"entries without columns", head(block.Most, 0, 0, 0, 0, 0, 0, 0), "its numbers"},
		{"no entries, and columns", sealed([]byte{1, 0, 1, 0, 0, 7}), "its head"},
		{"something behind the end", sealed(append(slices.Clone(body), 0, 0)), "something follows"},
		{"the end cut off", sealed(body[:len(body)-8]), "is not readable|are not readable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := []block.Entry{{At: epoch()}}
			var codec block.Codec
			got, err := codec.Decode(before, test.data)
			if !errors.Is(err, block.ErrCorrupt) && !errors.Is(err, block.ErrVersion) {
				t.Fatalf("error %v is of no known kind", err)
			}
			if !slices.ContainsFunc(strings.Split(test.says, "|"), func(says string) bool { return strings.Contains(err.Error(), says) }) {
				t.Errorf("error %q does not say %q", err, test.says)
			}
			if len(got) != 1 {
				t.Errorf("%d entries after the error, want the one from before", len(got))
			}
		})
	}
}

// TestDecodeAfterDamage: what a damaged block left behind is not in the next one.
func TestDecodeAfterDamage(t *testing.T) {
	want := blocktest.New(3, epoch()).Entries(20)
	whole := block.Encode(nil, want)
	var codec block.Codec
	for cut := 8; cut < len(whole)-4; cut += 101 {
		_, _ = codec.Decode(nil, sealed(whole[:cut]))
		got, err := codec.Decode(nil, whole)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, everything()); diff != "" {
			t.Fatalf("after a block of %d bytes (-want +got):\n%s", cut, diff)
		}
	}
}

// FuzzDecode gives the decoder bytes with a right checksum. It must not panic, not
// make more than a block holds, and what it makes of them must be readings that
// are written and read again as the same.
func FuzzDecode(f *testing.F) {
	for _, count := range []int{0, 1, 2, 12} {
		data := block.Encode(nil, blocktest.New(5, epoch()).Entries(count))
		f.Add(data[:len(data)-4])
	}
	data := block.Encode(nil, []block.Entry{filled(0), {}, filled(9)})
	f.Add(data[:len(data)-4])
	f.Fuzz(func(t *testing.T, body []byte) {
		data := sealed(body)
		var codec block.Codec
		entries, err := codec.Decode(nil, data)
		if len(entries) > block.Most {
			t.Fatalf("%d entries", len(entries))
		}
		if err != nil {
			return
		}
		again := codec.Encode(nil, entries)
		back, err := codec.Decode(nil, again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, codec.Encode(nil, back)) {
			t.Fatal("what was read is written in two ways")
		}
		if few := 32; len(entries) > 0 && len(entries) <= few {
			if diff := cmp.Diff(entries, back, everything(), sameBits()); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
