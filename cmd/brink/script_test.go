package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/docker/go-units"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/txtar"

	"brink/collectors/dockerd/dockerdtest"
)

// TestScripts runs the program as people and monitoring systems do. Beside the
// commands of testscript there are
//
//	code N COMMAND...        the command ends with exit code N
//	tree DIR                 lays out the files of the agent's cgroup
//	engine [api=VERSION]     starts an engine, which DOCKER_HOST then names
//	container NAME [K=V...]  runs a container there: image, service, memory, pids, state,
//	                         pid, and for an audit setup=hardened, outside or careless;
//	                         $ID is then its id
//	remove NAME              stops a container and removes it
//	process DIR PID ID UID CAPS
//	                         lays out the files of its process in a /proc, and of its
//	                         cgroup in sys
//	fail PATH FAULT          lets the engine's answers to PATH go wrong
//	recorded DIR             records ten minutes of a real container
//	signal NAME              sends TERM or HUP to the command in the background
//
// Whatever a script does, brink must only read.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("DOCKER_HOST", "unix://"+filepath.Join(env.WorkDir, "no-engine.sock"))
			env.Setenv("TERM", "xterm-256color")
			env.Setenv("ESC", "\x1b")
			env.Values[engineKey{}] = new(*dockerdtest.Engine)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code":      commandCode,
			"tree":      commandTree,
			"engine":    func(ts *testscript.TestScript, _ bool, args []string) { commandEngine(ts, t, args) },
			"container": commandContainer,
			"fail":      commandFail,
			"process":   commandProcess,
			"signal":    commandSignal,
			"remove":    commandRemove,
			"recorded":  commandRecorded,
		},
	})
}

type engineKey struct{}

func engineOf(ts *testscript.TestScript) **dockerdtest.Engine {
	return ts.Value(engineKey{}).(**dockerdtest.Engine)
}

func commandCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func commandTree(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(layOutAgent(ts.MkAbs(args[0])))
}

// layOutAgent writes the files of a cgroup as the kernel has them for the
// hardened agent: 2 GiB without swap, 1.5 cores, 256 tasks; one third full.
func layOutAgent(dir string) error {
	archive, err := txtar.ParseFile("testdata/agent.txtar")
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

func commandEngine(ts *testscript.TestScript, t *testing.T, args []string) {
	config := dockerdtest.Config{Clock: time.Now}
	for _, arg := range args {
		api, ok := strings.CutPrefix(arg, "api=")
		if !ok {
			ts.Fatalf("engine: what is %s?", arg)
		}
		config.APIVersion = api
	}
	engine := dockerdtest.Start(t, config)
	*engineOf(ts) = engine
	ts.Setenv("DOCKER_HOST", engine.Host())
	ts.Defer(func() {
		for _, request := range dockerdtest.Writes(engine.Requests()) {
			t.Errorf("brink sent %s %s to the engine", request.Method, request.Path)
		}
	})
}

func commandContainer(ts *testscript.TestScript, _ bool, args []string) {
	engine := *engineOf(ts)
	c := dockerdtest.Container{Name: unescape(ts, args[0]), Image: "debian:13", Labels: map[string]string{}}
	state := "running"
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		var err error
		switch key {
		case "image":
			c.Image = unescape(ts, value)
		case "service":
			c.Labels["com.docker.compose.service"] = value
		case "memory":
			c.Memory, err = units.RAMInBytes(value)
			c.MemorySwap = c.Memory
		case "pids":
			c.Pids, err = strconv.ParseInt(value, 10, 64)
		case "state":
			state = value
		case "pid":
			c.PID, err = strconv.Atoi(value)
		case "setup":
			err = setUp(engine, &c, value)
		default:
			ts.Fatalf("container: what is %s?", arg)
		}
		ts.Check(err)
	}
	id := engine.Run(c)
	ts.Setenv("ID", id)
	switch state {
	case "running":
	case "exited":
		engine.Stop(id, 0)
	case "killed":
		engine.OOM(id)
		engine.Die(id, 137)
	default:
		ts.Fatalf("container: no state %s", state)
	}
}

// unescape reads the escapes of a Go string: scripts hold no raw control bytes.
func unescape(ts *testscript.TestScript, text string) string {
	plain, err := strconv.Unquote(`"` + text + `"`)
	ts.Check(err)
	return plain
}

func commandFail(ts *testscript.TestScript, _ bool, args []string) {
	faults := map[string]dockerdtest.Fault{
		"forbidden": dockerdtest.Forbidden(),
		"garbage":   dockerdtest.Garbage(),
		"hang":      dockerdtest.Hang(),
		"slow":      dockerdtest.Slow(1500 * time.Millisecond),
	}
	fault, ok := faults[args[1]]
	if !ok {
		ts.Fatalf("fail: no fault %s", args[1])
	}
	(*engineOf(ts)).Fail(args[0], fault)
}

func commandRemove(ts *testscript.TestScript, _ bool, args []string) {
	engine := *engineOf(ts)
	engine.Stop(args[0], 0)
	engine.Remove(args[0])
}

func commandSignal(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]os.Signal{"TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}
	signal, ok := signals[args[0]]
	running := ts.BackgroundCmds()
	if !ok || len(running) != 1 {
		ts.Fatalf("signal: no signal %s, or not one command in the background but %d", args[0], len(running))
	}
	ts.Check(running[0].Process.Signal(signal))
}
