// Package report tells the story of a range of time: what happened to each
// container, how near it came to its limits, and what it would have needed. It is
// one page that a person can paste into a ticket.
//
// A [Collector] takes snapshots in their order and keeps of them what the page
// needs, in memory that does not grow with the range: the last minute of moments,
// counts of values, the latest of what happened. A [Report] is the result as data;
// it writes itself as text, Markdown and JSON.
//
// The package is pure: it reads no file and no clock. What was not measured is said
// to be so and never taken for quiet: time without a recording, without the
// container, and without a value are three different things.
package report
