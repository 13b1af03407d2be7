package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"brink/collectors"
)

// mark is what a round gave beside the containers.
type mark struct {
	// at is when the round began, in nanoseconds since 1970.
	at int64
	// state is the number of the [roundState] in force.
	state int64
	// available is the memory that the host has left: the one thing of a round that
	// always changes.
	available collectors.Opt[collectors.Bytes]
}

// roundState is what a round gave that seldom changes. It is kept once, as JSON.
type roundState struct {
	Host    collectors.HostCounters `json:"host"`
	Waiting []collectors.Waiting    `json:"waiting,omitempty"`
	Sources []sourceState           `json:"sources,omitempty"`
	// told are the sources as readings share them; nothing while one fails, since each
	// reading gives it another age.
	told []collectors.SourceHealth
}

// sourceState is a source without the times that differ each time. How long it
// worked is not kept.
type sourceState struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
	// LastGood is when it last answered, in milliseconds since 1970, while it fails;
	// absent when it never did.
	LastGood collectors.Opt[int64] `json:"last_good,omitzero"`
}

// stateOf is the slow part of a reading.
func stateOf(reading collectors.Reading) roundState {
	state := roundState{Host: reading.Host, Waiting: reading.Waiting}
	state.Host.MemoryAvailable = collectors.Opt[collectors.Bytes]{}
	for _, source := range reading.Sources {
		kept := sourceState{Name: source.Name, OK: source.OK, Error: source.Error}
		if age, ever := source.Age.Get(); ever && !source.OK {
			kept.LastGood = collectors.Some(reading.At.Add(-age.Duration()).UnixMilli())
		}
		state.Sources = append(state.Sources, kept)
	}
	return state
}

// equal reports whether two states say the same.
func (s roundState) equal(other roundState) bool {
	return s.Host == other.Host && slices.Equal(s.Sources, other.Sources) && slices.EqualFunc(s.Waiting, other.Waiting, sameWaiting)
}

func sameWaiting(a, b collectors.Waiting) bool {
	return a.Target == b.Target && a.Since.Equal(b.Since) && a.Why == b.Why && slices.Equal(a.Choices, b.Choices)
}

// reading is the round with this state, without containers.
func (s roundState) reading(m mark) collectors.Reading {
	reading := collectors.Reading{At: time.Unix(0, m.at), Host: s.Host, Waiting: s.Waiting}
	reading.Host.MemoryAvailable = m.available
	if reading.Sources = s.told; s.told == nil {
		reading.Sources = s.sources(reading.At)
	}
	return reading
}

// share prepares the state for many readings.
func (s *roundState) share() {
	if !slices.ContainsFunc(s.Sources, func(source sourceState) bool { return !source.OK }) {
		s.told = s.sources(time.Time{})
	}
}

// sources are the sources as they were at a moment.
func (s roundState) sources(at time.Time) []collectors.SourceHealth {
	var list []collectors.SourceHealth
	for _, kept := range s.Sources {
		source := collectors.SourceHealth{Name: kept.Name, OK: kept.OK, Error: kept.Error}
		if kept.OK {
			source.Age = collectors.Some(collectors.Seconds(0))
		} else if ms, ever := kept.LastGood.Get(); ever {
			source.Age = collectors.Some(collectors.Seconds(at.Sub(time.UnixMilli(ms))))
		}
		list = append(list, source)
	}
	return list
}

// errMarks says that a list of marks cannot be read.
var errMarks = errors.New("damaged list of rounds")

// marksVersion begins every list of marks.
const marksVersion = 1

// Forms of a mark: how the available memory is given, and whether the state changed.
const (
	availableAbsent = iota
	availableKiB
	availableBytes
	availableForm = 3
	stateChanged  = 4
)

// appendMarks packs marks. Rounds come at even steps, so the change of the step is
// kept; memory comes in KiB, so mostly that is.
func appendMarks(dst []byte, marks []mark) []byte {
	dst = append(dst, marksVersion)
	dst = binary.AppendUvarint(dst, uint64(len(marks)))
	var last mark
	var step, available int64
	for _, m := range marks {
		form, change := formOf(m.available, available)
		if m.state != last.state {
			form |= stateChanged
		}
		dst = append(dst, form)
		dst = binary.AppendVarint(dst, m.at-last.at-step)
		if form&stateChanged != 0 {
			dst = binary.AppendVarint(dst, m.state-last.state)
		}
		if form&availableForm != availableAbsent {
			dst = binary.AppendVarint(dst, change)
			available = int64(m.available.Or(0))
		}
		step, last = m.at-last.at, m
	}
	return dst
}

// formOf is how the available memory is given, and its change in that form.
func formOf(available collectors.Opt[collectors.Bytes], last int64) (form byte, change int64) {
	value, ok := available.Get()
	if !ok {
		return availableAbsent, 0
	}
	if change = int64(value) - last; change%1024 == 0 {
		return availableKiB, change / 1024
	}
	return availableBytes, change
}

// readMarks unpacks marks.
func readMarks(data []byte) ([]mark, error) {
	s := scanner{data: data}
	version, count := s.uvarint(), s.uvarint()
	if version != marksVersion || count > uint64(len(data)) {
		return nil, fmt.Errorf("%w: version %d, %d rounds in %d bytes", errMarks, version, count, len(data))
	}
	marks := make([]mark, 0, count)
	var last mark
	var step, available int64
	for range count {
		m := s.mark(last, step, &available)
		step, last = m.at-last.at, m
		marks = append(marks, m)
	}
	if s.failed || len(s.data) > 0 {
		return nil, errMarks
	}
	return marks, nil
}

// mark takes the next mark.
func (s *scanner) mark(last mark, step int64, available *int64) mark {
	form := s.uvarint()
	m := mark{at: last.at + step + s.varint(), state: last.state}
	if form&stateChanged != 0 {
		m.state += s.varint()
	}
	switch form &^ stateChanged {
	case availableAbsent:
		return m
	case availableKiB:
		*available += s.varint() * 1024
	case availableBytes:
		*available += s.varint()
	default:
		s.failed = true
	}
	m.available = collectors.Some(collectors.Bytes(*available))
	return m
}

// scanner takes varints off bytes, and remembers whether one was missing.
type scanner struct {
	data   []byte
	failed bool
}

func (s *scanner) uvarint() uint64 {
	value, n := binary.Uvarint(s.data)
	return value * s.took(n)
}

func (s *scanner) varint() int64 {
	value, n := binary.Varint(s.data)
	return value * int64(s.took(n))
}

// took moves on, and gives 1 if there was something.
func (s *scanner) took(n int) uint64 {
	if n <= 0 {
		s.failed, s.data = true, nil
		return 0
	}
	s.data = s.data[n:]
	return 1
}

// bytes takes the next n bytes.
func (s *scanner) bytes(n uint64) []byte {
	if n > uint64(len(s.data)) {
		s.failed, s.data = true, nil
		return nil
	}
	taken := s.data[:n]
	s.data = s.data[n:]
	return taken
}

// rounds is the container that stands for the rounds themselves.
const rounds = 0

// part is what a row of a reading holds of one container, or the mark of its round.
type part struct {
	container int64
	data      []byte
}

// appendPart adds a part to a row.
func appendPart(dst []byte, p part) []byte {
	dst = binary.AppendUvarint(dst, uint64(p.container))
	dst = binary.AppendUvarint(dst, uint64(len(p.data)))
	return append(dst, p.data...)
}

// errRow says that the row of a reading cannot be read.
var errRow = errors.New("damaged reading")

// readParts takes a row apart. The parts share its bytes.
func readParts(row []byte) ([]part, error) {
	var parts []part
	for s := (scanner{data: row}); len(s.data) > 0; {
		p := part{container: int64(s.uvarint())}
		p.data = s.bytes(s.uvarint())
		if s.failed {
			return nil, errRow
		}
		parts = append(parts, p)
	}
	return parts, nil
}
