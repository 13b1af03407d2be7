package main

import (
	"strings"
	"unicode/utf8"

	"brink/alerts"
	"brink/collectors"
	"brink/ui"
)

// checkRow is one limit: its share, and what it consists of.
type checkRow struct {
	// metric is what the names of the rules' metrics begin with; instance is the
	// mount of a tmpfs.
	metric, instance string
	ratio            collectors.Opt[collectors.Ratio]
	parts            []string
	// why says why there is no ratio.
	why string
}

// checkFields are the fields of a row: the share that the rules judge, what is used
// of which limit, and what else is worth telling.
type checkFields struct {
	share, used, limit ui.FieldID
	others             []ui.FieldID
}

func memoryFields() checkFields {
	return checkFields{ui.FieldMemoryShare, ui.FieldMemoryUsed, ui.FieldMemoryLimit, []ui.FieldID{
		ui.FieldMemoryCurrent, ui.FieldMemoryWorkingSet, ui.FieldMemoryLimitedBy, ui.FieldOOMKills,
	}}
}

func cpuFields() checkFields {
	return checkFields{ui.FieldCPUShare, ui.FieldCores, ui.FieldCPULimit, []ui.FieldID{ui.FieldCPULimitedBy, ui.FieldThrottled}}
}

func pidsFields() checkFields {
	return checkFields{ui.FieldPidsShare, ui.FieldTasks, ui.FieldPidsLimit, []ui.FieldID{
		ui.FieldPidsLimitedBy, ui.FieldZombies, ui.FieldRefused,
	}}
}

// checkTable writes rows out of the table of fields.
type checkTable struct{ fields *ui.Fields }

func rowsOf(c collectors.ContainerSample) []checkRow {
	t, at := checkTable{ui.FieldTable()}, ui.Row{Sample: &c}
	rows := []checkRow{t.row(at, memoryFields()), t.row(at, cpuFields()), t.row(at, pidsFields())}
	for i := range c.Tmpfs {
		rows = append(rows, t.tmpfs(ui.Row{Sample: &c, Mount: &c.Tmpfs[i]}))
	}
	return append(rows, t.pressure(at))
}

func (r checkRow) name() string { return strings.TrimSpace(r.metric + " " + r.instance) }

// rows writes the table. Its first column is as wide as its longest name, within
// reason: the path of a mount may be long.
func (r *verdictText) rows(rows []checkRow, severity func(metric, instance string) alerts.Severity) {
	const narrowest, widest = 8, 24
	width := narrowest
	for _, row := range rows {
		width = min(max(width, utf8.RuneCountInString(row.name())), widest)
	}
	for _, row := range rows {
		mark := ""
		if worst := severity(row.metric, row.instance); worst > alerts.SeverityNone {
			mark = worst.String()
		}
		parts := strings.Join(present(append(row.parts, r.once(row.why))), " · ")
		r.line("  %-*s  %5s  %-8s  %s", width, row.name(), percent(row.ratio), mark, parts)
	}
}

func (t checkTable) row(at ui.Row, fields checkFields) checkRow {
	row := t.share(at, fields.share)
	row.parts = []string{t.of(at, fields.used, fields.limit)}
	for _, id := range fields.others {
		row.parts = append(row.parts, t.phrase(at, id))
	}
	return row
}

// share begins a row with the share that the rules judge. What their metrics begin
// with is the beginning of its name.
func (t checkTable) share(at ui.Row, id ui.FieldID) checkRow {
	metric, _, _ := strings.Cut(t.fields[id].Name, ".")
	return checkRow{metric: metric, ratio: t.ratio(at, id)}
}

func (t checkTable) ratio(at ui.Row, id ui.FieldID) collectors.Opt[collectors.Ratio] {
	share, ok := t.fields[id].Number(at).Get()
	if !ok {
		return collectors.Opt[collectors.Ratio]{}
	}
	return collectors.Some(collectors.Ratio(share))
}

// of writes "used of limit", with the words of what is used, or what of it is
// known.
func (t checkTable) of(at ui.Row, used, limit ui.FieldID) string {
	amount, most := t.fields[used].Text(at), t.fields[limit].Text(at)
	limited := t.fields[limit].Number(at).Present()
	switch {
	case amount == "" && limited:
		return clause("limit ", most)
	case amount == "":
		return most
	case most != "" && !limited:
		return t.fields[used].Phrase(at) + ", " + most
	default:
		return amount + clause(" of ", most) + t.fields[used].After
	}
}

// phrase writes a field between its words. A count of nothing is not worth telling,
// and shares are written as in the messages of alerts.
func (t checkTable) phrase(at ui.Row, id ui.FieldID) string {
	f := &t.fields[id]
	switch f.Unit {
	case ui.UnitCount:
		if f.Number(at).Or(0) == 0 {
			return ""
		}
		return f.Phrase(at)
	case ui.UnitRatio:
		if share := percentText(t.ratio(at, id)); share != "" {
			return f.Before + share + f.After
		}
		return ""
	default:
		return f.Phrase(at)
	}
}

func (t checkTable) tmpfs(at ui.Row) checkRow {
	row := t.share(at, ui.FieldTmpfsShare)
	row.instance, row.why = at.Mount.Mount, at.Mount.Why
	if at.Mount.Used.Present() {
		row.parts = []string{t.of(at, ui.FieldTmpfsUsed, ui.FieldTmpfsSize)}
	} else {
		row.parts = []string{t.phrase(at, ui.FieldTmpfsSize)}
	}
	return row
}

// pressure has the share that the rule judges, and beside it the other two.
func (t checkTable) pressure(at ui.Row) checkRow {
	row := t.share(at, ui.FieldMemoryPressure)
	if row.ratio.Present() {
		row.parts = []string{"of the last 10 s tasks waited for memory"}
	}
	row.parts = append(row.parts, t.phrase(at, ui.FieldCPUPressure), t.phrase(at, ui.FieldIOPressure))
	return row
}
