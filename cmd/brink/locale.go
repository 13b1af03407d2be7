package main

import (
	"strings"

	"brink/cmd/internal/config"
	"brink/ui"
)

// glyphs chooses the signs of the dashboard: those of the configuration, or else
// what the locale can show.
func (p *program) glyphs(configured string) ui.Glyphs {
	switch {
	case configured != config.Glyphs()[0]:
		return ui.Glyphs(configured)
	case p.utf8():
		return ui.GlyphsBraille
	default:
		return ui.GlyphsASCII
	}
}

// utf8 reports whether the locale writes text in UTF-8: the first of the variables
// that is set and not empty says so (POSIX.1-2024, Base Definitions 8.2). Without
// any it is the locale C, which has no more than ASCII. The name is searched as tmux
// does it: LC_CTYPE=UTF-8, which a Mac sends along over SSH, is no locale here, but
// tells of a terminal.
func (p *program) utf8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(p.env(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return false
}
