package block

import (
	"encoding/binary"
)

// AppendNumbers appends lists of numbers to dst, each as a column of a block is. They
// are all of one length, of up to [Most].
func (c *Codec) AppendNumbers(dst []byte, lists ...[]uint64) []byte {
	c.reset(false)
	for i := range lists {
		c.sheet.list(&lists[i], len(lists[i]))
	}
	begin := len(dst)
	heads, bits := c.sheet.writer.heads, c.sheet.writer.bits.finish()
	dst = binary.AppendUvarint(dst, uint64(len(lists[0])))
	dst = binary.AppendUvarint(dst, uint64(len(heads)))
	dst = append(append(dst, heads...), bits...)
	return binary.LittleEndian.AppendUint32(dst, checksum(dst[begin:]))
}

// ReadNumbers reads so many lists that AppendNumbers has written. Its error is
// [ErrCorrupt].
func (c *Codec) ReadNumbers(data []byte, count int) ([][]uint64, error) {
	if len(data) < sumSize {
		return nil, corrupt("%d bytes are too few for numbers", len(data))
	}
	body, sum := data[:len(data)-sumSize], binary.LittleEndian.Uint32(data[len(data)-sumSize:])
	if checksum(body) != sum {
		return nil, corrupt("the checksum of %d bytes of numbers is wrong", len(data))
	}
	r := reader{heads: body}
	length, heads := r.length(Most), r.length(len(body))
	if r.check(heads <= len(r.heads)); r.broken {
		return nil, corrupt("the head of numbers is not readable")
	}
	c.reset(true)
	c.sheet.reader = reader{heads: r.heads[:heads], bits: bitReader{data: r.heads[heads:]}, states: c.sheet.reader.states}
	lists := make([][]uint64, count)
	for i := range lists {
		c.sheet.list(&lists[i], length)
	}
	if !c.sheet.reader.whole() {
		return nil, corrupt("numbers are not readable, or something follows them")
	}
	return lists, nil
}
