package e2e

import (
	"strings"
	"testing"
)

func TestFaults(t *testing.T) {
	const head = `{"at":"2026-11-23T21:18:16Z","host":{"cpus":2},"containers":[{"name":"openclaw-agent",`
	for _, test := range []struct {
		name, container string
		fault           string // part of the only fault; empty: none
	}{
		{"nothing known", `"cpu":{}}]}`, ""},
		{"busy", `"cpu":{"cores":2.4,"throttled_ratio":1},"tmpfs":[{"mount":"/tmp","used_ratio":1}]}]}`, ""},
		{"a spike", `"cpu":{"cores":16384}}]}`, "cpu.cores is 16384"},
		{"a counter that fell", `"io":{"read_bytes_per_second":-1}}]}`, "io.read_bytes_per_second is -1"},
		{"a counter that wrapped", `"network":{"receive_bytes_per_second":1.8e19}}]}`, "network.receive_bytes_per_second is 1.8e+19"},
		{"more than the whole", `"pressure":{"io":{"some_avg10_ratio":12}}}]}`, "io pressure, some is 12"},
		{"an escape sequence", `"image":"\u001b[2J"}]}`, `"\x1b[2J" holds`},
		{"in the name of a field", `"a\u0007":1}]}`, `"a\a" holds`},
		{"deep", `"processes":[{"name":"x\u202ey"}]}]}`, "x\\u202ey"},
		{"an eight-bit control", "\"image\":\"\x9b2J\"}]}", "not UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			snapshot, err := ParseSnapshot([]byte(head + test.container))
			if err != nil {
				t.Fatal(err)
			}
			got := snapshot.Faults()
			switch {
			case test.fault == "" && len(got) > 0:
				t.Errorf("faults = %q, want none", got)
			case test.fault != "" && (len(got) != 1 || !strings.Contains(got[0], test.fault)):
				t.Errorf("faults = %q, want one with %q", got, test.fault)
			}
		})
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]bool{
		"":               true,
		"node · ü 漢":     true,
		"a\tb":           false,
		"\x1b[31m":       false,
		"\u009b31m":      false,
		"\x9b31m":        false,
		"x\u202eexe.gnp": false,
		"a\u2028b":       false,
	} {
		if printable(text) != want {
			t.Errorf("printable(%q) = %t", text, !want)
		}
	}
}
