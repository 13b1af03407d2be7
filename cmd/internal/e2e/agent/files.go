package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// files are what the agent wrote: on a disk they end as page cache, on a tmpfs as shared memory.
type files struct {
	mu   sync.Mutex // guards size
	size map[string]int64
}

// cache writes a new file through to the disk, so that its pages are clean and the kernel may drop them, and reads it.
func (f *files) cache(path string, bytes int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	f.note(path, bytes)
	return errors.Join(writeAndRead(file, bytes), file.Close())
}

func writeAndRead(file *os.File, bytes int64) error {
	if _, err := write(file, bytes); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, struct{ io.Reader }{file}) // Plain reads, whatever *os.File knows to do instead.
	return err
}

// fill appends to a file. It tells how much could be written and whether the file system was full before the end.
func (f *files) fill(path string, bytes int64) (wrote int64, full bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return 0, false, err
	}
	wrote, err = write(file, bytes)
	err = errors.Join(err, file.Close())
	f.note(path, f.size[path]+wrote)
	if errors.Is(err, syscall.ENOSPC) {
		return wrote, true, nil
	}
	return wrote, false, err
}

func (f *files) note(path string, size int64) {
	if f.size == nil {
		f.size = map[string]int64{}
	}
	f.size[path] = size
}

// write writes so many bytes of no meaning.
func write(to io.Writer, bytes int64) (int64, error) {
	block := make([]byte, 256<<10)
	for i := range block {
		block[i] = byte(i)
	}
	var wrote int64
	for wrote < bytes {
		n, err := to.Write(block[:min(int64(len(block)), bytes-wrote)])
		wrote += int64(n)
		if err != nil {
			return wrote, err
		}
	}
	return wrote, nil
}

// remove deletes the files, and with them their pages.
func (f *files) remove() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var faults []error
	for path := range f.size {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, err)
		}
	}
	f.size = nil
	return errors.Join(faults...)
}

func (f *files) held() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	var sum int64
	for _, size := range f.size {
		sum += size
	}
	return sum
}
