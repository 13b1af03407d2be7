package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
	"brink/alerts/audit"
	"brink/cmd/internal/auditor"
	"brink/collectors"
)

// TestDeskJudgesDrift: what the auditor knows is in the frame, and the rules judge it;
// a container of which it knows nothing is left alone.
func TestDeskJudgesDrift(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), hardeningFile)
	state := `{"brink_hardening":1,"containers":{"agent":{"standing":{"worse":[{"check":"user","was":"user 1000","is":"root","grave":true,"since":"2026-11-23T13:02:11Z"}]}}}}`
	if err := os.WriteFile(path, []byte(state), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(duties{rules: alerts.DefaultRules()})
	d.auditor = auditor.New(auditor.Options{Path: path, Now: now, Log: slog.New(slog.DiscardHandler)})
	snapshot := at(0, 0.3)
	snapshot.Containers = append(snapshot.Containers, collectors.ContainerSample{Name: "other", State: collectors.StateRunning})
	frame := d.judge(snapshot)
	if diff := cmp.Diff([]string{"hardening-drift critical firing"}, states(frame)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if alert := frame.Board.Alerts[0]; alert.Container != "agent" || alert.Message != "user: user 1000 -> root" {
		t.Errorf("%+v", alert)
	}
	if len(frame.Hardening["agent"].Worse) != 1 || snapshot.Containers[0].Drift.Present() {
		t.Errorf("the frame has %+v, and the snapshot that was handed in %+v", frame.Hardening, snapshot.Containers[0].Drift)
	}
	if got := newDesk(duties{}).judge(snapshot).Hardening; got != nil {
		t.Errorf("without an auditor there is %+v", got)
	}
}

// TestSameProfile: what was the agent is held to what is expected of the agent, unless
// something else was asked for.
func TestSameProfile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		asked, before string
		agent         bool
		want          string
	}{
		{"", "", false, audit.ProfileHardened},
		{"", "", true, audit.ProfileOpenClaw},
		{"", audit.ProfileOpenClaw, false, audit.ProfileOpenClaw},
		{"", audit.ProfileHardened, true, audit.ProfileOpenClaw},
		{audit.ProfileHardened, audit.ProfileOpenClaw, true, audit.ProfileHardened},
	} {
		profile, err := namedProfile("--profile", test.asked)
		if err != nil {
			t.Fatal(err)
		}
		got := sameProfile(test.asked, profile)(collectors.Isolation{Agent: test.agent}, test.before)
		if got.Name != test.want {
			t.Errorf("%+v: %s", test, got.Name)
		}
	}
}
