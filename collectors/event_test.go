package collectors

import (
	"math"
	"testing"
)

func TestSummary(t *testing.T) {
	node := Victim{Name: "node", PID: 4121, RSS: Some[Bytes](1946 << 20), Scope: OOMOwn}
	for want, event := range map[string]Event{
		"OOM: 1 process killed":                 {Kind: EventOOMKill, Count: 1},
		"OOM: 3 processes killed":               {Kind: EventOOMKill, Count: 3},
		"OOM: node (pid 4121, 1.90 GiB) killed": {Kind: EventOOMKill, Count: 1, Victims: []Victim{node}},
		"OOM: node (pid 7) killed, 3 in all":    {Kind: EventOOMKill, Count: 3, Victims: []Victim{node, {Name: "node", PID: 7}}},
		"OOM: a (pid 1) killed, the whole host was out of memory": {
			Kind: EventOOMKill, Count: 1, Victims: []Victim{{Name: "a", PID: 1, Scope: OOMHost}},
		},
		"OOM: a (pid 1) killed, by the limit of a parent cgroup": {
			Kind: EventOOMKill, Count: 1, Victims: []Victim{{Name: "a", PID: 1, Scope: OOMAncestor}},
		},
		"OOM: 1 process killed, not by its own limit: by a parent's, or the host was out of memory": {
			Kind: EventOOMKill, Count: 1, Scope: OOMOutside,
		},
		"OOM: a (pid 1) killed, not by its own limit: by a parent's, or the host was out of memory": {
			Kind: EventOOMKill, Count: 1, Scope: OOMOutside, Victims: []Victim{{Name: "a", PID: 1}},
		},
		"memory limit hit once":                    {Kind: EventLimitHit, Count: 1},
		"memory limit hit 21 times":                {Kind: EventLimitHit, Count: 21},
		"fork refused 200 times by the pids limit": {Kind: EventForkRefused, Count: 200},

		"died":                                 {Kind: EventDied},
		"died, just after an OOM kill":         {Kind: EventDied, Detail: afterOOM},
		"exit 0: ended by itself":              {Kind: EventDied, ExitCode: Some(0), Cause: CauseExited},
		"exit 137: OOM kill":                   {Kind: EventDied, ExitCode: Some(137), Cause: CauseOOMKill},
		"exit 137: SIGKILL, sender unknown":    {Kind: EventDied, ExitCode: Some(137)},
		"exit 137: killed on request (no OOM)": {Kind: EventDied, ExitCode: Some(137), Cause: CauseKilled},
		"exit 137: did not stop in time, killed by the engine (no OOM)":  {Kind: EventDied, ExitCode: Some(137), Cause: CauseStopTimeout},
		"exit 143: stopped on request":                                   {Kind: EventDied, ExitCode: Some(143), Cause: CauseStopped},
		"exit 143: ended by SIGTERM, sender unknown":                     {Kind: EventDied, ExitCode: Some(143), Cause: CauseSignal},
		"exit 134: aborted; node does so at its own heap limit (no OOM)": {Kind: EventDied, ExitCode: Some(134), Cause: CauseAborted},
		"exit 139: crashed":                               {Kind: EventDied, ExitCode: Some(139), Cause: CauseCrashed},
		"exit 5: cause unknown":                           {Kind: EventDied, ExitCode: Some(5)},
		"exit 1: ended by itself, just after an OOM kill": {Kind: EventDied, ExitCode: Some(1), Cause: CauseExited, Detail: afterOOM},

		"restarted":                          {Kind: EventRestarted},
		"restarted, nobody saw it end":       {Kind: EventRestarted, Cause: CauseUnseen},
		"restarted after exit 137: OOM kill": {Kind: EventRestarted, ExitCode: Some(137), Cause: CauseOOMKill},
		"started":                            {Kind: EventStarted},
		"removed":                            {Kind: EventRemoved},
		"paused":                             {Kind: EventPaused},
		"re-created, a new container answers to the name": {Kind: EventRecreated, Detail: "a new container answers to the name"},

		"health check says unhealthy":                                         {Kind: EventHealth, Health: HealthUnhealthy},
		"engine cannot be read":                                               {Kind: EventSourceLost, Source: "engine"},
		"engine cannot be read, connection refused":                           {Kind: EventSourceLost, Source: "engine", Detail: "connection refused"},
		"engine can be read again":                                            {Kind: EventSourceBack, Source: "engine"},
		"hardening lost, capabilities: none is left -> SYS_ADMIN can be used": {Kind: EventHardeningLost, Drift: Some(Drift{Check: "capabilities", Was: "none is left", Is: "SYS_ADMIN can be used", Grave: true})},
		"hardening back, capabilities: none is left":                          {Kind: EventHardeningBack, Drift: Some(Drift{Check: "capabilities", Was: "SYS_ADMIN can be used", Is: "none is left"})},
		"hardening-lost, of old":                                              {Kind: EventHardeningLost, Detail: "of old"},
	} {
		if got := event.Summary(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestCauseOfSignal: what an exit code says by itself.
func TestCauseOfSignal(t *testing.T) {
	for code, want := range map[int]Cause{
		-1: CauseExited, 0: CauseExited, 1: CauseExited, 127: CauseExited, 128: CauseExited,
		129: CauseSignal, 132: CauseCrashed, 133: CauseCrashed, 134: CauseAborted, 135: CauseCrashed, 136: CauseCrashed,
		137: CauseUnknown, 139: CauseCrashed, 143: CauseSignal, 159: CauseSignal, 192: CauseSignal, 193: CauseExited, 255: CauseExited,
	} {
		if got := causeOfSignal(code); got != want {
			t.Errorf("exit %d: %q, want %q", code, got, want)
		}
	}
}

func TestSignalName(t *testing.T) {
	for code, want := range map[int]string{
		129: "SIGHUP", 143: "SIGTERM", 159: "SIGSYS", 144: "signal 16", 192: "signal 64", 128: "signal 0", 0: "signal -128",
	} {
		if got := signalName(code); got != want {
			t.Errorf("exit %d: %q, want %q", code, got, want)
		}
	}
}

func TestFormatBytes(t *testing.T) {
	for _, c := range []struct {
		n    Bytes
		want string
	}{
		{0, "0 B"},
		{1, "1 B"},
		{1023, "1023 B"},
		{1024, "1.00 KiB"},
		{10<<10 - 1, "10.0 KiB"},
		{100<<10 - 1, "100 KiB"},
		{999 << 10, "999 KiB"},
		{1000 << 10, "0.98 MiB"},
		{1<<20 - 1, "1.00 MiB"},
		{143 << 20, "143 MiB"},
		{1300 << 20, "1.27 GiB"},
		{2 << 30, "2.00 GiB"},
		{1 << 50, "1.00 PiB"},
		{math.MaxUint64, "16.0 EiB"},
	} {
		if got := FormatBytes(c.n); got != c.want {
			t.Errorf("%d: %q, want %q", c.n, got, c.want)
		}
	}
}
