package hostfs

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// caps are the lines of status about capabilities, of a container that keeps NET_BIND_SERVICE alone.
const caps = "CapInh:\t0000000000000000\nCapPrm:\t0000000000000400\nCapEff:\t0000000000000400\nCapBnd:\t0000000000000400\nCapAmb:\t0000000000000000\n"

func TestParsePrivileges(t *testing.T) {
	const uid = "Uid:\t0\t101000\t0\t0\n"
	kept := Privileges{UID: 101000, Permitted: 0x400, Effective: 0x400, Bounding: 0x400}
	with := func(change func(*Privileges)) Privileges {
		p := kept
		change(&p)
		return p
	}
	for _, tt := range []struct {
		name, text string
		cause      error
		want       Privileges
	}{
		{name: "empty", cause: errMissing},
		{name: "no Uid", text: caps, cause: errMissing},
		{name: "no bounding set is not an empty one", text: uid + "CapInh:\t0\nCapPrm:\t0\nCapEff:\t0\n", cause: errMissing},
		{name: "one user id alone", text: "Uid:\t0\n" + caps, cause: errShort},
		{name: "a user id of words", text: "Uid:\t0\troot\t0\t0\n" + caps, cause: errNumber},
		{name: "a user id past 32 bits", text: "Uid:\t0\t4294967296\t0\t0\n" + caps, cause: errNumber},
		{name: "no hexadecimal set", text: uid + caps + "CapEff:\t0x400\n", cause: errNumber},
		{name: "a set of more than 64 bits", text: uid + caps + "CapEff:\t10000000000000000\n", cause: errNumber},
		{name: "an empty set of digits", text: uid + caps + "CapBnd:\t\n", cause: errNumber},
		{name: "NoNewPrivs is no number to count with", text: uid + caps + "NoNewPrivs:\t2\n", cause: errNumber},
		{name: "a mode of seccomp of tomorrow", text: uid + caps + "Seccomp:\t3\n", cause: errNumber},
		{name: "an old kernel", text: uid + caps, want: kept},
		{name: "free to gain privileges", text: uid + caps + "NoNewPrivs:\t0\nSeccomp:\t0\n", want: with(func(p *Privileges) {
			p.NoNewPrivileges, p.Seccomp = Some(false), Some(SeccompOff)
		})},
		{name: "held", text: "Name:\tnode\n" + uid + caps + "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n", want: with(func(p *Privileges) {
			p.Name, p.NoNewPrivileges, p.Seccomp = "node", Some(true), Some(SeccompFilter)
		})},
		{name: "a name that imitates a line", text: "Name:\ta\\nSeccomp:\t2\n" + uid + caps, want: with(func(p *Privileges) { p.Name = `a\nSeccomp:` + "\t2" })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParsePrivileges([]byte(tt.text))
			if !errors.Is(err, tt.cause) {
				t.Fatalf("error %v, want %v", err, tt.cause)
			}
			checkParseError(t, err)
			if err == nil && got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestReachableCountsWhatCanBeRegained(t *testing.T) {
	// The program of a user who is not root holds nothing, and a set-user-id program gets back what the bounding set
	// leaves.
	if got := (Privileges{Bounding: 0xa80425fb}).Reachable(); got != 0xa80425fb {
		t.Errorf("%x", got)
	}
	if got := (Privileges{Inheritable: 1, Permitted: 2, Effective: 4, Bounding: 8, Ambient: 16}).Reachable(); got != 31 {
		t.Errorf("%x", got)
	}
}

func TestParseIDMap(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		cause      error
		want       []IDRange
	}{
		{name: "two numbers", text: "0 0\n", cause: errForm},
		{name: "four numbers", text: "0 0 1 1\n", cause: errForm},
		{name: "words", text: "0 root 1\n", cause: errNumber},
		{name: "past 32 bits", text: "0 4294967296 1\n", cause: errNumber},
		{name: "no map yet"},
		{name: "the reader's own", text: "         0          0 4294967295\n", want: []IDRange{{0, 0, 4294967295}}},
		{name: "remapped, in two parts", text: "0 100000 1000\n1000 1000 1\n", want: []IDRange{{0, 100000, 1000}, {1000, 1000, 1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseIDMap([]byte(tt.text))
			if !errors.Is(err, tt.cause) {
				t.Fatalf("error %v, want %v", err, tt.cause)
			}
			checkParseError(t, err)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseResourceLimit(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		cause      error
		want       ResourceLimit
	}{
		{name: "empty", cause: errMissing},
		{name: "another limit", text: "Max processes   10   20   processes\n", cause: errMissing},
		{name: "cut", text: "Max open files            1024\n", cause: errShort},
		{name: "words", text: "Max open files            1024   many   files\n", cause: errNumber},
		{name: "Docker's own", text: "Limit  Soft  Hard\nMax open files            1024                 524288               files     \n", want: ResourceLimit{Hard: 524288}},
		{name: "none", text: "Max open files            1024                 unlimited            files     \n", want: ResourceLimit{Unlimited: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseResourceLimit([]byte(tt.text), OpenFiles)
			if !errors.Is(err, tt.cause) {
				t.Fatalf("error %v, want %v", err, tt.cause)
			}
			checkParseError(t, err)
			if got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func FuzzPrivileges(f *testing.F) {
	f.Add([]byte("Name:\tnode\nUid:\t1\t1\t1\t1\n" + caps + "NoNewPrivs:\t1\nSeccomp:\t2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePrivileges(data)
		checkParseError(t, err)
		if err != nil && p != (Privileges{}) {
			t.Errorf("%q: half a reading beside an error: %+v", data, p)
		}
		if mode, ok := p.Seccomp.Get(); ok && mode > SeccompFilter {
			t.Errorf("%q: %+v", data, p)
		}
	})
}

func FuzzIDMap(f *testing.F) {
	f.Add([]byte("         0     100000      65536\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		ranges, err := ParseIDMap(data)
		checkParseError(t, err)
		if len(ranges) > mostRanges || err != nil && ranges != nil {
			t.Errorf("%q: %d ranges, %v", data, len(ranges), err)
		}
	})
}

func FuzzResourceLimit(f *testing.F) {
	f.Add([]byte("Max open files            1024                 524288               files     \n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		limit, err := ParseResourceLimit(data, OpenFiles)
		checkParseError(t, err)
		if err != nil && limit != (ResourceLimit{}) {
			t.Errorf("%q: %+v beside %v", data, limit, err)
		}
	})
}
