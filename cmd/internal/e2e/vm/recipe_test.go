package vm

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestParsePackages(t *testing.T) {
	for _, test := range []struct {
		name, list string
		want       []string
	}{
		{"empty", "", nil},
		{"comments and blanks only", "# a\n\n   \n", nil},
		{"a comment after a name", "dbus # the bus\n", []string{"dbus"}},
		{"without a last newline", "a\nb", []string{"a", "b"}},
	} {
		if got := parsePackages([]byte(test.list)); !slices.Equal(got, test.want) {
			t.Errorf("%s: parsePackages = %q, want %q", test.name, got, test.want)
		}
	}
}

// Every part of the recipe must make another image, or a change of it would test the old one.
func TestHashCoversTheRecipe(t *testing.T) {
	recipe, err := DefaultRecipe()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{recipe.Hash(): "the recipe itself"}
	change := func(name string, change func(*Recipe)) {
		other := recipe
		other.Packages, other.Scripts = slices.Clone(recipe.Packages), maps.Clone(recipe.Scripts)
		change(&other)
		if same, found := seen[other.Hash()]; found {
			t.Errorf("%s has the hash of %s", name, same)
		}
		seen[other.Hash()] = name
	}
	change("another suite", func(r *Recipe) { r.Suite = "sid" })
	change("another disk", func(r *Recipe) { r.DiskSize = "9G" })
	change("a package more", func(r *Recipe) { r.Packages = append(r.Packages, "vim") })
	change("a package less", func(r *Recipe) { r.Packages = r.Packages[1:] })
	for name := range recipe.Scripts {
		change("another "+name, func(r *Recipe) { r.Scripts[name] = []byte("true\n") })
	}
	again, err := DefaultRecipe()
	if err != nil || again.Hash() != recipe.Hash() {
		t.Errorf("the same recipe has the hashes %s and %s (%v)", recipe.Hash(), again.Hash(), err)
	}
}

func TestRecipeBringsTheHost(t *testing.T) {
	recipe, err := DefaultRecipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"docker.io", "docker-cli", "docker-compose", "systemd-sysv", "linux-image-cloud-amd64", "openssh-server"} {
		if !slices.Contains(recipe.Packages, name) {
			t.Errorf("the recipe lacks %s", name)
		}
	}
}

func TestBuildSteps(t *testing.T) {
	recipe := Recipe{Suite: "trixie", Packages: []string{"a", "b"}, DiskSize: "1G"}
	for _, test := range []struct {
		root       bool
		mode, pack string
	}{
		{true, "--mode=root", "sh"},
		{false, "--mode=unshare", "fakeroot"},
	} {
		steps := buildSteps(recipe, test.root)
		if len(steps) != 3 || !slices.Contains(steps[1], test.mode) || steps[2][0] != test.pack {
			t.Errorf("root %t: steps %q, want %s and a pack by %s", test.root, steps, test.mode, test.pack)
		}
		if line := strings.Join(steps[1], " "); !strings.Contains(line, "--include=a,b") || !strings.HasSuffix(line, "trixie root.tar") {
			t.Errorf("root %t: %s", test.root, line)
		}
	}
}
