package ui

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// filter narrows a list to the lines that have each of its words, in any letters.
// The table of containers has one, and the list of events.
type filter struct {
	text string
	// typing says that keys go into it.
	typing bool
}

// longestFilter bounds what is typed.
const longestFilter = 40

// on reports whether anything is left out.
func (f filter) on() bool { return len(f.words()) > 0 }

// words returns what a line must have, in small letters.
func (f filter) words() []string { return strings.Fields(strings.ToLower(f.text)) }

// hasWords reports whether each of the words, which are in small letters, is
// somewhere in a text.
func hasWords(text string, words []string) bool {
	text = strings.ToLower(text)
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// take puts a key into the filter, or ends the typing: enter keeps what was typed,
// esc takes it back.
func (f filter) take(msg tea.KeyPressMsg) filter {
	switch msg.String() {
	case "enter":
		f.typing = false
	case "esc":
		return filter{}
	default:
		f.text = lineAfter(f.text, msg)
	}
	return f
}

// lineAfter is a line of text after a key: a letter less, none, or what it has typed
// more.
func lineAfter(text string, msg tea.KeyPressMsg) string {
	switch msg.String() {
	case "backspace":
		if typed := []rune(text); len(typed) > 0 {
			return string(typed[:len(typed)-1])
		}
		return text
	case "ctrl+u":
		return ""
	default:
		return typedInto(text, msg.Text)
	}
}

// typedInto adds what a key has typed, as far as it is visible and there is room.
func typedInto(text, typed string) string {
	for _, r := range typed {
		if unicode.IsPrint(r) && len([]rune(text)) < longestFilter {
			text += string(r)
		}
	}
	return text
}

// prompt shows what is typed, in width columns: where it is longer, its end, which
// is what one looks at.
func (f filter) prompt(width int) string {
	const name, caret = "Filter: ", "▏"
	return name + tail(f.text, width-textWidth(name)-1) + caret
}

// quoted is the filter as a sentence has it.
func (f filter) quoted() string { return "“" + f.text + "”" }

// tail shortens text to width columns by its beginning.
func tail(text string, width int) string {
	missing := textWidth(text) - max(width, 0)
	if missing <= 0 {
		return text
	}
	for missing++; missing > 0 && text != ""; { // The ellipsis takes one as well.
		_, w, rest := glyph(text)
		missing, text = missing-w, rest
	}
	return ellipsis + text
}

// filterTyped returns the filter that keys go into; nil where keys are keys.
func (m *Model) filterTyped() *filter {
	switch {
	case m.nav.help:
		return nil
	case m.overviewShown():
		return m.nav.overview.filter.asked()
	case m.panelsShown() && m.nav.focus == PanelEvents:
		return m.nav.words.asked()
	default:
		return nil
	}
}

// asked returns the filter if it is open for keys.
func (f *filter) asked() *filter {
	if !f.typing {
		return nil
	}
	return f
}

// typingNote is what the footer says while keys go into a filter.
const typingNote = "enter keeps the filter, esc takes it back"

// takeFilterKey puts a key into a filter. The list can be moved in meanwhile.
func (m Model) takeFilterKey(msg tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	switch msg.String() {
	case "ctrl+c":
		return m, tea.Quit
	case "up":
		return m.moveFiltered(-1), nil
	case "down":
		return m.moveFiltered(1), nil
	}
	typed := m.filterTyped()
	before := *typed
	if *typed = before.take(msg); !typed.typing {
		m.nav.note = ""
	}
	if typed.text == before.text {
		return m, nil
	}
	return m.filtered(), nil
}

func (m Model) moveFiltered(step int) Model {
	if m.overviewShown() {
		return m.moveRow(step)
	}
	return m.scroll(step)
}

// filtered puts the place in a list right after its filter has changed: when the
// marked container is not in the table, the first one is marked until it is back,
// and events begin at their newest, or at the moment in the past.
func (m Model) filtered() Model {
	if !m.overviewShown() {
		return m.eventsAnew()
	}
	view := &m.nav.overview
	view.at = 0
	view.at = view.place(m.rows())
	return m
}
