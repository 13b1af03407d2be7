package alerts

import (
	"slices"
	"testing"
	"time"

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

// TestEngineForgetsALevelThatAReloadRemoved: nothing else would ever end it.
func TestEngineForgetsALevelThatAReloadRemoved(t *testing.T) {
	rule := Rule{
		Name: "r", Metric: MetricMemoryRatio,
		Warning:  collectors.Some(Level{Fire: 0.8, Clear: 0.7}),
		Critical: collectors.Some(Level{Fire: 0.9, Clear: 0.85}),
	}
	without := func(latched, warning bool) Rule {
		rule.Latched = latched
		less := rule
		less.Critical = collectors.Opt[Level]{}
		if !warning {
			less.Warning, less.Critical = less.Critical, rule.Critical
		}
		return less
	}
	for _, test := range []struct {
		name           string
		value          float64
		latched        bool
		keepsWarning   bool
		severity       Severity
		reason         Reason
		thresholdAfter float64
	}{
		{"critical goes, the warning stays", 0.95, false, true, SeverityWarning, ReasonRuleRemoved, 0.8},
		{"critical goes from a latched rule", 0.95, true, true, SeverityWarning, ReasonRuleRemoved, 0.8},
		{"the warning goes", 0.82, false, false, SeverityNone, ReasonRuleRemoved, 0.9},
		{"the warning goes from a latched rule", 0.82, true, false, SeverityNone, ReasonRuleRemoved, 0.9},
	} {
		less := without(test.latched, test.keepsWarning)
		engine := NewEngine([]Rule{rule})
		looks := look1(rule.Metric, collectors.Some(test.value))
		engine.EvalLooks(at(0), looks)
		engine.SetRules([]Rule{less})
		board, transitions := engine.EvalLooks(at(1), looks)
		if len(transitions) != 1 || transitions[0].Reason != test.reason || transitions[0].Alert.Threshold != test.thresholdAfter {
			t.Errorf("%s: %+v", test.name, transitions)
		}
		if got := board.Worst("web"); got != test.severity {
			t.Errorf("%s: %v is left, want %v", test.name, got, test.severity)
		}
	}
}

func TestEngineRemovesTheAlertsThatARuleNoLongerMatches(t *testing.T) {
	rule := Rule{Name: "r", Metric: MetricTmpfsRatio, Warning: collectors.Some(Level{Fire: 0.8, Clear: 0.7})}
	looks := []Look{{Container: "web", Alive: true, Points: map[string][]Point{MetricTmpfsRatio: {{Instance: "/tmp", Value: collectors.Some(0.9)}}}}}
	for _, match := range []Match{{Containers: []string{"db"}}, {Instances: []string{"/run"}}} {
		engine := NewEngine([]Rule{rule})
		engine.EvalLooks(at(0), looks)
		narrow := rule
		narrow.Match = match
		engine.SetRules([]Rule{narrow})
		board, transitions := engine.EvalLooks(at(1), looks)
		if len(transitions) != 1 || transitions[0].Reason != ReasonRuleRemoved || len(board.Alerts) != 0 {
			t.Errorf("%+v: %+v, and %+v is left", match, transitions, board.Alerts)
		}
	}
}

// TestEngineEndsTheAlertsOfAMountThatVanished: a container that runs on without
// the mount, one that does not run and has none, and a clock that was set back.
func TestEngineEndsTheAlertsOfAMountThatVanished(t *testing.T) {
	mounted := map[string][]Point{MetricTmpfsRatio: {{Instance: "/tmp", Value: collectors.Some(0.9)}}}
	for _, test := range []struct {
		name string
		from int
		look Look
		// last is the second of the last look at which it still fires.
		last   int
		reason Reason
	}{
		{"unmounted", 1000, Look{Container: "web", Alive: true}, 1059, ReasonGone},
		{"not running", 1000, Look{Container: "web"}, 1000, ReasonNotRunning},
		{"unmounted as the clock was set back", 500, Look{Container: "web", Alive: true}, 560, ReasonGone},
	} {
		engine := NewEngine([]Rule{{Name: "r", Metric: MetricTmpfsRatio, Warning: collectors.Some(Level{Fire: 0.8, Clear: 0.7})}})
		engine.EvalLooks(at(1000), []Look{{Container: "web", Alive: true, Points: mounted}})
		var ended []int
		for second := test.from + 1; second < test.from+200; second++ {
			_, transitions := engine.EvalLooks(at(second), []Look{test.look})
			for _, transition := range transitions {
				if ended = append(ended, second); transition.Reason != test.reason || !transition.Resolved() {
					t.Errorf("%s: %+v", test.name, transition)
				}
			}
		}
		if !slices.Equal(ended, []int{test.last + 1}) {
			t.Errorf("%s: ended at %v, want once after %d s", test.name, ended, test.last)
		}
		if len(engine.tracks) != 0 {
			t.Errorf("%s: %d tracks are left for ever", test.name, len(engine.tracks))
		}
	}
}

// TestEngineAcknowledgeOverAStop: an acknowledgement outlives the moment in which
// the container is seen to be stopped, but no longer than the grace, for nothing
// worse, and for no new event.
func TestEngineAcknowledgeOverAStop(t *testing.T) {
	levels := func(metric string) Rule {
		return Rule{
			Name: "r", Metric: metric,
			Warning:  collectors.Some(Level{Fire: 1, Clear: 1, For: 10 * time.Second}),
			Critical: collectors.Some(Level{Fire: 2, Clear: 2, For: 10 * time.Second}),
		}
	}
	events := Rule{Name: "r", Metric: MetricOOMKills, Critical: collectors.Some(Level{Fire: 1, Clear: 1}), Latched: true}
	for _, test := range []struct {
		name          string
		rule          Rule
		before, after float64
		stopped       int
		want          bool
	}{
		{"as bad", levels(MetricZombies), 1, 1, 20, true},
		{"less bad", levels(MetricZombies), 2, 1, 20, true},
		{"worse", levels(MetricZombies), 1, 2, 20, false},
		{"just in time", levels(MetricZombies), 1, 1, 59, true},
		{"much later", levels(MetricZombies), 1, 1, 61, false},
		{"another kill", events, 1, 1, 20, false},
	} {
		engine, now := NewEngine([]Rule{test.rule}), 0
		run := func(seconds int, alive bool, value collectors.Opt[float64]) (board Board) {
			look := look1(test.rule.Metric, value)
			look[0].Alive = alive
			for range seconds {
				board, _ = engine.EvalLooks(at(now), look)
				now++
			}
			return board
		}
		run(11, true, collectors.Some(test.before))
		if !engine.Acknowledge(Key{Rule: "r", Container: "web"}) {
			t.Fatalf("%s: nothing to acknowledge", test.name)
		}
		if board := run(test.stopped, false, collectors.Opt[float64]{}); len(board.Alerts) != 0 {
			t.Fatalf("%s: %+v of a container that does not run", test.name, board.Alerts)
		}
		board := run(11, true, collectors.Some(test.after))
		if len(board.Alerts) != 1 || board.Alerts[0].State != StateFiring || board.Alerts[0].Acknowledged != test.want {
			t.Errorf("%s: %+v, want acknowledged %v", test.name, board.Alerts, test.want)
		}
	}
}
