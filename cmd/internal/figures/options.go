package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"time"
)

// options say what is measured, and how long.
type options struct {
	seconds int
	starts  int
	kills   int
	only    string
	dev     bool
}

// The stages.
const (
	stageBenchmarks = "benchmarks"
	stageLocal      = "local"
	stageMachine    = "machine"
)

func parseOptions(args []string) (options, error) {
	var o options
	set := flag.NewFlagSet("figures", flag.ContinueOnError)
	set.IntVar(&o.seconds, "seconds", 60, "how long each program is watched while it runs")
	set.IntVar(&o.starts, "starts", 7, "how many starts the times to the first frame are the median of")
	set.IntVar(&o.kills, "kills", 10, "how many OOM kills are timed")
	set.StringVar(&o.only, "only", strings.Join(stages(), ","), "the `STAGES` to measure")
	set.BoolVar(&o.dev, "dev", false, "use the machine that devvm keeps instead of booting one")
	if err := set.Parse(args); err != nil {
		return o, err
	}
	for stage := range strings.SplitSeq(o.only, ",") {
		if !slices.Contains(stages(), stage) {
			return o, fmt.Errorf("-only: %q is none of %s", stage, strings.Join(stages(), ", "))
		}
	}
	if o.seconds < 1 || o.starts < 1 || o.kills < 1 || set.NArg() > 0 {
		return o, errors.New("-seconds, -starts and -kills are at least 1, and there are no arguments")
	}
	return o, nil
}

func stages() []string { return []string{stageBenchmarks, stageLocal, stageMachine} }

func (o options) wants(stage string) bool { return slices.Contains(strings.Split(o.only, ","), stage) }

func (o options) window() time.Duration { return time.Duration(o.seconds) * time.Second }

// printFigures measures stage after stage and prints the table at the end. A stage that fails ends it, with the rows
// that there are.
func printFigures(ctx context.Context, args []string) error {
	o, err := parseOptions(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	steps := log.New(os.Stderr, "figures: ", log.Ltime)
	var table report
	for _, stage := range []struct {
		name    string
		measure func(context.Context, options, *log.Logger, *report) error
	}{
		{stageBenchmarks, benchmarkStage},
		{stageLocal, localStage},
		{stageMachine, machineStage},
	} {
		if err == nil && o.wants(stage.name) {
			steps.Print(stage.name)
			err = stage.measure(ctx, o, steps, &table)
		}
	}
	return errors.Join(err, table.print(os.Stdout))
}
