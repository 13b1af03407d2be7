package e2e

import (
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Faults is what a snapshot says and no snapshot may, whatever happens to the container: a share beyond the whole, a
// negative rate, a spike (more cores than the machine has, more bytes than it can move), text that a terminal would
// obey. A counter that starts anew, with a container that does, is where such numbers come from.
func (s Snapshot) Faults() []string {
	var faults []string
	for _, c := range s.Containers {
		for _, bound := range c.bounds(s.Host) {
			if bound.value != nil && (*bound.value < 0 || *bound.value > bound.most) {
				faults = append(faults, fmt.Sprintf("%s: %s is %v, not within 0 and %v", s.At.Format(clock), bound.name, *bound.value, bound.most))
			}
		}
	}
	return append(faults, unclean(s.Raw)...)
}

type bound struct {
	name  string
	value *float64
	most  float64
}

// bounds are loose: rates are measured while the machine stutters. What they catch is a wrong difference, which is
// wrong by orders.
func (c Container) bounds(m Machine) []bound {
	cores := 2.0
	if m.CPUs != nil {
		cores *= float64(*m.CPUs)
	}
	list := []bound{
		{"cpu.cores", c.CPU.Cores, cores},
		{"cpu.user_cores", c.CPU.User, cores},
		{"cpu.system_cores", c.CPU.System, cores},
		{"cpu.throttled_ratio", c.CPU.ThrottledRatio, 1},
		{"memory.unreclaimable_ratio", c.Memory.UnreclaimRatio, 1.01},
		{"memory.full_in_seconds", c.Memory.FullInSeconds, 1e9},
		{"pids.of_limit_ratio", c.Pids.OfLimit, 1},
		{"stale_seconds", c.StaleSeconds, 3600},
	}
	const fastest = 1 << 30 // bytes or operations a second
	for name, value := range c.IO {
		list = append(list, bound{"io." + name, value, fastest})
	}
	for name, value := range c.Network {
		list = append(list, bound{"network." + name, value, fastest})
	}
	for name, p := range c.Pressure {
		list = append(list, bound{name + " pressure, some", p.SomeAvg10, 1}, bound{name + " pressure, full", p.FullAvg10, 1})
	}
	for _, mount := range c.Tmpfs {
		list = append(list, bound{"tmpfs " + mount.Mount, mount.Ratio, 1})
	}
	return list
}

// unclean lists the strings of a JSON document, names included, that hold characters which are not to be shown.
func unclean(document string) []string {
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		return []string{err.Error()}
	}
	var faults []string
	if !utf8.ValidString(document) {
		faults = append(faults, "the document is not UTF-8")
	}
	for _, text := range texts(value, nil) {
		if !printable(text) {
			faults = append(faults, fmt.Sprintf("%q holds characters that a terminal would obey", text))
		}
	}
	return faults
}

// texts are all strings in a decoded document.
func texts(value any, found []string) []string {
	switch value := value.(type) {
	case string:
		found = append(found, value)
	case []any:
		for _, element := range value {
			found = texts(element, found)
		}
	case map[string]any:
		for name, element := range value {
			found = texts(element, append(found, name))
		}
	}
	return found
}

// printable tells whether nothing in a text moves the cursor, changes a colour or turns the direction of writing. A lone
// byte from 0x80 to 0x9f is no UTF-8, and does all that on a terminal which is not set to it.
func printable(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, r := range text {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return false
		}
	}
	return true
}
