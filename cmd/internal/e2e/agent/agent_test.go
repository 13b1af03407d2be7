package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary play its own child: /proc/self/exe is what the eaters run.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "eater" {
		os.Exit(run(os.Args[1:], log.New(os.Stdout, "", 0), log.New(os.Stderr, "", 0)))
	}
	os.Exit(m.Run())
}

// quietGateway is one without the base load; what it was told is undone after the test.
func quietGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{stop: func() {}}
	t.Cleanup(func() {
		if err := g.quiet(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func TestObeyRefuses(t *testing.T) {
	g := quietGateway(t)
	for line, want := range map[string]string{
		"":                         "error empty command",
		"\n":                       "error empty command",
		"dance":                    `error unknown command "dance"`,
		"eat":                      "error usage: eat anon SIZE",
		"eat anon":                 "error usage: eat anon SIZE",
		"eat shmem 1M":             "error usage: eat anon SIZE",
		"eat anon much":            `error "much" is no size`,
		"eat anon 0":               `error "0" is no size`,
		"eat anon 1M rate never":   `error "never" is no size`,
		"burn -1":                  `error "-1" is no count`,
		"burn many":                `error "many" is no count`,
		"fork":                     "error usage: fork N [NAME]",
		"zombies 1 a b":            "error usage: zombies N [NAME]",
		"child eat":                "error usage: child eat SIZE [NAME]",
		"child sleep 1M":           "error usage: child eat SIZE [NAME]",
		"cache":                    "error usage: cache SIZE",
		"tmpfs /nowhere/at/all 1M": "error open /nowhere/at/all/fill: no such file or directory",
		"title":                    "error usage: title NAME",
		"health maybe":             "error usage: health [on|off [TEXT]]",
		"exit now":                 `error "now" is no count`,
	} {
		if got := obey(g, line); !strings.HasPrefix(got, want) {
			t.Errorf("obey(%q) = %q, want %q", line, got, want)
		}
	}
	if got := obey(g, "status"); got != "ok anon=0 burners=0 children=0 zombies=0 eaters=0 files=0" {
		t.Errorf("after refusals only: %q", got)
	}
}

// residentAnon is the process's own anonymous memory, as the kernel counts it.
func residentAnon(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

func TestEatIsResident(t *testing.T) {
	g := quietGateway(t)
	const size = 64 << 20
	before := residentAnon(t)
	if got := obey(g, "eat anon 64M"); got != fmt.Sprintf("ok anon=%d", size) {
		t.Fatalf("eat = %q", got)
	}
	if grown := residentAnon(t) - before; grown < size*9/10 {
		t.Errorf("grew by %d bytes, want about %d", grown, size)
	}
	obey(g, "free")
	if grown := residentAnon(t) - before; grown > size/2 {
		t.Errorf("after free still %d bytes more", grown)
	}
}

func TestEatSlowly(t *testing.T) {
	g := quietGateway(t)
	started := time.Now()
	if got := obey(g, "eat anon 4M rate 16M/s"); got != "ok anon=4194304" {
		t.Fatalf("eat = %q", got)
	}
	if took := time.Since(started); took < 100*time.Millisecond {
		t.Errorf("4M at 16M/s took %v", took)
	}
}

// A meal that would take an hour ends when the memory is freed.
func TestFreeEndsASlowMeal(t *testing.T) {
	g := quietGateway(t)
	ended := make(chan string)
	go func() { ended <- obey(g, "eat anon 3600M rate 1M") }()
	for g.anon.held() == 0 {
		time.Sleep(time.Millisecond)
	}
	obey(g, "free")
	if got := <-ended; got != "ok anon=0" {
		t.Errorf("the meal ended with %q", got)
	}
}

// childStates are the state letters of this process's children with that name (proc_pid_stat(5)).
func childStates(t *testing.T, name string) string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var states strings.Builder
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // It ended meanwhile.
		}
		_, rest, _ := strings.Cut(string(stat), "("+name+") ")
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			states.WriteString(fields[0])
		}
	}
	return states.String()
}

func TestZombiesStayUntilQuiet(t *testing.T) {
	g := quietGateway(t)
	if got := obey(g, "zombies 3 undead"); got != "ok zombies=3" {
		t.Fatalf("zombies = %q", got)
	}
	await(t, "three zombies", func() bool { return childStates(t, "undead") == "ZZZ" })
	obey(g, "quiet")
	if got := childStates(t, "undead"); got != "" {
		t.Errorf("after quiet: children in states %q", got)
	}
}

func TestForkedChildrenSleepUnderTheirName(t *testing.T) {
	g := quietGateway(t)
	// A name may hold anything: brink must not trust it.
	if got := obey(g, `fork 2 "a\x1b[31mred"`); got != "ok forked=2" {
		t.Fatalf("fork = %q", got)
	}
	await(t, "two sleepers", func() bool { return childStates(t, "a\x1b[31mred") == "SS" })
	if got := obey(g, "forkstorm 3 storm"); got != "ok forked=3 refused=false" {
		t.Errorf("forkstorm = %q", got)
	}
	if got := obey(g, "status"); !strings.Contains(got, "children=5") {
		t.Errorf("status = %q", got)
	}
}

func TestChildEatsAndEnds(t *testing.T) {
	g := quietGateway(t)
	if got := obey(g, "child eat 8M glutton"); !strings.HasPrefix(got, "ok pid=") || !strings.HasSuffix(got, "holds=8388608") {
		t.Fatalf("child eat = %q", got)
	}
	if got := childStates(t, "glutton"); got != "S" {
		t.Errorf("the child is in state %q", got)
	}
	g.eaters.kill()
	if got := childStates(t, "glutton"); got != "" || g.eaters.count() != 0 {
		t.Errorf("after kill: state %q, %d counted", got, g.eaters.count())
	}
}

func TestBurnersUseTheirCPUs(t *testing.T) {
	g := quietGateway(t)
	before := cpuTime(t)
	if got := obey(g, "burn 2"); got != "ok burners=2" {
		t.Fatalf("burn = %q", got)
	}
	await(t, "a tenth of a second of CPU time", func() bool { return cpuTime(t)-before > 100*time.Millisecond })
	if got := obey(g, "burn 0"); got != "ok burners=0" {
		t.Errorf("burn 0 = %q", got)
	}
	await(t, "the burners' end", func() bool { return g.burners.spun.Load() > 0 })
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func TestFilesAreFilledAndRemoved(t *testing.T) {
	g := quietGateway(t)
	dir := t.TempDir()
	if got := obey(g, "tmpfs "+dir+" 1M"); got != "ok wrote=1048576 full=false" {
		t.Fatalf("tmpfs = %q", got)
	}
	obey(g, "tmpfs "+dir+" 1M")
	if info, err := os.Stat(dir + "/fill"); err != nil || info.Size() != 2<<20 || g.files.held() != 2<<20 {
		t.Errorf("filled %v, %v; held %d", info, err, g.files.held())
	}
	if err := g.files.cache(dir+"/cache", 3<<20); err != nil {
		t.Error(err)
	}
	if held := g.files.held(); held != 5<<20 {
		t.Errorf("held %d, want 5 MiB", held)
	}
	obey(g, "quiet")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("after quiet: %v, %v", left, err)
	}
}

// serve runs a gateway on a socket and returns what a caller of `agent do` gets.
func serve(t *testing.T, g *gateway) (socket string, ask func(args ...string) (int, string, string)) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "s")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- listen(ctx, socket, g) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("listen ended with %v", err)
		}
	})
	return socket, func(args ...string) (int, string, string) {
		var stdout, stderr bytes.Buffer
		t.Setenv("AGENT_SOCKET", socket)
		code := run(args, log.New(&stdout, "", 0), log.New(&stderr, "", 0))
		return code, stdout.String(), stderr.String()
	}
}

func TestDoAndHealth(t *testing.T) {
	g := quietGateway(t)
	_, ask := serve(t, g)
	for _, test := range []struct {
		args   []string
		code   int
		stdout string
	}{
		{[]string{"sing"}, exitUsage, ""},
		{[]string{"do"}, exitUsage, ""},
		{[]string{"do", "-wait", "5s", "dance"}, exitRefuse, "error unknown command \"dance\"\n"},
		{[]string{"do", "fork 1"}, exitOK, "ok forked=1\n"},
		{[]string{"do", "burn", "0"}, exitOK, "ok burners=0\n"},
		{[]string{"health"}, exitOK, "ok\n"},
		{[]string{"do", "health off"}, exitOK, "ok\n"},
		{[]string{"health"}, exitRefuse, "error the gateway does not answer\n"},
		{[]string{"do", `health off "\x1b[2J"`}, exitOK, "ok\n"},
		{[]string{"health"}, exitRefuse, "error \x1b[2J\n"},
		{[]string{"do", "quiet"}, exitOK, "ok\n"},
		{[]string{"health"}, exitOK, "ok\n"},
	} {
		if code, stdout, _ := ask(test.args...); code != test.code || stdout != test.stdout {
			t.Errorf("agent %q = %d, %q; want %d, %q", test.args, code, stdout, test.code, test.stdout)
		}
	}
}

func TestDoWithoutAnAgent(t *testing.T) {
	t.Setenv("AGENT_SOCKET", filepath.Join(t.TempDir(), "nobody"))
	var stderr bytes.Buffer
	if code := run([]string{"do", "status"}, log.New(&stderr, "", 0), log.New(&stderr, "", 0)); code != exitGone {
		t.Errorf("agent do = %d, %q; want %d", code, stderr.String(), exitGone)
	}
}

// A socket that a killed agent left behind is no obstacle.
func TestListenReplacesADeadSocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	if err := os.WriteFile(socket, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- listen(ctx, socket, quietGateway(t)) }()
	connection, err := dial(socket, 10*time.Second)
	if err != nil {
		t.Error(err)
	} else if err := connection.Close(); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("listen ended with %v", err)
	}
}

// await polls the kernel's view, which follows a moment after the deed.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
