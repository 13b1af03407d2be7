package notify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
)

// posted is an alert as Alertmanager's API v2 reads it: api/v2/openapi.yaml,
// postableAlert.
type posted struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
}

// said reads a request, one line an alert.
func said(t *testing.T, r request) []string {
	t.Helper()
	var list []posted
	must(t, json.Unmarshal(r.body, &list))
	var lines []string
	for _, alert := range list {
		lines = append(lines, strings.Join([]string{
			alert.Labels["alertname"], alert.Labels["severity"], alert.Labels["container"], alert.Labels["instance"], alert.Labels["host"],
			alert.StartsAt.Sub(noon).String(), alert.EndsAt.Sub(noon).String(),
		}, " "))
	}
	return lines
}

// TestAlertmanager follows an alert from the first message to the last.
func TestAlertmanager(t *testing.T) {
	t.Parallel()
	s, got := server(t, 200, nil, "")
	sink, err := NewAlertmanager(AlertmanagerOptions{
		Name: "am", URL: NewSecret(s.URL + "/prefix/"), User: "brink", Password: NewSecret("swordfish"),
		Labels: map[string]string{"team": "blue"}, Now: clockAt(noon),
	})
	must(t, err)
	t.Cleanup(func() { must(t, sink.Close(context.Background())) })
	item := func(severity alerts.Severity, reason Reason) Notification {
		i := sample("memory-near-limit", severity, reason)
		return compose("vps-1", noon, []Item{i})
	}
	stands := func(severity alerts.Severity) Standing {
		return Standing{At: noon, Host: "vps-1", Alerts: []alerts.Alert{{Key: key("memory-near-limit"), Severity: severity, FiredAt: noon.Add(-time.Minute)}}}
	}
	steps := []struct {
		name string
		do   func() error
		want []string
	}{
		{"first", func() error { return sink.Send(t.Context(), item(alerts.SeverityWarning, ReasonFirst)) }, []string{"memory-near-limit warning agent  vps-1 -1m0s 4m0s"}},
		{"refreshed", func() error { return sink.Hold(t.Context(), stands(alerts.SeverityWarning)) }, []string{"memory-near-limit warning agent  vps-1 -1m0s 4m0s"}},
		{"rose: the old labels end", func() error { return sink.Send(t.Context(), item(alerts.SeverityCritical, ReasonRose)) }, []string{"memory-near-limit warning agent  vps-1 -1m0s 0s", "memory-near-limit critical agent  vps-1 -1m0s 4m0s"}},
		{"fell", func() error { return sink.Hold(t.Context(), stands(alerts.SeverityWarning)) }, []string{"memory-near-limit critical agent  vps-1 -1m0s 0s", "memory-near-limit warning agent  vps-1 -1m0s 4m0s"}},
		{"resolved under the labels that stand", func() error { return sink.Send(t.Context(), item(alerts.SeverityCritical, ReasonResolved)) }, []string{"memory-near-limit warning agent  vps-1 -1m0s 0s"}},
		{"over before it was told: lingers, for Alertmanager to tell it", func() error { return sink.Send(t.Context(), item(alerts.SeverityCritical, ReasonOver)) }, []string{"memory-near-limit critical agent  vps-1 -1m0s 2m0s"}},
		{"test", func() error { return sink.Send(t.Context(), trial("vps-1", noon)) }, []string{"brink-test info none  vps-1 0s 1m0s"}},
	}
	for _, step := range steps {
		must(t, step.do())
		r := <-got
		if r.path != "/prefix/api/v2/alerts" || r.header.Get("Authorization") != "Basic YnJpbms6c3dvcmRmaXNo" {
			t.Errorf("%s: %s with %v", step.name, r.path, r.header)
		}
		if diff := cmp.Diff(step.want, said(t, r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	must(t, sink.Hold(t.Context(), Standing{At: noon}))
	if len(got) != 0 {
		t.Error("a request about nothing")
	}
}

// TestAlertmanagerBearer uses a token, and hides it.
func TestAlertmanagerBearer(t *testing.T) {
	t.Parallel()
	s, got := server(t, http.StatusBadRequest, nil, "bad token swordfish")
	sink, err := NewAlertmanager(AlertmanagerOptions{Name: "am", URL: NewSecret(s.URL), Token: NewSecret("swordfish"), Now: clockAt(noon)})
	must(t, err)
	t.Cleanup(func() { must(t, sink.Close(context.Background())) })
	err = sink.Send(t.Context(), oomFired())
	if !permanent(err) || strings.Contains(err.Error(), "swordfish") {
		t.Errorf("error %v", err)
	}
	if r := <-got; r.header.Get("Authorization") != "Bearer swordfish" {
		t.Errorf("header %v", r.header)
	}
	if _, err := NewAlertmanager(AlertmanagerOptions{URL: NewSecret(s.URL), User: "u", Token: NewSecret("t"), Now: time.Now}); err == nil {
		t.Error("a user and a token were taken together")
	}
	if _, err := NewAlertmanager(AlertmanagerOptions{URL: NewSecret("nonsense hunter2"), Now: time.Now}); !errors.Is(err, errAddress) {
		t.Errorf("error %v", err)
	}
}

// TestAlertmanagerKeptAlive runs the sink under the outbox: what fires is sent again
// well before Alertmanager would take it for over.
func TestAlertmanagerKeptAlive(t *testing.T) {
	t.Parallel()
	s, got := server(t, 200, nil, "")
	sink, err := NewAlertmanager(AlertmanagerOptions{Name: "am", URL: NewSecret(s.URL), Now: time.Now, Resend: 50 * time.Millisecond})
	must(t, err)
	w := newWorld(t, Options{Routes: []Route{{Sink: sink, GroupWait: -1}}})
	w.put()
	w.do("fire oom")
	for i := range 4 {
		var list []posted
		must(t, json.Unmarshal((<-got).body, &list))
		if len(list) != 1 || time.Until(list[0].EndsAt) <= 0 {
			t.Errorf("request %d: %+v", i, list)
		}
	}
	w.do("over oom")
	w.close()
	var last request
	for len(got) > 0 {
		last = <-got
	}
	var list []posted
	must(t, json.Unmarshal(last.body, &list))
	if len(list) != 1 || time.Until(list[0].EndsAt) > 0 {
		t.Errorf("the last request: %+v, want a resolve", list)
	}
}
