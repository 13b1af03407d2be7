package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// killOptions say how many OOM kills are timed, and how long each may take to be told.
type killOptions struct {
	Brink    string        `json:"brink"`
	Image    string        `json:"image"`
	Agent    string        `json:"agent"`
	Count    int           `json:"count"`
	Patience time.Duration `json:"patience"`
}

// kill is one OOM kill: how long after the kernel's own time stamp of it each saw it.
type kill struct {
	// BrinkWoke is when brink began the reading that found it, Brink when the line of `brink watch --format json` that
	// tells of it was read.
	BrinkWoke time.Duration `json:"brink_woke"`
	Brink     time.Duration `json:"brink"`
	// EngineStamp is the time in the engine's own "oom" event, EngineSeen when `docker events` printed it.
	EngineStamp time.Duration `json:"engine_stamp"`
	EngineSeen  time.Duration `json:"engine_seen"`
}

// victimName is a container of our own: nobody else's is disturbed, and the limit is small, for a quick kill.
const victimName = "figures-victim"

// measureKills starts a container and the two who tell, and lets a process of the container die again and again.
func measureKills(ctx context.Context, o killOptions) ([]kill, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	victim, err := startVictim(ctx, o)
	if err != nil {
		return nil, err
	}
	defer victim.remove()
	loud, err := quietConsole("/proc/sys/kernel/printk")
	if err != nil {
		return nil, err
	}
	defer loud()
	log, err := openKernelLog("/dev/kmsg")
	if err != nil {
		return nil, err
	}
	defer log.close()
	brink, err := follow(ctx, newKillCounter().told, o.Brink, "watch", "--format", "json", victimName)
	if err != nil {
		return nil, err
	}
	engine, err := follow(ctx, engineEventTime, "docker", "events", "--filter", "event=oom", "--filter", "container="+victimName, "--format", "{{.TimeNano}}")
	if err != nil {
		return nil, err
	}
	if err := sleep(ctx, o.Patience/10); err != nil { // Both are listening by then.
		return nil, err
	}
	var kills []kill
	for n := range o.Count {
		one, err := victim.killOnce(ctx, o, witnesses{log, brink, engine})
		if err != nil {
			return kills, fmt.Errorf("kill %d: %w", n+1, err)
		}
		kills = append(kills, one)
		// Not a multiple of the interval: the kills come at all phases of it.
		if err := sleep(ctx, 2370*time.Millisecond); err != nil {
			return kills, err
		}
	}
	return kills, nil
}

// victim is a running container with the suite's agent in it.
type victim struct {
	dir   string
	agent string
}

func startVictim(ctx context.Context, o killOptions) (*victim, error) {
	dir, err := os.MkdirTemp("", "figures-victim-")
	if err != nil {
		return nil, err
	}
	v := &victim{dir: dir, agent: o.Agent}
	v.removeContainer()
	if err := output(ctx, "docker", "run", "-d", "--name", victimName, "-m", "96m", "--memory-swap", "96m", "-v", dir+":/app/data", o.Image); err != nil {
		v.remove()
		return nil, err
	}
	if err := v.do(ctx, "-wait", o.Patience.String(), "status"); err != nil {
		v.remove()
		return nil, err
	}
	return v, nil
}

func (v *victim) remove() {
	v.removeContainer()
	_ = os.RemoveAll(v.dir)
}

func (v *victim) removeContainer() { _ = exec.Command("docker", "rm", "-f", victimName).Run() }

// do gives the agent an order.
func (v *victim) do(ctx context.Context, words ...string) error {
	return output(ctx, "env", append([]string{"AGENT_SOCKET=" + filepath.Join(v.dir, "agent.sock"), v.agent, "do"}, words...)...)
}

func output(ctx context.Context, name string, args ...string) error {
	said, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, said)
	}
	return nil
}

// witnesses are the three who tell of a kill.
type witnesses struct {
	kernel        *kernelLog
	brink, engine <-chan sight
}

// killOnce lets a child of the agent run into the limit.
func (v *victim) killOnce(ctx context.Context, o killOptions, w witnesses) (kill, error) {
	clock, err := w.kernel.calibrate()
	if err != nil {
		return kill{}, err
	}
	forget(w.brink)
	forget(w.engine)
	if err := v.do(ctx, "child eat 200M"); err != nil {
		return kill{}, err
	}
	stamp, err := w.kernel.awaitKill(o.Patience)
	if err != nil {
		return kill{}, err
	}
	at := clock.wall(stamp)
	brink, brinkErr := await(ctx, "brink watch", w.brink, o.Patience)
	engine, engineErr := await(ctx, "docker events", w.engine, o.Patience)
	return kill{BrinkWoke: brink.stamp.Sub(at), Brink: brink.seen.Sub(at), EngineStamp: engine.stamp.Sub(at), EngineSeen: engine.seen.Sub(at)}, errors.Join(brinkErr, engineErr)
}

// sight is a line that tells of a kill: when it was read, and the time in it.
type sight struct{ seen, stamp time.Time }

// follow runs a program and hands over the lines that tell of a kill.
func follow(ctx context.Context, tells func(line []byte) (stamp time.Time, ok bool), name string, args ...string) (<-chan sight, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	sights := make(chan sight, 64)
	go func() {
		defer close(sights)
		lines := bufio.NewReader(stdout)
		for {
			line, err := lines.ReadBytes('\n')
			seen := time.Now()
			if err != nil {
				_ = cmd.Wait()
				return
			}
			if stamp, ok := tells(line); ok {
				sights <- sight{seen: seen, stamp: stamp}
			}
		}
	}()
	return sights, nil
}

func await(ctx context.Context, who string, sights <-chan sight, patience time.Duration) (sight, error) {
	select {
	case seen, open := <-sights:
		if !open {
			return sight{}, errors.New(who + " ended")
		}
		return seen, nil
	case <-time.After(patience):
		return sight{}, fmt.Errorf("%s did not tell of it within %v", who, patience)
	case <-ctx.Done():
		return sight{}, ctx.Err()
	}
}

// forget drops what was told of the kill before.
func forget(sights <-chan sight) {
	for len(sights) > 0 {
		<-sights
	}
}

// engineEventTime reads a line of `docker events --format {{.TimeNano}}`.
func engineEventTime(line []byte) (time.Time, bool) {
	nanoseconds, err := strconv.ParseInt(strings.TrimSpace(string(line)), 10, 64)
	return time.Unix(0, nanoseconds), err == nil
}

// killCounter counts the kills in brink's documents. An event is told again when more is known of it: a document tells
// of a kill only if the kills are more than before.
type killCounter struct{ counts map[uint64]uint64 }

func newKillCounter() killCounter { return killCounter{counts: map[uint64]uint64{}} }

func (k killCounter) told(line []byte) (time.Time, bool) {
	var document struct {
		At     time.Time `json:"at"`
		Events []struct {
			Seq   uint64 `json:"seq"`
			Kind  string `json:"kind"`
			Count uint64 `json:"count"`
		} `json:"events"`
	}
	if err := json.Unmarshal(line, &document); err != nil {
		return time.Time{}, false
	}
	more := false
	for _, event := range document.Events {
		if event.Kind == "oom-kill" {
			more = more || event.Count > k.counts[event.Seq]
			k.counts[event.Seq] = event.Count
		}
	}
	return document.At, more
}
