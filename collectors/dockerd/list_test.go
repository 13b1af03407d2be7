package dockerd

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/system"

	"brink/collectors/dockerd/dockerdtest"
)

// listOf asks an engine that answers with the given list.
func listOf(t *testing.T, body string) ([]Container, error) {
	t.Helper()
	engine := dockerdtest.New(t)
	engine.Fail("/containers/json", dockerdtest.Body(body))
	return connect(t, engine.Host()).List(soon(t))
}

func TestListOfARealEngine(t *testing.T) {
	got, err := listOf(t, section(t, "docker-20.10-cgroup-v1.txtar", "list.json"))
	if err != nil {
		t.Fatal(err)
	}
	const image = "sha256:0bb2858907d7945f04eb2a23273d2bd27f28803552a5c5a15b605047a132f634"
	want := []Container{
		{
			ID: "dc7a82d4b9db70e992c43d8036a914de18d06a864b1e8b847427337b96e4bf7c", Name: "oom", Image: "agent:e2e", ImageID: image,
			State: StatusExited, Summary: "Exited (137) 2 seconds ago", Created: time.Unix(1795468640, 0),
		},
		{
			ID: "76249b4f661432385494d6b28b17db4bdcb52c20a8a85f557050a9c6deb426d2", Name: "openclaw-agent", Image: "agent:e2e", ImageID: image,
			State: StatusExited, Summary: "Exited (137) 4 seconds ago", Created: time.Unix(1795468636, 0),
			Labels:  map[string]string{labelService: "openclaw-gateway", labelProject: "openclaw"},
			Service: "openclaw-gateway", Project: "openclaw",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestListBounds(t *testing.T) {
	long := strings.Repeat("n", 10_000)
	got, err := listOf(t, `[{"Id":"`+long+`","Names":["/gateway/alias","/`+long+`"],"Image":"`+long+`","State":"`+long+`","Status":"`+long+`"},{"Names":null},{"Names":["\u001b[2J"]}]`)
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(got[0].Name) != maxName || len(got[0].ID) != maxName || len(got[0].Image) != maxImage || len(got[0].State) != maxName || len(got[0].Summary) != maxName {
		t.Errorf("%+v", got[0])
	}
	if got[1].Name != "" || got[2].Name != "\x1b[2J" {
		t.Errorf("text of the engine is kept as it is: %q, %q", got[1].Name, got[2].Name)
	}
}

func TestListFollowsTheEngine(t *testing.T) {
	engine := dockerdtest.New(t)
	c := connect(t, engine.Host())
	names := func() string {
		t.Helper()
		list, err := c.List(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, container := range list {
			all = append(all, container.Name+" "+string(container.State))
		}
		return strings.Join(all, ", ")
	}
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, ""},
		{func() { engine.Add(dockerdtest.Container{Name: "a"}) }, "a created"},
		{func() { engine.Run(dockerdtest.Container{Name: "b"}) }, "a created, b running"},
		{func() { engine.Pause("b") }, "a created, b paused"},
		{func() { engine.Unpause("b") }, "a created, b running"},
		{func() { engine.Stop("b", 143) }, "a created, b exited"},
		{func() { engine.Restarting("b") }, "a created, b restarting"},
		{func() { engine.Rename("a", "c") }, "c created, b restarting"},
		{func() { engine.Remove("b") }, "c created"},
	} {
		step.do()
		if got := names(); got != step.want {
			t.Errorf("%q, want %q", got, step.want)
		}
	}
}

func TestInfoOfTheEngine(t *testing.T) {
	for _, test := range []struct {
		flavor  dockerdtest.Flavor
		version string
		driver  string
	}{{dockerdtest.CgroupV2, "2", "systemd"}, {dockerdtest.CgroupV1, "1", "cgroupfs"}} {
		engine := dockerdtest.Start(t, dockerdtest.Config{Flavor: test.flavor})
		c := connect(t, engine.Host())
		info, err := c.Info(soon(t))
		want := Info{
			Name: "fake", OperatingSystem: "Debian GNU/Linux 13 (trixie)", Kernel: "6.12.0", ServerVersion: "28.5.2",
			CgroupVersion: test.version, CgroupDriver: test.driver, CPUs: Some(2), MemoryTotal: Some[uint64](16 << 30), Seccomp: "builtin",
		}
		if diff := cmp.Diff(want, info, unexported()); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
	}
}

func TestInfoOfARootlessEngine(t *testing.T) {
	engine := dockerdtest.New(t)
	engine.Fail("/info", dockerdtest.Body(`{"NCPU":0,"MemTotal":-1,"LiveRestoreEnabled":true,"CgroupDriver":"none","CgroupVersion":"2","SecurityOptions":["name=seccomp,profile=rootless","name=rootless","name=userns"]}`))
	info, err := connect(t, engine.Host()).Info(soon(t))
	want := Info{CgroupVersion: "2", CgroupDriver: "none", LiveRestore: true, Rootless: true, UserNamespace: true, Seccomp: "rootless"}
	if diff := cmp.Diff(want, info, unexported()); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

// FuzzList: of whatever the engine lists, nothing is without bounds, and a name has
// no slash before it.
func FuzzList(f *testing.F) {
	f.Add([]byte(section(f, "docker-20.10-cgroup-v1.txtar", "list.json")))
	f.Add([]byte(`[{"Id":"a","Names":["/a/b","//c",""],"Labels":{"":""},"Created":-1,"State":"\u001b","Ports":null}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var items []container.Summary
		if json.Unmarshal(data, &items) != nil {
			return
		}
		for _, item := range items {
			c := newContainer(item)
			if len(c.ID) > maxName || len(c.Name) > maxName || len(c.Image) > maxImage || len(c.State) > maxName || len(c.Summary) > maxName || len(c.Labels) > maxLabels {
				t.Errorf("out of bounds: %+v", c)
			}
			if c.Service != c.Labels[labelService] || c.Project != c.Labels[labelProject] {
				t.Errorf("%+v", c)
			}
		}
	})
}

// FuzzInfo: what the engine says of its host is bounded, and a number that makes no
// sense is absent.
func FuzzInfo(f *testing.F) {
	f.Add([]byte(`{"Name":"vps","NCPU":4,"MemTotal":3123892224,"CgroupVersion":"2","SecurityOptions":["name=seccomp,profile=builtin","name=rootless"]}`))
	f.Add([]byte(`{"NCPU":-1,"MemTotal":-9223372036854775808,"SecurityOptions":["",",","name="]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var raw system.Info
		if json.Unmarshal(data, &raw) != nil {
			return
		}
		info := newInfo(raw)
		for _, text := range []string{info.Name, info.OperatingSystem, info.Kernel, info.ServerVersion, info.CgroupVersion, info.CgroupDriver} {
			if len(text) > maxName {
				t.Errorf("out of bounds: %+v", info)
			}
		}
		cpus, counted := info.CPUs.Get()
		memory, told := info.MemoryTotal.Get()
		if counted && cpus <= 0 || told && (memory == 0 || memory > math.MaxInt64) {
			t.Errorf("%+v", info)
		}
	})
}
