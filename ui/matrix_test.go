package ui

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// everySize are the situations that are kept in every size. The others differ from
// them in a few words, and are kept in one size of each mode.
func everySize() []string {
	return []string{
		"waiting", "idle", "steady", "busy", "near-limits", "news", "oom", "stopped", "stale", "unreadable", "forty", "walking", "replay", "hostile",
	}
}

// inLooks are the situations in which the look says something: alerts, values that
// are not of now, a list of several.
func inLooks() []string {
	return []string{"steady", "near-limits", "stopped", "stale", "several", "oom", "alerts", "news", "walking", "forty", "hardening-zoom"}
}

// sizesOf returns the sizes in which a situation is kept.
func sizesOf(name string) [][2]int {
	if slices.Contains(everySize(), name) {
		return sizes()
	}
	return [][2]int{{120, 40}, {80, 24}, {50, 30}, {40, 8}, {80, 3}, {80, 2}, {20, 3}}
}

// TestScreens draws every situation in every size and compares it with the screens
// that were looked at and found good: one archive a situation, one picture a size.
// Every size is drawn; those that are not kept, after the situation was reached in
// another one.
func TestScreens(t *testing.T) {
	drawnAlone(t)
	for _, state := range states() {
		t.Run(state.name, func(t *testing.T) {
			t.Parallel()
			kept := sizesOf(state.name)
			var pictures []txtar.File
			elsewhere := state.arrive(newModel(120, 40))
			for _, size := range sizes() {
				if !slices.Contains(kept, size) {
					m := send(elsewhere, resized(size[0], size[1]))
					checkThemes(t, m, screenText(t, m))
					continue
				}
				m := state.arrive(newModel(size[0], size[1]))
				text := screenText(t, m)
				checkThemes(t, m, text)
				pictures = append(pictures, picture(fmt.Sprintf("%dx%d", size[0], size[1]), text))
			}
			if slices.Contains(inLooks(), state.name) {
				pictures = append(pictures, picture("80x24 looks", styleText(state.arrive(newModel(80, 24)))))
			}
			gallery(t, state.name, pictures)
		})
	}
}

func picture(name, text string) txtar.File { return txtar.File{Name: name, Data: []byte(text)} }

// gallery compares pictures with an archive of them.
func gallery(t *testing.T, name string, pictures []txtar.File) {
	t.Helper()
	path := filepath.Join("testdata", "screens", name+".txtar")
	if *update {
		writeGolden(t, path, txtar.Format(&txtar.Archive{Files: pictures}))
	}
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./ui -update writes it", err)
	}
	for _, got := range pictures {
		at := slices.IndexFunc(archive.Files, func(file txtar.File) bool { return file.Name == got.Name })
		if at < 0 {
			t.Errorf("%s has no picture %s", path, got.Name)
			continue
		}
		if want := archive.Files[at].Data; !bytes.Equal(want, got.Data) {
			t.Errorf("%s, %s differs (-want +got):\n%s", path, got.Name,
				cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got.Data), "\n")))
		}
	}
	if len(archive.Files) != len(pictures) {
		t.Errorf("%s has %d pictures, want %d", path, len(archive.Files), len(pictures))
	}
}

// checkThemes: a theme changes colours and nothing else. The words are the same in
// each; every cell has the same role in the dark and in the light; and without
// colours there is none.
func checkThemes(t *testing.T, m Model, text string) {
	t.Helper()
	dark, light := m.inTheme(ThemeDark), m.inTheme(ThemeLight)
	for _, name := range Themes() {
		themed := m.inTheme(name)
		if diff := cmp.Diff(text, screenText(t, themed)); diff != "" {
			t.Errorf("the theme %s shows something else at %dx%d:\n%s", name, m.width, m.height, diff)
		}
	}
	if diff := cmp.Diff(inLettersOf(light, styleText(dark)), styleText(light)); diff != "" {
		t.Errorf("dark and light give roles to different cells at %dx%d:\n%s", m.width, m.height, diff)
	}
	for r, style := range m.inTheme(ThemeNone).theme {
		if style.Fg != nil || style.Bg != nil || style.UnderlineColor != nil {
			t.Errorf("the theme none has a colour for the role %c", roleLetters[r])
		}
	}
}

// inLettersOf gives the letters of a look those of another one, in which more roles
// may look the same.
func inLettersOf(m Model, looks string) string {
	return strings.Map(func(letter rune) rune {
		if at := strings.IndexRune(roleLetters, letter); at >= 0 {
			return rune(roleLetter(m.theme, m.theme[at]))
		}
		return letter
	}, looks)
}

// inTheme is the same screen in another look.
func (m Model) inTheme(name Theme) Model {
	m.options.Theme, m.dark = name, name != ThemeLight
	return m.withTheme()
}

// TestLooks compares the look of every role in the themes of the matrix, by the
// letters of the pictures.
func TestLooks(t *testing.T) {
	var text strings.Builder
	fmt.Fprintf(&text, "%-3s%-22s%-22s%s\n", "", ThemeDark, ThemeLight, ThemeNone)
	for r := range roleCount {
		fmt.Fprintf(&text, "%-3c", roleLetters[r])
		for _, name := range []Theme{ThemeDark, ThemeLight} {
			fmt.Fprintf(&text, "%-22s", lookText(newTheme(name, name == ThemeDark, colorprofile.ANSI256)[r]))
		}
		text.WriteString(lookText(newTheme(ThemeNone, true, colorprofile.ANSI256)[r]) + "\n")
	}
	golden(t, "looks.txt", text.String())
}

// lookText names a style.
func lookText(style uv.Style) string {
	var words []string
	if style.Fg != nil {
		words = append(words, colourText(style.Fg))
	}
	for attr, word := range map[uint8]string{uv.AttrBold: "bold", uv.AttrFaint: "faint", uv.AttrReverse: "reverse"} {
		if style.Attrs&attr != 0 {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

func colourText(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// TestNoPictureIsForgotten: each archive belongs to a situation.
func TestNoPictureIsForgotten(t *testing.T) {
	paths, err := filepath.Glob("testdata/screens/*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d archives, %v", len(paths), err)
	}
	strays, err := filepath.Glob("testdata/*-[0-9]*x[0-9]*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strays {
		base := filepath.Base(path)
		if !strings.HasPrefix(base, "ascii-") && !strings.HasPrefix(base, "blocks-") {
			t.Errorf("nothing compares %s: pictures of situations are in testdata/screens", path)
		}
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		if !slices.ContainsFunc(states(), func(s state) bool { return s.name == name }) {
			t.Errorf("%s belongs to no situation", path)
		}
	}
}

func writeGolden(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
