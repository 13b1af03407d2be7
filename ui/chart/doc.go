// Package chart turns numbers and a size into cells: bars against a limit,
// histories in braille, blocks or ASCII, and a lane of small blocks below a history.
//
// It is pure. It knows no colour, no unit and no terminal: a [Cell] is a glyph
// one column wide and an [Ink] that says what the glyph stands for, and the
// caller decides how that looks. The same numbers and size always give the same
// cells, and nothing here can fail: a number that is not a number is a gap, and a
// gap stays a gap. It is never joined by a line and never drawn as zero.
//
// Nothing is allocated once a [Grid] has grown to its size; a screen that is
// drawn every second must not feed the garbage collector.
package chart
