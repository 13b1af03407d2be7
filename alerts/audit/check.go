package audit

import (
	"fmt"
	"slices"

	"brink/alerts"
	"brink/collectors"
)

// Facts are what is known of one container.
type Facts = collectors.Isolation

// Benchmark is the catalogue whose numbers stand beside the checks. The numbers of
// section 5 are one less in its versions up to 1.5.0.
const Benchmark = "CIS Docker Benchmark 1.6.0"

// Area is what a check is about.
type Area string

// The areas, in the order in which they are told.
const (
	AreaLimits     Area = "limits"
	AreaPrivileges Area = "privileges"
	AreaFiles      Area = "file system"
	AreaNetwork    Area = "network"
	AreaOperations Area = "operations"
)

// Check is one thing that is looked at.
type Check struct {
	// ID is what waivers and SARIF call it.
	ID    string
	Title string
	Area  Area
	// Severity is that of a failure, unless the check finds it less or more grave.
	Severity alerts.Severity
	// Benchmark are its numbers in [Benchmark]; none where that has no such check.
	Benchmark []string
	// Why says in one sentence why it matters.
	Why string

	judge func(Facts, Profile) outcome
}

// Checks returns all checks, area by area.
func Checks() []Check {
	return slices.Concat(limitChecks(), privilegeChecks(), namespaceChecks(), fileChecks(), networkChecks(), firewallChecks(), operationChecks())
}

// State is the verdict of a check.
type State string

// The states. NotApplicable is what cannot be wrong here, or what the profile does
// not ask for; Waived, a failure that somebody has accepted for a time.
const (
	StatePass          State = "pass"
	StateFail          State = "fail"
	StateUnknown       State = "unknown"
	StateNotApplicable State = "not applicable"
	StateWaived        State = "waived"
)

// outcome is what a check says of its facts.
type outcome struct {
	state   State
	found   string
	fix     string
	witness collectors.Witness
	// severity replaces that of the check, unless it is none.
	severity alerts.Severity
	// gone says that a limit is not in force at all, however grave that is by itself.
	gone bool
}

func pass(from collectors.Witness, format string, args ...any) outcome {
	return outcome{state: StatePass, found: fmt.Sprintf(format, args...), witness: from}
}

// fail takes the fix first: the lines of a compose file, or a command.
func fail(from collectors.Witness, fix, format string, args ...any) outcome {
	return outcome{state: StateFail, fix: fix, found: fmt.Sprintf(format, args...), witness: from}
}

func unknown(why string) outcome { return outcome{state: StateUnknown, found: why} }

func moot(format string, args ...any) outcome {
	return outcome{state: StateNotApplicable, found: fmt.Sprintf(format, args...)}
}

// without is a failure in which there is no limit, rather than another one.
func (o outcome) without() outcome {
	o.gone = true
	return o
}

// as changes how grave a failure is.
func (o outcome) as(severity alerts.Severity) outcome {
	o.severity = severity
	return o
}
