package collectors

// This file ranks processes as the kernel does when a cgroup is out of memory
// (oom_badness and mem_cgroup_scan_tasks in mm/oom_kill.c and mm/memcontrol.c): it
// kills the one with the most resident, swapped and page table memory, after
// oom_score_adj has added or taken away that many thousandths of the limit.

// oomExempt is the oom_score_adj of a process that the kernel never picks;
// oomScale is how many steps of it are the whole limit.
const (
	oomExempt = -1000
	oomScale  = 1000
)

// Badness returns the memory that the OOM killer counts for a process in a cgroup
// with a limit of whole. Negative is better than nothing at all. It is absent for a
// process that cannot be picked, because it is exempt or has ended, and where the
// sizes are not known. A process of which only RSS is known counts by that.
func (p Process) Badness(whole Opt[Bytes]) Opt[int64] {
	rss, ok := p.RSS.Get()
	adj := p.OOMScoreAdj.Or(0)
	if !ok || !p.killable() {
		return Opt[int64]{}
	}
	points := int64(rss + p.Swap.Or(0) + p.PageTables.Or(0))
	if adj == 0 {
		return Some(points)
	}
	limit, known := whole.Get()
	if !known {
		return Opt[int64]{}
	}
	return Some(points + int64(limit/oomScale)*int64(adj))
}

// killable reports whether the OOM killer may pick the process at all.
func (p Process) killable() bool { return !p.Zombie() && p.OOMScoreAdj.Or(0) != oomExempt }

// LikelyVictim returns the place in the list of the process that the OOM killer
// would pick now, and whether there is one; there is none to name as long as one
// that could be picked is of unknown badness. It is likely and not sure: memory
// moves until the kill, and of two that are equal the kernel takes either.
func LikelyVictim(processes []Process, whole Opt[Bytes]) (at int, ok bool) {
	worst := int64(0)
	for i := range processes {
		points, known := processes[i].Badness(whole).Get()
		if !known && processes[i].killable() {
			return 0, false
		}
		if known && (!ok || points > worst) {
			at, worst, ok = i, points, true
		}
	}
	return at, ok
}
