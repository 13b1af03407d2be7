package record

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"brink/collectors"
)

// Options are what a [Recorder] is made of.
type Options struct {
	// Dir is where the record is kept. It is made if need be, for its owner alone.
	Dir string
	// Retention is how long and how much is kept; the zero value means
	// [DefaultRetention].
	Retention Retention
	// Log takes what went wrong; may be nil.
	Log *slog.Logger
}

// Retention is how long recorded readings are kept, counted back from the newest.
type Retention struct {
	// Full is how long every reading is kept.
	Full time.Duration
	// Coarse is how long one reading of every ten seconds is kept.
	Coarse time.Duration
	// Events is how long events are kept, with the minutes that led to a death.
	Events time.Duration
	// Size is how large the record may grow. What is oldest goes first, the minutes
	// before a death last.
	Size collectors.Bytes
}

const (
	day = 24 * time.Hour
	// smallestSize holds a few hours of one container, and the tables.
	smallestSize = 1 << 20
)

// DefaultRetention is a day in full, a month in steps of ten seconds, a year of
// events, 256 MiB in all.
func DefaultRetention() Retention {
	return Retention{Full: day, Coarse: 30 * day, Events: 366 * day, Size: 256 << 20}
}

func (o *Options) complete() error {
	if o.Dir == "" {
		return errors.New("a recorder without a directory has nowhere to write")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Retention == (Retention{}) {
		o.Retention = DefaultRetention()
	}
	return o.Retention.validate()
}

func (r Retention) validate() error {
	switch {
	case r.Full < unsealedFor:
		return fmt.Errorf("readings kept in full for %v: the minutes before a death need %v", r.Full, unsealedFor)
	case r.Coarse < r.Full:
		return fmt.Errorf("readings kept for %v in all, but for %v in full", r.Coarse, r.Full)
	case r.Events < r.Coarse:
		return fmt.Errorf("events kept for %v, shorter than the readings with %v", r.Events, r.Coarse)
	case r.Size < smallestSize:
		return fmt.Errorf("a record of %s holds nothing worth reading; %s is the least", collectors.FormatBytes(r.Size), collectors.FormatBytes(smallestSize))
	default:
		return nil
	}
}
