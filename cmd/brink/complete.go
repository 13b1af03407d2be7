package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"brink/collectors/sources"
)

// completionPatience bounds how long a Tab key waits for the engine.
const completionPatience = time.Second

// completeContainers offers the names of the engine's containers to the shell. A
// name that brink would not take back, as one with an escape sequence in it, is
// none to offer.
func (p *program) completeContainers(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	engine, err := p.openEngine()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer func() { _ = engine.Close() }()
	ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
	defer cancel()
	list, err := engine.List(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, container := range list {
		if _, err := sources.ParseTarget(container.Name); err == nil && strings.HasPrefix(container.Name, typed) {
			names = append(names, container.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
