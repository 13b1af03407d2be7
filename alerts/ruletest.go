package alerts

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// RuleTest tries rules on made-up values over time: what the authors test the
// default rules with is what users test theirs with.
type RuleTest struct {
	Name string
	// Interval is the time of one step; zero is a second.
	Interval time.Duration
	// Container is the name that the rules match; empty is "test".
	Container string
	// Series are the metrics by name; "NAME@INSTANCE" is one instance, as
	// "tmpfs.used_ratio@/tmp".
	Series map[string]Series
	// Orders are what a person does meanwhile.
	Orders []Order
	Checks []Check
}

// Order is what a person does at a time: acknowledge every alert of a rule.
type Order struct {
	At          time.Duration
	Acknowledge string
}

// Check is what must be so at a time.
type Check struct {
	At time.Duration
	// Alerts are the alerts of that moment as "RULE SEVERITY STATE", with "@INSTANCE"
	// behind the rule where it has one. All of them, in any order.
	Alerts []string
}

// Failure is a check that did not hold.
type Failure struct {
	At        time.Duration
	Got, Want []string
}

// String is the failure in one line.
func (f Failure) String() string {
	return fmt.Sprintf("at %v: got [%s], want [%s]", f.At, strings.Join(f.Got, ", "), strings.Join(f.Want, ", "))
}

// Run plays the series against the rules from time zero and returns what failed.
func (t RuleTest) Run(rules []Rule) []Failure {
	if t.Interval <= 0 {
		t.Interval = time.Second
	}
	engine := NewEngine(rules)
	var failures []Failure
	for step := range t.steps() {
		elapsed := time.Duration(step) * t.Interval
		board, _ := engine.EvalLooks(time.Unix(0, 0).Add(elapsed), []Look{t.look(step)})
		for _, check := range t.Checks {
			if check.At < elapsed || check.At >= elapsed+t.Interval {
				continue
			}
			got, want := pictures(board), slices.Sorted(slices.Values(check.Alerts))
			if !slices.Equal(got, want) {
				failures = append(failures, Failure{At: check.At, Got: got, Want: want})
			}
		}
		t.obey(engine, board, elapsed)
	}
	return failures
}

// steps is how many evaluations there are: to the end of the longest series, and
// to the last check.
func (t RuleTest) steps() int {
	steps := 0
	for _, series := range t.Series {
		steps = max(steps, len(series))
	}
	for _, check := range t.Checks {
		steps = max(steps, int(check.At/t.Interval)+1)
	}
	return steps
}

// look is the values of one step. A series that has ended is absent. The container
// runs unless one of them says that it does not.
func (t RuleTest) look(step int) Look {
	look := Look{Container: t.container(), Alive: true, Points: map[string][]Point{}}
	for _, name := range slices.Sorted(maps.Keys(t.Series)) {
		metric, instance, _ := strings.Cut(name, "@")
		point := Point{Instance: instance}
		if series := t.Series[name]; step < len(series) {
			point.Value = series[step].Value
			look.Alive = look.Alive && !series[step].Stopped
		}
		look.Points[metric] = append(look.Points[metric], point)
	}
	return look
}

func (t RuleTest) container() string {
	if t.Container == "" {
		return "test"
	}
	return t.Container
}

// obey carries out the orders of this step.
func (t RuleTest) obey(engine *Engine, board Board, elapsed time.Duration) {
	for _, order := range t.Orders {
		if order.At < elapsed || order.At >= elapsed+t.Interval {
			continue
		}
		for _, alert := range board.Alerts {
			if alert.Rule == order.Acknowledge {
				engine.Acknowledge(alert.Key)
			}
		}
	}
}

// pictures writes the alerts of a board as checks do.
func pictures(board Board) []string {
	list := make([]string, 0, len(board.Alerts))
	for _, alert := range board.Alerts {
		name := alert.Rule
		if alert.Instance != "" {
			name += "@" + alert.Instance
		}
		list = append(list, fmt.Sprintf("%s %s %s", name, alert.Severity, alert.State))
	}
	slices.Sort(list)
	return list
}

// Validate refuses what no run could ever meet or fail for the right reason: an
// expectation, or an acknowledgement, of a rule that is not among these.
func (t RuleTest) Validate(rules []Rule) error {
	var faults []error
	for _, check := range t.Checks {
		for _, alert := range check.Alerts {
			faults = append(faults, validPicture(alert, rules))
		}
	}
	for _, order := range t.Orders {
		if err := inForce(order.Acknowledge, rules); err != nil {
			faults = append(faults, fmt.Errorf("acknowledge: %w", err))
		}
	}
	return errors.Join(faults...)
}

// validPicture checks one expected alert.
func validPicture(text string, rules []Rule) error {
	words := strings.Split(text, " ")
	if len(words) != 3 {
		return fmt.Errorf("%q is not RULE SEVERITY STATE, with a blank between each", text)
	}
	name, _, _ := strings.Cut(words[0], "@")
	severities, states := []string{"warning", "critical"}, []string{"pending", "firing"}
	switch {
	case !slices.Contains(severities, words[1]):
		return fmt.Errorf("%q: the severities are %s", text, strings.Join(severities, " and "))
	case !slices.Contains(states, words[2]):
		return fmt.Errorf("%q: the states are %s", text, strings.Join(states, " and "))
	}
	if err := inForce(name, rules); err != nil {
		return fmt.Errorf("%q: %w", text, err)
	}
	return nil
}

func inForce(name string, rules []Rule) error {
	if slices.ContainsFunc(rules, func(r Rule) bool { return r.Name == name }) {
		return nil
	}
	return fmt.Errorf("there is no rule %q in force", name)
}

// CheckSeriesName refuses a series about a metric that is not in the table: no
// rule would ever look at it, and the test would prove nothing.
func CheckSeriesName(name string) error {
	metric, _, _ := strings.Cut(name, "@")
	if _, ok := metricsByName()[metric]; !ok {
		return fmt.Errorf("there is no metric %q", metric)
	}
	return nil
}
