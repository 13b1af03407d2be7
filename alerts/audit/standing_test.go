package audit

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"brink/collectors"
)

// course audits one container after the other under one name, each a minute after the
// one before and once more for what is suspected, and tells what is lost and back.
type course struct {
	standing Standing
	at       time.Time
	profile  Profile
}

func newCourse() *course { return &course{at: day(), profile: openClaw()} }

func (c *course) audit(t *testing.T, change func(*Facts)) []string {
	t.Helper()
	facts := good()
	if change != nil {
		change(&facts)
	}
	c.at = c.at.Add(time.Minute)
	next, first := c.standing.After(Judge(facts, c.profile, c.at), c.profile, nil)
	c.standing = next
	if len(first.Lost) > 0 {
		t.Errorf("one look is enough for %v", first.Lost)
	}
	next, second := c.standing.After(Judge(facts, c.profile, c.at), c.profile, first.Suspects)
	c.standing = next
	if len(second.Suspects) > 0 {
		t.Errorf("two looks are not enough for %v", second.Suspects)
	}
	return slices.Concat(told("warning", "grave", second.Lost), told("back", "back", slices.Concat(first.Back, second.Back)))
}

func told(mild, grave string, list []collectors.Drift) []string {
	var texts []string
	for _, drift := range list {
		if drift.Check == "as-configured" {
			continue // it says of another change that it was not asked for
		}
		word := mild
		if drift.Grave {
			word = grave
		}
		texts = append(texts, word+" "+drift.String())
	}
	return texts
}

func TestDrift(t *testing.T) {
	sysAdmin := hold(func(p *collectors.Privileges) { p.Reachable |= 1 << 21 })
	twoMore := hold(func(p *collectors.Privileges) { p.Reachable |= 1<<21 | 1<<19 })
	memory := func(limit collectors.Limit[collectors.Bytes]) func(*Facts) {
		return func(f *Facts) { f.Kernel.Memory = kernel(limit) }
	}
	scratch := remount("/tmp", func(m *collectors.Mount) { m.NoExec = false })
	for _, test := range []struct {
		name string
		// was are the looks before the last one, which is.
		was  []func(*Facts)
		is   func(*Facts)
		want []string
	}{
		{"nothing is known yet", nil, nothing, nil},
		{"bad from the beginning", nil, sysAdmin, nil},
		{"from bad to as bad", []func(*Facts){sysAdmin}, twoMore, nil},
		{"from good to good", []func(*Facts){nil}, nil, nil},
		{"a privilege is back", []func(*Facts){nil}, sysAdmin, []string{"grave capabilities: NET_BIND_SERVICE -> SYS_ADMIN can be used"}},
		{"told once", []func(*Facts){nil, sysAdmin}, twoMore, nil},
		{"unknown meanwhile", []func(*Facts){nil, nothing}, sysAdmin, []string{"grave capabilities: NET_BIND_SERVICE -> SYS_ADMIN can be used"}},
		{"unknown is not worse", []func(*Facts){nil}, nothing, nil},
		{"unknown is not better", []func(*Facts){nil, sysAdmin}, nothing, nil},
		{"good again", []func(*Facts){nil, sysAdmin, nothing}, nil, []string{"back capabilities: SYS_ADMIN can be used -> NET_BIND_SERVICE"}},
		{"bad once more", []func(*Facts){nil, sysAdmin, nil}, twoMore, []string{"grave capabilities: NET_BIND_SERVICE -> SYS_PTRACE, SYS_ADMIN can be used"}},
		{"good for the first time, and lost", []func(*Facts){sysAdmin, nil}, sysAdmin, []string{"grave capabilities: NET_BIND_SERVICE -> SYS_ADMIN can be used"}},
		{"another limit", []func(*Facts){nil}, memory(collectors.LimitOf(4 * gib)), []string{"warning memory-limit: 2.00 GiB -> the limit is 4.00 GiB, where the profile expects 2.00 GiB"}},
		{"no limit after another one", []func(*Facts){nil, memory(collectors.LimitOf(4 * gib))}, memory(collectors.Unlimited[collectors.Bytes]()), []string{"grave memory-limit: 2.00 GiB -> nothing limits memory"}},
		{"no limit, and another one", []func(*Facts){nil, memory(collectors.Unlimited[collectors.Bytes]())}, memory(collectors.LimitOf(4 * gib)), nil},
		{"worse than bad", []func(*Facts){memory(collectors.LimitOf(4 * gib))}, memory(collectors.Unlimited[collectors.Bytes]()), []string{"grave memory-limit: the limit is 4.00 GiB, where the profile expects 2.00 GiB -> nothing limits memory"}},
		{"a quota that is gone", []func(*Facts){nil}, func(f *Facts) { f.Kernel.Cores = kernel(collectors.Unlimited[collectors.Cores]()) }, []string{"grave cpu-quota: 1.5 cores -> nothing limits CPU time"}},
		{"another quota", []func(*Facts){nil}, func(f *Facts) { f.Kernel.Cores = kernel(collectors.LimitOf(collectors.Cores(2))) }, []string{"warning cpu-quota: 1.5 cores -> the limit is 2 cores, where the profile expects 1.5 cores"}},
		{"the host's network", []func(*Facts){nil}, func(f *Facts) { f.Kernel.Shared = kernel([]string{"net"}) }, []string{"grave network-namespace: its own -> it is the host's"}},
		{"another container's", []func(*Facts){nil}, configure(func(c *collectors.Configuration) { c.Namespaces["ipc"] = "shareable" }), []string{"warning ipc-namespace: its own -> other containers may join it"}},
		{"root of the host", []func(*Facts){nil}, func(f *Facts) { f.Kernel.UserMap = kernel([]collectors.IDRange{{Count: 4294967295}}) }, []string{"grave user-namespace: mapped -> root in the container is root of the host"}},
		{"no limit beside which swap could be limited", []func(*Facts){nil, func(f *Facts) { f.Kernel.Swap = kernel(collectors.LimitOf(gib)) }}, memory(collectors.Unlimited[collectors.Bytes]()), []string{
			"grave memory-limit: 2.00 GiB -> nothing limits memory",
			"back no-swap: 1.00 GiB of swap stand beside the memory -> there is no memory limit beside which swap could be limited",
		}},
		{"two at once", []func(*Facts){nil}, all(scratch, func(f *Facts) { f.Kernel.Label = kernel("unconfined") }), []string{
			"grave confinement: docker-default (enforce) -> its label is unconfined, though the engine gave it docker-default",
			"warning tmpfs: /tmp 256 MiB, /run 64.0 MiB -> /tmp allows exec",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCourse()
			for _, before := range test.was {
				c.audit(t, before)
			}
			if diff := cmp.Diff(test.want, c.audit(t, test.is), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestDriftTakesTwoLooks: what a container has not given up yet while it starts is
// nothing that it was given.
func TestDriftTakesTwoLooks(t *testing.T) {
	at, profile := day(), openClaw()
	look := func(change func(*Facts)) Report {
		facts := good()
		if change != nil {
			change(&facts)
		}
		return Judge(facts, profile, at)
	}
	root := hold(func(p *collectors.Privileges) { p.UID = 0 })
	standing, _ := Standing{}.After(look(nil), profile, nil)
	standing, change := standing.After(look(root), profile, nil)
	if !slices.Equal(change.Suspects, []string{"user", "as-configured"}) || len(standing.Worse) > 0 {
		t.Errorf("after one look: %+v, %+v", change, standing.Worse)
	}
	standing, change = standing.After(look(nil), profile, change.Suspects)
	if len(change.Suspects)+len(change.Lost)+len(change.Back)+len(standing.Worse) > 0 {
		t.Errorf("it has become good: %+v, %+v", change, standing.Worse)
	}
}

// TestOtherExpectations: by another profile nothing is worse or better, and a waiver
// ends a drift without making it good.
func TestOtherExpectations(t *testing.T) {
	c := newCourse()
	root := hold(func(p *collectors.Privileges) { p.UID = 0 })
	c.audit(t, nil)
	c.profile = hardened()
	if got := c.audit(t, root); len(got) > 0 {
		t.Errorf("by another profile: %q", got)
	}
	c = newCourse()
	c.audit(t, nil)
	c.audit(t, root)
	c.profile.Waivers = []Waiver{{"user", "repairs", day().AddDate(0, 0, 1)}}
	if got := c.audit(t, root); !slices.Equal(got, []string{"back user: the main process is user 0 on the host -> waived until 2026-11-27: repairs"}) || slices.ContainsFunc(c.standing.Worse, func(d collectors.Drift) bool { return d.Check == "user" }) {
		t.Errorf("waived: %q, %+v", got, c.standing.Worse)
	}
	c.at = day().AddDate(0, 0, 3)
	if got := c.audit(t, root); len(got) != 1 || !strings.HasPrefix(got[0], "grave user: user 101000 on the host -> ") {
		t.Errorf("the waiver is over: %q", got)
	}
}

// TestStandingIsData: what was kept as JSON goes on as if brink had not ended, and one
// that was returned does not change any more.
func TestStandingIsData(t *testing.T) {
	c := newCourse()
	c.audit(t, nil)
	before := c.standing
	kept, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	root := hold(func(p *collectors.Privileges) { p.UID = 0 })
	if got := c.audit(t, root); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	if again, err := json.Marshal(before); err != nil || string(again) != string(kept) {
		t.Errorf("it has changed to %s, %v", again, err)
	}
	for range 2 {
		data, err := json.Marshal(c.standing)
		if err != nil {
			t.Fatal(err)
		}
		c.standing = Standing{}
		if err := json.Unmarshal(data, &c.standing); err != nil {
			t.Fatal(err)
		}
		if got := c.audit(t, root); len(got) > 0 || len(c.standing.Worse) != 2 {
			t.Errorf("told again after a restart: %q, %+v", got, c.standing.Worse)
		}
	}
}

// TestStandingIsBounded: what a container chooses is kept clean and short.
func TestStandingIsBounded(t *testing.T) {
	c := newCourse()
	c.audit(t, nil)
	c.audit(t, func(f *Facts) { *f = hostile() })
	if len(c.standing.Worse) == 0 {
		t.Fatal("nothing is worse")
	}
	for _, drift := range c.standing.Worse {
		if text := drift.Was + drift.Is; strings.ContainsAny(text, "\x1b\x07\r\n\u202e") || len(text) > 3*longestMark {
			t.Errorf("%q", text)
		}
	}
}
