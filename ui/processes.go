package ui

import (
	"brink/alerts"
	"brink/collectors"
)

// processRow is one line of the panel: a process, and whether the kernel would kill
// it first for want of memory.
type processRow struct {
	process *collectors.Process
	victim  bool
	// badness is what the OOM killer counts for it.
	badness collectors.Opt[int64]
	ofLimit collectors.Opt[collectors.Ratio]
}

// processes lists the processes of the container in the chosen order.
func (s *scene) processes(width int) list {
	var rows []processRow // They are put in order once something is drawn.
	columns := processColumnsFor(width)
	return list{
		count: len(s.sample.Processes),
		empty: s.processesEmpty(),
		draw: func(p pen, y, i int) {
			if rows == nil {
				rows = s.processRows()
			}
			s.drawProcess(p, y, columns, &rows[i])
		},
	}
}

// processesEmpty says why there is no process to list.
func (s *scene) processesEmpty() string {
	if why := s.why(collectors.GroupProcesses); why != "" {
		return "not readable: " + why
	}
	return "no process is known"
}

// processRows returns the processes in the chosen order.
func (s *scene) processRows() []processRow {
	whole := s.memoryWhole()
	rows := make([]processRow, len(s.sample.Processes))
	for i := range rows {
		process := &s.sample.Processes[i]
		rows[i] = processRow{
			process: process,
			badness: process.Badness(whole),
			ofLimit: collectors.RatioOf(process.RSS, whole),
		}
	}
	if at, ok := collectors.LikelyVictim(s.sample.Processes, whole); ok {
		rows[at].victim = true
	}
	s.nav.order.sort(rows)
	return rows
}

// processMark is what stands before the name of a process, in the look of that.
const (
	victimMark  = "▸"
	zombieMark  = "○"
	processMark = len("x ")
)

// drawProcess draws one process, in as many columns as the panel has room for.
func (s *scene) drawProcess(p pen, y int, columns []processColumn, row *processRow) {
	mark, look := "", roleText
	switch {
	case row.process.Zombie():
		mark, look = zombieMark, s.zombieRole()
	case row.victim:
		mark, look = victimMark, roleStrong
	}
	p.text(0, y, mark, look)
	x := processMark
	flexible := processFlexible(columns, p.width())
	for i := range columns {
		width := columns[i].widthOr(flexible)
		text := cut(columns[i].cell(row), width)
		if columns[i].number {
			text = left(text, width)
		}
		cell := roleMuted
		if columns[i].prominent {
			cell = look
		}
		p.text(x, y, text, cell)
		x += width + 1
	}
}

// zombieRole is the look of a zombie: that of the alert about them, for a single
// one is no harm.
func (s *scene) zombieRole() role {
	if tone := s.tone(alerts.MetricZombies, ""); tone > alerts.SeverityNone {
		return severityRole(tone)
	}
	return roleMuted
}

// Lines above the list of processes: the heads of its columns, and in a high panel
// a sentence about them.
const (
	processHeads    = 1
	processHeadLow  = 4
	processHeadHigh = 10
)

// head returns how many lines at the beginning of a panel do not scroll.
func (s *scene) head(panel Panel, width, height int) int {
	if s.zoomedFacts(panel) != nil {
		return s.zoomHead(panel, width, height)
	}
	switch {
	case panel != PanelProcesses || height < processHeadLow || len(s.sample.Processes) == 0:
		return 0
	case height < processHeadHigh:
		return processHeads
	default:
		return processHeads + 1
	}
}

// drawHead draws the lines of a panel that do not scroll.
func (s *scene) drawHead(p pen, panel Panel) {
	if panel == PanelProcesses {
		s.drawProcessHead(p)
		return
	}
	s.drawZoomHead(p, panel)
}

// drawProcessHead draws the sentence, where there is room for it, and the heads of
// the columns. The one by which the list is sorted has an arrow.
func (s *scene) drawProcessHead(p pen) {
	y := 0
	if p.height() > processHeads {
		s.processSentence(p, y)
		y++
	}
	columns := processColumnsFor(p.width())
	x, flexible := processMark, processFlexible(columns, p.width())
	for i := range columns {
		width := columns[i].widthOr(flexible)
		title, look := columns[i].title, roleMuted
		if columns[i].sorts == s.nav.order.by && columns[i].sorted {
			title, look = title+s.nav.order.arrow(), roleKey
		}
		if columns[i].number {
			title = left(title, width)
		}
		p.text(x, y, cut(title, width), look)
		x += width + 1
	}
}

// processSentence counts the processes and names the one that the kernel would kill
// first.
func (s *scene) processSentence(p pen, y int) {
	zombies, threads := 0, 0
	for i := range s.sample.Processes {
		process := &s.sample.Processes[i]
		if process.Zombie() {
			zombies++
			continue
		}
		threads += process.Threads.Or(0)
	}
	dead := field{value: plural(zombies, "zombie", "zombies"), rank: 1}
	p.fields(0, p.width(), y,
		field{value: plural(len(s.sample.Processes)-zombies, "process", "processes"), role: roleStrong},
		dead.toned(s.tone(alerts.MetricZombies, "")),
		s.victimField(),
		field{value: plural(threads, "thread", "threads"), rank: 3},
	)
}

// victimField names the process that the kernel would kill first.
func (s *scene) victimField() field {
	at, ok := collectors.LikelyVictim(s.sample.Processes, s.memoryWhole())
	if !ok {
		return field{}
	}
	victim := &s.sample.Processes[at]
	return field{
		mark: victimMark, before: "an OOM would kill ",
		value: cut(victim.Name, longestComm) + " (pid " + number(victim.PID) + ")", role: roleStrong, rank: 2,
	}
}

// longestComm bounds the name of a process in a sentence; the kernel's has 15
// characters.
const longestComm = 16
