// Package paint writes cells to a terminal, and of a screen only what differs from
// the one before it.
//
// Bubble Tea draws the text of a view by reading it back into cells, and compares
// all of them twice for that; at one screen a second this took more of the processor
// than everything else that the dashboard does. So the dashboard gives it a blank
// view. Bubble Tea keeps what it knows best: the alternate screen, the modes of the
// terminal, keys, suspend and resume. The title goes with the cells: it has a number, and
// whenever it changed Bubble Tea compared its blank screen twice again. An [Output] stands between it and
// the terminal, lets through what it writes, and puts the cells beside it.
//
// [Buffer] and [Painter] are pure: cells in, bytes out. Only [Output] writes.
package paint
