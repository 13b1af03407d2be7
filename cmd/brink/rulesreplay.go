package main

import (
	"context"
	"fmt"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// replayRules says what the rules in force would have told of what was recorded: a line
// for each alert that came up, with when it ended.
func (p *program) replayRules(ctx context.Context, f spanFlags) error {
	reel, err := p.openReel(ctx, f, nil)
	if err != nil {
		return err
	}
	defer reel.close()
	verdicts := verdicts{open: map[alerts.Key]int{}}
	count, err := reel.frames(ctx, func(frame ui.Frame) error {
		verdicts.take(frame)
		return nil
	})
	if err == nil && count == 0 {
		err = reel.nothingIn(ctx)
	}
	if err != nil {
		return err
	}
	return p.tellVerdicts(verdicts.list, count)
}

// verdicts are the alerts of a range, in the order in which they came up.
type verdicts struct {
	list []verdictSpan
	// open are those that have not ended.
	open map[alerts.Key]int
	// heard counts the transitions that were looked at.
	heard int
}

// verdictSpan is one alert from its beginning to its end.
type verdictSpan struct {
	alert alerts.Alert
	from  time.Time
	// until is zero while it lasts.
	until time.Time
}

func (v *verdicts) take(frame ui.Frame) {
	for _, change := range frame.Transitions[v.heard:] {
		v.hear(change)
	}
	v.heard = len(frame.Transitions)
}

func (v *verdicts) hear(change alerts.Transition) {
	at, known := v.open[change.Alert.Key]
	firing := change.Alert.State == alerts.StateFiring
	switch {
	case firing && known:
		if v.list[at].alert.Severity < change.Alert.Severity {
			v.list[at].alert = change.Alert
		}
	case firing:
		v.open[change.Alert.Key] = len(v.list)
		v.list = append(v.list, verdictSpan{alert: change.Alert, from: change.At})
	case known:
		v.list[at].until = change.At
		delete(v.open, change.Alert.Key)
	}
}

func (p *program) tellVerdicts(list []verdictSpan, readings int) error {
	for _, one := range list {
		if _, err := fmt.Fprintln(p.out, one.text()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(p.out, "%s in %s\n", counted(uint64(len(list)), "alert", "alerts"), counted(uint64(readings), "reading", "readings"))
	return err
}

// text is a line of the list.
func (s verdictSpan) text() string {
	lasted := "lasts"
	if !s.until.IsZero() {
		lasted = "for " + s.until.Sub(s.from).Round(time.Second).String()
	}
	return fmt.Sprintf("%s  %-8s  %s  %s: %s, %s", s.from.Local().Format(time.DateTime), s.alert.Severity,
		collectors.Clean(s.alert.Container, 64), s.alert.Rule, s.alert.Message, lasted)
}
