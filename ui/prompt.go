package ui

import (
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"brink/collectors"
)

// prompt is the line in which a moment is typed.
type prompt struct {
	open bool
	text string
}

// promptHint says what can be typed.
const promptHint = "14:02  14:02:11  yesterday 3:10  25 Nov 3:10  -2h"

// takePromptKey puts a key into the prompt, or ends it: enter goes there, escape stays
// here.
func (m Model) takePromptKey(msg tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	line := &m.nav.prompt
	m.nav.note = ""
	switch msg.String() {
	case "esc", "ctrl+c":
		*line = prompt{}
	case "enter":
		return m.leavePrompt(), nil
	default:
		line.text = lineAfter(line.text, msg)
	}
	return m, nil
}

// leavePrompt goes to the moment that was typed. What cannot be read stays to be
// mended.
func (m Model) leavePrompt() Model {
	if strings.TrimSpace(m.nav.prompt.text) == "" {
		m.nav.prompt = prompt{}
		return m
	}
	at, err := ParseMoment(m.nav.prompt.text, m.shown.Snapshot.At.In(m.options.Location))
	if err != nil {
		m.nav.note = err.Error()
		return m
	}
	m.nav.prompt = prompt{}
	return m.goTo(at)
}

// drawPrompt draws what is typed, and beside an empty line what can be, and returns
// the column after it.
func (m Model) drawPrompt(p pen, x int) int {
	x = p.text(x, 0, "go to ", roleMuted)
	x = p.text(x, 0, m.nav.prompt.text+"▏", roleStrong) + 1
	if m.nav.prompt.text == "" && m.nav.note == "" {
		x = p.text(x, 0, cut(promptHint, p.width()-x), roleMuted)
	}
	return x
}

// ErrMoment is what [ParseMoment] says of a text that is no moment.
var ErrMoment = errors.New("this is no time; write it as in " + promptHint)

// ParseMoment reads a moment as people write one. A time of day is the last one that
// is not after now; a day without a year is the last such day; -2h is two hours before
// now; RFC 3339 is taken as well. The zone is now's.
func ParseMoment(text string, now time.Time) (time.Time, error) {
	text = strings.Join(strings.Fields(text), " ")
	if ago, found := strings.CutPrefix(text, "-"); found {
		span, err := collectors.ParseSpan(ago)
		if err != nil {
			return time.Time{}, ErrMoment
		}
		return now.Add(-span), nil
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	day, clock := now, text
	if rest, found := strings.CutPrefix(strings.ToLower(text), "yesterday"); found {
		day, clock = now.AddDate(0, 0, -1), strings.TrimSpace(rest)
		return onDay(day, clock)
	}
	if at, err := onDay(day, clock); err == nil {
		if at.After(now) {
			at = at.AddDate(0, 0, -1)
		}
		return at, nil
	}
	return dated(text, now)
}

// onDay is a time of a day.
func onDay(day time.Time, clock string) (time.Time, error) {
	for _, layout := range []string{"15:04:05", "15:04"} {
		if at, err := time.Parse(layout, clock); err == nil {
			return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), at.Second(), 0, day.Location()), nil
		}
	}
	return time.Time{}, ErrMoment
}

// dated is a time with its day.
func dated(text string, now time.Time) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, nil
		}
	}
	for _, layout := range []string{"2 Jan 15:04:05", "2 Jan 15:04", "2 Jan"} {
		at, err := time.ParseInLocation(layout, text, now.Location())
		if err != nil {
			continue
		}
		if at = at.AddDate(now.Year(), 0, 0); at.After(now) {
			at = at.AddDate(-1, 0, 0)
		}
		return at, nil
	}
	return time.Time{}, ErrMoment
}
