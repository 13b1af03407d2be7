// Package blocktest makes up readings of a busy agent, for tests and benchmarks of
// what records them.
package blocktest

import (
	"math/rand/v2"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

// Agent is a container at work: its memory grows and is collected, its processes
// come and go, it is throttled, stalls, reads, writes and sends. The same seed makes
// the same readings.
type Agent struct {
	random    *rand.Rand
	at        time.Time
	number    int
	load      load
	processes []worker
}

// load is what the counters stand at, in the kernel's units: pages, microseconds
// and bytes.
type load struct {
	anon, inactive, active, shmem, stack, tables, slab, unslab, sock uint64
	user, system, periods, throttled, waited                         uint64
	read, written, reads, writes, received, sent, max, peak          uint64
	stall                                                            [6]uint64
	average                                                          [18]uint64
}

// listEvery is how many readings there are to a list of processes.
const listEvery = 10

// New returns an agent whose first reading is at the given time. It has a list of
// processes in every tenth reading, and none between.
func New(seed uint64, at time.Time) *Agent {
	a := &Agent{random: rand.New(rand.NewPCG(seed, seed)), at: at}
	a.load = load{
		anon: 180_000, inactive: 60_000, active: 25_000, shmem: 20_000, stack: 900, tables: 2_400,
		slab: 40 << 20, unslab: 12 << 20, sock: 30, user: 9e9, system: 2e9, periods: 400_000, throttled: 9_000,
		waited: 8e8, read: 9 << 30, written: 3 << 30, reads: 200_000, writes: 90_000, received: 1 << 30, sent: 1 << 28,
	}
	for i := range processCount {
		a.processes = append(a.processes, a.worker(i))
	}
	return a
}

// Entries returns the next readings, one a second and now and then one between two
// seconds, since the kernel wakes brink when a limit is hit.
func (a *Agent) Entries(count int) []block.Entry {
	entries := make([]block.Entry, 0, count)
	for range count {
		entries = append(entries, a.next())
	}
	return entries
}

func (a *Agent) next() block.Entry {
	// A timer fires up to some 200 us late.
	at := a.at.Add(time.Duration(50_000 + a.random.Int64N(150_000)))
	a.at = a.at.Add(time.Second)
	if a.chance(60) {
		at = at.Add(time.Duration(a.random.Int64N(int64(400 * time.Millisecond))))
		a.load.max += a.random.Uint64N(30)
	}
	a.work()
	c := a.container(at)
	if a.number%listEvery == 0 {
		c.Processes = collectors.Some(a.look())
		c.Origin[collectors.GroupProcesses] = "proc"
	}
	a.number++
	return block.Entry{At: at, Counters: c}
}

// chance is true once in so many times.
func (a *Agent) chance(in int) bool { return a.random.IntN(in) == 0 }

// drift moves a level by up to so much, and keeps it above zero.
func (a *Agent) drift(level *uint64, by int64) {
	moved := int64(*level) + a.random.Int64N(2*by+1) - by
	*level = uint64(max(moved, 1))
}

// rise adds up to so much to a counter.
func (a *Agent) rise(counter *uint64, by uint64) { *counter += a.random.Uint64N(by + 1) }

// work passes a second.
func (a *Agent) work() {
	l := &a.load
	a.memory(l)
	a.rise(&l.user, 1_100_000)
	a.rise(&l.system, 350_000)
	l.periods += 10
	if throttled := a.random.Uint64N(5); throttled > 1 {
		l.throttled += throttled
		l.waited += throttled * (20_000 + a.random.Uint64N(60_000))
	}
	for i := range l.stall {
		a.rise(&l.stall[i], 40_000>>i)
	}
	if a.number%2 == 0 {
		for i := range l.average {
			a.drift(&l.average[i], int64(120>>(i%3*2)))
			l.average[i] = min(l.average[i], scaledOne)
		}
	}
	a.traffic(l)
}

// memory is a heap that grows and is collected, beside caches that come and go.
func (a *Agent) memory(l *load) {
	a.rise(&l.anon, 600)
	if l.anon > 300_000 || a.chance(45) {
		l.anon -= min(l.anon/5, 20_000)
	}
	a.drift(&l.inactive, 150)
	a.drift(&l.active, 40)
	if a.chance(3) {
		a.drift(&l.shmem, 30)
	}
	a.drift(&l.stack, 6)
	a.drift(&l.tables, 20)
	a.drift(&l.slab, 9_000)
	a.drift(&l.unslab, 3_000)
	a.drift(&l.sock, 4)
}

func (a *Agent) traffic(l *load) {
	if a.chance(3) {
		reads := a.random.Uint64N(40)
		l.reads += reads
		l.read += reads * 16 * page
	}
	if a.chance(2) {
		writes := a.random.Uint64N(30)
		l.writes += writes
		l.written += writes * 4 * page
	}
	a.rise(&l.received, 60_000)
	a.rise(&l.sent, 15_000)
}
