package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"brink/alerts"
	"brink/collectors"
)

// chapter writes the story of one container.
type chapter struct {
	Report
	c *Container
}

// headBlock is who the container is and which limits it has. Alone on its page, it
// needs no heading.
func (c chapter) headBlock(named bool) block {
	var b block
	if named {
		b.chapter, b.title = true, c.c.Name
	}
	id := []rune(c.c.ID)
	id = id[:min(len(id), shortID)]
	parts := []string{string(c.c.State), string(c.c.Health), c.c.Image}
	if len(id) > 0 {
		parts = append(parts, "id "+string(id))
	}
	if text := joined(parts); text != "" {
		b.say("last seen: ", text)
	}
	b.say("limits: ", c.limitsText())
	limits := &b.items[len(b.items)-1]
	changes, left := latest(c.c.LimitChanges, shown, c.c.LimitChangeCount)
	for _, change := range changes {
		what, _, _ := strings.Cut(change.Limit, "_")
		limits.under = append(limits.under, c.clock(change.At)+" "+joinedBy(" ", what, change.Instance)+" from "+
			changeText(change.From, change.Limit)+" to "+changeText(change.To, change.Limit))
	}
	if left != "" {
		limits.under = append(limits.under, left)
	}
	return b
}

// shortID is how much of an id the docker command shows.
const shortID = 12

func (c chapter) limitsText() string {
	l := c.c.Limits
	parts := []string{
		"memory " + limitText(l.Memory, bytesText), "CPU " + limitText(l.CPU, coresText), "pids " + limitText(l.Pids, countText),
	}
	if l.Swap.Present() {
		parts = append(parts, "swap "+limitText(l.Swap, bytesText))
	}
	for _, mount := range slices.Sorted(maps.Keys(l.Tmpfs)) {
		parts = append(parts, "tmpfs "+mount+" "+bytesText(l.Tmpfs[mount]))
	}
	return joined(parts)
}

func (c chapter) availabilityBlock() block {
	b := block{title: "Availability"}
	a := c.c.Availability
	ratio, ok := a.Ratio.Get()
	if ok {
		b.say("ran ", shareText(ratio), " of the time in which its state is known (", secondsText(a.Running), " of ", secondsText(a.Known), ")", spent(", down ", a.Down), spent(", paused ", a.Paused))
	} else {
		b.say("for how long it ran is not known")
	}
	if a.Unknown > 0 {
		b.say("not known for ", secondsText(a.Unknown), " of the recorded time: no container answered to the name, or its state could not be read")
	}
	b.say(restartsText(a))
	downtimes, left := latest(a.Downtimes, shown, a.DowntimeCount)
	b.table.head = []string{"down from", "for", "then", "why"}
	for _, d := range downtimes {
		b.table.row(c.clock(d.From), downText(d), c.endText(d), whyDown(d))
	}
	if left != "" {
		b.note(left)
	}
	return b
}

func spent(before string, length collectors.Seconds) string {
	if length == 0 {
		return ""
	}
	return before + secondsText(length)
}

// downText is how long it was down, and how far off that may be.
func downText(d Downtime) string {
	text := optText(d.Length, secondsText)
	if d.Loose > 0 {
		text += " ± " + secondsText(d.Loose)
	}
	return text
}

// endText is how a downtime ended.
func (c chapter) endText(d Downtime) string {
	switch {
	case d.To.IsZero():
		return "still down"
	case d.EndedBy == "":
		return "ran again " + c.clock(d.To)
	case d.From.IsZero():
		return string(d.EndedBy) + " " + c.clock(d.To)
	default:
		return string(d.EndedBy)
	}
}

// whyDown is what is known of the end.
func whyDown(d Downtime) string {
	if d.Why != "" {
		return d.Why
	}
	if code, ok := d.ExitCode.Get(); ok {
		return "exit " + strconv.Itoa(code) + ", and no event told why"
	}
	return "nobody saw it end"
}

func restartsText(a Availability) string {
	if a.Restarts == 0 {
		return "no restart was recorded"
	}
	causes := slices.SortedFunc(maps.Keys(a.Causes), func(x, y collectors.Cause) int {
		return cmp.Or(cmp.Compare(a.Causes[y], a.Causes[x]), cmp.Compare(x, y))
	})
	parts := make([]string, 0, len(causes))
	for _, cause := range causes {
		parts = append(parts, strconv.FormatUint(a.Causes[cause], 10)+" by "+causeText(cause))
	}
	return counted(a.Restarts, "restart", "restarts") + ": " + strings.Join(parts, ", ")
}

// causeText names a cause after "by".
func causeText(cause collectors.Cause) string {
	switch cause {
	case collectors.CauseUnknown, unknownCause:
		return "a cause that is not known"
	case collectors.CauseOOMKill:
		return "an OOM kill"
	case collectors.CauseExited:
		return "its own end"
	case collectors.CauseUnseen:
		return "an end that nobody saw"
	case collectors.CauseAborted:
		return "an abort"
	case collectors.CauseCrashed:
		return "a crash"
	case collectors.CauseStopped:
		return "a stop"
	case collectors.CauseStopTimeout:
		return "a stop that timed out"
	case collectors.CauseKilled:
		return "a kill on request"
	default:
		return "a signal"
	}
}

// usageBlock is how much was used of each limit.
func (c chapter) usageBlock() block {
	b := block{title: "Use"}
	b.table.head = []string{"", "p50", "p90", "p99", "highest", "at", "limit"}
	l := c.c.Limits
	addUse(c, &b.table, "memory", c.c.Memory.Unreclaimable, bytesText, limitText(l.Memory, bytesText))
	addUse(c, &b.table, "with cache", c.c.Memory.Current, bytesText, limitText(l.Memory, bytesText))
	addUse(c, &b.table, "CPU cores", c.c.CPU.Cores, plainCores, limitText(l.CPU, plainCores))
	addUse(c, &b.table, "tasks", c.c.Pids.Tasks, countText, limitText(l.Pids, countText))
	var empty []string
	for _, mount := range c.c.Tmpfs {
		if mount.empty() {
			empty = append(empty, mountText(mount.Mount))
			continue
		}
		size, known := l.Tmpfs[mount.Mount]
		limit := none
		if known {
			limit = bytesText(size)
		}
		addUse(c, &b.table, mountText(mount.Mount), mount.Used, bytesText, limit)
	}
	c.peakNotes(&b)
	if len(empty) > 0 {
		b.note("nothing was ever in ", joined(empty))
	}
	return b
}

// empty reports whether nothing was ever in the mount, so that a page has nothing to
// tell of it.
func (t TmpfsStory) empty() bool {
	top, known := t.Used.Max.Get()
	return known && top == 0
}

// mountText names a mount in a table, where a long path would push away the rest.
func mountText(path string) string { return "tmpfs " + collectors.Clean(path, longestMount) }

const longestMount = 24

// plainCores leaves out the unit, which stands before the row.
func plainCores(n collectors.Cores) string { return strings.TrimSuffix(coresText(n), " cores") }

func addUse[T any](c chapter, t *table, what string, l Levels[T], text func(T) string, limit string) {
	top, ok := l.Max.Get()
	if !ok {
		return
	}
	t.row(what, optText(l.P50, text), optText(l.P90, text), optText(l.P99, text), text(top), optText(l.MaxAt, c.clock), limit)
}

// peakNotes tells what the numbers are, and of peaks between two readings.
func (c chapter) peakNotes(b *block) {
	if c.c.Memory.Unreclaimable.Max.Present() {
		b.note("memory is what cannot be freed; page cache, which can be, comes on top")
	}
	if peak, ok := c.c.Memory.Peak.Get(); ok && peak > c.c.Memory.Current.Max.Or(0) {
		b.note("between two readings the kernel saw ", bytesText(peak), " of memory with page cache")
	}
	if peak, ok := c.c.Pids.Peak.Get(); ok && peak > c.c.Pids.Tasks.Max.Or(0) {
		b.note("between two readings the kernel saw ", countText(peak), " tasks")
	}
}

// nearBlock is for how long values were beyond the thresholds of the rules.
func (c chapter) nearBlock() block {
	b := block{title: "Time near the limits"}
	b.table.head = []string{"rule", "warning from", "critical from", "measured"}
	quiet := 0
	for _, near := range c.c.Near {
		warning, critical := near.Warning.Or(Over{}), near.Critical.Or(Over{})
		if warning.Seconds == 0 && critical.Seconds == 0 {
			quiet++
			continue
		}
		b.table.row(joinedBy(" ", near.Rule, near.Instance), overText(near.Warning, near.unit), overText(near.Critical, near.unit), secondsText(near.Measured))
	}
	if quiet > 0 {
		more := [...]string{"", "more "}[min(len(b.table.rows), 1)]
		b.note("no threshold of ", counted(uint64(quiet), more+"rule", more+"rules"), " was reached")
	}
	return b
}

func joinedBy(between, a, b string) string {
	if b == "" {
		return a
	}
	return a + between + b
}

func overText(level collectors.Opt[Over], unit alerts.Unit) string {
	over, ok := level.Get()
	if !ok {
		return none
	}
	if over.Seconds == 0 {
		return unit.Format(over.Threshold) + ": never"
	}
	return unit.Format(over.Threshold) + ": " + optText(over.Ratio, shareText) + " (" + secondsText(over.Seconds) + ")"
}

// signsBlock is what the kernel counted when something ran short.
func (c chapter) signsBlock() block {
	b := block{title: "Shortage"}
	cpu := c.c.CPU
	if ratio, ok := cpu.Ratio.Get(); ok {
		b.say("CPU: ", shareText(ratio), " of ", countText(cpu.Periods.Or(0)), " periods were throttled", c.throttledText())
	}
	if c.c.Memory.LimitHits > 0 {
		b.say("memory came up to its limit ", times(c.c.Memory.LimitHits))
	}
	if c.c.Pids.Refused > 0 {
		b.say("the pids limit refused ", counted(c.c.Pids.Refused, "fork", "forks"))
	}
	for _, peak := range c.c.Pressure {
		if peak.Avg10 > 0 {
			b.say(peak.Resource, " pressure: ", who(peak.Who), " waited for ", shareText(peak.Avg10), " of the worst ten seconds, until ", c.clock(peak.At))
		}
	}
	return b
}

func (c chapter) throttledText() string {
	held, ok := c.c.CPU.ThrottledFor.Get()
	if !ok || held == 0 {
		return ""
	}
	text := ", " + secondsText(held) + " over all CPUs"
	if worst, ok := c.c.CPU.Worst.Get(); ok {
		text += "; the worst minute was " + c.clock(worst.At) + " (" + optText(worst.Ratio, shareText) + " of its periods, " + secondsText(worst.ThrottledFor) + ")"
	}
	return text
}

func who(share string) string {
	if share == "full" {
		return "all tasks"
	}
	return "some tasks"
}

// needBlock is what the limits should have been.
func (c chapter) needBlock() block {
	b := block{title: "What this range would have needed"}
	if !c.c.measured() {
		return b
	}
	b.table.head = []string{"", "limit now", "needed", "why"}
	l := c.c.Limits
	addNeed(&b.table, "memory", limitText(l.Memory, bytesText), c.c.Memory.Need, bytesText)
	addNeed(&b.table, "CPU", limitText(l.CPU, coresText), c.c.CPU.Need, coresText)
	addNeed(&b.table, "pids", limitText(l.Pids, countText), c.c.Pids.Need, countText)
	for _, mount := range c.c.Tmpfs {
		if mount.empty() {
			continue
		}
		size := none
		if limit, ok := l.Tmpfs[mount.Mount]; ok {
			size = bytesText(limit)
		}
		need := mount.Need
		if mount.Why != "" {
			need.Why += ": " + mount.Why
		}
		addNeed(&b.table, mountText(mount.Mount), size, need, bytesText)
	}
	return b
}

// measured reports whether there is any need to tell of.
func (c *Container) measured() bool {
	return c.Memory.Unreclaimable.Max.Present() || c.CPU.Cores.Max.Present() || c.Pids.Tasks.Max.Present() || len(c.Tmpfs) > 0 ||
		c.Memory.Need.MoreThan.Present()
}

func addNeed[T any](t *table, what, limit string, need Need[T], text func(T) string) {
	t.row(what, limit, neededText(need, text), need.Why)
}

func neededText[T any](need Need[T], text func(T) string) string {
	if more, ok := need.MoreThan.Get(); ok {
		return "more than " + text(more)
	}
	return optText(need.Enough, text)
}

func (c chapter) missingBlock() block {
	b := block{title: "Not measured"}
	for _, missing := range c.c.NotMeasured {
		b.say(joinedBy(": ", string(missing.Group), missing.Why))
	}
	return b
}
