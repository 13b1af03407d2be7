package ui

import (
	"strings"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// TestSubjects lists containers first, then what is waited for, in the order in
// which they came.
func TestSubjects(t *testing.T) {
	named := func(name string) collectors.ContainerSample { return collectors.ContainerSample{Name: name} }
	waiting := func(target string) collectors.Waiting { return collectors.Waiting{Target: target} }
	for _, test := range []struct {
		name     string
		snapshot collectors.Snapshot
		want     string
	}{
		{"nothing", collectors.Snapshot{}, ""},
		{"containers", collectors.Snapshot{Containers: []collectors.ContainerSample{named("b"), named("a")}}, "b, a"},
		{"waiting", collectors.Snapshot{Waiting: []collectors.Waiting{waiting("x"), waiting("")}}, "x?, any agent?"},
		{"both", collectors.Snapshot{
			Containers: []collectors.ContainerSample{named("a")}, Waiting: []collectors.Waiting{waiting("x")},
		}, "a, x?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var words []string
			for _, one := range subjectsOf(test.snapshot) {
				word := one.title()
				if one.waiting != nil {
					word += "?"
				}
				words = append(words, word)
			}
			if got := strings.Join(words, ", "); got != test.want {
				t.Errorf("subjects are %q, want %q", got, test.want)
			}
		})
	}
}

func TestChosen(t *testing.T) {
	list := []subject{{name: "a"}, {name: "b"}, {name: ""}}
	for _, test := range []struct {
		name string
		want int
	}{{"a", 0}, {"b", 1}, {"", 2}, {"gone", 0}} {
		if got := chosen(list, test.name); got != test.want {
			t.Errorf("%q stands at %d, want %d", test.name, got, test.want)
		}
	}
	if got := chosen(nil, "a"); got != 0 {
		t.Errorf("in an empty list it stands at %d, want 0", got)
	}
}

func TestAlive(t *testing.T) {
	for _, test := range []struct {
		state collectors.State
		want  bool
	}{
		{collectors.StateRunning, true},
		{collectors.StatePaused, true},
		{collectors.StateUnknown, true}, // A bare cgroup: it lives while it can be read.
		{collectors.StateExited, false},
		{collectors.StateDead, false},
		{collectors.StateCreated, false},
		{collectors.StateGone, false},
	} {
		if got := alive(collectors.ContainerSample{State: test.state}); got != test.want {
			t.Errorf("%q is alive: %v, want %v", test.state, got, test.want)
		}
	}
}

// TestWhy finds the reason of the source that missed a group.
func TestWhy(t *testing.T) {
	sample := agentAt(noon)
	sample.Sources = []collectors.SourceHealth{
		{Name: "cgroup", Missing: []collectors.Missing{{Group: collectors.GroupMemory, Why: "no memory controller"}}},
		{Name: "docker", Missing: []collectors.Missing{{Group: collectors.GroupNetwork, Why: "host network"}, {Group: collectors.GroupMemory, Why: "too late"}}},
	}
	s := sceneWith(sample)
	for _, test := range []struct {
		group collectors.Group
		want  string
	}{
		{collectors.GroupMemory, "no memory controller"},
		{collectors.GroupNetwork, "host network"},
		{collectors.GroupCPU, ""},
	} {
		if got := s.why(test.group); got != test.want {
			t.Errorf("%s is absent because of %q, want %q", test.group, got, test.want)
		}
	}
}

// TestNewestEvent is of the container or of all, and of one of the kinds.
func TestNewestEvent(t *testing.T) {
	s := sceneWith(agentAt(noon))
	s.frame.Snapshot.Story = []collectors.Event{
		{Seq: 1, Container: agentName, Kind: collectors.EventDied},
		{Seq: 2, Container: agentName, Kind: collectors.EventRestarted},
		{Seq: 3, Container: "web", Kind: collectors.EventDied},
		{Seq: 4, Kind: collectors.EventSourceLost},
	}
	for _, test := range []struct {
		name  string
		kinds []collectors.EventKind
		want  uint64
	}{
		{"one kind", []collectors.EventKind{collectors.EventDied}, 1},
		{"the newer of two kinds", []collectors.EventKind{collectors.EventDied, collectors.EventRestarted}, 2},
		{"of all containers", []collectors.EventKind{collectors.EventSourceLost}, 4},
		{"none", []collectors.EventKind{collectors.EventOOMKill}, 0},
		{"no kind", nil, 0},
	} {
		if got, ok := s.newestEvent(test.kinds...); got.Seq != test.want || ok != (test.want > 0) {
			t.Errorf("%s: event %d (%v), want %d", test.name, got.Seq, ok, test.want)
		}
	}
}

// TestDim says when values are not of now.
func TestDim(t *testing.T) {
	for _, test := range []struct {
		state string
		want  bool
	}{{"steady", false}, {"paused", false}, {"stale", true}, {"stopped", true}, {"ended", true}, {"first-sample", false}} {
		if got := stateNamed(t, test.state).arrive(newModel(80, 24)).sceneShown().dim(); got != test.want {
			t.Errorf("%s is dim: %v, want %v", test.state, got, test.want)
		}
	}
}

// TestToneIsOfTheContainer although another one has the same alert.
func TestToneIsOfTheContainer(t *testing.T) {
	mount := firing("tmpfs-filling", alerts.MetricTmpfsRatio, alerts.SeverityWarning, "")
	mount.Instance = "/tmp"
	other := firing("memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityCritical, "")
	other.Container = "web"
	s := showing(mount, other).sceneShown()
	for _, test := range []struct {
		metric, instance string
		want             alerts.Severity
	}{
		{alerts.MetricTmpfsRatio, "/tmp", alerts.SeverityWarning},
		{alerts.MetricTmpfsRatio, "/run", alerts.SeverityNone},
		{alerts.MetricTmpfsRatio, "", alerts.SeverityWarning},
		{alerts.MetricMemoryRatio, "", alerts.SeverityNone},
	} {
		if got := s.tone(test.metric, test.instance); got != test.want {
			t.Errorf("%s of %q has the tone %v, want %v", test.metric, test.instance, got, test.want)
		}
	}
}

// TestTabMarks has the state of each container, or what is wrong with it.
func TestTabMarks(t *testing.T) {
	at := func(state collectors.State) subject {
		return subject{name: "x", sample: &collectors.ContainerSample{Name: "x", State: state}}
	}
	alarmed := firing("a", "", alerts.SeverityCritical, "")
	alarmed.Container = "y"
	s := showing(alarmed).sceneShown()
	for _, test := range []struct {
		one  subject
		mark string
		look role
	}{
		{at(collectors.StateRunning), "●", roleMuted},
		{at(collectors.StatePaused), "‖", roleMuted},
		{at(collectors.StateRestarting), "↻", roleMuted},
		{at(collectors.StateExited), "○", roleMuted},
		{at(collectors.StateUnknown), "●", roleMuted},
		{subject{name: "x", waiting: &collectors.Waiting{}}, "◌", roleMuted},
		{subject{waiting: &collectors.Waiting{}}, "◌", roleMuted},
		{subject{name: "y", sample: &collectors.ContainerSample{Name: "y"}}, "✖", roleCritical},
		{subject{name: "y", waiting: &collectors.Waiting{}}, "✖", roleCritical},
	} {
		if mark, look := s.tabMark(test.one), s.tabRole(test.one, false); mark != test.mark || look != test.look {
			t.Errorf("%+v has the mark %s with role %d, want %s with %d", test.one, mark, look, test.mark, test.look)
		}
	}
	if got := s.tabRole(at(collectors.StateRunning), true); got != roleSelected {
		t.Errorf("the chosen tab has role %d", got)
	}
}

// TestFirstTab lets entries go off at the left only when they must.
func TestFirstTab(t *testing.T) {
	list := make([]subject, 12)
	for i := range list {
		list[i].name = "box-" + number(i+1)
	}
	for _, test := range []struct{ at, width, want int }{
		{0, 200, 0}, {11, 200, 0}, {0, 10, 0}, {2, 50, 0}, {3, 50, 1}, {4, 50, 2}, {11, 50, 9}, {5, 10, 5}, {5, 0, 5},
	} {
		if got := firstTab(list, test.at, test.width); got != test.want {
			t.Errorf("tab %d of 12 in %d columns: the first is %d, want %d", test.at, test.width, got, test.want)
		}
	}
}

// TestSince counts by the time of the snapshot, whatever the zone of a moment.
func TestSince(t *testing.T) {
	s := sceneWith(agentAt(noon))
	for _, test := range []struct {
		at   time.Time
		want time.Duration
	}{
		{noon.Add(-time.Minute), time.Minute},
		{noon.Add(-time.Minute).In(time.FixedZone("", 7200)), time.Minute},
		{noon.Add(time.Second), -time.Second},
	} {
		if got := s.since(test.at); got != test.want {
			t.Errorf("since %v it is %v, want %v", test.at, got, test.want)
		}
	}
}
