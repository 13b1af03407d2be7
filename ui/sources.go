package ui

import "brink/collectors"

// sourceLine is one line about a source: its head, or a piece of what it says.
type sourceLine struct {
	source collectors.SourceHealth
	head   bool
	text   string
	look   role
}

const (
	sourceIndent = 2
	// sourceMost bounds the lines of one reason.
	sourceMost = 3
)

// sources lists where the numbers come from: how each source fares, what it
// gives, what it could not give and why.
func (s *scene) sources(width int) list {
	var lines []sourceLine
	for _, source := range s.sourceList() {
		lines = append(lines, sourceLine{source: source, head: true})
		add := func(text string, look role) {
			for _, piece := range wrap(text, width-sourceIndent, sourceIndent, sourceMost) {
				lines = append(lines, sourceLine{text: piece, look: look})
			}
		}
		add(source.Error, roleText)
		for _, missing := range source.Missing {
			add("no "+string(missing.Group)+": "+missing.Why, roleMuted)
		}
		add(groupsText(source.Gives), roleMuted)
	}
	return list{
		count: len(lines),
		empty: "no source has answered yet",
		draw:  func(p pen, y, i int) { s.drawSource(p, y, lines[i]) },
	}
}

// sourceList returns the sources of the container, or of everything where it has
// no list of its own.
func (s *scene) sourceList() []collectors.SourceHealth {
	if len(s.sample.Sources) > 0 {
		return s.sample.Sources
	}
	return s.frame.Snapshot.Sources
}

func (s *scene) drawSource(p pen, y int, line sourceLine) {
	if !line.head {
		p.text(sourceIndent, y, line.text, line.look)
		return
	}
	source := line.source
	mark, look := "●", roleGood
	if !source.OK {
		mark, look = "▲", roleWarning
	}
	x := p.text(0, y, mark, look)
	p.fields(x+1, p.width(), y,
		field{value: cut(source.Name, p.width()), role: roleStrong},
		field{value: sourceWord(source), role: sourceLook(source, look)},
		field{value: left(took(source.Took.Duration()), tookWidth), role: roleMuted, rank: 1},
	)
}

func sourceLook(source collectors.SourceHealth, look role) role {
	if source.OK {
		return roleMuted
	}
	return look
}

// sourceWord says how a source fares: ok, or for how long it has given nothing.
func sourceWord(source collectors.SourceHealth) string {
	last, ever := source.Age.Get()
	switch {
	case source.OK:
		return "ok"
	case !ever:
		return "never answered"
	default:
		return "lost for " + age(last.Duration())
	}
}
