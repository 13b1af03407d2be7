package cgroupfs

import "sync/atomic"

// DefaultDescriptors is how many file descriptors all groups of an FS keep
// together when nothing else is said: enough for twenty containers, and half of
// the soft limit of 1,024 that most sessions start with.
const DefaultDescriptors = 512

// descriptors is the budget of kept descriptors that the groups of an FS share.
//
// A kept descriptor saves an open and a close with each read (0.6 instead of
// 3.5 us on the machine that this was written on), and costs the kernel a page:
// seq_file holds its buffer until the file is closed (5,000 descriptors on 6.18
// made 5,000 objects of kmalloc-cg-4k). A thousand containers with all files open
// would pin 90 MB, charged to the reader.
type descriptors struct {
	limit int64
	used  atomic.Int64
}

// take asks for one descriptor. Files that are seldom read get one only while
// three quarters of the budget are free: the first few containers keep everything,
// and a host full of them keeps what is read each time.
func (d *descriptors) take(seldom bool) bool {
	limit := d.limit
	if seldom {
		limit /= 4
	}
	if d.used.Load() >= limit {
		return false
	}
	if d.used.Add(1) > limit {
		d.used.Add(-1)
		return false
	}
	return true
}

func (d *descriptors) give() { d.used.Add(-1) }
