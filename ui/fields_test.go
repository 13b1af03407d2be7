package ui

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"brink/alerts"
	"brink/collectors"
)

func rowOf(sample collectors.ContainerSample, list ...*alerts.Alert) Row {
	return Row{Sample: &sample, At: noon, Alerts: list}
}

// TestFieldTexts writes each kind of value in its three forms.
func TestFieldTexts(t *testing.T) {
	none := collectors.ContainerSample{}
	free := agentAt(noon)
	free.Memory.Limit, free.CPU.Limit = collectors.Unlimited[collectors.Bytes](), collectors.Unlimited[collectors.Cores]()
	zombie := agentAt(noon)
	zombie.Pids.Zombies = some(uint64(1))
	parent := agentAt(noon)
	parent.Pids.LimitedBy = "/system.slice"
	exited := stoppedSample()
	stale := agentAt(noon)
	stale.Stale = some(seconds(7e9))
	for _, test := range []struct {
		name   string
		field  FieldID
		row    Row
		cell   string
		text   string
		phrase string
	}{
		{"absent is not zero", FieldMemoryShare, rowOf(none), "--", "", ""},
		{"no mount", FieldTmpfsShare, rowOf(none), "--", "", ""},
		{"no alert", FieldAlert, rowOf(none), "--", "", ""},
		{"no name", FieldName, rowOf(none), "any agent", "any agent", "any agent"},
		{"own limit", FieldPidsLimitedBy, rowOf(agentAt(noon)), "--", "", ""},
		{"no limit", FieldMemoryLimit, rowOf(free), "no limit", "no limit", "no limit"},
		{"a share of no limit is what is used", FieldMemoryShare, rowOf(free), "1.2G", "1.2G", "1.2G"},
		{"no quota", FieldCPULimit, rowOf(free), "no limit", "no limit", "no limit"},
		{"share", FieldMemoryShare, rowOf(agentAt(noon)), "58%", "58%", "58%"},
		{"amount", FieldMemoryLimit, rowOf(agentAt(noon)), "2.00G", "2.00 GiB", "2.00 GiB"},
		{"amount in words", FieldMemoryCurrent, rowOf(agentAt(noon)), "1.55G", "1.55 GiB", "kernel counts 1.55 GiB"},
		{"cores", FieldCores, rowOf(agentAt(noon)), "1.13", "1.13", "1.13 cores"},
		{"zero", FieldRefused, rowOf(agentAt(noon)), "0", "0", "0 forks refused"},
		{"one", FieldZombies, rowOf(zombie), "1", "1", "1 zombie"},
		{"several", FieldZombies, rowOf(agentAt(noon)), "2", "2", "2 zombies"},
		{"a parent's limit", FieldPidsLimitedBy, rowOf(parent), "/system.slice", "/system.slice", "limit of /system.slice"},
		{"fullest mount", FieldTmpfsShare, rowOf(agentAt(noon)), "45%", "45%", "45%"},
		{"one mount", FieldTmpfsUsed, Row{Sample: &free, Mount: &free.Tmpfs[1]}, "1.00M", "1.00 MiB", "1.00 MiB"},
		{"running", FieldState, rowOf(agentAt(noon)), "running 3d 4h", "running 3d 4h", "running 3d 4h"},
		{"exited", FieldState, rowOf(exited), "exited 137", "exited 137", "exited 137"},
		{"stale", FieldState, rowOf(stale), "stale 7 s", "stale 7 s", "stale 7 s"},
		{"waiting", FieldState, Row{Sample: &none, Waiting: &collectors.Waiting{}}, "waiting", "waiting", "waiting"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &FieldTable()[test.field]
			if got := [3]string{f.Cell(test.row), f.Text(test.row), f.Phrase(test.row)}; got != [3]string{test.cell, test.text, test.phrase} {
				t.Errorf("cell, text and phrase are %q, want %q", got, [3]string{test.cell, test.text, test.phrase})
			}
		})
	}
}

// TestFieldsAreOrdered: what is absent comes last both ways, and no limit is more
// than any.
func TestFieldsAreOrdered(t *testing.T) {
	at := func(load float64) Row { return rowOf(agentWith(noon, load)) }
	none := rowOf(collectors.ContainerSample{})
	unlimited := rowOf(collectors.ContainerSample{Memory: collectors.MemorySample{Limit: collectors.Unlimited[collectors.Bytes](), Unreclaimable: some(3 * gib)}})
	named := func(name string) Row { return rowOf(collectors.ContainerSample{Name: name}) }
	warning, critical := firing("b", "", alerts.SeverityWarning, ""), firing("a", "", alerts.SeverityCritical, "")
	for _, test := range []struct {
		name     string
		field    FieldID
		a, b     Row
		forwards int
		reversed int
	}{
		{"both absent", FieldMemoryShare, none, none, 0, 0},
		{"absent after any number", FieldMemoryShare, none, at(0.1), 1, 1},
		{"a number before absent", FieldMemoryShare, at(0.1), none, -1, -1},
		{"the larger first", FieldMemoryShare, at(0.9), at(0.1), -1, 1},
		{"equal", FieldMemoryShare, at(0.5), at(0.5), 0, 0},
		{"no limit is more", FieldMemoryLimit, unlimited, at(0.5), -1, 1},
		{"the alphabet", FieldName, named("db"), named("web"), -1, 1},
		{"the worse alert first", FieldAlert, rowOf(agentAt(noon), &critical), rowOf(agentAt(noon), &warning), -1, 1},
		{"a share of no limit after any share", FieldMemoryShare, unlimited, at(0.1), 1, 1},
		{"a share of no limit before none", FieldMemoryShare, unlimited, none, -1, -1},
		{"no alert last", FieldAlert, rowOf(agentAt(noon)), rowOf(agentAt(noon), &warning), 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &FieldTable()[test.field]
			if got := f.Compare(test.a, test.b, false); got != test.forwards {
				t.Errorf("forwards %d, want %d", got, test.forwards)
			}
			if got := f.Compare(test.a, test.b, true); got != test.reversed {
				t.Errorf("reversed %d, want %d", got, test.reversed)
			}
		})
	}
}

// TestFieldsAreWhatJSONSays: the name of each field is a path in the JSON of a
// snapshot, its unit is the end of that name, and its value is the one there.
func TestFieldsAreWhatJSONSays(t *testing.T) {
	sample := agentWith(noon, 0.9)
	sample.Memory.LimitedBy, sample.CPU.LimitedBy, sample.Pids.LimitedBy = "/a", "/b", "/c"
	sample.Tmpfs = sample.Tmpfs[:1]
	written, err := json.Marshal(sample)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(written, &document); err != nil {
		t.Fatal(err)
	}
	for _, f := range FieldTable() {
		if f.Name == "alerts" { // It stands beside the sample, from the board.
			continue
		}
		switch value := valueAt(document, f.Name).(type) {
		case float64:
			if got := f.Number(rowOf(sample)).Or(math.NaN()); got != value {
				t.Errorf("%s is %v, in JSON %v", f.Name, got, value)
			}
		case string:
			if got := f.Text(rowOf(sample)); !strings.HasPrefix(got, value) {
				t.Errorf("%s is %q, in JSON %q", f.Name, got, value)
			}
		default:
			t.Errorf("%s is %v in JSON", f.Name, value)
		}
		if suffix := suffixOf(f.Unit); suffix != "" && !strings.HasSuffix(f.Name, suffix) && !strings.Contains(f.Name, "cores") {
			t.Errorf("%s does not end in its unit %s", f.Name, suffix)
		}
	}
}

// valueAt follows a path; a list stands for its first entry.
func valueAt(document any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		if list, ok := document.([]any); ok {
			document = list[0]
		}
		object, _ := document.(map[string]any)
		document = object[name]
	}
	return document
}

func suffixOf(unit Unit) string {
	return map[Unit]string{UnitRatio: "_ratio", UnitBytes: "_bytes", UnitCores: "cores"}[unit]
}

// TestFieldsKnowTheMetrics: a value is coloured only by metrics that exist, and
// each has a value to colour.
func TestFieldsKnowTheMetrics(t *testing.T) {
	coloured := map[string]bool{}
	for _, f := range FieldTable() {
		for _, name := range f.metrics {
			coloured[name] = true
			if !slices.ContainsFunc(alerts.Metrics(), func(m alerts.Metric) bool { return m.Name == name }) {
				t.Errorf("%s is coloured by %s, which is no metric", f.Name, name)
			}
		}
	}
	for _, metric := range alerts.Metrics() {
		if !coloured[metric.Name] {
			t.Errorf("no field shows an alert about %s", metric.Name)
		}
	}
}

// TestFieldWidths: the widest text that a field can have fits into its column.
func TestFieldWidths(t *testing.T) {
	huge := agentAt(noon)
	huge.Memory.Unreclaimable, huge.Memory.UnreclaimableRatio = some(collectors.Bytes(math.MaxUint64)), some(collectors.Ratio(1e9))
	huge.Memory.Current, huge.CPU.Cores = some(1023*mib), some(collectors.Cores(99.99))
	huge.Memory.Limit, huge.CPU.Limit = collectors.Unlimited[collectors.Bytes](), collectors.Unlimited[collectors.Cores]()
	for _, f := range FieldTable() {
		if f.Name == "" || f.Title == "" {
			t.Errorf("field %+v has no name or no title", f)
		}
		if textWidth(f.Title) > f.Width+1 {
			t.Errorf("%s: the title %s is wider than its column", f.Name, f.Title)
		}
		if got := f.Cell(rowOf(huge)); textWidth(got) > f.Width && f.Unit != UnitWords {
			t.Errorf("%s: %q is wider than %d", f.Name, got, f.Width)
		}
	}
}

// TestFactsOfPanels are rows of the table as a panel has them.
func TestFactsOfPanels(t *testing.T) {
	bare := agentAt(noon)
	bare.Pids.Zombies = collectors.Opt[uint64]{}
	one := agentAt(noon)
	one.Pids.Zombies = some(uint64(1))
	alarmed := sceneWith(agentAt(noon))
	alert := firing("zombies", alerts.MetricZombies, alerts.SeverityCritical, "")
	alarmed.frame.Board = alerts.Board{Alerts: []alerts.Alert{alert}}
	for _, test := range []struct {
		name string
		got  field
		want field
	}{
		{"absent is told", sceneWith(bare).fact(FieldZombies, 2), field{value: "--", after: " zombies", rank: 2}},
		{"absent words are not", sceneWith(bare).fact(FieldPidsLimitedBy, 1), field{before: "limit of ", rank: 1}},
		{"one", sceneWith(one).fact(FieldZombies, 0), field{value: "1", after: " zombie"}},
		{"an alert", alarmed.fact(FieldZombies, 0), field{mark: "✖", value: "2", after: " zombies", role: roleCritical}},
		{"an alert stays when lit up", alarmed.fact(FieldZombies, 0).strong(), field{mark: "✖", value: "2", after: " zombies", role: roleCritical}},
		{"lit up", sceneWith(one).fact(FieldTasks, 0).strong(), field{value: "43", after: " tasks", role: roleStrong}},
		{"other words", sceneWith(one).fact(FieldRefused, 0).said("refused ", "").padded(4), field{before: "refused ", value: "   0"}},
	} {
		if test.got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, test.got, test.want)
		}
	}
}
