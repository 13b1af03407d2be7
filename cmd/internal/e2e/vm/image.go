package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Image is a machine that can be booted: a directory with the disk, the kernel, the initial RAM disk and the ssh keys.
// It is never written to; every boot has its own copy-on-write layer.
type Image struct {
	dir string
}

// Dir is where the image's files are.
func (i Image) Dir() string { return i.dir }

func (i Image) path(name string) string { return filepath.Join(i.dir, name) }

// CacheDir is where images live: ${XDG_CACHE_HOME:-~/.cache}/brink/e2e.
func CacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("cache of machine images: %w", err)
	}
	return filepath.Join(dir, "brink", "e2e"), nil
}

// OpenImage returns the image of the recipe, building it when the cache has none (about a minute, and the only step
// that needs Debian's packages from the network). The log gets the builder's lines. A build that is cut short leaves
// no image: it happens in a directory of its own, which is renamed when complete, so two builds at once are safe too.
func OpenImage(ctx context.Context, recipe Recipe, log *log.Logger) (Image, error) {
	cache, err := CacheDir()
	if err != nil {
		return Image{}, err
	}
	image := Image{dir: filepath.Join(cache, recipe.Hash())}
	if _, err := os.Stat(image.dir); err == nil {
		return image, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return Image{}, err
	}
	log.Printf("building the machine's image in %s", image.dir)
	if err := build(ctx, recipe, image.dir, log.Writer()); err != nil {
		return Image{}, fmt.Errorf("build the machine's image: %w", err)
	}
	return image, nil
}

func build(ctx context.Context, recipe Recipe, target string, log io.Writer) error {
	work, err := os.MkdirTemp(filepath.Dir(target), ".building-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }() // It is gone already when all went well.
	for _, argv := range buildSteps(recipe, os.Geteuid() == 0) {
		if err := runIn(ctx, work, log, argv); err != nil {
			return err
		}
	}
	if err := pinHostKey(work); err != nil {
		return err
	}
	err = os.Rename(work, target)
	if errors.Is(err, os.ErrExist) {
		return nil // Somebody else finished the same recipe first: theirs is as good.
	}
	return err
}

// buildSteps are the commands of a build, run in the build's directory. The scripts travel as text, not as files: in a
// user namespace mmdebstrap's hooks run as a subordinate user, who cannot look into the builder's home.
func buildSteps(recipe Recipe, root bool) [][]string {
	mode, pack := "root", []string{"sh", "-c", string(recipe.Scripts["pack.sh"]), "pack.sh", recipe.DiskSize}
	if !root {
		mode, pack = "unshare", append([]string{"fakeroot"}, pack...)
	}
	return [][]string{
		{"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "brink-e2e", "-f", "id_ed25519"},
		{
			"mmdebstrap", "--mode=" + mode, "--variant=apt", "--include=" + strings.Join(recipe.Packages, ","),
			"--essential-hook=" + string(recipe.Scripts["essential.sh"]),
			`--customize-hook=mkdir -p "$1/root/.ssh"`,
			"--customize-hook=upload id_ed25519.pub /root/.ssh/authorized_keys",
			"--customize-hook=" + string(recipe.Scripts["customize.sh"]),
			recipe.Suite, "root.tar",
		},
		pack,
	}
}

// runIn runs a command to its end. What it says goes to the log, and the end of it into the error.
func runIn(ctx context.Context, dir string, log io.Writer, argv []string) error {
	path, err := lookTool(argv[0])
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, path, argv[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.Stdout = io.MultiWriter(log, &said)
	cmd.Stderr = cmd.Stdout
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", argv[0], err, lastLines(said.String(), 20))
	}
	return nil
}

// pinHostKey writes the known_hosts file of the image, so that ssh to the machine needs no trust on first use.
func pinHostKey(dir string) error {
	key, err := os.ReadFile(filepath.Join(dir, "host.pub"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "known_hosts"), append([]byte("brink-e2e "), key...), 0o644)
}

// lastLines is the end of a text, for error messages.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
