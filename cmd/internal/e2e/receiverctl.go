package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

const receiverBinary = "/usr/local/bin/receiver"

// Receiver is the far end of brink's sinks on the host; see the program of that name.
type Receiver struct {
	host *Host
	dir  string
}

// Arrival is one message that reached the far end.
type Arrival struct {
	At time.Time `json:"at"`
	// Answer is the HTTP status that the sender got; 0 when it got none.
	Answer int               `json:"answer"`
	Env    map[string]string `json:"env"`
	Body   json.RawMessage   `json:"body"`
}

// receiverAddress is where it listens, on the host.
const receiverAddress = "127.0.0.1:9095"

// Receiver starts a receiver in a directory without any message.
func (h *Host) Receiver(ctx context.Context) (Receiver, error) {
	r := Receiver{host: h, dir: "/run/receiver"}
	if err := h.install(ctx, "brink/cmd/internal/e2e/receiver", receiverBinary); err != nil {
		return r, err
	}
	if _, err := h.Output(ctx, "rm -rf "+r.dir+" && mkdir "+r.dir); err != nil {
		return r, err
	}
	return r, r.Start(ctx)
}

// Start listens again after Stop.
func (r Receiver) Start(ctx context.Context) error {
	_, err := r.host.Output(ctx, fmt.Sprintf(`systemd-run --quiet --collect --unit receiver %s serve %s %s
until (: </dev/tcp/%s) 2>/dev/null; do sleep 0.1; done`, receiverBinary, receiverAddress, r.dir, strings.Replace(receiverAddress, ":", "/", 1)))
	return err
}

// Stop has nobody listen.
func (r Receiver) Stop(ctx context.Context) error {
	_, err := r.host.Output(ctx, "systemctl stop receiver")
	return err
}

// URL is where the messages of that name go.
func (r Receiver) URL(name string) string { return "http://" + receiverAddress + "/" + name }

// Log is the file with the messages of that name.
func (r Receiver) Log(name string) string { return r.dir + "/" + name + ".log" }

// Answer has the messages of that name answered so from now on; empty is 200.
func (r Receiver) Answer(ctx context.Context, name, answer string) error {
	_, err := r.host.Output(ctx, "echo "+quote(answer)+" >"+r.dir+"/"+name+".answer")
	if answer == "" {
		_, err = r.host.Output(ctx, "rm -f "+r.dir+"/"+name+".answer")
	}
	return err
}

// Arrivals are the messages of that name so far.
func (r Receiver) Arrivals(ctx context.Context, name string) ([]Arrival, error) {
	text, err := r.host.Output(ctx, "cat "+r.Log(name)+" 2>/dev/null || true")
	if err != nil {
		return nil, err
	}
	var list []Arrival
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	for decoder.More() {
		var arrival Arrival
		if err := decoder.Decode(&arrival); err != nil {
			return nil, fmt.Errorf("%s: %w in %s", r.Log(name), err, text)
		}
		list = append(list, arrival)
	}
	return list, nil
}

// Notice is brink's message about one alert, whatever the sink.
type Notice struct {
	Arrival
	ID    string // the alert's, which is the same after a restart of brink; Alertmanager has none
	State string // firing or resolved
	Rule  string
	// FiredAt is as it was written: brink's state file has the same words. Alertmanager has none.
	FiredAt string
}

// Notices are the messages about one rule that were accepted, in the order of their arrival. It reads brink's own form
// and that of Alertmanager's webhook.
func Notices(arrivals []Arrival, rule string) ([]Notice, error) {
	var notices []Notice
	for _, arrival := range arrivals {
		var message struct {
			Alerts []struct {
				ID, Rule, State, Status string
				FiredAt                 string `json:"fired_at"`
				Labels                  map[string]string
			} `json:"alerts"`
		}
		if err := json.Unmarshal(arrival.Body, &message); err != nil {
			return nil, fmt.Errorf("%w in %s", err, arrival.Body)
		}
		for _, alert := range message.Alerts {
			name, state := alert.Rule+alert.Labels["alertname"], alert.State+alert.Status
			if name == rule && (arrival.Answer == 200 || arrival.Env != nil) {
				notices = append(notices, Notice{Arrival: arrival, ID: alert.ID, State: state, Rule: name, FiredAt: alert.FiredAt})
			}
		}
	}
	return notices, nil
}
