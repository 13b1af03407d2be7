package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"brink/collectors"
	"brink/collectors/sources"
)

// flags are the global flags, as they were typed.
type flags struct {
	config     string
	interval   time.Duration
	host       string
	context    string
	source     string
	cgroupRoot string
	procRoot   string
	format     string
	noColor    bool
	logFile    string
	logLevel   string
}

const (
	formatText = "text"
	formatJSON = "json"

	defaultInterval = time.Second
	// longestInterval keeps a typing error (1000h) from looking like a hang.
	longestInterval = time.Hour
)

func (f *flags) register(root *cobra.Command) {
	set := root.PersistentFlags()
	set.StringVar(&f.config, "config", "", "configuration `FILE` (default: brink/config.toml in $XDG_CONFIG_HOME or ~/.config)")
	set.DurationVar(&f.interval, "interval", defaultInterval, "time between two samples")
	set.StringVar(&f.host, "host", "", "`URL` of the engine, as in docker --host (default: DOCKER_HOST, else the docker context)")
	set.StringVar(&f.context, "context", "", "`NAME` of the docker context")
	set.StringVar(&f.source, "source", string(sources.ModeAuto), "where the numbers come from: auto, cgroup or docker")
	set.StringVar(&f.cgroupRoot, "cgroup-root", "", "`DIR` of a cgroup v2 tree (default: where cgroup2 is mounted)")
	set.StringVar(&f.procRoot, "proc-root", "/proc", "`DIR` of the proc file system")
	set.StringVar(&f.format, "format", formatText, "text or json")
	set.BoolVar(&f.noColor, "no-color", false, "no colours, as with NO_COLOR set")
	set.StringVar(&f.logFile, "log-file", "", "append a log to `FILE`")
	set.StringVar(&f.logLevel, "log-level", "info", "debug, info, warn or error")
	choices(root, "source", sources.Modes()...)
	choices(root, "format", formatText, formatJSON)
	choices(root, "log-level", "debug", "info", "warn", "error")
}

// choices completes a flag that takes one of a few words.
func choices(root *cobra.Command, name string, words ...string) {
	err := root.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag was registered a line above
	}
}

// faults are all that is wrong with the flags.
func (f *flags) faults() []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if f.interval < collectors.MinInterval || f.interval > longestInterval {
		fault("--interval %v is not between %v and %v", f.interval, collectors.MinInterval, longestInterval)
	}
	if !slices.Contains(sources.Modes(), f.source) {
		fault("--source %q is none of %s", f.source, strings.Join(sources.Modes(), ", "))
	}
	if f.format != formatText && f.format != formatJSON {
		fault("--format %q is neither text nor json", f.format)
	}
	if _, err := f.level(); err != nil {
		fault("--log-level %q is none of debug, info, warn, error", f.logLevel)
	}
	if f.host != "" && f.context != "" {
		fault("--host and --context exclude each other")
	}
	return faults
}

func (f *flags) level() (slog.Level, error) {
	var level slog.Level
	err := level.UnmarshalText([]byte(f.logLevel))
	return level, err
}

// targets reads the CONTAINER arguments. It tells every fault of the command
// line at once, those of the flags first.
func (f *flags) targets(args []string) ([]sources.Target, error) {
	var list []sources.Target
	faults := f.faults()
	for _, arg := range args {
		target, err := sources.ParseTarget(arg)
		if err != nil {
			faults = append(faults, err)
		}
		list = append(list, target)
	}
	if len(faults) > 0 {
		return nil, usageError(errors.Join(faults...))
	}
	return list, nil
}
