package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// report is the table of the figures, in the making.
type report struct {
	rows  []row
	notes []string
}

// row is one number of the design beside what was measured.
type row struct {
	what, goal, measured, where string
}

func (r *report) add(what, goal, where, format string, args ...any) {
	r.rows = append(r.rows, row{what: what, goal: goal, measured: fmt.Sprintf(format, args...), where: where})
}

// note says something that the reader of the table has to know.
func (r *report) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// print writes the table as Markdown.
func (r *report) print(out io.Writer) error {
	var text strings.Builder
	text.WriteString("| what | to reach | measured | where |\n|---|---|---|---|\n")
	for _, row := range r.rows {
		cells := []string{row.what, row.goal, row.measured, row.where}
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
		}
		fmt.Fprintf(&text, "| %s |\n", strings.Join(cells, " | "))
	}
	for _, note := range r.notes {
		fmt.Fprintf(&text, "\n%s\n", note)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// median is the middle of some durations; zero of none.
func median(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// milliseconds writes a duration with a useful number of digits.
func milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

func mebibytes(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

// percentOfCore writes CPU time used within a window as a share of one core.
func percentOfCore(used, window time.Duration) string {
	return fmt.Sprintf("%.2f %%", 100*float64(used)/float64(window))
}

// times writes how many times as much one is as the other.
func times(a, b time.Duration) string {
	if b <= 0 {
		return "?"
	}
	return fmt.Sprintf("%.2f ×", float64(a)/float64(b))
}
