package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layer is what a package may reach. An arrow that runs back is found through any
// number of packages in between.
type layer struct {
	pkg string
	// onlyStandard allows the standard library and what may names, nothing else.
	onlyStandard bool
	// may also takes a name out of what directly forbids: net/netip is arithmetic.
	may []string
	// never are packages that it must not reach. A name that ends in /... stands for
	// all below it too.
	never []string
	// directly are packages that it must not import itself: what they are for is not
	// its business, though fmt or context reach some of them.
	directly []string
}

// Packages of others that have one place.
const (
	engineClient = "github.com/moby/moby/..."
	retired      = "github.com/docker/docker/..."
	charm        = "charm.land/..."
)

// worldly are the packages with which one reads, writes, executes and waits.
func worldly() []string {
	return []string{"os", "os/...", "net", "net/...", "syscall", "golang.org/x/sys/...", "io/ioutil"}
}

// layers is the one arrow of the design, package by package:
//
//	cgroupfs hostfs dockerd <- sources -> collectors <- alerts <- ui <- cmd
//
// depguard says the same of direct imports, with the reason beside each.
func layers() []layer {
	const (
		vocabulary = "brink/collectors"
		cgroupfs   = "brink/collectors/cgroupfs"
		hostfs     = "brink/collectors/hostfs"
		dockerd    = "brink/collectors/dockerd/..."
		sources    = "brink/collectors/sources"
		netfilter  = "brink/collectors/netfilter"
		record     = "brink/collectors/record"
		block      = record + "/block"
		figures    = "brink/cmd/internal/figures"
		demo       = "brink/cmd/internal/demo"
		pictures   = "brink/cmd/internal/pictures"
		e2e        = "brink/cmd/internal/e2e/..."
		fakeEngine = "brink/collectors/dockerd/dockerdtest"
	)
	above := []string{"brink/alerts/...", "brink/ui/...", "brink/cmd/..."}
	readers := []string{cgroupfs, hostfs, dockerd, netfilter}
	with := slices.Concat[[]string]
	return []layer{
		{pkg: vocabulary, onlyStandard: true, directly: []string{"os", "os/...", "net", "net/...", "syscall"}},
		{pkg: cgroupfs, never: with(above, []string{vocabulary, hostfs, dockerd, sources, engineClient, charm, "os/exec", "net"})},
		{pkg: hostfs, never: with(above, []string{vocabulary, cgroupfs, dockerd, sources, engineClient, charm, "os/exec", "net"})},
		{pkg: netfilter, onlyStandard: true, directly: []string{"net", "net/...", "syscall"}},
		{pkg: "brink/collectors/dockerd", never: with(above, []string{vocabulary, cgroupfs, hostfs, sources, fakeEngine, charm, retired})},
		{pkg: fakeEngine, never: with(above, []string{vocabulary, cgroupfs, hostfs, "brink/collectors/dockerd", sources, charm, retired})},
		{pkg: sources, never: with(above, []string{fakeEngine, charm, retired})},
		{pkg: record, never: with(above, readers, []string{sources, engineClient, charm, retired}), directly: []string{"net", "net/http", "os/exec"}},
		{pkg: block, onlyStandard: true, may: []string{vocabulary}, directly: worldly()},
		{pkg: block + "/blocktest", onlyStandard: true, may: []string{vocabulary, block}, directly: worldly()},

		{pkg: "brink/alerts", onlyStandard: true, may: []string{vocabulary}, directly: worldly()},
		{pkg: "brink/alerts/audit", onlyStandard: true, may: []string{vocabulary, "brink/alerts", "net/netip"}, directly: worldly()},
		{pkg: "brink/alerts/notify", never: with(readers, []string{sources, "brink/ui/...", "brink/cmd/...", engineClient, retired})},

		{pkg: "brink/ui", never: with(readers, []string{sources, "brink/alerts/notify", "brink/cmd/...", engineClient, retired}), directly: worldly()},
		{pkg: "brink/ui/chart", onlyStandard: true, directly: worldly()},
		{pkg: "brink/ui/paint", never: with(readers, []string{vocabulary, sources, "brink/alerts/...", "brink/cmd/...", engineClient, retired}), directly: worldly()},

		{pkg: "brink/cmd/internal/config", never: []string{"brink/alerts/notify", "brink/ui/...", "brink/cmd/brink", figures, e2e, fakeEngine, charm, retired}},
		{pkg: "brink/cmd/internal/auditor", onlyStandard: true, may: []string{vocabulary, "brink/alerts", "brink/alerts/audit"}, directly: []string{"net", "net/...", "os/exec", "syscall"}},
		{pkg: "brink/cmd/internal/report", onlyStandard: true, may: []string{vocabulary, "brink/alerts"}, directly: worldly()},
		{pkg: "brink/cmd/internal/baseline", onlyStandard: true, may: []string{"github.com/docker/go-units", "net/netip"}, directly: worldly()},
		{pkg: demo, onlyStandard: true, may: []string{vocabulary, block}, directly: worldly()},
		{pkg: demo + "/make", never: []string{"brink/cmd/brink", "brink/ui/...", "brink/alerts/...", fakeEngine, charm, retired}},
		{pkg: "brink/cmd/brink", never: []string{fakeEngine, figures, pictures, e2e, retired}},

		{pkg: figures, never: []string{"brink/cmd/brink", "brink/ui/...", fakeEngine, retired}},
		{pkg: pictures, never: []string{"brink/cmd/brink", "brink/ui/...", figures, fakeEngine, retired}},
		{pkg: "brink/cmd/internal/e2e", never: []string{"brink/cmd/brink", "brink/ui/...", figures, retired}},
		{pkg: "brink/cmd/internal/e2e/agent", onlyStandard: true, may: []string{"golang.org/x/sys/...", "github.com/docker/go-units"}},
		{pkg: "brink/cmd/internal/e2e/devvm", never: []string{"brink/cmd/brink", "brink/ui/...", figures, retired}},
		{pkg: "brink/cmd/internal/e2e/engine", never: []string{"brink/cmd/brink", "brink/ui/...", figures, retired}},
		{pkg: "brink/cmd/internal/e2e/receiver", never: []string{"brink/..."}},
		{pkg: "brink/cmd/internal/e2e/oracle", never: []string{"brink/collectors/...", "brink/alerts/...", "brink/ui/...", "brink/cmd/brink"}},
		{pkg: "brink/cmd/internal/e2e/vm", never: []string{"brink/collectors/...", "brink/alerts/...", "brink/ui/...", "brink/cmd/brink"}},
	}
}

// TestLayers fails when an import arrow runs back.
func TestLayers(t *testing.T) {
	graph := importGraph(t)
	for _, layer := range layers() {
		t.Run(strings.TrimPrefix(layer.pkg, "brink/"), func(t *testing.T) {
			for _, fault := range graph.faults(layer) {
				t.Error(fault)
			}
		})
	}
}

// TestLayersKnowsEveryPackage keeps a new package from standing outside of the
// arrow unnoticed, and an old one from staying in the table.
func TestLayersKnowsEveryPackage(t *testing.T) {
	var known, there []string
	for _, layer := range layers() {
		known = append(known, layer.pkg)
	}
	for pkg := range importGraph(t) {
		if strings.HasPrefix(pkg, "brink/") {
			there = append(there, pkg)
		}
	}
	for _, pkg := range there {
		if !slices.Contains(known, pkg) {
			t.Errorf("%s is in no layer", pkg)
		}
	}
	for _, pkg := range known {
		if !slices.Contains(there, pkg) {
			t.Errorf("%s is in the table and not in the module", pkg)
		}
	}
}

// TestLayersFindFaults gives the judge a module of its own, with a fault of every
// kind: a rule that finds nothing proves nothing.
func TestLayersFindFaults(t *testing.T) {
	graph := graph{
		"brink/a":         {Imports: []string{"brink/b", "fmt", "os/exec"}},
		"brink/b":         {Imports: []string{"example.org/x/y"}},
		"fmt":             {Standard: true, Imports: []string{"os"}},
		"os":              {Standard: true},
		"os/exec":         {Standard: true},
		"example.org/x/y": {},
	}
	for _, test := range []struct {
		name string
		rule layer
		want int
	}{
		{"nothing is forbidden", layer{}, 0},
		{"a direct import", layer{never: []string{"brink/b"}}, 1},
		{"a detour", layer{never: []string{"example.org/..."}}, 1},
		{"a name is not its beginning", layer{never: []string{"brink", "example.org/x"}}, 0},
		{"a detour is no direct import", layer{directly: []string{"os"}}, 0},
		{"a direct import below a name", layer{directly: []string{"os/..."}}, 1},
		{"a direct import that is let off", layer{directly: []string{"os/..."}, may: []string{"os/exec"}}, 0},
		{"more than the standard library", layer{onlyStandard: true}, 2},
		{"what it may have", layer{onlyStandard: true, may: []string{"brink/b", "example.org/..."}}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.rule.pkg = "brink/a"
			if got := graph.faults(test.rule); len(got) != test.want {
				t.Errorf("%d faults, want %d: %v", len(got), test.want, got)
			}
		})
	}
}

// graph is what imports what, by import path.
type graph map[string]node

// node is a package as go list tells of it.
type node struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

// faults returns how a package breaks its rules.
func (g graph) faults(rule layer) []string {
	var faults []string
	fault := func(reached, what string) {
		faults = append(faults, rule.pkg+" "+what+" "+reached+", which the design forbids")
	}
	for _, reached := range g.reach(rule.pkg) {
		if covers(rule.never, reached) || rule.onlyStandard && !g[reached].Standard && !covers(rule.may, reached) {
			fault(reached, "reaches")
		}
	}
	for _, imported := range g[rule.pkg].Imports {
		if covers(rule.directly, imported) && !covers(rule.may, imported) {
			fault(imported, "imports")
		}
	}
	return faults
}

// covers reports whether one of the names stands for the package.
func covers(names []string, pkg string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		below, all := strings.CutSuffix(name, "/...")
		return pkg == name || all && (pkg == below || strings.HasPrefix(pkg, below+"/"))
	})
}

// reach returns all that a package needs, but for itself.
func (g graph) reach(pkg string) []string {
	seen, queue := map[string]bool{pkg: true}, []string{pkg}
	for i := 0; i < len(queue); i++ {
		for _, next := range g[queue[i]].Imports {
			if !seen[next] && next != "C" {
				seen[next], queue = true, append(queue, next)
			}
		}
	}
	return queue[1:]
}

// importGraph asks the go command once, with the end-to-end suite.
func importGraph(t *testing.T) graph {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-tags", "e2e", "-deps", "-json=ImportPath,Standard,Imports", "brink/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := graph{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var one node
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[one.ImportPath] = one
	}
}
