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
			p.fields(0, p.width(), y, field{before: right("tmpfs", storageName), value: why, role: roleMuted})
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

// Columns of a line of the panel.
const (
	storageName = 6
	tmpfsFact   = percentWidth + len(" of ") + bytesWidth
)

// drawTmpfs draws name, bar and share of one mount, or why there is none.
func (s *scene) drawTmpfs(p pen, y int, mount collectors.TmpfsSample) {
	tone := s.tone(alerts.MetricTmpfsRatio, mount.Mount)
	name := min(storageName, p.width()/3)
	p.text(0, y, cut(mount.Mount, name-1), roleMuted)
	if !mount.Used.Present() && mount.Why != "" {
		p.text(name, y, cut(mount.Why, p.width()-name), roleMuted)
		return
	}
	m := meter{
		limited: mount.Size.Present(), tone: tone,
		parts: []chart.Part{{Share: shareOf(mount.Used, mount.Size), Glyph: "█", Ink: inkUsed}},
	}
	end := p.width() - tmpfsFact
	m.gauge(p, name, end-2, y)
	p.text(end-1, y, severityMark(tone), severityRole(tone))
	x := p.text(end, y, left(percent(mount.UsedRatio), percentWidth), severityRole(tone))
	x = p.text(x, y, " of ", roleMuted)
	p.text(x, y, bytesText(mount.Size), roleText)
}

func (s *scene) drawDisk(p pen, y int) {
	io := s.sample.IO
	s.drawRates(p, y, "disk", s.why(collectors.GroupIO),
		field{before: "read ", value: left(rateText(io.Read), rateWidth)},
		field{before: "write ", value: left(rateText(io.Write), rateWidth)},
		field{before: "ops ", value: perSecText(io.ReadOps) + " " + perSecText(io.WriteOps), rank: 1},
	)
}

func (s *scene) drawNetwork(p pen, y int) {
	network := s.sample.Network
	s.drawRates(p, y, "net", s.why(collectors.GroupNetwork),
		field{before: "in   ", value: left(rateText(network.Receive), rateWidth)},
		field{before: "out   ", value: left(rateText(network.Transmit), rateWidth)},
		field{before: "dropped ", value: countText(network.ReceiveDropped) + " " + countText(network.TransmitDropped), rank: 1},
	)
}

func (s *scene) drawDiskPressure(p pen, y int) {
	p.text(0, y, "io", roleMuted)
	p.fields(storageName, p.width(), y, s.pressureField(s.sample.Pressure.IO, alerts.SeverityNone, 0))
}

// drawRates draws a pair of rates, or why there is none.
func (s *scene) drawRates(p pen, y int, name, why string, rates ...field) {
	p.text(0, y, name, roleMuted)
	if why != "" {
		p.text(storageName, y, cut(why, p.width()-storageName), roleMuted)
		return
	}
	p.fields(storageName, p.width(), y, rates...)
}
