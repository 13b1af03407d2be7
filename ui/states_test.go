package ui

import (
	"fmt"
	"strings"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// state is one situation of the golden matrix.
type state struct {
	name string
	// arrive brings a fresh model into the situation.
	arrive func(Model) Model
}

// states are the situations in which a screen must be right.
func states() []state {
	return append([]state{
		{"reading", func(m Model) Model { return m }},
		{"waiting", waitingFor(agentName)},
		{"waiting-any", waitingFor("")},
		{"choosing", func(m Model) Model { return send(waitingFor("")(m), press("down"), press("enter")) }},
		{"choosing-cgroups", func(m Model) Model { return send(choosingCgroups(m), press("down")) }},
		{"first-sample", firstSample},
		{"idle", idle},
		{"steady", steady},
		{"busy", busy},
		{"near-limits", nearLimits},
		{"alerts", func(m Model) Model { return send(nearLimits(m), press("tab"), press("down")) }},
		{"alert-history", func(m Model) Model { return send(nearLimits(m), press("tab"), press("G")) }},
		{"news", breakingNews},
		{"news-elsewhere", newsElsewhere},
		{"oom", oomJustHappened},
		{"stopped", stopped},
		{"stale", stale},
		{"paused", pausedScreen},
		{"walking", walking},
		{"walking-far", func(m Model) Model {
			return send(steady(m), press("H"), press("H"), press("H"), press("H"), press("H"), press("H"))
		}},
		{"walking-gap", walkingInAGap},
		{"walking-stopped", walkingAfterTheEnd},
		{"replay", replaying},
		{"replay-moment", func(m Model) Model { return send(typed(send(replaying(m), press("t")), "25:00"), press("enter")) }},
		{"no-engine", noEngine},
		{"unreadable", unreadable},
		{"unlimited", unlimitedContainer},
		{"recreated", recreated},
		{"ended", func(m Model) Model { return send(steady(m), FeedClosedMsg{}) }},
		{"several", several},
		{"overview", overviewOfSeveral},
		{"overview-many", overviewOfMany},
		{"overview-filter", func(m Model) Model { return typed(send(overviewOfMany(m), press("/")), "memory") }},
		{"overview-none", func(m Model) Model { return send(typed(send(overviewOfMany(m), press("/")), "zzz"), press("enter")) }},
		{"overview-hostile", func(m Model) Model { return overviewed(hostile, m) }},
		{"events-filter", func(m Model) Model { return typed(send(steady(m), press("/")), "limit") }},
		{"forty", forty},
		{"hostile", hostile},
		{"help", func(m Model) Model { return send(steady(m), press("?")) }},
		{"sources", func(m Model) Model { return send(steady(m), press("tab"), press("tab"), press("tab"), press("tab")) }},
	}, hardeningStates()...)
}

// sizes are the screens of the matrix: both edges of every mode and some habits.
func sizes() [][2]int {
	return [][2]int{
		{160, 50},
		{120, 40},
		{100, 28},
		{80, 24},
		{60, 30},
		{50, 30},
		{40, 8},
		{120, 2},
		{80, 1},
		{80, 2},
		{80, 3},
		{40, 3},
		{20, 3},
		{30, 4},
		{18, 2},
	}
}

// idle does next to nothing: no period of its quota ran, which is not 0 %.
func idle(m Model) Model {
	return throughout(m, func(at time.Time) collectors.ContainerSample {
		sample := agentWith(at, 0.12)
		sample.CPU.Cores, sample.CPU.OfLimit = some(collectors.Cores(0.003)), some(collectors.Ratio(0.002))
		sample.CPU.User, sample.CPU.System = some(collectors.Cores(0.002)), some(collectors.Cores(0.001))
		sample.CPU.ThrottledRatio, sample.CPU.ThrottledCores = collectors.Opt[collectors.Ratio]{}, some(collectors.Cores(0))
		sample.Memory.Trend = collectors.Trend{Growth: some(collectors.BytesPerSec(0))}
		sample.Pressure = pressureWith(0)
		sample.IO, sample.Network = quietIO(), quietNetwork()
		return sample
	})
}

func quietIO() collectors.IOSample {
	return collectors.IOSample{
		Read: some(collectors.BytesPerSec(0)), Write: some(collectors.BytesPerSec(0)),
		ReadOps: some(collectors.PerSec(0)), WriteOps: some(collectors.PerSec(0)),
	}
}

func quietNetwork() collectors.NetworkSample {
	return collectors.NetworkSample{
		Receive: some(collectors.BytesPerSec(0)), Transmit: some(collectors.BytesPerSec(0)),
		ReceiveDropped: some(uint64(0)), TransmitDropped: some(uint64(0)),
	}
}

// busy builds something: the CPU at its quota and throttled, the memory a saw.
func busy(m Model) Model {
	return throughout(m, func(at time.Time) collectors.ContainerSample {
		tooth := float64(at.Unix()%40) / 40
		sample := agentWith(at, 0.45+0.3*tooth)
		sample.CPU = cpuWith(0.78 + 0.04*tooth)
		sample.Memory.FullIn = collectors.Opt[collectors.Seconds]{}
		sample.Pressure = pressureWith(4)
		sample.IO.Write, sample.IO.WriteOps = some(collectors.BytesPerSec(48e6)), some(collectors.PerSec(812))
		return sample
	})
}

// throughout fills six minutes with samples that are a formula of the time.
func throughout(m Model, sample func(time.Time) collectors.ContainerSample) Model {
	for back := 6 * time.Minute; back >= 0; back -= time.Second {
		at := noon.Add(-back)
		m = send(m, FrameMsg(frameOf(at, sample(at))))
	}
	return m
}

// forty is a host full of containers, the last of them chosen, some of them ill.
func forty(m Model) Model {
	var samples []collectors.ContainerSample
	var board alerts.Board
	for i := range 40 {
		sample := agentWith(noon, 0.2+0.018*float64(i))
		sample.Name = fmt.Sprintf("worker-%02d", i+1)
		switch {
		case i%13 == 5:
			sample.State = collectors.StatePaused
		case i%17 == 7:
			sample = stoppedSample()
			sample.Name = fmt.Sprintf("worker-%02d", i+1)
		case i > 35:
			alert := firing("memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityCritical, "more than 80% of the memory limit cannot be freed")
			alert.Container = sample.Name
			board.Alerts = append(board.Alerts, alert)
		}
		samples = append(samples, sample)
	}
	frame := frameOf(noon, samples...)
	frame.Board = board
	return send(m, FrameMsg(frame), press("["))
}

func steady(m Model) Model {
	return send(warm(m), FrameMsg(frameOf(noon, agentAt(noon))))
}

func waitingFor(target string) func(Model) Model {
	return func(m Model) Model {
		m.options.Target = target
		frame := frameOf(noon)
		frame.Snapshot.Story = nil
		frame.Snapshot.Waiting = []collectors.Waiting{{
			Target: target, Since: noon.Add(-243 * time.Second),
			Why:     "no container has this name, this id or this compose service; asked Docker 26.1.5 at unix:///var/run/docker.sock, which runs 2 others",
			Choices: []string{"web", "postgres"},
		}}
		frame.Snapshot.Sources[0].OK = false
		frame.Snapshot.Sources[0].Age = some(seconds(12 * time.Second))
		frame.Snapshot.Sources[0].Error = "permission denied on /var/run/docker.sock; the group docker may read it"
		return send(m, FrameMsg(frame))
	}
}

// choosingCgroups offers what brink finds without an engine: paths that begin alike
// and are longer than most screens are wide.
func choosingCgroups(m Model) Model {
	m = waitingFor("")(m)
	frame := m.shown
	frame.Snapshot.Waiting[0].Choices = nil
	for _, id := range []string{"4f1e2d3c", "9a8b7c6d", "00112233"} {
		frame.Snapshot.Waiting[0].Choices = append(frame.Snapshot.Waiting[0].Choices,
			"cgroup:/user.slice/user-1000.slice/user@1000.service/user.slice/docker-"+strings.Repeat(id, 8)+".scope")
	}
	return send(m, FrameMsg(frame))
}

// firstSample has levels but no rates yet.
func firstSample(m Model) Model {
	sample := agentAt(noon)
	sample.CPU = collectors.CPUSample{Limit: sample.CPU.Limit, Periods: sample.CPU.Periods, ThrottledPeriods: sample.CPU.ThrottledPeriods}
	sample.IO, sample.Network = collectors.IOSample{}, collectors.NetworkSample{}
	sample.Memory.Trend = collectors.Trend{}
	frame := frameOf(noon, sample)
	frame.Snapshot.Story = nil
	return send(m, FrameMsg(frame))
}

func nearLimits(m Model) Model {
	sample := agentWith(noon, 0.93)
	sample.Pids = collectors.PidsSample{
		Current: some(uint64(244)), Limit: collectors.LimitOf(uint64(256)), OfLimit: some(collectors.Ratio(244.0 / 256)),
		Peak: some(uint64(256)), Refused: some(uint64(3)), Processes: some(uint64(190)), Threads: some(uint64(201)), Zombies: some(uint64(43)),
	}
	frame := frameOf(noon, sample)
	frame.Board = alerts.Board{At: noon, Alerts: alertsNearLimits()}
	frame.Transitions, frame.Rules, frame.Sinks = changesByNoon(), alerts.DefaultRules(), sinksOfTheFixture()
	earlier := frame
	earlier.Snapshot.At = noon.Add(-newsFor)
	return send(warm(m), FrameMsg(earlier), FrameMsg(frame))
}

// breakingNews has just brought two critical alerts, the newer of them of a kind
// that is in no number on the screen.
func breakingNews(m Model) Model {
	return send(steady(m), FrameMsg(newsFrame(noon.Add(time.Second))))
}

// newsElsewhere has brought a critical alert of a container that is not the shown
// one, while the screen is paused.
func newsElsewhere(m Model) Model {
	web := agentWith(noon, 0.3)
	web.Name = "web"
	calm := frameOf(noon, agentAt(noon), web)
	m = send(warm(m), FrameMsg(calm), press("space"))
	alert := firing("oom-kill", alerts.MetricOOMKills, alerts.SeverityCritical, "1 process was killed for want of memory")
	alert.Container = "web"
	return send(m, FrameMsg(withAlerts(frameOf(noon.Add(time.Second), agentAt(noon), web), alert)))
}

func oomJustHappened(m Model) Model {
	sample := agentWith(noon, 0.31)
	sample.Memory.OOMKills = some(uint64(1))
	sample.Memory.Trend = collectors.Trend{}
	frame := frameOf(noon, sample)
	frame.Snapshot.Story = append(frame.Snapshot.Story,
		collectors.Event{
			Seq: 6, At: noon.Add(-time.Second), Container: agentName, Kind: collectors.EventOOMKill, Count: 1,
			Victims: []collectors.Victim{{PID: 4121, Name: "node", RSS: some(1900 * mib), Scope: collectors.OOMOwn}}, Detail: "container kept on",
		})
	frame.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{
		firing("oom-kill", alerts.MetricOOMKills, alerts.SeverityCritical, "1 process was killed for want of memory"),
	}}
	return send(warm(m), FrameMsg(frame))
}

// stoppedSample is the agent after its end: the engine knows it, the kernel has
// no cgroup of it any more.
func stoppedSample() collectors.ContainerSample {
	return collectors.ContainerSample{
		ID: agentAt(noon).ID, Name: agentName, Image: agentAt(noon).Image, State: collectors.StateExited,
		ExitCode: some(137), RestartCount: some(2), FinishedAt: some(noon.Add(-65 * time.Second)), Sources: sourcesOK(),
	}
}

func stopped(m Model) Model {
	m = steady(m)
	frame := frameOf(noon.Add(66*time.Second), stoppedSample())
	frame.Snapshot.Story = append(frame.Snapshot.Story, collectors.Event{
		Seq: 6, At: noon.Add(time.Second), Container: agentName, Kind: collectors.EventDied, ExitCode: some(137), Cause: collectors.CauseOOMKill,
	})
	frame.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{
		firing("stopped", alerts.MetricStopped, alerts.SeverityCritical, "the container does not run"),
	}}
	return send(m, FrameMsg(frame))
}

func stale(m Model) Model {
	sample := agentAt(noon)
	sample.Stale = some(seconds(7 * time.Second))
	sample.Sources[1].OK = false
	sample.Sources[1].Age = some(seconds(7 * time.Second))
	sample.Sources[1].Error = "/sys/fs/cgroup/system.slice/docker-4f1e2d3c4b5a.scope/memory.current: no answer within 900 ms"
	return send(warm(m), FrameMsg(frameOf(noon, sample)))
}

// pausedScreen was paused ten seconds ago: the screen shows that moment.
func pausedScreen(m Model) Model {
	m = send(steady(m), press("space"))
	return send(m, FrameMsg(frameOf(noon.Add(10*time.Second), agentWith(noon, 0.9))))
}

// walking stands at a moment of three minutes ago in which the limit was hit, while
// sampling goes on.
func walking(m Model) Model {
	m = send(nearLimits(m), press("H"), press("H"), press("H"), press("right"), press("right"))
	return send(m, FrameMsg(frameOf(noon.Add(3*time.Second), agentAt(noon))))
}

// replaying stands two minutes before the end of a recording, while it plays.
func replaying(m Model) Model {
	m.options.Replay = true
	m = sendPages(m, stretchOf(noon.Add(-8*time.Minute), noon, noon.Add(-2*time.Minute)))
	return send(m, press("+"), press("space"), press("tab"))
}

// walkingInAGap stands where the host slept for two minutes.
func walkingInAGap(m Model) Model {
	return send(steady(m), FrameMsg(frameOf(noon.Add(2*time.Minute), agentAt(noon))), press("left"))
}

// walkingAfterTheEnd stands a second after the container's death, when it has come
// back long ago.
func walkingAfterTheEnd(m Model) Model {
	m = stopped(m)
	back := frameOf(noon.Add(67*time.Second), agentWith(noon, 0.2))
	back.Snapshot.Story = m.newest.Snapshot.Story
	return send(m, FrameMsg(back), press("left"))
}

func noEngine(m Model) Model {
	sample := agentAt(noon)
	sample.Sources[0] = collectors.SourceHealth{
		Name: "docker", Took: seconds(time.Millisecond), Age: some(seconds(95 * time.Second)),
		Error:   "unix:///var/run/docker.sock: connection refused; is the engine running?",
		Missing: []collectors.Missing{{Group: collectors.GroupNetwork, Why: "the engine does not answer"}},
	}
	sample.Network = collectors.NetworkSample{}
	return send(warm(m), FrameMsg(frameOf(noon, sample)))
}

// unreadable has an engine but no permission for the files.
func unreadable(m Model) Model {
	sample := agentAt(noon)
	sample.Memory, sample.CPU, sample.Pids = collectors.MemorySample{}, collectors.CPUSample{}, collectors.PidsSample{}
	sample.Tmpfs = []collectors.TmpfsSample{{Mount: "/tmp", Size: some(256 * mib), Why: "needs root or CAP_SYS_PTRACE"}}
	why := "/sys/fs/cgroup/system.slice/docker-4f1e2d3c4b5a.scope: permission denied; run brink on the host, as a user who may read it"
	sample.Sources[1].OK, sample.Sources[1].Error, sample.Sources[1].Gives = false, why, nil
	sample.Sources[1].Missing = []collectors.Missing{
		{Group: collectors.GroupMemory, Why: why}, {Group: collectors.GroupCPU, Why: why}, {Group: collectors.GroupPids, Why: why},
	}
	return send(m, FrameMsg(frameOf(noon, sample)))
}

func unlimitedContainer(m Model) Model {
	free := func(sample collectors.ContainerSample) collectors.ContainerSample {
		sample.Memory.Limit, sample.Memory.UnreclaimableRatio = collectors.Unlimited[collectors.Bytes](), collectors.Opt[collectors.Ratio]{}
		sample.Memory.Headroom, sample.Memory.FullIn = collectors.Opt[collectors.Bytes]{}, collectors.Opt[collectors.Seconds]{}
		sample.CPU.Limit, sample.CPU.OfLimit = collectors.Unlimited[collectors.Cores](), collectors.Opt[collectors.Ratio]{}
		sample.CPU.ThrottledRatio, sample.CPU.ThrottledCores = collectors.Opt[collectors.Ratio]{}, collectors.Opt[collectors.Cores]{}
		sample.Pids.Limit, sample.Pids.OfLimit = collectors.Unlimited[uint64](), collectors.Opt[collectors.Ratio]{}
		return sample
	}
	for back := 2 * time.Minute; back >= 0; back -= time.Second {
		m = send(m, FrameMsg(frameOf(noon.Add(-back), free(agentAt(noon.Add(-back))))))
	}
	return m
}

func recreated(m Model) Model {
	sample := agentWith(noon, 0.2)
	sample.StartedAt, sample.RestartCount = some(noon.Add(-12*time.Second)), some(0)
	frame := frameOf(noon, sample)
	frame.Snapshot.Story = append(frame.Snapshot.Story, collectors.Event{
		Seq: 6, At: noon.Add(-12 * time.Second), Container: agentName, Kind: collectors.EventRecreated,
	})
	return send(warm(m), FrameMsg(frame))
}

func several(m Model) Model {
	web, db := agentWith(noon, 0.3), agentWith(noon, 0.85)
	web.Name, db.Name = "web", "postgres"
	db.State = collectors.StatePaused
	frame := frameOf(noon, agentAt(noon), web, db)
	frame.Snapshot.Waiting = []collectors.Waiting{{Target: "service:worker", Since: noon, Why: "no container has this compose service"}}
	alert := firing("memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityWarning, "85% of the memory limit cannot be freed")
	alert.Container = "postgres"
	frame.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{alert}}
	return send(warm(m), FrameMsg(frame), press("3"))
}

// poison is text as a hostile container may choose it: escape sequences, control
// characters, overrides, wide and combining and invalid runes, and far too much.
const poison = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\n\t漢字🦞e\u0301\u0302\u0303\u0304\u0305\u202etxt\u2066\u200b\ufe0f\xff\xfe👩\u200d👩\u200d👧❤\ufe0f"

// hostile has poison in every text that comes with a frame.
func hostile(m Model) Model {
	long := poison + strings.Repeat("x漢", 300)
	sample := agentAt(noon)
	sample.Name, sample.Image, sample.ID = long, poison, poison
	sample.Health = collectors.Health(poison)
	sample.State = collectors.StateRunning
	sample.CgroupPath = long
	sample.Tmpfs[0].Mount = long
	sample.Tmpfs = append(sample.Tmpfs, collectors.TmpfsSample{Mount: poison, Why: long})
	for i := range sample.Sources {
		sample.Sources[i] = collectors.SourceHealth{
			Name: poison, Error: long, Gives: []collectors.Group{poison},
			Missing: []collectors.Missing{{Group: poison, Why: long}, {Group: collectors.GroupIO, Why: poison}},
		}
	}
	frame := frameOf(noon, sample)
	frame.Snapshot.Host = collectors.HostCounters{Name: poison, Kernel: poison, Engine: poison, CgroupMode: poison}
	frame.Snapshot.Sources = sample.Sources
	frame.Snapshot.Story = []collectors.Event{
		{Seq: 1, At: noon, Container: long, Kind: collectors.EventKind(poison), Detail: long},
		{Seq: 2, At: noon, Container: long, Kind: collectors.EventOOMKill, Count: 2, Victims: []collectors.Victim{{PID: 1, Name: long}}},
		{Seq: 3, At: noon, Container: long, Kind: collectors.EventHealth, Health: collectors.Health(poison)},
		{Seq: 4, At: noon, Container: long, Kind: collectors.EventSourceLost, Source: poison, Detail: poison},
	}
	alert := firing(poison, alerts.MetricMemoryRatio, alerts.SeverityCritical, long)
	alert.Container, alert.Instance = long, poison
	frame.Sinks = []SinkHealth{{Name: long, LastError: long}, {Name: poison, Delivered: 1 << 63, Pending: 1 << 63}}
	m = send(m, FrameMsg(frame))
	return send(m, FrameMsg(withAlerts(frame, alert)), press("tab"))
}
