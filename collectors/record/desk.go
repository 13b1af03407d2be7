package record

import (
	"context"
	"errors"
	"slices"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"brink/collectors"
)

// desk writes one item after the other, and decides what to do when that cannot be
// done. It knows no clock but the times of the readings.
type desk struct {
	options Options
	path    string
	lock    *lock
	store   *store
	health  Health
	// tried is when it was last tried in vain to open the file, for a fault that is
	// not tried again at once.
	tried time.Time
	// spoiled is why the file that was open cannot be used any more; the lock is kept
	// until it is moved aside.
	spoiled error
	// kept are events that could not be written yet.
	kept []collectors.Event
}

const (
	// retryAfter is how long a fault is left alone.
	retryAfter = time.Minute
	// keptEvents is how many events wait for better times.
	keptEvents = 500
	// overlap is how long an event is kept while another brink records: that one has
	// written it, unless it ended just then.
	overlap = 10 * time.Second
)

// take writes a reading, or counts it as dropped.
func (d *desk) take(ctx context.Context, next item) {
	at := next.reading.At
	d.keep(next.news)
	if !d.ready(ctx, at) {
		d.miss(at)
		return
	}
	if err := d.write(ctx, next.reading); err != nil {
		d.stop(at, err)
		d.miss(at)
		return
	}
	d.health.Readings++
	if err := d.store.tidy(ctx); err != nil {
		d.stop(at, err)
		return
	}
	d.health.Size = collectors.Some(d.store.chores.pages.used())
}

func (d *desk) write(ctx context.Context, reading collectors.Reading) error {
	if err := d.store.write(ctx, reading, d.kept); err != nil {
		return err
	}
	d.kept = d.kept[:0]
	return nil
}

// keep adds events to those that are to be written. Of an event that is told again
// only the last word counts.
func (d *desk) keep(news []collectors.Event) {
	for _, event := range news {
		d.kept = slices.DeleteFunc(d.kept, func(known collectors.Event) bool { return known.Seq == event.Seq })
		d.kept = append(d.kept, event)
	}
	d.kept = slices.Delete(d.kept, 0, max(0, len(d.kept)-keptEvents))
}

// miss counts a reading that was not written; while another brink records none is.
func (d *desk) miss(at time.Time) {
	if d.health.State != StateStandby {
		d.health.Dropped++
		return
	}
	d.kept = slices.DeleteFunc(d.kept, func(event collectors.Event) bool {
		return at.Sub(event.At) > overlap && at.Sub(event.Until) > overlap
	})
}

// ready opens the file if it is not open, and reports whether it can be written.
func (d *desk) ready(ctx context.Context, at time.Time) bool {
	if d.store != nil {
		return true
	}
	if wait := at.Sub(d.tried); !d.tried.IsZero() && wait >= 0 && wait < retryAfter {
		return false
	}
	err := d.open(ctx, at)
	switch {
	case errors.Is(err, errTaken):
		d.turn(StateStandby, at, err.Error())
	case err != nil:
		d.stop(at, err)
	default:
		d.tried = time.Time{}
		d.turn(StateRecording, at, "")
	}
	return err == nil
}

// open takes the lock and opens the file. One that cannot be used is moved aside.
func (d *desk) open(ctx context.Context, at time.Time) error {
	if d.lock == nil {
		lock, err := takeLock(d.options.Dir)
		if err != nil {
			return err
		}
		d.lock = lock
	}
	if d.spoiled != nil {
		if err := d.moveAside(d.spoiled, at); err != nil {
			return err
		}
		d.spoiled = nil
	}
	opened, err := openStore(ctx, d.path, d.options.Retention)
	if unusable(err) {
		if err := d.moveAside(err, at); err != nil {
			return err
		}
		opened, err = openStore(ctx, d.path, d.options.Retention)
	}
	if err == nil {
		d.store = opened
	}
	return err
}

func (d *desk) moveAside(why error, at time.Time) error {
	aside, err := setAside(d.path, why, at)
	if err != nil {
		return err
	}
	d.health.Aside = aside
	d.options.Log.Error("the record cannot be used: a new one is begun, nothing was deleted", "path", d.path, "error", why.Error(), "moved_to", aside)
	return nil
}

// stop gives the file up for a while. One that turns out to be damaged is opened again
// at the next reading, which moves it aside; so is one that another program keeps
// locked. The lock of ours is let go of, since another brink may fare better, unless
// the file is to be moved.
func (d *desk) stop(at time.Time, err error) {
	d.turn(StateStopped, at, collectors.Clean(explain(d.path, err).Error(), whyLength))
	d.tried = at
	if d.store != nil {
		_ = d.store.abandon()
		d.store = nil
	}
	switch {
	case unusable(err):
		d.tried, d.spoiled = time.Time{}, err
	case sqliteCode(err) == sqlite3.SQLITE_BUSY:
		// Somebody looks into it by hand, and has waited for already.
		d.tried = time.Time{}
		d.release()
	default:
		d.release()
	}
	d.health.Size = collectors.Opt[collectors.Bytes]{}
}

// whyLength bounds the text of a fault.
const whyLength = 400

func (d *desk) release() {
	if d.lock != nil {
		d.lock.release()
		d.lock = nil
	}
}

// turn notes a state, and logs it when it is another one.
func (d *desk) turn(state State, at time.Time, why string) {
	if d.health.State == state && d.health.Why == why {
		return
	}
	switch state {
	case StateStopped:
		d.options.Log.Error("nothing is recorded: it is tried again", "path", d.path, "error", why)
	case StateRecording:
		d.options.Log.Info("recording", "path", d.path, "dropped", d.health.Dropped)
	default:
	}
	if d.health.State != state {
		d.health.Since = at
	}
	d.health.State, d.health.Why = state, why
}

// end closes the file.
func (d *desk) end(ctx context.Context) {
	if d.store != nil {
		if err := d.store.close(ctx); err != nil {
			d.options.Log.Error("the record was not closed in order", "path", d.path, "error", err.Error())
		}
		d.store = nil
	}
	d.release()
	d.health.State = StateClosed
}
