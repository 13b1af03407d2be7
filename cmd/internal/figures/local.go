package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// whereLocal names the stage in the table.
const whereLocal = "this host, files of a cgroup"

// localStage runs the dashboard on this host, on files laid out as the agent's cgroup and changed all the time.
func localStage(ctx context.Context, o options, steps *log.Logger, r *report) error {
	programs, err := build(ctx)
	if err != nil {
		return err
	}
	defer programs.remove()
	root := filepath.Join(programs.dir, "cgroup")
	work, err := newWorkload(ctx, filepath.Join(root, "agent"))
	if err != nil {
		return err
	}
	defer work.end()
	screen := screenOptions{
		Argv:  []string{programs.brink(), "--cgroup-root", root, "cgroup:/agent"},
		Frame: []string{"brink", "cgroup:/agent"}, Numbers: []string{"cannot be freed"},
		Patience: 20 * time.Second, Settle: 5 * time.Second,
	}
	starts, err := measureStarts(ctx, o.starts, func(ctx context.Context) (screenCost, error) { return measureScreen(ctx, screen) })
	if err != nil {
		return err
	}
	r.starts(starts, whereLocal)
	steps.Printf("watching the dashboard for %v", o.window())
	screen.Window = o.window()
	cost, err := measureScreen(ctx, screen)
	if err != nil {
		return err
	}
	r.add("CPU of the dashboard at 1 Hz", "<= 0.5 % of a core", whereLocal, "%s", percentOfCore(cost.CPU, cost.Window))
	r.terminal(cost, whereLocal)
	return nil
}

// measureStarts measures only the start, several times.
func measureStarts(ctx context.Context, n int, measure func(context.Context) (screenCost, error)) ([]screenCost, error) {
	var list []screenCost
	for range n {
		cost, err := measure(ctx)
		if err != nil {
			return list, err
		}
		list = append(list, cost)
	}
	return list, nil
}

// starts adds the medians of the times to the first frame and to the first numbers.
func (r *report) starts(list []screenCost, where string) {
	var frames, numbers []time.Duration
	for _, cost := range list {
		frames, numbers = append(frames, cost.FirstFrame), append(numbers, cost.FirstNumbers)
	}
	r.add("first frame", "<= 100 ms", where, "%s (median of %d)", milliseconds(median(frames)), len(list))
	r.add("first numbers", "<= 300 ms", where, "%s (median of %d)", milliseconds(median(numbers)), len(list))
}

// terminal adds what does not depend on the processor.
func (r *report) terminal(cost screenCost, where string) {
	r.add("bytes to the terminal per update, 120x40, at 1 Hz", "<= 1,500", where, "%d", cost.bytesPerSecond())
	r.add("memory resident", "<= 30 MB, flat", where, "%s after the start, %s after %v more, at most %s",
		mebibytes(cost.ResidentBefore), mebibytes(cost.ResidentAfter), cost.Window.Round(time.Second), mebibytes(cost.ResidentHighest))
}

// workload changes the files of a cgroup as the kernel would for a container that works steadily.
type workload struct {
	dir        string
	done, over chan struct{}
}

func newWorkload(ctx context.Context, dir string) (*workload, error) {
	if err := layOutAgent(ctx, dir); err != nil {
		return nil, err
	}
	w := &workload{dir: dir, done: make(chan struct{}), over: make(chan struct{})}
	go w.run()
	return w, nil
}

// layOutAgent writes the files that the tests of brink use for the agent's cgroup.
func layOutAgent(ctx context.Context, dir string) error {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("go env GOMOD: %w", err)
	}
	archive, err := txtar.ParseFile(filepath.Join(filepath.Dir(strings.TrimSpace(string(mod))), "cmd/brink/testdata/agent.txtar"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, file := range archive.Files {
		if err := os.WriteFile(filepath.Join(dir, file.Name), file.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (w *workload) end() {
	close(w.done)
	<-w.over
}

// run uses some 0.6 cores, and memory and tasks that breathe.
func (w *workload) run() {
	defer close(w.over)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		w.write("memory.current", "%d\n", 1073741824+n%7*12_345_678)
		w.write("memory.stat", "anon %d\n", 671088640+n%7*12_345_678)
		w.write("cpu.stat", "usage_usec %d\nuser_usec %d\n", 8126543210+n*60_000+n%5*3000, 6120444111+n*50_000)
		w.write("pids.current", "%d\n", 7+n%3)
		select {
		case <-w.done:
			return
		case <-tick.C:
		}
	}
}

// write replaces the beginning of a file by as many bytes, in one write: a reader sees the old or the new. A write that
// fails leaves the old, which is as good a number.
func (w *workload) write(name, format string, args ...any) {
	file, err := os.OpenFile(filepath.Join(w.dir, name), os.O_WRONLY, 0)
	if err != nil {
		return
	}
	_, _ = fmt.Fprintf(file, format, args...)
	_ = file.Close()
}
