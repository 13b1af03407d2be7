package main

import (
	"context"
	"slices"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// player shows a tape to the screen: the stretch around each moment that the screen
// asks for, page by page.
type player struct {
	tape  tape
	rules []alerts.Rule
	// names are the containers that are shown; empty is all.
	names []string
	// from and to are the ends of the tape, at where it begins to be shown.
	from, to, at time.Time
	// speed is at which of the speeds it begins to play, see [ui.Options]; zero waits.
	speed int
	// shown is the moment of the newest stretch.
	shown time.Time
	pages chan ui.Page
	seeks chan time.Time
}

func newPlayer(tape tape, rules []alerts.Rule, names []string) *player {
	return &player{tape: tape, rules: rules, names: names, pages: make(chan ui.Page), seeks: make(chan time.Time, 1)}
}

// act takes what the screen asks for; only the newest wish counts.
func (p *player) act(action ui.Action) {
	if action.Kind != ui.ActSeek {
		return
	}
	select {
	case <-p.seeks:
	default:
	}
	p.seeks <- action.At
}

// run shows the first stretch, and then each that is asked for, until ctx ends.
func (p *player) run(ctx context.Context) {
	defer close(p.pages)
	at := p.at
	for {
		if err := p.show(ctx, at); err != nil && ctx.Err() == nil {
			p.send(ctx, ui.Page{Note: "the recording cannot be read: " + collectors.Clean(err.Error(), longestFault)})
		}
		select {
		case <-ctx.Done():
			return
		case at = <-p.seeks:
		}
	}
}

// longestFault is how much of an error a line of the screen may hold.
const longestFault = 200

// How a stretch lies around its moment: most of it before, for the charts, and some
// after, so that a step forward does not ask for the next one. Rules and trends want
// to have seen what was before the stretch.
const (
	stretchSlots = 3600
	slotsAfter   = 600
	slotsWarm    = 900
	pageFrames   = 60
)

// show sends the stretch around a moment. Where nothing was recorded, it goes on to
// where something was, in the direction in which the screen has moved.
func (p *player) show(ctx context.Context, at time.Time) error {
	at, err := p.nearest(ctx, at)
	if err != nil {
		return err
	}
	interval, err := p.intervalAt(ctx, at)
	if err != nil {
		return err
	}
	p.shown = at
	to := earlier(at.Add(slotsAfter*interval), p.to)
	return p.stretch(ctx, to.Add(-stretchSlots*interval), to, at, interval)
}

// stretch sends all that the tape has from one time to another.
func (p *player) stretch(ctx context.Context, from, to, at time.Time, interval time.Duration) error {
	warm := from.Add(-slotsWarm * interval)
	story, err := p.tape.Events(ctx, p.from, p.to, p.names...)
	if err != nil {
		return err
	}
	projector := newProjector(interval, p.rules, story)
	page := ui.Page{First: true, At: at, From: p.from, To: p.to, Interval: interval}
	for reading, err := range p.tape.Readings(ctx, warm, to, p.names...) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			// What is damaged is a gap; the rest goes on.
			page.Note = "a piece of the recording is damaged: " + collectors.Clean(err.Error(), longestFault)
			continue
		}
		frame := projector.frame(reading)
		if reading.At.Before(from) {
			continue
		}
		page.Frames = append(page.Frames, frame)
		if len(page.Frames) == pageFrames {
			if !p.send(ctx, page) {
				return ctx.Err()
			}
			page = ui.Page{At: at, From: p.from, To: p.to, Interval: interval}
		}
	}
	page.Last = true
	if !p.send(ctx, page) {
		return ctx.Err()
	}
	return nil
}

func (p *player) send(ctx context.Context, page ui.Page) bool {
	select {
	case p.pages <- page:
		return true
	case <-ctx.Done():
		return false
	}
}

// nearest is the moment itself where something was recorded in the minute around it,
// else the next reading in the direction of the seek, else the moment.
func (p *player) nearest(ctx context.Context, at time.Time) (time.Time, error) {
	const around = time.Minute
	if found, err := p.first(ctx, at.Add(-around), at.Add(around)); err != nil || !found.IsZero() {
		return at, err
	}
	if at.After(p.shown) {
		found, err := p.first(ctx, at, p.to)
		if !found.IsZero() {
			at = found
		}
		return at, err
	}
	for back := time.Hour; ; back *= 2 {
		found, err := p.last(ctx, at.Add(-back), at)
		if err != nil {
			return at, err
		}
		if !found.IsZero() {
			return found, nil
		}
		if at.Add(-back).Before(p.from) {
			return at, nil
		}
	}
}

// first is the time of the first reading in a range; zero without one.
func (p *player) first(ctx context.Context, from, to time.Time) (time.Time, error) {
	for reading, err := range p.tape.Readings(ctx, from, to, p.names...) {
		if err == nil {
			return reading.At, nil
		}
	}
	return time.Time{}, ctx.Err()
}

// last is the time of the last reading in a range; zero without one.
func (p *player) last(ctx context.Context, from, to time.Time) (time.Time, error) {
	var at time.Time
	for reading, err := range p.tape.Readings(ctx, from, to, p.names...) {
		if err == nil {
			at = reading.At
		}
	}
	return at, ctx.Err()
}

// spacingLooks is how many readings are looked at to find how far apart they are.
const spacingLooks = 12

// intervalAt is how far apart the readings around a moment are: what is older is kept
// in longer steps.
func (p *player) intervalAt(ctx context.Context, at time.Time) (time.Duration, error) {
	var spaces []time.Duration
	var before time.Time
	for reading, err := range p.tape.Readings(ctx, at.Add(-2*time.Minute), earlier(at.Add(2*time.Minute), p.to), p.names...) {
		if err != nil {
			continue
		}
		if !before.IsZero() {
			spaces = append(spaces, reading.At.Sub(before))
		}
		before = reading.At
		if len(spaces) == spacingLooks {
			break
		}
	}
	if len(spaces) == 0 {
		return defaultInterval, ctx.Err()
	}
	slices.Sort(spaces)
	return max(spaces[len(spaces)/2].Round(collectors.MinInterval), collectors.MinInterval), nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
