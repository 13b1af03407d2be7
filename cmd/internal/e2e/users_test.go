//go:build e2e

package e2e

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"brink/collectors/dockerd/dockerdtest"
)

// visitor is a user who may not open the engine's socket: brink says which permission is missing and what helps, and
// needs none for the control group itself.
func visitor(s *scenario) {
	dir, err := s.host.Cgroup(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	target := "cgroup:" + strings.TrimPrefix(dir, cgroupRoot)
	brink := s.host.Brink().As("visitor")
	s.part("is told what is missing", func(s *scenario) {
		check := s.checkAs(brink, "")
		if check.Exit != ExitUnknown || len(check.Containers) != 0 || len(check.Waiting) != 1 {
			s.Fatalf("check ended with %d and %s%s, want %d and one target that is waited for", check.Exit, check.Raw, check.Stderr, ExitUnknown)
		}
		waiting := check.Waiting[0]
		if !slices.Contains(waiting.Choices, target) {
			s.Errorf("%q does not offer %s", waiting.Choices, target)
		}
		text, exit, err := brink.Text(s.ctx, "check")
		if err != nil || exit != ExitUnknown || !strings.Contains(text, target) {
			s.Errorf("the text ended with %d: %s%v", exit, text, err)
		}
		for _, word := range []string{"no permission", "docker.sock", "group docker", "proxy"} {
			if !strings.Contains(waiting.Why, word) || !strings.Contains(text, word) {
				s.Errorf("neither may miss %q: %q; %s", word, waiting.Why, text)
			}
		}
	})
	s.part("reads the control group", func(s *scenario) {
		s.agent("eat anon 200M")
		before := s.oracle()
		check := s.checkAs(brink, target)
		if check.Exit != ExitOK || len(check.Containers) != 1 {
			s.Fatalf("check ended with %d: %s%s", check.Exit, check.Raw, check.Stderr)
		}
		c := check.Containers[0]
		if c.State != "running" || !within(c.Memory.Anon, 200*mib, 230*mib) || !within(c.Pids.Limit.number(), 256, 256) || c.CPU.Cores == nil {
			s.Errorf("it shows %s", check.Raw)
		}
		if c.Memory.Peak == nil || *c.Memory.Peak < float64(before.Memory.MaxUsage) || c.Pids.Zombies == nil {
			s.Errorf("peak %v, zombies %v", orAbsent(c.Memory.Peak), orAbsent(c.Pids.Zombies))
		}
		if len(c.Network) > 0 && c.Network["receive_bytes_per_second"] != nil {
			s.Error("it knows the network of a process that it must not look into")
		}
		if _, asked := c.Source("engine"); asked {
			s.Error("the engine was asked")
		}
	})
}

// keeper is an ordinary user in the group docker: all but what needs root is there, and what is not has a reason.
func keeper(s *scenario) {
	s.agent("tmpfs /tmp 10M")
	check := s.checkAs(s.host.Brink().As("keeper"), "")
	c, shown := check.Agent()
	if !shown || check.Exit != ExitOK {
		s.Fatalf("check ended with %d: %s%s", check.Exit, check.Raw, check.Stderr)
	}
	tmp, mounted := c.TmpfsAt("/tmp")
	if !mounted || tmp.Used != nil || tmp.Ratio != nil || !within(tmp.Size, 256*mib, 256*mib) {
		s.Errorf("/tmp is %+v, want its size alone", tmp)
	}
	if !strings.Contains(tmp.Why, "permission denied") || !strings.Contains(tmp.Why, "root") {
		s.Errorf("no reason for what is in /tmp: %q", tmp.Why)
	}
	log, known := c.Source("kernel log")
	if !known || log.OK || !strings.Contains(log.Error, "CAP_SYSLOG") || !strings.Contains(log.Error, "dmesg_restrict") {
		s.Errorf("no reason why the kernel log cannot be read: %+v", log)
	}
	for name, value := range map[string]*float64{
		"memory": c.Memory.UnreclaimRatio, "cores": c.CPU.Cores, "pids": c.Pids.Current, "zombies": c.Pids.Zombies,
		"received": c.Network["receive_bytes_per_second"], "shmem": c.Memory.Shmem, "pressure": c.Pressure["memory"].SomeAvg10,
	} {
		if value == nil {
			s.Errorf("%s is absent", name)
		}
	}
	if !within(c.Memory.Shmem, 10*mib, 11*mib) || len(c.Processes) < 3 {
		s.Errorf("shmem %v, processes %+v", orAbsent(c.Memory.Shmem), c.Processes)
	}
}

// onlyAsking runs brink with a recorder in front of the engine: whatever it does, it asks, and never changes anything.
func onlyAsking(s *scenario) {
	engine, err := s.host.EngineSocket(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	proxy := dockerdtest.NewProxy(s, engine)
	const socket = "/run/brink-recorder.sock"
	release, err := s.host.OfferSocket(s.ctx, socket, strings.TrimPrefix(proxy.Host(), "unix://"))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		if err := release(context.WithoutCancel(s.ctx)); err != nil {
			s.Error(err)
		}
	})
	through := " --host unix://" + socket
	for _, source := range []string{"auto", "docker", "cgroup"} {
		check := s.check("--source " + source + through)
		if c, shown := check.Agent(); !shown || c.Memory.Current == nil || c.CPU.Cores == nil || check.Exit != ExitOK {
			s.Errorf("--source %s: check ended with %d: %s%s", source, check.Exit, check.Raw, check.Stderr)
		}
	}
	watched := *s
	watched.watch = s.open("--source docker" + through)
	first := watched.await("the recorded brink shows the agent", func(c Container) bool { return c.CPU.Cores != nil })
	s.run("docker pause " + ContainerName + " && docker unpause " + ContainerName)
	watched.told("unpaused")
	watched.settle("it goes on", func(c Container) bool { return c.State == "running" && c.CPU.Cores != nil })
	watched.watch.Close()
	asked := map[string]bool{}
	for _, request := range proxy.Requests() {
		if request.Method != http.MethodGet && request.Method != http.MethodHead {
			s.Errorf("it sent %s %s", request.Method, request.Path)
		}
		asked[request.Path] = true
	}
	for _, path := range []string{"/containers/json", "/events", "/containers/" + first.ID + "/json", "/containers/" + first.ID + "/stats"} {
		if !asked[path] {
			s.Errorf("the recorder saw no %s, only %v", path, asked)
		}
	}
}

// hostileNames: what a process in the container calls itself reaches neither a terminal nor a document as it is.
func hostileNames(s *scenario) {
	s.agent(`title "\x1b]0;owned\x07"`)
	for _, name := range []string{`"\x1b[31mred\x1b[m"`, `"\u202egnp.exe"`, `"a\nOK\tb"`, `"\x9b2J\xff\xfe"`} {
		s.agent("fork 1 " + name)
	}
	// That no string of any document is unclean is looked at in all of them; here must be what is left of the names.
	s.settle("the names are cleaned and shown", func(c Container) bool {
		var names []string
		for _, process := range c.Processes {
			names = append(names, process.Name)
		}
		shown := strings.Join(names, " ")
		return strings.Contains(shown, "owned") && strings.Contains(shown, "red") && strings.Contains(shown, "gnp.exe")
	})
	s.clean("check")
	s.clean("check --no-color")
	s.agent("title openclaw-gatewa")
}

// clean runs brink and requires that its text is lines of printable characters.
func (s *scenario) clean(arguments string) string {
	s.Helper()
	text, _, err := s.host.Brink().Text(s.ctx, arguments)
	if err != nil {
		s.Fatal(err)
	}
	for line := range strings.Lines(text) {
		if !printable(strings.TrimSuffix(line, "\n")) {
			s.Errorf("brink %s writes %q", arguments, line)
		}
	}
	return text
}
