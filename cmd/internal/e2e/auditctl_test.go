package e2e

import (
	"slices"
	"testing"
)

func TestParseAudits(t *testing.T) {
	for _, text := range []string{"2", `{"findings":[]}`, `{"findings":[]} none`, `{"findings":{}} 0`} {
		if audits, err := parseAudits(text); err == nil {
			t.Errorf("%q is %+v", text, audits)
		}
	}
	audits, err := parseAudits(`{"container":"a","findings":[{"check":"user","state":"unknown"},{"check":"init","state":"pass"},{"check":"tmpfs","state":"fail"}]}
2
{"container":"b","findings":[]}
0
`)
	if err != nil || len(audits) != 2 || audits[0].Exit != 2 || audits[1].Container != "b" {
		t.Fatalf("%+v, %v", audits, err)
	}
	if amiss := audits[0].Amiss(); !slices.Equal(amiss, []string{"tmpfs", "user"}) {
		t.Errorf("amiss is %v", amiss)
	}
	if finding, found := audits[0].Of("init"); !found || finding.State != "pass" {
		t.Errorf("init is %+v", finding)
	}
	if finding, found := audits[1].Of("init"); found {
		t.Errorf("init of b is %+v", finding)
	}
}
