package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// agreed are the names of the design: what programs may rely on.
const agreed = `
at interval_seconds missed_slots host.name host.cpus host.memory_total_bytes
containers[].id containers[].name containers[].image containers[].state containers[].health containers[].started_at
containers[].restart_count containers[].recreated containers[].cgroup_path containers[].stale_seconds
containers[].memory.current_bytes containers[].memory.limit_bytes containers[].memory.working_set_bytes
containers[].memory.unreclaimable_bytes containers[].memory.unreclaimable_ratio containers[].memory.headroom_bytes
containers[].memory.anon_bytes containers[].memory.file_bytes containers[].memory.shmem_bytes containers[].memory.kernel_bytes
containers[].memory.slab_reclaimable_bytes containers[].memory.sock_bytes containers[].memory.high_bytes containers[].memory.peak_bytes
containers[].memory.swap_bytes containers[].memory.swap_limit_bytes containers[].memory.growth_bytes_per_second
containers[].memory.full_in_seconds containers[].memory.max_events containers[].memory.oom_events containers[].memory.oom_kills
containers[].cpu.cores containers[].cpu.limit_cores containers[].cpu.of_limit_ratio containers[].cpu.user_cores containers[].cpu.system_cores
containers[].cpu.periods containers[].cpu.throttled_periods containers[].cpu.throttled_ratio containers[].cpu.throttled_cores
containers[].pids.current containers[].pids.limit containers[].pids.of_limit_ratio containers[].pids.peak containers[].pids.refused
containers[].pids.processes containers[].pids.threads containers[].pids.zombies
containers[].pressure.memory.some_avg10_ratio containers[].pressure.memory.some_avg60_ratio containers[].pressure.memory.some_avg300_ratio
containers[].pressure.memory.full_avg10_ratio containers[].pressure.memory.full_avg60_ratio containers[].pressure.memory.full_avg300_ratio
containers[].pressure.memory.some_total_seconds containers[].pressure.memory.full_total_seconds
containers[].pressure.cpu.some_avg10_ratio containers[].pressure.cpu.some_avg60_ratio containers[].pressure.cpu.some_avg300_ratio
containers[].pressure.cpu.full_avg10_ratio containers[].pressure.cpu.full_avg60_ratio containers[].pressure.cpu.full_avg300_ratio
containers[].pressure.cpu.some_total_seconds containers[].pressure.cpu.full_total_seconds
containers[].pressure.io.some_avg10_ratio containers[].pressure.io.some_avg60_ratio containers[].pressure.io.some_avg300_ratio
containers[].pressure.io.full_avg10_ratio containers[].pressure.io.full_avg60_ratio containers[].pressure.io.full_avg300_ratio
containers[].pressure.io.some_total_seconds containers[].pressure.io.full_total_seconds
containers[].io.read_bytes_per_second containers[].io.write_bytes_per_second containers[].io.read_ops_per_second containers[].io.write_ops_per_second
containers[].network.receive_bytes_per_second containers[].network.transmit_bytes_per_second
containers[].network.receive_dropped containers[].network.transmit_dropped
containers[].tmpfs[].mount containers[].tmpfs[].used_bytes containers[].tmpfs[].size_bytes containers[].tmpfs[].used_ratio
containers[].sources[].name containers[].sources[].ok containers[].sources[].error containers[].sources[].took_seconds containers[].sources[].age_seconds
containers[].alerts[].rule containers[].alerts[].severity containers[].alerts[].state containers[].alerts[].since containers[].alerts[].value
containers[].alerts[].threshold containers[].alerts[].unit containers[].alerts[].message containers[].alerts[].acknowledged
`

// grown are the names that came after: a new one belongs here, and then stays.
const grown = `
host.kernel host.memory_available_bytes host.cgroup_mode host.engine
containers[].finished_at containers[].exit_code containers[].memory.limited_by containers[].cpu.limited_by containers[].pids.limited_by
containers[].tmpfs[].why containers[].alerts[].instance
containers[].sources[].gives[] containers[].sources[].missing[].group containers[].sources[].missing[].why
containers[].processes[].pid containers[].processes[].ppid containers[].processes[].name containers[].processes[].state
containers[].processes[].threads containers[].processes[].rss_bytes containers[].processes[].cpu_seconds containers[].processes[].oom_score_adj
containers[].processes[].swap_bytes containers[].processes[].page_table_bytes containers[].processes[].cores
events[].seq events[].at events[].until events[].container events[].id events[].kind events[].count
events[].victims[].pid events[].victims[].name events[].victims[].rss_bytes events[].victims[].scope
events[].exit_code events[].cause events[].health events[].source events[].detail
waiting[].target waiting[].since waiting[].why waiting[].choices[]
sources[].name sources[].ok sources[].error sources[].took_seconds sources[].age_seconds sources[].missing[].group sources[].missing[].why
`

// TestDocumentNames compares the names in the JSON of a frame that holds
// everything with the agreement: none is missing, none was made up on the way.
func TestDocumentNames(t *testing.T) {
	known := append(strings.Fields(agreed), strings.Fields(grown)...)
	got := documentNames(t, fullFrame())
	for _, name := range known {
		if !slices.Contains(got, name) {
			t.Errorf("%s is agreed, and not in the document", name)
		}
	}
	for _, name := range got {
		if !slices.Contains(known, name) {
			t.Errorf("%s is in the document, and nobody agreed to it", name)
		}
	}
}

// fullFrame holds a value, or an element, of everything.
func fullFrame() ui.Frame {
	sample := agentSample()
	sample.ExitCode, sample.Stale = some(137), seconds(7)
	sample.Memory.LimitedBy, sample.CPU.LimitedBy, sample.Pids.LimitedBy = "/agents.slice", "/agents.slice", "/agents.slice"
	sample.Tmpfs = append(sample.Tmpfs, collectors.TmpfsSample{Mount: "/dev/shm", Size: amountOf(64 * mib), Why: "permission denied"})
	sample.Sources[1].Error = "no answer since 14:02:05"
	sample.Sources[1].Missing = []collectors.Missing{{Group: collectors.GroupPressure, Why: "this kernel gives none"}}
	snapshot := hostSnapshot(sample)
	snapshot.Waiting = []collectors.Waiting{{Target: "web", Since: now(), Why: "several containers fit web", Choices: []string{"web-1", "web-2"}}}
	snapshot.Sources = withoutGives(sample.Sources)
	snapshot.News = []collectors.Event{{
		Seq: 3, At: now().Add(-time.Second), Until: now(), Container: sample.Name, ID: agentID, Kind: collectors.EventOOMKill, Count: 2,
		Victims:  []collectors.Victim{{PID: 4121, Name: "node", RSS: amountOf(1900 * mib), Scope: collectors.OOMAncestor}},
		ExitCode: some(137), Cause: collectors.CauseOOMKill, Health: collectors.HealthUnhealthy, Source: "cgroup", Detail: "container kept on",
	}}
	alert := alerts.Alert{
		Key:    alerts.Key{Rule: "tmpfs-filling", Container: sample.Name, Instance: "/tmp"},
		Metric: alerts.MetricTmpfsRatio, Severity: alerts.SeverityWarning, State: alerts.StateFiring, Since: now(),
		Value: 0.83, Threshold: 0.8, Unit: alerts.UnitRatio, Message: "tmpfs used on /tmp 83 % (threshold 80 %)",
	}
	return ui.Frame{Snapshot: snapshot, Board: alerts.Board{At: now(), Alerts: []alerts.Alert{alert}}}
}

// withoutGives is the list of a whole snapshot: what a source gives is told of a
// container.
func withoutGives(list []collectors.SourceHealth) []collectors.SourceHealth {
	list = slices.Clone(list)
	for i := range list {
		list[i].Gives = nil
	}
	return list
}

// documentNames are the paths of all values in a document, each once.
func documentNames(t *testing.T, frame ui.Frame) []string {
	t.Helper()
	var text bytes.Buffer
	if err := writeJSON(&text, frame); err != nil {
		t.Fatal(err)
	}
	return namesIn(t, text.Bytes())
}

func namesIn(t *testing.T, text []byte) []string {
	t.Helper()
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	names := map[string]bool{}
	collectNames(document, "", names)
	var list []string
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func collectNames(value any, path string, into map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			collectNames(member, strings.TrimPrefix(path+"."+name, "."), into)
		}
	case []any:
		for _, element := range value {
			collectNames(element, path+"[]", into)
		}
	default:
		into[path] = true
	}
}

// TestDocument shows the document of an ordinary moment, with its units.
func TestDocument(t *testing.T) {
	snapshot := hostSnapshot(agentSample())
	snapshot.Containers[0].Memory.UnreclaimableRatio = ratio(0.83)
	var line, pretty bytes.Buffer
	if err := writeJSON(&line, judged(snapshot)); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(line.Bytes(), []byte("\n")); n != 1 || !bytes.HasSuffix(line.Bytes(), []byte("\n")) {
		t.Errorf("the document has %d line ends, want one, at its end", n)
	}
	if err := json.Indent(&pretty, line.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "document.json", pretty.String())
}

// TestDocumentLeavesOutWhatIsAbsent: nothing was read, so nothing is 0.
func TestDocumentLeavesOutWhatIsAbsent(t *testing.T) {
	got := documentNames(t, judged(collectors.Snapshot{
		At: now(), Containers: []collectors.ContainerSample{{Name: "cgroup:/agent", State: collectors.StateGone}},
	}))
	want := []string{"at", "containers[].name", "containers[].recreated", "containers[].state", "missed_slots"}
	if !slices.Equal(got, want) {
		t.Errorf("names = %v, want %v", got, want)
	}
}

// TestCheckDocument takes the document of a real run apart: every name in it is
// agreed, every number is one.
func TestCheckDocument(t *testing.T) {
	root := t.TempDir()
	if err := layOutAgent(root + "/agent"); err != nil {
		t.Fatal(err)
	}
	var out, stderr bytes.Buffer
	args := []string{"check", "--interval", "100ms", "--cgroup-root", root, "--format", "json", "cgroup:/agent"}
	if code := run(t.Context(), args, streams{nil, &out, &stderr}, func(string) string { return "" }); code != checkOK {
		t.Fatalf("exit code %d: %s%s", code, out.String(), stderr.String())
	}
	known := append(strings.Fields(agreed), strings.Fields(grown)...)
	names := namesIn(t, out.Bytes())
	for _, name := range names {
		if !slices.Contains(known, name) {
			t.Errorf("%s is in the document, and nobody agreed to it", name)
		}
	}
	for _, name := range []string{"containers[].memory.unreclaimable_ratio", "containers[].cpu.cores", "containers[].pids.zombies", "interval_seconds"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing in %s", name, out.String())
		}
	}
	strictly(t, out.Bytes())
}

// strictly decodes a document as a program would that was written after the
// design: units as numbers, limits as a number or the one word, times as RFC 3339.
func strictly(t *testing.T, text []byte) {
	t.Helper()
	var document struct {
		At         time.Time `json:"at"`
		Containers []struct {
			Memory map[string]any     `json:"memory"`
			CPU    map[string]any     `json:"cpu"`
			Pids   map[string]any     `json:"pids"`
			IO     map[string]float64 `json:"io"`

			Pressure map[string]map[string]float64 `json:"pressure"`
		} `json:"containers"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	limits := []string{"limit_bytes", "high_bytes", "swap_limit_bytes", "limit_cores", "limit"}
	for _, container := range document.Containers {
		for _, group := range []map[string]any{container.Memory, container.CPU, container.Pids} {
			for name, value := range group {
				_, isNumber := value.(float64)
				if !isNumber && (!slices.Contains(limits, name) || value != "unlimited") {
					t.Errorf("%s is %v", name, value)
				}
			}
		}
	}
}
