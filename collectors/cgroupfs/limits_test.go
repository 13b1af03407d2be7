package cgroupfs

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEffective(t *testing.T) {
	quota := func(q, p time.Duration) CPUMax { return CPUMax{Quota: present(q), Period: present(p)} }
	anyCPU := CPUMax{Quota: unlimited[time.Duration](), Period: present(100 * time.Millisecond)}
	tests := []struct {
		name      string
		own       Ceiling
		ancestors []Ceiling
		want      Limits
	}{
		{"nothing is known", Ceiling{Path: "/a"}, []Ceiling{{Path: "/"}}, Limits{}},
		{
			"nobody limits",
			Ceiling{Path: "/s/a", Memory: unlimited[Bytes](), CPU: anyCPU},
			[]Ceiling{{Path: "/s", Memory: unlimited[Bytes]()}, {Path: "/"}},
			Limits{Memory: Bound[Bytes]{Limit: unlimited[Bytes]()}, CPU: Bound[CPUMax]{Limit: unlimited[CPUMax]()}},
		},
		{
			"own limit is smaller",
			Ceiling{Path: "/s/a", Pids: present(Count(256))},
			[]Ceiling{{Path: "/s", Pids: present(Count(1000))}},
			Limits{Pids: Bound[Count]{present(Count(256)), "/s/a"}},
		},
		{
			"slice is smaller",
			Ceiling{Path: "/s/a", Memory: present(Bytes(2048))},
			[]Ceiling{{Path: "/s", Memory: present(Bytes(1024))}, {Path: "/", Memory: present(Bytes(4096))}},
			Limits{Memory: Bound[Bytes]{present(Bytes(1024)), "/s"}},
		},
		{
			"equal: the innermost is named",
			Ceiling{Path: "/s/a", Swap: present(Bytes(0))},
			[]Ceiling{{Path: "/s", Swap: present(Bytes(0))}},
			Limits{Swap: Bound[Bytes]{present(Bytes(0)), "/s/a"}},
		},
		{
			"own controller not delegated",
			Ceiling{Path: "/s/a"},
			[]Ceiling{{Path: "/s", MemoryHigh: present(Bytes(1024))}},
			Limits{MemoryHigh: Bound[Bytes]{present(Bytes(1024)), "/s"}},
		},
		{
			"zero is a limit, not the lack of one",
			Ceiling{Path: "/s/a", Memory: unlimited[Bytes]()},
			[]Ceiling{{Path: "/s", Memory: present(Bytes(0))}},
			Limits{Memory: Bound[Bytes]{present(Bytes(0)), "/s"}},
		},
		{
			"quotas compare by cores, not by microseconds",
			Ceiling{Path: "/s/a", CPU: quota(150*time.Millisecond, 100*time.Millisecond)},
			[]Ceiling{{Path: "/s", CPU: quota(200*time.Millisecond, 200*time.Millisecond)}, {Path: "/", CPU: anyCPU}},
			Limits{CPU: Bound[CPUMax]{present(quota(200*time.Millisecond, 200*time.Millisecond)), "/s"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Effective(tt.own, tt.ancestors)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAncestors(t *testing.T) {
	root := layOut(t, scopeArchive(t), "root/")
	fs := NewFS(root, Options{})
	paths := func(cs []Ceiling) (out []string) {
		for _, c := range cs {
			out = append(out, c.Path)
		}
		return out
	}
	before := countDescriptors(t)
	for path, want := range map[string][]string{
		dockerScope:     {"/system.slice", "/"},
		"/system.slice": {"/"},
		"/":             nil,
	} {
		g := open(t, fs, path)
		before++
		got, err := g.Ancestors()
		if diff := cmp.Diff(want, paths(got)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", path, err, diff)
		}
	}
	if now := countDescriptors(t); now != before || fs.shared.descriptors.used.Load() != 0 {
		t.Errorf("%d descriptors left open", now-before)
	}
}

func TestAncestorsWithFaults(t *testing.T) {
	root := layOut(t, scopeArchive(t), "root/")
	writeFile(t, filepath.Join(root, "system.slice", "memory.max"), "much\n")
	writeFile(t, filepath.Join(root, "system.slice", "pids.max"), "64\n")
	g := open(t, NewFS(root, Options{}), dockerScope)
	got, err := g.Ancestors()
	if bad, ok := errors.AsType[*ParseError](err); !ok || bad.Path != "/system.slice" || bad.File != FileMemoryMax {
		t.Errorf("got %v", err)
	}
	if !got[0].Memory.IsAbsent() || got[0].Pids != present(Count(64)) {
		t.Errorf("got %+v", got[0])
	}
}

// TestDockerUpdate: a limit of the container itself is seen with the next Read, an
// ancestor's with the next Ancestors.
func TestDockerUpdate(t *testing.T) {
	const archive = "testdata/steps/updated.txtar"
	for _, watch := range []bool{false, true} {
		root := t.TempDir()
		first(t, root, "slice/a", archive)
		writeFile(t, filepath.Join(root, "slice", "memory.max"), "max\n")
		g := open(t, NewFS(root, Options{}), "/slice/a")
		if watch {
			if err := watcher(t).Add(g); err != nil {
				t.Fatal(err)
			}
		}
		var st Stat
		mustRead(t, g, &st)
		writeTree(t, parseArchive(t, archive), "2/", filepath.Join(root, "slice", "a"))
		mustRead(t, g, &st)
		above, err := g.Ancestors()
		if err != nil {
			t.Fatal(err)
		}
		got := Effective(st.Ceiling(g.Path()), above)
		cores, _ := got.CPU.Limit.N.Cores()
		if got.Memory.Limit.N != 3221225472 || cores != 2 || got.Pids.Limit.N != 512 {
			t.Errorf("watched %v: %+v", watch, got)
		}
	}
}
