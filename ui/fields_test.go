package ui

import (
	"encoding/json"
	"math"
	"reflect"
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
	shrinking := agentAt(noon)
	shrinking.Memory.Growth = some(-collectors.BytesPerSec(mib))
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
		{"a rate", FieldReceived, rowOf(agentAt(noon)), "33.7K/s", "33.7 KiB/s", "33.7 KiB/s"},
		{"no rate", FieldReceived, rowOf(none), "--", "", ""},
		{"growth has a sign", FieldGrowth, rowOf(agentAt(noon)), "+3.10M/s", "+3.10 MiB/s", "+3.10 MiB/s"},
		{"shrinking as well", FieldGrowth, rowOf(shrinking), "-1.00M/s", "-1.00 MiB/s", "-1.00 MiB/s"},
		{"a forecast is not exact", FieldMemoryFullIn, rowOf(agentAt(noon)), "4 min", "4 min", "4 min"},
		{"per second", FieldReadOps, rowOf(agentAt(noon)), "31/s", "31/s", "31/s"},
		{"a small share", FieldCPUPressure, rowOf(agentAt(noon)), "2.9%", "2.9%", "cpu 2.9%"},
		{"seconds", FieldStale, rowOf(stale), "7.0 s", "7.0 s", "7.0 s"},
		{"an exit code", FieldExitCode, rowOf(exited), "137", "137", "137"},
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

// leaf is a value in the JSON of a container: its path and its type.
type leaf struct {
	path string
	kind reflect.Type
}

// leavesOf lists the values of a document type by its field tags. Lists of a
// container's processes and sources are no values of it.
func leavesOf(kind reflect.Type, path string) []leaf {
	var leaves []leaf
	for field := range kind.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		below := strings.TrimPrefix(path+"."+name, ".")
		switch inner := field.Type; {
		case field.Anonymous:
			leaves = append(leaves, leavesOf(inner, path)...)
		case below == "processes" || below == "sources":
		case inner.Kind() == reflect.Slice:
			leaves = append(leaves, leavesOf(inner.Elem(), below)...)
		case inner.Kind() != reflect.Struct:
			leaves = append(leaves, leaf{below, inner})
		case strings.HasPrefix(inner.Name(), "Opt["):
			get, _ := inner.MethodByName("Get")
			leaves = append(leaves, leaf{below, get.Type.Out(0)})
		case strings.HasPrefix(inner.Name(), "Limit["):
			value, _ := inner.MethodByName("Value")
			get, _ := value.Type.Out(0).MethodByName("Get")
			leaves = append(leaves, leaf{below, get.Type.Out(0)})
		default:
			leaves = append(leaves, leavesOf(inner, below)...)
		}
	}
	return leaves
}

func (l leaf) number() bool {
	switch l.kind.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return true
	default:
		return false
	}
}

// fullDocument has another number at every path of a container that has numbers, and
// words where there are words; a list has one entry.
func fullDocument(leaves []leaf) map[string]any {
	document := map[string]any{}
	for i, one := range leaves {
		steps := strings.Split(one.path, ".")
		at := document
		for _, step := range steps[:len(steps)-1] {
			if at[step] == nil {
				at[step] = map[string]any{}
			}
			at = at[step].(map[string]any)
		}
		switch {
		case one.number():
			at[steps[len(steps)-1]] = float64(100 + i)
		case one.kind.Kind() == reflect.String:
			at[steps[len(steps)-1]] = "word-" + number(i)
		default: // What is neither, no field shows.
		}
	}
	document["tmpfs"] = []any{document["tmpfs"]}
	return document
}

// TestFieldsAreWhatJSONSays: each number in the JSON of a container is in the table,
// under its path; the name of each field is such a path, its unit the end of that
// name, and its value the one there, of all of them another one.
func TestFieldsAreWhatJSONSays(t *testing.T) {
	leaves := leavesOf(reflect.TypeFor[collectors.ContainerSample](), "")
	document := fullDocument(leaves)
	written, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	var sample collectors.ContainerSample
	if err := json.Unmarshal(written, &sample); err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	for _, f := range FieldTable() {
		if fields[f.Name] {
			t.Errorf("%s is in the table twice", f.Name)
		}
		fields[f.Name] = true
		if f.Name == "alerts" || f.Name == "state" { // The board has the one; the other has words of its own, and is stale here.
			continue
		}
		switch value := valueAt(document, f.Name).(type) {
		case float64:
			if got := f.Number(rowOf(sample)).Or(math.NaN()); got != value {
				t.Errorf("%s is %v, in JSON %v", f.Name, got, value)
			}
		case string:
			if got := f.Text(rowOf(sample)); got != value {
				t.Errorf("%s is %q, in JSON %q", f.Name, got, value)
			}
		default:
			t.Errorf("%s is %v in JSON", f.Name, value)
		}
		if suffix := suffixOf(f.Unit); suffix != "" && !strings.HasSuffix(f.Name, suffix) && !strings.Contains(f.Name, "cores") {
			t.Errorf("%s does not end in its unit %s", f.Name, suffix)
		}
	}
	numbers := 0
	for _, one := range leaves {
		if one.number() {
			numbers++
			if !fields[one.path] {
				t.Errorf("%s is not in the table", one.path)
			}
		}
	}
	if numbers < 70 {
		t.Errorf("the walk through the types finds %d numbers only", numbers)
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
	return map[Unit]string{
		UnitRatio: "_ratio", UnitBytes: "_bytes", UnitCores: "cores", UnitRate: "_bytes_per_second", UnitGrowth: "_bytes_per_second",
		UnitPerSec: "_per_second", UnitSeconds: "_seconds", UnitForecast: "_seconds",
	}[unit]
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
