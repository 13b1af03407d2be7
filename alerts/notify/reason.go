package notify

// Reason is why a sink is told of an alert, or why it is not.
type Reason string

// The reasons to tell. There are no others.
const (
	// ReasonFirst: the alert began to fire.
	ReasonFirst Reason = "first"
	// ReasonRose: it fires with a worse severity than the sink knows of.
	ReasonRose Reason = "rose"
	// ReasonAgain: what the sink knows of happened once more.
	ReasonAgain Reason = "again"
	// ReasonRepeat: it still fires, and nobody has acknowledged or muted it.
	ReasonRepeat Reason = "repeat"
	// ReasonResolved: what the sink was told of fires no more.
	ReasonResolved Reason = "resolved"
	// ReasonOver: it fired and ceased before the sink could be told. One message
	// says both: "fires" alone would be a lie by now, and "resolved" alone would
	// speak of something that nobody there has heard of; two messages would ring
	// for something that is over.
	ReasonOver Reason = "over"
	// ReasonSummary: it fired already when brink started.
	ReasonSummary Reason = "summary"
	// ReasonTest: somebody asked for a test message.
	ReasonTest Reason = "test"
)

// The reasons not to tell.
const (
	// ReasonBelowMinimum: the sink does not want severities as low as this.
	ReasonBelowMinimum Reason = "below minimum severity"
	// ReasonMuted: somebody muted the alert. The end of an alert that the sink
	// was told of is told when the mute ends.
	ReasonMuted Reason = "muted"
	// ReasonAcknowledged: somebody knows of the alert.
	ReasonAcknowledged Reason = "acknowledged"
	// ReasonKnown: the sink was told of it before, maybe before a restart of brink.
	ReasonKnown Reason = "known"
	// ReasonNeverTold: it is over, and the sink never heard of it: it was muted,
	// acknowledged, or given up.
	ReasonNeverTold Reason = "never told"
)

// The reasons why something that should have been told was given up. Each is
// counted in [SinkHealth.Dropped] and logged.
const (
	// ReasonQueueFull: more alerts wait for the sink than its queue holds.
	ReasonQueueFull Reason = "queue full"
	// ReasonDeadline: the sink did not take it in time.
	ReasonDeadline Reason = "deadline over"
	// ReasonRefused: the sink said that it will never take it.
	ReasonRefused Reason = "refused"
	// ReasonRemoved: the sink is not configured any more.
	ReasonRemoved Reason = "removed"
	// ReasonShutdown: brink ended before the sink took it, and it is not of the
	// kind that survives in the state file.
	ReasonShutdown Reason = "shutdown"
)
