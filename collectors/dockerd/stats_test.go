package dockerd

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"
	"time"

	"brink/collectors/dockerd/dockerdtest"
)

func open(t *testing.T, c *Client, name string) *StatsStream {
	t.Helper()
	stream, err := c.Stats(soon(t), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stream.Close() })
	return stream
}

// nextData skips frames without data.
func nextData(t *testing.T, stream *StatsStream) Frame {
	t.Helper()
	for {
		frame, err := stream.Next()
		if err == nil {
			return frame
		}
		if !errors.Is(err, ErrNoData) {
			t.Fatal(err)
		}
	}
}

// noData skips frames with data, of which some may be under way.
func noData(t *testing.T, stream *StatsStream) {
	t.Helper()
	for {
		switch _, err := stream.Next(); {
		case errors.Is(err, ErrNoData):
			return
		case err != nil:
			t.Fatal(err)
		}
	}
}

func TestStreamGoesOnOverStopAndStartAndEndsAtRemove(t *testing.T) {
	engine := dockerdtest.New(t)
	id := engine.Run(hardened())
	engine.SetStats(id, func(s *dockerdtest.Stats) { s.Cores = 1.5 })
	stream := open(t, connect(t, engine.Host()), id)
	first, second := nextData(t, stream), nextData(t, stream)
	usage := func(f Frame) time.Duration {
		d, _ := f.CPU.Usage.Get()
		return d
	}
	cores := float64(usage(second)-usage(first)) / float64(second.Read.Sub(first.Read))
	if math.Abs(cores-1.5) > 1e-6 {
		t.Errorf("%v cores, want 1.5", cores)
	}
	engine.Die(id, 137)
	noData(t, stream)
	noData(t, stream)
	engine.Start(id)
	if third := nextData(t, stream); usage(third) >= usage(second) {
		t.Errorf("the counters of a new start begin anew: %v after %v", usage(third), usage(second))
	}
	engine.Remove(id)
	for {
		_, err := stream.Next()
		if errors.Is(err, ErrEnded) {
			return
		}
		if err != nil && !errors.Is(err, ErrNoData) {
			t.Fatal(err)
		}
	}
}

func TestStreamFaults(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault dockerdtest.Fault
		want  error
	}{
		{"the engine dies in a document", dockerdtest.Half(), ErrBroken},
		{"the engine dies between two", dockerdtest.EOF(), ErrBroken},
		{"the engine falls silent", dockerdtest.Hang(), ErrTimeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine := dockerdtest.New(t)
			engine.Run(hardened())
			stream := open(t, connect(t, engine.Host(), patience(test.want)), "openclaw-agent")
			nextData(t, stream)
			engine.Cut(test.fault)
			for {
				_, err := stream.Next()
				if err == nil {
					continue
				}
				if !errors.Is(err, test.want) {
					t.Errorf("%v, want %v", err, test.want)
				}
				return
			}
		})
	}
}

// A reader that is slow is no silence of the engine.
func TestASlowReaderIsNotCutOff(t *testing.T) {
	engine := dockerdtest.Start(t, dockerdtest.Config{StatsPeriod: time.Millisecond})
	engine.Run(hardened())
	shortStall := func(o *Options) { o.StallTimeout = 250 * time.Millisecond }
	stream := open(t, connect(t, engine.Host(), shortStall), "openclaw-agent")
	nextData(t, stream)
	time.Sleep(400 * time.Millisecond)
	nextData(t, stream)
}

func TestStreamEndsWithItsContext(t *testing.T) {
	engine := dockerdtest.Start(t, dockerdtest.Config{StatsPeriod: time.Hour})
	engine.Run(hardened())
	ctx, cancel := context.WithCancel(soon(t))
	stream, err := connect(t, engine.Host()).Stats(ctx, "openclaw-agent")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.Close() }()
	nextData(t, stream)
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err = stream.Next(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCloseFromAnotherGoroutine(t *testing.T) {
	engine := dockerdtest.Start(t, dockerdtest.Config{StatsPeriod: time.Hour})
	engine.Run(hardened())
	stream := open(t, connect(t, engine.Host()), "openclaw-agent")
	nextData(t, stream)
	time.AfterFunc(10*time.Millisecond, func() { _ = stream.Close() })
	if _, err := stream.Next(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestStatsOfEveryFlavor(t *testing.T) {
	for _, test := range []struct {
		flavor dockerdtest.Flavor
		cgroup CgroupVersion
		anon   Opt[uint64]
		pids   Limit
		read   uint64
	}{
		{dockerdtest.CgroupV2, CgroupV2, Some[uint64](12 << 20), LimitOf(256), 4096},
		{dockerdtest.CgroupV1, CgroupV1, Some[uint64](12 << 20), LimitOf(256), 4096},
		{dockerdtest.Podman, CgroupUnknown, Opt[uint64]{}, Limit{}, 4096},
	} {
		engine := dockerdtest.Start(t, dockerdtest.Config{Flavor: test.flavor})
		engine.Run(hardened())
		engine.SetStats("openclaw-agent", func(s *dockerdtest.Stats) { s.ReadBytes = test.read })
		frame := nextData(t, open(t, connect(t, engine.Host()), "openclaw-agent"))
		io, _ := frame.BlockIO.Get()
		if frame.Cgroup != test.cgroup || frame.Memory.Anon != test.anon || frame.Pids.Limit != test.pids || io.ReadBytes != test.read {
			t.Errorf("%+v", frame)
		}
	}
}

// A document that is too large ends the stream before it fills the memory; many
// small ones never do.
func TestStreamIsBoundedPerDocument(t *testing.T) {
	engine := dockerdtest.Start(t, dockerdtest.Config{StatsPeriod: 10 * time.Microsecond})
	engine.Run(hardened())
	stream := open(t, connect(t, engine.Host()), "openclaw-agent")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	// 1500 frames are more than the bound of one document together.
	for range 1500 {
		nextData(t, stream)
	}
	runtime.ReadMemStats(&after)
	if stream.limit.left.Load() <= 0 {
		t.Error("the bound is not renewed")
	}
	if after.HeapInuse > before.HeapInuse+64<<20 {
		t.Errorf("%d MiB in use", after.HeapInuse>>20)
	}
}
