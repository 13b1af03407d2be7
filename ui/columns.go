package ui

import (
	"cmp"
	"slices"
)

// column is one column of the overview: a field, from x on.
type column struct {
	field    FieldID
	x, width int
}

// columnHistory stands for the column with the history, which is no field.
const columnHistory = fieldCount

// Columns of the overview beside those of fields.
const (
	// leastName is the least of a name that tells containers apart.
	leastName = 12
	// historyWidth and mostHistory are the least and the most of a history.
	historyWidth    = 10
	mostHistory     = 30
	historyPriority = 6
	// mostAlert is a long alert in words. It does not go by the alerts of now: columns
	// must not move when one comes up.
	mostAlert = len("x critical memory-near-limit +1")
	columnGap = 1
)

// columnsFor returns the columns that have room in width, in their order: those of
// the best priority, and of what is left each its part, the names first.
func columnsFor(width int, fields *Fields, rows []overviewRow) []column {
	longest := widestName(rows)
	names := min(max(longest, leastName), max(width/4, leastName), longestTab)
	columns := chooseColumns(width-numberWidth(len(rows)), names, min(max(width/5, alertWidth), mostAlert), fields)
	spare := width - numberWidth(len(rows)) - columnsWidth(columns)
	spare = widen(columns, FieldName, longest, spare)
	spare = widen(columns, FieldAlert, mostAlert, spare)
	widen(columns, columnHistory, mostHistory, spare)
	x := numberWidth(len(rows))
	for i := range columns {
		columns[i].x = x
		x += columns[i].width + columnGap
	}
	return columns
}

// widen gives a column up to most columns of what is spare, and returns the rest.
func widen(columns []column, id FieldID, most, spare int) int {
	at := slices.IndexFunc(columns, func(c column) bool { return c.field == id })
	if at < 0 {
		return spare
	}
	more := min(max(most-columns[at].width, 0), max(spare, 0))
	columns[at].width += more
	return spare - more
}

// chooseColumns takes columns by their priority as long as they have room beside the
// names and the alerts: what is told of containers is worth nothing where they look
// the same.
func chooseColumns(width, names, alert int, fields *Fields) []column {
	all := make([]column, 0, FieldMemoryLimit+1)
	for id := range FieldMemoryLimit {
		all = append(all, column{field: id, width: leastOf(id, fields)})
	}
	all[FieldName].width, all[FieldAlert].width = names, alert
	all = slices.Insert(all, int(FieldAlert), column{field: columnHistory, width: historyWidth})
	ranked := slices.Clone(all)
	slices.SortStableFunc(ranked, func(a, b column) int { return cmp.Compare(priorityOf(a.field, fields), priorityOf(b.field, fields)) })
	var kept [columnHistory + 1]bool
	used := -columnGap
	for _, c := range ranked {
		if priorityOf(c.field, fields) == 0 || used+columnGap+c.width <= width {
			kept[c.field], used = true, used+columnGap+c.width
		}
	}
	return slices.DeleteFunc(all, func(c column) bool { return !kept[c.field] })
}

func columnsWidth(columns []column) int {
	width := -columnGap
	for _, c := range columns {
		width += c.width + columnGap
	}
	return width
}

func priorityOf(id FieldID, fields *Fields) int {
	if id == columnHistory {
		return historyPriority
	}
	return fields[id].Priority
}

// leastOf is the least width of a column: its widest text, behind the mark of an
// alert where there can be one.
func leastOf(id FieldID, fields *Fields) int {
	if len(fields[id].metrics) > 0 {
		return 1 + fields[id].Width
	}
	return fields[id].Width
}

// widestName is the width of the longest name, within reason.
func widestName(rows []overviewRow) int {
	longest := 0
	for i := range rows {
		longest = max(longest, textWidth(rows[i].title()))
	}
	return min(longest, 2*longestTab)
}

// numberWidth is the width of the mark and the number before the columns.
func numberWidth(count int) int { return markWidth + len(number(count)) + columnGap }

// markWidth is a mark and the blank after it.
const markWidth = 2
