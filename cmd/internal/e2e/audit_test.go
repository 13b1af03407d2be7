//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// longVariable, set to anything, lets the audit go through every line, through the firewall and through mapped users:
// ten minutes more on an emulated machine. Without it one line of six is spoiled.
const longVariable = "BRINK_E2E_LONG"

func long() bool { return os.Getenv(longVariable) != "" }

// audit: the baseline is judged to be well, each line of it that is removed or spoiled is what is found and nothing else,
// and what the firewall is said to do it does.
func audit(t *testing.T) {
	s := prepare(t)
	s.removeAgent()
	s.run(`umask 077; mkdir -p ` + cageDir + ` && cd ` + cageDir + ` && mkdir -p data logs extra root-data root-logs
chown 1000:1000 data logs extra`)
	s.finally(removeCage + "; rm -rf " + cageDir)
	// The engine takes it without a restart.
	s.run(`test ! -e /etc/docker/daemon.json && mkdir -p /etc/docker
echo '{"live-restore": true}' >/etc/docker/daemon.json && systemctl reload docker
until docker info --format '{{.LiveRestoreEnabled}}' | grep -q true; do sleep 0.2; done`)
	s.finally("rm -f /etc/docker/daemon.json; systemctl reload docker")

	cage := s.cage("--first-id 0")
	services := map[string]Service{baseCage: s.base(cage)}
	for _, v := range linesToSpoil() {
		services[v.container()] = s.spoiled(cage, v.spoil)
	}
	if err := s.host.UpCage(s.ctx, cage.with(services)); err != nil {
		s.Fatal(err)
	}
	s.run(cageRules + cageAllowed + " | sh")
	s.finally(cageRules + " --undo | sh")
	s.stage("as it should be", asItShouldBe)
	s.stage("each line spoiled", eachLineSpoiled)
	if !long() {
		return
	}
	s.stage("meddled with", meddledWith)
	s.run(cageRules + " --undo | sh")
	s.stage("a firewall", firewalls)
	s.run(removeCage)
	s.stage("users mapped", usersMapped)
}

// linesToSpoil are all of them, or some of each kind.
func linesToSpoil() []spoiledLine {
	all := spoiledLines()
	if long() {
		return all
	}
	var some []spoiledLine
	for i := 0; i < len(all); i += 6 {
		some = append(some, all[i])
	}
	return some
}

// removeAgent takes the agent of the other scenarios away: the engine is about to be another.
func (s *scenario) removeAgent() {
	s.Helper()
	if err := s.host.Down(s.ctx); err != nil {
		s.Fatal(err)
	}
}

// stage is a scenario within another in which no brink watches.
func (s *scenario) stage(name string, run func(*scenario)) {
	s.Run(name, func(t *testing.T) {
		own := *s
		own.T, own.ctx = t, t.Context()
		run(&own)
	})
}

// cage is the deployment that the baseline prints, with the image of the suite named by what it is and not by its tag.
// Nothing but the audit looks at it: it does nothing, and is not asked for its health.
func (s *scenario) cage(arguments string) Cage {
	s.Helper()
	s.run("cd " + cageDir + " && brink baseline compose --name " + baseCage + " --network cage-net --bridge " + cageBridge +
		" --image openclaw/openclaw:latest " + arguments + " >compose.yaml")
	cage, err := s.host.ReadCage(s.ctx, "compose.yaml")
	if err != nil {
		s.Fatal(err)
	}
	service, err := cage.the()
	if err != nil {
		s.Fatal(err)
	}
	service["image"] = strings.TrimSpace(s.run("docker image inspect --format '{{.Id}}' openclaw/openclaw:latest"))
	service["command"] = []string{"rest"}
	// Compose reads a limit of 0, and writes none (compose-go 2.1).
	limits, _ := service["ulimits"].(map[string]any)
	limits["core"] = 0
	check, _ := service["healthcheck"].(map[string]any)
	check["interval"] = "1h"
	return cage
}

// base is the deployment itself, to be changed.
func (s *scenario) base(cage Cage) Service {
	s.Helper()
	service, err := cage.the()
	if err == nil {
		service, err = service.clone()
	}
	if err != nil {
		s.Fatal(err)
	}
	return service
}

// spoiled is the deployment with changes, and without a network unless that is one of them: under emulation a container's
// place in one takes as long to set up as all the rest.
func (s *scenario) spoiled(cage Cage, changes []Spoiler) Service {
	s.Helper()
	service := s.base(cage)
	without("ports", "networks")(service)
	set("network_mode", "none")(service)
	for _, change := range changes {
		change(service)
	}
	return service
}

// audits runs brink audit with the profile on some containers.
func (s *scenario) audits(profile string, containers ...string) []Audit {
	s.Helper()
	audits, err := s.host.Brink().Audits(s.ctx, "--profile "+profile, containers)
	if err != nil {
		s.Fatal(err)
	}
	return audits
}

// finds requires what an audit finds, and its exit code.
func (s *scenario) finds(audit Audit, checks ...string) {
	s.Helper()
	slices.Sort(checks)
	if got := audit.Amiss(); !slices.Equal(got, checks) {
		s.Errorf("%s: found %v, want %v:%s", audit.Container, got, checks, described(audit))
	}
	if code := exitOf(audit); audit.Exit != code {
		s.Errorf("%s: ended with %d, want %d", audit.Container, audit.Exit, code)
	}
}

// asItShouldBe: nothing is amiss by the profile for any container, and by that for the agent nothing but that the engine
// maps no users, which is so.
func asItShouldBe(s *scenario) {
	s.finds(s.audits("hardened", baseCage)[0])
	audit := s.audits("openclaw", baseCage)[0]
	s.finds(audit, "user-namespace")
	if finding, _ := audit.Of("user-namespace"); finding.Witness != "kernel" || finding.Found != "root in the container is root of the host" {
		s.Errorf("%+v", finding)
	}
}

// described is what an audit found, for a message.
func described(audit Audit) string {
	var text strings.Builder
	for _, finding := range audit.Findings {
		if finding.State == "fail" || finding.State == "unknown" {
			fmt.Fprintf(&text, "\n  %s %s %s: %s", finding.Severity, finding.State, finding.Check, finding.Found)
		}
	}
	return text.String()
}

func eachLineSpoiled(s *scenario) {
	list := linesToSpoil()
	names := []string{}
	for _, v := range list {
		names = append(names, v.container())
	}
	audits := s.audits("openclaw", names...)
	for i, v := range list {
		s.stage(v.name, func(s *scenario) { s.finds(audits[i], append([]string{"user-namespace"}, v.finds...)...) })
	}
}

// meddledWith: what changes under a container that runs is seen as well, and no longer once it is as it was.
func meddledWith(s *scenario) {
	const where = "c=" + baseCage + "; cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/$(docker inspect --format '{{.State.Pid}}' $c)/cgroup); "
	for _, m := range meddlings() {
		s.stage(m.name, func(s *scenario) {
			s.finally(where + m.undo)
			s.run(where + m.do)
			s.finds(s.audits("openclaw", baseCage)[0], append([]string{"user-namespace"}, m.finds...)...)
		})
	}
	s.finds(s.audits("openclaw", baseCage)[0], "user-namespace")
}

// firstID is a range that no account of the machine has.
const firstID = 500000

// usersMapped: with the engine's settings of the baseline nothing at all is amiss. What a container says of its user is
// judged by its map, and not by its number.
func usersMapped(s *scenario) {
	arguments := fmt.Sprintf("--first-id %d", firstID)
	s.run("rm /etc/docker/daemon.json && brink baseline daemon " + arguments + " | sh")
	s.finally(fmt.Sprintf("%s; brink baseline daemon %s --undo | sh && userdel dockremap; rm -rf /var/lib/docker/%d.%d", removeCage, arguments, firstID, firstID))
	if err := s.host.importImage(s.ctx); err != nil {
		s.Fatal(err)
	}
	s.run(fmt.Sprintf(`cd %s && umask 077 && mkdir -p mapped-data mapped-logs mapped-root
chown %[2]d:%[2]d mapped-data mapped-logs; chown %[3]d:%[3]d mapped-root`, cageDir, firstID+1000, firstID))
	cage := s.cage(arguments + " --data ./mapped-data --logs ./mapped-logs")
	const root, unmapped = "cage-root", "cage-unmapped"
	services := map[string]Service{
		baseCage: s.base(cage),
		root:     s.spoiled(cage, spoil(set("user", "0:0"), mounted(dataPoint, cageDir+"/mapped-root", nil), mounted(logsPoint, cageDir+"/mapped-root", nil))),
		unmapped: s.spoiled(cage, spoil(set("userns_mode", "host"), mounted(dataPoint, cageDir+"/data", nil), mounted(logsPoint, cageDir+"/logs", nil))),
	}
	if err := s.host.UpCage(s.ctx, cage.with(services)); err != nil {
		s.Fatal(err)
	}
	s.run(cageRules + cageAllowed + " | sh")
	audits := s.audits("openclaw", baseCage, root, unmapped)
	s.finds(audits[0])
	s.finds(audits[1])
	// An engine that maps users lets the cgroups be written to, also by those whose users it does not map.
	s.finds(audits[2], "user-namespace", "kernel-files")
	if user, _ := audits[1].Of("user"); user.Found != fmt.Sprintf("user %d on the host", firstID) || user.Witness != "kernel" {
		s.Errorf("of a root that is mapped it says %+v", user)
	}
}

// exitOf is the exit code that belongs to what was found.
func exitOf(audit Audit) int {
	code := ExitOK
	for _, finding := range audit.Findings {
		switch {
		case finding.State == "fail" && finding.Severity == "critical":
			return ExitCritical
		case finding.State == "unknown" && finding.Severity != "info":
			code = ExitUnknown
		case finding.State == "fail" && finding.Severity == "warning" && code == ExitOK:
			code = ExitWarning
		}
	}
	return code
}
