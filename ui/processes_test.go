package ui

import (
	"strings"
	"testing"
	"testing/synctest"

	"brink/alerts"
	"brink/collectors"
)

// order returns the numbers of the processes in the order of the panel.
func pidsInOrder(s *scene) string {
	var pids []string
	for _, row := range s.processRows() {
		pids = append(pids, number(row.process.PID))
	}
	return strings.Join(pids, " ")
}

// TestProcessOrder: what is not known comes last both ways, and equal ones go by
// their numbers.
func TestProcessOrder(t *testing.T) {
	sample := agentAt(noon)
	sample.Processes = []collectors.Process{
		{PID: 9, State: "S", RSS: some(3 * mib), Cores: some(collectors.Cores(0))},
		{PID: 8, State: "?"},
		{PID: 7, State: "R", RSS: some(5 * mib), Cores: some(collectors.Cores(1.5))},
		{PID: 6, State: "Z", RSS: some(collectors.Bytes(0))},
		{PID: 5, State: "S", RSS: some(3 * mib), Cores: some(collectors.Cores(0.5))},
		{PID: 4, State: "D", RSS: some(4 * mib)},
	}
	for _, test := range []struct {
		order processOrder
		want  string
	}{
		{processOrder{}, "7 4 5 9 6 8"},
		{processOrder{by: sortMemory, reverse: true}, "6 5 9 4 7 8"},
		{processOrder{by: sortCPU}, "7 5 9 4 6 8"},
		{processOrder{by: sortCPU, reverse: true}, "9 5 7 4 6 8"},
		{processOrder{by: sortState}, "6 4 7 5 9 8"},
		{processOrder{by: sortState, reverse: true}, "8 5 9 7 4 6"},
	} {
		s := sceneWith(sample)
		s.nav.order = test.order
		if got := pidsInOrder(s); got != test.want {
			t.Errorf("by %v: %s, want %s", test.order, got, test.want)
		}
	}
}

// TestProcessColumns: of a narrow panel the name and the memory are left.
func TestProcessColumns(t *testing.T) {
	for _, test := range []struct {
		width int
		want  string
	}{
		{0, "name memory"},
		{20, "name memory"},
		{28, "name memory cores"},
		{36, "pid name memory cores"},
		{60, "pid name state memory cores threads"},
		{200, "pid parent name state memory of limit cores CPU time threads swap adj badness"},
	} {
		var titles []string
		for _, column := range processColumnsFor(test.width) {
			titles = append(titles, column.title)
		}
		if got := strings.Join(titles, " "); got != test.want {
			t.Errorf("%d columns: %s, want %s", test.width, got, test.want)
		}
	}
}

// TestProcessesWithoutAList says why there is none.
func TestProcessesWithoutAList(t *testing.T) {
	sample := agentAt(noon)
	sample.Processes = nil
	if got := panelLines(sceneWith(sample), PanelProcesses, 60, 5)[0]; got != "no process is known" {
		t.Errorf("it says %q", got)
	}
	sample.Sources[2].Missing = []collectors.Missing{{Group: collectors.GroupProcesses, Why: "hidepid hides them"}}
	if got := panelLines(sceneWith(sample), PanelProcesses, 60, 5)[0]; got != "not readable: hidepid hides them" {
		t.Errorf("it says %q", got)
	}
}

// TestVictim: the process that Chrome offers goes before a larger one, and nobody is
// named where nobody can be picked.
func TestVictim(t *testing.T) {
	s := sceneWith(agentAt(noon))
	lines := strings.Join(panelLines(s, PanelProcesses, 110, 12), "\n")
	for _, want := range []string{"6 processes · 2 zombies · ▸ an OOM would kill chrome (pid 4172) · 37 threads", "\n▸    4172    4150 chrome"} {
		if !strings.Contains(lines, want) {
			t.Errorf("no %q in\n%s", want, lines)
		}
	}
	if strings.Count(lines, victimMark) != 2 || strings.Count(lines, zombieMark) != 2 {
		t.Errorf("marks are wrong:\n%s", lines)
	}
	for i := range s.sample.Processes {
		s.sample.Processes[i].OOMScoreAdj = some(-1000)
	}
	if lines := strings.Join(panelLines(s, PanelProcesses, 110, 12), "\n"); strings.Contains(lines, victimMark) {
		t.Errorf("somebody is named:\n%s", lines)
	}
}

// TestZombieLook: a zombie has the colour of the alert about zombies, and none before.
func TestZombieLook(t *testing.T) {
	s := sceneWith(agentAt(noon))
	if got := s.zombieRole(); got != roleMuted {
		t.Errorf("without an alert it is %d", got)
	}
	s.frame.Board.Alerts = []alerts.Alert{firing("zombies", alerts.MetricZombies, alerts.SeverityWarning, "")}
	if got := s.zombieRole(); got != roleWarning {
		t.Errorf("with an alert it is %d", got)
	}
}

func TestProcessCells(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{stateWord(""), "--"},
		{stateWord("Q"), "Q"},
		{stateWord("t"), "stopped"},
		{stateWord("I"), "idle"},
		{stateWord("X"), "dead"},
		{smallCount(collectors.Opt[int]{}), "--"},
		{smallCount(some(-1000)), "-1000"},
		{badnessText(collectors.Opt[int64]{}), "--"},
		{badnessText(some(int64(-5 << 20))), "-5.00M"},
		{badnessText(some(int64(5 << 20))), "5.00M"},
		{cpuTime(collectors.Opt[collectors.Seconds]{}), "--"},
		{cpuTime(some(seconds(0))), "0 ms"},
		{cpuTime(some(seconds(2500e6))), "2.5 s"},
		{cpuTime(some(seconds(11000e9))), "3h 3m"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}

func TestJourneySort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		j.frame(frameOf(noon, agentAt(noon)))
		// The keys are for the list only.
		j.keys("s", "S")
		j.shows("memory↓")
		j.keys("tab", "tab", "tab")
		j.shows("s sort")
		j.keys("s")
		j.shows("cores↓", "sorted by CPU")
		j.keys("S")
		j.shows("cores↑", "sorted by CPU, reversed")
		j.keys("enter", "s")
		j.shows("state↓", "sorted by state")
		j.keys("s")
		j.shows("memory↓")
		j.end()
	})
}
