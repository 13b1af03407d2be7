package report

import (
	"math"

	"brink/alerts"
	"brink/collectors"
)

// What a limit should have been follows from the range alone and says so. A margin is
// what keeps the rules quiet: the highest value stays below the first threshold.
// What was held back at a limit never showed what it wanted; then there is no number.

const (
	// usualRoom is the share of a limit that is used at most where no rule says.
	usualRoom = 0.8
	// memoryStep is what amounts are rounded up to, coreStep what quotas are.
	memoryStep = 16 << 20
	coreStep   = 0.1
	// throttledLittle is the share of throttled periods that hurts nobody.
	throttledLittle = 0.01
	// fullTmpfs is the fill from which a mount counts as full: a page may not fit.
	fullTmpfs = 0.995
	// wholeEnough is the share of the recorded time that must have been measured for a
	// need to be told without a word on it.
	wholeEnough = 0.95
)

func (a *account) memoryNeed(story *MemoryStory) Need[collectors.Bytes] {
	var need Need[collectors.Bytes]
	top, ok := story.Unreclaimable.Max.Get()
	held, killed := a.kills.heldBack().Get()
	limit := held.Value()
	switch {
	case killed && limit.Present() && top <= limit.Or(0):
		need.MoreThan = limit
		need.Why = "it was killed at " + bytesText(limit.Or(0)) + ": how much more it wanted, nobody saw"
	case killed && ok && !limit.Present():
		need.MoreThan = collectors.Some(top)
		need.Why = "it was OOM-killed and the limit then is not known: the most that was read of what cannot be freed"
	case !ok:
		need.Why = notMeasured
	default:
		room := a.near.threshold(alerts.MetricMemoryRatio, "").Or(usualRoom)
		need.Enough = collectors.Some(roundBytes(float64(top)/room, memoryStep))
		need.Why = "keeps what cannot be freed, " + bytesText(top) + " at most, " + under(room) + a.cacheNote(story)
	}
	if ok {
		need.Why += a.partNote(story.Unreclaimable.Measured)
	}
	return need
}

// cacheNote says what page cache came on top, which is freed when room is short.
func (a *account) cacheNote(story *MemoryStory) string {
	current, ok := story.Current.Max.Get()
	switch {
	case !ok:
		return ""
	case story.LimitHits > 0:
		return "; with page cache it came up to its limit " + times(story.LimitHits) + ", so that more would be used as cache"
	default:
		return "; with page cache it used " + bytesText(max(current, story.Peak.Or(0))) + ", so that with less it would cache less"
	}
}

func (a *account) cpuNeed(story *CPUStory) Need[collectors.Cores] {
	var need Need[collectors.Cores]
	p99, ok := story.Cores.P99.Get()
	limit, limited := a.limits.now.CPU.Value().Get()
	throttled, counted := story.Ratio.Get()
	switch {
	case limited && counted && throttled >= throttledLittle:
		need.MoreThan = collectors.Some(limit)
		need.Why = "at " + coresText(limit) + " " + shareText(throttled) + " of the periods were throttled; how much more would have done, a run that is held back does not show"
	case !ok:
		need.Why = notMeasured
	case limited && counted:
		need.Enough = collectors.Some(limit)
		need.Why = "at this quota " + shareText(throttled) + " of the periods were throttled; 99 % of the readings used " + coresText(p99) + " or less, but bursts between two readings are not in that"
	default:
		need.Enough = collectors.Some(collectors.Cores(math.Ceil(float64(p99)/coreStep-1e-9) * coreStep))
		need.Why = "99 % of the readings used " + coresText(p99) + " or less; a quota holds back bursts between two readings too, which were not measured"
	}
	if ok {
		need.Why += a.changeNote(limitCPU) + a.partNote(story.Cores.Measured)
	}
	return need
}

func (a *account) pidsNeed(story *PidsStory) Need[uint64] {
	var need Need[uint64]
	top, ok := story.Tasks.Max.Get()
	peak, watched := story.Peak.Get()
	top = max(top, peak)
	refusedAt, refused := a.refusedAt.Get()
	switch {
	case refused && top <= refusedAt:
		need.MoreThan = collectors.Some(refusedAt)
		need.Why = "at " + countText(refusedAt) + " forks were refused " + times(story.Refused)
	case story.Refused > 0 && !refused && (ok || watched):
		need.MoreThan = collectors.Some(top)
		need.Why = "forks were refused " + times(story.Refused) + " at a limit that is not known: the most tasks that were seen"
	case !ok && !watched:
		need.Why = notMeasured
	default:
		room := a.near.threshold(alerts.MetricPidsRatio, "").Or(usualRoom)
		need.Enough = collectors.Some(uint64(math.Ceil(float64(top)/room + 1e-9)))
		need.Why = "keeps " + countText(top) + " tasks, the most that there were, " + under(room)
	}
	if ok {
		need.Why += a.partNote(story.Tasks.Measured)
	}
	return need
}

func (a *account) tmpfsNeed(m *mount, story *TmpfsStory) Need[collectors.Bytes] {
	top, ok := story.Used.Max.Get()
	size := a.limits.now.Tmpfs[m.path]
	switch {
	case !ok:
		return Need[collectors.Bytes]{Why: notMeasured}
	case size > 0 && float64(top) >= fullTmpfs*float64(size):
		return Need[collectors.Bytes]{MoreThan: collectors.Some(size), Why: "it was full at " + bytesText(size)}
	default:
		room := a.near.threshold(alerts.MetricTmpfsRatio, m.path).Or(usualRoom)
		enough := roundBytes(float64(top)/room, 1<<20)
		return Need[collectors.Bytes]{
			Enough: collectors.Some(enough),
			Why:    "keeps " + bytesText(top) + ", the most that it held, " + under(room) + a.partNote(story.Used.Measured),
		}
	}
}

// notMeasured is the reason where there is nothing to go by.
const notMeasured = "not measured"

// under says what a margin is for.
func under(room float64) string { return "under " + alerts.UnitRatio.Format(room) + " of it" }

// partNote warns where much of the recorded time was not measured.
func (a *account) partNote(measured collectors.Seconds) string {
	ran := a.uptime.running + a.uptime.paused
	switch {
	case measured == 0:
		return "; known from single readings only"
	case float64(measured) >= wholeEnough*float64(ran):
		return ""
	}
	return "; measured in " + lengthText(measured.Duration()) + " of the " + lengthText(ran) + " that it ran"
}

// changeNote warns where a limit was not the same all the time.
func (a *account) changeNote(what string) string {
	for _, change := range a.limits.changes.list {
		if change.Limit == what {
			return "; the limit was changed in the range"
		}
	}
	return ""
}

func roundBytes(amount float64, step uint64) collectors.Bytes {
	return collectors.Bytes(uint64(math.Ceil(amount/float64(step))) * step)
}
