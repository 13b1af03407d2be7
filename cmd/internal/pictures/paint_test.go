package main

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"golang.org/x/tools/txtar"
)

func TestOptions(t *testing.T) {
	for _, args := range [][]string{{"-local", "-dev"}, {"x"}, {"-nonsense"}} {
		if o, err := parseOptions(args); err == nil {
			t.Errorf("parseOptions(%q) = %+v, want an error", args, o)
		}
	}
	if o, err := parseOptions([]string{"-out", "somewhere", "-dev"}); err != nil || o != (options{out: "somewhere", dev: true}) {
		t.Errorf("options %+v, %v", o, err)
	}
}

// TestEverySignIsPainted: whatever stands on brink's screens has a place in the font or a drawing.
func TestEverySignIsPainted(t *testing.T) {
	paths, err := filepath.Glob("../../../ui/testdata/screens/*.txtar")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d archives of screens, %v", len(paths), err)
	}
	b, err := newBrush()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.Contains(path, "hostile") {
			continue // its names are of scripts that the font does not have
		}
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range runesOf(archive) {
			if err := b.sign(r, false); err != nil {
				t.Errorf("%s: %v", filepath.Base(path), err)
			}
		}
	}
}

// runesOf lists the signs of an archive, each once.
func runesOf(archive *txtar.Archive) (list []rune) {
	seen := map[rune]bool{'\n': true}
	for _, file := range archive.Files {
		for _, r := range string(file.Data) {
			if !seen[r] {
				seen[r] = true
				list = append(list, r)
			}
		}
	}
	return list
}

// painted is a terminal of one line with a text on it.
func painted(t *testing.T, text string, colours scheme) image.Image {
	t.Helper()
	screen := vt.NewEmulator(8, 1)
	_, _ = screen.WriteString(text)
	picture, err := paint(screen, colours)
	if err != nil {
		t.Fatal(err)
	}
	if want := image.Rect(0, 0, 8*cellWidth+2*margin, cellHeight+2*margin); picture.Bounds() != want {
		t.Errorf("the picture is %v, want %v", picture.Bounds(), want)
	}
	return picture
}

// TestPaint looks at single points of cells.
func TestPaint(t *testing.T) {
	dark := darkScheme()
	red := color.RGBA{0x80, 0, 0, 0xff}
	tests := []struct {
		name, text string
		x, y       int // in the cells
		want       color.RGBA
	}{
		{"nothing", "", 5, 5, dark.back},
		{"a block", "█", 5, 5, dark.fore},
		{"beside a block", "█", cellWidth + 1, 5, dark.back},
		{"half a block, above", "▄", 5, 5, dark.back},
		{"half a block, below", "▄", 5, 20, dark.fore},
		{"a colour", "\x1b[31m█", 5, 5, red},
		{"a ground", "\x1b[41m ", 5, 5, red},
		{"reverse", "\x1b[7m ", 5, 5, dark.fore},
		{"a reversed colour", "\x1b[31;7m ", 5, 5, red},
		{"faint", "\x1b[2m█", 5, 5, mix(dark.back, dark.fore, 0x90)},
		{"the last dot of braille", "⢀", 9, 21, dark.fore},
		{"a dot that is not there", "⢀", 3, 3, dark.back},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			picture := painted(t, test.text, dark)
			if got := picture.At(margin+test.x, margin+test.y); got != test.want {
				t.Errorf("the point is %v, want %v", got, test.want)
			}
		})
	}
}

// TestLinesMeet: a line goes through to the edges of its cell that the next cell continues at, and to no other.
func TestLinesMeet(t *testing.T) {
	b, err := newBrush()
	if err != nil {
		t.Fatal(err)
	}
	edges := map[string]image.Point{
		"left": {0, cellHeight / 2}, "right": {cellWidth - 1, cellHeight / 2}, "top": {cellWidth / 2, 0}, "bottom": {cellWidth / 2, cellHeight - 1},
	}
	for sign, want := range map[rune]string{
		'─': "left right", '│': "top bottom", '┃': "top bottom", '╭': "right bottom", '╮': "left bottom", '╯': "left top", '╰': "right top",
	} {
		clear(b.mask.Pix)
		if err := b.sign(sign, false); err != nil {
			t.Fatal(err)
		}
		for edge, at := range edges {
			if got := b.mask.AlphaAt(at.X, at.Y).A > 0; got != strings.Contains(want, edge) {
				t.Errorf("%c reaches the %s: %v", sign, edge, got)
			}
		}
	}
}

// TestUnknownSign: what cannot be painted is an error and no box.
func TestUnknownSign(t *testing.T) {
	screen := vt.NewEmulator(8, 1)
	_, _ = screen.WriteString("漢")
	if _, err := paint(screen, lightScheme()); err == nil || !strings.Contains(err.Error(), "U+6F22") {
		t.Errorf("error %v, want one that names the sign", err)
	}
}

// TestSession: what a program writes is painted into a file, small and as it was.
func TestSession(t *testing.T) {
	place := terminal{name: "small", width: 20, height: 4, scheme: lightScheme()}
	s, err := startSession(place, exec.Command("sh", "-c", `printf '\033[31mready\033[m'; sleep 60`), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	err = s.paint(t.Context(), moment{name: "now", words: []string{"ready"}}, out)
	if err = errors.Join(err, s.close()); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(out, "now-small.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := picture.(*image.Paletted); !ok {
		t.Errorf("the file has no palette: %T", picture)
	}
}

// TestSessionIsPatient: words that never come end it with the screen, and an interruption ends it at once.
func TestSessionIsPatient(t *testing.T) {
	place := terminal{name: "small", width: 20, height: 10, scheme: darkScheme()}
	s, err := startSession(place, exec.Command("sh", "-c", `printf other; exec sleep 60`), 300*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close() }()
	if err := s.paint(t.Context(), moment{name: "now", words: []string{"ready"}}, t.TempDir()); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("error %v, want one with the screen", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.paint(ctx, moment{name: "now", words: []string{"ready"}}, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the interruption", err)
	}
}
