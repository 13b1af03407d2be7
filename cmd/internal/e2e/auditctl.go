package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Audit is the outcome of `brink audit --format json`.
type Audit struct {
	Verdict   string    `json:"verdict"`
	Container string    `json:"container"`
	Profile   string    `json:"profile"`
	Passed    int       `json:"passed"`
	Judged    int       `json:"judged"`
	Findings  []Finding `json:"findings"`

	Exit int `json:"-"`
}

// Finding is what one check found.
type Finding struct {
	Check    string `json:"check"`
	Severity string `json:"severity"`
	State    string `json:"state"`
	Found    string `json:"found"`
	Why      string `json:"why"`
	Fix      string `json:"fix"`
	Witness  string `json:"witness"`
}

// Amiss are the ids of the checks that failed or could not be judged, sorted.
func (a Audit) Amiss() []string {
	ids := []string{}
	for _, finding := range a.Findings {
		if finding.State == "fail" || finding.State == "unknown" {
			ids = append(ids, finding.Check)
		}
	}
	slices.Sort(ids)
	return ids
}

// Of returns what a check found.
func (a Audit) Of(check string) (Finding, bool) {
	i := slices.IndexFunc(a.Findings, func(f Finding) bool { return f.Check == check })
	if i < 0 {
		return Finding{}, false
	}
	return a.Findings[i], true
}

// Audits runs `brink audit` with more arguments on each of the containers, by the order of their names here. They are
// many, and so it is one command on the host.
func (b Brink) Audits(ctx context.Context, arguments string, containers []string) ([]Audit, error) {
	script := fmt.Sprintf("for c in %s; do %s $c; echo $?; done", strings.Join(containers, " "), b.command("audit --format json "+arguments))
	result, err := b.host.Run(ctx, script)
	if err != nil {
		return nil, err
	}
	audits, err := parseAudits(result.Stdout)
	if err == nil && len(audits) != len(containers) {
		err = fmt.Errorf("%d audits of %d containers", len(audits), len(containers))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", script, err, result.Stderr)
	}
	return audits, nil
}

// parseAudits reads documents, each with its exit code behind it.
func parseAudits(text string) ([]Audit, error) {
	var audits []Audit
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var audit Audit
		err := decoder.Decode(&audit)
		if errors.Is(err, io.EOF) {
			return audits, nil
		}
		if err == nil {
			err = decoder.Decode(&audit.Exit)
		}
		if err != nil {
			return nil, err
		}
		audits = append(audits, audit)
	}
}
