package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"

	"brink/ui"
)

// version tells what was built, as far as the build knows.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 12 && version == "(devel)" {
			version += " " + setting.Value[:12]
		}
	}
	return version + " " + info.GoVersion
}

func newVersionCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.out, "brink", version())
			return err
		},
	}
}

// newManCommand prints the manual page, made from the same commands and flags
// that --help shows.
func newManCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "Print the manual page (brink man | man -l -)",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := mango.NewManPage(1, cmd.Root())
			if err != nil {
				return err
			}
			page = page.WithSection("Keys of the dashboard", manualKeys())
			_, err = fmt.Fprint(p.out, page.Build(roff.NewDocument()))
			return err
		},
	}
}

// manualKeys is the key table of the dashboard as lines of text.
func manualKeys() string {
	var text strings.Builder
	for _, key := range ui.DefaultKeyMap().Manual() {
		fmt.Fprintf(&text, "%-10s %s\n", key.Key, key.Does)
	}
	return text.String() + "The [keys] section of the configuration gives an action other keys."
}

// refuseUnknownShells makes a fault of "completion NAME" with a name that is no
// shell: cobra prints its help into what should become a script, and ends with 0.
func refuseUnknownShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, command := range root.Commands() {
		if command.Name() == "completion" {
			command.RunE = func(cmd *cobra.Command, args []string) error {
				if len(args) == 0 {
					return cmd.Help()
				}
				return usageError(fmt.Errorf("no completion for %q; see %s --help", args[0], cmd.CommandPath()))
			}
			command.Args = cobra.ArbitraryArgs
		}
	}
}

// noArgs refuses arguments as a fault of the command line.
func noArgs(cmd *cobra.Command, args []string) error {
	if err := cobra.NoArgs(cmd, args); err != nil {
		return usageError(err)
	}
	return nil
}
