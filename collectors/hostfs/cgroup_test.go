package hostfs

import (
	"errors"
	"testing"
)

func TestParseProcessCgroup(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		cause      error
		want       ProcessCgroup
	}{
		{name: "garbage", text: "garbage\n", cause: errForm},
		{name: "one colon", text: "0:/\n", cause: errForm},
		{name: "no number", text: "x::/\n", cause: errForm},
		{name: "negative", text: "-1::/\n", cause: errForm},
		{name: "path is not absolute", text: "0::a\n", cause: errForm},
		{name: "path is empty", text: "0::\n", cause: errForm},
		{name: "a blank line", text: "0::/\n\n", cause: errForm},
		{name: "empty", text: ""},
		{name: "v2", text: "0::/system.slice/docker-1f.scope\n", want: ProcessCgroup{V2: Some(CgroupPath{Path: "/system.slice/docker-1f.scope"})}},
		{name: "v2 root", text: "0::/\n", want: ProcessCgroup{V2: Some(CgroupPath{Path: "/"})}},
		{name: "v1 only", text: "4:memory:/docker/1f\n3:cpu,cpuacct:/docker/1f\n1:name=systemd:/docker/1f\n", want: ProcessCgroup{V1Controllers: []string{"memory", "cpu", "cpuacct"}, V1Paths: []string{"/docker/1f", "/docker/1f", "/docker/1f"}}},
		{name: "hybrid", text: "8:pids:/a\n0::/a\n", want: ProcessCgroup{V2: Some(CgroupPath{Path: "/a"}), V1Controllers: []string{"pids"}, V1Paths: []string{"/a"}}},
		{name: "removed", text: "0::/a/b (deleted)\n", want: ProcessCgroup{V2: Some(CgroupPath{Path: "/a/b", Deleted: true})}},
		{name: "colons and spaces", text: "0::/a:b c::d\n", want: ProcessCgroup{V2: Some(CgroupPath{Path: "/a:b c::d"})}},
		{name: "a sibling of the reader", text: "0::/../docker-1f.scope\n", want: ProcessCgroup{V2: Some(CgroupPath{Path: "/docker-1f.scope", Above: 1})}},
		{name: "the parent of the reader", text: "0::/..\n", want: ProcessCgroup{V2: Some(CgroupPath{Path: "/", Above: 1})}},
		{name: "far away and removed", text: "0::/../../../x/y (deleted)\n", want: ProcessCgroup{V2: Some(CgroupPath{Path: "/x/y", Above: 3, Deleted: true})}},
		{name: "a name that begins with dots", text: "0::/..x/..\n", want: ProcessCgroup{V2: Some(CgroupPath{Path: "/..x/.."})}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseProcessCgroup([]byte(tt.text))
			if !errors.Is(err, tt.cause) {
				t.Fatalf("error %v, want %v", err, tt.cause)
			}
			checkParseError(t, err)
			if d := diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestCgroup(t *testing.T) {
	host := tree(t, "monitor_in_container")
	got, err := host.Cgroup(4122)
	if at, _ := got.V2.Get(); err != nil || at != (CgroupPath{Path: "/user.slice/user-1000.slice", Above: 3}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := host.Cgroup(4123); !errors.Is(err, ErrNoProcess) {
		t.Errorf("gone: %v", err)
	}
	if _, err := host.Cgroup(0); !errors.Is(err, ErrNoProcess) {
		t.Errorf("pid 0, as of a container that is stopped: %v", err)
	}
	if own, err := New("/proc").Cgroup(Self); err != nil {
		t.Errorf("own: %+v, %v", own, err)
	}
}

func TestContains(t *testing.T) {
	for _, tt := range []struct {
		of, other CgroupPath
		want      bool
	}{
		{CgroupPath{Path: "/a"}, CgroupPath{Path: "/a"}, true},
		{CgroupPath{Path: "/a"}, CgroupPath{Path: "/a/b"}, true},
		{CgroupPath{Path: "/a"}, CgroupPath{Path: "/a/b", Deleted: true}, true},
		{CgroupPath{Path: "/a"}, CgroupPath{Path: "/ab"}, false},
		{CgroupPath{Path: "/a/b"}, CgroupPath{Path: "/a"}, false},
		{CgroupPath{Path: "/a"}, CgroupPath{Path: "/a", Above: 1}, false},
		{CgroupPath{Path: "/"}, CgroupPath{Path: "/"}, true},
		{CgroupPath{Path: "/"}, CgroupPath{Path: "/a"}, true},
	} {
		if got := tt.of.Contains(tt.other); got != tt.want {
			t.Errorf("%+v contains %+v: %v", tt.of, tt.other, got)
		}
	}
}

func FuzzProcessCgroup(f *testing.F) {
	f.Add([]byte("4:memory:/docker/1f\n0::/../x (deleted)\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cg, err := ParseProcessCgroup(data)
		checkParseError(t, err)
		if at, ok := cg.V2.Get(); ok && (at.Path == "" || at.Path[0] != '/') {
			t.Errorf("%q: path %q", data, at.Path)
		}
	})
}
