package e2e

import (
	"strings"
	"testing"
)

func TestParseOracle(t *testing.T) {
	oracle, err := parseOracle("1700000000000000005\n4096\n21\n3\n" + `{"pids":{"current":20},"memory":{"anon":7}}` + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if oracle.At.UnixNano() != 1700000000000000005 || oracle.Kernel != 4096 || oracle.PidsPeak != 21 || oracle.PidsRefused != 3 {
		t.Errorf("oracle = %+v", oracle)
	}
	if oracle.Pids.GetCurrent() != 20 || oracle.Memory.GetAnon() != 7 {
		t.Errorf("metrics = %v", oracle.Metrics)
	}
	for _, text := range []string{"", "1\n2\n{}", "1 2 3 4", "1 2 3 4 {"} {
		if _, err := parseOracle(text); err == nil || !strings.Contains(err.Error(), "oracle") {
			t.Errorf("parseOracle(%q): %v, want an error", text, err)
		}
	}
}
