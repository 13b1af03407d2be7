package vm

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed recipe
var recipeFiles embed.FS

// Recipe is everything that decides what is in an image. The programs under test are not: they are copied into the
// running machine, so that a change of theirs costs seconds and not a new image.
type Recipe struct {
	// Suite is the Debian release. mmdebstrap knows where its packages come from.
	Suite string
	// Packages are installed without their recommendations.
	Packages []string
	// Scripts are run while the image is made: essential.sh and customize.sh by mmdebstrap, pack.sh after it.
	Scripts map[string][]byte
	// DiskSize is the size of the root file system as mke2fs takes it. The file on the host is sparse.
	DiskSize string
}

// DefaultRecipe is Debian 13 (kernel 6.12, Docker 26.1.5, compose 2.26.1, systemd 257).
func DefaultRecipe() (Recipe, error) {
	list, err := recipeFiles.ReadFile("recipe/packages.txt")
	if err != nil {
		return Recipe{}, err
	}
	recipe := Recipe{Suite: "trixie", Packages: parsePackages(list), Scripts: map[string][]byte{}, DiskSize: "8G"}
	for _, name := range []string{"essential.sh", "customize.sh", "pack.sh"} {
		if recipe.Scripts[name], err = fs.ReadFile(recipeFiles, "recipe/"+name); err != nil {
			return Recipe{}, err
		}
	}
	return recipe, nil
}

// parsePackages reads one package a line; a # starts a comment.
func parsePackages(list []byte) []string {
	var packages []string
	lines := bufio.NewScanner(bytes.NewReader(list))
	for lines.Scan() {
		name, _, _ := strings.Cut(lines.Text(), "#")
		if name = strings.TrimSpace(name); name != "" {
			packages = append(packages, name)
		}
	}
	return packages
}

// Hash names the image that the recipe makes: 16 hexadecimal digits, equal for equal recipes.
func (r Recipe) Hash() string {
	text := fmt.Appendf(nil, "%q %q %q %q", r.Suite, r.Packages, r.DiskSize, r.Scripts) // A map prints in the order of its keys.
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:16]
}
