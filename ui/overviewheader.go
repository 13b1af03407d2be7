package ui

import (
	"cmp"

	"brink/collectors"
)

// drawOverviewHeader draws how all containers stand: how many there are in which
// state, the alerts, and on a second line what a person must know now, or else what
// all of them use together.
func (s *scene) drawOverviewHeader(p pen, rows []overviewRow) {
	p = p.indent(1)
	x := 0
	if p.height() > 1 && p.width() >= narrowWidth {
		x = p.text(0, 0, "brink", roleBrand) + 2
	}
	title := plural(len(rows), "container", "containers")
	banner, look := s.banner()
	end := p.width() - s.drawStatus(p, p.width()-x-textWidth(title)-3, s.sinkUntold(banner, p.height()))
	x = p.text(x, 0, title, roleStrong) + 2
	p.fields(x, end-1, 0, stateCounts(rows)...)
	switch {
	case p.height() < 2:
	case banner != "":
		p.text(0, 1, cut(banner, p.width()), look)
	default:
		p.fields(0, p.width(), 1, append(togetherFields(rows), s.placeFields()...)...)
	}
}

// stateCounts says how many containers are in which state, the usual one first.
func stateCounts(rows []overviewRow) []field {
	order := []collectors.State{
		collectors.StateRunning, collectors.StatePaused, collectors.StateRestarting,
		collectors.StateExited, collectors.StateDead, collectors.StateGone, collectors.StateCreated, collectors.StateRemoving, collectors.StateUnknown,
	}
	count, waiting := map[collectors.State]int{}, 0
	for i := range rows {
		if rows[i].Waiting != nil {
			waiting++
			continue
		}
		count[rows[i].Sample.State]++
	}
	var list []field
	for _, state := range order {
		if n := count[state]; n > 0 {
			list = append(list, field{value: number(n), after: " " + cmp.Or(string(state), "unknown"), rank: len(list) + 1})
		}
	}
	if waiting > 0 {
		list = append(list, field{value: number(waiting), after: " waiting", role: roleInfo, rank: len(list) + 1})
	}
	return list
}

// togetherFields add up what the living containers use. Where one of them is not
// measured, it is at least so much.
func togetherFields(rows []overviewRow) []field {
	var memory collectors.Bytes
	var cores collectors.Cores
	var tasks uint64
	whole := true
	for i := range rows {
		c := rows[i].Sample
		if rows[i].Waiting != nil || !alive(*c) {
			continue
		}
		if rows[i].dim() {
			whole = false
			continue
		}
		whole = whole && c.Memory.Unreclaimable.Present() && c.CPU.Cores.Present() && c.Pids.Current.Present()
		memory, cores, tasks = memory+c.Memory.Unreclaimable.Or(0), cores+c.CPU.Cores.Or(0), tasks+c.Pids.Current.Or(0)
	}
	before := "together "
	if !whole {
		before = "together at least "
	}
	return []field{
		{before: before, value: collectors.FormatBytes(memory), after: " cannot be freed"},
		{value: coresText(collectors.Some(cores)), after: " cores", rank: 1},
		{value: countText(collectors.Some(tasks)), after: " tasks", rank: 2},
	}
}
