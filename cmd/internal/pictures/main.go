// Command pictures paints screens of brink as PNG files:
//
//	go run ./cmd/internal/pictures [-out DIR] [-dev] [-local]
//
// It runs brink in a pseudo-terminal, gives what comes to a terminal emulator, and paints the emulator's cells: nothing
// is drawn that brink did not write. The pictures are of the real agent container on the end-to-end suite's virtual
// machine, over ssh, while it works, comes near its limits and is killed; -dev takes the machine that devvm keeps. With
// -local they are of files laid out as a cgroup on this host, which tells the same story in seconds.
//
// Each moment of the story is painted for each terminal: wide and dark, wide and light, a side pane, a strip.
package main

import (
	"context"
	"errors"
	"flag"
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
		log.New(os.Stderr, "pictures: ", 0).Fatal(err)
	}
}

// options say where brink runs, and where the pictures go.
type options struct {
	out   string
	dev   bool
	local bool
}

func parseOptions(args []string) (options, error) {
	var o options
	set := flag.NewFlagSet("pictures", flag.ContinueOnError)
	set.StringVar(&o.out, "out", ".", "the `DIRECTORY` that the pictures go to")
	set.BoolVar(&o.dev, "dev", false, "use the machine that devvm keeps instead of booting one")
	set.BoolVar(&o.local, "local", false, "files of a cgroup on this host instead of a machine")
	if err := set.Parse(args); err != nil {
		return o, err
	}
	if set.NArg() > 0 || o.local && o.dev {
		return o, errors.New("there are no arguments, and -local needs no machine")
	}
	return o, nil
}

func run(ctx context.Context, args []string) error {
	o, err := parseOptions(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err == nil {
		err = os.MkdirAll(o.out, 0o755)
	}
	if err != nil {
		return err
	}
	steps := log.New(os.Stderr, "pictures: ", log.Ltime)
	var world stage
	if o.local {
		world, err = openFiles(ctx)
	} else {
		world, err = openMachine(ctx, o.dev, steps)
	}
	if err != nil {
		return err
	}
	return errors.Join(tell(ctx, world, o.out, steps), world.close())
}

// stage is where the story happens.
type stage interface {
	// start starts brink on a terminal.
	start(t terminal) (*session, error)
	// story is what happens, moment by moment.
	story() []moment
	close() error
}

// moment is a part of the story. When it has come about, the screens show the words, and are painted.
type moment struct {
	name  string
	bring func(context.Context) error
	words []string
}

// tell plays the story on all terminals at once, and paints it.
func tell(ctx context.Context, world stage, out string, steps *log.Logger) (err error) {
	var sessions []*session
	defer func() {
		for _, s := range sessions {
			err = errors.Join(err, s.close())
		}
	}()
	for _, t := range terminals() {
		s, err := world.start(t)
		if err != nil {
			return err
		}
		sessions = append(sessions, s)
	}
	for _, now := range world.story() {
		steps.Print(now.name)
		if err := now.bring(ctx); err != nil {
			return fmt.Errorf("%s: %w", now.name, err)
		}
		for _, s := range sessions {
			if err := s.paint(ctx, now, out); err != nil {
				return fmt.Errorf("%s on the terminal %s: %w", now.name, s.name, err)
			}
		}
	}
	return nil
}
