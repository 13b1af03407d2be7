package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"brink/alerts"
	"brink/alerts/audit"
)

// auditDocument is a report as JSON, with the word of the exit code.
type auditDocument struct {
	Verdict string `json:"verdict"`
	audit.Report
}

func writeAuditJSON(out io.Writer, report audit.Report) error {
	return json.NewEncoder(out).Encode(auditDocument{strings.ToLower(verdictWord(auditCode(report))), report})
}

// writeAuditText writes a report as text: the first line is the whole answer.
func writeAuditText(out io.Writer, report audit.Report) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s: %s checks pass%s\n", verdictWord(auditCode(report)), report.Container, report.Score(), auditCounts(report))
	fmt.Fprintf(&text, "profile %s · %s · %s\n", report.Profile, report.Image, report.Benchmark)
	writeFindings(&text, report.In(audit.StateFail))
	writeUnknown(&text, report.In(audit.StateUnknown))
	writeFindings(&text, report.In(audit.StateWaived))
	for _, state := range []audit.State{audit.StatePass, audit.StateNotApplicable} {
		writeQuiet(&text, state, report.In(state))
	}
	_, err := io.WriteString(out, cleanLines(text.String()))
	return err
}

// auditCounts tells how many findings there are of each kind.
func auditCounts(report audit.Report) string {
	counts := map[string]int{}
	for _, finding := range report.In(audit.StateFail) {
		counts[finding.Severity.String()]++
	}
	counts["unknown"], counts["waived"] = len(report.In(audit.StateUnknown)), len(report.In(audit.StateWaived))
	var text strings.Builder
	for _, word := range []string{alerts.SeverityCritical.String(), alerts.SeverityWarning.String(), alerts.SeverityInfo.String(), "unknown", "waived"} {
		if n := counts[word]; n > 0 {
			fmt.Fprintf(&text, ", %d %s", n, word)
		}
	}
	return text.String()
}

// writeUnknown tells each reason once, with the checks that it keeps from a verdict.
func writeUnknown(text *strings.Builder, list []audit.Finding) {
	told := map[string]bool{}
	for _, first := range list {
		if told[first.Found] {
			continue
		}
		told[first.Found] = true
		fmt.Fprintf(text, "\n%s  %s\n", audit.StateUnknown, first.Found)
		for _, f := range list {
			if f.Found == first.Found {
				fmt.Fprintf(text, "  %-8s  %s: %s%s\n", f.Severity, f.Check, f.Title, endedClause(f))
			}
		}
	}
}

// endedClause tells of a waiver that is over.
func endedClause(f audit.Finding) string {
	if f.WaivedUntil == "" {
		return ""
	}
	return " (waived until " + f.WaivedUntil + ", which is over)"
}

func writeFindings(text *strings.Builder, list []audit.Finding) {
	for _, finding := range list {
		writeFinding(text, finding)
	}
}

// writeFinding tells all of one finding.
func writeFinding(text *strings.Builder, f audit.Finding) {
	word := f.Severity.String()
	if f.State != audit.StateFail {
		word = string(f.State)
	}
	fmt.Fprintf(text, "\n%s  %s: %s%s\n", word, f.Check, f.Title, clause(" · CIS ", strings.Join(f.Benchmark, ", ")))
	fmt.Fprintf(text, "  found  %s%s\n", f.Found, witnessClause(f))
	fmt.Fprintf(text, "  why    %s\n", f.Why)
	switch {
	case f.State == audit.StateWaived:
		fmt.Fprintf(text, "  waived until %s: %s\n", f.WaivedUntil, f.Waiver)
		return
	case f.WaivedUntil != "":
		fmt.Fprintf(text, "  waived until %s, which is over: %s\n", f.WaivedUntil, f.Waiver)
	}
	for i, line := range strings.Split(f.Fix, "\n") {
		switch {
		case f.Fix == "":
		case i == 0:
			fmt.Fprintf(text, "  fix    %s\n", line)
		default:
			fmt.Fprintf(text, "         %s\n", line)
		}
	}
}

func witnessClause(f audit.Finding) string {
	if f.Witness == "" {
		return ""
	}
	return " (by the " + string(f.Witness) + ")"
}

// writeQuiet lists what needs no attention, a line each.
func writeQuiet(text *strings.Builder, state audit.State, list []audit.Finding) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(text, "\n%s\n", state)
	for _, f := range list {
		fmt.Fprintf(text, "  %-18s %s\n", f.Check, f.Found)
	}
}
