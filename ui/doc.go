// Package ui is the screen: one tea.Model that shows the newest [Frame].
//
// It is pure between messages. It reads no file, asks no engine and knows no
// clock: what it shows comes in by [FrameMsg], and the time on the screen is the
// snapshot's own. The flow is one line:
//
//	Frame -> Update (history, selection) -> scene -> panels -> cells -> tea.View
//
// Three promises. The colour of a value is the state of its alert, taken from the
// board and from nowhere else, and a severity also has a mark and a word. A value
// that is absent is "--", a limit that is none is said so, and what is stale,
// stopped or frozen is marked with its age. And nothing that a container can
// choose reaches the terminal as anything but visible text: [pen] is the only
// way onto the screen, and it lets no control character pass.
//
// The last hour is kept as it came: the past holds each frame packed, and walking
// puts one of them in the place of the newest, so that no panel knows of it.
//
// What a person asks for goes out by [Options.Act] and is shown when a later frame
// has it. Only an alert that is on the screen and marked can be acknowledged or
// muted: the first press of the key shows it, the second one means it.
package ui
