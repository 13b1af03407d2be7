package vm

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Need is one thing of the host that building or booting the machine takes, and the Debian package that brings it.
type Need struct {
	// Tool is a program looked up in PATH and then in /usr/sbin (mke2fs lives there, and an ordinary user's PATH
	// does not hold it), or, with a leading slash, a file.
	Tool    string
	Package string
}

// Needs lists what the machine takes. An ordinary user needs two more than root: mmdebstrap then works in a user
// namespace (uidmap), and the ownership of the image's files is kept by fakeroot.
func Needs(root bool) []Need {
	needs := []Need{
		{"mmdebstrap", "mmdebstrap"},
		{"/usr/share/keyrings/debian-archive-keyring.gpg", "debian-archive-keyring"},
		{"mke2fs", "e2fsprogs"},
		{"tar", "tar"},
		{"qemu-system-x86_64", "qemu-system-x86"},
		{"ssh", "openssh-client"},
		{"ssh-keygen", "openssh-client"},
	}
	if !root {
		needs = append(needs, Need{"newuidmap", "uidmap"}, Need{"fakeroot", "fakeroot"})
	}
	return needs
}

// MissingToolsError tells which programs the host lacks. Its text is the command that installs them.
type MissingToolsError struct {
	Missing []Need
}

func (e *MissingToolsError) Error() string {
	var tools, packages []string
	for _, need := range e.Missing {
		tools = append(tools, need.Tool)
		if !slices.Contains(packages, need.Package) {
			packages = append(packages, need.Package)
		}
	}
	return fmt.Sprintf("the end-to-end machine needs %s; on Debian: apt-get install --no-install-recommends %s",
		strings.Join(tools, ", "), strings.Join(packages, " "))
}

// CheckNeeds returns a *MissingToolsError when this host cannot build and boot the machine.
func CheckNeeds() error {
	return missing(Needs(os.Geteuid() == 0), func(tool string) error {
		_, err := lookTool(tool)
		return err
	})
}

func missing(needs []Need, look func(string) error) error {
	var lacking []Need
	for _, need := range needs {
		if look(need.Tool) != nil {
			lacking = append(lacking, need)
		}
	}
	if lacking != nil {
		return &MissingToolsError{Missing: lacking}
	}
	return nil
}

// lookTool finds a program or file of a Need and returns the path that runs or opens it.
func lookTool(tool string) (string, error) {
	if strings.HasPrefix(tool, "/") {
		_, err := os.Stat(tool)
		return tool, err
	}
	if path, err := exec.LookPath(tool); err == nil {
		return path, nil
	}
	return exec.LookPath("/usr/sbin/" + tool)
}
