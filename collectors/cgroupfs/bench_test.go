package cgroupfs

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/tools/txtar"
)

const dockerScope = "/system.slice/docker-7d1f6a0c9b2e4f538a61c0de5b97e24d1f3a8c6b0e9d72415f6a3b8c9d0e1f2a.scope"

func scopeArchive(t testing.TB) *txtar.Archive {
	return parseArchive(t, "testdata/trees/docker-scope.txtar")
}

// BenchmarkReadContainer reads one container's files as the sampler does: hot, and
// with a Watcher. Beside it stand the same without one (every file read each
// time), and the price of the machine: as many bare preads of a file of ten bytes.
func BenchmarkReadContainer(b *testing.B) {
	b.Run("watched", func(b *testing.B) {
		g := open(b, NewFS(layOut(b, scopeArchive(b), "root/"), Options{}), dockerScope)
		if err := watcher(b).Add(g); err != nil {
			b.Fatal(err)
		}
		benchmarkRead(b, g)
	})
	b.Run("unwatched", func(b *testing.B) {
		benchmarkRead(b, open(b, NewFS(layOut(b, scopeArchive(b), "root/"), Options{}), dockerScope))
	})
	b.Run("without-descriptors", func(b *testing.B) {
		benchmarkRead(b, open(b, NewFS(layOut(b, scopeArchive(b), "root/"), Options{Descriptors: -1}), dockerScope))
	})
	b.Run("bare-pread", benchmarkPread)
}

func benchmarkRead(b *testing.B, g *Group) {
	var st Stat
	for range 64 { // warm: descriptors opened, every spared file had its turn
		if err := g.Read(&st); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := g.Read(&st); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkPread(b *testing.B) {
	name := filepath.Join(b.TempDir(), "memory.current")
	writeFile(b, name, "1754333184\n")
	fd, err := linux{}.openat(unix.AT_FDCWD, name)
	if err != nil {
		b.Fatal(err)
	}
	defer closeDescriptor(fd)
	buf := make([]byte, 8<<10)
	for b.Loop() {
		if _, err := (linux{}).pread(fd, buf, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParse is the part of a read that is not the kernel's.
func BenchmarkParse(b *testing.B) {
	a := scopeArchive(b)
	var st Stat
	for f, into := range decoders() {
		text := []byte(section(a, "root"+dockerScope+"/"+File(f).String()))
		b.Run(File(f).String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if bad := into(&st).decode(text); bad != nil {
					b.Fatal(bad)
				}
			}
		})
	}
}

// BenchmarkReadThousand reads a thousand containers once: one pass at 1 Hz. The
// number of kept descriptors is bounded by what stands in the name.
func BenchmarkReadThousand(b *testing.B) {
	root := b.TempDir()
	a := scopeArchive(b)
	for i := range 1000 {
		writeTree(b, a, "root"+dockerScope+"/", filepath.Join(root, strconv.Itoa(i)))
	}
	for _, limit := range []int{DefaultDescriptors, 8192, 16384} {
		b.Run(fmt.Sprintf("descriptors-%d", limit), func(b *testing.B) {
			needDescriptors(b, limit+2048)
			benchmarkThousand(b, NewFS(root, Options{Descriptors: limit}))
		})
	}
}

func benchmarkThousand(b *testing.B, fs FS) {
	w := watcher(b)
	groups := make([]*Group, 1000)
	for i := range groups {
		groups[i] = open(b, fs, fmt.Sprint("/", i))
		if err := w.Add(groups[i]); err != nil {
			b.Fatal(err)
		}
	}
	var st Stat
	pass := func() {
		for _, g := range groups {
			if err := g.Read(&st); err != nil {
				b.Fatal(err)
			}
		}
	}
	pass()
	b.ReportAllocs()
	for b.Loop() {
		pass()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(time.Millisecond), "ms/pass")
	b.ReportMetric(float64(countDescriptors(b)), "descriptors")
}

func needDescriptors(b *testing.B, n int) {
	b.Helper()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < uint64(n) {
		b.Skipf("this process may open %d files, %d are needed", limit.Cur, n)
	}
}

func countDescriptors(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func watcher(t testing.TB) *Watcher {
	t.Helper()
	w, err := NewWatcher()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}
