package ui

import (
	"strings"
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// panelLines draws the inside of a panel and returns its lines.
func panelLines(s *scene, panel Panel, width, height int) []string {
	return strings.Split(draw(width, height, func(p pen) { s.drawContent(p, panel) }), "\n")
}

// TestMemoryLine draws the trend of the memory panel for what may be known of it.
func TestMemoryLine(t *testing.T) {
	none := collectors.Opt[collectors.Seconds]{}
	for _, test := range []struct {
		name   string
		change func(*collectors.MemorySample)
		width  int
		want   string
	}{
		{"all", func(*collectors.MemorySample) {}, 120, "growth +3.10 MiB/s · full in about 4 min · OOM kills 0 · peak 1.71 GiB · pressure 2.9% full 0.4% · limit hits 21"},
		{"narrow", func(*collectors.MemorySample) {}, 40, "full in about 4 min · OOM kills 0"},
		{"shrinking", func(m *collectors.MemorySample) {
			m.Growth, m.FullIn = some(collectors.BytesPerSec(-2e6)), none
		}, 60, "growth -1.91 MiB/s · OOM kills 0 · peak 1.71 GiB"},
		{"no trend yet", func(m *collectors.MemorySample) { m.Trend = collectors.Trend{} }, 60, "growth -- · OOM kills 0 · peak 1.71 GiB"},
		{"killed", func(m *collectors.MemorySample) { m.OOMKills, m.FullIn = some(uint64(3)), none }, 20, "OOM kills 3"},
		{"an old kernel", func(m *collectors.MemorySample) { m.Peak = collectors.Opt[collectors.Bytes]{} }, 70, "growth +3.10 MiB/s · full in about 4 min · OOM kills 0 · peak --"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sample := agentAt(noon)
			test.change(&sample.Memory)
			lines := panelLines(sceneWith(sample), PanelMemory, test.width, 8)
			if got := lines[len(lines)-1]; got != test.want {
				t.Errorf("the last line is\n%q want\n%q", got, test.want)
			}
		})
	}
}

// TestRefusalsOutliveTheCounter: after a restart the panel still tells of the forks that
// were refused before it.
func TestRefusalsOutliveTheCounter(t *testing.T) {
	sample := agentAt(noon)
	sample.Pids.Refused = some(uint64(0))
	s := sceneWith(sample)
	s.frame.Snapshot.Story = []collectors.Event{{At: noon.Add(-time.Hour), Container: agentName, Kind: collectors.EventForkRefused, Count: 4}}
	const want = "refused 4 in 24 h"
	if text := strings.Join(panelLines(s, PanelPids, 40, 8), "\n"); !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
}

// TestKillsOutliveTheCounter: after the restart that a kill ended in, the panel still
// tells of the kill, for a day.
func TestKillsOutliveTheCounter(t *testing.T) {
	kill := func(container string, ago time.Duration, count uint64) collectors.Event {
		return collectors.Event{At: noon.Add(-ago), Container: container, Kind: collectors.EventOOMKill, Count: count}
	}
	for _, test := range []struct {
		name    string
		counted uint64
		story   []collectors.Event
		want    string
	}{
		{"none", 0, nil, "OOM kills 0"},
		{"in the life before", 0, []collectors.Event{kill(agentName, 9*time.Hour, 2), kill(agentName, time.Hour, 0)}, "OOM kills 3 in 24 h"},
		{"in this one", 2, []collectors.Event{kill(agentName, time.Minute, 2)}, "OOM kills 2"},
		{"long ago", 0, []collectors.Event{kill(agentName, 25*time.Hour, 2)}, "OOM kills 0"},
		{"of another", 0, []collectors.Event{kill("db", time.Hour, 2)}, "OOM kills 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sample := agentAt(noon)
			sample.Memory.OOMKills, sample.Memory.FullIn = some(test.counted), collectors.Opt[collectors.Seconds]{}
			s := sceneWith(sample)
			s.frame.Snapshot.Story = test.story
			lines := panelLines(s, PanelMemory, 20, 8)
			if got := lines[len(lines)-1]; got != test.want {
				t.Errorf("the last line is %q, want %q", got, test.want)
			}
		})
	}
}

// TestForecasts draws when the pids and a tmpfs are full, for as much as there is
// room: the mark is that of the rule about it.
func TestForecasts(t *testing.T) {
	sample := agentAt(noon)
	sample.Pids.FullIn = some(seconds(235 * time.Second))
	sample.Tmpfs[0].FullIn = some(seconds(20 * time.Second))
	s := sceneWith(sample)
	filling := firing("tmpfs-filling-soon", alerts.MetricTmpfsFullIn, alerts.SeverityCritical, "")
	filling.Instance = "/tmp"
	s.frame.Board = alerts.Board{At: noon, Alerts: []alerts.Alert{filling, firing("pids-filling", alerts.MetricPidsFullIn, alerts.SeverityWarning, "")}}
	for _, test := range []struct {
		panel               Panel
		width, height, line int
		want                string
	}{
		{PanelPids, 36, 3, 1, "43 tasks · ▲ full in about 4 min"},
		{PanelPids, 60, 3, 1, "43 tasks · ▲ full in about 4 min · 2 zombies · 28 processes"},
		{PanelPids, 36, 2, 1, "43 tasks · ▲ full in about 4 min"},
		{PanelPids, 60, 2, 1, "43 tasks · ▲ full in about 4 min · 2 zombies · refused 0"},
		{PanelStorage, 36, 2, 0, "/tmp ████·····┃ ✖ 45% full in <1 min"},
		{PanelStorage, 59, 2, 0, "/tmp     █████████████···············┃ ✖ 45% full in <1 min"},
		{PanelStorage, 60, 2, 0, "/tmp     ████·····┃ ✖ 45% of 256 MiB  full in under a minute"},
		{PanelStorage, 60, 2, 1, "/run     █·······························┃    2% of 64.0 MiB"},
	} {
		if got := panelLines(s, test.panel, test.width, test.height)[test.line]; got != test.want {
			t.Errorf("%d columns show\n%q want\n%q", test.width, got, test.want)
		}
	}
}

// TestMemoryLegend closes up as it gets narrower, and never loses cache.
func TestMemoryLegend(t *testing.T) {
	s := sceneWith(agentAt(noon))
	for _, test := range []struct {
		width int
		want  string
	}{
		{70, "anon █  997M   tmpfs ▓  143M   kernel ▒ 48.0M   cache ░  402M"},
		{58, "anon █  997M  tmpfs ▓  143M  kernel ▒ 48.0M  cache ░  402M"},
		{56, "anon █  997M tmpfs ▓  143M kernel ▒ 48.0M cache ░  402M"},
		{50, "anon█ 997M tmpfs▓ 143M kernel▒48.0M cache░ 402M"},
		{40, "anon█ 997M tmpfs▓ 143M cache░ 402M"},
		{20, "anon█ 997M tmpfs▓ 14"},
	} {
		if got := panelLines(s, PanelMemory, test.width, 6)[2]; got != test.want {
			t.Errorf("%d columns show\n%q want\n%q", test.width, got, test.want)
		}
	}
}

// TestSwapText is empty where a container may not swap, which is no fault.
func TestSwapText(t *testing.T) {
	used := some(17 * mib)
	for _, test := range []struct {
		name   string
		memory collectors.MemorySample
		want   string
	}{
		{"not known", collectors.MemorySample{}, ""},
		{"may not swap", collectors.MemorySample{Swap: some(collectors.Bytes(0)), SwapLimit: collectors.LimitOf(collectors.Bytes(0))}, ""},
		{"may swap", collectors.MemorySample{Swap: used, SwapLimit: collectors.LimitOf(gib)}, "17.0 MiB"},
		{"without a limit", collectors.MemorySample{Swap: used, SwapLimit: collectors.Unlimited[collectors.Bytes]()}, "17.0 MiB"},
		{"limit not known", collectors.MemorySample{Swap: used}, "17.0 MiB"},
	} {
		if got := swapText(test.memory); got != test.want {
			t.Errorf("%s: swap is %q, want %q", test.name, got, test.want)
		}
	}
}

// TestCPULines draws a low and a high CPU panel for what may be known of it.
func TestCPULines(t *testing.T) {
	idle := agentAt(noon)
	idle.CPU.Cores, idle.CPU.OfLimit = some(collectors.Cores(0)), some(collectors.Ratio(0))
	idle.CPU.ThrottledRatio = collectors.Opt[collectors.Ratio]{}
	for _, test := range []struct {
		name          string
		sample        collectors.ContainerSample
		width, height int
		line          int
		want          string
	}{
		{"brief", agentAt(noon), 100, 3, 1, "1.13 cores · throttled  16% of periods · pressure 2.9% full 0.4% · waiting 0.13 cores"},
		{"brief and narrow", agentAt(noon), 40, 3, 1, "1.13 cores · throttled  16% of periods"},
		{"cores", agentAt(noon), 60, 9, 1, "1.13 cores · user 0.79 · system 0.34"},
		{"throttling", agentAt(noon), 60, 9, 2, "throttled  16% of periods · waiting 0.13 cores"},
		{"pressure", agentAt(noon), 70, 9, 8, "pressure 2.9% full 0.4% · throttled 8123 of 120034 periods"},
		{"idle is not zero percent", idle, 60, 9, 2, "throttled   -- of periods · waiting 0.13 cores"},
		{"idle", idle, 60, 9, 1, "0.00 cores · user 0.79 · system 0.34"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := panelLines(sceneWith(test.sample), PanelCPU, test.width, test.height)[test.line]; got != test.want {
				t.Errorf("line %d is\n%q want\n%q", test.line, got, test.want)
			}
		})
	}
}

// TestCPUWhole is the quota, or the host's CPUs where nothing limits.
func TestCPUWhole(t *testing.T) {
	for _, test := range []struct {
		name  string
		limit collectors.Limit[collectors.Cores]
		cpus  collectors.Opt[int]
		want  string
	}{
		{"quota", collectors.LimitOf(collectors.Cores(1.5)), some(4), "1.50"},
		{"no quota", collectors.Unlimited[collectors.Cores](), some(4), "4.00"},
		{"quota not known", collectors.Limit[collectors.Cores]{}, some(4), "--"},
		{"nothing known", collectors.Unlimited[collectors.Cores](), collectors.Opt[int]{}, "--"},
	} {
		sample := agentAt(noon)
		sample.CPU.Limit = test.limit
		s := sceneWith(sample)
		s.frame.Snapshot.Host.CPUs = test.cpus
		if got := coresText(s.cpuWhole()); got != test.want {
			t.Errorf("%s: the whole is %s, want %s", test.name, got, test.want)
		}
	}
}

// TestPidsLines draws a low and a high panel of tasks.
func TestPidsLines(t *testing.T) {
	free := agentAt(noon)
	free.Pids.Limit, free.Pids.OfLimit = collectors.Unlimited[uint64](), collectors.Opt[collectors.Ratio]{}
	bare := agentAt(noon)
	bare.Pids.Zombies, bare.Pids.Processes = collectors.Opt[uint64]{}, collectors.Opt[uint64]{}
	for _, test := range []struct {
		name         string
		sample       collectors.ContainerSample
		height, line int
		want         string
	}{
		{"brief", agentAt(noon), 2, 1, "43 tasks · 2 zombies · refused 0 · 28 processes · peak 71"},
		{"tasks", agentAt(noon), 5, 1, "43 tasks · 2 zombies · 28 processes"},
		{"refusals", agentAt(noon), 5, 2, "refused 0 · peak 71 · 41 threads"},
		{"no limit, no bar", free, 5, 0, "43 tasks · 2 zombies · 28 processes"},
		{"what is not measured", bare, 5, 1, "43 tasks · -- zombies · -- processes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := panelLines(sceneWith(test.sample), PanelPids, 70, test.height)[test.line]; got != test.want {
				t.Errorf("line %d is\n%q want\n%q", test.line, got, test.want)
			}
		})
	}
}

// TestStorageLines draws mounts, disk and network, or why there are none.
func TestStorageLines(t *testing.T) {
	quiet := agentAt(noon)
	quiet.IO, quiet.Network = collectors.IOSample{}, collectors.NetworkSample{}
	hidden := agentAt(noon)
	hidden.Sources[0].Missing = []collectors.Missing{{Group: collectors.GroupNetwork, Why: "host network"}, {Group: collectors.GroupIO, Why: "no io controller"}}
	for _, test := range []struct {
		name   string
		sample collectors.ContainerSample
		line   int
		want   string
	}{
		{"mount", agentAt(noon), 0, "/tmp     ██████████████··················┃   45% of 256 MiB"},
		{"an almost empty mount", agentAt(noon), 1, "/run     █·······························┃    2% of 64.0 MiB"},
		{"disk", agentAt(noon), 2, "disk     read 1.14M/s  write    0B/s  31/s 0/s ops"},
		{"network", agentAt(noon), 3, "net      in   33.7K/s  out   2.05K/s  dropped 0 0"},
		{"pressure", agentAt(noon), 4, "io       pressure 2.9% full 0.4%"},
		{"disk not measured", quiet, 2, "disk     read      --  write      --  -- -- ops"},
		{"network not measured", quiet, 3, "net      in        --  out        --  dropped -- --"},
		{"disk out of reach", hidden, 2, "disk     no io controller"},
		{"network out of reach", hidden, 3, "net      host network"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := panelLines(sceneWith(test.sample), PanelStorage, 60, 6)[test.line]; got != test.want {
				t.Errorf("line %d is\n%q want\n%q", test.line, got, test.want)
			}
		})
	}
}
