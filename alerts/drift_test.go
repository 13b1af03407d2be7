package alerts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

// drifted is a snapshot of a container with these drifts, told by their words.
func drifted(second int, list ...collectors.Drift) collectors.Snapshot {
	return collectors.Snapshot{At: at(second), Containers: []collectors.ContainerSample{{
		Name: "web", State: collectors.StateRunning, Drift: collectors.Some(list),
	}}}
}

// TestEngineTellsOfDrift: it fires until all is good again; more of it is told
// again, also to who has acknowledged what was there before, and what nobody can look
// at changes nothing.
func TestEngineTellsOfDrift(t *testing.T) {
	tmpfs := collectors.Drift{Check: "tmpfs", Was: "/tmp 256 MiB", Is: "/tmp has {value} no size", Since: at(1)}
	user := collectors.Drift{Check: "user", Was: "user 1000", Is: "root", Grave: true, Since: at(4)}
	seccomp := collectors.Drift{Check: "seccomp", Was: "a filter is in force", Is: "no filter is in force", Grave: true, Since: at(6)}
	unseen := drifted(8)
	unseen.Containers[0].Drift = collectors.Opt[[]collectors.Drift]{}
	engine, key := NewEngine(DefaultRules()), Key{Rule: "hardening-drift", Container: "web"}
	var got []string
	for _, snapshot := range []collectors.Snapshot{
		drifted(0), drifted(1, tmpfs), drifted(2, tmpfs), drifted(4, user, tmpfs), drifted(5, user, tmpfs),
		drifted(6, user, seccomp, tmpfs), drifted(7, user, seccomp, tmpfs), unseen,
		{At: at(9)},
		drifted(10, tmpfs), drifted(11),
	} {
		board, transitions := engine.Eval(snapshot)
		for _, transition := range transitions {
			got = append(got, strings.Join([]string{string(transition.Reason), transition.Alert.Severity.String(), transition.Alert.Message}, " | "))
		}
		for _, alert := range board.Alerts {
			if engine.Acknowledge(alert.Key) && alert.Key != key {
				t.Errorf("%v fires", alert.Key)
			}
		}
	}
	want := []string{
		"held | warning | tmpfs: /tmp 256 MiB -> /tmp has {value} no size",
		"again | critical | user: user 1000 -> root; and tmpfs",
		"again | critical | user: user 1000 -> root; and seccomp, tmpfs",
		"fell | warning | tmpfs: /tmp 256 MiB -> /tmp has {value} no size",
		"cleared | ok | tmpfs: /tmp 256 MiB -> /tmp has {value} no size",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestDriftIsTextOfOthers: a message is one line without control characters, however
// long what was found is.
func TestDriftIsTextOfOthers(t *testing.T) {
	hostile := collectors.Drift{Check: "mounts", Was: "none", Is: "\x1b]0;owned\x07" + strings.Repeat("\r\nx", 4096), Since: time.Unix(1, 0)}
	board := Judge(DefaultRules(), drifted(2, hostile))
	if message := board.Alerts[0].Message; strings.ContainsAny(message, "\x1b\x07\r\n") || len(message) > 2*messageLength {
		t.Errorf("%q", message)
	}
}
