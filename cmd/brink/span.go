package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"brink/alerts"
	"brink/collectors"
	"brink/collectors/record"
	"brink/ui"
)

// spanFlags choose a range of the record.
type spanFlags struct{ since, from, until, record string }

const usualSpan = "24h"

func (f *spanFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.since, "since", "", "the last `SPAN` up to now: 8h, 7d (default "+usualSpan+")")
	cmd.Flags().StringVar(&f.from, "from", "", "begin at `TIME` instead: 3:10, yesterday 3:10, 25 Nov 3:10, -2h or RFC 3339")
	cmd.Flags().StringVar(&f.until, "until", "", "end at `TIME` (default: now)")
	recordFlag(cmd, &f.record)
}

// span reads the flags, and tells every fault of them at once.
func (f *spanFlags) span(now time.Time) (from, to time.Time, err error) {
	var faults []error
	to = moment("--until", f.until, now, &faults)
	from = moment("--from", f.from, now, &faults)
	if f.from != "" && f.since != "" {
		faults = append(faults, errors.New("--since and --from exclude each other"))
	}
	if f.from == "" {
		length, err := collectors.ParseSpan(cmp.Or(f.since, usualSpan))
		if err != nil {
			faults = append(faults, fmt.Errorf("--since %q: %w", f.since, err))
		}
		from = to.Add(-length)
	}
	if len(faults) == 0 && !from.Before(to) {
		faults = append(faults, fmt.Errorf("the range is empty: it begins at %s and ends at %s", from.Format(time.DateTime), to.Format(time.DateTime)))
	}
	if len(faults) > 0 {
		return time.Time{}, time.Time{}, usageError(errors.Join(faults...))
	}
	return from, to, nil
}

// moment reads the moment of a flag; without one it is now.
func moment(flag, text string, now time.Time, faults *[]error) time.Time {
	if text == "" {
		return now
	}
	at, err := ui.ParseMoment(text, now)
	if err != nil {
		*faults = append(*faults, fmt.Errorf("%s %q: %w", flag, text, err))
	}
	return at
}

// reel is a range of the record, ready to be gone through.
type reel struct {
	reader   *record.Reader
	from, to time.Time
	names    []string
	rules    []alerts.Rule
	log      func(error)
	// death has only the minutes that led to an event be gone through; nil is all.
	death *collectors.Event
}

// lastDeath keeps the reel to the minutes that led to the newest death or OOM kill of
// the range: the record has them in full for as long as it has the event.
func (r *reel) lastDeath(ctx context.Context) error {
	story, err := r.reader.Events(ctx, r.from, r.to, r.names...)
	if err != nil {
		return err
	}
	for _, event := range slices.Backward(story) {
		if event.Kind == collectors.EventOOMKill || event.Kind == collectors.EventDied {
			r.death, r.from = &event, event.At.Add(-time.Hour)
			return nil
		}
	}
	return fmt.Errorf("nothing died from %s to %s", r.from.Format(time.DateTime), r.to.Format(time.DateTime))
}

// readings are the readings to go through, some of them older than the range.
func (r *reel) readings(ctx context.Context) iter.Seq2[collectors.Reading, error] {
	if r.death != nil {
		return r.reader.Bundle(ctx, *r.death)
	}
	return r.reader.Readings(ctx, r.from.Add(-warmth), r.to, r.names...)
}

// openReel opens the record for a range and some containers. It must be closed.
func (p *program) openReel(ctx context.Context, f spanFlags, args []string) (*reel, error) {
	settings, err := p.settings(nil)
	if err != nil {
		return nil, err
	}
	from, to, err := f.span(wallClock())
	if err != nil {
		return nil, err
	}
	reader, err := p.reader(ctx, f.record)
	if err != nil {
		return nil, err
	}
	list, err := reader.Containers(ctx)
	if err == nil {
		var names []string
		if names, err = recordedNames(list, args); err == nil {
			return &reel{reader: reader, from: from, to: to, names: names, rules: settings.RulesInForce(), log: p.complain}, nil
		}
	}
	return nil, errors.Join(err, reader.Close())
}

// complain tells of a damage that does not end the command.
func (p *program) complain(err error) {
	_, _ = fmt.Fprint(p.err, cleanLines("brink: "+err.Error()+"\n"))
}

func (r *reel) close() { _ = r.reader.Close() }

// warmth is how long before a range rules and trends are made to look.
const warmth = 15 * time.Minute

// frames gives every frame of the range to take, until that fails, and returns how
// many there were. Damage is left out, and told once with how much of it there is.
func (r *reel) frames(ctx context.Context, take func(ui.Frame) error) (count int, err error) {
	story, err := r.reader.Events(ctx, r.from.Add(-recallSpan), r.to, r.names...)
	if err != nil {
		r.log(err)
	}
	projector := newProjector(defaultInterval, r.rules, story)
	damaged := 0
	defer func() {
		if damaged > 1 {
			r.log(fmt.Errorf("%d pieces of the record are damaged, and left out", damaged))
		}
	}()
	for reading, err := range r.readings(ctx) {
		if ctx.Err() != nil {
			return count, ctx.Err()
		}
		if err != nil {
			if damaged++; damaged == 1 {
				r.log(err)
			}
			continue
		}
		frame := projector.frame(reading)
		if reading.At.Before(r.from) {
			continue
		}
		count++
		if err := take(frame); err != nil {
			return count, err
		}
	}
	return count, nil
}

// nothingIn is what a command says of a range without readings.
func (r *reel) nothingIn(ctx context.Context) error {
	first, last, err := r.reader.Span(ctx)
	if err != nil {
		return err
	}
	return fmt.Errorf("nothing is recorded from %s to %s; the record reaches from %s to %s",
		r.from.Format(time.DateTime), r.to.Format(time.DateTime), first.Format(time.DateTime), last.Format(time.DateTime))
}
