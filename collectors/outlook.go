package collectors

import (
	"maps"
	"slices"
	"time"
)

// Outlook foresees when the limits of one container will be reached. It is what a
// [Sampler] keeps of each; a recorded series can be run through one as well. It is
// for one goroutine at a time.
type Outlook struct {
	interval     time.Duration
	pencil       *pencil
	memory, pids *history
	// tmpfs are the pasts of the mounts, by mount.
	tmpfs map[string]*history
	// kills is how many OOM kills had been counted.
	kills Opt[uint64]
}

// NewOutlook returns an outlook that has seen nothing, for samples that come at
// the given interval.
func NewOutlook(interval time.Duration) *Outlook {
	return &Outlook{
		interval: interval, pencil: &pencil{},
		memory: newHistory(interval), pids: newHistory(interval), tmpfs: map[string]*history{},
	}
}

// Foresee takes the next sample of the container in, and writes into it what can be
// foreseen: the memory's trend, and the time until the pids and each tmpfs are
// full. incarnation is the life of which the sample tells; the lives before it say
// nothing of this one.
func (o *Outlook) Foresee(at time.Time, incarnation Incarnation, sample *ContainerSample) {
	o.foreseeMemory(at, incarnation, &sample.Memory)
	pids := &sample.Pids
	pids.FullIn = o.fullIn(o.pids, at, incarnation, amount{measure(pids.Current), measure(minus(pids.Limit.Value(), pids.Current)), pids.OfLimit})
	for i := range sample.Tmpfs {
		mount := &sample.Tmpfs[i]
		if o.tmpfs[mount.Mount] == nil {
			o.tmpfs[mount.Mount] = newHistory(o.interval)
		}
		mount.FullIn = o.fullIn(o.tmpfs[mount.Mount], at, incarnation, amount{measure(mount.Used), measure(minus(mount.Size, mount.Used)), mount.UsedRatio})
	}
	o.unmount(sample.Tmpfs)
}

// unmount forgets the mounts that are no longer there.
func (o *Outlook) unmount(mounts []TmpfsSample) {
	if len(o.tmpfs) <= len(mounts) {
		return
	}
	maps.DeleteFunc(o.tmpfs, func(known string, _ *history) bool {
		return !slices.ContainsFunc(mounts, func(m TmpfsSample) bool { return m.Mount == known })
	})
}

// foreseeMemory is the outlook with the growth, which is told whatever the level.
func (o *Outlook) foreseeMemory(at time.Time, incarnation Incarnation, memory *MemorySample) {
	o.memory.add(at, incarnation, measure(memory.Unreclaimable))
	memory.Trend = Trend{}
	o.renew(memory.OOMKills)
	slope, fits := o.memory.slope(o.pencil)
	if !fits || !memory.Unreclaimable.Present() {
		return
	}
	memory.Growth = Some(BytesPerSec(slope))
	memory.FullIn = o.memory.forecast(slope, measure(memory.Headroom), memory.UnreclaimableRatio)
}

// renew forgets how high memory has been once the kernel has killed for it: what
// grows then has no collector that would stop it at the same height.
func (o *Outlook) renew(kills Opt[uint64]) {
	if rise(o.kills, kills).Or(0) > 0 {
		o.memory.restart()
	}
	o.kills = kills
}

// amount is a level with what is left above it and its share of the whole.
type amount struct {
	level, headroom Opt[float64]
	ratio           Opt[Ratio]
}

// fullIn is the time until a level is full, without drawing a line for one that is
// nowhere near. One that could not be read now has no forecast either, whatever is
// known of before.
func (o *Outlook) fullIn(past *history, at time.Time, incarnation Incarnation, now amount) Opt[Seconds] {
	past.add(at, incarnation, now.level)
	if now.ratio.Or(0) <= fullInAbove {
		return Opt[Seconds]{}
	}
	slope, fits := past.slope(o.pencil)
	if !fits {
		return Opt[Seconds]{}
	}
	return past.forecast(slope, now.headroom, now.ratio)
}

func measure[T ~uint64](value Opt[T]) Opt[float64] {
	v, ok := value.Get()
	if !ok {
		return Opt[float64]{}
	}
	return Some(float64(v))
}
