package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestLayers fails when an import arrow runs back. The one arrow of the design:
//
//	cgroupfs hostfs dockerd <- sources -> collectors <- alerts <- ui <- cmd
//
// It asks for everything a package reaches, so that a detour is found as well;
// depguard says the same of direct imports, with the reason beside each.
func TestLayers(t *testing.T) {
	const (
		engine = "github.com/moby/moby"
		retire = "github.com/docker/docker"
		charm  = "charm.land/"
	)
	readers := []string{"brink/collectors/cgroupfs", "brink/collectors/hostfs", "brink/collectors/dockerd"}
	above := []string{"brink/alerts", "brink/ui", "brink/cmd"}
	tests := []struct {
		pkg string
		// never are prefixes of what the package must not reach.
		never []string
	}{
		{"brink/collectors", append([]string{"brink/collectors/", engine, charm}, above...)},
		{"brink/collectors/cgroupfs", append([]string{"brink/collectors ", "brink/collectors/hostfs", "brink/collectors/dockerd", "brink/collectors/sources", engine, charm, "os/exec ", "net "}, above...)},
		{"brink/collectors/hostfs", append([]string{"brink/collectors ", "brink/collectors/cgroupfs", "brink/collectors/dockerd", "brink/collectors/sources", engine, charm, "os/exec ", "net "}, above...)},
		{"brink/collectors/dockerd", append([]string{"brink/collectors ", "brink/collectors/cgroupfs", "brink/collectors/hostfs", "brink/collectors/sources", charm, retire}, above...)},
		{"brink/collectors/sources", append([]string{charm, retire}, above...)},
		{"brink/alerts", append([]string{"brink/collectors/sources", "brink/ui", "brink/cmd", engine, charm}, readers...)},
		{"brink/alerts/notify", append([]string{"brink/collectors/sources", "brink/ui", "brink/cmd", engine}, readers...)},
		{"brink/ui", append([]string{"brink/collectors/sources", "brink/alerts/", "brink/cmd", engine, retire}, readers...)},
		{"brink/cmd/brink", []string{retire, "brink/cmd/internal/e2e"}},
	}
	for _, test := range tests {
		t.Run(strings.TrimPrefix(test.pkg, "brink/"), func(t *testing.T) {
			t.Parallel()
			for _, reached := range dependencies(t, test.pkg) {
				if i := slices.IndexFunc(test.never, func(ban string) bool { return strings.HasPrefix(reached+" ", ban) }); i >= 0 {
					t.Errorf("%s reaches %s, which the design forbids (%s)", test.pkg, reached, strings.TrimSpace(test.never[i]))
				}
			}
		})
	}
}

// TestLayersKnowsEveryPackage keeps a new package from standing outside of the
// arrow unnoticed.
func TestLayersKnowsEveryPackage(t *testing.T) {
	known := []string{"brink/alerts", "brink/cmd/", "brink/collectors", "brink/ui"}
	for _, pkg := range golist(t, "brink/...") {
		if !slices.ContainsFunc(known, func(prefix string) bool { return strings.HasPrefix(pkg, prefix) }) {
			t.Errorf("%s is in none of the folders of the design", pkg)
		}
	}
}

func dependencies(t *testing.T, pkg string) []string {
	t.Helper()
	all := golist(t, "-deps", pkg)
	return slices.DeleteFunc(all, func(reached string) bool { return reached == pkg })
}

func golist(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Fields(string(out))
}
