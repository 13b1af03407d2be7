package collectors

import "time"

// Drift is one way in which a container is shut in worse than it was when it was
// last good. Its texts are clean.
type Drift struct {
	// Check is the id of the check of the audit that tells it.
	Check string `json:"check"`
	// Was and Is say what was found then, and what is found now.
	Was string `json:"was"`
	Is  string `json:"is"`
	// Grave says that it is a new privilege, a way to the engine, a namespace of the
	// host or a limit that is gone.
	Grave bool `json:"grave,omitempty"`
	// Since is when it was found.
	Since time.Time `json:"since"`
}

// driftText bounds what a sentence quotes of one finding.
const driftText = 120

// String is the drift in one clause, as in "capabilities: none is left -> SYS_ADMIN
// can be used".
func (d Drift) String() string {
	return d.Check + ": " + Clean(d.Was, driftText) + " -> " + Clean(d.Is, driftText)
}
