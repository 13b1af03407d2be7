package block

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// version is the first byte of a block.
const version = 1

// sumSize is the length of the checksum, which is the last part of a block.
const sumSize = 4

// frame is the parts of a block:
//
//	version      1 byte
//	count        uvarint, how many entries
//	first, last  moments; last only when there are more than one
//	lengths      uvarints: of heads, of text and of text when it is unpacked
//	text         the strings, packed when the two lengths differ
//	heads        how each column is written
//	bits         the values of the columns that change
//	checksum     CRC-32C of all before, little endian
type frame struct {
	count       int
	first, last moment
	// unpacked is the length of the strings.
	unpacked          int
	text, heads, bits []byte
}

// append writes a frame.
func (f *frame) append(dst []byte) []byte {
	begin := len(dst)
	dst = append(dst, version)
	dst = binary.AppendUvarint(dst, uint64(f.count))
	if f.count > 0 {
		dst = f.first.append(dst)
	}
	if f.count > 1 {
		dst = f.last.append(dst)
	}
	for _, length := range []int{len(f.heads), len(f.text), f.unpacked} {
		dst = binary.AppendUvarint(dst, uint64(length))
	}
	dst = append(dst, f.text...)
	dst = append(dst, f.heads...)
	dst = append(dst, f.bits...)
	return binary.LittleEndian.AppendUint32(dst, checksum(dst[begin:]))
}

func (m moment) append(dst []byte) []byte {
	dst = binary.AppendVarint(dst, m.era)
	return binary.AppendUvarint(dst, m.ns.Or(0))
}

func checksum(data []byte) uint32 {
	return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
}

// open finds the parts of a block, whose bytes they share.
func open(data []byte) (frame, error) {
	if len(data) <= sumSize {
		return frame{}, corrupt("%d bytes are too few", len(data))
	}
	if data[0] != version {
		return frame{}, fmt.Errorf("%w: %d, and this brink reads %d", ErrVersion, data[0], version)
	}
	body, sum := data[:len(data)-sumSize], binary.LittleEndian.Uint32(data[len(data)-sumSize:])
	if checksum(body) != sum {
		return frame{}, corrupt("the checksum of %d bytes is wrong", len(data))
	}
	var f frame
	r := reader{heads: body[1:]}
	f.count = r.length(Most)
	f.moments(&r)
	heads, text := r.length(len(body)), r.length(len(body))
	f.unpacked = r.length(len(body) * pressMost)
	r.check(heads+text <= len(r.heads) && f.unpacked <= text*pressMost)
	r.check(f.count > 0 || len(r.heads) == 0)
	if r.broken {
		return frame{}, corrupt("its head is not readable")
	}
	f.text, f.heads, f.bits = r.heads[:text], r.heads[text:text+heads], r.heads[text+heads:]
	return f, nil
}

// moments reads the times of the first entry and of the last one.
func (f *frame) moments(r *reader) {
	if f.count > 0 {
		f.first = r.moment()
		f.last = f.first
	}
	if f.count > 1 {
		f.last = r.moment()
	}
}

// length reads a length or a count.
func (r *reader) length(most int) int {
	length := r.uvarint()
	if r.check(length <= uint64(most)); r.broken {
		return 0
	}
	return int(length)
}

func (r *reader) moment() moment {
	era, ns := unzigzag(r.uvarint()), r.uvarint()
	return newMoment(era, ns)
}

// corrupt is the error that says what is wrong with a block.
func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}
