package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"brink/alerts"
	"brink/cmd/internal/auditor"
	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/dockerd"
	"brink/collectors/hostfs"
	"brink/collectors/netfilter"
	"brink/collectors/record"
	"brink/collectors/sources"
)

// The way of one sample through brink. This file alone names the concrete parts.
//
//	engine events, list ──> sources.Engine ──┐ who answers to the targets
//	                                         ▼
//	                                   sources.Roster ──> sources.Places
//	                                                          │ where on this host
//	cgroup v2 files ── cgroupfs ──> sources.Cgroup ──┐        │
//	/proc ──────────── hostfs ────> sources.Proc ────┤ <──────┘
//	/dev/kmsg ──────── hostfs ────> sources.KernelLog┤
//	stats stream ───── dockerd ───> sources.Stats ───┤
//	                                                 ▼
//	                 Reading ──> Derive, Ledger ──> Snapshot     collectors.Sampler
//	                    └──> recorder ──> record.db              collectors/record
//	                                                 ▼
//	        auditor ──> drift ──> desk: rules ──> Board, Transitions    alerts.Engine
//	                                │                └──> outbox ──> sinks   alerts/notify
//	                                ▼
//	                 Frame ──> mailbox ──> screen                ui
//	                      └──> JSON, text, status line           cmd

// stage is brink with all its parts, not yet running.
type stage struct {
	roster  *sources.Roster
	sampler *collectors.Sampler
	rules   []alerts.Rule
	// desk judges what runs on; nil for a single look.
	desk *desk
	// recorder keeps what is read; nil where nothing is to be kept.
	recorder *record.Recorder
	// auditor looks at how the containers are shut in; nil where nothing does.
	auditor *auditor.Auditor
	// descriptors bounds the cgroup files that are kept open, see keptDescriptors.
	descriptors int
	// remote is the machine of an engine that is not this one's; empty for this one.
	remote string
	// demo says that the person would rather see the recorded example.
	demo atomic.Bool
	// wake asks the sampler for a sample at once.
	wake func()
	// runners are the sources that work on goroutines of their own.
	runners []func(context.Context)
	closers []io.Closer
	log     *slog.Logger
}

// host is what was found out about this machine before anything is read.
type host struct {
	proc hostfs.FS
	// root is the cgroup v2 tree; empty where there is none.
	root    string
	mode    hostfs.CgroupMode
	unified bool
}

// wallClock is the clock of everything but the sampler.
func wallClock() time.Time { return time.Now() }

// build puts the parts together for what the settings ask for.
func (p *program) build(settings settings) (*stage, error) {
	log, closer, err := p.openLog()
	if err != nil {
		return nil, err
	}
	s := &stage{rules: settings.RulesInForce(), log: log, closers: []io.Closer{closer}}
	s.descriptors = keptDescriptors(settings.Descriptors, descriptorLimit(), log)
	s.roster = sources.NewRoster(settings.targets, time.Now())
	if err := p.equip(s, settings); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// equip gives the stage its sources and the sampler that reads them.
func (p *program) equip(s *stage, settings settings) error {
	host, err := p.findHost()
	if err != nil {
		return err
	}
	waker := sources.NewWaker()
	s.wake = waker.Wake
	list, err := p.sources(s, host, waker)
	if err != nil {
		return err
	}
	if settings.stays {
		s.runners = append(s.runners, letGo)
		if err := errors.Join(p.record(s, settings.Record, s.remote), p.audits(s, host, settings.Audit)); err != nil {
			return err
		}
	}
	s.sampler, err = collectors.NewSampler(collectors.SamplerOptions{
		Interval: p.flags.interval, Sources: list, Wake: waker.Due(), Notices: s.audited, Record: s.recorded, Log: s.log,
	})
	return err
}

// sources makes the list of sources in the order of trust.
func (p *program) sources(s *stage, host host, waker *sources.Waker) ([]collectors.Source, error) {
	var list []collectors.Source
	var engine *dockerd.Client
	if s.roster.NeedsEngine() {
		client, err := p.openEngine()
		if err != nil {
			return nil, err
		}
		if note := client.Endpoint().Note; note != "" {
			p.warn(s.log, note)
		}
		engine = client
		if !client.Local() {
			s.remote = remoteName(client.Endpoint().Host)
		}
		s.closers = append(s.closers, client)
		source := sources.NewEngine(client, s.roster, waker, time.Now)
		list, s.runners = append(list, source), append(s.runners, source.Run)
	}
	cgroups := cgroupfs.NewFS(host.root, cgroupfs.Options{Descriptors: s.descriptors})
	places := sources.NewPlaces(s.roster, sources.PlaceOptions{
		Proc: host.proc, Cgroups: cgroups, Unified: host.unified, Mode: host.mode.String(),
	})
	mode := sources.Mode(p.flags.source)
	if mode != sources.ModeDocker || engine == nil {
		list = append(list, s.addFiles(host, cgroups, places, waker)...)
	}
	if mode != sources.ModeCgroup && engine != nil {
		stats := sources.NewStats(engine, places, mode == sources.ModeDocker)
		list, s.runners = append(list, stats), append(s.runners, stats.Run)
	}
	if engine == nil || engine.Local() {
		// Of a remote engine's machine this one knows nothing.
		list = append(list, sources.NewHost(host.proc, hostname(), host.mode))
	}
	return list, nil
}

// isolations opens the reader of how containers are shut in.
func (p *program) isolations(host host) (*sources.Isolations, *dockerd.Client, error) {
	engine, err := p.openEngine()
	if err != nil {
		return nil, nil, err
	}
	return sources.NewIsolations(engine, netfilter.New(p.env("PATH")), sources.PlaceOptions{
		Proc: host.proc, Cgroups: cgroupfs.NewFS(host.root, cgroupfs.Options{}), Unified: host.unified, Mode: host.mode.String(),
	}), engine, nil
}

// addFiles are the sources that read files of this host.
func (s *stage) addFiles(host host, tree cgroupfs.FS, places *sources.Places, waker *sources.Waker) []collectors.Source {
	watcher, err := cgroupfs.NewWatcher()
	if err != nil {
		s.log.Warn("events are seen at the next sample only", "error", err)
	} else {
		s.closers = append(s.closers, watcher)
	}
	cgroups := sources.NewCgroup(tree, places, waker, watcher)
	kernelLog := sources.NewKernelLog(hostfs.DevKmsg, s.roster, waker, sources.Clock{Now: time.Now, Boot: sinceBoot})
	s.runners = append(s.runners, cgroups.Run, kernelLog.Run)
	s.closers = append(s.closers, cgroups)
	return []collectors.Source{cgroups, sources.NewProc(host.proc, places, cgroups), kernelLog}
}

// findHost looks where the cgroup v2 tree is. A tree that was named by a flag is
// trusted to be one, whatever its file system.
func (p *program) findHost() (host, error) {
	h := host{proc: hostfs.New(p.flags.procRoot), root: p.flags.cgroupRoot, unified: p.flags.cgroupRoot != ""}
	if err := h.proc.Check(); err != nil {
		return host{}, usageError(fmt.Errorf("--proc-root %s: %w", p.flags.procRoot, err))
	}
	hierarchy, err := h.proc.CgroupHierarchy()
	if h.root != "" {
		h.mode = hostfs.CgroupUnified
		return h, checkDirectory(h.root)
	}
	if err != nil {
		return host{}, fmt.Errorf("look for the cgroup mount: %w", err)
	}
	h.root, h.mode, h.unified = hierarchy.MountPoint, hierarchy.Mode, hierarchy.Mode == hostfs.CgroupUnified
	return h, nil
}

func checkDirectory(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", dir)
	}
	if err != nil {
		return usageError(fmt.Errorf("--cgroup-root: %w", err))
	}
	return nil
}

// openEngine chooses the engine as the docker command does; nothing is sent yet.
func (p *program) openEngine() (*dockerd.Client, error) {
	options := dockerd.DefaultOptions()
	options.Host, options.Context, options.Env = p.flags.host, p.flags.context, p.env
	options.CallTimeout = engineTimeout
	client, err := dockerd.New(options)
	if err != nil {
		return nil, usageError(err)
	}
	return client, nil
}

// engineTimeout is how long an answer of the engine is waited for. A busy engine
// on a small host may take a second; longer than a few is an outage to be told.
const engineTimeout = 5 * time.Second

func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// sinceBoot is the clock nearest to the one that stamps the kernel log: neither
// counts the time that the host was suspended.
func sinceBoot() (time.Duration, error) {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return 0, err
	}
	return time.Duration(now.Nano()), nil
}

// openLog opens the log file. Without one the log goes where the command wants it,
// and nowhere if it does not say: standard error belongs to the terminal that the
// dashboard draws on.
func (p *program) openLog() (*slog.Logger, io.Closer, error) {
	level, err := p.flags.level()
	if err != nil {
		return nil, nil, usageError(err)
	}
	if p.flags.logFile == "" && p.logTo != nil {
		return slog.New(slog.NewTextHandler(p.logTo, &slog.HandlerOptions{Level: level})), io.NopCloser(nil), nil
	}
	if p.flags.logFile == "" {
		return slog.New(slog.DiscardHandler), io.NopCloser(nil), nil
	}
	file, err := os.OpenFile(p.flags.logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, usageError(fmt.Errorf("--log-file: %w", err))
	}
	return slog.New(slog.NewTextHandler(file, &slog.HandlerOptions{Level: level})), file, nil
}
