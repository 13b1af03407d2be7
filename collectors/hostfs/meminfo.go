package hostfs

import "bytes"

// Meminfo is what brink uses of /proc/meminfo (proc_meminfo(5)).
type Meminfo struct {
	TotalBytes uint64
	// AvailableBytes is the kernel's estimate of what can be had without swapping. Absent before Linux 3.14.
	AvailableBytes Opt[uint64]
}

// Meminfo reads the memory of the host. In an LXC container with lxcfs it is that container's.
func (fs FS) Meminfo() (Meminfo, error) {
	var m Meminfo
	err := fs.readHost("meminfo", func(data []byte) (err error) {
		m, err = ParseMeminfo(data)
		return err
	})
	return m, err
}

// ParseMeminfo reads /proc/meminfo. MemTotal must be there.
func ParseMeminfo(data []byte) (Meminfo, error) {
	var m Meminfo
	for line := range bytes.Lines(data) {
		key, value, _ := bytes.Cut(line, []byte{':'})
		var err error
		switch string(key) {
		case "MemTotal":
			err = setKiB(&m.TotalBytes, bytes.TrimSpace(value))
		case "MemAvailable":
			var available uint64
			err = setKiB(&available, bytes.TrimSpace(value))
			m.AvailableBytes = Some(available)
		}
		if err != nil {
			return Meminfo{}, parseError(line, err)
		}
	}
	if m.TotalBytes == 0 {
		return Meminfo{}, parseError(data, errMissing)
	}
	return m, nil
}
