package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/tools/txtar"
)

// files are a cgroup laid out on this host, whose files change as the kernel would change them for an agent.
type files struct {
	dir        string
	done, over chan struct{}

	mu   sync.Mutex // guards the mood
	mood mood
}

// mood is what the agent is at: the shares of its limits that it tends to.
type mood struct {
	memory, cpu float64
	tasks       int
	// kills are processes that the kernel has killed.
	kills int
}

const mebibyte = 1 << 20

// openFiles builds brink and lays the files out.
func openFiles(ctx context.Context) (*files, error) {
	dir, err := os.MkdirTemp("", "brink-pictures-")
	if err != nil {
		return nil, err
	}
	f := &files{dir: dir, done: make(chan struct{}), over: make(chan struct{}), mood: mood{memory: 0.3, cpu: 0.35, tasks: 41}}
	if said, err := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, "brink"), "brink/cmd/brink").CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("go build: %w\n%s", err, said), os.RemoveAll(dir))
	}
	if err := layOutAgent(ctx, f.agent()); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	go f.live()
	return f, nil
}

func (f *files) agent() string { return filepath.Join(f.dir, "cgroup", "openclaw-agent") }

// layOutAgent writes the files that the tests of brink use for the agent's cgroup.
func layOutAgent(ctx context.Context, dir string) error {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("go env GOMOD: %w", err)
	}
	archive, err := txtar.ParseFile(filepath.Join(filepath.Dir(strings.TrimSpace(string(mod))), "cmd", "brink", "testdata", "agent.txtar"))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	for _, file := range archive.Files {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, file.Name), file.Data, 0o644))
	}
	return err
}

func (f *files) close() error {
	close(f.done)
	<-f.over
	return os.RemoveAll(f.dir)
}

func (f *files) start(t terminal) (*session, error) {
	cmd := exec.Command(filepath.Join(f.dir, "brink"), "--interval", "200ms", "--cgroup-root", filepath.Join(f.dir, "cgroup"), "cgroup:/openclaw-agent")
	return startSession(t, cmd, 30*time.Second)
}

// story is the same as on the machine.
func (f *files) story() []moment {
	be := func(next mood, after time.Duration) func(context.Context) error {
		return func(ctx context.Context) error {
			f.mu.Lock()
			f.mood = next
			f.mu.Unlock()
			return sleep(ctx, after)
		}
	}
	return []moment{
		{"working", be(mood{memory: 0.45, cpu: 0.55, tasks: 41}, 25*time.Second), []string{"cannot be freed"}},
		{"near-limits", be(mood{memory: 0.93, cpu: 1, tasks: 236}, 14*time.Second), []string{"critical"}},
		{"killed", be(mood{memory: 0.28, cpu: 0.3, tasks: 33, kills: 1}, 2*time.Second), []string{"OOM"}},
	}
}

// live changes the files ten times a second.
func (f *files) live() {
	defer close(f.over)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	now := mood{memory: 0.2}
	used, throttled := 0.0, 0
	for n := 0; ; n++ {
		f.mu.Lock()
		to := f.mood
		f.mu.Unlock()
		now = now.towards(to)
		share := min(now.cpu+0.12*math.Sin(float64(n)/9)+0.05*math.Sin(float64(n)/2.3), 1)
		used += share * 1.5 * 1e5
		if share > 0.9 {
			throttled++
		}
		f.write(now, n, used, throttled)
		select {
		case <-f.done:
			return
		case <-tick.C:
		}
	}
}

// towards moves a part of the way, but for deaths, which are at once.
func (m mood) towards(to mood) mood {
	if to.kills > m.kills {
		return to
	}
	const part = 0.03
	m.memory += (to.memory - m.memory) * part
	m.cpu += (to.cpu - m.cpu) * part
	m.tasks += int(math.Round(float64(to.tasks-m.tasks) * part * 3))
	return m
}

func (f *files) write(now mood, n int, used float64, throttled int) {
	const limit, shmem, kernel = 2048 * mebibyte, 96 * mebibyte, 48 * mebibyte
	hard := uint64((now.memory + 0.01*math.Sin(float64(n)/13)) * limit)
	cached := min(380*mebibyte, limit-hard)
	f.put("memory.current", "%d\n", hard+cached)
	f.put("memory.stat", "anon %d\nfile %d\nkernel %d\nshmem %d\nsock 0\nslab_reclaimable 0\ninactive_file %d\n",
		hard-shmem-kernel, cached+shmem, kernel, shmem, cached/2)
	f.put("memory.events", "low 0\nhigh 0\nmax %d\noom %d\noom_kill %d\noom_group_kill 0\n", now.kills*21, now.kills, now.kills)
	f.put("memory.events.local", "low 0\nhigh 0\nmax %d\noom %d\noom_kill %d\noom_group_kill 0\n", now.kills*21, now.kills, now.kills)
	f.put("cpu.stat", "usage_usec %.0f\nuser_usec %.0f\nsystem_usec %.0f\nnr_periods %d\nnr_throttled %d\nthrottled_usec %d\n",
		used, used*0.7, used*0.3, n, throttled, throttled*60_000)
	f.put("pids.current", "%d\n", now.tasks)
	f.put("cgroup.threads", "%s", threads(now.tasks))
}

// threads are so many, from the first one of the fixture on.
func threads(count int) string {
	const first = 4102
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, "%d\n", first+i)
	}
	return text.String()
}

// put replaces what stands in a file, in one write: brink keeps it open. A write that fails leaves the old.
func (f *files) put(name, format string, args ...any) {
	text := fmt.Appendf(nil, format, args...)
	file, err := os.OpenFile(filepath.Join(f.agent(), name), os.O_WRONLY, 0)
	if err != nil {
		return
	}
	_, _ = file.Write(text)
	_ = file.Truncate(int64(len(text)))
	_ = file.Close()
}
