// Command agent stands in for the AI agent in the container that the end-to-end suite watches. It is the container's
// only binary. Like a gateway it is one long-lived process with some threads and a few children, and it does on command
// what an agent does by accident: eats memory, fills files, burns processors, forks, leaves zombies, ignores signals.
//
// The promise: it does nothing by itself, an answer means that the deed is done, and it still obeys when the container
// is at its limit of tasks. For that reason commands come over a unix socket in the bind-mounted data directory: no
// process has to be started inside the container, and the root may be read-only.
//
//	agent                     be the agent (the container's entry point)
//	agent do [-wait D] CMD... have the agent do something, print its answer; try for D until it listens
//	agent health              the container's health check: exit code 0 or 1
//	agent rest                be there and do nothing, for containers that are only looked at
//
// AGENT_SOCKET names the socket; the default is its place inside the container.
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
	"syscall"
)

const (
	exitOK     = 0
	exitRefuse = 1 // The agent said no, or its health is off.
	exitUsage  = 2
	exitGone   = 3 // Nobody listens, or the agent died over the command.
)

// defaultSocket is below the data directory of the compose file.
const defaultSocket = "/app/data/agent.sock"

func main() {
	os.Exit(run(os.Args[1:], log.New(os.Stdout, "", 0), log.New(os.Stderr, "agent: ", 0)))
}

func run(args []string, stdout, stderr *log.Logger) int {
	socket := os.Getenv("AGENT_SOCKET")
	if socket == "" {
		socket = defaultSocket
	}
	verb := ""
	if len(args) > 0 {
		verb = args[0]
	}
	switch verb {
	case "":
		return fault(stderr, serveUntilSignal(socket))
	case "do":
		return do(socket, args[1:], stdout, stderr)
	case "health":
		return do(socket, []string{"health"}, stdout, stderr)
	case "rest":
		rest()
		return exitOK
	case "eater":
		return fault(stderr, eater(args[1:], stdout))
	}
	stderr.Printf("unknown verb %q", verb)
	return exitUsage
}

func fault(stderr *log.Logger, err error) int {
	if err != nil {
		stderr.Print(err)
		return exitRefuse
	}
	return exitOK
}

// rest waits for a signal.
func rest() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	<-signals
}

// serveUntilSignal is the life of the container's first process. The kernel gives process 1 of a pid namespace no
// default action for SIGTERM (pid_namespaces(7)): unhandled, it would be ignored and every stop would be a timeout.
func serveUntilSignal(socket string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	gateway, err := newGateway(cancel)
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		for range signals {
			if !gateway.ignoresTerm.Load() {
				cancel()
			}
		}
	}()
	err = listen(ctx, socket, gateway)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
