package collectors

import "testing"

func TestBadness(t *testing.T) {
	const mib = Bytes(1 << 20)
	limit := Some(2000 * mib)
	for _, test := range []struct {
		name    string
		process Process
		whole   Opt[Bytes]
		want    Opt[int64]
	}{
		{"nothing known", Process{State: "S"}, limit, Opt[int64]{}},
		{"a zombie", Process{State: "Z", RSS: Some(Bytes(0))}, limit, Opt[int64]{}},
		{"exempt", Process{State: "S", RSS: Some(mib), OOMScoreAdj: Some(-1000)}, limit, Opt[int64]{}},
		{"adjusted against an unknown limit", Process{State: "S", RSS: Some(mib), OOMScoreAdj: Some(1)}, Opt[Bytes]{}, Opt[int64]{}},
		{"only resident memory", Process{State: "S", RSS: Some(3 * mib)}, Opt[Bytes]{}, Some(int64(3 * mib))},
		{
			"all parts",
			Process{State: "R", RSS: Some(3 * mib), Swap: Some(4 * mib), PageTables: Some(mib), OOMScoreAdj: Some(0)},
			limit, Some(int64(8 * mib)),
		},
		{"offered first", Process{State: "S", RSS: Some(5 * mib), OOMScoreAdj: Some(300)}, limit, Some(int64(605 * mib))},
		{"spared", Process{State: "S", RSS: Some(5 * mib), OOMScoreAdj: Some(-999)}, limit, Some(int64(5*mib) - int64(1998*mib))},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.process.Badness(test.whole); got != test.want {
				t.Errorf("badness is %v, want %v", got, test.want)
			}
		})
	}
}

func TestLikelyVictim(t *testing.T) {
	const mib = Bytes(1 << 20)
	sized := func(size Bytes, adj int) Process {
		return Process{State: "S", RSS: Some(size), OOMScoreAdj: Some(adj)}
	}
	for _, test := range []struct {
		name string
		list []Process
		want int
		ok   bool
	}{
		{"no processes", nil, 0, false},
		{"none can be picked", []Process{{State: "Z"}, sized(mib, -1000)}, 0, false},
		{"one is not known", []Process{sized(mib, 0), {State: "S"}}, 0, false},
		{"the fattest", []Process{sized(mib, 0), sized(3*mib, 0), sized(2*mib, 0)}, 1, true},
		{"a small one that is offered", []Process{sized(400*mib, 0), sized(9*mib, 300)}, 1, true},
		{"all are spared, the least of them", []Process{sized(mib, -900), sized(mib, -500)}, 1, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if at, ok := LikelyVictim(test.list, Some(2000*mib)); at != test.want || ok != test.ok {
				t.Errorf("victim is %d, %v; want %d, %v", at, ok, test.want, test.ok)
			}
		})
	}
}
