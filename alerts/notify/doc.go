// Package notify tells people what the rules found: the [Outbox], and the sinks
// that it feeds.
//
// The promise. [Outbox.Put] never waits for anybody. Each sink has a goroutine
// and a bounded queue of its own, so one that hangs or fails delays nobody else.
// A sink is told once that an alert fires, again only with a [Reason], and once
// that it is over. Whatever could not be delivered is counted in [SinkHealth]
// and logged: nothing vanishes silently. What is critical survives a restart of
// brink in a small file, see [Options.StatePath].
//
// The outbox is level-triggered. It does not queue messages; it compares what a
// sink knows with what is the case, and tells the difference when the sink can
// hear it. A sink that was away for an hour hears the truth of the moment it
// came back, in one message, and not an hour of history.
//
// Delivery is at least once: a message is marked as delivered after the sink
// took it, never before. A crash between the two repeats a message, where the
// other order would lose one, and a person can bear the first. Each message and
// each alert in it carries an id that is the same in every repetition, so that a
// receiver can tell.
//
// Text that a container can choose is cleaned once, where it comes in, with
// [brink/collectors.Clean]. Credentials are of type [Secret], and what is secret
// is taken out of every error before anybody sees it.
package notify
