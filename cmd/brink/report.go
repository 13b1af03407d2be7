package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"brink/cmd/internal/report"
	"brink/collectors/record"
	"brink/ui"
)

const formatMarkdown = "markdown"

// reportFlags are the flags of report. format stands in front of the global one.
type reportFlags struct {
	spanFlags
	format string
}

func newReportCommand(p *program) *cobra.Command {
	var typed reportFlags
	cmd := &cobra.Command{
		Use:   "report [CONTAINER...]",
		Short: "Tell the recorded story on one page",
		Long: `Report tells what happened in a range of the recording, as a page that can be pasted
into a ticket: how much of the time the container ran, its restarts with their causes, each
OOM kill with the victim and what led to it, the time spent near each limit, throttling,
peaks, and what limits the range would have needed. What was not recorded is said, and not
taken for quiet.`,
		Example: `  brink report
  brink report --since 7d --format markdown openclaw-agent
  brink report --from "yesterday 22:00" --until 6:00`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return p.report(cmd.Context(), args, typed) },
	}
	typed.register(cmd)
	cmd.Flags().StringVar(&typed.format, "format", formatText, "text, markdown or json")
	choices(cmd, "format", formatText, formatMarkdown, formatJSON)
	return cmd
}

// pageWidth is that of a report as text: a terminal's usual one.
const pageWidth = 80

func (p *program) report(ctx context.Context, args []string, typed reportFlags) error {
	write, known := map[string]func(report.Report) error{
		formatText:     func(r report.Report) error { return r.WriteText(p.out, pageWidth) },
		formatMarkdown: func(r report.Report) error { return r.WriteMarkdown(p.out) },
		formatJSON:     func(r report.Report) error { return r.WriteJSON(p.out) },
	}[typed.format]
	if !known {
		return usageError(fmt.Errorf("--format %q is none of text, markdown, json", typed.format))
	}
	reel, err := p.openReel(ctx, typed.spanFlags, args)
	if err != nil {
		return err
	}
	defer reel.close()
	story := report.New(report.Options{
		Span: report.Span{From: reel.from, To: reel.to}, Names: reel.names, Rules: reel.rules,
		Location: time.Local, Version: version(),
	})
	count, err := reel.frames(ctx, func(frame ui.Frame) error {
		story.Add(frame.Snapshot)
		return nil
	})
	if err == nil && count == 0 {
		err = reel.nothingIn(ctx)
	}
	if err == nil {
		err = tellLives(ctx, reel, story)
	}
	if err != nil {
		return err
	}
	return write(story.Report())
}

// tellLives adds the lives that reach into the range.
func tellLives(ctx context.Context, reel *reel, story *report.Collector) error {
	lives, err := reel.reader.Lives(ctx, reel.from, reel.to, reel.names...)
	for i := range lives {
		story.Live(lives[i].Container, reportLife(&lives[i]))
	}
	return err
}

// reportLife is a recorded life as a report tells it.
func reportLife(life *record.Life) report.Life {
	told := report.Life{
		ID: life.ID, Incarnation: life.Incarnation, First: life.First, Last: life.Last, Started: life.Started, Ended: life.Ended,
		ExitCode: life.ExitCode, OOMKilled: life.OOMKilled, RestartCount: life.RestartCount,
	}
	for _, limits := range life.Limits {
		told.Limits = append(told.Limits, report.LifeLimits{
			At: limits.At, Memory: limits.Memory, High: limits.High, Swap: limits.SwapLimit, CPU: limits.CPU, Pids: limits.Pids,
		})
	}
	return told
}
