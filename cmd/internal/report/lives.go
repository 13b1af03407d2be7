package report

import (
	"strconv"
	"time"

	"brink/collectors"
)

// Life is one life of a container, from its start to its end: the recorder noted it
// when it began, whatever was read of it since.
type Life struct {
	// ID is the engine's number, empty for a bare cgroup; Incarnation tells the lives of
	// one container apart, 0 is unknown.
	ID          string                 `json:"id,omitempty"`
	Incarnation collectors.Incarnation `json:"incarnation,omitempty"`
	// First and Last are the first and the last reading of it, which may lie outside of
	// the range.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Started and Ended are absent where nobody told; Ended also while it goes on.
	Started collectors.Opt[time.Time] `json:"started_at,omitzero"`
	Ended   collectors.Opt[time.Time] `json:"ended_at,omitzero"`
	// ExitCode and OOMKilled are what the engine said of the end: it says nothing of an
	// OOM kill once the container has been started again.
	ExitCode  collectors.Opt[int] `json:"exit_code,omitzero"`
	OOMKilled bool                `json:"oom_killed,omitempty"`
	// RestartCount is how often the restart policy had started the container by then.
	RestartCount collectors.Opt[int] `json:"restart_count,omitzero"`
	// Limits are the limits with the moments since when they were in force, oldest first.
	Limits []LifeLimits `json:"limits,omitempty"`
}

// LifeLimits are the limits that were in force from a moment on. One that no source
// could read is absent.
type LifeLimits struct {
	At     time.Time                          `json:"at"`
	Memory collectors.Limit[collectors.Bytes] `json:"memory_bytes,omitzero"`
	High   collectors.Limit[collectors.Bytes] `json:"memory_high_bytes,omitzero"`
	Swap   collectors.Limit[collectors.Bytes] `json:"swap_bytes,omitzero"`
	CPU    collectors.Limit[collectors.Cores] `json:"cpu_cores,omitzero"`
	Pids   collectors.Limit[uint64]           `json:"pids,omitzero"`
}

// livesKept bounds how many lives of a container are listed.
const livesKept = 100

// Live takes the next life of a container, the oldest first. Lives of a container that
// nothing else tells of are left out.
func (c *Collector) Live(container string, life Life) {
	if !c.options.wants(container) {
		return
	}
	if c.lives == nil {
		c.lives = map[string]*kept[Life]{}
	}
	lives := c.lives[container]
	if lives == nil {
		lives = &kept[Life]{}
		c.lives[container] = lives
	}
	life.ID = name(life.ID)
	life.First, life.Last = inZone(life.First, c.options.Location), inZone(life.Last, c.options.Location)
	life.Started, life.Ended = c.placed(life.Started), c.placed(life.Ended)
	life.Limits = settledLimits(life.Limits)
	for i := range life.Limits {
		life.Limits[i].At = inZone(life.Limits[i].At, c.options.Location)
	}
	lives.add(life, livesKept)
}

// settledLimits leaves out the limits of a container that was still being started.
func settledLimits(limits []LifeLimits) []LifeLimits {
	var settled []LifeLimits
	for i := range limits {
		if i+1 == len(limits) || limits[i+1].At.Sub(limits[i].At) > startingFor {
			settled = append(settled, limits[i])
		}
	}
	return settled
}

// placed is a moment in the zone of the report.
func (c *Collector) placed(at collectors.Opt[time.Time]) collectors.Opt[time.Time] {
	if moment, ok := at.Get(); ok {
		return collectors.Some(inZone(moment, c.options.Location))
	}
	return at
}

// livesBlock lists the lives where there was more than one.
func (c chapter) livesBlock() block {
	b := block{title: "Lives"}
	if c.c.LifeCount < 2 {
		return b
	}
	lives, left := latest(c.c.Lives, shown, c.c.LifeCount)
	b.table.head = []string{"id", "from", "until", "ended with", "limits"}
	for i := range lives {
		b.table.row(c.lifeRow(&lives[i], i == len(lives)-1)...)
	}
	if left != "" {
		b.note(left)
	}
	return b
}

// lifeRow is a life in the columns of the table. Only the last one may go on.
func (c chapter) lifeRow(life *Life, last bool) []string {
	id := []rune(life.ID)
	from, known := life.Started.Get()
	text := c.clock(from)
	if !known {
		text = "before " + c.clock(life.First)
	}
	return []string{orNone(string(id[:min(len(id), shortID)])), text, c.lifeEnd(life, last), lifeEndedWith(life), lifeLimitsText(life.Limits)}
}

func (c chapter) lifeEnd(life *Life, last bool) string {
	ended, over := life.Ended.Get()
	switch {
	case over:
		return c.clock(ended)
	case last:
		return "goes on"
	default:
		return "after " + c.clock(life.Last)
	}
}

// lifeEndedWith is what the engine said of the end.
func lifeEndedWith(life *Life) string {
	if !life.Ended.Present() {
		return none
	}
	var parts []string
	if code, ok := life.ExitCode.Get(); ok {
		parts = append(parts, "exit "+strconv.Itoa(code))
	}
	if life.OOMKilled {
		parts = append(parts, "OOM kill")
	}
	return orNone(joined(parts))
}

// lifeLimitsText is the latest limits, and that they were others before.
func lifeLimitsText(limits []LifeLimits) string {
	if len(limits) == 0 {
		return none
	}
	l := limits[len(limits)-1]
	text := "memory " + limitText(l.Memory, bytesText) + ", CPU " + limitText(l.CPU, plainCores) + ", pids " + limitText(l.Pids, countText)
	if changes := len(limits) - 1; changes > 0 {
		text += ", changed " + times(uint64(changes))
	}
	return text
}

func orNone(text string) string {
	if text == "" {
		return none
	}
	return text
}
