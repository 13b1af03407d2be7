package collectors

import "strconv"

// Exit codes above 128 are 128 plus the signal that ended the main process, as
// shells and container runtimes report it (bash(1), EXIT STATUS). A program may
// also exit with such a code by itself, as many do with 143 after a SIGTERM.
const (
	signalBase  = 128
	signalLast  = 64
	exitSIGKILL = signalBase + signalKill
)

// The signals that the ledger judges by, as signal(7) numbers them for x86 and
// ARM: the container runs on Linux, whatever brink runs on.
const (
	signalInterrupt = 2
	signalQuit      = 3
	signalAbort     = 6
	signalKill      = 9
	signalTerminate = 15
)

// causeOfSignal explains an exit code by itself, without any other evidence.
func causeOfSignal(code int) Cause {
	switch code - signalBase {
	case signalAbort:
		return CauseAborted
	case 4, 5, 7, 8, 11: // SIGILL, SIGTRAP (Chromium and V8 end so on a fatal fault), SIGBUS, SIGFPE, SIGSEGV
		return CauseCrashed
	case signalKill:
		return CauseUnknown
	}
	if code > signalBase && code <= signalBase+signalLast {
		return CauseSignal
	}
	return CauseExited
}

// endsProcess reports whether a signal is one that people stop a container with.
// Others (SIGHUP to reload, SIGUSR1 to dump) mostly ask for something else.
func endsProcess(signal int) bool {
	switch signal {
	case signalInterrupt, signalQuit, signalKill, signalTerminate:
		return true
	default:
		return false
	}
}

// signalName names the signal in an exit code above 128.
func signalName(code int) string {
	names := [...]string{
		1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
		9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
		24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
	}
	signal := code - signalBase
	if signal > 0 && signal < len(names) && names[signal] != "" {
		return names[signal]
	}
	return "signal " + strconv.Itoa(signal)
}
