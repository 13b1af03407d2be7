package report

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// page writes the report in sentences and tables.
func (r Report) page() page {
	p := page{title: "brink report"}
	if len(r.Containers) == 1 {
		p.title += ": " + r.Containers[0].Name
	}
	p.add(r.headBlock())
	for i := range r.Containers {
		c := chapter{Report: r, c: &r.Containers[i]}
		p.add(c.headBlock(len(r.Containers) > 1))
		p.add(c.availabilityBlock())
		p.add(c.livesBlock())
		p.add(c.oomBlock())
		p.add(c.usageBlock())
		p.add(c.nearBlock())
		p.add(c.signsBlock())
		p.add(c.needBlock())
		p.add(c.healthBlock())
		p.add(c.hardeningBlock())
		p.add(c.missingBlock())
	}
	p.add(r.sourceBlock())
	return p
}

// shown bounds the lists on a page; the JSON has more.
const shown = 10

// latest returns the last of a list, and a sentence on what was left out.
func latest[T any](list []T, most int, all uint64) (last []T, left string) {
	last = list[max(0, len(list)-most):]
	if n := all - min(all, uint64(len(last))); n > 0 {
		left = "and " + strconv.FormatUint(n, 10) + " before"
	}
	return last, left
}

// headBlock is the range, what was recorded of it, and the host.
func (r Report) headBlock() block {
	var b block
	if r.From.IsZero() || r.To.IsZero() {
		b.say("nothing was recorded")
		return b
	}
	from, to := r.From.In(r.zone()), r.To.In(r.zone())
	b.say(from.Format(time.DateTime), " to ", to.Format(time.DateTime), " ", zoneText(from), ", ", lengthText(to.Sub(from)))
	b.say(r.recordedText())
	b.items[len(b.items)-1].under = r.gapTexts()
	for _, step := range r.Coverage.SetBack {
		b.say("the clock was set back at ", r.clock(step.At), " to ", r.clock(step.To), ": times between the two happened twice")
	}
	if host := r.hostText(); host != "" {
		b.say("host ", host)
	}
	if r.Version != "" {
		b.say("brink ", r.Version)
	}
	for _, wanted := range r.NotSeen {
		b.say("no container called ", wanted, " was seen")
	}
	if len(r.Containers)+len(r.NotSeen) == 0 && r.Coverage.Snapshots > 0 {
		b.say("no container was seen")
	}
	return b
}

// zoneText names the zone with its offset, unless that is UTC.
func zoneText(at time.Time) string {
	zone, offset := at.Zone()
	if offset == 0 {
		return zone
	}
	return zone + at.Format(" (-07:00)")
}

func (r Report) recordedText() string {
	ratio, ok := r.Coverage.Ratio.Get()
	switch {
	case r.Coverage.Snapshots == 0:
		return "nothing of it was recorded"
	case !ok || r.Coverage.Recorded == 0:
		return counted(r.Coverage.Snapshots, "single reading", "single readings") + " of it: nothing can be said of how long anything was"
	case ratio == 1:
		return "all of it was recorded"
	default:
		return shareText(ratio) + " of it was recorded (" + secondsText(r.Coverage.Recorded) + "); of the rest nothing is known"
	}
}

func (r Report) gapTexts() []string {
	var list []string
	gaps, left := latest(r.Coverage.Gaps, shown, r.Coverage.GapCount)
	for _, gap := range gaps {
		list = append(list, "no recording "+r.clock(gap.From)+" to "+r.clock(gap.To)+" ("+secondsText(gap.Seconds)+")")
	}
	if left != "" {
		list = append(list, left)
	}
	return list
}

func (r Report) hostText() string {
	h := r.Host
	parts := []string{h.Name}
	if cpus, ok := h.CPUs.Get(); ok {
		parts = append(parts, counted(uint64(max(cpus, 0)), "CPU", "CPUs"))
	}
	if memory, ok := h.MemoryTotal.Get(); ok {
		parts = append(parts, bytesText(memory)+" of memory")
	}
	if h.Kernel != "" {
		parts = append(parts, "kernel "+h.Kernel)
	}
	parts = append(parts, h.Engine)
	if h.CgroupMode != "" {
		parts = append(parts, "cgroups "+h.CgroupMode)
	}
	return joined(parts)
}

// joined joins what is not empty.
func joined(parts []string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// sourceBlock tells when brink could not read.
func (r Report) sourceBlock() block {
	b := block{title: "What brink could not read", chapter: len(r.SourceLosses) > 0}
	losses, left := latest(r.SourceLosses, shown, r.SourceLossCount)
	for _, loss := range losses {
		text := loss.Source + ": from " + r.clock(loss.From) + " to " + r.clock(loss.To)
		switch {
		case loss.To.IsZero():
			text = loss.Source + ": from " + r.clock(loss.From) + " on"
		case loss.From.IsZero():
			text = loss.Source + ": until " + r.clock(loss.To)
		}
		if loss.Error != "" {
			text += ", " + loss.Error
		}
		b.say(text)
	}
	if left != "" {
		b.say(left)
	}
	return b
}
