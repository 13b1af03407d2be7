package collectors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeSource answers as it is told to, and counts how often it was asked.
type fakeSource struct {
	name    string
	collect func(ctx context.Context, at time.Time) (Part, error)
	asked   atomic.Int64
}

func (f *fakeSource) Name() string { return f.name }

func (f *fakeSource) Collect(ctx context.Context, at time.Time) (Part, error) {
	f.asked.Add(1)
	return f.collect(ctx, at)
}

// bubble is when the time of a synctest bubble begins.
var bubble = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// workload is the container "web", which uses one core, is seen by its source at
// every question, and counts limit hits.
func workload(name string, more func(*ContainerCounters)) *fakeSource {
	return &fakeSource{name: name, collect: func(_ context.Context, at time.Time) (Part, error) {
		return identified("web", func(c *ContainerCounters) {
			c.Incarnation = 1
			c.StartedAt = Some(at.Add(-time.Hour).Truncate(time.Hour))
			c.CPU = Some(CPUCounters{At: at, Usage: spent(at.Sub(bubble))})
			if more != nil {
				more(c)
			}
		}), nil
	}}
}

// recorder keeps what a sampler handed on, and when.
type recorder struct {
	began     time.Time
	snapshots []Snapshot
	at        []string
}

func (r *recorder) emit(snapshot Snapshot) {
	r.snapshots = append(r.snapshots, snapshot)
	r.at = append(r.at, fmt.Sprint(time.Since(r.began)))
}

func (r *recorder) last() Snapshot { return r.snapshots[len(r.snapshots)-1] }

// sampling runs a sampler in a bubble of fake time, with the script beside it, and
// returns what was handed on until the script ended. The bubble sees to it that no
// goroutine is left.
func sampling(t *testing.T, options SamplerOptions, script func()) *recorder {
	t.Helper()
	r := &recorder{began: time.Now()}
	if options.Interval == 0 {
		options.Interval = time.Second
	}
	sampler, err := NewSampler(options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		sampler.Run(ctx, r.emit)
	}()
	script()
	cancel()
	<-done
	return r
}

func sources(list ...Source) SamplerOptions { return SamplerOptions{Sources: list} }

// TestSlots: the first reading is taken at once, the second at a slot of the wall
// clock that is at least half an interval away, the others at every slot.
func TestSlots(t *testing.T) {
	for _, c := range []struct {
		start, interval time.Duration
		want            string
	}{
		{0, time.Second, "0s 1s 2s 3s"},
		{300 * time.Millisecond, time.Second, "0s 700ms 1.7s 2.7s"},
		{500 * time.Millisecond, time.Second, "0s 500ms 1.5s 2.5s"},
		{700 * time.Millisecond, time.Second, "0s 1.3s 2.3s 3.3s"},
		{100 * time.Millisecond, 250 * time.Millisecond, "0s 150ms 400ms 650ms"},
		{4 * time.Second, 10 * time.Second, "0s 6s 16s 26s"},
		{6 * time.Second, 10 * time.Second, "0s 14s 24s 34s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(c.start)
			options := sources(workload("cgroup", nil))
			options.Interval = c.interval
			r := sampling(t, options, func() { time.Sleep(4 * c.interval) })
			if got := strings.Join(r.at[:4], " "); got != c.want {
				t.Errorf("from %v every %v: %s, want %s", c.start, c.interval, got, c.want)
			}
			if got := r.snapshots[1].Containers[0].CPU.Cores; got != Some[Cores](1) {
				t.Errorf("the second reading has a rate of %v", got)
			}
			if r.snapshots[0].Containers[0].CPU.Cores.Present() || r.snapshots[0].Interval.Present() {
				t.Error("the first reading has a rate")
			}
		})
	}
}

// TestWake: a wake-up is served at once, or when the gap since the last reading is
// over; several are one; its rates are taken over a useful time; the slots go on.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{}, 1)
		options := sources(workload("cgroup", nil))
		options.Wake = wake
		r := sampling(t, options, func() {
			time.Sleep(2300 * time.Millisecond)
			wake <- struct{}{}
			time.Sleep(10 * time.Millisecond)
			wake <- struct{}{}
			time.Sleep(5 * time.Millisecond)
			select {
			case wake <- struct{}{}:
			default:
			}
			time.Sleep(1700 * time.Millisecond)
		})
		want := "0s 1s 2s 2.3s 2.35s 2.4s 3s 4s"
		if got := strings.Join(r.at, " "); got != want {
			t.Errorf("readings at %s, want %s", got, want)
		}
		var spans []string
		for _, snapshot := range r.snapshots {
			spans = append(spans, fmt.Sprint(snapshot.Interval.Or(0).Duration()))
			if cores := snapshot.Containers[0].CPU.Cores; cores.Present() && cores != Some[Cores](1) {
				t.Errorf("a rate of %v", cores)
			}
		}
		if got, want := strings.Join(spans, " "), "0s 1s 1s 1.3s 1.35s 1.4s 1s 1s"; got != want {
			t.Errorf("rates over %s, want %s", got, want)
		}
		if missed := r.last().MissedSlots; missed != 0 {
			t.Errorf("%d slots missed", missed)
		}
	})
}

// TestWakeLateInASlot: a reading that is old enough becomes the baseline.
func TestWakeLateInASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{}, 1)
		options := sources(workload("cgroup", nil))
		options.Wake = wake
		r := sampling(t, options, func() {
			time.Sleep(1700 * time.Millisecond)
			wake <- struct{}{}
			time.Sleep(1500 * time.Millisecond)
		})
		var spans []string
		for _, snapshot := range r.snapshots {
			spans = append(spans, fmt.Sprint(snapshot.Interval.Or(0).Duration()))
		}
		if got, want := strings.Join(spans, " "), "0s 1s 700ms 1s 1.3s"; got != want {
			t.Errorf("rates over %s, want %s", got, want)
		}
	})
}

// TestClosedWake: who closes the channel will not wake the sampler any more, and
// does not make it spin.
func TestClosedWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{})
		close(wake)
		options := sources(workload("cgroup", nil))
		options.Wake = wake
		r := sampling(t, options, func() { time.Sleep(3500 * time.Millisecond) })
		if got, want := strings.Join(r.at, " "), "0s 50ms 1s 2s 3s"; got != want {
			t.Errorf("readings at %s, want %s", got, want)
		}
	})
}

// TestMissedSlots: who takes long over a snapshot loses slots, which are counted,
// and gets rates over the time that passed.
func TestMissedSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sampler, err := NewSampler(SamplerOptions{Interval: time.Second, Sources: []Source{workload("cgroup", nil)}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		r := &recorder{began: time.Now()}
		sampler.Run(ctx, func(snapshot Snapshot) {
			r.emit(snapshot)
			switch len(r.snapshots) {
			case 2:
				time.Sleep(3200 * time.Millisecond)
			case 4:
				cancel()
			}
		})
		if got, want := strings.Join(r.at, " "), "0s 1s 4.2s 5s"; got != want {
			t.Errorf("readings at %s, want %s", got, want)
		}
		slow := r.snapshots[2]
		if slow.MissedSlots != 2 || slow.Interval != Some(Seconds(3200*time.Millisecond)) || slow.Containers[0].CPU.Cores != Some[Cores](1) {
			t.Errorf("missed %d slots, rates over %v: %v", slow.MissedSlots, slow.Interval, slow.Containers[0].CPU.Cores)
		}
	})
}

// TestHangingSource: it costs the first reading its deadline and the others
// nothing; it is not asked again while it works; what it measured comes too late,
// what it was told is kept.
func TestHangingSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hanging := &fakeSource{name: "engine", collect: func(_ context.Context, at time.Time) (Part, error) {
			time.Sleep(4300 * time.Millisecond)
			part := identified("old", nil)
			part.Notices = []Notice{{At: at, Kind: NoticeOOM, Key: "web"}}
			return part, nil
		}}
		var asked []int64
		r := sampling(t, sources(hanging, workload("cgroup", nil)), func() {
			time.Sleep(10 * time.Millisecond)
			for range 6 {
				time.Sleep(time.Second)
				asked = append(asked, hanging.asked.Load())
			}
		})
		if got, want := strings.Join(r.at, " "), "800ms 1s 2s 3s 4s 5.8s 6s"; got != want {
			t.Errorf("readings at %s, want %s", got, want)
		}
		if want := []int64{1, 1, 1, 1, 2, 2}; cmp.Diff(want, asked) != "" {
			t.Errorf("asked %v, want %v", asked, want)
		}
		for i, snapshot := range r.snapshots {
			engine, cgroup := snapshot.Sources[0], snapshot.Sources[1]
			if engine.OK || !strings.HasPrefix(engine.Error, "no answer since ") || engine.Age.Present() || !cgroup.OK {
				t.Errorf("reading %d: %+v", i, snapshot.Sources)
			}
			if len(snapshot.Containers) != 1 || snapshot.Containers[0].Name != "web" {
				t.Errorf("reading %d: %+v", i, snapshot.Containers)
			}
		}
		if news := r.snapshots[5].News; len(news) != 1 || news[0].Kind != EventOOMKill {
			t.Errorf("the notice of the late answer was lost: %v", news)
		}
		time.Sleep(10 * time.Second) // for the source to end
	})
}

// TestHangingSourceFirst: answers that are there are taken, however long the first
// source was waited for. (It was a matter of luck.)
func TestHangingSourceFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 50 {
			hanging := &fakeSource{name: "engine", collect: func(ctx context.Context, _ time.Time) (Part, error) {
				<-ctx.Done()
				time.Sleep(time.Minute)
				return Part{}, nil
			}}
			r := sampling(t, sources(hanging, workload("a", nil), workload("b", nil)), func() { time.Sleep(900 * time.Millisecond) })
			if s := r.last().Sources; !s[1].OK || !s[2].OK {
				t.Fatalf("a quick source was thought to hang: %+v", s)
			}
		}
		time.Sleep(2 * time.Minute)
	})
}

// TestDeadline: a source is told a deadline before the reading ends, so that what
// it has by then is still taken.
func TestDeadline(t *testing.T) {
	for _, c := range []struct{ interval, want time.Duration }{
		{time.Second, 750 * time.Millisecond},
		{100 * time.Millisecond, 75 * time.Millisecond},
		{time.Minute, 1875 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			var took time.Duration
			slow := &fakeSource{name: "proc", collect: func(ctx context.Context, at time.Time) (Part, error) {
				<-ctx.Done()
				took = time.Since(at)
				return identified("web", nil), ctx.Err()
			}}
			options := sources(slow)
			options.Interval = c.interval
			r := sampling(t, options, func() { time.Sleep(c.interval * 9 / 10) })
			if took != c.want || len(r.snapshots[0].Containers) != 1 || r.snapshots[0].Sources[0].OK {
				t.Errorf("interval %v: ended after %v, want %v: %+v", c.interval, took, c.want, r.snapshots[0])
			}
		})
	}
}

// TestPartWithError: what a source could read is taken together with its error.
func TestPartWithError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		partial := &fakeSource{name: "engine", collect: func(context.Context, time.Time) (Part, error) {
			return identified("web", nil), errors.New("list: \x1b[31m403")
		}}
		r := sampling(t, sources(partial), func() { time.Sleep(100 * time.Millisecond) })
		if s := r.last().Sources[0]; s.OK || s.Error != "list: ·[31m403" || len(r.last().Containers) != 1 {
			t.Errorf("%+v %+v", s, r.last().Containers)
		}
	})
}

// TestPanickingSource: a fault in one reader is its error, the log has the stack,
// and the others go on.
func TestPanickingSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		faulty := &fakeSource{name: "proc", collect: func(context.Context, time.Time) (Part, error) {
			panic("index out of range")
		}}
		options := sources(faulty, workload("cgroup", nil))
		options.Log = slog.New(slog.NewTextHandler(&log, nil))
		r := sampling(t, options, func() { time.Sleep(1500 * time.Millisecond) })
		if s := r.last().Sources; s[0].OK || !strings.Contains(s[0].Error, "fault in brink: index out of range") || !s[1].OK {
			t.Errorf("%+v", s)
		}
		if n := faulty.asked.Load(); n != 2 || !strings.Contains(log.String(), "sampler_test.go") {
			t.Errorf("asked %d times, the log says %q", n, log.String())
		}
	})
}

// TestCancel: the end of the context ends Run at once, and a reading that it cut
// short is not handed on as one in which all sources failed.
func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		obedient := &fakeSource{name: "engine", collect: func(ctx context.Context, _ time.Time) (Part, error) {
			<-ctx.Done()
			return Part{}, ctx.Err()
		}}
		r := sampling(t, sources(obedient), func() { time.Sleep(100 * time.Millisecond) })
		if ran := time.Since(r.began); ran != 100*time.Millisecond || len(r.snapshots) != 0 {
			t.Errorf("ended after %v with %d snapshots", ran, len(r.snapshots))
		}
	})
}

// TestCancelInTheGap: the end of the context ends the wait for the gap as well.
func TestCancelInTheGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{}, 1)
		options := sources(workload("cgroup", nil))
		options.Wake = wake
		r := sampling(t, options, func() {
			time.Sleep(10 * time.Millisecond)
			wake <- struct{}{}
			time.Sleep(10 * time.Millisecond)
		})
		if ran := time.Since(r.began); ran != 20*time.Millisecond || len(r.snapshots) != 1 {
			t.Errorf("ended after %v with %d snapshots", ran, len(r.snapshots))
		}
	})
}

// TestStale: counters that cannot be read keep the time at which they were, and
// the life they were of; the next ones are fresh and have rates again.
func TestStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, broken := time.Now(), func(at time.Duration) bool { return at >= 2*time.Second && at < 5*time.Second }
		engine := &fakeSource{name: "engine", collect: func(context.Context, time.Time) (Part, error) {
			return identified("web", nil), nil
		}}
		cgroup := &fakeSource{name: "cgroup", collect: func(_ context.Context, at time.Time) (Part, error) {
			if broken(at.Sub(began)) {
				return Part{}, errors.New("input/output error")
			}
			return stateless("web", func(c *ContainerCounters) {
				c.Incarnation, c.Pids = 1, tasks(4)
				c.CPU = Some(CPUCounters{At: at, Usage: spent(at.Sub(began))})
			}), nil
		}}
		r := sampling(t, sources(engine, cgroup), func() { time.Sleep(7500 * time.Millisecond) })
		var stale, cores []string
		for _, snapshot := range r.snapshots {
			c := snapshot.Containers[0]
			stale = append(stale, fmt.Sprint(c.Stale.Or(0).Duration()))
			cores = append(cores, strconv.FormatBool(c.CPU.Cores.Present()))
		}
		if got, want := strings.Join(stale, " "), "0s 0s 1s 2s 3s 0s 0s 0s"; got != want {
			t.Errorf("stale %s, want %s", got, want)
		}
		if got, want := strings.Join(cores, " "), "false true false false false false true true"; got != want {
			t.Errorf("rates %s, want %s", got, want)
		}
		if news := r.last().Story; len(news) != 2 || news[0].Kind != EventSourceLost || news[1].Kind != EventSourceBack {
			t.Errorf("the story: %q", tell(news))
		}
	})
}

// TestSilentEngine: while the source that knows who exists gives nothing, nobody
// is removed, and nobody is re-created when it speaks again.
func TestSilentEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		engine := workload("engine", nil)
		answer := engine.collect
		engine.collect = func(ctx context.Context, at time.Time) (Part, error) {
			if age := at.Sub(began); age >= 2*time.Second && age < 4*time.Second {
				<-ctx.Done()
				return Part{}, ctx.Err()
			}
			return answer(ctx, at)
		}
		r := sampling(t, sources(engine), func() { time.Sleep(6500 * time.Millisecond) })
		for i, snapshot := range r.snapshots {
			if len(snapshot.Containers) != 1 || snapshot.Containers[0].State != StateRunning || snapshot.Containers[0].Recreated {
				t.Errorf("reading %d: %+v", i, snapshot.Containers)
			}
		}
		if story := r.last().Story; len(story) != 0 {
			t.Errorf("the story: %q", tell(story))
		}
	})
}

// TestRecreatedOnce: the flag is up in one snapshot, when nobody answered in
// between as well, and not once more in the reading of a wake-up.
func TestRecreatedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, wake := time.Now(), make(chan struct{}, 1)
		engine := &fakeSource{name: "engine", collect: func(_ context.Context, at time.Time) (Part, error) {
			switch age := at.Sub(began); {
			case age < 2*time.Second:
				return identified("web", func(c *ContainerCounters) { c.StartedAt = Some(began.Add(-time.Hour)) }), nil
			case age < 3*time.Second:
				return Part{}, nil
			default:
				return identified("web", func(c *ContainerCounters) {
					c.ID, c.StartedAt = "B", Some(began.Add(2500*time.Millisecond))
				}), nil
			}
		}}
		options := sources(engine)
		options.Wake = wake
		r := sampling(t, options, func() {
			time.Sleep(3100 * time.Millisecond)
			wake <- struct{}{}
			time.Sleep(1400 * time.Millisecond)
		})
		var flags []string
		for _, snapshot := range r.snapshots {
			for _, c := range snapshot.Containers {
				flags = append(flags, strconv.FormatBool(c.Recreated))
			}
		}
		if got, want := strings.Join(flags, " "), "false false true false false"; got != want {
			t.Errorf("re-created %s, want %s", got, want)
		}
	})
}

// TestFrozenFrame: the engine sends a frame in somewhat more than a second, so that
// a slot may see the one before again: the rate stays, it does not blink.
func TestFrozenFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		stats := &fakeSource{name: "docker stats", collect: func(_ context.Context, at time.Time) (Part, error) {
			const period = 1300 * time.Millisecond
			frame := began.Add(at.Sub(began) / period * period)
			return identified("web", func(c *ContainerCounters) {
				c.Incarnation = 1
				c.CPU = Some(CPUCounters{At: frame, Usage: spent(frame.Sub(began) / 2)})
				c.Network = Some(NetworkCounters{At: frame, ReceiveBytes: Some(uint64(frame.Sub(began) / time.Millisecond))})
				c.IO = Some(IOCounters{At: frame, ReadBytes: Some[uint64](0)})
			}), nil
		}}
		r := sampling(t, sources(stats), func() { time.Sleep(20 * time.Second) })
		for i, snapshot := range r.snapshots[2:] {
			c := snapshot.Containers[0]
			if c.CPU.Cores != Some[Cores](0.5) || c.Network.Receive != Some[BytesPerSec](1000) || c.IO.Read != Some[BytesPerSec](0) {
				t.Errorf("reading %d: %v cores, %v B/s, %v B/s", i+2, c.CPU.Cores, c.Network.Receive, c.IO.Read)
			}
		}
	})
}

// TestFrozenInANewLife: the frame before is of the life before, which counted from
// another zero.
func TestFrozenInANewLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		frames := []struct {
			at          int
			incarnation Incarnation
		}{{0, 1}, {1, 1}, {2, 2}, {2, 2}, {4, 2}}
		n := 0
		stats := &fakeSource{name: "docker stats", collect: func(context.Context, time.Time) (Part, error) {
			frame := frames[min(n, len(frames)-1)]
			n++
			return identified("web", func(c *ContainerCounters) {
				c.Incarnation = frame.incarnation
				usage := time.Duration(frame.at) * time.Hour * time.Duration(frame.incarnation)
				c.CPU = Some(CPUCounters{At: bubble.Add(time.Duration(frame.at) * time.Second), Usage: spent(usage)})
			}), nil
		}}
		r := sampling(t, sources(stats), func() { time.Sleep(4500 * time.Millisecond) })
		var rates []string
		for _, snapshot := range r.snapshots {
			rates = append(rates, strconv.FormatBool(snapshot.Containers[0].CPU.Cores.Present()))
		}
		if got, want := strings.Join(rates, " "), "false true false false true"; got != want {
			t.Errorf("rates %s, want %s", got, want)
		}
	})
}

// TestFrozenForGood: a stream that has stopped gives no rate, least of all that of
// long ago.
func TestFrozenForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		stats := &fakeSource{name: "docker stats", collect: func(_ context.Context, at time.Time) (Part, error) {
			frame := at
			if age := at.Sub(began); age > 2*time.Second {
				frame = began.Add(60 * time.Second)
			}
			return identified("web", func(c *ContainerCounters) {
				c.Incarnation = 1
				c.CPU = Some(CPUCounters{At: frame, Usage: spent(frame.Sub(began))})
			}), nil
		}}
		r := sampling(t, sources(stats), func() { time.Sleep(6500 * time.Millisecond) })
		if cores := r.last().Containers[0].CPU.Cores; cores.Present() {
			t.Errorf("%v cores", cores)
		}
	})
}

// TestForgottenPast: what is kept of a container goes when it goes.
func TestForgottenPast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		engine := &fakeSource{name: "engine", collect: func(context.Context, time.Time) (Part, error) {
			n++
			return identified(fmt.Sprintf("job%d", n), nil), nil
		}}
		sampler, err := NewSampler(SamplerOptions{Interval: time.Second, Sources: []Source{engine}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			sampler.sample(t.Context(), moment(time.Duration(i)*time.Second))
		}
		if len(sampler.deriver.past) != 1 {
			t.Errorf("the past of %d containers is kept", len(sampler.deriver.past))
		}
	})
}

// TestClockSetBack: times without the monotonic part, as an engine's are, may go
// back. Nothing is negative, nothing panics, and rates return.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sampler, err := NewSampler(sourcesEverySecond(workload("cgroup", nil)))
		if err != nil {
			t.Fatal(err)
		}
		var cores []string
		for _, s := range []int{100, 101, 102, 50, 51, 52, 53} {
			snapshot := sampler.sample(t.Context(), moment(time.Duration(s)*time.Second))
			cores = append(cores, fmt.Sprint(snapshot.Containers[0].CPU.Cores.Or(-1)))
			if snapshot.Interval.Or(1) <= 0 || snapshot.Containers[0].Stale.Present() {
				t.Errorf("at %d s: %+v", s, snapshot)
			}
		}
		if got, want := strings.Join(cores, " "), "-1 1 1 -1 1 1 1"; got != want {
			t.Errorf("cores %s, want %s", got, want)
		}
	})
}

func sourcesEverySecond(list ...Source) SamplerOptions {
	return SamplerOptions{Interval: time.Second, Sources: list}
}

// TestTrendOverAGap: files that could not be read twice do not end a life, so the
// trend is there again at once.
func TestTrendOverAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := &fakeSource{name: "engine", collect: func(context.Context, time.Time) (Part, error) {
			return identified("web", nil), nil
		}}
		cgroup := &fakeSource{name: "cgroup", collect: func(_ context.Context, at time.Time) (Part, error) {
			age := at.Sub(bubble)
			if age >= 15*time.Second && age < 17*time.Second {
				return Part{}, errors.New("input/output error")
			}
			return stateless("web", func(c *ContainerCounters) {
				c.Incarnation = 1
				c.Memory = Some(MemoryLevels{Limit: LimitOf(2 * gib), Stat: MemoryStat{Anon: Some(gib + Bytes(age.Seconds())*10*mib)}})
			}), nil
		}}
		r := sampling(t, sources(engine, cgroup), func() { time.Sleep(17500 * time.Millisecond) })
		var trends []string
		for _, snapshot := range r.snapshots[14:] {
			trends = append(trends, strconv.FormatBool(snapshot.Containers[0].Memory.Growth.Present()))
		}
		if got, want := strings.Join(trends, " "), "true false false true"; got != want {
			t.Errorf("trends %s, want %s", got, want)
		}
	})
}

// TestTrendInSnapshot: the sampler hands the trend on with the level.
func TestTrendInSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		level := 1100 * mib
		leaking := workload("cgroup", func(c *ContainerCounters) {
			level += 10 * mib
			c.Memory = Some(MemoryLevels{Limit: LimitOf(2 * gib), Stat: MemoryStat{Anon: Some(level)}})
		})
		r := sampling(t, sources(leaking), func() { time.Sleep(30500 * time.Millisecond) })
		memory := r.last().Containers[0].Memory
		checkNear(t, "growth", 10*float64(mib), toFloat(memory.Growth))
		checkNear(t, "full in", float64(2*gib-level)/float64(10*mib), fullSeconds(memory.Trend))
	})
}

func TestNewSamplerRefuses(t *testing.T) {
	for name, options := range map[string]SamplerOptions{
		"interval 99ms is shorter than 100ms, the shortest that tells anything": {Interval: 99 * time.Millisecond, Sources: []Source{workload("a", nil)}},
		"interval 0s is shorter than 100ms, the shortest that tells anything":   {Sources: []Source{workload("a", nil)}},
		"a sampler without sources has nothing to read":                         {Interval: time.Second},
	} {
		if _, err := NewSampler(options); err == nil || err.Error() != name {
			t.Errorf("%v, want %s", err, name)
		}
	}
}
