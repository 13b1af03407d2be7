package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"brink/cmd/internal/e2e"
)

// timeKills adds how long an OOM kill takes to be told.
func (m *machine) timeKills(ctx context.Context, o options, r *report) error {
	kills, err := measure[killOptions, []kill](ctx, m, "kills", killOptions{
		Brink: remoteDir + "/brink", Image: "openclaw/openclaw:latest", Agent: "/usr/local/bin/agent",
		Count: o.kills, Patience: m.host.Patience(10 * time.Second),
	})
	if err != nil {
		return err
	}
	r.kills(kills, m.where)
	if m.host.Accelerator() == "tcg" {
		r.note("The virtual machine ran under plain emulation (tcg), ten to twenty times slower than the processor: there the "+
			"ratios count, and the times are upper bounds. The agent's container is %s.", e2e.ContainerName)
	}
	return nil
}

func (r *report) kills(kills []kill, where string) {
	var brink, stamp, seen []time.Duration
	first := 0
	for _, k := range kills {
		brink, stamp, seen = append(brink, k.Brink), append(stamp, k.EngineStamp), append(seen, k.EngineSeen)
		if k.Brink < k.EngineStamp {
			first++
		}
	}
	r.add("OOM kill -> line of brink watch --format json", "<= 50 ms", where, "%s, %d kills", spread(brink), len(kills))
	r.add("OOM kill -> the engine's oom event", "", where, "%s by its own stamp, %s until docker events printed it", spread(stamp), spread(seen))
	r.add("brink before the engine's oom event", "always", where, "%d of %d", first, len(kills))
}

// spread is the median and the two ends.
func spread(list []time.Duration) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join([]string{
		"median " + milliseconds(median(list)), "least " + milliseconds(slices.Min(list)), "most " + milliseconds(slices.Max(list)),
	}, ", ")
}
