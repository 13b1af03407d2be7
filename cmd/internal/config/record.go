package config

import (
	"fmt"
	"time"

	units "github.com/docker/go-units"
	"github.com/pelletier/go-toml/v2/unstable"

	"brink/collectors"
)

// Record is what the flight recorder keeps, and for how long.
type Record struct {
	// Enabled says that brink records what it reads, unless another brink does.
	Enabled bool
	// Full is how long every reading is kept, Coarse how long one of every ten
	// seconds, and Events how long the events are, with the minutes before a death.
	Full, Coarse, Events time.Duration
	// Size is how large the record may grow.
	Size collectors.Bytes
}

const aDay = 24 * time.Hour

func defaultRecord() Record {
	return Record{Enabled: true, Full: aDay, Coarse: 30 * aDay, Events: 366 * aDay, Size: 256 << 20}
}

// The bounds of what is kept. The least hold the minutes before a death, and an hour
// of a few containers.
const (
	leastKept   = 10 * time.Minute
	mostKept    = 10 * 366 * aDay
	leastRecord = collectors.Bytes(1 << 20)
	mostRecord  = collectors.Bytes(1 << 40)
	daysWant    = `a duration in quotes such as "24h" or "30d"`
	sizeWant    = `a size in quotes such as "256MiB"`
)

// record reads the section of the recorder.
func (s *section) record(r *Record) {
	s.bool("enabled", &r.Enabled)
	full := s.days("full", &r.Full)
	coarse := s.days("coarse", &r.Coarse)
	events := s.days("events", &r.Events)
	s.size("size", &r.Size)
	s.growing(full, coarse, events, *r)
	s.close()
}

// growing tells when what is coarser is kept for a shorter time.
func (s *section) growing(full, coarse, events *node, r Record) {
	switch {
	case r.Coarse < r.Full:
		s.fault(firstOf(coarse, full), fmt.Sprintf("coarse (%s) is shorter than full (%s)", shortDuration(r.Coarse), shortDuration(r.Full)), "coarse readings are kept at least as long as full ones")
	case r.Events < r.Coarse:
		s.fault(firstOf(events, coarse), fmt.Sprintf("events (%s) is shorter than coarse (%s)", shortDuration(r.Events), shortDuration(r.Coarse)), "events are kept at least as long as readings")
	}
}

// firstOf is where the first of two values stands that is there.
func firstOf(a, b *node) span {
	switch {
	case a != nil:
		return a.at
	case b != nil:
		return b.at
	default:
		return span{}
	}
}

// days reads a length of time that may be written in days.
func (s *section) days(key string, value *time.Duration) *node {
	n := s.expect(key, unstable.String, daysWant)
	if n == nil {
		return nil
	}
	length, err := collectors.ParseSpan(n.text)
	switch {
	case err != nil:
		s.fault(n.at, key+" is not a duration", "expected "+daysWant)
	case length < leastKept || length > mostKept:
		s.fault(n.at, key+" is out of range", fmt.Sprintf("expected a duration from %s to %dd", shortDuration(leastKept), mostKept/aDay))
	default:
		*value = length
		return n
	}
	return nil
}

// size reads an amount of bytes in binary units, as Docker does.
func (s *section) size(key string, value *collectors.Bytes) {
	n := s.expect(key, unstable.String, sizeWant)
	if n == nil {
		return
	}
	size, err := units.RAMInBytes(n.text)
	switch {
	case err != nil:
		s.fault(n.at, key+" is not a size", "expected "+sizeWant)
	case collectors.Bytes(max(size, 0)) < leastRecord || collectors.Bytes(size) > mostRecord:
		s.fault(n.at, key+" is out of range", "expected a size from 1MiB to 1TiB")
	default:
		*value = collectors.Bytes(size)
	}
}
