package ui

import (
	"slices"

	"brink/alerts"
	"brink/collectors"
)

// overview is the table of all containers, as the user has it.
type overview struct {
	open bool
	// sort is the field that orders the rows; reversed turns the order round.
	sort     FieldID
	reversed bool
	filter   filter
	// cursor is the name of the marked container, at the place where it stood: what
	// is opened is what was looked at, wherever its row has gone. When it is gone
	// altogether, what stands in its place is marked.
	cursor string
	at     int
	// top is the first row on the screen.
	top int
}

// newOverview returns the table as it is opened for the first time: the worst
// alerts first.
func newOverview() overview { return overview{sort: FieldAlert} }

// overviewRow is one line of the table.
type overviewRow struct {
	Row
	// name is the container's, number its place among all.
	name   string
	number int
	// key is what the rows are ordered by.
	key reading
}

// rows returns the rows of a frame that pass the filter, in order.
func (m Model) rows() []overviewRow { return m.ordered(m.allRows()) }

// ordered leaves of all rows those that pass the filter, in order. It does so in
// place. The last values of a container that lives no more give it no place among
// the living.
func (m Model) ordered(rows []overviewRow) []overviewRow {
	view := &m.nav.overview
	if words := view.filter.words(); len(words) > 0 {
		rows = slices.DeleteFunc(rows, func(r overviewRow) bool { return !hasWords(r.told(), words) })
	}
	f := &m.fields[view.sort]
	for i := range rows {
		of := rows[i].Row
		of.Last = nil
		rows[i].key = f.take(of)
	}
	slices.SortFunc(rows, func(a, b overviewRow) int {
		if order := f.compare(a.key, b.key, view.reversed); order != 0 {
			return order
		}
		return a.number - b.number
	})
	return rows
}

// allRows returns a row for each container and each target, in their order.
func (m Model) allRows() []overviewRow {
	list, firing := subjectsOf(m.shown.Snapshot), firingByName(m.shown.Board)
	rows := make([]overviewRow, len(list))
	empty := &collectors.ContainerSample{}
	for i, one := range list {
		row := Row{Sample: empty, Waiting: one.waiting, At: m.shown.Snapshot.At, Alerts: firing[one.name]}
		if one.sample != nil {
			row.Sample, row.Last = one.sample, m.lastOf(one.sample)
		}
		rows[i] = overviewRow{Row: row, name: one.name, number: i + 1}
	}
	return rows
}

// firingByName sorts the alerts that fire by their containers, worst first.
func firingByName(board alerts.Board) map[string][]*alerts.Alert {
	var firing map[string][]*alerts.Alert
	for i := range board.Alerts {
		alert := &board.Alerts[i]
		if alert.State != alerts.StateFiring {
			continue
		}
		if firing == nil {
			firing = map[string][]*alerts.Alert{}
		}
		firing[alert.Container] = append(firing[alert.Container], alert)
	}
	return firing
}

// lastOf returns the last values of a container that has none any more; nil where
// it has its own, or nobody has seen any. The last values of now are none in the
// past.
func (m Model) lastOf(sample *collectors.ContainerSample) *collectors.ContainerSample {
	t, known := m.tracks[sample.Name]
	if !known || m.walk.on() || t.lastAt.IsZero() || sample.Memory.Current.Present() || alive(*sample) {
		return nil
	}
	return &t.last
}

// told is what the row says of the container in words.
func (r *overviewRow) told() string {
	text := r.title() + " " + r.Sample.Image + " " + r.state()
	if len(r.Alerts) > 0 {
		text += " " + alertWords(r.Alerts)
	}
	return text
}

// dim reports whether the values of a row are not of now.
func (r *overviewRow) dim() bool {
	return r.Waiting != nil || r.Sample.Stale.Present() || r.unkept() || !alive(*r.Sample)
}

// unkept reports whether nothing is known of the container at the moment.
func (r *overviewRow) unkept() bool {
	return r.Waiting == nil && r.Sample.ID == "" && r.Sample.State == collectors.StateUnknown && len(r.Sample.Sources) == 0
}

// place returns the place of the marked row.
func (o *overview) place(rows []overviewRow) int {
	if at := slices.IndexFunc(rows, func(r overviewRow) bool { return r.name == o.cursor }); at >= 0 {
		return at
	}
	return min(o.at, max(len(rows)-1, 0))
}

// first returns the first row to draw so that the marked one is among height rows,
// and no line is left empty without need.
func (o *overview) first(count, place, height int) int {
	height = max(height, 1)
	top := min(max(o.top, place-height+1), place)
	return max(min(top, count-height), 0)
}
