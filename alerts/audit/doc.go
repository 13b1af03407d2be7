// Package audit judges how a container is shut in. It is given facts and a profile
// of what is expected, and returns findings: it reads nothing, knows no clock and
// changes nothing.
//
// Truth goes before configuration: where the kernel tells what is in force, that
// decides; the engine's word stands in where the kernel's could not be read, and the
// finding says whose word it was. What nobody told is unknown, and never a pass.
package audit
