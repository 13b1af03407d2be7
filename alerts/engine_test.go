package alerts

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"brink/collectors"
)

// look1 is a look at one metric of a container called web.
func look1(metric string, value collectors.Opt[float64]) []Look {
	return []Look{{Container: "web", Alive: true, Points: map[string][]Point{metric: {{Value: value}}}}}
}

func at(seconds int) time.Time { return time.Unix(int64(seconds), 0) }

func TestEngineHoldsAlertsOverARecreation(t *testing.T) {
	engine := NewEngine(DefaultRules())
	key := Key{Rule: "zombies", Container: "web"}
	high := look1(MetricZombies, collectors.Some(100.0))
	for second := range 40 {
		engine.EvalLooks(at(second), high)
	}
	if !engine.Acknowledge(key) {
		t.Fatal("nothing to acknowledge after 40 s of 100 zombies")
	}
	board, transitions := engine.EvalLooks(at(41), nil)
	if len(transitions) != 0 || !board.Alerts[0].Acknowledged {
		t.Fatalf("the container is away for a moment: %v, %+v", transitions, board.Alerts)
	}
	board, _ = engine.EvalLooks(at(60), high)
	if !board.Alerts[0].Acknowledged {
		t.Error("the acknowledgement did not survive the re-creation")
	}
	_, transitions = engine.EvalLooks(at(121), nil)
	if len(transitions) != 1 || transitions[0].Reason != ReasonGone || !transitions[0].Resolved() {
		t.Errorf("a minute after it was gone: %+v", transitions)
	}
}

func TestEngineMute(t *testing.T) {
	engine := NewEngine(DefaultRules())
	key := Key{Rule: "oom-kill", Container: "web"}
	engine.EvalLooks(at(0), look1(MetricOOMKills, collectors.Some(1.0)))
	engine.Mute(key, at(10))
	for second, want := range map[int]bool{1: true, 9: true} {
		board, _ := engine.EvalLooks(at(second), look1(MetricOOMKills, collectors.Some(0.0)))
		if board.Alerts[0].Muted() != want {
			t.Errorf("at %d s: muted is %v", second, !want)
		}
	}
	board, _ := engine.EvalLooks(at(10), look1(MetricOOMKills, collectors.Some(0.0)))
	if board.Alerts[0].Muted() {
		t.Error("the mute did not end")
	}
}

func TestEngineTellsOfTheNextKill(t *testing.T) {
	engine := NewEngine(DefaultRules())
	var reasons []Reason
	for second, kills := range []float64{1, 0, 0, 2, 0} {
		_, transitions := engine.EvalLooks(at(second), look1(MetricOOMKills, collectors.Some(kills)))
		for _, transition := range transitions {
			reasons = append(reasons, transition.Reason)
			if !transition.Fired() {
				t.Errorf("%s is not told as something bad", transition.Reason)
			}
		}
	}
	if want := []Reason{ReasonHeld, ReasonAgain}; !slices.Equal(reasons, want) {
		t.Fatalf("got %v, want %v", reasons, want)
	}
	board, _ := engine.EvalLooks(at(9), look1(MetricOOMKills, collectors.Some(0.0)))
	if got := board.Alerts[0].Message; got != "processes OOM-killed 3 (threshold 1)" {
		t.Errorf("message %q does not add up the kills", got)
	}
}

// TestEngineCountsWhatAnEventGrowsBy: an event in the story is amended while more
// of the same follows; only the difference is new.
func TestEngineCountsWhatAnEventGrowsBy(t *testing.T) {
	engine := NewEngine(DefaultRules())
	snapshot := func(second int, count uint64) collectors.Snapshot {
		return collectors.Snapshot{
			At:         at(second),
			Containers: []collectors.ContainerSample{{Name: "web", State: collectors.StateRunning}},
			Story:      []collectors.Event{{Seq: 7, At: at(0), Until: at(second), Container: "web", Kind: collectors.EventOOMKill, Count: count}},
		}
	}
	var told []float64
	for second, count := range []uint64{1, 1, 3, 3} {
		_, transitions := engine.Eval(snapshot(second, count))
		for _, transition := range transitions {
			if transition.Alert.Rule == "oom-kill" {
				told = append(told, transition.Alert.Value)
			}
		}
	}
	if want := []float64{1, 3}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestEngineRemovesTheAlertsOfARuleThatIsNoMore(t *testing.T) {
	engine := NewEngine(DefaultRules())
	looks := look1(MetricOOMKills, collectors.Some(1.0))
	engine.EvalLooks(at(0), looks)
	engine.SetRules(nil)
	_, transitions := engine.EvalLooks(at(1), looks)
	if len(transitions) != 1 || transitions[0].Reason != ReasonRuleRemoved {
		t.Errorf("got %+v", transitions)
	}
}

// TestEngineProperties: whatever the values, an alert fires only after its
// for-duration, never fires twice without a resolve, a worsening or a repetition
// between, and ends resolved or still firing on the board.
func TestEngineProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := Level{Fire: 0.8, Clear: 0.7, For: time.Duration(rapid.IntRange(0, 5).Draw(t, "for")) * time.Second}
		rule := Rule{
			Name: "r", Metric: MetricMemoryRatio, Warning: collectors.Some(level),
			KeepFor: time.Duration(rapid.IntRange(0, 3).Draw(t, "keep")) * time.Second,
			Latched: rapid.Bool().Draw(t, "latched"),
			Absent:  Absence(rapid.IntRange(0, 2).Draw(t, "absent")),
		}
		engine := NewEngine([]Rule{rule})
		firing, beyond := false, -1
		for second := range rapid.IntRange(1, 60).Draw(t, "steps") {
			value := rapid.OneOf(rapid.Just(0.9), rapid.Just(0.75), rapid.Just(0.1), rapid.Just(-1.0)).Draw(t, "value")
			says := collectors.Opt[float64]{}
			if value >= 0 {
				says = collectors.Some(value)
			}
			high := value >= level.Fire || value < 0 && rule.Absent == AbsentFire
			if !high {
				beyond = -1
			} else if beyond < 0 {
				beyond = second
			}
			board, transitions := engine.EvalLooks(at(second), look1(rule.Metric, says))
			for _, transition := range transitions {
				switch {
				case transition.Fired() && firing:
					t.Fatalf("%d s: fired twice without a resolve", second)
				case transition.Fired() && (beyond < 0 || time.Duration(second-beyond)*time.Second < level.For):
					t.Fatalf("%d s: fired although it was beyond only since %d s", second, beyond)
				case transition.Resolved() && !firing:
					t.Fatalf("%d s: resolved what did not fire", second)
				}
				firing = firing && !transition.Resolved() || transition.Fired()
			}
			if onBoard := board.Worst("web") > SeverityNone; onBoard != firing {
				t.Fatalf("%d s: the board says firing %v, the transitions %v", second, onBoard, firing)
			}
			if rapid.IntRange(0, 9).Draw(t, "ack") == 0 {
				engine.Acknowledge(Key{Rule: "r", Container: "web"})
			}
		}
	})
}
