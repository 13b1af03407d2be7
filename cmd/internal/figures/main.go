// Command figures measures brink and prints the table of the design's numbers as Markdown, each with what was measured
// and where:
//
//	go run ./cmd/internal/figures [-seconds 60] [-starts 7] [-kills 10] [-only benchmarks,local,machine] [-dev]
//
// It has three stages, and -only chooses among them. The Go benchmarks give the prices of the parts. A run on this host,
// on files laid out as a cgroup, gives absolute times on a real processor. A run on the end-to-end suite's virtual
// machine gives the comparison with `docker stats` on a real engine, and the way of an OOM kill to the reader. On the
// machine the two programs run in turn and the table has their ratio, because under plain emulation every absolute
// number is ten to twenty times too large; the table says which it was.
//
// What runs on the machine is this same program, built as a static binary: `figures screen` owns a pseudo-terminal and
// counts what a program costs in it, `figures kills` times OOM kills.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		log.New(os.Stderr, "figures: ", 0).Fatal(err)
	}
}

// run is the whole program, or one of the two verbs that it runs on the machine.
func run(ctx context.Context, args []string) error {
	verb := ""
	if len(args) > 0 {
		verb = args[0]
	}
	switch verb {
	case "screen":
		return answer(args[1:], func(o screenOptions) (screenCost, error) { return measureScreen(ctx, o) })
	case "kills":
		return answer(args[1:], func(o killOptions) ([]kill, error) { return measureKills(ctx, o) })
	default:
		return printFigures(ctx, args)
	}
}

// answer runs a verb: its options are its one argument, its result goes to standard output, both as JSON.
func answer[O, R any](args []string, measure func(O) (R, error)) error {
	var options O
	if len(args) != 1 {
		return errors.New("the verbs of the machine take their options as one argument in JSON")
	}
	if err := json.Unmarshal([]byte(args[0]), &options); err != nil {
		return fmt.Errorf("options: %w", err)
	}
	result, err := measure(options)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}
