package main

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/pelletier/go-toml/v2"

	"brink/alerts"
)

// ruleTestFile is a file of rule tests, as it is written.
type ruleTestFile struct {
	Test []ruleTestTable `toml:"test"`
}

type ruleTestTable struct {
	Name        string            `toml:"name"`
	Container   string            `toml:"container"`
	Interval    string            `toml:"interval"`
	Series      map[string]string `toml:"series"`
	At          []ruleTestCheck   `toml:"at"`
	Acknowledge []ruleTestOrder   `toml:"acknowledge"`
}

type ruleTestCheck struct {
	Time   string   `toml:"time"`
	Alerts []string `toml:"alerts"`
}

type ruleTestOrder struct {
	Time string `toml:"time"`
	Rule string `toml:"rule"`
}

// parseRuleTests reads the tests of a file. A key that is not known is a fault,
// with its line; so is everything that would make a test pass by mistake.
func parseRuleTests(file string, data []byte) ([]alerts.RuleTest, error) {
	var raw ruleTestFile
	err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&raw)
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		return nil, fmt.Errorf("%s: unknown keys:\n%s", file, strict.String())
	}
	if decode, ok := errors.AsType[*toml.DecodeError](err); ok {
		row, column := decode.Position()
		return nil, fmt.Errorf("%s:%d:%d:\n%s", file, row, column, decode.String())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(raw.Test) == 0 {
		return nil, fmt.Errorf("%s: there is no [[test]] in it", file)
	}
	var tests []alerts.RuleTest
	var faults []error
	for i, table := range raw.Test {
		test, err := table.ruleTest()
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: test %d %q: %w", file, i+1, table.Name, err))
		}
		tests = append(tests, test)
	}
	return tests, errors.Join(faults...)
}

func (t ruleTestTable) ruleTest() (alerts.RuleTest, error) {
	test := alerts.RuleTest{Name: t.Name, Container: t.Container, Interval: time.Second, Series: map[string]alerts.Series{}}
	var faults []error
	duration := func(text string) time.Duration {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			faults = append(faults, fmt.Errorf("%q is not a time as \"90s\" or \"2m\"", text))
		}
		return d
	}
	if t.Interval != "" {
		if test.Interval = duration(t.Interval); test.Interval <= 0 {
			test.Interval = time.Second
			faults = append(faults, fmt.Errorf("interval %q must be longer than nothing", t.Interval))
		}
	}
	for name, text := range t.Series {
		series, err := alerts.ParseSeries(text)
		faults = append(faults, err, alerts.CheckSeriesName(name))
		test.Series[name] = series
	}
	for _, check := range t.At {
		test.Checks = append(test.Checks, alerts.Check{At: duration(check.Time), Alerts: check.Alerts})
	}
	for _, order := range t.Acknowledge {
		test.Orders = append(test.Orders, alerts.Order{At: duration(order.Time), Acknowledge: order.Rule})
	}
	if len(test.Checks) == 0 {
		faults = append(faults, errors.New("it expects nothing: add a [[test.at]]"))
	}
	return test, errors.Join(faults...)
}

// validTests refuses the tests that speak of rules which are not in force.
func validTests(file string, tests []alerts.RuleTest, rules []alerts.Rule) error {
	var faults []error
	for i, test := range tests {
		if err := test.Validate(rules); err != nil {
			faults = append(faults, fmt.Errorf("%s: test %d %q: %w", file, i+1, test.Name, err))
		}
	}
	return errors.Join(faults...)
}
