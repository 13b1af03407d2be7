package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"brink/collectors"
	"brink/ui"
)

const formatCSV = "csv"

// exportFlags are the flags of export. format stands in front of the global one.
type exportFlags struct {
	spanFlags
	format string
	every  time.Duration
	// death asks for the minutes before the newest death of the range only.
	death bool
}

func newExportCommand(p *program) *cobra.Command {
	var typed exportFlags
	cmd := &cobra.Command{
		Use:   "export [CONTAINER...]",
		Short: "Write the recorded numbers as CSV or JSON lines",
		Long: `Export writes what was recorded in a range, oldest first. CSV has a line for each
container and reading under the names of the JSON, in bytes, cores, shares of 1 and
seconds; a cell is empty where nothing was measured, and "unlimited" where nothing limits.
JSON has a document a reading, as brink watch --format json prints them, with the alerts
that the rules in force now would have made.`,
		Example: `  brink export --since 8h > night.csv
  brink export --format json --from 3:00 --until 3:15 openclaw-agent
  brink export --every 1m --since 7d
  brink export --death --format json > death.json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return p.export(cmd.Context(), args, typed) },
	}
	typed.register(cmd)
	cmd.Flags().StringVar(&typed.format, "format", formatCSV, "csv or json")
	cmd.Flags().DurationVar(&typed.every, "every", 0, "one reading per `TIME` only")
	cmd.Flags().BoolVar(&typed.death, "death", false, "only the five minutes that led to the newest death or OOM kill of the range, every reading of them")
	choices(cmd, "format", formatCSV, formatJSON)
	return cmd
}

func (p *program) export(ctx context.Context, args []string, typed exportFlags) error {
	if typed.format != formatCSV && typed.format != formatJSON {
		return usageError(fmt.Errorf("--format %q is neither csv nor json", typed.format))
	}
	if typed.every < 0 {
		return usageError(fmt.Errorf("--every %v is negative", typed.every))
	}
	defer survivePipe()()
	reel, err := p.openReel(ctx, typed.spanFlags, args)
	if err != nil {
		return err
	}
	defer reel.close()
	if typed.death {
		if err := reel.lastDeath(ctx); err != nil {
			return err
		}
	}
	write := func(frame ui.Frame) error { return writeJSON(p.out, frame) }
	flush := func() error { return nil }
	if typed.format == formatCSV {
		table := newTable(p)
		write, flush = table.write, table.flush
	}
	count, err := reel.frames(ctx, thinned(typed.every, write))
	if err == nil && count == 0 {
		err = reel.nothingIn(ctx)
	}
	return errors.Join(err, flush())
}

// thinned hands on the first frame of every slot of a time only.
func thinned(every time.Duration, write func(ui.Frame) error) func(ui.Frame) error {
	if every == 0 {
		return write
	}
	var slot time.Time
	return func(frame ui.Frame) error {
		now := frame.Snapshot.At.Truncate(every)
		if now.Equal(slot) {
			return nil
		}
		slot = now
		return write(frame)
	}
}

// table writes samples as CSV. Its columns are the numbers of the table of fields,
// behind who and when.
type table struct {
	out    *csv.Writer
	fields []*ui.Field
	begun  bool
}

func newTable(p *program) *table {
	t := &table{out: csv.NewWriter(p.out)}
	fields := ui.FieldTable()
	for i := range fields {
		if fields[i].Unit != ui.UnitWords {
			t.fields = append(t.fields, &fields[i])
		}
	}
	return t
}

func (t *table) write(frame ui.Frame) error {
	if !t.begun {
		t.begun = true
		if err := t.out.Write(t.header()); err != nil {
			return err
		}
	}
	for i := range frame.Snapshot.Containers {
		if err := t.out.Write(t.row(frame.Snapshot.At, &frame.Snapshot.Containers[i])); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) header() []string {
	names := []string{"at", "name", "id", "state", "health"}
	for _, field := range t.fields {
		names = append(names, field.Name)
	}
	return names
}

func (t *table) row(at time.Time, sample *collectors.ContainerSample) []string {
	cells := []string{
		at.Format(time.RFC3339Nano), plainCell(sample.Name), plainCell(sample.ID), plainCell(string(sample.State)), plainCell(string(sample.Health)),
	}
	row := ui.Row{Sample: sample, At: at}
	for _, field := range t.fields {
		cells = append(cells, numberCell(field, row))
	}
	return cells
}

func numberCell(field *ui.Field, row ui.Row) string {
	if field.Unlimited(row) {
		return "unlimited"
	}
	number, ok := field.Number(row).Get()
	if !ok {
		return ""
	}
	return strconv.FormatFloat(number, 'f', -1, 64)
}

// plainCell is text of the container without control characters, and without the sign
// at its beginning that makes a spreadsheet take it for a formula.
func plainCell(text string) string {
	text = collectors.Clean(text, longestFault)
	if strings.IndexAny(text, "=+-@") == 0 {
		return "'" + text
	}
	return text
}

func (t *table) flush() error {
	t.out.Flush()
	return t.out.Error()
}
