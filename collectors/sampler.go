package collectors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// SamplerOptions are what a [Sampler] is made of.
type SamplerOptions struct {
	// Interval is the time between slots; at least MinInterval.
	Interval time.Duration
	// Sources are asked in parallel and trusted in this order.
	Sources []Source
	// Wake asks for a reading at once, between slots; may be nil. A reading asks
	// every source, so who sends should do so only for what cannot wait.
	Wake <-chan struct{}
	// Notices are what others than the sources have to tell, since it was called last.
	// It is called on the sampler's goroutine and must not wait; may be nil.
	Notices func() []Notice
	// Record takes each reading as soon as it is complete, with the events that the
	// ledger found in it: what a recorder keeps. It is called on the sampler's
	// goroutine and must not wait; the reading is shared and must not be changed. May
	// be nil.
	Record func(Reading, []Event)
	// Log takes what a source did that it should not; may be nil.
	Log *slog.Logger
}

// MinInterval is the shortest interval: below it the kernel's own batching
// (memory.stat is flushed every two seconds, charges come in stocks of 256 KiB
// a CPU) is all that one would see.
const MinInterval = 100 * time.Millisecond

func (o SamplerOptions) validate() error {
	if o.Interval < MinInterval {
		return fmt.Errorf("interval %v is shorter than %v, the shortest that tells anything", o.Interval, MinInterval)
	}
	if len(o.Sources) == 0 {
		return errors.New("a sampler without sources has nothing to read")
	}
	return nil
}

// Sampler reads all sources at every slot and at every wake-up, and hands on one
// snapshot each time. Slots are aligned to the wall clock, so that two brinks on
// one host read at the same moments and the kernel's caches serve both. It owns
// the clock, the deriver and the ledger; nobody else needs a lock.
type Sampler struct {
	options SamplerOptions
	runners []*runner
	ledger  *Ledger
	deriver *Deriver
	missed  uint64
}

// NewSampler checks the options and returns a sampler that has read nothing yet.
func NewSampler(options SamplerOptions) (*Sampler, error) {
	if err := options.validate(); err != nil {
		return nil, err
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	sampler := &Sampler{options: options, ledger: NewLedger(), deriver: NewDeriver(options.Interval)}
	for _, source := range options.Sources {
		sampler.runners = append(sampler.runners, newRunner(source, options.Log))
	}
	return sampler, nil
}

// Recall tells the ledger what was recorded before. It is for the time before Run.
func (s *Sampler) Recall(events []Event) { s.ledger.Recall(events) }

// wakeGap is the shortest time between a reading and one that a wake-up asks
// for. A wake-up that comes earlier is served when the gap is over.
const wakeGap = 50 * time.Millisecond

// Run reads until ctx ends: at once, then at every slot. emit gets every
// snapshot, on this goroutine; it must not block for long. A reading that the end
// cut short is not handed on: its sources failed for no fault of theirs.
func (s *Sampler) Run(ctx context.Context, emit func(Snapshot)) {
	for {
		at := time.Now()
		snapshot := s.sample(ctx, at)
		if ctx.Err() != nil {
			return
		}
		emit(snapshot)
		slot := s.nextSlot(at)
		if !s.await(ctx, at, slot) {
			return
		}
		s.missed += missedSlots(slot, time.Now(), s.options.Interval)
	}
}

// nextSlot is the next wall-aligned slot that is at least half an interval away,
// so that the first rates are taken over a useful time.
func (s *Sampler) nextSlot(after time.Time) time.Time {
	slot := after.Truncate(s.options.Interval).Add(s.options.Interval)
	if wait := slot.Sub(after.Round(0)); wait < s.options.Interval/2 && s.deriver.Begins() {
		return after.Add(wait + s.options.Interval)
	}
	return after.Add(slot.Sub(after.Round(0)))
}

func missedSlots(due, now time.Time, interval time.Duration) uint64 {
	if late := now.Sub(due); late >= interval {
		return uint64(late / interval)
	}
	return 0
}

// await sleeps until the slot, or until a wake-up, and reports false when ctx
// has ended.
func (s *Sampler) await(ctx context.Context, last, slot time.Time) bool {
	due := time.NewTimer(time.Until(slot))
	defer due.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-due.C:
		return true
	case _, open := <-s.options.Wake:
		if !open {
			// Nobody will wake it any more; a closed channel would, for ever.
			s.options.Wake = nil
		}
	}
	select {
	case <-ctx.Done():
		return false
	case <-due.C:
	case <-time.After(time.Until(last.Add(wakeGap))):
	}
	return true
}

// sample takes one reading and derives the snapshot from it.
func (s *Sampler) sample(ctx context.Context, at time.Time) Snapshot {
	reading := s.read(ctx, at)
	s.deriver.carry(&reading)
	news := s.ledger.Observe(reading)
	if s.options.Record != nil {
		s.options.Record(reading, news)
	}
	snapshot := s.deriver.Next(reading, news)
	snapshot.MissedSlots = s.missed
	snapshot.Story = s.ledger.Story()
	return snapshot
}

// read asks every source at the same time and merges what came in time. What a
// source read before its own deadline, a little before the end of the reading,
// is taken although it is not all.
func (s *Sampler) read(ctx context.Context, at time.Time) Reading {
	asked, cancel := context.WithTimeout(ctx, s.deadline()*15/16)
	defer cancel()
	for _, runner := range s.runners {
		runner.start(asked, at)
	}
	wait, stop := context.WithTimeout(ctx, s.deadline())
	defer stop()
	round := newRound(at)
	for _, runner := range s.runners {
		part, health := runner.finish(wait, at)
		round.add(health, part)
	}
	if s.options.Notices != nil {
		round.Notices = append(round.Notices, s.options.Notices()...)
	}
	round.inherit(s.deriver.latest)
	return round.finish()
}

// patience is the longest that a reading waits for a source, whatever the
// interval: a wake-up must not queue behind a source that hangs.
const patience = 2 * time.Second

// deadline leaves a fifth of the interval for everything after the reading.
func (s *Sampler) deadline() time.Duration {
	return min(s.options.Interval*4/5, patience)
}

// runner asks one source, and waits for it no longer than the deadline.
type runner struct {
	source  Source
	log     *slog.Logger
	answers chan answer
	// busy says that the source has not answered yet; asked that it was asked in
	// this reading, and not in one before.
	busy, asked bool
	started     time.Time
	lastGood    time.Time
	// late are the notices of answers that came too late.
	late []Notice
}

type answer struct {
	part Part
	err  error
	took time.Duration
}

func newRunner(source Source, log *slog.Logger) *runner {
	return &runner{source: source, log: log, answers: make(chan answer, 1)}
}

// start asks the source, unless it still works on the question before.
func (r *runner) start(ctx context.Context, at time.Time) {
	r.discard()
	r.asked = !r.busy
	if r.busy {
		return
	}
	r.busy, r.started = true, at
	go func() { r.answers <- r.collect(ctx, at) }()
}

// discard throws away an answer that came too late to be true. Its notices are
// kept: they carry their own time, and nobody will report them again.
func (r *runner) discard() {
	select {
	case got := <-r.answers:
		r.busy = false
		r.late = append(r.late, got.part.Notices...)
	default:
	}
}

// collect turns a panic of the source into its error: a fault in one reader must
// not take the screen with it.
func (r *runner) collect(ctx context.Context, at time.Time) (got answer) {
	began := time.Now()
	defer func() {
		got.took = time.Since(began)
		if fault := recover(); fault != nil {
			r.log.Error("source panicked", "source", r.source.Name(), "panic", fault, "stack", string(debug.Stack()))
			got.err = fmt.Errorf("this is a fault in brink: %v (the log has the stack)", fault)
		}
	}()
	part, err := r.source.Collect(ctx, at)
	return answer{part: part, err: err}
}

// finish takes the answer, if it comes before wait ends. A source that hangs since
// an earlier reading is not waited for: it has cost that one its time.
func (r *runner) finish(wait context.Context, at time.Time) (Part, SourceHealth) {
	got, ok := r.await(wait)
	if !ok {
		got = answer{
			part: Part{},
			err:  fmt.Errorf("no answer since %s", r.started.Format(time.TimeOnly)),
			took: time.Since(r.started),
		}
	}
	if got.err == nil {
		r.lastGood = at
	}
	got.part.Notices = append(r.late, got.part.Notices...)
	r.late = nil
	return got.part, r.health(at, got)
}

// await looks for the answer before it looks at the time: sources are waited for
// one after the other, and the first that hangs must not cost the others theirs.
func (r *runner) await(wait context.Context) (answer, bool) {
	if !r.asked {
		return answer{}, false
	}
	select {
	case got := <-r.answers:
		r.busy = false
		return got, true
	default:
	}
	select {
	case got := <-r.answers:
		r.busy = false
		return got, true
	case <-wait.Done():
		return answer{}, false
	}
}

func (r *runner) health(at time.Time, got answer) SourceHealth {
	health := SourceHealth{Name: r.source.Name(), OK: got.err == nil, Took: Seconds(got.took)}
	if got.err != nil {
		health.Error = Clean(got.err.Error(), errorLength)
	}
	if !r.lastGood.IsZero() {
		health.Age = Some(Seconds(at.Sub(r.lastGood)))
	}
	return health
}

// errorLength bounds an error text: it may quote what a container wrote.
const errorLength = 300
