package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// journal writes what happens, a JSON document a line. Several goroutines may use
// it but for sinks, which is the sampler's. It waits for nobody.
type journal struct {
	out    *lines
	failed func(error)
	// sinks is how each fared when a line was written about it, or when there was
	// no need of one.
	sinks map[string]ui.SinkHealth
}

// newJournal returns a journal that ends brink when it cannot be written: by
// failed.
func newJournal(out io.Writer, failed func(error)) *journal {
	j := &journal{sinks: map[string]ui.SinkHealth{}}
	j.failed = func(err error) { failed(fmt.Errorf("write the journal: %w", err)) }
	j.out = newLines(out, journalApology, j.failed)
	return j
}

// journalApology is the line in the place of those that nobody took.
func journalApology(lost uint64) []byte {
	text, err := json.Marshal(journalLine{Type: "lost", At: wallClock(), Lost: lost, Detail: "lines of this journal were lost, because nobody took them"})
	if err != nil {
		return nil
	}
	return append(text, '\n')
}

// journalLine is one line of guard. Type says which of the others is there.
type journalLine struct {
	Type   string              `json:"type"`
	At     time.Time           `json:"at"`
	Event  *collectors.Event   `json:"event,omitempty"`
	Alert  *transitionDocument `json:"alert,omitempty"`
	Sink   *sinkDocument       `json:"sink,omitempty"`
	Lost   uint64              `json:"lost,omitempty"`
	Error  string              `json:"error,omitempty"`
	Detail string              `json:"detail,omitempty"`
}

// transitionDocument is a change of an alert under the names of the design.
type transitionDocument struct {
	alertDocument
	Container    string          `json:"container"`
	From         alerts.State    `json:"from"`
	FromSeverity alerts.Severity `json:"from_severity"`
	Reason       alerts.Reason   `json:"reason"`
}

// sinkDocument is how a sink fares. The counts are since the start of brink.
type sinkDocument struct {
	Name string `json:"name"`
	// State is "failing" or "delivering".
	State     string `json:"state"`
	Delivered uint64 `json:"delivered"`
	Failed    uint64 `json:"failed"`
	Dropped   uint64 `json:"dropped"`
	Pending   uint64 `json:"pending"`
	LastError string `json:"last_error,omitempty"`
}

// round writes the events of a snapshot and the changes that they led to.
func (j *journal) round(snapshot collectors.Snapshot, transitions []alerts.Transition) {
	for _, event := range snapshot.News {
		j.write(journalLine{Type: "event", At: event.At, Event: &event})
	}
	for _, transition := range transitions {
		j.write(journalLine{Type: "alert", At: transition.At, Alert: &transitionDocument{
			alertDocument: newAlertDocument(transition.Alert), Container: transition.Alert.Container,
			From: transition.From, FromSeverity: transition.FromSeverity, Reason: transition.Reason,
		}})
	}
}

// health writes a line for each sink that began to fail, delivers again, or has
// lost something since it was last looked at.
func (j *journal) health(at time.Time, sinks []ui.SinkHealth) {
	now := map[string]ui.SinkHealth{}
	for _, sink := range sinks {
		now[sink.Name] = sink
		before := j.sinks[sink.Name]
		if (sink.LastError == "") == (before.LastError == "") && sink.Dropped <= before.Dropped {
			continue
		}
		state := "delivering"
		if sink.LastError != "" {
			state = "failing"
		}
		j.write(journalLine{Type: "sink", At: at, Sink: &sinkDocument{
			Name: sink.Name, State: state, Delivered: sink.Delivered, Failed: sink.Failed, Dropped: sink.Dropped,
			Pending: sink.Pending, LastError: sink.LastError,
		}})
	}
	j.sinks = now
}

// reload writes what became of a SIGHUP.
func (j *journal) reload(err error) {
	line := journalLine{
		Type: "reload", At: wallClock(),
		Detail: "the configuration is in force, but for targets, interval, remember and whether there is an audit: these need a restart",
	}
	if err != nil {
		line.Error, line.Detail = err.Error(), "the old configuration stays in force"
	}
	j.write(line)
}

func (j *journal) write(line journalLine) {
	text, err := json.Marshal(line)
	if err != nil {
		j.failed(err)
		return
	}
	_, _ = j.out.Write(append(text, '\n'))
}

// close writes the last lines.
func (j *journal) close() error { return j.out.Close() }
