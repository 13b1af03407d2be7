package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"
	"github.com/rogpeppe/go-internal/testscript"

	"brink/collectors/dockerd/dockerdtest"
)

// setUp gives a container of the fake engine the isolation of the hardened agent, with
// a network that leads nowhere or outside, or the one of somebody who did not care.
func setUp(engine *dockerdtest.Engine, c *dockerdtest.Container, how string) error {
	switch how {
	case "hardened":
		*c = hardenedContainer(*c)
		engine.SetNetwork("openclaw-net", "0123abcd", true)
	case "outside":
		*c = hardenedContainer(*c)
		engine.SetNetwork("openclaw-net", "0123abcd", false)
	case "careless":
		*c = carelessContainer(*c)
		engine.SetNetwork("bridge", "4567cdef", false)
	default:
		return fmt.Errorf("no setup %s", how)
	}
	return nil
}

func hardenedContainer(c dockerdtest.Container) dockerdtest.Container {
	c.Image = "openclaw/openclaw@sha256:" + strings.Repeat("ab", 32)
	c.Memory, c.MemorySwap, c.NanoCPUs, c.Pids = 2*gib, 2*gib, 1_500_000_000, 256
	c.RestartPolicy, c.HealthCheck, c.NetworkMode = "unless-stopped", true, "openclaw-net"
	c.Tmpfs = map[string]string{"/tmp": "size=256m,noexec,nosuid", "/run": "size=64m,noexec,nosuid"}
	c.Env = []string{"PATH=/usr/bin", "OPENCLAW_TOKEN_FILE=/run/secrets/token"}
	c.Inspect = func(r *container.InspectResponse) {
		yes := true
		h := r.HostConfig
		h.Init, h.ReadonlyRootfs, h.CapDrop, h.CapAdd = &yes, true, []string{"ALL"}, []string{"NET_BIND_SERVICE"}
		h.SecurityOpt, h.IpcMode, h.CgroupnsMode = []string{"no-new-privileges:true"}, "private", "private"
		h.MaskedPaths, h.ReadonlyPaths = []string{"/proc/kcore", "/proc/keys"}, []string{"/proc/sys"}
		h.LogConfig = container.LogConfig{Type: "local"}
		r.Config.User = "1000:1000"
		r.Config.Healthcheck = &container.HealthConfig{Test: []string{"CMD", "check"}}
		r.NetworkSettings = &container.NetworkSettings{Networks: map[string]*network.EndpointSettings{"openclaw-net": {NetworkID: "0123abcd"}}}
	}
	return c
}

func carelessContainer(c dockerdtest.Container) dockerdtest.Container {
	c.Image, c.NetworkMode = "openclaw/openclaw:latest", "default"
	c.Env = []string{"ANTHROPIC_API_KEY=hunter2", "EVIL\x1b[2J_TOKEN=hunter2"}
	c.Inspect = func(r *container.InspectResponse) {
		h := r.HostConfig
		h.Privileged, h.PidMode, h.SecurityOpt = true, "host", []string{"no-new-privileges:false", "seccomp=unconfined"}
		h.LogConfig = container.LogConfig{Type: "json-file"}
		r.Path = "node"
		r.Mounts = []container.MountPoint{{Type: mount.TypeBind, Source: "/var/run/docker.sock", Destination: "/var/run/docker.sock", RW: true}}
		r.NetworkSettings = &container.NetworkSettings{Networks: map[string]*network.EndpointSettings{"bridge": {NetworkID: "4567cdef"}}}
	}
	return c
}

// hardenedMounts is the mountinfo of the hardened agent.
const hardenedMounts = `612 551 0:50 / / ro,relatime - overlay overlay rw
613 612 0:55 / /proc rw,nosuid,nodev,noexec - proc proc rw
614 612 0:56 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k
616 612 0:58 / /sys ro,nosuid,nodev,noexec - sysfs sysfs ro
617 616 0:27 / /sys/fs/cgroup ro,nosuid,nodev,noexec - cgroup2 cgroup rw
620 612 0:60 / /tmp rw,nosuid,nodev,noexec - tmpfs tmpfs rw,size=262144k
621 612 0:61 / /run rw,nosuid,nodev,noexec - tmpfs tmpfs rw,size=65536k
555 613 0:55 /sys /proc/sys ro,nosuid,nodev,noexec - proc proc rw
556 613 0:56 /null /proc/kcore rw,nosuid - tmpfs tmpfs rw,size=65536k
`

// commandProcess lays out a /proc that shows the main process of the only container,
// held as the arguments say, and the first process of the host.
func commandProcess(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 5 {
		ts.Fatalf("usage: process DIR PID ID UID CAPS")
	}
	root, pid, id, uid, caps := ts.MkAbs(args[0]), args[1], args[2], args[3], args[4]
	status := "Name:\ttini\nUid:\t" + strings.Repeat(uid+"\t", 4) + "\nCapInh:\t0\nCapPrm:\t" + caps + "\nCapEff:\t" + caps + "\nCapBnd:\t" + caps + "\nCapAmb:\t0\nNoNewPrivs:\t1\nSeccomp:\t2\n"
	for name, text := range map[string]string{
		pid + "/status":       status,
		pid + "/uid_map":      "         0     100000      65536\n",
		pid + "/limits":       "Max open files            1024                 65536                files     \n",
		pid + "/attr/current": "docker-default (enforce)\n",
		pid + "/mountinfo":    hardenedMounts,
		pid + "/cgroup":       "0::/system.slice/docker-" + id + ".scope\n",
		"1/mountinfo":         "28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n",
		"self/mountinfo":      "28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n",
	} {
		path := filepath.Join(root, name)
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(os.WriteFile(path, []byte(text), 0o644))
	}
	ts.Check(os.Symlink(ts.MkAbs("."), filepath.Join(root, pid, "root")))
	layOutNamespace(ts, filepath.Join(root, "self"), "net", 0)
	for _, kind := range []string{"pid", "net", "ipc", "uts", "cgroup", "user"} {
		layOutNamespace(ts, filepath.Join(root, "1"), kind, 0)
		layOutNamespace(ts, filepath.Join(root, pid), kind, 1)
	}
	ts.Check(layOutAgent(filepath.Join(ts.MkAbs("sys"), "system.slice", "docker-"+id+".scope")))
}

// layOutNamespace puts a process into a namespace, also one that is laid out already
// with another container.
func layOutNamespace(ts *testscript.TestScript, process, kind string, number int) {
	name := filepath.Join(process, "ns", kind)
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
	_ = os.Remove(name)
	ts.Check(os.Symlink(fmt.Sprintf("%s:[402653%d]", kind, number), name))
}
