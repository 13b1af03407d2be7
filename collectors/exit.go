package collectors

// Exit codes above 128 are 128 plus the signal that ended the main process, as
// shells and container runtimes report it (bash(1), EXIT STATUS).
const (
	exitSIGILL  = 128 + 4
	exitSIGABRT = 128 + 6
	exitSIGBUS  = 128 + 7
	exitSIGFPE  = 128 + 8
	exitSIGKILL = 128 + 9
	exitSIGSEGV = 128 + 11

	signalKill = 9
)

// causeOfSignal explains an exit code by itself, without any other evidence.
func causeOfSignal(code int) Cause {
	switch code {
	case exitSIGABRT:
		return CauseAborted
	case exitSIGILL, exitSIGBUS, exitSIGFPE, exitSIGSEGV:
		return CauseCrashed
	case exitSIGKILL:
		return CauseUnknown
	}
	if code > 128 && code < 128+65 {
		return CauseSignal
	}
	return CauseExited
}
