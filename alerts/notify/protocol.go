package notify

import (
	"slices"
	"strings"
)

// Protocol is a way to ask a terminal for a notification of the desktop.
type Protocol string

// The protocols. No terminal has a way to ask which ones it knows.
const (
	// ProtocolAuto chooses by the environment.
	ProtocolAuto Protocol = ""
	// ProtocolOSC9 is iTerm2's: one text.
	ProtocolOSC9 Protocol = "osc9"
	// ProtocolOSC777 is urxvt's: a title and a text. Also foot, Ghostty, WezTerm,
	// VTE where it is new or patched.
	ProtocolOSC777 Protocol = "osc777"
	// ProtocolOSC99 is kitty's: it has an urgency and an id as well. Also foot.
	ProtocolOSC99 Protocol = "osc99"
	// ProtocolBell is the bell: for terminals that know nothing else.
	ProtocolBell Protocol = "bell"
)

// Protocols are the words of the configuration.
func Protocols() []Protocol {
	return []Protocol{ProtocolOSC9, ProtocolOSC777, ProtocolOSC99, ProtocolBell}
}

// choice is a protocol for a terminal.
type choice struct {
	protocol Protocol
	// sure says that every version of the terminal knows it. Otherwise the bell
	// rings as well.
	sure bool
	// why names what gave the terminal away.
	why string
}

// clue is what gives a terminal away. The first that fits counts.
type clue struct {
	// variable is the name of an environment variable; prefixes are what its value
	// begins with, none when its presence is enough.
	variable string
	prefixes []string
	choice   Protocol
	sure     bool
}

// clues returns them, the surest first. A variable like KITTY_WINDOW_ID is
// inherited by terminals that are started from a shell in kitty, so TERM_PROGRAM and
// TERM, which every terminal sets anew, come before. Where to read more:
// https://sw.kovidgoyal.net/kitty/desktop-notifications/ (99),
// https://iterm2.com/documentation-escape-codes.html (9),
// foot-ctlseqs(7), https://ghostty.org/docs/vt/reference, urxvt's perl/ext (777).
func clues() []clue {
	return []clue{
		{"TERM_PROGRAM", []string{"ghostty"}, ProtocolOSC777, true},
		{"TERM_PROGRAM", []string{"WezTerm"}, ProtocolOSC777, true},
		{"TERM_PROGRAM", []string{"iTerm"}, ProtocolOSC9, true},
		{"TERM_PROGRAM", []string{"rio"}, ProtocolOSC777, false},
		{"TERM_PROGRAM", []string{"Apple_Terminal", "vscode"}, ProtocolBell, true},
		{"TERM", []string{"xterm-kitty"}, ProtocolOSC99, true},
		{"TERM", []string{"xterm-ghostty", "ghostty"}, ProtocolOSC777, true},
		{"TERM", []string{"foot", "wezterm", "rxvt-unicode", "contour"}, ProtocolOSC777, true},
		{"TERM", []string{"iterm"}, ProtocolOSC9, true},
		{"TERM", []string{"dumb", "linux", "vt"}, ProtocolBell, true},
		{"KITTY_WINDOW_ID", nil, ProtocolOSC99, true},
		{"GHOSTTY_RESOURCES_DIR", nil, ProtocolOSC777, true},
		{"WEZTERM_PANE", nil, ProtocolOSC777, true},
		{"ITERM_SESSION_ID", nil, ProtocolOSC9, true},
		{"LC_TERMINAL", []string{"iTerm2"}, ProtocolOSC9, true},
		{"ConEmuANSI", []string{"ON"}, ProtocolOSC9, true},
		{"WT_SESSION", nil, ProtocolBell, true},
		{"KONSOLE_VERSION", nil, ProtocolOSC777, false},
		{"VTE_VERSION", nil, ProtocolOSC777, false},
	}
}

// detect chooses by the environment of a terminal.
func detect(env func(string) string) choice {
	for _, clue := range clues() {
		if clue.fits(env(clue.variable)) {
			return choice{protocol: clue.choice, sure: clue.sure, why: clue.variable}
		}
	}
	return choice{protocol: ProtocolBell, sure: true}
}

func (c clue) fits(value string) bool {
	if value == "" {
		return false
	}
	return len(c.prefixes) == 0 || slices.ContainsFunc(c.prefixes, func(prefix string) bool { return strings.HasPrefix(value, prefix) })
}
