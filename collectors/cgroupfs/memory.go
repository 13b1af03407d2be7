package cgroupfs

// Memory is what the memory controller charges and where it stops. All four
// files are missing in the root of the hierarchy.
type Memory struct {
	// Current is memory.current: the usage of the cgroup and its descendants,
	// page cache, tmpfs, slab and socket buffers included. It is what the kernel
	// compares with the limit. Charges are batched per CPU (up to 64 pages), so
	// that it can stand above the sum of its parts.
	Current Value[Bytes]
	// Peak is memory.peak: the highest usage since the cgroup was made (kernel
	// 5.19). A restarted container has a new cgroup, and so a new peak.
	Peak Value[Bytes]
	// High is memory.high: usage above it is throttled, never killed. Docker
	// never sets it.
	High Value[Bytes]
	// Max is memory.max: the limit behind which the OOM killer stands.
	Max Value[Bytes]
}

// Swap is what the cgroup has in swap. All files are missing when the kernel does
// not account swap (CONFIG_SWAP=n, swapaccount=0).
type Swap struct {
	// Current is memory.swap.current: swap alone, not memory and swap as in
	// cgroup v1.
	Current Value[Bytes]
	// Max is memory.swap.max. Docker's memory = memory-swap writes 0.
	Max Value[Bytes]
	// Events is memory.swap.events.
	Events SwapEvents
}
