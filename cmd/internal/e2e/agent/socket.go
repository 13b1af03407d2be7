package main

import (
	"bufio"
	"context"
	"flag"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"
)

// listen serves one line per connection until the context ends. A socket left by a killed predecessor is removed.
func listen(ctx context.Context, socket string, g *gateway) error {
	if err := os.RemoveAll(socket); err != nil {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = listener.Close() }) // Which ends Accept, and with it the program.
	for {
		connection, err := listener.Accept()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		go answer(connection, g)
	}
}

func answer(connection net.Conn, g *gateway) {
	defer func() { _ = connection.Close() }()
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return // The caller hung up before saying anything.
	}
	_, _ = io.WriteString(connection, obey(g, line)+"\n") // Who hung up meanwhile does not want to know.
}

// do is the other side: it sends one command and prints the answer.
func do(socket string, args []string, stdout, stderr *log.Logger) int {
	flags := flag.NewFlagSet("do", flag.ContinueOnError)
	flags.SetOutput(stderr.Writer())
	wait := flags.Duration("wait", 0, "how long to try until the agent listens")
	if err := flags.Parse(args); err != nil || flags.NArg() == 0 {
		return exitUsage
	}
	connection, err := dial(socket, *wait)
	if err != nil {
		stderr.Print(err)
		return exitGone
	}
	line, err := ask(connection, strings.Join(flags.Args(), " "))
	if err != nil {
		stderr.Print("gone before it answered")
		return exitGone
	}
	stdout.Print(line)
	if !strings.HasPrefix(line, "ok") {
		return exitRefuse
	}
	return exitOK
}

func ask(connection net.Conn, command string) (string, error) {
	defer func() { _ = connection.Close() }()
	if _, err := io.WriteString(connection, command+"\n"); err != nil {
		return "", err
	}
	return bufio.NewReader(connection).ReadString('\n')
}

func dial(socket string, wait time.Duration) (net.Conn, error) {
	deadline := time.Now().Add(wait)
	for {
		connection, err := net.Dial("unix", socket)
		if err == nil || !time.Now().Before(deadline) {
			return connection, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}
