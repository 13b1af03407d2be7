package sources

import (
	"io/fs"
	"os"
	"path"

	"brink/collectors"
)

// nearbyMost bounds how many cgroups are offered.
const nearbyMost = 20

// rootless are the places of containers of engines that users run for themselves.
func rootless() []string {
	const slice = "user.slice/user-*.slice/user@*.service/user.slice/"
	return []string{slice + "docker-*.scope", slice + "libpod-*.scope"}
}

// nearbyContainers lists the cgroups below root that are named after a container,
// as targets that can be pasted behind brink. It is for a user who may not ask the
// engine: the files of cgroups are open to everyone.
func nearbyContainers(root string) []string {
	var targets []string
	tree := os.DirFS(root)
	for _, pattern := range append(patterns(), rootless()...) {
		// Glob passes over what cannot be read, and fails only for a bad pattern.
		found, _ := fs.Glob(tree, pattern)
		for _, dir := range found {
			target := cgroupPrefix + "/" + dir
			if isContainer(path.Base(dir)) && collectors.Clean(target, pathLength) == target {
				targets = append(targets, target)
			}
		}
	}
	return targets[:min(len(targets), nearbyMost)]
}

// isContainer reports whether a cgroup is named as engines name those of
// containers, and in no other way: somebody else may have made a "docker-x.scope".
func isContainer(name string) bool {
	id := containerID.FindString(name)
	switch name {
	case id, "docker-" + id + ".scope", "libpod-" + id + ".scope", "libpod-" + id:
		return id != ""
	default:
		return false
	}
}
