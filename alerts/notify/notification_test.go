package notify

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
)

// TestWording is what people read.
func TestWording(t *testing.T) {
	t.Parallel()
	critical, warning := alerts.SeverityCritical, alerts.SeverityWarning
	mount := sample("tmpfs-filling", warning, ReasonFirst)
	mount.Key.Instance = "/tmp"
	yesterday := sample("oom-kill", critical, ReasonRepeat)
	yesterday.FiredAt = noon.Add(-26 * time.Hour)
	folded := sample("oom-kill", critical, ReasonAgain)
	folded.Changes = 4
	tests := []struct {
		name        string
		items       []Item
		title, text string
	}{
		{
			"one",
			[]Item{sample("oom-kill", critical, ReasonFirst)},
			"critical: agent oom-kill on vps-1",
			"critical  agent  oom-kill: processes OOM-killed 2 (since 11:59:00 UTC)",
		},
		{
			"a mount",
			[]Item{mount},
			"warning: agent /tmp tmpfs-filling on vps-1",
			"warning  agent /tmp  tmpfs-filling: processes OOM-killed 2 (since 11:59:00 UTC)",
		},
		{
			"resolved",
			[]Item{sample("oom-kill", critical, ReasonResolved)},
			"resolved: agent oom-kill on vps-1",
			"resolved  agent  oom-kill: processes OOM-killed 2 (fired 11:59:00 UTC, over 12:00:00 UTC)",
		},
		{
			"over before it could be told",
			[]Item{sample("oom-kill", critical, ReasonOver)},
			"resolved: agent oom-kill on vps-1",
			"resolved  agent  oom-kill: processes OOM-killed 2 (fired 11:59:00 UTC, over 12:00:00 UTC, could not be told before)",
		},
		{
			"several, worst first, the resolved last",
			[]Item{sample("restarted", warning, ReasonResolved), sample("zombies", warning, ReasonFirst), sample("oom-kill", critical, ReasonRose), sample("pids-refused", critical, ReasonFirst)},
			"vps-1: 2 critical, 1 warning fire, 1 resolved",
			"critical  agent  oom-kill: processes OOM-killed 2 (since 11:59:00 UTC, rose)\n" +
				"critical  agent  pids-refused: processes OOM-killed 2 (since 11:59:00 UTC)\n" +
				"warning  agent  zombies: processes OOM-killed 2 (since 11:59:00 UTC)\n" +
				"resolved  agent  restarted: processes OOM-killed 2 (fired 11:59:00 UTC, over 12:00:00 UTC)",
		},
		{
			"summary",
			[]Item{sample("oom-kill", critical, ReasonSummary)},
			"brink started on vps-1: 1 critical fires already",
			"critical  agent  oom-kill: processes OOM-killed 2 (since 11:59:00 UTC)",
		},
		{
			"since yesterday",
			[]Item{yesterday},
			"critical: agent oom-kill on vps-1",
			"critical  agent  oom-kill: processes OOM-killed 2 (since 2026-03-03 10:00:00 UTC, repeat)",
		},
		{
			"folded",
			[]Item{folded},
			"critical: agent oom-kill on vps-1",
			"critical  agent  oom-kill: processes OOM-killed 2 (since 11:59:00 UTC, again, 4 changes)",
		},
		{
			"two over",
			[]Item{sample("a", warning, ReasonResolved), sample("b", warning, ReasonResolved)},
			"vps-1: 2 resolved",
			"resolved  agent  a: processes OOM-killed 2 (fired 11:59:00 UTC, over 12:00:00 UTC)\n" +
				"resolved  agent  b: processes OOM-killed 2 (fired 11:59:00 UTC, over 12:00:00 UTC)",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := compose("vps-1", noon, test.items)
			if diff := cmp.Diff(test.title, n.Title); diff != "" {
				t.Errorf("title (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.text, n.Text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// TestJSON is the form that programs read: a change of it is a change of the
// agreement with them.
func TestJSON(t *testing.T) {
	t.Parallel()
	odd := sample("memory-filling", alerts.SeverityWarning, ReasonResolved)
	odd.Value, odd.Key.Instance = math.Inf(1), "/tmp"
	n := compose("vps-1", noon, []Item{odd, sample("oom-kill", alerts.SeverityCritical, ReasonFirst)})
	got, err := json.MarshalIndent(n, "", " ")
	must(t, err)
	want := `{
 "version": 1,
 "id": "` + n.ID + `",
 "at": "2026-03-04T12:00:00Z",
 "host": "vps-1",
 "severity": "critical",
 "title": "vps-1: 1 critical fires, 1 resolved",
 "text": ` + quoted(n.Text) + `,
 "alerts": [
  {
   "id": "` + n.Items[0].ID + `",
   "reason": "first",
   "state": "firing",
   "rule": "oom-kill",
   "container": "agent",
   "metric": "memory.oom_kills",
   "severity": "critical",
   "value": 2,
   "threshold": 1,
   "unit": "count",
   "message": "processes OOM-killed 2",
   "at": "2026-03-04T12:00:00Z",
   "fired_at": "2026-03-04T11:59:00Z",
   "changes": 1
  },
  {
   "id": "` + n.Items[1].ID + `",
   "reason": "resolved",
   "state": "resolved",
   "rule": "memory-filling",
   "container": "agent",
   "instance": "/tmp",
   "metric": "memory.oom_kills",
   "severity": "warning",
   "threshold": 1,
   "unit": "count",
   "message": "processes OOM-killed 2",
   "at": "2026-03-04T12:00:00Z",
   "fired_at": "2026-03-04T11:59:00Z",
   "resolved_at": "2026-03-04T12:00:00Z",
   "changes": 1
  }
 ]
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}

// TestIDs: the same news has the same id, other news another one.
func TestIDs(t *testing.T) {
	t.Parallel()
	a, b := oomFired(), oomFired()
	b.At = noon.Add(time.Hour)
	if b = compose("vps-1", noon.Add(time.Hour), b.Items); a.ID != b.ID {
		t.Errorf("the same news an hour later has id %s, want %s", b.ID, a.ID)
	}
	if over := oomOver(); over.ID == a.ID || over.Items[0].ID != a.Items[0].ID {
		t.Errorf("the end has message id %s and alert id %s; want another than %s and the same as %s", over.ID, over.Items[0].ID, a.ID, a.Items[0].ID)
	}
	if x, y := episode("h", alerts.Key{Rule: "a b", Container: "c"}, noon), episode("h", alerts.Key{Rule: "a", Container: "b c"}, noon); x == y {
		t.Error("two alerts share an id")
	}
}

// TestCleanItem: what a container can choose is clean in every text of a message.
func TestCleanItem(t *testing.T) {
	t.Parallel()
	k := alerts.Key{Rule: hostile, Container: hostile, Instance: strings.Repeat("x", 5000)}
	p := &page{key: k}
	alert := alerts.Alert{Key: k, Severity: alerts.SeverityCritical, FiredAt: noon, Message: hostile}
	n := compose(hostile, noon, []Item{p.item(hostile, &news{alert: alert, severity: alert.Severity, at: noon}, ReasonFirst)})
	for _, text := range []string{n.Host, n.Title, n.Items[0].Message, n.Items[0].Key.Rule, n.Items[0].Key.Container, n.Items[0].Key.Instance} {
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("control characters in %q", text)
		}
	}
	if got := strings.Count(n.Text, "\n"); got != 0 {
		t.Errorf("a line break came in from outside: %q", n.Text)
	}
	if len([]rune(n.Items[0].Key.Instance)) > nameLength {
		t.Errorf("instance of %d runes", len([]rune(n.Items[0].Key.Instance)))
	}
}
