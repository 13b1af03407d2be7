// Command devvm keeps a machine for development: a Docker host with unified cgroup v2 on which the hardened agent
// container runs, to try brink in by hand. It stays up until it is told to go.
//
//	go run ./cmd/internal/e2e/devvm up        boot it, start the agent (does nothing if it runs)
//	go run ./cmd/internal/e2e/devvm brink     build ./cmd/brink and put it in the machine's PATH
//	go run ./cmd/internal/e2e/devvm ssh [CMD] log in, or run one command
//	go run ./cmd/internal/e2e/devvm agent CMD have the agent do something: "eat anon 1G", "burn 3", "quiet" ...
//	go run ./cmd/internal/e2e/devvm compose CMD [OVERRIDE...]
//	                                          docker compose on its project: "up -d" compose.small.yml
//	go run ./cmd/internal/e2e/devvm capture cgroup|engine|kernel|proc TEXT
//	                                          print files of the host as a text archive headed by TEXT
//	go run ./cmd/internal/e2e/devvm where     the ssh command line, the console log, and a DOCKER_HOST for this side
//	go run ./cmd/internal/e2e/devvm down      end it; nothing on it is kept
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"brink/cmd/internal/e2e"
	"brink/cmd/internal/e2e/vm"
)

const usage = "usage: devvm up | brink | ssh [CMD] | agent CMD | compose CMD [OVERRIDE...] | capture WHAT TEXT | where | down"

var errUsage = errors.New(usage)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(exit.ExitCode()) // What ran on the machine has said why.
	}
	if err != nil {
		log.Fatal("devvm: ", err)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	dir, err := stateDir()
	if err != nil {
		return err
	}
	machine, err := vm.Attach(dir)
	if errors.Is(err, vm.ErrNotRunning) {
		switch args[0] {
		case "up":
			return up(ctx, dir, log.New(os.Stderr, "", 0))
		case "down":
			return nil
		}
		return fmt.Errorf("%w: devvm up boots it", err)
	}
	if err != nil {
		return err
	}
	return command(ctx, machine, args[0], args[1:])
}

// stateDir is where the machine is found again. There is one per user.
func stateDir() (string, error) {
	cache, err := vm.CacheDir()
	return filepath.Join(cache, "dev"), err
}

func up(ctx context.Context, dir string, log *log.Logger) error {
	if err := vm.CheckNeeds(); err != nil {
		return err
	}
	recipe, err := vm.DefaultRecipe()
	if err != nil {
		return err
	}
	image, err := vm.OpenImage(ctx, recipe, log)
	if err != nil {
		return err
	}
	machine, err := vm.Boot(ctx, vm.Options{Image: image, Dir: dir, Detached: true, Log: log})
	if err != nil {
		return err
	}
	host, err := e2e.NewHost(ctx, machine, log)
	if err == nil {
		err = host.Up(ctx)
	}
	if err != nil {
		return errors.Join(err, machine.Close())
	}
	log.Print("the agent is up: devvm ssh logs in, devvm down ends the machine")
	return nil
}

func command(ctx context.Context, machine *vm.Machine, verb string, args []string) error {
	host := e2e.AttachHost(machine)
	switch {
	case verb == "up" && len(args) == 0:
		return nil
	case verb == "down" && len(args) == 0:
		return machine.Close()
	case verb == "brink" && len(args) == 0:
		return host.InstallBrink(ctx)
	case verb == "ssh":
		return interactive(machine, args)
	case verb == "agent" && len(args) > 0:
		return show(host.Agent.Do(ctx, strings.Join(args, " ")))
	case verb == "compose" && len(args) > 0:
		return show(host.Compose(ctx, args[0], args[1:]...))
	case verb == "capture" && len(args) == 2:
		return show(host.Capture(ctx, args[0], args[1]))
	case verb == "where" && len(args) == 0:
		return where(ctx, host)
	}
	return errUsage
}

func where(ctx context.Context, host *e2e.Host) error {
	socket, err := host.EngineSocket(ctx)
	return show(fmt.Sprintf("%s\n%s/console.log\nDOCKER_HOST=unix://%s",
		strings.Join(host.SSHCommand(), " "), host.Dir(), socket), err)
}

// interactive gives the terminal to ssh; without one (in a script) ssh runs the command plainly.
func interactive(machine *vm.Machine, args []string) error {
	cmd := machine.Interactive(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

func show(text string, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Println(strings.TrimRight(text, "\n"))
	return err
}
