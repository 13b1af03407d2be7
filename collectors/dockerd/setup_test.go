package dockerd

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/system"

	"brink/collectors/dockerd/dockerdtest"
)

func setupOptions() cmp.Option {
	return cmp.AllowUnexported(Opt[bool]{}, Opt[string]{}, Opt[[]string]{}, Opt[[]MountPoint]{}, Opt[[]Port]{}, Opt[[]Variable]{})
}

func TestSetupOfARealEngine(t *testing.T) {
	got, err := decodeSetup([]byte(section(t, "docker-20.10-cgroup-v1.txtar", "inspect.json")))
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "openclaw-agent" || got.RestartPolicy.Name != "unless-stopped" {
		t.Errorf("%+v", got.Details)
	}
	got.Details = Details{}
	want := Setup{
		Privileges: SetupPrivileges{
			Privileged: Some(false), SecurityOptions: Some[[]string](nil), CapAdd: Some[[]string](nil), CapDrop: Some[[]string](nil),
			Devices: Some[[]string](nil),
			MaskedPaths: Some([]string{
				"/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
				"/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
			}),
			ReadonlyPaths: Some([]string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}),
		},
		Namespaces: SetupNamespaces{
			PID: Some(""), Network: Some("none"), IPC: Some("private"), UTS: Some(""), Cgroup: Some("host"), User: Some(""),
		},
		Files: SetupFiles{ReadonlyRoot: Some(true), Mounts: Some([]MountPoint{{Type: "tmpfs", Destination: "/run", Writable: true}})},
		Network: SetupNetwork{
			Ports: Some[[]Port](nil), PublishAll: Some(false),
			Networks: []string{"92a57effaa33d83eeeab9efc867e57e282b23e6fcac72e28f8f8baf009aa10a6"},
		},
		Process: SetupProcess{
			Command: []string{"/agent", "idle"}, HealthCheck: true, Runtime: "runc",
			Environment: Some([]Variable{{Name: "SECRET_KEY", Set: true}}),
		},
		Log: LogDriver{Type: "json-file"},
	}
	if diff := cmp.Diff(want, got, setupOptions(), unexported()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSetupBadInput(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{``, "unexpected end of JSON input"},
		{`{}`, "the answer has no HostConfig"},
		{`{"HostConfig":null}`, "the answer has no HostConfig"},
		{`{"HostConfig":{"Privileged":"no"}}`, "cannot unmarshal string"},
		{`{"HostConfig":{"SecurityOpt":"x"}}`, "cannot unmarshal string"},
		{`{"HostConfig":{},"Config":{"Env":"K=hunter2"}}`, "cannot unmarshal string"},
		{`{"HostConfig":{},"Config":{"Env":[7]}}`, "Config.Env holds something that is no variable"},
		{`{"HostConfig":{},"Config":{"Env":[{"K":"hunter2"}]}}`, "Config.Env holds something that is no variable"},
	} {
		_, err := decodeSetup([]byte(test.in))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %s", test.in, err, test.want)
		}
	}
}

// What is left out is neither on nor off; an empty list that is told is one.
func TestSetupTellsAbsentFromEmpty(t *testing.T) {
	left, err := decodeSetup([]byte(`{"HostConfig":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Setup{Details: left.Details, Process: SetupProcess{Command: []string{""}}}, left, setupOptions(), unexported()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	told, err := decodeSetup([]byte(`{"Mounts":null,"HostConfig":{"CapDrop":null,"Devices":[],"PidMode":"","PortBindings":null,"MaskedPaths":null},"Config":{"Env":null}}`))
	if err != nil {
		t.Fatal(err)
	}
	for what, present := range map[string]bool{
		"mounts": has(told.Files.Mounts), "drop": has(told.Privileges.CapDrop), "add": !has(told.Privileges.CapAdd),
		"devices": has(told.Privileges.Devices), "pid": has(told.Namespaces.PID), "ports": has(told.Network.Ports),
		"masked": has(told.Privileges.MaskedPaths), "environment": has(told.Process.Environment),
	} {
		if !present {
			t.Error(what)
		}
	}
}

func has[T any](o Opt[T]) bool {
	_, ok := o.Get()
	return ok
}

func TestSetupDevicesAndPorts(t *testing.T) {
	got, err := decodeSetup([]byte(`{"HostConfig":{
		"Devices":[{"PathOnHost":"/dev/kvm"}],"DeviceRequests":[{"Driver":"nvidia"}],"DeviceCgroupRules":["c 1:3 rwm"],
		"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}],"53/udp":null},
		"Ulimits":[{"Name":"nofile","Soft":1024,"Hard":4096}],
		"LogConfig":{"Type":"json-file","Config":{"max-size":"10m","max-file":"3"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if list, _ := got.Privileges.Devices.Get(); !slices.Equal(list, []string{"/dev/kvm", "request of driver nvidia", "cgroup rule c 1:3 rwm"}) {
		t.Errorf("%q", list)
	}
	if list, _ := got.Network.Ports.Get(); !slices.Equal(list, []Port{{"80/tcp", "", "8080"}, {"80/tcp", "::", "8080"}}) {
		t.Errorf("%q", list)
	}
	if got.Log != (LogDriver{"json-file", "10m", "3"}) || !slices.Equal(got.Ulimits, []Ulimit{{"nofile", 1024, 4096}}) {
		t.Errorf("%+v, %+v", got.Log, got.Ulimits)
	}
}

func TestVariableKeepsNoValue(t *testing.T) {
	for _, test := range []struct {
		in   string
		want Variable
	}{
		{`"ANTHROPIC_API_KEY=hunter2"`, Variable{Name: "ANTHROPIC_API_KEY", Set: true}},
		{`"EMPTY="`, Variable{Name: "EMPTY"}},
		{`"BARE"`, Variable{Name: "BARE"}},
		{`""`, Variable{}},
		{`"A=b=c"`, Variable{Name: "A", Set: true}},
		{`"ESCAPED\u003dhunter2"`, Variable{Name: "ESCAPED", Set: true}},
		{`"\u001b[2J=hunter2"`, Variable{Name: "\x1b[2J", Set: true}},
		{`"LESS\u003cMORE=x"`, Variable{Name: "LESS<MORE", Set: true}},
		{`"QUOTE\"D=x"`, Variable{Name: `QUOTE"D`, Set: true}},
		{`"DOCKER_HOST=tcp://proxy:2375"`, Variable{Name: "DOCKER_HOST", Set: true, Remote: true}},
		{`"DOCKER_HOST=ssh:\/\/root@host"`, Variable{Name: "DOCKER_HOST", Set: true, Remote: true}},
		{`"DOCKER_HOST=unix:///var/run/docker.sock"`, Variable{Name: "DOCKER_HOST", Set: true}},
		{`"OTHER=tcp://x"`, Variable{Name: "OTHER", Set: true}},
	} {
		setup, err := decodeSetup([]byte(`{"HostConfig":{},"Config":{"Env":[` + test.in + `]}}`))
		if err != nil {
			t.Errorf("%s: %v", test.in, err)
		}
		list, _ := setup.Process.Environment.Get()
		if len(list) != 1 || list[0] != test.want {
			t.Errorf("%s: %+v, want %+v", test.in, list, test.want)
		}
		if strings.Contains(fmt.Sprintf("%+v", setup), "hunter2") {
			t.Errorf("%s: the value was kept", test.in)
		}
	}
}

func TestSetupOverTheWire(t *testing.T) {
	c := hardened()
	c.Inspect = func(r *container.InspectResponse) { r.HostConfig.Privileged = true }
	engine := dockerdtest.New(t)
	engine.Run(c)
	setup, err := connect(t, engine.Host()).Setup(soon(t), "openclaw-agent")
	if err != nil {
		t.Fatal(err)
	}
	if setup.Privileges.Privileged != Some(true) || setup.Limits.Memory != LimitOf(2<<30) || !has(setup.State.PID) {
		t.Errorf("%+v", setup)
	}
	if _, err := connect(t, engine.Host()).Setup(soon(t), "../info"); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestImagesAndNetworks(t *testing.T) {
	engine := dockerdtest.Start(t, dockerdtest.Config{Info: func(info *system.Info) {
		info.SecurityOptions = append(info.SecurityOptions, "name=apparmor", "name=no-new-privileges")
		info.FirewallBackend = &system.FirewallInfo{Driver: "nftables"}
	}})
	engine.SetImage("ghcr.io/openclaw/openclaw:2.1", "sha256:aa", "ghcr.io/openclaw/openclaw@sha256:bb")
	engine.SetNetwork("openclaw-net", "92a57e", true)
	c := connect(t, engine.Host())
	image, err := c.InspectImage(soon(t), "ghcr.io/openclaw/openclaw:2.1")
	if err != nil || image.ID != "sha256:aa" || !slices.Equal(image.Digests, []string{"ghcr.io/openclaw/openclaw@sha256:bb"}) {
		t.Errorf("%+v, %v", image, err)
	}
	network, err := c.InspectNetwork(soon(t), "92a57e")
	if err != nil || !reflect.DeepEqual(network, NetworkDetails{ID: "92a57e", Name: "openclaw-net", Driver: "bridge", Internal: true, Bridge: "br-92a57e"}) {
		t.Errorf("%+v, %v", network, err)
	}
	info, err := c.Info(soon(t))
	if err != nil || !info.AppArmor || info.SELinux || !info.NoNewPrivileges || info.Seccomp != "builtin" || info.Firewall != "nftables" {
		t.Errorf("%+v, %v", info, err)
	}
	for _, name := range []string{"", "/etc", "a/../../info", "a?b", "a b", "a%2f", strings.Repeat("a", 2000)} {
		before := len(engine.Requests())
		if _, err := c.InspectImage(soon(t), name); !errors.Is(err, ErrNotFound) || len(engine.Requests()) != before {
			t.Errorf("%q was asked for: %v", name, err)
		}
	}
	if _, err := c.InspectNetwork(soon(t), "a/b"); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := c.InspectImage(soon(t), "gone:1"); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), `no such image: "gone:1"`) {
		t.Errorf("%v", err)
	}
	if _, err := c.InspectNetwork(soon(t), "gone"); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "no such network") {
		t.Errorf("%v", err)
	}
}

// FuzzSetup: whatever an engine says, there is a setup within bounds or an error that
// quotes no value of the environment.
func FuzzSetup(f *testing.F) {
	f.Add([]byte(section(f, "docker-20.10-cgroup-v1.txtar", "inspect.json")))
	f.Add([]byte(`{"HostConfig":{"Devices":null},"Config":{"Env":["A\u003db","C"]},"Mounts":[{"RW":true}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		setup, err := decodeSetup(data)
		if err != nil {
			return
		}
		environment, _ := setup.Process.Environment.Get()
		for _, variable := range environment {
			if strings.Contains(variable.Name, "=") || len(variable.Name) > maxName {
				t.Errorf("%q", variable.Name)
			}
		}
		if mounts, _ := setup.Files.Mounts.Get(); len(mounts) > mostTexts {
			t.Errorf("%d mounts", len(mounts))
		}
	})
}
