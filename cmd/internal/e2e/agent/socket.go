package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
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
	defer listener.Close()
	context.AfterFunc(ctx, func() { listener.Close() })
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
	defer connection.Close()
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return // The caller hung up before saying anything.
	}
	fmt.Fprintln(connection, obey(g, line))
}

// do is the other side: it sends one command and prints the answer.
func do(socket string, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("do", flag.ContinueOnError)
	flags.SetOutput(stderr)
	wait := flags.Duration("wait", 0, "how long to try until the agent listens")
	if err := flags.Parse(args); err != nil || flags.NArg() == 0 {
		return exitUsage
	}
	connection, err := dial(socket, *wait)
	if err != nil {
		fmt.Fprintln(stderr, "agent:", err)
		return exitGone
	}
	defer connection.Close()
	fmt.Fprintln(connection, strings.Join(flags.Args(), " "))
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		fmt.Fprintln(stderr, "agent: gone before it answered")
		return exitGone
	}
	io.WriteString(stdout, line)
	if !strings.HasPrefix(line, "ok") {
		return exitRefuse
	}
	return exitOK
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
