package audit

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"

	"brink/collectors"
)

// Standing is how a container of a name has stood in audits: the best that was known
// of each check, and in what it is worse by now. It outlives the container, and is
// plain data, so that it can outlive brink as well. It is never changed once it was
// returned.
type Standing struct {
	// Profile is the name of the profile, Expected a fingerprint of what it expects:
	// findings by other expectations cannot be compared.
	Profile  string `json:"profile"`
	Expected string `json:"expected"`
	// Best is by the id of the check. A check that nothing was known of yet is not in it.
	Best map[string]Mark `json:"best"`
	// Worse is in what it is worse than it was, the gravest first.
	Worse []collectors.Drift `json:"worse,omitempty"`
}

// Mark is what was found of a check.
type Mark struct {
	// Level is the number of the severity of a failure; zero for a pass.
	Level int    `json:"level"`
	Found string `json:"found"`
}

// Change is what an audit says that the one before did not.
type Change struct {
	// Lost and Back are told once; their Since is when they were found.
	Lost, Back []collectors.Drift
	// Suspects are checks that are worse for the first time.
	Suspects []string
}

// longestMark bounds what is kept of a finding.
const longestMark = 200

// After returns the standing after an audit by the profile, and what it changes. What
// is worse is taken for lost when it is among the suspects of the audit before: while
// a container starts, its process is for a moment what it has not yet given up.
//
// What is unknown changes nothing. What does not apply any more, or is waived, is worse
// no longer, and good neither. The first audit, and the first by other expectations,
// finds how it stands and no change.
func (s Standing) After(r Report, p Profile, suspects []string) (Standing, Change) {
	next := Standing{Profile: p.Name, Expected: p.fingerprint(), Best: map[string]Mark{}}
	if s.Expected == next.Expected {
		maps.Copy(next.Best, s.Best)
		next.Worse = slices.Clone(s.Worse)
	}
	var change Change
	for _, finding := range r.Findings {
		next.weigh(finding, r, suspects, &change)
	}
	slices.SortStableFunc(next.Worse, func(a, b collectors.Drift) int {
		return cmp.Or(rankOf(a)-rankOf(b), a.Since.Compare(b.Since), strings.Compare(a.Check, b.Check))
	})
	return next, change
}

// rankOf puts what is grave first.
func rankOf(d collectors.Drift) int {
	if d.Grave {
		return 0
	}
	return 1
}

// fingerprint tells what is expected from anything else. Waivers are no part of it:
// what is accepted for a time is expected all the same.
func (p Profile) fingerprint() string {
	p.Waivers = nil
	sum := fnv.New64a()
	_, _ = fmt.Fprintf(sum, "%+v", p)
	return strconv.FormatUint(sum.Sum64(), 16)
}

// weigh compares one finding with the best that was known.
func (s *Standing) weigh(f Finding, r Report, suspects []string, change *Change) {
	switch f.State {
	case StateUnknown:
	case StateNotApplicable:
		s.recover(f.Check, f.Found, r, change)
	case StateWaived:
		s.recover(f.Check, "waived until "+f.WaivedUntil+": "+f.Waiver, r, change)
	default:
		mark := Mark{Found: collectors.Clean(f.Found, longestMark)}
		if f.State == StateFail {
			mark.Level = int(f.Severity)
		}
		best, known := s.Best[f.Check]
		if !known || mark.Level <= best.Level {
			s.Best[f.Check] = mark
			s.recover(f.Check, f.Found, r, change)
			return
		}
		s.worsen(f, r, best, suspects, change)
	}
}

// worsen notes that a check is worse than it was. What was told is told again when it
// has become grave since.
func (s *Standing) worsen(f Finding, r Report, best Mark, suspects []string, change *Change) {
	drift := collectors.Drift{Check: f.Check, Was: best.Found, Is: collectors.Clean(f.Found, longestMark), Grave: f.grave, Since: r.At}
	i := s.find(f.Check)
	if i >= 0 && (s.Worse[i].Grave || !f.grave) {
		drift.Since = s.Worse[i].Since
		s.Worse[i] = drift
		return
	}
	if !slices.Contains(suspects, f.Check) {
		change.Suspects = append(change.Suspects, f.Check)
		return
	}
	if i >= 0 {
		s.Worse = slices.Delete(s.Worse, i, i+1)
	}
	s.Worse = append(s.Worse, drift)
	change.Lost = append(change.Lost, drift)
}

// recover notes that a check is not worse any more, and what is found instead.
func (s *Standing) recover(check, found string, r Report, change *Change) {
	i := s.find(check)
	if i < 0 {
		return
	}
	was := s.Worse[i]
	s.Worse = slices.Delete(s.Worse, i, i+1)
	change.Back = append(change.Back, collectors.Drift{Check: check, Was: was.Is, Is: collectors.Clean(found, longestMark), Grave: was.Grave, Since: r.At})
}

func (s *Standing) find(check string) int {
	return slices.IndexFunc(s.Worse, func(d collectors.Drift) bool { return d.Check == check })
}

// Status is what is known at one moment of how a container is shut in.
type Status struct {
	// Report is the newest audit; its time is zero while there was none.
	Report Report
	// Why says why the container could not be looked at when that was tried last;
	// empty when it could.
	Why string
	// Worse is in what it is worse than it was, the gravest first.
	Worse []collectors.Drift
}
