package ui

import "image"

// Panel names a part of the screen.
type Panel uint8

// The panels, in the order in which tab visits them.
const (
	PanelMemory Panel = iota
	PanelCPU
	PanelPids
	PanelEvents
	PanelAlerts
	PanelStorage
	PanelProcesses
	PanelSources
	PanelHardening

	panelCount
)

// Mode is how much the screen has room for.
type Mode uint8

// The modes, smallest first.
const (
	// ModeNotice is too narrow for more than the most important numbers.
	ModeNotice Mode = iota
	// ModeStrip is a few lines: the limits side by side, and what has happened.
	ModeStrip
	// ModeCompact is a side pane: one column, one line a limit where it is low.
	ModeCompact
	// ModeNarrow is one column, with charts where there is room.
	ModeNarrow
	// ModeWide is the whole picture in boxes.
	ModeWide
)

// The smallest size of each mode.
const (
	wideWidth, wideHeight       = 100, 28
	narrowWidth, narrowHeight   = 60, 18
	compactWidth, compactHeight = 40, 8
	stripWidth, stripHeight     = 20, 1
)

// Layout is where everything goes. It is a value: two layouts are compared with
// ==. An empty rectangle is not shown.
type Layout struct {
	Mode   Mode
	Header image.Rectangle
	// Tabs names the containers, where there are several.
	Tabs image.Rectangle
	// Body is all between header, tabs and footer.
	Body   image.Rectangle
	Footer image.Rectangle
	Panels [panelCount]image.Rectangle
	// Stacked is true where the panels stand below one another, with rules instead
	// of boxes. Panels that have the same rectangle share it; the one that had the
	// focus last is in front.
	Stacked bool
}

// modeFor returns the mode of a size.
func modeFor(width, height int) Mode {
	switch {
	case width >= wideWidth && height >= wideHeight:
		return ModeWide
	case width >= narrowWidth && height >= narrowHeight:
		return ModeNarrow
	case width >= compactWidth && height >= compactHeight:
		return ModeCompact
	case width >= stripWidth && height >= stripHeight:
		return ModeStrip
	default:
		return ModeNotice
	}
}

// layoutFor divides a screen. It is the only place that knows sizes; a panel
// draws into whatever rectangle it is given.
//
//	wide                         narrow, compact
//	[ header                 ]   [ header                            ]
//	[ tabs, if several       ]   [ tabs, if several                  ]
//	[ memory    | cpu        ]   [ memory                            ]
//	[ pids  | events         ]   [ cpu                               ]
//	[ storage | alerts | pro ]   [ pids                              ]
//	[ footer                 ]   [ events, alerts, storage, pro, sou ]
//	                             [ footer                            ]
//
// Processes (pro) and sources (sou) share a place unless the screen is very wide.
func layoutFor(width, height int, several bool) Layout {
	l := Layout{Mode: modeFor(width, height)}
	rest := image.Rect(0, 0, max(width, 0), max(height, 0))
	if l.Mode <= ModeStrip {
		l.Body = rest
		return l
	}
	l.Header, rest = splitTop(rest, headerHeight(l.Mode, height))
	if several {
		l.Tabs, rest = splitTop(rest, 1)
	}
	l.Body, l.Footer = splitTop(rest, rest.Dy()-1)
	if l.Mode == ModeWide {
		l.tile()
	} else {
		l.stack()
	}
	return l
}

// headerHeight gives a low compact screen one line of header.
func headerHeight(mode Mode, height int) int {
	const low = 12
	if mode == ModeCompact && height < low {
		return 1
	}
	return 2
}

// tile lays the panels of the wide mode side by side in three rows. The charts
// take what the lists do not need.
func (l *Layout) tile() {
	height := l.Body.Dy()
	lists := min(max(height*27/100, 7), 14)
	middle := min(max(height*29/100, 7), 14)
	top, rest := splitTop(l.Body, height-lists-middle)
	middleRow, bottom := splitTop(rest, middle)
	l.Panels[PanelMemory], l.Panels[PanelCPU] = splitLeft(top, top.Dx()/2)
	l.Panels[PanelPids], l.Panels[PanelEvents] = splitLeft(middleRow, middleRow.Dx()*36/100)
	if bottom.Dx() >= fourLists {
		l.Panels[PanelStorage], rest = splitLeft(bottom, bottom.Dx()/4)
		l.Panels[PanelAlerts], rest = splitLeft(rest, rest.Dx()/3)
		l.Panels[PanelProcesses], l.Panels[PanelSources] = splitLeft(rest, rest.Dx()/2)
		return
	}
	l.Panels[PanelStorage], rest = splitLeft(bottom, bottom.Dx()*36/100)
	l.Panels[PanelAlerts], rest = splitLeft(rest, rest.Dx()/2)
	l.Panels[PanelProcesses], l.Panels[PanelSources] = rest, rest
}

// withHardening gives the findings of the audits a place, which they share with the
// alerts.
func (l Layout) withHardening() Layout {
	l.Panels[PanelHardening] = l.Panels[PanelAlerts]
	return l
}

// fourLists is the least width in which four lists stand side by side.
const fourLists = 190

// Heights of the stacked panels. A ruled panel has one line of title; a bare one
// is a single line in all.
const (
	// ruledBody is the least body in which panels get their titles.
	ruledBody = 14
	ruledPids = 3
	ruledList = 4
	// leastMemory and leastCPU are title, bar and text without a chart.
	leastMemory, leastCPU = 4, 3
	chartRows             = 3
)

// stack lays the panels below one another; the lists share what is left.
func (l *Layout) stack() {
	l.Stacked = true
	memory, cpu, pids := stackHeights(l.Body.Dy())
	var rest image.Rectangle
	l.Panels[PanelMemory], rest = splitTop(l.Body, memory)
	l.Panels[PanelCPU], rest = splitTop(rest, cpu)
	l.Panels[PanelPids], rest = splitTop(rest, pids)
	for panel := PanelEvents; panel <= PanelSources; panel++ {
		l.Panels[panel] = rest
	}
}

// stackHeights shares a body: first everything its least, then a list worth
// reading, then charts, then each its part.
func stackHeights(body int) (memory, cpu, pids int) {
	if body < ruledBody {
		return 1, 1, 1
	}
	memory, cpu, pids = leastMemory, leastCPU, ruledPids
	spare := body - memory - cpu - pids - ruledList
	spare -= min(spare, 2)
	chart := min(spare, chartRows)
	memory, spare = memory+chart, spare-chart
	chart = min(spare, chartRows)
	cpu, spare = cpu+chart, spare-chart
	const memoryPart, cpuPart, pidsPart = 30, 25, 10
	return memory + spare*memoryPart/100, cpu + spare*cpuPart/100, pids + spare*pidsPart/100
}

func splitTop(r image.Rectangle, height int) (top, rest image.Rectangle) {
	y := r.Min.Y + min(max(height, 0), r.Dy())
	top, rest = r, r
	top.Max.Y, rest.Min.Y = y, y
	return top, rest
}

func splitLeft(r image.Rectangle, width int) (left, rest image.Rectangle) {
	x := r.Min.X + min(max(width, 0), r.Dx())
	left, rest = r, r
	left.Max.X, rest.Min.X = x, x
	return left, rest
}
