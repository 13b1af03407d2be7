package dockerdtest

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
)

// Container is what a container is made of.
type Container struct {
	Name   string
	Image  string
	Labels map[string]string
	// Env is in inspect, where nobody should look.
	Env []string
	// Limits as in HostConfig; 0 is none.
	Memory, MemorySwap, NanoCPUs, Pids int64
	Tmpfs                              map[string]string
	// RestartPolicy is as in docker run --restart; empty is no.
	RestartPolicy string
	// HealthCheck tells whether there is one.
	HealthCheck bool
	NetworkMode string
	// PID is the number of the main process while it runs; 0 takes a made-up one.
	PID int
	// Inspect changes what inspect says beyond all of this; nil changes nothing.
	Inspect func(*container.InspectResponse)
}

// state is a container as it is now.
type state struct {
	Container
	id           string
	status       string
	pid          int
	created      time.Time
	startedAt    time.Time
	finishedAt   time.Time
	exitCode     int
	oomKilled    bool
	failure      string
	restartCount int
	health       string
	streak       int
	output       string
	stats        Stats
	lastRead     time.Time
}

// Add creates a container and returns its id.
func (e *Engine) Add(c Container) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.created++
	sum := sha256.Sum256([]byte(c.Name + strconv.Itoa(e.created)))
	s := &state{Container: c, id: hex.EncodeToString(sum[:]), status: "created", created: e.tick(0)}
	s.stats = idleStats()
	e.containers = append(e.containers, s)
	e.emit(s, "create", nil)
	return s.id
}

// Run creates and starts a container and returns its id.
func (e *Engine) Run(c Container) string {
	id := e.Add(c)
	e.Start(id)
	return id
}

// change runs a change of one container; name is its name or id. A name that
// there is not is a mistake of the test.
func (e *Engine) change(name string, do func(*state)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.find(name)
	if s == nil {
		panic("dockerdtest: no container " + name)
	}
	do(s)
}

// find looks for a name, an id, or the beginning of one, as the engine does.
func (e *Engine) find(name string) *state {
	for _, s := range e.containers {
		if s.id == name || s.Name == name {
			return s
		}
	}
	for _, s := range e.containers {
		if strings.HasPrefix(s.id, name) {
			return s
		}
	}
	return nil
}

// Start starts a container, by hand: its restarts are counted from 0 again. Like
// the real engine it forgets the last death.
func (e *Engine) Start(name string) {
	e.change(name, func(s *state) {
		s.restartCount = 0
		e.start(s)
	})
}

// RestartByPolicy starts a dead container as its restart policy does: with a
// start event and no other.
func (e *Engine) RestartByPolicy(name string) {
	e.change(name, func(s *state) {
		s.restartCount++
		e.start(s)
	})
}

func (e *Engine) start(s *state) {
	s.status, s.exitCode, s.oomKilled, s.failure = "running", 0, false, ""
	s.startedAt, s.pid = e.tick(0), s.PID
	if s.pid == 0 {
		s.pid = 4000 + e.created
	}
	s.stats, s.lastRead = idleStats(), time.Time{}
	if s.HealthCheck {
		s.health, s.streak, s.output = "starting", 0, ""
	}
	e.emit(s, "start", nil)
}

// Die ends the main process with an exit code.
func (e *Engine) Die(name string, exitCode int) {
	e.change(name, func(s *state) { e.die(s, exitCode) })
}

func (e *Engine) die(s *state, exitCode int) {
	s.status, s.pid, s.exitCode, s.finishedAt = "exited", 0, exitCode, e.tick(0)
	ran := int(s.finishedAt.Sub(s.startedAt) / time.Second)
	e.emit(s, "die", map[string]string{"exitCode": strconv.Itoa(exitCode), "execDuration": strconv.Itoa(ran)})
}

// Restarting puts a dead container into the pause before its next start.
func (e *Engine) Restarting(name string) {
	e.change(name, func(s *state) { s.status = "restarting" })
}

// OOM tells that the kernel killed a process of the container, which itself
// lives on unless Die follows.
func (e *Engine) OOM(name string) {
	e.change(name, func(s *state) {
		s.oomKilled = true
		e.emit(s, "oom", nil)
	})
}

// Kill tells that somebody sent a signal.
func (e *Engine) Kill(name string, signal int) {
	e.change(name, func(s *state) { e.kill(s, signal) })
}

func (e *Engine) kill(s *state, signal int) {
	e.emit(s, "kill", map[string]string{"signal": strconv.Itoa(signal)})
}

// Stop is docker stop, obeyed: SIGTERM and an end with the exit code.
func (e *Engine) Stop(name string, exitCode int) {
	e.change(name, func(s *state) {
		e.kill(s, 15)
		e.die(s, exitCode)
		e.emit(s, "stop", nil)
	})
}

// StopTimeout is docker stop, not obeyed: SIGTERM, SIGKILL, exit code 137.
func (e *Engine) StopTimeout(name string) {
	e.change(name, func(s *state) {
		e.kill(s, 15)
		e.kill(s, 9)
		e.die(s, 137)
		e.emit(s, "stop", nil)
	})
}

// Restart is docker restart.
func (e *Engine) Restart(name string) {
	e.change(name, func(s *state) {
		e.kill(s, 15)
		e.die(s, 143)
		e.emit(s, "stop", nil)
		s.restartCount = 0
		e.start(s)
		e.emit(s, "restart", nil)
	})
}

// Pause freezes a container, Unpause thaws it.
func (e *Engine) Pause(name string) {
	e.change(name, func(s *state) {
		s.status = "paused"
		e.emit(s, "pause", nil)
	})
}

// Unpause thaws a container.
func (e *Engine) Unpause(name string) {
	e.change(name, func(s *state) {
		s.status = "running"
		e.emit(s, "unpause", nil)
	})
}

// Remove removes a container; its stats streams end.
func (e *Engine) Remove(name string) {
	e.change(name, func(s *state) {
		e.containers = slices.DeleteFunc(e.containers, func(other *state) bool { return other == s })
		e.emit(s, "destroy", nil)
	})
}

// Rename gives a container another name.
func (e *Engine) Rename(name, to string) {
	e.change(name, func(s *state) {
		old := s.Name
		s.Name = to
		e.emit(s, "rename", map[string]string{"oldName": "/" + old})
	})
}

// SetLimits changes limits as docker update does.
func (e *Engine) SetLimits(name string, memory, memorySwap, nanoCPUs, pids int64) {
	e.change(name, func(s *state) {
		s.Memory, s.MemorySwap, s.NanoCPUs, s.Pids = memory, memorySwap, nanoCPUs, pids
		e.emit(s, "update", nil)
	})
}

// SetHealth is the verdict of a health check and what the check printed.
func (e *Engine) SetHealth(name, verdict, output string) {
	e.change(name, func(s *state) {
		s.health, s.output = verdict, output
		s.streak++
		if verdict == "healthy" {
			s.streak = 0
		}
		e.emit(s, "health_status: "+verdict, nil)
	})
}

// SetStats changes what the next stats frames say. The CPU time goes on growing
// by itself, with Stats.Cores.
func (e *Engine) SetStats(name string, do func(*Stats)) {
	e.change(name, func(s *state) { do(&s.stats) })
}
