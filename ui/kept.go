package ui

import (
	"brink/alerts"
	"brink/collectors"
)

// This file lists what is kept of a frame, so that it can be shown again: all of
// each container, and all of the rest that a panel shows. The story, the changes
// of alerts and the rules are not kept, for the newest frame has them.

// sample lists the fields of a container's sample.
func (c *codec) sample(s *collectors.ContainerSample) {
	text(c, &s.ID)
	text(c, &s.Name)
	text(c, &s.Image)
	text(c, &s.State)
	text(c, &s.Health)
	optional(c, &s.StartedAt, c.instantOf)
	optional(c, &s.FinishedAt, c.instantOf)
	optWhole(c, &s.ExitCode, &s.RestartCount)
	c.flag(&s.Recreated)
	text(c, &s.CgroupPath)
	optWhole(c, &s.Stale)
	c.memory(&s.Memory)
	c.cpu(&s.CPU)
	c.pids(&s.Pids)
	c.pressure(&s.Pressure.Memory)
	c.pressure(&s.Pressure.CPU)
	c.pressure(&s.Pressure.IO)
	c.traffic(&s.IO, &s.Network)
	sequence(c, &s.Tmpfs, c.tmpfs)
	sequence(c, &s.Sources, c.source)
	sequence(c, &s.Processes, c.process)
}

func (c *codec) memory(m *collectors.MemorySample) {
	optWhole(c, &m.Current, &m.WorkingSet, &m.Unreclaimable, &m.Headroom, &m.Anon, &m.File, &m.Shmem,
		&m.Kernel, &m.SlabReclaimable, &m.Sock, &m.Peak, &m.Swap)
	limitWhole(c, &m.Limit)
	limitWhole(c, &m.High)
	limitWhole(c, &m.SwapLimit)
	text(c, &m.LimitedBy)
	optFraction(c, &m.UnreclaimableRatio)
	optFraction(c, &m.Growth)
	optWhole(c, &m.FullIn)
	optWhole(c, &m.MaxEvents, &m.OOMEvents, &m.OOMKills)
}

func (c *codec) cpu(s *collectors.CPUSample) {
	optFraction(c, &s.Cores, &s.User, &s.System, &s.ThrottledCores)
	limited(c, &s.Limit, func(inner collectors.Cores) collectors.Cores { return fractionOf(c, inner) })
	text(c, &s.LimitedBy)
	optFraction(c, &s.OfLimit, &s.ThrottledRatio)
	optWhole(c, &s.Periods, &s.ThrottledPeriods)
}

func (c *codec) pids(s *collectors.PidsSample) {
	optWhole(c, &s.Current, &s.Peak, &s.Refused, &s.Processes, &s.Threads, &s.Zombies)
	limitWhole(c, &s.Limit)
	text(c, &s.LimitedBy)
	optFraction(c, &s.OfLimit)
	optWhole(c, &s.FullIn)
}

func (c *codec) pressure(lines *collectors.PressureLines) {
	optFraction(c, &lines.SomeAvg10, &lines.SomeAvg60, &lines.SomeAvg300,
		&lines.FullAvg10, &lines.FullAvg60, &lines.FullAvg300)
	optWhole(c, &lines.SomeTotal, &lines.FullTotal)
}

func (c *codec) traffic(disk *collectors.IOSample, network *collectors.NetworkSample) {
	optFraction(c, &disk.Read, &disk.Write)
	optFraction(c, &disk.ReadOps, &disk.WriteOps)
	optFraction(c, &network.Receive, &network.Transmit)
	optWhole(c, &network.ReceiveDropped, &network.TransmitDropped)
}

func (c *codec) tmpfs(mount *collectors.TmpfsSample) {
	text(c, &mount.Mount)
	optWhole(c, &mount.Used, &mount.Size)
	optFraction(c, &mount.UsedRatio)
	optWhole(c, &mount.FullIn)
	text(c, &mount.Why)
}

func (c *codec) source(source *collectors.SourceHealth) {
	text(c, &source.Name)
	c.flag(&source.OK)
	text(c, &source.Error)
	whole(c, &source.Took)
	optWhole(c, &source.Age)
	texts(c, &source.Gives)
	sequence(c, &source.Missing, func(missing *collectors.Missing) {
		text(c, &missing.Group)
		text(c, &missing.Why)
		text(c, &missing.Source)
	})
}

func (c *codec) process(p *collectors.Process) {
	whole(c, &p.PID)
	whole(c, &p.PPID)
	text(c, &p.Name)
	text(c, &p.State)
	optWhole(c, &p.Threads, &p.OOMScoreAdj)
	optWhole(c, &p.RSS, &p.Swap, &p.PageTables)
	optWhole(c, &p.CPU)
	optFraction(c, &p.Cores)
}

// frame lists what is kept of a frame beside its containers.
func (c *codec) frame(f *Frame) {
	snapshot := &f.Snapshot
	c.instant(&snapshot.At)
	optWhole(c, &snapshot.Interval)
	whole(c, &snapshot.MissedSlots)
	c.host(&snapshot.Host)
	sequence(c, &snapshot.Waiting, c.waiting)
	sequence(c, &snapshot.Sources, c.source)
	c.instant(&f.Board.At)
	sequence(c, &f.Board.Alerts, c.alert)
	sequence(c, &f.Sinks, c.sink)
	c.recording(&f.Recording)
}

func (c *codec) host(host *collectors.HostCounters) {
	text(c, &host.Name)
	text(c, &host.Kernel)
	optWhole(c, &host.CPUs)
	optWhole(c, &host.MemoryTotal, &host.MemoryAvailable)
	text(c, &host.CgroupMode)
	text(c, &host.Engine)
}

func (c *codec) waiting(waiting *collectors.Waiting) {
	text(c, &waiting.Target)
	c.instant(&waiting.Since)
	text(c, &waiting.Why)
	texts(c, &waiting.Choices)
}

func (c *codec) alert(alert *alerts.Alert) {
	text(c, &alert.Rule)
	text(c, &alert.Container)
	text(c, &alert.Instance)
	text(c, &alert.Metric)
	small(c, &alert.Severity)
	small(c, &alert.State)
	c.instant(&alert.Since)
	c.instant(&alert.FiredAt)
	c.instant(&alert.Happened)
	c.float(&alert.Value)
	c.float(&alert.Threshold)
	text(c, &alert.Unit)
	text(c, &alert.Message)
	c.flag(&alert.Acknowledged)
	c.instant(&alert.MutedUntil)
}

func (c *codec) recording(r *Recording) {
	text(c, &r.State)
	c.flag(&r.Good)
	text(c, &r.Why)
	text(c, &r.Path)
	text(c, &r.Aside)
	optWhole(c, &r.Size)
	whole(c, &r.Dropped)
}

func (c *codec) sink(sink *SinkHealth) {
	text(c, &sink.Name)
	whole(c, &sink.Delivered)
	whole(c, &sink.Failed)
	whole(c, &sink.Dropped)
	whole(c, &sink.Pending)
	text(c, &sink.LastError)
}
