package main

import (
	"encoding/json"
	"io"
	"time"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// document is a frame as JSON: the snapshot, each container with its alerts.
type document struct {
	collectors.Snapshot
	// Containers stands in front of the snapshot's own list.
	Containers []containerDocument `json:"containers"`
}

type containerDocument struct {
	collectors.ContainerSample
	Alerts []alertDocument `json:"alerts"`
}

// alertDocument is an alert under its names in the design.
type alertDocument struct {
	Rule         string          `json:"rule"`
	Instance     string          `json:"instance,omitempty"`
	Severity     alerts.Severity `json:"severity"`
	State        alerts.State    `json:"state"`
	Since        time.Time       `json:"since"`
	Value        float64         `json:"value"`
	Threshold    float64         `json:"threshold"`
	Unit         alerts.Unit     `json:"unit"`
	Message      string          `json:"message"`
	Acknowledged bool            `json:"acknowledged"`
}

func newDocument(frame ui.Frame) document {
	doc := document{Snapshot: frame.Snapshot, Containers: []containerDocument{}}
	for _, container := range frame.Snapshot.Containers {
		doc.Containers = append(doc.Containers, containerDocument{
			ContainerSample: container,
			Alerts:          alertDocuments(frame.Board.Of(container.Name)),
		})
	}
	return doc
}

func alertDocuments(list []alerts.Alert) []alertDocument {
	documents := make([]alertDocument, 0, len(list))
	for _, alert := range list {
		documents = append(documents, newAlertDocument(alert))
	}
	return documents
}

func newAlertDocument(alert alerts.Alert) alertDocument {
	return alertDocument{
		Rule: alert.Rule, Instance: alert.Instance, Severity: alert.Severity, State: alert.State,
		Since: alert.Since, Value: alert.Value, Threshold: alert.Threshold, Unit: alert.Unit,
		Message: alert.Message, Acknowledged: alert.Acknowledged,
	}
}

// writeJSON writes the frame as one line.
func writeJSON(out io.Writer, frame ui.Frame) error {
	return json.NewEncoder(out).Encode(newDocument(frame))
}
