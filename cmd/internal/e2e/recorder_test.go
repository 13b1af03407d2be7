//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// recorder: what a guard has recorded outlives it, killed without warning: the deaths of the night are at their seconds
// in a replay, and in the report with their victim.
func recorder(t *testing.T) {
	s := begin(t, "compose.small.yml")
	s.run(recordingGuard)
	s.finally("systemctl stop brink-recording; rm -rf " + recordDir)
	s.until("grep -q started " + recordDir + "/journal || test -s " + recordDir + "/brink/record.db-wal")
	s.quiet()

	s.agent("eat anon 100M")
	s.quiet()
	s.kills("eat anon 400M")
	s.agent("status")
	killed := s.night("restarted")
	s.compose("up -d --force-recreate --timeout 1", "compose.small.yml")
	s.agent("status")
	recreated := s.night("re-created")
	s.run("systemctl restart docker")
	s.agent("status")
	engine := s.night("died", "started")
	s.quiet()
	// Nothing is flushed, and nobody says goodbye.
	s.run("systemctl kill --signal KILL brink-recording")
	ended := s.now()

	s.part("every second is there", func(s *scenario) { everySecond(s, ended) })
	s.part("the replay shows all three", func(s *scenario) {
		s.replays(killed, "restarted after exit 137: OOM kill")
		s.replays(recreated, "re-created")
		s.replays(engine, "exit ")
	})
	s.part("the report names the victim", reportNames)
	s.part("the rules can be tried on it", func(s *scenario) {
		told := s.run("brink rules test --replay --since 1h --record " + recordDir + "/brink")
		if !strings.Contains(told, "oom-kill") || !strings.Contains(told, "restarted") {
			s.Errorf("of the night the rules tell:\n%s", told)
		}
	})
}

const (
	recordDir      = "/run/recorded"
	recordingGuard = "rm -rf " + recordDir + "; mkdir -m 700 " + recordDir + `
systemd-run --quiet --collect --unit brink-recording -p StandardOutput=file:` + recordDir + `/journal \
	-E HOME=/root -E XDG_STATE_HOME=` + recordDir + " brink guard"
)

// quiet lets some samples come.
func (s *scenario) quiet() {
	s.Helper()
	for range 6 {
		s.settle("the agent runs", func(c Container) bool { return c.State == "running" && c.CPU.Cores != nil })
	}
}

// night is the first event of a kind since the last one that was asked for, as brink watch tells it at the same time.
func (s *scenario) night(kinds ...string) Event {
	s.Helper()
	story := s.tells(kinds[0]+" is told", func(story Story) bool { return len(story.Of(kinds...)) >= len(kinds) })
	s.settle("the agent runs", func(c Container) bool { return c.State == "running" && c.CPU.Cores != nil })
	s.began = s.now()
	return story.Of(kinds[0])[0]
}

// everySecond requires a reading for each second between the kill of the guard and the minute before, but for those that
// the guard says it missed.
func everySecond(s *scenario, ended time.Time) {
	text := s.run("brink export --format json --since 30m --record " + recordDir + "/brink")
	var last time.Time
	count := 0
	for line := range strings.Lines(text) {
		var snapshot struct {
			At time.Time `json:"at"`
		}
		if err := json.Unmarshal([]byte(line), &snapshot); err != nil {
			s.Fatalf("%v in %q", err, line)
		}
		if gap := snapshot.At.Sub(last); !last.IsZero() && gap > 5*time.Second {
			s.Errorf("no reading from %v to %v", last, snapshot.At)
		}
		last, count = snapshot.At, count+1
	}
	s.Logf("%d readings, the last one %v before the guard was killed", count, ended.Sub(last))
	if count < 20 || ended.Sub(last) > 4*time.Second {
		s.Errorf("%d readings, the last of %v; the guard was killed before %v", count, last, ended)
	}
}

// replays begins a replay ten seconds before an event, goes to the next event as often as it takes, and requires that it
// stands within a second of the time at which it happened, with the words on the screen.
func (s *scenario) replays(event Event, words string) {
	s.Helper()
	const tmux = "tmux -u -L replay"
	s.run(tmux + " kill-server 2>/dev/null; " + tmux + " -f /dev/null new-session -d -x 120 -y 40 'TZ=UTC brink replay --record " +
		recordDir + "/brink --at " + event.At.Add(-10*time.Second).UTC().Format(time.RFC3339) + " " + ContainerName + "'")
	defer s.run(tmux + " kill-server; true")
	s.until(tmux + " capture-pane -p | grep -q 'replay . [0-9]'")
	for range 8 {
		screen := s.run(`where() { ` + tmux + ` capture-pane -p | sed -n 2p; }
before=$(where); ` + tmux + ` send-keys n
for i in $(seq 60); do [ "$(where)" = "$before" ] || break; sleep 0.1; done; ` + tmux + ` capture-pane -p`)
		if at := screenTime(screen, event.At); at.Sub(event.At).Abs() <= 2*time.Second && strings.Contains(screen, words) {
			return
		}
	}
	s.Errorf("no stop of the replay is at %v with %q:\n%s", event.At, words, s.run(tmux+" capture-pane -p"))
}

// screenTime is the time in the second line of a replay, on the day of another one.
func screenTime(screen string, day time.Time) time.Time {
	_, rest, _ := strings.Cut(screen, "\n")
	var weekday, month, clock string
	var date, year int
	if _, err := fmt.Sscan(rest, &weekday, &date, &month, &year, &clock); err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.DateTime, day.UTC().Format(time.DateOnly)+" "+strings.TrimRight(clock, ":"))
	if err != nil {
		return time.Time{}
	}
	return at
}

// reportNames: the victim, the limit and the restart stand in the report.
func reportNames(s *scenario) {
	report := s.run("brink report --since 30m --record " + recordDir + "/brink")
	for _, words := range []string{"openclaw-gatewa", "OOM", "256 MiB"} {
		if !strings.Contains(report, words) {
			s.Errorf("the report does not say %q", words)
		}
	}
	s.Log(report)
}
