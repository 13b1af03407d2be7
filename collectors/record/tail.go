package record

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// tailSuffix is what the name of the tail has beyond that of the database.
const tailSuffix = "-tail"

// tail is a small file beside the database. A reading goes there first, which takes one
// write, and each minute those of the minute go into the database together, where a
// transaction takes twenty times as long.
//
// The file is a list of frames, which is written anew from its beginning after each
// such transaction:
//
//	token     8 bytes, which the database has as well
//	stretch   8 bytes
//	time      8 bytes, nanoseconds since 1970
//	length    4 bytes, of what follows
//	reading   its parts
//	checksum  4 bytes, CRC-32C of all before
//
// All numbers are little endian. The token is drawn in the transaction that the frames
// follow: they count only beside exactly what they were written after. So a database
// that a loss of power threw back takes none that came later, and one that has taken
// them already takes none twice.
type tail struct {
	file *os.File
	// token is that of the frames that are written now, end where the next one goes.
	token, end int64
	frame      []byte
}

const (
	tailHead = 8 + 8 + 8 + 4
	tailSum  = 4
)

// openTail opens the tail of a database to be written, which is made if need be.
func openTail(path string) (tail, error) {
	path += tailSuffix
	if err := prepareFile(path); err != nil {
		return tail{}, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0o600)
	return tail{file: file}, err
}

// restart makes the next frame the first one.
func (t *tail) restart(token int64) { t.token, t.end = token, 0 }

// append writes a reading behind those before it.
func (t *tail) append(stretch, at int64, row []byte) error {
	frame := binary.LittleEndian.AppendUint64(t.frame[:0], uint64(t.token))
	frame = binary.LittleEndian.AppendUint64(frame, uint64(stretch))
	frame = binary.LittleEndian.AppendUint64(frame, uint64(at))
	frame = binary.LittleEndian.AppendUint32(frame, uint32(len(row)))
	frame = append(frame, row...)
	frame = binary.LittleEndian.AppendUint32(frame, tailChecksum(frame))
	t.frame = frame
	n, err := t.file.WriteAt(frame, t.end)
	t.end += int64(n)
	return err
}

func tailChecksum(data []byte) uint32 {
	return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
}

func (t *tail) close() error {
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}

// readTail is what the tail of a database holds; nothing where there is none.
func readTail(path string) ([]byte, error) {
	file, err := os.OpenFile(filepath.Clean(path+tailSuffix), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(file)
	return data, errors.Join(err, file.Close())
}

// tailBatch are the readings of a tail that follow a token, up to the first that is
// not whole.
func tailBatch(data []byte, token int64) batch {
	var b batch
	for len(data) >= tailHead+tailSum && int64(binary.LittleEndian.Uint64(data)) == token {
		stretch, at := int64(binary.LittleEndian.Uint64(data[8:])), int64(binary.LittleEndian.Uint64(data[16:]))
		length := uint64(binary.LittleEndian.Uint32(data[24:]))
		if length > uint64(len(data)-tailHead-tailSum) {
			break
		}
		end := tailHead + int(length)
		if binary.LittleEndian.Uint32(data[end:]) != tailChecksum(data[:end]) || !b.takes(stretch, at) {
			break
		}
		b.add(stretch, at, data[tailHead:end])
		data = data[end+tailSum:]
	}
	return b
}
