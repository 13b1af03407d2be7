// Package record is the flight recorder: it keeps what the sampler read and what
// the ledger found out, so that in the morning one can look at the night.
//
// A [Recorder] writes and any number of [Reader]s read meanwhile, in other processes
// too: the record is one SQLite database in WAL mode for each host, with a small file
// beside it that holds the last minute. Readings are kept raw; replay derives the same
// snapshots from them again. A reading is in the file before the next one is taken, so
// the death of brink loses none that was written.
//
//	Record -> queue -> tail (a frame a reading) -> unsealed (a row a minute)
//	       -> blocks (a row a container and five minutes)
//	       -> blocks of one reading per ten seconds after a day -> gone after a month
//
// The minutes before a death or an OOM kill are pinned: they stay in full for as
// long as the event itself is kept.
//
// Nothing here stops the watching: what cannot be written is counted, told in
// [Health], and tried again.
package record
