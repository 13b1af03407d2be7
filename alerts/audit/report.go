package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// Finding is the verdict of one check.
type Finding struct {
	// Check is the id of the check.
	Check    string          `json:"check"`
	Title    string          `json:"title"`
	Area     Area            `json:"area"`
	Severity alerts.Severity `json:"severity"`
	State    State           `json:"state"`
	// Found says what is there, or why it is not known.
	Found string `json:"found"`
	Why   string `json:"why"`
	// Fix is the lines of compose, or the command, that mend a failure. What begins
	// with # is for the reader.
	Fix string `json:"fix,omitempty"`
	// Benchmark are its numbers in [Benchmark].
	Benchmark []string `json:"benchmark,omitempty"`
	// Witness is whose word decided.
	Witness collectors.Witness `json:"witness,omitempty"`
	// Waiver is the reason that was given for accepting it, and until when.
	Waiver string `json:"waiver,omitempty"`
	// WaivedUntil is the last day of the waiver, in force or not.
	WaivedUntil string `json:"waived_until,omitempty"`

	// grave says that it would be grave if it had not been so before, see [Standing].
	grave bool
}

// Report is an audit of one container. Its findings are sorted: the worst failure
// first, then what is unknown, what is waived, what is well, and what does not
// apply.
type Report struct {
	At        time.Time `json:"at"`
	ID        string    `json:"id"`
	Container string    `json:"container"`
	Image     string    `json:"image"`
	Profile   string    `json:"profile"`
	Benchmark string    `json:"benchmark"`
	Passed    int       `json:"passed"`
	// Judged are the checks that apply and are not waived.
	Judged   int       `json:"judged"`
	Findings []Finding `json:"findings"`
}

// Judge audits a container. The time decides which waivers still hold.
func Judge(f Facts, p Profile, at time.Time) Report {
	report := Report{At: at, ID: f.ID, Container: f.Name, Image: f.Image, Profile: p.Name, Benchmark: Benchmark}
	for _, check := range Checks() {
		finding := check.finding(f, p, at)
		report.Findings = append(report.Findings, finding)
		report.count(finding.State)
	}
	slices.SortStableFunc(report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.State.rank(), b.State.rank()), cmp.Compare(b.Severity, a.Severity))
	})
	return report
}

func (r *Report) count(state State) {
	switch state {
	case StatePass:
		r.Passed++
		r.Judged++
	case StateFail, StateUnknown:
		r.Judged++
	case StateNotApplicable, StateWaived:
	}
}

// rank orders the states for a reader.
func (s State) rank() int {
	return slices.Index([]State{StateFail, StateUnknown, StateWaived, StatePass, StateNotApplicable}, s)
}

func (c Check) finding(f Facts, p Profile, at time.Time) Finding {
	o := c.judge(f, p)
	finding := Finding{
		Check: c.ID, Title: c.Title, Area: c.Area, Severity: c.Severity, State: o.state,
		Found: clean(o.found), Why: c.Why, Fix: cleanFix(o.fix), Benchmark: c.Benchmark, Witness: o.witness,
	}
	if o.state == StateFail && o.severity != alerts.SeverityNone {
		finding.Severity = o.severity
	}
	finding.grave = o.gone || finding.Severity == alerts.SeverityCritical || c.Area == AreaPrivileges && o.severity == alerts.SeverityNone
	finding.waive(p.Waivers, at)
	return finding
}

// waive accepts a failure, or that something is unknown, as long as a waiver holds.
// One that has ended says so.
func (f *Finding) waive(waivers []Waiver, at time.Time) {
	if f.State != StateFail && f.State != StateUnknown {
		return
	}
	for _, w := range waivers {
		if w.Check != f.Check {
			continue
		}
		f.Waiver, f.WaivedUntil = clean(w.Reason), w.Until.Format(time.DateOnly)
		if w.holds(at) {
			f.State = StateWaived
			return
		}
	}
}

// longestFinding bounds what is said of one check: it may quote many paths.
const longestFinding = 2000

func clean(text string) string { return collectors.Clean(text, longestFinding) }

// cleanFix is clean for several lines.
func cleanFix(text string) string {
	var lines []byte
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			lines = append(lines, '\n')
		}
		lines = append(lines, clean(line)...)
	}
	return string(lines)
}

// AtLeast leaves out what is less grave than the given severity. The score stays
// that of the whole.
func (r Report) AtLeast(severity alerts.Severity) Report {
	r.Findings = slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.Severity < severity })
	return r
}

// Worst is the gravest failure; none when there is none.
func (r Report) Worst() alerts.Severity {
	worst := alerts.SeverityNone
	for _, f := range r.Findings {
		if f.State == StateFail {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

// Unsure reports whether something is unknown that would be worth a warning.
func (r Report) Unsure() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.State == StateUnknown && f.Severity >= alerts.SeverityWarning })
}

// Score is how many checks pass of those that apply, as "36/39".
func (r Report) Score() string { return fmt.Sprintf("%d/%d", r.Passed, r.Judged) }

// In returns the findings in a state.
func (r Report) In(state State) []Finding {
	var list []Finding
	for _, f := range r.Findings {
		if f.State == state {
			list = append(list, f)
		}
	}
	return list
}
