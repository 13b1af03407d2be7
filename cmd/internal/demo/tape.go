package demo

import (
	"archive/zip"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

//go:embed recording.zip
var recording []byte

// The parts of a recording: what holds for all of it, its events, and a block for each
// minute of the one container.
const (
	aboutName  = "about.json"
	eventsName = "events.json"
	blockNames = "block-"
)

// about is what holds for the whole recording.
type about struct {
	Host    collectors.HostCounters   `json:"host"`
	Sources []collectors.SourceHealth `json:"sources"`
}

// Tape is a recording in memory.
type Tape struct {
	about   about
	entries []block.Entry
	events  []collectors.Event
}

// Open reads the recording that is built in.
func Open() (*Tape, error) { return parse(recording) }

// parse reads a recording. It fails for one that [Write] has not written.
func parse(data []byte) (*Tape, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("the recording: %w", err)
	}
	tape := &Tape{}
	for _, part := range archive.File {
		content, err := read(part)
		if err == nil {
			err = tape.take(part.Name, content)
		}
		if err != nil {
			return nil, fmt.Errorf("the recording: %s: %w", part.Name, err)
		}
	}
	if len(tape.entries) == 0 {
		return nil, errors.New("the recording holds no reading")
	}
	return tape, nil
}

func read(part *zip.File) ([]byte, error) {
	file, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file)
}

func (t *Tape) take(name string, content []byte) error {
	switch {
	case name == aboutName:
		return json.Unmarshal(content, &t.about)
	case name == eventsName:
		return json.Unmarshal(content, &t.events)
	case strings.HasPrefix(name, blockNames):
		entries, err := block.Decode(content)
		t.entries = append(t.entries, entries...)
		return err
	default:
		return errors.New("unknown part")
	}
}

// Span is the time of the first and of the last reading.
func (t *Tape) Span() (first, last time.Time) {
	return t.entries[0].At, t.entries[len(t.entries)-1].At
}

// Readings are the readings of a range, oldest first. There is one container, whatever
// the names.
func (t *Tape) Readings(_ context.Context, from, to time.Time, _ ...string) iter.Seq2[collectors.Reading, error] {
	return func(yield func(collectors.Reading, error) bool) {
		for i := range t.entries {
			at := t.entries[i].At
			if at.Before(from) || at.After(to) {
				continue
			}
			if !yield(t.reading(&t.entries[i]), nil) {
				return
			}
		}
	}
}

func (t *Tape) reading(entry *block.Entry) collectors.Reading {
	return collectors.Reading{
		At: entry.At, Host: t.about.Host, Sources: slices.Clone(t.about.Sources),
		Containers: []collectors.ContainerCounters{entry.Counters},
	}
}

// Events are the events of a range, oldest first.
func (t *Tape) Events(_ context.Context, from, to time.Time, _ ...string) ([]collectors.Event, error) {
	var list []collectors.Event
	for _, event := range t.events {
		if !event.At.Before(from) && !event.At.After(to) {
			list = append(list, event)
		}
	}
	return list, nil
}
