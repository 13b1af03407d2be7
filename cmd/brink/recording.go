package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"brink/cmd/internal/config"
	"brink/collectors"
	"brink/collectors/record"
	"brink/ui"
)

// recordFile is the record in its directory. A WAL beside it tells when it was written
// to last.
const recordFile = "record.db"

// guardStateDir is where the systemd unit that guard prints keeps its state.
const guardStateDir = "/var/lib/brink"

// recordDir is where this brink records; empty without a home. What an engine on
// another machine tells has a directory of its own, by its address: that is another
// host with containers of the same names.
func (p *program) recordDir(remote string) string {
	path := p.underHome("XDG_STATE_HOME", ".local/state", recordFile)
	if path == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(path), remote)
}

// remoteName is an engine's address as the name of a directory; empty for one on this
// machine.
func remoteName(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return ""
	}
	return "host-" + strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", r) {
			return r
		}
		return '_'
	}, parsed.Host)
}

// readingDir is the directory of the record to read: the one that was named, else the
// one of this user or of the guard of systemd, whichever was written to last.
func (p *program) readingDir(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	remote, err := p.remoteEngine()
	if err != nil {
		return "", err
	}
	own := p.recordDir(remote)
	best, newest := own, writtenAt(own)
	if dir := filepath.Join(guardStateDir, remote); dir != own && writtenAt(dir).After(newest) {
		best = dir
	}
	if best == "" {
		return "", usageError(errors.New("neither XDG_STATE_HOME nor HOME says where the record is; name its directory with --record"))
	}
	return best, nil
}

// remoteEngine is the name of the engine's machine; empty for this one.
func (p *program) remoteEngine() (string, error) {
	engine, err := p.openEngine()
	if err != nil {
		return "", err
	}
	defer func() { _ = engine.Close() }()
	if engine.Local() {
		return "", nil
	}
	return remoteName(engine.Endpoint().Host), nil
}

// writtenAt is when a record was written to last; zero where there is none, or none
// that may be read.
func writtenAt(dir string) time.Time {
	var newest time.Time
	for _, name := range []string{recordFile, recordFile + "-wal", recordFile + "-tail"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest
}

// record makes the recorder of a stage, unless it is switched off or there is no place
// for it.
func (p *program) record(s *stage, settings config.Record, remote string) error {
	dir := p.recordDir(remote)
	if !settings.Enabled || dir == "" {
		return nil
	}
	recorder, err := record.New(record.Options{Dir: dir, Log: s.log, Retention: record.Retention{
		Full: settings.Full, Coarse: settings.Coarse, Events: settings.Events, Size: settings.Size,
	}})
	if err != nil {
		return usageError(fmt.Errorf("record: %w", err))
	}
	s.recorder = recorder
	s.runners = append(s.runners, recorder.Run)
	return nil
}

// recorded hands a reading to the recorder, if there is one.
func (s *stage) recorded(reading collectors.Reading, news []collectors.Event) {
	if s.recorder != nil {
		s.recorder.Record(reading, news)
	}
}

// recording is how the recorder fares, for the screen; nothing without one.
func (s *stage) recording() ui.Recording {
	if s.recorder == nil {
		return ui.Recording{}
	}
	health := s.recorder.Health()
	return ui.Recording{
		State: string(health.State), Why: health.Why, Path: health.Path, Size: health.Size,
		Dropped: health.Dropped, Aside: health.Aside, Good: health.State == record.StateRecording,
	}
}

// recallSpan is how far back events are told again when brink begins.
const recallSpan = 24 * time.Hour

// recallEvents tells the ledger what was recorded in the last day, so that the story
// goes on where the brink before this one left off. A record that cannot be read is no
// reason not to watch.
func (p *program) recallEvents(ctx context.Context, s *stage) {
	reader, err := p.reader(ctx, "")
	if err != nil {
		s.log.Info("nothing is recalled", "why", err)
		return
	}
	defer func() { _ = reader.Close() }()
	now := wallClock()
	events, err := reader.Events(ctx, now.Add(-recallSpan), now)
	if err != nil {
		s.log.Warn("not every event could be recalled", "error", err)
	}
	s.sampler.Recall(events)
}

// reader opens the record.
func (p *program) reader(ctx context.Context, named string) (*record.Reader, error) {
	dir, err := p.readingDir(named)
	if err != nil {
		return nil, err
	}
	return record.OpenReader(ctx, dir)
}

// recordedNames are the containers of the record that were asked for: by name or by
// the beginning of an id; none is all.
func recordedNames(list []record.Recorded, asked []string) ([]string, error) {
	var names, known []string
	for _, one := range list {
		known = append(known, one.Name)
	}
	for _, arg := range asked {
		at := slices.IndexFunc(list, func(one record.Recorded) bool { return one.Name == arg || hasID(one, arg) })
		if at < 0 {
			return nil, usageError(fmt.Errorf("nothing is recorded of %q; recorded are %s", arg, listed(known)))
		}
		names = append(names, list[at].Name)
	}
	return names, nil
}

// shortestID is the least of an id that is taken for one.
const shortestID = 4

func hasID(one record.Recorded, prefix string) bool {
	return len(prefix) >= shortestID && slices.ContainsFunc(one.IDs, func(id string) bool { return strings.HasPrefix(id, prefix) })
}

func listed(names []string) string {
	if len(names) == 0 {
		return "no containers"
	}
	clean := make([]string, len(names))
	for i, name := range names {
		clean[i] = collectors.Clean(name, 64)
	}
	return strings.Join(clean, ", ")
}
