package engine

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/containerd/cgroups/v3"
)

// Unsuitable says why this host cannot show the cgroup v1 case, or "" when it can.
func Unsuitable() string {
	return unsuitable(cgroups.Mode(), os.Geteuid())
}

func unsuitable(mode cgroups.CGMode, uid int) string {
	switch {
	case mode == cgroups.Unified:
		return "this host has unified cgroup v2: the virtual machine shows that case"
	case mode == cgroups.Unavailable:
		return "this host mounts no cgroups"
	case uid != 0:
		return "an engine on this host needs root"
	}
	return ""
}

// unmountBelow detaches what the engine left mounted, network namespaces for the most part.
func unmountBelow(dir string) error {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	var faults []error
	for _, point := range mountPointsBelow(string(text), dir) {
		if err := syscall.Unmount(point, syscall.MNT_DETACH); err != nil {
			faults = append(faults, fmt.Errorf("unmount %s: %w", point, err))
		}
	}
	return errors.Join(faults...)
}

// mountPointsBelow lists the mount points under a directory, the last mounted first. The directory's name holds no
// character that mountinfo escapes (proc_pid_mountinfo(5)), and neither do those that dockerd makes in it.
func mountPointsBelow(mountinfo, dir string) []string {
	var points []string
	for line := range strings.Lines(mountinfo) {
		if fields := strings.Fields(line); len(fields) > 4 && strings.HasPrefix(fields[4], dir+"/") {
			points = append(points, fields[4])
		}
	}
	slices.Reverse(points)
	return points
}
