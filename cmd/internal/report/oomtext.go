package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"brink/collectors"
)

// toldWhole is how many OOM kills are told with what led to them; of the others the
// page has one line.
const toldWhole = 3

func (c chapter) oomBlock() block {
	b := block{title: "OOM kills"}
	story := c.c.OOM
	if story.EventCount == 0 {
		b.say("none was recorded")
		return b
	}
	if story.Kills > 1 {
		b.say(countText(story.Kills), " processes were killed")
	}
	events, left := latest(story.Events, shown, story.EventCount)
	for i, event := range events {
		line := item{text: c.clock(event.At) + " " + event.Summary}
		if len(events)-i <= toldWhole {
			line.under = c.runupTexts(event)
		}
		if len(events)-i == 1 {
			line.under = append(line.under, kernelTexts(event)...)
		}
		b.items = append(b.items, line)
	}
	if left != "" {
		b.say(left)
	}
	return b
}

// kernelTexts are the kernel's own words on the last victim, for a ticket.
func kernelTexts(event OOM) []string {
	if len(event.Victims) == 0 {
		return nil
	}
	var list []string
	for _, line := range event.Victims[len(event.Victims)-1].KernelLog {
		// One of them is a single word of some 300 letters; the JSON has it as it was.
		list = append(list, "kernel: "+strings.ReplaceAll(strings.ReplaceAll(line, ", ", ","), ",", ", "))
	}
	return list
}

// runupTexts tells the last minute before a kill.
func (c chapter) runupTexts(event OOM) []string {
	var list []string
	if len(event.Victims) == 0 {
		list = append(list, "which process it was, the kernel log would say, which was not read")
	}
	for _, victim := range event.Victims[:max(0, len(event.Victims)-1)] {
		list = append(list, "killed before it: "+processText(victim.Name, victim.PID, victim.RSS))
	}
	before, ok := event.Before.Get()
	if !ok {
		return append(list, "no reading was recorded in the minute before it")
	}
	list = append(list, grewText(before)+unseenText(before, event.Scope))
	list = append(list, processTexts(before)...)
	if hits, ok := before.LimitHits.Get(); ok && hits > 0 {
		list = append(list, "the limit was hit "+times(hits)+" in that time")
	}
	if some, ok := before.SomeAvg10.Get(); ok {
		list = append(list, pressureText(some, before.FullAvg10))
	}
	if text := c.forecastText(before, event); text != "" {
		list = append(list, text)
	}
	return list
}

// processTexts tells of the processes that grew, and of an old list that it is old.
func processTexts(r Runup) []string {
	var list []string
	for _, process := range r.Processes {
		list = append(list, growthText(process))
	}
	seen, ok := r.ProcessesSeen.Get()
	switch {
	case !ok:
		list = append(list, "which processes grew is not known: they were not listed")
	case seen-r.LastSeen >= collectors.Seconds(time.Second):
		list = append(list, "the processes were last listed "+secondsText(seen)+" before the kill")
	}
	return list
}

func pressureText(some collectors.Ratio, full collectors.Opt[collectors.Ratio]) string {
	if some == 0 {
		return "no task waited for memory in that time"
	}
	return "memory pressure: some tasks waited up to " + shareText(some) + " of ten seconds, all of them up to " + optText(full, shareText)
}

func processText(name string, pid int, rss collectors.Opt[collectors.Bytes]) string {
	text := name + " (pid " + strconv.Itoa(pid)
	if held, ok := rss.Get(); ok {
		text += ", " + bytesText(held)
	}
	return text + ")"
}

// grewText tells what grew, and how much of it nobody saw.
func grewText(r Runup) string {
	from, to := r.Unreclaimable.From.Or(0), r.Unreclaimable.To.Or(0)
	text := "in the " + secondsText(r.Watched) + " before: what cannot be freed went from " + bytesText(from) + " to " + bytesText(to)
	if r.Watched == 0 {
		text = "the only reading before it: " + bytesText(to) + " of what cannot be freed"
	}
	if limit := r.Limit; limit.Present() {
		text += ", limit " + limitText(limit, bytesText)
	}
	if grew := partsText(r); grew != "" && r.Watched > 0 {
		text += "; " + grew
	}
	return text + "; the last reading was " + secondsText(r.LastSeen) + " before the kill"
}

// unseenText says what a reading before the kill did not see. It can be said of the
// container's own limit only, at which everything that could be freed had been.
func unseenText(r Runup, scope collectors.OOMScope) string {
	limit, ok := r.Limit.Value().Get()
	if !ok || !ownLimit(scope) {
		return ""
	}
	if rest := limit - min(limit, r.Unreclaimable.To.Or(0)); float64(rest) > worthTelling*float64(limit) {
		return "; the other " + bytesText(rest) + " up to the limit no reading saw"
	}
	return ""
}

// worthTelling is the share of the limit that the statistics of the kernel may be
// behind by.
const worthTelling = 0.05

// partsText names the parts that changed, that which grew most first.
func partsText(r Runup) string {
	type part struct {
		name string
		by   int64
	}
	var list []part
	for _, p := range []struct {
		name   string
		change Change
	}{{"anon", r.Anon}, {"tmpfs", r.Tmpfs}, {"kernel", r.Kernel}, {"cache", r.Cache}} {
		if by, ok := p.change.by(); ok && by != 0 {
			list = append(list, part{p.name, by})
		}
	}
	slices.SortStableFunc(list, func(a, b part) int { return cmp.Compare(b.by, a.by) })
	texts := make([]string, 0, len(list))
	for _, p := range list {
		texts = append(texts, p.name+" "+signedText(p.by))
	}
	return strings.Join(texts, ", ")
}

func growthText(g Growth) string {
	text := g.Name + " (pid " + strconv.Itoa(g.PID) + ") "
	was, ok := g.Was.Get()
	if !ok {
		return text + "held " + bytesText(g.RSS) + ", and was not there at first"
	}
	return text + "grew from " + bytesText(was) + " to " + bytesText(g.RSS)
}

// forecastText tells what brink had foretold, which it does of the container's own
// limit only.
func (c chapter) forecastText(r Runup, event OOM) string {
	f, ok := r.Forecast.Get()
	switch {
	case !ok && !ownLimit(event.Scope):
		return ""
	case !ok:
		return "it was not foretold: memory followed no line to its limit for long enough"
	}
	return "foretold since " + c.clock(f.Since) + ", " + lengthText(event.At.Sub(f.Since)) + " before: full in " + secondsText(f.First) +
		"; at " + c.clock(f.LastAt) + ": in " + secondsText(f.Last)
}
