package config

import (
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"

	"brink/alerts/audit"
)

// Audit is what concerns the audits while brink watches.
type Audit struct {
	// Enabled says that brink looks at how the containers are shut in.
	Enabled bool
	// Interval is the time between two looks at one life of a container; 0 is never.
	// Every start is looked at besides.
	Interval time.Duration
	// Profile is what is expected: the name of a built-in profile or the path of a
	// file. Empty leaves that to the container.
	Profile string
}

func defaultAudit() Audit { return Audit{Enabled: true, Interval: 10 * time.Minute} }

// audit reads the section of the audits. What stands in a profile is told when brink
// begins to watch: only then the file is read.
func (s *section) audit(a *Audit) {
	s.bool("enabled", &a.Enabled)
	s.interval("interval", bounds{10 * time.Second, 30 * aDay}, &a.Interval)
	if n := s.expect("profile", unstable.String, profileWant); n != nil {
		s.auditProfile(n, a)
	}
	s.close()
}

const profileWant = `the name of a profile (openclaw, hardened) or the path of a file; "" leaves it to the container`

func (s *section) auditProfile(n *node, a *Audit) {
	switch {
	case n.text == "", slices.Contains(audit.Profiles(), n.text):
		a.Profile = n.text
	case s.line(n, "profile", profileWant):
		a.Profile = s.resolve(n.text)
	}
}
