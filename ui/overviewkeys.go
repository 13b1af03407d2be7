package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// overviewShown reports whether the table is on the screen: it was asked for, there
// is more than one row, and there is room.
func (m Model) overviewShown() bool {
	return m.nav.overview.open && m.hasOverview()
}

func (m Model) hasOverview() bool {
	return m.seen && modeFor(m.width, m.height) > ModeStrip && len(m.shown.Snapshot.Containers)+len(m.shown.Snapshot.Waiting) > 1
}

// welcome opens the table at the first frame where there are more containers than
// the number keys reach.
func (m Model) welcome() Model {
	if all := len(m.newest.Snapshot.Containers) + len(m.newest.Snapshot.Waiting); all > len(DefaultKeyMap().Jump.Keys()) {
		return m.toggleOverview()
	}
	return m
}

// toggleOverview opens the table, with the container on the screen marked, or closes
// it.
func (m Model) toggleOverview() Model {
	view := &m.nav.overview
	view.open, view.filter.typing = !view.open, false
	if view.open {
		view.cursor = m.subjectShown(subjectsOf(m.shown.Snapshot)).name
		view.at = view.place(m.rows())
	}
	return m
}

// takeOverviewKey does what a key says while the table is on the screen.
func (m Model) takeOverviewKey(msg tea.KeyPressMsg, keys KeyMap) Model {
	switch {
	case m.walk.on() && len(m.news) == 0 && key.Matches(msg, keys.Close, keys.Live):
		return m.goLive()
	case key.Matches(msg, keys.Close):
		return m.leaveOverview()
	case key.Matches(msg, keys.Filter):
		m.nav.overview.filter.typing, m.nav.note = true, typingNote
	case key.Matches(msg, keys.Sort):
		return m.sortByNext()
	case key.Matches(msg, keys.Reverse):
		return m.sortTable(m.nav.overview.sort)
	case key.Matches(msg, keys.Open):
		return m.openRow()
	case key.Matches(msg, keys.Jump):
		return m.openNumber(slices.Index(keys.Jump.Keys(), msg.String()))
	case key.Matches(msg, keys.Acknowledge):
		return m.showRowAlert(ActAcknowledge)
	case key.Matches(msg, keys.Mute):
		return m.showRowAlert(ActMute)
	case key.Matches(msg, keys.Pause):
		return m.togglePause()
	default:
		return m.takeRowMove(msg, keys)
	}
	return m
}

func (m Model) takeRowMove(msg tea.KeyPressMsg, keys KeyMap) Model {
	switch {
	case key.Matches(msg, keys.Up):
		return m.moveRow(-1)
	case key.Matches(msg, keys.Down):
		return m.moveRow(1)
	case key.Matches(msg, keys.Top):
		return m.moveRow(-endOfList)
	case key.Matches(msg, keys.Bottom, keys.Live):
		return m.moveRow(endOfList)
	default:
		return m.takeWalk(msg, keys)
	}
}

// leaveOverview takes back one thing at a time: the news, the filter, the table.
func (m Model) leaveOverview() Model {
	switch view := &m.nav.overview; {
	case len(m.news) > 0:
		m.news = nil
	case view.filter.text != "":
		view.filter = filter{}
	default:
		view.open = false
	}
	return m
}

// moveRow marks the row that is step further.
func (m Model) moveRow(step int) Model {
	rows, view := m.rows(), &m.nav.overview
	if len(rows) == 0 {
		return m
	}
	at := view.place(rows)
	view.at = min(max(at+step, 0), len(rows)-1)
	view.cursor = rows[view.at].name
	view.top = view.first(len(rows), view.at, m.overviewHeight())
	return m
}

// sortByNext orders the rows by the next column on the screen.
func (m Model) sortByNext() Model {
	view := &m.nav.overview
	columns := columnsFor(m.overviewInside().Dx(), m.fields, m.allRows())
	columns = slices.DeleteFunc(columns, func(c column) bool { return c.field == columnHistory })
	at := slices.IndexFunc(columns, func(c column) bool { return c.field > view.sort })
	return m.sortTable(columns[max(at, 0)].field)
}

// sortTable orders the rows by a column, and turns the order round where it is that
// one already.
func (m Model) sortTable(id FieldID) Model {
	view := &m.nav.overview
	view.sort, view.reversed = id, view.sort == id && !view.reversed
	return m
}

// openRow shows the marked container.
func (m Model) openRow() Model {
	rows := m.rows()
	if len(rows) == 0 {
		return m
	}
	return m.openNumber(rows[m.nav.overview.place(rows)].number - 1)
}

// openNumber shows a container by its place among all.
func (m Model) openNumber(at int) Model {
	list := subjectsOf(m.shown.Snapshot)
	if at < 0 || at >= len(list) {
		return m
	}
	m.nav.overview.open = false
	if at == chosen(list, m.nav.selected) {
		m.nav.selected = list[at].name
		return m
	}
	return m.selectNumber(at)
}

// showRowAlert opens the marked container at its alert. It never acts at once: what
// would be acted on is not on the screen yet.
func (m Model) showRowAlert(kind ActionKind) Model {
	m = m.openRow()
	m.nav.overview.open = false
	return m.showAlert(kind)
}
