package ui

import (
	"brink/alerts"
	"brink/collectors"
	"brink/ui/chart"
)

// storage lists the container's tmpfs mounts against their sizes, and its disk
// and network rates.
func (s *scene) storage() list {
	tmpfs := s.sample.Tmpfs
	rest := []func(pen, int){s.drawDisk, s.drawNetwork, s.drawDiskPressure}
	if why := s.why(collectors.GroupTmpfs); len(tmpfs) == 0 && why != "" {
		rest = append(rest, func(p pen, y int) {
			s.drawRates(p, y, "tmpfs", why)
		})
	}
	return list{
		count: len(tmpfs) + len(rest),
		draw: func(p pen, y, i int) {
			if i < len(tmpfs) {
				s.drawTmpfs(p, y, tmpfs[i])
				return
			}
			rest[i-len(tmpfs)](p, y)
		},
	}
}

// storageName is the width of the names at the left of the panel.
func storageName(width int) int {
	const narrow, wide, roomy = len("disk "), len("/dev/shm "), 38
	if width < roomy {
		return narrow
	}
	return wide
}

// drawTmpfs draws name, bar and share of one mount, or why there is none.
func (s *scene) drawTmpfs(p pen, y int, mount collectors.TmpfsSample) {
	tone := worst(s.tone(alerts.MetricTmpfsRatio, mount.Mount), s.tone(alerts.MetricTmpfsFullIn, mount.Mount))
	name := storageName(p.width())
	p.text(0, y, cut(mount.Mount, name-1), roleMuted)
	if !mount.Used.Present() && mount.Why != "" {
		p.text(name, y, cut(mount.Why, p.width()-name), roleMuted)
		return
	}
	m := meter{
		limited: mount.Size.Present(), tone: tone,
		parts: []chart.Part{{Share: shareOf(mount.Used, mount.Size), Glyph: "█", Ink: inkUsed}},
	}
	size, until := tmpfsText(mount, p.width())
	end := p.width() - percentWidth - textWidth(size) - textWidth(until)
	m.gauge(p, name, end-2, y)
	p.text(end-1, y, severityMark(tone), severityRole(tone))
	x := p.text(end, y, left(percent(mount.UsedRatio), percentWidth), severityRole(tone))
	x = p.text(x, y, size, roleMuted)
	p.text(x, y, until, severityRole(s.tone(alerts.MetricTmpfsFullIn, mount.Mount)))
}

// tmpfsText is what follows the share of a mount: its size, and when it is full. A
// narrow panel has room for one of them.
func tmpfsText(mount collectors.TmpfsSample, width int) (size, until string) {
	const roomy = 60
	size = " of " + right(bytesText(mount.Size), bytesWidth)
	switch {
	case !mount.FullIn.Present():
		return size, ""
	case width < roomy:
		return "", " full in " + forecastBrief(mount.FullIn)
	default:
		return size, " full in " + forecast(mount.FullIn)
	}
}

func (s *scene) drawDisk(p pen, y int) {
	io := s.sample.IO
	s.drawRates(p, y, "disk", s.why(collectors.GroupIO),
		field{before: "read ", value: left(rateBrief(io.Read), rateWidth)},
		field{before: "write ", value: left(rateBrief(io.Write), rateWidth)},
		field{value: perSecText(io.ReadOps) + " " + perSecText(io.WriteOps), after: " ops", rank: 1},
	)
}

func (s *scene) drawNetwork(p pen, y int) {
	network := s.sample.Network
	s.drawRates(p, y, "net", s.why(collectors.GroupNetwork),
		field{before: "in   ", value: left(rateBrief(network.Receive), rateWidth)},
		field{before: "out   ", value: left(rateBrief(network.Transmit), rateWidth)},
		field{before: "dropped ", value: countText(network.ReceiveDropped) + " " + countText(network.TransmitDropped), rank: 1},
	)
}

func (s *scene) drawDiskPressure(p pen, y int) {
	s.drawRates(p, y, "io", "", pressureField(s.sample.Pressure.IO, 0))
}

// drawRates draws a pair of rates, or why there is none.
func (s *scene) drawRates(p pen, y int, name, why string, rates ...field) {
	x := storageName(p.width())
	p.text(0, y, name, roleMuted)
	if why != "" {
		p.text(x, y, cut(why, p.width()-x), roleMuted)
		return
	}
	p.in(p.line(x, p.width(), y)).spaced("  ", rates...)
}
