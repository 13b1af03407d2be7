package config

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	units "github.com/docker/go-units"
	"github.com/pelletier/go-toml/v2/unstable"

	"brink/alerts/audit"
	"brink/collectors"
)

// LoadProfile reads a profile of [audit] at a path. What is wrong in it is an error
// of type [Faults].
func LoadProfile(path string) (audit.Profile, error) {
	data, _, err := read(path)
	if err != nil {
		return audit.Profile{}, fmt.Errorf("profile: %w", err)
	}
	return ParseProfile(path, data)
}

// ParseProfile reads a profile. The name is that of the file, for messages; nothing
// is read from there. What the file does not say is not expected, except for what a
// profile asks for always. The error is of type [Faults] and holds every fault.
func ParseProfile(name string, data []byte) (audit.Profile, error) {
	d := newDocument(name, data)
	top := &section{document: d, table: d.root}
	profile := top.profile(name)
	if len(d.faults) > 0 {
		return audit.Profile{}, d.faults.sorted()
	}
	return profile, nil
}

// The keys of a profile.
const (
	keyMemory        = "memory"
	keySwap          = "swap"
	keyCPUs          = "cpus"
	keyPids          = "pids"
	keyOpenFiles     = "open_files"
	keyProcesses     = "processes"
	keyCoreDumps     = "core_dumps"
	keyCapabilities  = "capabilities"
	keyUserNamespace = "user_namespace"
	keyInternal      = "internal_network"
	keyEgress        = "egress_policy"
	keyDevices       = "devices"
	keyPorts         = "ports"
	keyRestart       = "restart"
	keySecrets       = "secrets"
	keyTmpfs         = "tmpfs"
	keyMount         = "mount"
	keyWaiver        = "waiver"
)

func (s *section) profile(name string) audit.Profile {
	p := audit.Profile{Name: cmp.Or(strings.TrimSuffix(path.Base(name), ".toml"), name)}
	s.optionalSize(keyMemory, &p.Memory)
	s.bool(keySwap, &p.Swap)
	s.cores(keyCPUs, &p.Cores)
	s.optionalCount(keyPids, &p.Pids)
	s.optionalCount(keyOpenFiles, &p.OpenFiles)
	s.optionalCount(keyProcesses, &p.Processes)
	dumps := true
	s.bool(keyCoreDumps, &dumps)
	p.NoCoreDumps = !dumps
	p.Capabilities, _ = s.words(keyCapabilities, `a list of capabilities such as ["NET_BIND_SERVICE"]`, audit.KnownCapability)
	s.bool(keyUserNamespace, &p.UserNamespace)
	s.bool(keyInternal, &p.Internal)
	s.bool(keyEgress, &p.EgressPolicy)
	p.Devices, _ = s.words(keyDevices, `a list of devices such as ["/dev/dri"]`, nil)
	if list, there := s.words(keyPorts, `a list of ports such as ["127.0.0.1:18789:18789/tcp"]`, nil); there {
		p.Ports = collectors.Some(list)
	}
	p.Restart, _ = s.words(keyRestart, `a list of policies such as ["unless-stopped"]`, isRestartPolicy)
	p.Secrets, _ = s.words(keySecrets, `a list of variables such as ["GPG_KEY"]`, nil)
	s.tmpfsRules(&p)
	s.mountRules(&p)
	s.waivers(&p)
	s.close()
	return p
}

func isRestartPolicy(word string) bool {
	return slices.Contains([]string{"no", "always", "on-failure", "unless-stopped"}, word)
}

// words reads a list of words and reports whether it is there. A word that is not
// good is a fault.
func (s *section) words(key, want string, good func(string) bool) (texts []string, there bool) {
	list, items := s.strings(key, want)
	for _, item := range items {
		if good != nil && !good(item.text) {
			s.fault(item.at, "this is not known in "+key, "expected "+want)
		}
	}
	return s.distinct(key, items), list != nil
}

const (
	anySizeWant = `a size in quotes such as "256MiB"`
	// mostSize keeps to what the parser of sizes, which is one of floats, reads exactly.
	mostSize = 1 << 50
)

// bytes reads a size that is more than nothing.
func (s *section) bytes(n *node, key string) (collectors.Bytes, bool) {
	if n.kind != unstable.String {
		s.fault(n.at, fmt.Sprintf("%s is %s", key, n.word()), "expected "+anySizeWant)
		return 0, false
	}
	size, err := units.RAMInBytes(n.text)
	if err != nil || size <= 0 || size > mostSize {
		s.fault(n.at, key+" is not a size", "expected "+anySizeWant)
		return 0, false
	}
	return collectors.Bytes(size), true
}

func (s *section) optionalSize(key string, value *collectors.Opt[collectors.Bytes]) {
	if n := s.take(key); n != nil {
		if size, ok := s.bytes(n, key); ok {
			*value = collectors.Some(size)
		}
	}
}

func (s *section) cores(key string, value *collectors.Opt[collectors.Cores]) {
	const want = "a number of cores such as 1.5"
	n := s.take(key)
	if n == nil {
		return
	}
	cores, ok := readNumber(n)
	if !ok || cores <= 0 || cores > 4096 {
		s.fault(n.at, key+" is not a number of cores", "expected "+want)
		return
	}
	*value = collectors.Some(collectors.Cores(cores))
}

func (s *section) optionalCount(key string, value *collectors.Opt[uint64]) {
	if s.table.get(key) == nil {
		s.asked = append(s.asked, key)
		return
	}
	n := 0
	s.whole(key, 1, math.MaxInt32, &n)
	*value = collectors.Some(uint64(n))
}

// tmpfsRules reads a table of sizes by mount point, or the word any.
func (s *section) tmpfsRules(p *audit.Profile) {
	n := s.expect(keyTmpfs, unstable.InlineTable, `a table of sizes by mount point, such as "/tmp" = "256MiB"`)
	if n == nil {
		return
	}
	for _, entry := range n.table.entries {
		rule := audit.TmpfsRule{Point: entry.key}
		if !path.IsAbs(entry.key) || path.Clean(entry.key) != entry.key {
			s.fault(entry.value.key, "this is no mount point", `expected a path such as "/tmp"`)
			continue
		}
		if entry.value.kind != unstable.String || entry.value.text != anySize {
			size, ok := s.bytes(entry.value, "the size")
			if !ok {
				continue
			}
			rule.Size = collectors.Some(size)
		}
		p.Tmpfs = append(p.Tmpfs, rule)
	}
}

// anySize allows a tmpfs of whatever size, as long as it has one.
const anySize = "any"

// lists opens the tables that [[headers]] make.
func (s *section) lists(key string) (list []*section, there bool) {
	n := s.take(key)
	if n == nil {
		return nil, false
	}
	if n.kind != unstable.Array {
		s.fault(n.at, fmt.Sprintf("%s is %s, not a list of tables", key, n.word()), "write [["+key+"]] above each")
		return nil, true
	}
	for _, item := range n.items {
		if open := s.document.section(item, "[["+key+"]]"); open != nil {
			list = append(list, open)
		}
	}
	return list, true
}

// mountRules reads what may be mounted. An empty list allows nothing.
func (s *section) mountRules(p *audit.Profile) {
	list, there := s.lists(keyMount)
	if !there {
		return
	}
	rules := []audit.MountRule{}
	for _, open := range list {
		var rule audit.MountRule
		if open.table.get("target") == nil {
			open.lacks("has no target", `say where it is in the container: target = "/app/data"`)
		}
		open.pattern("target", `a path such as "/app/data"`, &rule.Point)
		open.pattern("source", `a path on the host, or the name of a volume`, &rule.Source)
		open.bool("read_only", &rule.ReadOnly)
		open.close()
		rules = append(rules, rule)
	}
	p.Mounts = collectors.Some(rules)
}

// pattern reads a pattern of path.Match.
func (s *section) pattern(key, want string, value *string) {
	n := s.string(key, want, value)
	if n == nil {
		return
	}
	if _, err := path.Match(n.text, ""); err != nil {
		s.fault(n.at, key+" is not a pattern", `* is any text, ? any character, [ab] one of several; \ stands before a character that is meant itself`)
	}
}

// waivers reads what is accepted. A waiver without a reason or an end is none.
func (s *section) waivers(p *audit.Profile) {
	list, _ := s.lists(keyWaiver)
	var ids []string
	for _, check := range audit.Checks() {
		ids = append(ids, check.ID)
	}
	for _, open := range list {
		p.Waivers = append(p.Waivers, open.waiver(ids))
	}
}

func (s *section) waiver(ids []string) audit.Waiver {
	var w audit.Waiver
	for _, needed := range [][2]string{{"check", `check = "image-pinned"`}, {"reason", `reason = "…"`}, {"until", `until = "2027-01-31"`}} {
		if s.table.get(needed[0]) == nil {
			s.lacks("has no "+needed[0], "a waiver has a check, a reason and an end: "+needed[1])
		}
	}
	if n := s.string("check", "the id of a check", &w.Check); n != nil && !slices.Contains(ids, n.text) {
		s.fault(n.at, "there is no such check", suggestion(n.text, "checks", ids))
	}
	s.string("reason", "a sentence", &w.Reason)
	s.day("until", &w.Until)
	s.close()
	return w
}

// day reads a date, in quotes or as TOML has it.
func (s *section) day(key string, value *time.Time) {
	const want = `a day such as "2027-01-31"`
	n := s.take(key)
	if n == nil {
		return
	}
	day, err := time.Parse(time.DateOnly, n.text)
	if n.kind != unstable.String && n.kind != unstable.LocalDate || err != nil {
		s.fault(n.at, key+" is not a day", "expected "+want)
		return
	}
	*value = day
}
