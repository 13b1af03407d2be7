package ui

import (
	"math"
	"time"

	tea "charm.land/bubbletea/v2"

	"brink/collectors"
)

// The fixture is one agent container as the hardened deployment has it, with a
// load that is a formula of the time: every run draws the same screens.

const (
	mib = collectors.Bytes(1 << 20)
	gib = collectors.Bytes(1 << 30)

	agentName = "openclaw-agent"
)

// noon is the time of the newest sample in every fixture.
var noon = time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)

func some[T any](value T) collectors.Opt[T] { return collectors.Some(value) }

func ratioOf(part, whole collectors.Bytes) collectors.Opt[collectors.Ratio] {
	return collectors.RatioOf(some(part), some(whole))
}

// loadAt is the share of its limits that the agent uses at a moment.
func loadAt(at time.Time) float64 {
	back := noon.Sub(at).Seconds()
	return 0.45 + 0.12*math.Sin(back/37) + 0.05*math.Sin(back/5.3) + 0.13*math.Exp(-back/60)
}

// agentAt is the agent under its usual load.
func agentAt(at time.Time) collectors.ContainerSample { return agentWith(at, loadAt(at)) }

// agentWith is the agent at a share of its limits.
func agentWith(at time.Time, load float64) collectors.ContainerSample {
	return collectors.ContainerSample{
		ID:           "4f1e2d3c4b5a69788796a5b4c3d2e1f04f1e2d3c4b5a69788796a5b4c3d2e1f0",
		Name:         agentName,
		Image:        "openclaw/openclaw:2026.11",
		State:        collectors.StateRunning,
		Health:       collectors.HealthHealthy,
		StartedAt:    some(noon.Add(-76 * time.Hour)),
		RestartCount: some(2),
		CgroupPath:   "/system.slice/docker-4f1e2d3c4b5a.scope",
		Memory:       memoryWith(load),
		CPU:          cpuWith(load),
		Pids:         pidsWith(load),
		Pressure:     pressureWith(load),
		IO:           trafficAt(at),
		Network: collectors.NetworkSample{
			Receive: some(collectors.BytesPerSec(34.5e3 * wave(at, 23))), Transmit: some(collectors.BytesPerSec(2.1e3 * wave(at, 41))),
			ReceiveDropped: some(uint64(0)), TransmitDropped: some(uint64(0)),
		},
		Tmpfs: []collectors.TmpfsSample{
			{Mount: "/tmp", Used: some(115 * mib), Size: some(256 * mib), UsedRatio: ratioOf(115*mib, 256*mib)},
			{Mount: "/run", Used: some(mib), Size: some(64 * mib), UsedRatio: ratioOf(mib, 64*mib)},
		},
		Processes: processesWith(load),
		Sources:   sourcesOK(),
	}
}

// wave goes up and down with the time, and is 1 at noon.
func wave(at time.Time, period float64) float64 {
	return 1 + 0.9*math.Sin(noon.Sub(at).Seconds()/period)
}

func trafficAt(at time.Time) collectors.IOSample {
	written := 0.0
	if back := noon.Sub(at); back > time.Minute && back < 2*time.Minute {
		written = 3e5 * wave(at, 7)
	}
	return collectors.IOSample{
		Read: some(collectors.BytesPerSec(1.2e6 * wave(at, 57))), Write: some(collectors.BytesPerSec(written)),
		ReadOps: some(collectors.PerSec(31)), WriteOps: some(collectors.PerSec(0)),
	}
}

// processesWith is what runs in the agent: the gateway, a browser that Chrome has
// offered to the OOM killer, a tool, and two zombies.
func processesWith(load float64) []collectors.Process {
	hard := collectors.Bytes(load * float64(2*gib))
	process := func(pid, ppid, threads, adj int, name, state string, rss collectors.Bytes, cores, used float64) collectors.Process {
		return collectors.Process{
			PID: pid, PPID: ppid, Name: name, State: state, Threads: some(threads), RSS: some(rss), OOMScoreAdj: some(adj),
			Swap: some(collectors.Bytes(0)), PageTables: some(rss / 400),
			Cores: some(collectors.Cores(cores)), CPU: some(seconds(time.Duration(used * float64(time.Second)))),
		}
	}
	zombie := func(pid, ppid int) collectors.Process {
		return collectors.Process{PID: pid, PPID: ppid, Name: "chrome", State: "Z", Threads: some(1), RSS: some(collectors.Bytes(0)), CPU: some(seconds(40 * time.Millisecond))}
	}
	return []collectors.Process{
		process(4102, 4080, 1, 0, "tini", "S", mib, 0, 0.02),
		process(4121, 4102, 11, 0, "openclaw-gatewa", "S", hard/2, load*0.3, 7425),
		process(4150, 4121, 14, 0, "chrome", "S", hard/8, load*0.1, 812.5),
		process(4172, 4150, 9, 300, "chrome", "R", hard/6, load*0.8, 95),
		process(4190, 4121, 1, 0, "rg", "D", 12*mib, load*0.1, 3.7),
		process(4201, 4121, 1, -1000, "sshd", "T", 6*mib, 0, 0.4),
		zombie(4177, 4150), zombie(4179, 4150),
	}
}

func memoryWith(load float64) collectors.MemorySample {
	hard := collectors.Bytes(load * float64(2*gib))
	anon := hard - 191*mib
	cache := min(402*mib, 2*gib-hard)
	return collectors.MemorySample{
		Current: some(hard + cache), Limit: collectors.LimitOf(2 * gib),
		WorkingSet: some(hard + cache - min(310*mib, cache)), Unreclaimable: some(hard),
		UnreclaimableRatio: ratioOf(hard, 2*gib), Headroom: some(2*gib - hard),
		Anon: some(anon), File: some(cache + 143*mib), Shmem: some(143 * mib),
		Kernel: some(60 * mib), SlabReclaimable: some(12 * mib), Sock: some(collectors.Bytes(0)),
		High: collectors.Unlimited[collectors.Bytes](), Peak: some(1751 * mib),
		Swap: some(collectors.Bytes(0)), SwapLimit: collectors.LimitOf(collectors.Bytes(0)),
		Trend: collectors.Trend{Growth: some(collectors.BytesPerSec(3.25e6)), FullIn: some(collectors.Seconds(235 * time.Second))},
		MemoryEventCounts: collectors.MemoryEventCounts{
			MaxEvents: some(uint64(21)), OOMEvents: some(uint64(0)), OOMKills: some(uint64(0)),
		},
	}
}

func cpuWith(load float64) collectors.CPUSample {
	cores := collectors.Cores(min(load*1.3, 1) * 1.5)
	throttled := collectors.Ratio(max(load-0.5, 0) * 2)
	return collectors.CPUSample{
		Cores: some(cores), Limit: collectors.LimitOf(collectors.Cores(1.5)),
		OfLimit: some(collectors.Ratio(cores / 1.5)),
		User:    some(cores * 0.7), System: some(cores * 0.3),
		Periods: some(uint64(120034)), ThrottledPeriods: some(uint64(8123)),
		ThrottledRatio: some(throttled), ThrottledCores: some(collectors.Cores(throttled) * 0.8),
	}
}

func pidsWith(load float64) collectors.PidsSample {
	tasks := uint64(load * 75)
	return collectors.PidsSample{
		Current: some(tasks), Limit: collectors.LimitOf(uint64(256)),
		OfLimit: some(collectors.Ratio(float64(tasks) / 256)), Peak: some(uint64(71)),
		Refused: some(uint64(0)), Processes: some(tasks * 2 / 3), Threads: some(tasks - 2), Zombies: some(uint64(2)),
	}
}

func pressureWith(load float64) collectors.Pressure {
	lines := collectors.PressureLines{
		SomeAvg10: some(collectors.Ratio(load / 20)), SomeAvg60: some(collectors.Ratio(0.012)),
		FullAvg10: some(collectors.Ratio(0.004)), FullAvg60: some(collectors.Ratio(0.001)),
	}
	return collectors.Pressure{Memory: lines, CPU: lines, IO: lines}
}

func seconds(d time.Duration) collectors.Seconds { return collectors.Seconds(d) }

func sourcesOK() []collectors.SourceHealth {
	return []collectors.SourceHealth{
		{
			Name: "docker", OK: true, Took: seconds(3400 * time.Microsecond), Age: some(seconds(0)),
			Gives: []collectors.Group{collectors.GroupState, collectors.GroupNetwork},
		},
		{
			Name: "cgroup", OK: true, Took: seconds(90 * time.Microsecond), Age: some(seconds(0)),
			Gives: []collectors.Group{
				collectors.GroupMemory, collectors.GroupCPU, collectors.GroupPids,
				collectors.GroupPressure, collectors.GroupIO,
			},
		},
		{
			Name: "proc", OK: true, Took: seconds(800 * time.Microsecond), Age: some(seconds(0)),
			Gives:   []collectors.Group{collectors.GroupTmpfs, collectors.GroupProcesses},
			Missing: []collectors.Missing{{Group: collectors.GroupKernelLog, Why: "/dev/kmsg: permission denied; root, or the group adm, may read it"}},
		},
	}
}

// storyAt is what has happened by noon.
func storyAt() []collectors.Event {
	at := func(back time.Duration) time.Time { return noon.Add(-back) }
	return []collectors.Event{
		{Seq: 1, At: at(26 * time.Hour), Container: agentName, Kind: collectors.EventStarted},
		{Seq: 2, At: at(22*time.Minute + time.Second), Container: agentName, Kind: collectors.EventDied, ExitCode: some(137), Cause: collectors.CauseOOMKill},
		{Seq: 3, At: at(22 * time.Minute), Container: agentName, Kind: collectors.EventRestarted, ExitCode: some(137), Cause: collectors.CauseOOMKill},
		{Seq: 4, At: at(20 * time.Minute), Container: agentName, Kind: collectors.EventHealth, Health: collectors.HealthHealthy},
		{Seq: 5, At: at(3 * time.Minute), Until: at(2*time.Minute + 40*time.Second), Container: agentName, Kind: collectors.EventLimitHit, Count: 21},
	}
}

// host is the machine of the fixtures.
func host() collectors.HostCounters {
	return collectors.HostCounters{
		Name: "vps-1", Kernel: "Linux 6.12.48", CPUs: some(4), MemoryTotal: some(8 * gib),
		MemoryAvailable: some(5 * gib), CgroupMode: "unified", Engine: "Docker 26.1.5",
	}
}

// frameOf is a frame with the given containers.
func frameOf(at time.Time, containers ...collectors.ContainerSample) Frame {
	return Frame{Snapshot: collectors.Snapshot{
		At: at, Interval: some(seconds(time.Second)), Host: host(),
		Containers: containers, Sources: sourcesOK(), Story: storyAt(),
	}}
}

// newModel is a screen of a size that has the time zone of the fixtures.
func newModel(width, height int) Model {
	m, _ := actingModel(width, height)
	return m
}

// actingModel is a screen of a size, and what it is asked to do.
func actingModel(width, height int) (Model, *[]Action) {
	var asked []Action
	m := New(Options{
		Target: agentName, Version: "0.1.0", Interval: time.Second, Location: time.UTC,
		Act: func(action Action) { asked = append(asked, action) },
	})
	return send(m, tea.WindowSizeMsg{Width: width, Height: height}), &asked
}

// send passes messages to a model and drops the commands.
func send(m Model, messages ...tea.Msg) Model {
	for _, message := range messages {
		next, _ := m.Update(message)
		m = next.(Model)
	}
	return m
}

// warm fills the history with six minutes of the usual load.
func warm(m Model) Model {
	for back := 6 * time.Minute; back > 0; back -= time.Second {
		m = send(m, FrameMsg(frameOf(noon.Add(-back), agentAt(noon.Add(-back)))))
	}
	return m
}

// press is a key as the terminal sends it, by the name that bindings use.
func press(name string) tea.KeyPressMsg {
	special := map[string]tea.Key{
		"tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift},
		"esc": {Code: tea.KeyEscape}, "space": {Code: tea.KeySpace, Text: " "},
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"shift+left": {Code: tea.KeyLeft, Mod: tea.ModShift}, "shift+right": {Code: tea.KeyRight, Mod: tea.ModShift},
		"enter": {Code: tea.KeyEnter}, "backspace": {Code: tea.KeyBackspace}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
		"f1": {Code: tea.KeyF1}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl},
	}
	if k, ok := special[name]; ok {
		return tea.KeyPressMsg(k)
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg(tea.Key{Code: r, Text: name})
}
