package sources

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brink/collectors"
	"brink/collectors/cgroupfs"
	"brink/collectors/hostfs"
)

// running is a container with a process, as the engine tells of it.
func running(key, id string, pid int) resident {
	return resident{Identity: collectors.Identity{Key: key, ID: id, State: collectors.StateRunning, PID: collectors.Some(pid)}}
}

// TestLocate: where a container is, by what the host says of the process that the
// engine names.
func TestLocate(t *testing.T) {
	const (
		unified = "unified"
		hybrid  = "hybrid"
		legacy  = "legacy"
	)
	locators := map[string]locator{}
	for _, host := range []string{unified, "hidden", hybrid, legacy, "namespaced"} {
		locators[host] = locatorOf(tree(t, "hosts/"+host), host)
	}
	for _, tt := range []struct {
		name, host, id string
		pid            int
		local          bool
		path           string
		// why is a part of the reason.
		why string
	}{
		{"not running", unified, idA, 0, false, "", "does not run"},
		{"no such process, no such cgroup", unified, idB, 999, false, "", "process 999 is not to be seen on this host"},
		{"another process here has the number", unified, idB, 108, false, "", "process 108 here is in cgroup /system.slice/cron.service"},
		{"an engine that makes no cgroups", unified, idB, 109, false, "", "gives its containers no cgroups"},
		{"another container has the number by now", unified, idB, 100, false, "", "which is not the container's"},
		{"the file is no cgroup file", unified, idB, 111, false, "", "not of the expected form"},
		{"the end, seen by a zombie", unified, idB, 106, true, "", "has been removed"},
		{"a cgroup that is not below the mount", unified, idB, 110, true, "", "is not below"},
		{"an id that is none", unified, "0::", 100, false, "", "which is not the container's"},
		{"an id that climbs", unified, strings.Repeat("../", 21) + "x", 999, false, "", "not to be seen"},

		{"systemd driver", unified, idA, 100, true, "/system.slice/docker-" + idA + ".scope", ""},
		{"cgroupfs driver", unified, idA, 101, true, "/docker/" + idA, ""},
		{"rootless", unified, idA, 102, true, "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + idA + ".scope", ""},
		{"podman's cgroup below the limits", unified, idA, 103, true, "/machine.slice/libpod-" + idA + ".scope", ""},
		{"docker in docker: the inner one", unified, idA, 104, true, "/system.slice/docker-" + idC + ".scope/docker/" + idA, ""},
		{"docker in docker: the outer one", unified, idC, 104, true, "/system.slice/docker-" + idC + ".scope", ""},
		{"systemd in the container", unified, idA, 105, true, "/system.slice/docker-" + idA + ".scope", ""},
		{"a new life at the old place", unified, idA, 107, true, "/system.slice/docker-" + idA + ".scope", ""},
		{"by its usual place, the number means another here", unified, idA, 108, false, "/system.slice/docker-" + idA + ".scope", "process 108 here"},
		{"by its usual place, the process is hidden", "hidden", idA, 100, false, "/libpod_parent/libpod-" + idA, "hidepid"},

		{"hybrid: the line 0:: proves nothing", hybrid, idA, 101, true, "", "cgroup v1 (hybrid)"},
		{"hybrid, cgroupfs driver", hybrid, idA, 100, true, "", "cgroup v1 (hybrid)"},
		{"hybrid: another process", hybrid, idA, 102, false, "", "process 102 here is in cgroup /user.slice"},
		{"v1", legacy, idA, 100, true, "", "cgroup v1 (legacy)"},
		{"v1: not there", legacy, idA, 101, false, "", "not to be seen"},

		{"brink in a container: by its usual place", "namespaced", idA, 100, true, "/system.slice/docker-" + idA + ".scope", ""},
		{"brink in a container: by the rest of the path", "namespaced", idB, 101, true, "/machine.slice/libpod-" + idB + ".scope", ""},
		{"brink in a container: out of sight", "namespaced", idC, 102, true, "", "--cgroupns=host"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			identity := collectors.Identity{ID: tt.id}
			if tt.pid > 0 {
				identity.PID = collectors.Some(tt.pid)
			}
			got := locators[tt.host].locate(identity)
			if got.local != tt.local || got.path != tt.path {
				t.Errorf("local %v at %q, want %v at %q", got.local, got.path, tt.local, tt.path)
			}
			if !strings.Contains(got.why, tt.why) || (got.path == "" || !got.local) == (got.why == "") {
				t.Errorf("why %q, want %q", got.why, tt.why)
			}
		})
	}
}

// locatorOf makes the locator of a host, whose mode its name tells.
func locatorOf(root, host string) locator {
	mode := hostfs.CgroupUnified
	switch host {
	case "hybrid":
		mode = hostfs.CgroupHybrid
	case "legacy":
		mode = hostfs.CgroupLegacy
	}
	return NewPlaces(NewRoster(nil, noon), PlaceOptions{
		Proc:    hostfs.New(filepath.Join(root, "proc")),
		Cgroups: cgroupfs.NewFS(filepath.Join(root, "sys"), cgroupfs.Options{}),
		Unified: mode == hostfs.CgroupUnified, Mode: mode.String(),
	}).locator
}

// TestLocateHostile: the cgroup of a foreign process is shown without what it can do
// to a terminal.
func TestLocateHostile(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "proc/100/cgroup"), "0::/x\x1b[2J"+strings.Repeat("y", 5000)+"\n")
	got := locatorOf(root, "unified").locate(running("agent", idA, 100).Identity)
	if strings.Contains(got.why, "\x1b") || len(got.why) > 1000 {
		t.Errorf("%q", got.why)
	}
}

// TestLocateBare: a cgroup by its path needs a mount, and nothing else.
func TestLocateBare(t *testing.T) {
	if got := (locator{root: "/sys/fs/cgroup"}).bare("/a"); got != (place{local: true, path: "/a"}) {
		t.Errorf("%+v", got)
	}
	if got := (locator{mode: "legacy"}).bare("/a"); got.path != "" || !strings.Contains(got.why, "no cgroup v2 mounted (legacy)") {
		t.Errorf("%+v", got)
	}
}

// meetAll puts containers into a roster as if an engine had told of them.
func meetAll(r *Roster, residents ...resident) {
	met := map[string]resident{}
	var all []Candidate
	for _, who := range residents {
		met[who.ID] = who
		all = append(all, Candidate{ID: who.ID, Name: who.Key, Running: who.State.Alive()})
	}
	r.settle(r.look(all), met, nil, noon)
	r.markLooked()
}

// TestPlacesNow: a place is looked for once in a round and then every few seconds,
// and at once when the container has another process.
func TestPlacesNow(t *testing.T) {
	root := tree(t, "hosts/unified")
	roster := NewRoster(targets(t, "agent", "gone"), noon)
	places := placesIn(root, roster)
	meetAll(roster, running("agent", idA, 100))
	scope := "/system.slice/docker-" + idA + ".scope"
	at := func(second int) string {
		now := places.now(after(time.Duration(second) * time.Second))
		if len(now) != 1 {
			t.Fatalf("%d places", len(now))
		}
		if kept, _ := places.of("agent"); kept.path != now[0].path {
			t.Errorf("of says %q", kept.path)
		}
		return now[0].path
	}
	if got := at(0); got != scope {
		t.Fatalf("at %q", got)
	}
	write(t, filepath.Join(root, "proc/100/cgroup"), "0::/docker/"+idA+"\n")
	if got := at(0) + at(4); got != scope+scope {
		t.Errorf("it was looked for again too soon: %q", got)
	}
	if got := at(5); got != "/docker/"+idA {
		t.Errorf("it was not looked for again: %q", got)
	}
	meetAll(roster, running("agent", idA, 102))
	if got := at(5); !strings.HasPrefix(got, "/user.slice") {
		t.Errorf("another process, and the place is %q", got)
	}
	if _, ok := places.of("gone"); ok {
		t.Error("who is not there has a place")
	}
}

// TestNearbyContainers: what can be offered to paste is what is named after a
// container, and nothing else.
func TestNearbyContainers(t *testing.T) {
	root := tree(t, "hosts/unified")
	for _, dir := range []string{
		"docker/not-a-container", "docker/" + idC + "-x", "system.slice/docker-" + idC + ".scope\x1b[2J", "system.slice/docker-\x1b.scope",
		"user.slice/user-1\x1b.slice/user@1.service/user.slice/docker-" + idC + ".scope",
	} {
		if err := os.MkdirAll(filepath.Join(root, "sys", dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	got := nearbyContainers(filepath.Join(root, "sys"))
	want := []string{
		"cgroup:/system.slice/docker-" + idC + ".scope", "cgroup:/system.slice/docker-" + idA + ".scope",
		"cgroup:/docker/" + idA,
		"cgroup:/machine.slice/libpod-" + idA + ".scope",
		"cgroup:/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + idA + ".scope",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, text := range got {
		if target(t, text).NeedsEngine() {
			t.Errorf("%s cannot be pasted", text)
		}
	}
	if got := nearbyContainers(filepath.Join(root, "none")); got != nil {
		t.Errorf("without a tree: %q", got)
	}
	many := t.TempDir()
	for n := range 3 * nearbyMost {
		id := strings.Repeat(string("0123456789abcdef"[n%16]), 63) + string("0123456789abcdef"[n/16])
		write(t, filepath.Join(many, "docker", id, "cgroup.procs"), "")
	}
	if got := nearbyContainers(many); len(got) != nearbyMost {
		t.Errorf("%d are offered", len(got))
	}
}
