package hostfs

import (
	"bytes"
	"time"
)

// Host is what stays the same while the host is up.
type Host struct {
	CPUs   int       // processors online, as the engine counts them: the cpuN lines of /proc/stat
	Boot   time.Time // to the second; moves when the clock is set
	Kernel string    // release, "6.12.48+deb13-cloud-amd64"
}

// Host reads /proc/stat and the kernel's release. On a large machine /proc/stat is a dear file (it sums the interrupts
// of all processors), so this is for the start and now and then.
func (fs FS) Host() (Host, error) {
	var h Host
	err := fs.readHost("stat", func(data []byte) error {
		st, err := ParseStat(data)
		h.CPUs, h.Boot = st.CPUs, st.Boot
		return err
	})
	if err != nil {
		return Host{}, err
	}
	err = fs.readHost("sys/kernel/osrelease", func(data []byte) error {
		h.Kernel = string(bytes.TrimSpace(data))
		return nil
	})
	if err != nil {
		return Host{}, err
	}
	return h, nil
}
