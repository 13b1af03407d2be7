package hostfs

import "strings"

// TmpfsMount is a tmpfs in which a container can store something.
type TmpfsMount struct {
	MountPoint string
	Device     Device
	// Size is the limit in bytes from the size= option. It is absent when the mount was made without one, which means
	// half of the host's memory (only TmpfsFill knows how much), and when it is Unlimited.
	Size Opt[uint64]
	// Unlimited says that the mount was made with size=0: nothing but memory bounds it, and the kernel does not count
	// what it holds.
	Unlimited bool
}

// TmpfsMounts picks from the mounts of a container those that it can fill, in their order.
//
// Left out are: what a path no longer leads to (Visible); what is read-only; what lies below /proc and /sys, where
// container runtimes hide files under empty tmpfs (/proc/acpi, /proc/scsi, /sys/firmware) and hang up cgroup v1; and a
// part of a tmpfs, whose mountinfo root is not "/": /run/docker.sock of the host bound into the container, or /dev/null
// bound over /proc/keys. Kept is /dev, which Docker makes a tmpfs of 64 MiB that root in the container can write to.
func TmpfsMounts(mounts []Mount) []TmpfsMount {
	var out []TmpfsMount
	for _, m := range Visible(mounts) {
		if m.FSType != "tmpfs" || m.Root != "/" || m.ReadOnly() || isScaffolding(m.MountPoint) {
			continue
		}
		t := TmpfsMount{MountPoint: m.MountPoint, Device: m.Device}
		t.Size, t.Unlimited = tmpfsSize(m.SuperOptions)
		out = append(out, t)
	}
	return out
}

// isScaffolding tells the places of the kernel's own file systems, where nobody stores files.
func isScaffolding(mountPoint string) bool {
	return strings.HasPrefix(mountPoint, "/proc/") || strings.HasPrefix(mountPoint, "/sys/")
}

// tmpfsSize reads size= of the super options. The kernel prints it in KiB whatever the mounter wrote ("size=262144k"
// for 256M), leaves it out when it is the default, and prints "size=0k" for no limit (shmem_show_options in
// mm/shmem.c). What does not read so, as under a user space kernel, is absent: the fill has it anyway.
func tmpfsSize(superOptions string) (size Opt[uint64], unlimited bool) {
	for o := range strings.SplitSeq(superOptions, ",") {
		text, ok := strings.CutPrefix(o, "size=")
		if !ok {
			continue
		}
		kib, isKiB := strings.CutSuffix(text, "k")
		n, ok := parseUint(kib)
		switch {
		case !isKiB || !ok || n > 1<<54-1:
			return size, false
		case n == 0:
			return size, true
		default:
			return Some(n << 10), false
		}
	}
	return size, false
}
