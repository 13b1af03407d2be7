package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"brink/alerts/audit"
	"brink/collectors"
)

// sarifReport has a finding in every state, of a container with a hostile name.
func sarifReport() audit.Report {
	profile, _ := audit.BuiltIn(audit.ProfileOpenClaw)
	profile.Waivers = []audit.Waiver{{Check: "cpu-quota", Reason: "measuring \x1b[2J\"", Until: now()}}
	profile.OpenFiles = collectors.Opt[uint64]{}
	facts := collectors.Isolation{Name: "a\x1b]0;x\x07\"b", Image: "i:1"}
	facts.Kernel.Cores = collectors.KnownFact(collectors.WitnessKernel, collectors.Unlimited[collectors.Cores]())
	facts.Kernel.Pids = collectors.KnownFact(collectors.WitnessKernel, collectors.Unlimited[uint64]())
	facts.Kernel.Privileges = collectors.KnownFact(collectors.WitnessKernel, collectors.Privileges{UID: 7})
	return audit.Judge(facts, profile, now())
}

// TestSARIF holds the document against what the standard asks beyond its schema (OASIS
// SARIF 2.1.0, the sections are named beside).
func TestSARIF(t *testing.T) {
	var out strings.Builder
	if err := writeSARIF(&out, sarifReport()); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07") {
		t.Error("a control byte got into the document")
	}
	var log map[string]any
	if err := json.Unmarshal([]byte(out.String()), &log); err != nil {
		t.Fatal(err)
	}
	if log["version"] != "2.1.0" || !strings.HasSuffix(log["$schema"].(string), "sarif-schema-2.1.0.json") { // 3.13.2, 3.13.3
		t.Errorf("%v, %v", log["version"], log["$schema"])
	}
	run := log["runs"].([]any)[0].(map[string]any)          // 3.14
	for _, invocation := range run["invocations"].([]any) { // 3.20.14: required
		if invocation.(map[string]any)["executionSuccessful"] != true {
			t.Errorf("%v", invocation)
		}
	}
	driver := run["tool"].(map[string]any)["driver"].(map[string]any) // 3.19.8: the name is required
	if driver["name"] != "brink" {
		t.Errorf("%v", driver["name"])
	}
	ids := sarifRules(t, driver["rules"].([]any))
	kinds := map[string]bool{}
	for _, result := range run["results"].([]any) {
		kinds[sarifResultFits(t, result.(map[string]any), ids)] = true
	}
	for _, kind := range []string{"fail", "pass", "open", "notApplicable", "suppressed"} {
		if !kinds[kind] {
			t.Errorf("no result is %s, of %v", kind, kinds)
		}
	}
}

// sarifRules checks the rules (3.49) and returns their ids in order.
func sarifRules(t *testing.T, rules []any) []string {
	t.Helper()
	var ids []string
	for _, item := range rules {
		rule := item.(map[string]any)
		id := rule["id"].(string)
		if id == "" || slices.Contains(ids, id) { // 3.49.3: unique
			t.Errorf("id %q", id)
		}
		ids = append(ids, id)
		level := rule["defaultConfiguration"].(map[string]any)["level"].(string)
		if !slices.Contains([]string{"note", "warning", "error"}, level) { // 3.50.3
			t.Errorf("%s: level %q", id, level)
		}
		tags := rule["properties"].(map[string]any)["tags"].([]any)
		if unique := map[any]bool{}; len(tags) > 0 { // 3.8.2.1: a set
			for _, tag := range tags {
				if unique[tag] {
					t.Errorf("%s: tag %v twice", id, tag)
				}
				unique[tag] = true
			}
		}
	}
	return ids
}

// sarifResultFits checks a result (3.27) and returns its kind, or that it is
// suppressed.
func sarifResultFits(t *testing.T, result map[string]any, ids []string) string {
	t.Helper()
	kind, level := result["kind"].(string), result["level"].(string)
	if index := int(result["ruleIndex"].(float64)); ids[index] != result["ruleId"] { // 3.27.6
		t.Errorf("rule %d is %s, not %v", index, ids[index], result["ruleId"])
	}
	if (kind == "fail") != (level != "none") || !slices.Contains([]string{"none", "note", "warning", "error"}, level) { // 3.27.10
		t.Errorf("kind %s with level %s", kind, level)
	}
	if text := result["message"].(map[string]any)["text"].(string); text == "" { // 3.11.8
		t.Error("a message without text")
	}
	for _, value := range result["partialFingerprints"].(map[string]any) { // 3.27.17: strings
		if value.(string) == "" {
			t.Error("an empty fingerprint")
		}
	}
	list, suppressed := result["suppressions"].([]any)
	if !suppressed {
		return kind
	}
	if list[0].(map[string]any)["kind"] != "external" { // 3.35.2
		t.Errorf("%v", list)
	}
	return "suppressed"
}

func TestAuditCode(t *testing.T) {
	finding := func(state audit.State, id string) audit.Finding {
		for _, check := range audit.Checks() {
			if check.ID == id {
				return audit.Finding{Check: id, State: state, Severity: check.Severity}
			}
		}
		t.Fatalf("no check %s", id)
		return audit.Finding{}
	}
	const grave, middling, slight = "memory-limit", "cpu-quota", "live-restore"
	for _, test := range []struct {
		name string
		list []audit.Finding
		want int
	}{
		{"nothing", nil, checkOK},
		{"info is no fault", []audit.Finding{finding(audit.StateFail, slight)}, checkOK},
		{"an unknown that would be info", []audit.Finding{finding(audit.StateUnknown, slight)}, checkOK},
		{"a warning", []audit.Finding{finding(audit.StateFail, middling)}, checkWarning},
		{"unknown is worse than a warning", []audit.Finding{finding(audit.StateFail, middling), finding(audit.StateUnknown, middling)}, checkUnknown},
		{"critical is worse than unknown", []audit.Finding{finding(audit.StateUnknown, middling), finding(audit.StateFail, grave)}, checkCritical},
		{"waived", []audit.Finding{finding(audit.StateWaived, grave)}, checkOK},
	} {
		if got := auditCode(audit.Report{Findings: test.list}); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
