package sources

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"brink/collectors"
	"brink/collectors/hostfs"
)

func TestHost(t *testing.T) {
	proc := hostfs.New(filepath.Join(tree(t, "hosts/load"), "proc"))
	for _, tt := range []struct {
		mode hostfs.CgroupMode
		word string
	}{{hostfs.CgroupUnified, "unified"}, {hostfs.CgroupNone, ""}} {
		h := NewHost(proc, "vps\x1b-1", tt.mode)
		want := collectors.HostCounters{
			Name: "vps·-1", Kernel: "6.12.117+deb13-cloud-amd64", CPUs: collectors.Some(2), CgroupMode: tt.word,
			MemoryTotal: collectors.Some[collectors.Bytes](3050676 << 10), MemoryAvailable: collectors.Some[collectors.Bytes](1657824 << 10),
		}
		for range 2 {
			part, err := h.Collect(t.Context(), noon)
			if d := cmp.Diff(collectors.Part{Host: want}, part, everything()); d != "" || err != nil {
				t.Errorf("%v, -want +got\n%s", err, d)
			}
		}
	}
}

// TestHostUnreadable: what the host does not tell is absent, and the rest is told.
func TestHostUnreadable(t *testing.T) {
	root := t.TempDir()
	h := NewHost(hostfs.New(root), "vps-1", hostfs.CgroupHybrid)
	part, err := h.Collect(t.Context(), noon)
	if err == nil || part.Host != (collectors.HostCounters{Name: "vps-1", CgroupMode: "hybrid"}) {
		t.Errorf("%v, %+v", err, part.Host)
	}
}

func TestSourceNames(t *testing.T) {
	for want, source := range map[string]collectors.Source{
		"cgroup": &Cgroup{}, "proc": &Proc{}, "kernel log": &KernelLog{}, "engine": &Engine{}, "docker stats": &Stats{}, "host": &Host{},
	} {
		if got := source.Name(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := Modes(); len(got) != 3 || got[0] != string(ModeAuto) {
		t.Errorf("%q", got)
	}
}
