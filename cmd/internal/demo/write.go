package demo

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

// Source is a record of which a recording is made.
type Source interface {
	Readings(ctx context.Context, from, to time.Time, names ...string) iter.Seq2[collectors.Reading, error]
	Events(ctx context.Context, from, to time.Time, names ...string) ([]collectors.Event, error)
}

// Write makes a recording of one container over a range. It fails where nothing was
// recorded, and at the first reading that is damaged.
func Write(ctx context.Context, out io.Writer, source Source, from, to time.Time, name string) error {
	events, err := source.Events(ctx, from, to, name)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(out)
	var about about
	var minute []block.Entry
	blocks := 0
	seal := func() error {
		if len(minute) == 0 {
			return nil
		}
		blocks++
		err := put(archive, fmt.Sprintf("%s%03d", blockNames, blocks), zip.Store, block.Encode(nil, thinned(minute)))
		minute = minute[:0]
		return err
	}
	for reading, err := range source.Readings(ctx, from, to, name) {
		if err != nil {
			return err
		}
		about.Host, about.Sources = reading.Host, bare(reading.Sources)
		if len(minute) > 0 && !minute[0].At.Truncate(time.Minute).Equal(reading.At.Truncate(time.Minute)) {
			if err := seal(); err != nil {
				return err
			}
		}
		for _, counters := range reading.Containers {
			minute = append(minute, block.Entry{At: reading.At, Counters: counters})
		}
	}
	if err := seal(); err != nil {
		return err
	}
	if blocks == 0 {
		return fmt.Errorf("nothing is recorded of %s from %s to %s", name, from.Format(time.DateTime), to.Format(time.DateTime))
	}
	return finish(archive, about, events)
}

func finish(archive *zip.Writer, about about, events []collectors.Event) error {
	err := errors.Join(putJSON(archive, aboutName, about), putJSON(archive, eventsName, events))
	return errors.Join(err, archive.Close())
}

func putJSON(archive *zip.Writer, name string, value any) error {
	content, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return put(archive, name, zip.Deflate, content)
}

func put(archive *zip.Writer, name string, method uint16, content []byte) error {
	part, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	return err
}

// processesEvery is how often the list of processes is kept: it is most of a reading.
const processesEvery = 5 * time.Second

// thinned are the entries of a minute, with a list of processes every few seconds.
func thinned(minute []block.Entry) []block.Entry {
	list := slices.Clone(minute)
	var kept collectors.Opt[[]collectors.Process]
	var last time.Time
	for i := range list {
		if slot := list[i].At.Truncate(processesEvery); !slot.Equal(last) || !kept.Present() {
			last, kept = slot, list[i].Counters.Processes
		}
		list[i].Counters.Processes = kept
	}
	return list
}

// bare are sources as a recording has them: how long each worked is nobody's business
// any more.
func bare(list []collectors.SourceHealth) []collectors.SourceHealth {
	list = slices.Clone(list)
	for i := range list {
		list[i].Took = 0
	}
	return list
}
