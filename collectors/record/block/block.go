package block

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"brink/collectors"
)

// Most is how many entries a block holds at the most.
const Most = 8192

// ErrCorrupt is that the bytes are no block, or one that was damaged.
var ErrCorrupt = errors.New("corrupt block")

// ErrVersion is that a newer brink has written the block.
var ErrVersion = errors.New("block of an unknown version")

// Entry is one container at one moment.
type Entry struct {
	// At is when the reading began; a block keeps no monotonic part.
	At time.Time
	// Counters are what the sources gave, as they were. What was unpacked shares
	// lists and maps between entries: they must not be changed.
	Counters collectors.ContainerCounters
}

// Span is when the entries of a block begin and end, and how many they are.
type Span struct {
	First, Last time.Time
	Count       int
}

// Codec packs and unpacks blocks, and keeps what it needs for that from one to the
// next. The zero value is ready. It serves one goroutine at a time.
type Codec struct{}

// Encode appends a block of the entries to dst. They are at most [Most], in the
// order of their times.
func (c *Codec) Encode(dst []byte, entries []Entry) []byte {
	data, err := json.Marshal(entries)
	if err != nil {
		return dst
	}
	return append(dst, data...)
}

// Decode appends the entries of a block to dst. Its errors are [ErrCorrupt] and
// [ErrVersion], and then dst is as it was.
func (c *Codec) Decode(dst []Entry, data []byte) ([]Entry, error) {
	var entries []Entry
	if err := json.Unmarshal(data, &entries); err != nil {
		return dst, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return append(dst, entries...), nil
}

// Encode appends a block of the entries to dst, as a [Codec] does.
func Encode(dst []byte, entries []Entry) []byte {
	var codec Codec
	return codec.Encode(dst, entries)
}

// Decode returns the entries of a block, as a [Codec] does.
func Decode(data []byte) ([]Entry, error) {
	var codec Codec
	return codec.Decode(nil, data)
}

// Times returns the span of a block without unpacking it. It does not notice all
// damage.
func Times(data []byte) (Span, error) {
	entries, err := Decode(data)
	if err != nil || len(entries) == 0 {
		return Span{}, err
	}
	return Span{First: entries[0].At, Last: entries[len(entries)-1].At, Count: len(entries)}, nil
}
