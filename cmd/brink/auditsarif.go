package main

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"brink/alerts"
	"brink/alerts/audit"
)

// The part of SARIF 2.1.0 that an audit needs (OASIS, Static Analysis Results
// Interchange Format, version 2.1.0 with errata 01).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		Properties  map[string]any    `json:"properties"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string             `json:"id"`
		Short         sarifText          `json:"shortDescription"`
		Full          sarifText          `json:"fullDescription"`
		Configuration sarifConfiguration `json:"defaultConfiguration"`
		Properties    sarifTags          `json:"properties"`
	}
	sarifConfiguration struct {
		Level string `json:"level"`
	}
	sarifTags struct {
		Tags []string `json:"tags"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful bool   `json:"executionSuccessful"`
		End        string `json:"endTimeUtc"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Kind         string             `json:"kind"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]any     `json:"properties,omitempty"`
	}
	sarifLocation struct {
		Logical []sarifLogical `json:"logicalLocations"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Full string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

func writeSARIF(out io.Writer, report audit.Report) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(newSARIF(report))
}

func newSARIF(report audit.Report) sarifLog {
	rules := []sarifRule{}
	checks := audit.Checks()
	for _, check := range checks {
		rules = append(rules, newSARIFRule(check))
	}
	results := []sarifResult{}
	for _, finding := range report.Findings {
		index := slices.IndexFunc(checks, func(c audit.Check) bool { return c.ID == finding.Check })
		results = append(results, newSARIFResult(finding, index, report.Container))
	}
	return sarifLog{
		Schema: sarifSchema, Version: "2.1.0",
		Runs: []sarifRun{{
			Tool:        sarifTool{sarifDriver{Name: "brink", Version: version(), Rules: rules}},
			Invocations: []sarifInvocation{{true, report.At.UTC().Format(time.RFC3339)}},
			Results:     results,
			Properties:  map[string]any{"container": report.Container, "id": report.ID, "image": report.Image, "profile": report.Profile, "score": report.Score()},
		}},
	}
}

func newSARIFRule(check audit.Check) sarifRule {
	tags := []string{"security", string(check.Area)}
	for _, number := range check.Benchmark {
		tags = append(tags, audit.Benchmark+" "+number)
	}
	return sarifRule{
		ID: check.ID, Short: sarifText{check.Title}, Full: sarifText{check.Why},
		Configuration: sarifConfiguration{sarifLevel(check.Severity)}, Properties: sarifTags{tags},
	}
}

// newSARIFResult gives a finding its kind. A level other than none belongs to what
// fails alone (section 3.27.10).
func newSARIFResult(f audit.Finding, index int, container string) sarifResult {
	result := sarifResult{
		RuleID: f.Check, RuleIndex: index, Kind: sarifKind(f.State), Level: "none", Message: sarifText{sarifMessage(f)},
		Locations:    []sarifLocation{{[]sarifLogical{{container, "container/" + container, "resource"}}}},
		Fingerprints: map[string]string{"brinkCheck/v1": container + "/" + f.Check},
	}
	if result.Kind == "fail" {
		result.Level = sarifLevel(f.Severity)
	}
	if f.State == audit.StateWaived {
		result.Suppressions = []sarifSuppression{{"external", "until " + f.WaivedUntil + ": " + f.Waiver}}
	}
	if f.Fix != "" {
		result.Properties = map[string]any{"fix": f.Fix}
	}
	return result
}

// sarifMessage is never empty, as the standard asks.
func sarifMessage(f audit.Finding) string {
	return strings.TrimSpace(f.Title + ": " + f.Found)
}

func sarifKind(state audit.State) string {
	switch state {
	case audit.StatePass:
		return "pass"
	case audit.StateUnknown:
		return "open"
	case audit.StateNotApplicable:
		return "notApplicable"
	default:
		return "fail"
	}
}

func sarifLevel(severity alerts.Severity) string {
	switch severity {
	case alerts.SeverityCritical:
		return "error"
	case alerts.SeverityWarning:
		return "warning"
	default:
		return "note"
	}
}
