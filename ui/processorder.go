package ui

import (
	"cmp"
	"slices"
	"strings"

	"brink/collectors"
)

// processSort is what the list of processes is sorted by.
type processSort uint8

const (
	sortMemory processSort = iota
	sortCPU
	sortState

	sortCount
)

// processOrder is the order of the list of processes. The zero order is by memory,
// the largest first.
type processOrder struct {
	by      processSort
	reverse bool
}

// next sorts by the next column, the largest first.
func (o processOrder) next() processOrder { return processOrder{by: (o.by + 1) % sortCount} }

// String says what the list is sorted by.
func (o processOrder) String() string {
	var by string
	switch o.by {
	case sortCPU:
		by = "CPU"
	case sortState:
		by = "state"
	default:
		by = "memory"
	}
	if o.reverse {
		by += ", reversed"
	}
	return by
}

// arrow shows the direction in the head of the column.
func (o processOrder) arrow() string {
	if o.reverse {
		return "↑"
	}
	return "↓"
}

// sort puts rows in order. What is not known comes last both ways, and equal ones
// go by their numbers, so that the list does not tremble.
func (o processOrder) sort(rows []processRow) {
	slices.SortFunc(rows, func(a, b processRow) int {
		if order := o.compare(a.process, b.process); order != 0 {
			return order
		}
		return cmp.Compare(a.process.PID, b.process.PID)
	})
}

func (o processOrder) compare(a, b *collectors.Process) int {
	switch o.by {
	case sortCPU:
		return compareOpt(a.Cores, b.Cores, o.reverse)
	case sortState:
		return o.direct(cmp.Compare(stateRank(a.State), stateRank(b.State)))
	default:
		return compareOpt(a.RSS, b.RSS, o.reverse)
	}
}

func (o processOrder) direct(order int) int {
	if o.reverse {
		return -order
	}
	return order
}

// stateOrder has the states that ask for attention first: zombies, then what waits
// for a device, then what runs.
const stateOrder = "ZDRTtSIX"

func stateRank(letter string) int {
	at := strings.Index(stateOrder, letter)
	if at < 0 || letter == "" {
		return len(stateOrder)
	}
	return at
}

// compareOpt orders values the largest first, or the smallest; absent ones last.
func compareOpt[T ~uint64 | ~float64](a, b collectors.Opt[T], reverse bool) int {
	x, known := a.Get()
	y, other := b.Get()
	switch {
	case known != other && known:
		return -1
	case known != other:
		return 1
	case reverse:
		return cmp.Compare(x, y)
	default:
		return cmp.Compare(y, x)
	}
}

// sortNext and sortReverse change the order of the list, which begins anew at its
// top.
func (m Model) sortNext() Model { return m.sortBy(m.nav.order.next()) }

func (m Model) sortReverse() Model {
	m.nav.order.reverse = !m.nav.order.reverse
	return m.sortBy(m.nav.order)
}

// sortBy says how the list is sorted now: the head of the column may have no room.
func (m Model) sortBy(order processOrder) Model {
	m.nav.order, m.nav.offset[PanelProcesses] = order, 0
	m.nav.note = "sorted by " + order.String()
	return m
}
