package vm

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestMissing(t *testing.T) {
	needs := []Need{{"qemu-system-x86_64", "qemu-system-x86"}, {"ssh", "openssh-client"}, {"ssh-keygen", "openssh-client"}}
	has := func(tools ...string) func(string) error {
		return func(tool string) error {
			if slices.Contains(tools, tool) {
				return nil
			}
			return fs.ErrNotExist
		}
	}
	for _, test := range []struct {
		name string
		look func(string) error
		want string // the error's text; empty: none
	}{
		{
			"nothing installed", has(),
			"the end-to-end machine needs qemu-system-x86_64, ssh, ssh-keygen; " +
				"on Debian: apt-get install --no-install-recommends qemu-system-x86 openssh-client",
		},
		{
			"one missing", has("ssh", "ssh-keygen"),
			"the end-to-end machine needs qemu-system-x86_64; on Debian: apt-get install --no-install-recommends qemu-system-x86",
		},
		{"all there", has("qemu-system-x86_64", "ssh", "ssh-keygen"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := missing(needs, test.look)
			if test.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if _, typed := errors.AsType[*MissingToolsError](err); !typed || err.Error() != test.want {
				t.Errorf("missing = %v\nwant %s", err, test.want)
			}
		})
	}
}

// The list that CI installs must bring everything that the machine asks for.
func TestPackageListIsComplete(t *testing.T) {
	text, err := os.ReadFile("../packages.txt")
	if err != nil {
		t.Fatal(err)
	}
	listed := parsePackages(text)
	for _, need := range Needs(true) {
		if !slices.Contains(listed, need.Package) {
			t.Errorf("packages.txt lacks %s, which brings %s", need.Package, need.Tool)
		}
	}
	if !slices.IsSorted(listed) {
		t.Errorf("packages.txt is not sorted: %s", strings.Join(listed, " "))
	}
}
