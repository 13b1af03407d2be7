package cgroupfs

// Stat is everything that one [Group.Read] knows of a cgroup: cumulative counters
// and gauges in the kernel's units. Rates, ratios and sums are for the layer
// above.
type Stat struct {
	Memory            Memory
	MemoryStat        MemoryStat
	MemoryEvents      MemoryEvents
	MemoryEventsLocal MemoryEvents
	Swap              Swap
	CPU               CPU
	Pids              Pids
	IO                IO
	Pressure          Pressures
	Events            CgroupEvents
}

// set copies all values, into the room that st already has for devices.
func (st *Stat) set(from *Stat) {
	devices := st.IO.Devices[:0]
	devices = append(devices, from.IO.Devices...)
	*st = *from
	st.IO.Devices = devices
}
