package alerts

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// boardAlerts stand in the order that a board has: the worst first, then by
// container, rule and instance.
func boardAlerts() []Alert {
	alert := func(severity Severity, state State, container, rule, metric, instance string) Alert {
		return Alert{Key: Key{Rule: rule, Container: container, Instance: instance}, Metric: metric, Severity: severity, State: state}
	}
	return []Alert{
		alert(SeverityCritical, StateFiring, "agent", "pids-near-limit", MetricPidsRatio, ""),
		alert(SeverityCritical, StateFiring, "agent", "tmpfs-filling", MetricTmpfsRatio, "/run"),
		alert(SeverityCritical, StatePending, "web", "memory-near-limit", MetricMemoryRatio, ""),
		alert(SeverityWarning, StateFiring, "agent", "memory-near-limit", MetricMemoryRatio, ""),
		alert(SeverityWarning, StateFiring, "agent", "tmpfs-filling", MetricTmpfsRatio, "/tmp"),
		alert(SeverityWarning, StateFiring, "web", "cpu-near-quota", MetricCPURatio, ""),
		alert(SeverityInfo, StateFiring, "db", "zombies", MetricZombies, ""),
	}
}

func TestBoardOrder(t *testing.T) {
	want := boardAlerts()
	for seed := range uint64(20) {
		mixed := boardAlerts()
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if got := newBoard(moment(), mixed); !slices.Equal(got.Alerts, want) {
			t.Fatalf("the order is %v, want %v", got.Alerts, want)
		}
	}
}

func TestBoardOf(t *testing.T) {
	board := newBoard(moment(), boardAlerts())
	for container, want := range map[string]int{"agent": 4, "web": 2, "db": 1, "nobody": 0, "": 0} {
		list := board.Of(container)
		if len(list) != want {
			t.Errorf("Of(%q) has %d alerts, want %d", container, len(list), want)
		}
		if !slices.IsSortedFunc(list, func(a, b Alert) int { return int(b.Severity) - int(a.Severity) }) {
			t.Errorf("Of(%q) is not sorted: %v", container, list)
		}
	}
}

// TestBoardWorst: what is only about to fire colours nothing.
func TestBoardWorst(t *testing.T) {
	board := newBoard(moment(), boardAlerts())
	for container, want := range map[string]Severity{
		"": SeverityCritical, "agent": SeverityCritical, "web": SeverityWarning, "db": SeverityInfo, "nobody": SeverityNone,
	} {
		if got := board.Worst(container); got != want {
			t.Errorf("Worst(%q) = %v, want %v", container, got, want)
		}
	}
	if got := (Board{}).Worst(""); got != SeverityNone {
		t.Errorf("an empty board is %v", got)
	}
}

func TestBoardTone(t *testing.T) {
	board := newBoard(moment(), boardAlerts())
	tests := []struct {
		container, metric, instance string
		want                        Severity
	}{
		{"agent", MetricMemoryRatio, "", SeverityWarning},
		{"agent", MetricPidsRatio, "", SeverityCritical},
		{"agent", MetricCPURatio, "", SeverityNone},
		{"agent", MetricTmpfsRatio, "/tmp", SeverityWarning},
		{"agent", MetricTmpfsRatio, "/run", SeverityCritical},
		{"agent", MetricTmpfsRatio, "/dev/shm", SeverityNone},
		{"agent", MetricTmpfsRatio, "", SeverityCritical},
		{"web", MetricMemoryRatio, "", SeverityNone},
		{"web", MetricCPURatio, "", SeverityWarning},
	}
	for _, test := range tests {
		if got := board.Tone(test.container, test.metric, test.instance); got != test.want {
			t.Errorf("Tone(%q, %q, %q) = %v, want %v", test.container, test.metric, test.instance, got, test.want)
		}
	}
}
