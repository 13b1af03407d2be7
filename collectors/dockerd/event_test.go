package dockerd

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/events"
)

// decodeEvent reads an event as the moby client does.
func decodeEvent(document string) (Event, bool, error) {
	var message events.Message
	if err := json.Unmarshal([]byte(document), &message); err != nil {
		return Event{}, false, err
	}
	event, ok := newEvent(message)
	return event, ok, nil
}

func TestEventsOfARealEngine(t *testing.T) {
	var got []string
	for _, line := range sectionLines(t, "docker-20.10-cgroup-v1.txtar", "events.jsonl") {
		event, ok, err := decodeEvent(line)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			got = append(got, "not followed")
			continue
		}
		got = append(got, strings.TrimSpace(fmt.Sprint(event.Name, ": ", event.Action, " ", event.Health, valueOf(event.ExitCode), valueOf(event.Signal))))
	}
	want := []string{
		"openclaw-agent: create", "openclaw-agent: start", "openclaw-agent: health_status unhealthy", "openclaw-agent: pause",
		"openclaw-agent: unpause", "openclaw-agent: update", "openclaw-agent: kill 15", "openclaw-agent: die 0", "openclaw-agent: stop",
		"openclaw-agent: start", "openclaw-agent: kill 9", "openclaw-agent: die 137",
		"oom: create", "oom: start", "oom: oom", "oom: die 137", "oom: start", "oom: oom", "oom: die 137", "not followed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func valueOf(o Opt[int]) string {
	if n, ok := o.Get(); ok {
		return strconv.Itoa(n)
	}
	return ""
}

func TestEvent(t *testing.T) {
	const head = `{"Type":"container","timeNano":1767323045000000001,"Actor":{"ID":"a1","Attributes":{"name":"agent","image":"i:1"`
	base := Event{ID: "a1", Name: "agent", Image: "i:1", At: time.Unix(1767323045, 1)}
	with := func(change func(*Event)) Event {
		event := base
		change(&event)
		return event
	}
	for _, test := range []struct {
		name, tail string
		want       Event
		ok         bool
	}{
		{"not of a container", `}},"Type":"network","Action":"connect"}`, Event{}, false},
		{"an exec", `}},"Action":"exec_start: /bin/sh -c 'die'"}`, Event{}, false},
		{"no action", `}}}`, Event{}, false},
		{"a look-alike", `}},"Action":"DIE"}`, Event{}, false},
		{"die", `,"exitCode":"137","execDuration":"3723"}},"Action":"die"}`, with(func(e *Event) {
			e.Action, e.ExitCode, e.Ran = ActionDie, Some(137), Some(time.Hour+2*time.Minute+3*time.Second)
		}), true},
		{"die without numbers", `,"exitCode":"","execDuration":"long"}},"Action":"die"}`, with(func(e *Event) { e.Action = ActionDie }), true},
		{"die with an exit code of Windows", `,"exitCode":"3221225786"}},"Action":"die"}`, with(func(e *Event) { e.Action = ActionDie }), true},
		{"Podman's die", `,"exitCode":"1"}},"Action":"died"}`, with(func(e *Event) { e.Action, e.ExitCode = ActionDie, Some(1) }), true},
		{"Podman's remove", `}},"Action":"remove"}`, with(func(e *Event) { e.Action = ActionDestroy }), true},
		{"an exit code is no part of a start", `,"exitCode":"1"}},"Action":"start"}`, with(func(e *Event) { e.Action = ActionStart }), true},
		{"kill", `,"signal":"9"}},"Action":"kill"}`, with(func(e *Event) { e.Action, e.Signal = ActionKill, Some(9) }), true},
		{"kill by name", `,"signal":"SIGKILL"}},"Action":"kill"}`, with(func(e *Event) { e.Action = ActionKill }), true},
		{"rename", `,"oldName":"/old"}},"Action":"rename"}`, with(func(e *Event) { e.Action, e.OldName = ActionRename, "old" }), true},
		{"healthy", `}},"Action":"health_status: healthy"}`, with(func(e *Event) { e.Action, e.Health = ActionHealthStatus, HealthHealthy }), true},
		{"health in free words", `}},"Action":"health_status: \u001b[2J fine"}`, with(func(e *Event) { e.Action = ActionHealthStatus }), true},
		{"health without a word", `}},"Action":"health_status"}`, with(func(e *Event) { e.Action = ActionHealthStatus }), true},
		{"only seconds", `}},"Action":"oom","timeNano":0,"time":1767323045}`, with(func(e *Event) { e.Action, e.At = ActionOOM, time.Unix(1767323045, 0) }), true},
		{"compose", `,"com.docker.compose.service":"gateway","com.docker.compose.project":"claw"}},"Action":"stop"}`, with(func(e *Event) { e.Action, e.Service, e.Project = ActionStop, "gateway", "claw" }), true},
	} {
		got, ok, err := decodeEvent(head + test.tail)
		if err != nil || ok != test.ok {
			t.Errorf("%s: %v, %v", test.name, ok, err)
		}
		if diff := cmp.Diff(test.want, got, unexported()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

func FuzzEvent(f *testing.F) {
	for _, line := range sectionLines(f, "docker-20.10-cgroup-v1.txtar", "events.jsonl") {
		f.Add(line)
	}
	f.Add(`{"Type":"container","Action":"health_status:","Actor":{"Attributes":null},"timeNano":-1}`)
	f.Fuzz(func(t *testing.T, document string) {
		event, ok, err := decodeEvent(document)
		if err != nil || !ok {
			return
		}
		if _, known := followed(string(event.Action)); !known {
			t.Errorf("action %q", event.Action)
		}
		if len(event.Name) > maxName || len(event.ID) > maxName || len(event.Image) > maxImage || len(event.OldName) > maxName || len(event.Service) > maxLabelValue {
			t.Errorf("%+v", event)
		}
		if ran, ok := event.Ran.Get(); ok && ran.Abs() > 1<<31*time.Second {
			t.Errorf("ran %v", ran)
		}
	})
}
