package sources

import (
	"context"
	"sync"
	"time"

	"brink/collectors"
	"brink/collectors/hostfs"
)

// Host reads what the machine has as a whole.
type Host struct {
	proc hostfs.FS
	name string
	mode hostfs.CgroupMode
	once sync.Once
	// fixed is what stays the same while the host is up.
	fixed collectors.HostCounters
}

// NewHost returns the source that describes this machine, called name.
func NewHost(proc hostfs.FS, name string, mode hostfs.CgroupMode) *Host {
	return &Host{proc: proc, name: name, mode: mode}
}

// Name implements [collectors.Source].
func (h *Host) Name() string { return "host" }

// Collect implements [collectors.Source].
func (h *Host) Collect(context.Context, time.Time) (collectors.Part, error) {
	h.once.Do(h.describe)
	host := h.fixed
	memory, err := h.proc.Meminfo()
	if err != nil {
		return collectors.Part{Host: host}, err
	}
	host.MemoryTotal = collectors.Some(collectors.Bytes(memory.TotalBytes))
	if available, ok := memory.AvailableBytes.Get(); ok {
		host.MemoryAvailable = collectors.Some(collectors.Bytes(available))
	}
	return collectors.Part{Host: host}, nil
}

// describe reads what changes never. /proc/stat is dear on a large machine.
func (h *Host) describe() {
	h.fixed = collectors.HostCounters{Name: collectors.Clean(h.name, nameLength)}
	if h.mode != hostfs.CgroupNone {
		h.fixed.CgroupMode = h.mode.String()
	}
	if host, err := h.proc.Host(); err == nil {
		h.fixed.Kernel = host.Kernel
		h.fixed.CPUs = collectors.Some(host.CPUs)
	}
}
