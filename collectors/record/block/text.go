package block

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"slices"
)

// words are the strings of a block, each one once; columns hold their numbers.
type words struct {
	list  []string
	index map[string]uint64
	raw   []byte
	// last is the number that was asked for last: most often it is asked for again.
	last uint64
}

func (w *words) reset() {
	clear(w.list)
	clear(w.index)
	w.list, w.raw, w.last = w.list[:0], w.raw[:0], 0
	if w.index == nil {
		w.index = map[string]uint64{}
	}
}

// number returns the number of a string.
func (w *words) number(text string) uint64 {
	if w.last < uint64(len(w.list)) && w.list[w.last] == text {
		return w.last
	}
	number, known := w.index[text]
	if !known {
		number = uint64(len(w.list))
		w.list = append(w.list, text)
		w.index[text] = number
	}
	w.last = number
	return number
}

// write returns the strings as bytes, each behind its length.
func (w *words) write() []byte {
	for _, text := range w.list {
		w.raw = binary.AppendUvarint(w.raw, uint64(len(text)))
		w.raw = append(w.raw, text...)
	}
	return w.raw
}

// read takes the strings from bytes, and reports whether these were whole.
func (w *words) read(raw []byte) bool {
	whole := string(raw)
	for at := 0; at < len(raw); {
		length, size := binary.Uvarint(raw[at:])
		if size <= 0 || length > uint64(len(raw)-at-size) {
			return false
		}
		at += size
		w.list = append(w.list, whole[at:at+int(length)])
		at += int(length)
	}
	return true
}

// press packs the strings of a block: paths and names repeat each other.
type press struct {
	packed bytes.Buffer
	writer *flate.Writer
	reader io.ReadCloser
}

const (
	// pressFrom is from how many bytes on packing pays.
	pressFrom = 128
	// pressMost is how much longer the unpacked bytes can be: no format of DEFLATE
	// makes more than 258 bytes of two bits.
	pressMost = 1032
)

// pack returns the packed bytes; nothing when they would not be fewer.
func (p *press) pack(raw []byte) []byte {
	p.packed.Reset()
	if p.writer == nil {
		// The level is one that there is.
		p.writer, _ = flate.NewWriter(&p.packed, flate.BestCompression)
	} else {
		p.writer.Reset(&p.packed)
	}
	// Writing into a buffer does not fail.
	_, _ = p.writer.Write(raw)
	_ = p.writer.Close()
	if p.packed.Len() >= len(raw) {
		return nil
	}
	return p.packed.Bytes()
}

// unpack appends so many unpacked bytes to dst, and reports whether they were
// there.
func (p *press) unpack(dst, packed []byte, length int) ([]byte, bool) {
	source := bytes.NewReader(packed)
	if p.reader == nil {
		p.reader = flate.NewReader(source)
	} else if err := p.reader.(flate.Resetter).Reset(source, nil); err != nil {
		return dst, false
	}
	raw := slices.Grow(dst, length)[:len(dst)+length]
	_, err := io.ReadFull(p.reader, raw[len(dst):])
	return raw, err == nil
}
