// Brink is a terminal monitor for the container in which somebody runs an AI
// agent: how close it is to each of its limits, what happened when it hit one,
// and a warning before it does.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}, os.Getenv))
}
