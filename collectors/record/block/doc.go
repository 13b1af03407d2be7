// Package block packs the raw readings of one container over about a minute into
// bytes, and unpacks them. Readings are kept rather than what is derived of them:
// counters differ by little from one second to the next, and the same snapshots
// are derived from them again.
//
// A block is a table: a column for each field, a row for each reading. A column
// that never changes costs two bytes or so.
package block
