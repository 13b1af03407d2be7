package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"brink/cmd/internal/config"
	"brink/ui"
)

// TestConfigKnowsTheKeys of the screen: the file can change every one of them, and
// finds out when one is given away twice.
func TestConfigKnowsTheKeys(t *testing.T) {
	if diff := cmp.Diff(ui.DefaultKeys(), config.BuiltinKeys()); diff != "" {
		t.Errorf("the tables of the screen and of the configuration differ (-screen +configuration):\n%s", diff)
	}
}

// TestConfigKnowsTheThemes of the screen.
func TestConfigKnowsTheThemes(t *testing.T) {
	var names []string
	for _, theme := range ui.Themes() {
		names = append(names, string(theme))
	}
	if diff := cmp.Diff(names, config.Themes()); diff != "" {
		t.Errorf("the themes of the screen and of the configuration differ (-screen +configuration):\n%s", diff)
	}
}

// TestConfigKnowsTheGlyphs of the screen, and leaves the choice to the locale.
func TestConfigKnowsTheGlyphs(t *testing.T) {
	names := []string{config.Default().Glyphs}
	for _, glyphs := range ui.AllGlyphs() {
		names = append(names, string(glyphs))
	}
	if diff := cmp.Diff(names, config.Glyphs()); diff != "" {
		t.Errorf("the signs of the screen and of the configuration differ (-screen +configuration):\n%s", diff)
	}
}
