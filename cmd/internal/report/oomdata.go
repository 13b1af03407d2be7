package report

import (
	"time"

	"brink/collectors"
)

// OOMStory is every kill for want of memory.
type OOMStory struct {
	// Kills counts the processes killed; Events holds the latest kills, oldest first.
	Kills      uint64 `json:"kills"`
	Events     []OOM  `json:"events,omitempty"`
	EventCount uint64 `json:"event_count"`
}

// OOM is one OOM kill, or several that came together.
type OOM struct {
	At    time.Time `json:"at"`
	Until time.Time `json:"until,omitzero"`
	Count uint64    `json:"count"`
	// Victims are empty where the kernel log could not be read.
	Victims []collectors.Victim `json:"victims,omitempty"`
	Scope   collectors.OOMScope `json:"scope,omitempty"`
	Summary string              `json:"summary"`
	// Before is the last minute before it; absent when nothing of that was recorded.
	Before collectors.Opt[Runup] `json:"before,omitzero"`
}

// Runup is the last minute before a kill, from the first reading in it to the last
// one before the kill. The kernel adds up the parts at most two seconds late.
type Runup struct {
	// Watched is the time between the two readings, LastSeen how long before the kill
	// the last one was taken: what came after it is in no number here.
	Watched  collectors.Seconds                 `json:"watched_seconds"`
	LastSeen collectors.Seconds                 `json:"last_reading_before_seconds"`
	Limit    collectors.Limit[collectors.Bytes] `json:"limit_bytes,omitzero"`

	Unreclaimable Change `json:"unreclaimable_bytes,omitzero"`
	Anon          Change `json:"anon_bytes,omitzero"`
	Tmpfs         Change `json:"tmpfs_bytes,omitzero"`
	Kernel        Change `json:"kernel_bytes,omitzero"`
	Cache         Change `json:"cache_bytes,omitzero"`
	// Processes are those that grew most, with what they held in the last reading.
	Processes []Growth `json:"processes,omitempty"`
	// ProcessesSeen is how long before the kill the last list of processes was taken;
	// absent when there was none.
	ProcessesSeen collectors.Opt[collectors.Seconds] `json:"last_processes_before_seconds,omitzero"`

	// LimitHits is how often the limit was hit between the two readings.
	LimitHits collectors.Opt[uint64] `json:"limit_hits,omitzero"`
	// SomeAvg10 and FullAvg10 are the highest memory pressure in the minute.
	SomeAvg10 collectors.Opt[collectors.Ratio] `json:"memory_some_avg10_ratio,omitzero"`
	FullAvg10 collectors.Opt[collectors.Ratio] `json:"memory_full_avg10_ratio,omitzero"`
	// Forecast is the last that brink had foretold; absent when it had not.
	Forecast collectors.Opt[Forecast] `json:"forecast,omitzero"`
}

// Change is an amount at the first and at the last reading; absent where either of
// them lacks it.
type Change struct {
	From collectors.Opt[collectors.Bytes] `json:"from,omitzero"`
	To   collectors.Opt[collectors.Bytes] `json:"to,omitzero"`
}

// by is how much it grew; negative is less.
func (c Change) by() (int64, bool) {
	from, known := c.From.Get()
	to, ok := c.To.Get()
	return int64(to) - int64(from), known && ok
}

// Growth is a process before the kill.
type Growth struct {
	PID  int              `json:"pid"`
	Name string           `json:"name"`
	RSS  collectors.Bytes `json:"rss_bytes"`
	// Was is what it held in the first reading; absent for one that was not there yet.
	Was collectors.Opt[collectors.Bytes] `json:"was_rss_bytes,omitzero"`
}

// Forecast is a time until full that was foretold before a kill.
type Forecast struct {
	// Since is when it began to be foretold, First what was said then, and Last what
	// was said last, at LastAt.
	Since  time.Time          `json:"since"`
	First  collectors.Seconds `json:"first_full_in_seconds"`
	LastAt time.Time          `json:"last_at"`
	Last   collectors.Seconds `json:"last_full_in_seconds"`
}
