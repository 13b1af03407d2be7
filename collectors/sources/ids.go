package sources

import (
	"regexp"
	"slices"
)

// idLimit bounds the ids that are remembered, on a host that makes thousands.
const idLimit = 4096

// idDigits is the length of a full container id.
const idDigits = 64

// containerID is a full id, as the paths of cgroups hold it.
var containerID = regexp.MustCompile(`[0-9a-f]{64}`)

// idMemory knows which followed name the containers with these ids had, the dead
// ones too. The newest [idLimit] are kept.
type idMemory struct {
	names map[string]string
	// order lists the ids, the one that was met first in front.
	order []string
}

func newIDMemory() idMemory { return idMemory{names: map[string]string{}} }

func (m *idMemory) remember(id, name string) {
	if len(id) != idDigits {
		return
	}
	if _, known := m.names[id]; !known {
		m.order = append(m.order, id)
	}
	m.names[id] = name
	if len(m.order) > idLimit {
		delete(m.names, m.order[0])
		m.order = slices.Delete(m.order, 0, 1)
	}
}

func (m *idMemory) forget(id string) {
	delete(m.names, id)
	m.order = slices.DeleteFunc(m.order, func(other string) bool { return other == id })
}

func (m *idMemory) nameOf(id string) (string, bool) {
	name, ok := m.names[id]
	return name, ok
}

// inPath returns the outermost container that the path of a cgroup goes through:
// what a container runs inside of itself is charged to it.
func (m *idMemory) inPath(path string) (id, name string, ok bool) {
	for _, id := range containerID.FindAllString(path, -1) {
		if name, ok := m.names[id]; ok {
			return id, name, true
		}
	}
	return "", "", false
}
