// Make writes the recording of brink demo from a range of a record:
//
//	go run ./cmd/internal/demo/make -record DIR -from 2026-11-26T03:00:00Z -until 2026-11-26T03:10:00Z \
//		-name openclaw-agent -out cmd/internal/demo/recording.zip
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"brink/cmd/internal/demo"
	"brink/collectors/record"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "make:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("make", flag.ContinueOnError)
	dir := flags.String("record", "", "directory of the record")
	name := flags.String("name", "openclaw-agent", "the container")
	out := flags.String("out", "recording.zip", "file to write")
	var from, until time.Time
	flags.TextVar(&from, "from", time.Time{}, "beginning, RFC 3339")
	flags.TextVar(&until, "until", time.Time{}, "end, RFC 3339")
	if err := flags.Parse(args); err != nil {
		return err
	}
	reader, err := record.OpenReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	file, err := os.Create(*out)
	if err != nil {
		return err
	}
	return errors.Join(demo.Write(ctx, file, reader, from, until, *name), file.Close())
}
