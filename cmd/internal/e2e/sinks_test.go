//go:build e2e

package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sinks: an alert reaches whoever should hear of it, once and in time, whatever is wrong with the others.
func sinks(t *testing.T) {
	s := begin(t, "compose.small.yml")
	receiver, err := s.host.Receiver(s.ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.finally("systemctl stop receiver")
	for _, test := range []struct {
		name string
		run  func(*telling)
	}{
		{"an OOM kill reaches everybody", killReachesEverybody},
		{"one is down, one hangs", downAndHanging},
		{"one refuses for a while", refusing},
		{"a broken configuration is refused", brokenConfiguration},
		{"killed before it could tell", killedBeforeTelling},
		{"a fork is refused", forkRefused},
	} {
		s.part(test.name, func(s *scenario) {
			s.agent("quiet")
			s.settle("it is quiet", func(c Container) bool {
				run, _ := c.TmpfsAt("/run")
				return within(run.Ratio, 0, 0.1)
			})
			test.run(&telling{scenario: s, receiver: receiver})
		})
	}
}

// telling is a scenario with somebody at the far end.
type telling struct {
	*scenario
	receiver Receiver
}

// guardConfig is where the unit that brink prints looks for its configuration.
const guardConfig = "/etc/brink/config.toml"

// configure writes the configuration of brink guard: the sinks, and a rule that /run breaks at half its size, at once,
// which is an alert that can be had and ended at any time.
func (s *telling) configure(sinks string) {
	s.Helper()
	s.run("install -d -m 700 /etc/brink && cat >" + guardConfig + ` <<'END'
[rule.run-half-full]
metric = "tmpfs.used_ratio"
mounts = ["/run"]
critical = 0.5
critical_for = "0s"
[audit]
enabled = false
[guard]
acknowledge_after = "20s"
[outbox]
backoff = "500ms"
timeout = "4s"
` + sinks + "\nEND\nchmod 600 " + guardConfig)
}

// webhook is a sink that leads to the receiver.
func (s *telling) webhook(name string) string {
	return fmt.Sprintf("[sink.%s]\ntype = \"webhook\"\nurl = %q\n", name, s.receiver.URL(name))
}

// guard runs brink guard under the unit that it prints, without what an earlier run remembers.
func (s *telling) guard() {
	s.Helper()
	s.run("brink guard --unit >/etc/systemd/system/brink-guard.service && systemctl daemon-reload && rm -rf /var/lib/brink && systemctl start brink-guard")
	s.finally("systemctl stop brink-guard")
	s.run("systemd-analyze --man=no verify brink-guard.service")
}

// fill makes the rule of the configuration fire.
func (s *telling) fill() { s.agent("tmpfs /run 40M") }

// notices waits until the far end has accepted what holds of the messages about a rule.
func (s *telling) notices(name, rule, what string, holds func([]Notice) bool) []Notice {
	s.Helper()
	deadline := time.Now().Add(s.host.Patience(20 * time.Second))
	for {
		arrivals, err := s.receiver.Arrivals(s.ctx, name)
		if err != nil {
			s.Fatal(err)
		}
		notices, err := Notices(arrivals, rule)
		if err != nil {
			s.Fatal(err)
		}
		if notices = since(notices, s.began); holds(notices) {
			return notices
		}
		if time.Now().After(deadline) {
			s.Fatalf("%s: waiting until %s: %+v\n%s", name, what, notices, s.run("journalctl -u brink-guard -o cat | tail -n 30"))
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func since(notices []Notice, moment time.Time) []Notice {
	var list []Notice
	for _, notice := range notices {
		if notice.At.After(moment) {
			list = append(list, notice)
		}
	}
	return list
}

func states(notices []Notice) string {
	words := make([]string, 0, len(notices))
	for _, notice := range notices {
		words = append(words, notice.State)
	}
	return strings.Join(words, " ")
}

// firesOnce waits for the message that a rule fires, and requires that it came in time after a moment.
func (s *telling) firesOnce(name, rule string, after time.Time) {
	s.Helper()
	notices := s.notices(name, rule, "it fires", func(notices []Notice) bool { return len(notices) > 0 })
	s.inTime(name, notices[0].At, after)
}

// inTime requires a second at most, on a machine on which a second is one.
func (s *telling) inTime(who string, at, after time.Time) {
	s.Helper()
	late := at.Sub(after)
	s.Logf("%s heard of it after %v", who, late.Round(time.Millisecond))
	if late < 0 || late > s.host.Patience(time.Second) {
		s.Errorf("%s heard of it %v after it happened", who, late)
	}
}

// resolvedOnce waits for the end, and requires that both were told once.
func (s *telling) resolvedOnce(name, rule string) {
	s.Helper()
	notices := s.notices(name, rule, "it is over", func(notices []Notice) bool {
		return len(notices) > 0 && notices[len(notices)-1].State == "resolved"
	})
	if got := states(notices); got != "firing resolved" {
		s.Errorf("%s heard %q of %s, want each once", name, got, rule)
	}
}

// killReachesEverybody: a webhook, a program, a mail server, Alertmanager and a person in tmux hear of one OOM kill, each
// once, and that it is over.
func killReachesEverybody(s *telling) {
	s.startAlertmanager()
	s.startMail()
	s.configure(s.webhook("hook") + `
[sink.program]
type = "exec"
program = "` + receiverBinary + `"
args = ["save", "` + s.receiver.Log("program") + `"]
[sink.alertmanager]
type = "alertmanager"
url = "http://127.0.0.1:9093"
[sink.mail]
type = "shoutrrr"
url_file = "mail.url"
[sink.here]
type = "tmux"
`)
	s.run("install -m 600 /dev/stdin /etc/brink/mail.url <<<'smtp://127.0.0.1:25/?from=brink@localhost&to=keeper@localhost&starttls=no&auth=none'")
	screen := s.guardInTmux()
	s.agent("child eat 1G chrome")
	killed := s.killTime()
	for _, sink := range []string{"hook", "program", "alertmanager"} {
		s.firesOnce(sink, "oom-kill", killed)
	}
	s.inTime("the mailbox", s.mailTime(), killed)
	screen.sees(killed)
	for _, sink := range []string{"hook", "program", "alertmanager"} {
		s.resolvedOnce(sink, "oom-kill")
	}
	if mails := strings.Count(s.run("cat /var/mail/keeper"), "Subject:"); mails != 2 {
		s.Errorf("%d mails, want one that it fires and one that it is over:\n%s", mails, s.run("cat /var/mail/keeper"))
	}
	screen.ends()
}

// killTime is when the kernel killed for the last time, by its own clock.
func (s *telling) killTime() time.Time {
	s.Helper()
	text := s.run(`dmesg | sed -n 's/^\[ *\([0-9.]*\)\] .*Killed process.*/\1/p' | tail -n 1; cut -d' ' -f1 /proc/uptime; date +%s.%N`)
	var kill, uptime, now float64
	if _, err := fmt.Sscan(text, &kill, &uptime, &now); err != nil {
		s.Fatalf("%v in %q", err, text)
	}
	return time.Unix(0, int64((now-uptime+kill)*1e9))
}

// startAlertmanager runs Debian's Alertmanager, which tells the receiver at once.
func (s *telling) startAlertmanager() {
	s.Helper()
	s.run(`mkdir -p /run/alertmanager && cat >/run/alertmanager/config.yml <<'END'
route: {receiver: here, group_wait: 0s, group_interval: 1s, group_by: ['...']}
receivers: [{name: here, webhook_configs: [{url: "` + s.receiver.URL("alertmanager") + `"}]}]
END
systemd-run --quiet --collect --unit alertmanager prometheus-alertmanager --config.file=/run/alertmanager/config.yml \
	--storage.path=/run/alertmanager/data --web.listen-address=127.0.0.1:9093 --cluster.listen-address=`)
	s.until("(: </dev/tcp/127.0.0.1/9093) 2>/dev/null")
	s.finally("systemctl stop alertmanager")
}

// startMail runs Debian's OpenSMTPD, which delivers to the mailboxes of the host.
func (s *telling) startMail() {
	s.Helper()
	s.run(`printf '%s\n' 'listen on 127.0.0.1' 'action here mbox' 'match from any for any action here' >/etc/smtpd.conf
rm -f /var/mail/keeper && systemctl restart opensmtpd`)
	s.until("(: </dev/tcp/127.0.0.1/25) 2>/dev/null")
	s.finally("systemctl stop opensmtpd")
}

// mailTime is when the first mail came in.
func (s *telling) mailTime() time.Time {
	s.Helper()
	s.until("[ -s /var/mail/keeper ]")
	text := s.run("stat -c %.Y /var/mail/keeper")
	seconds, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		s.Fatalf("%v in %q", err, text)
	}
	return time.Unix(0, int64(seconds*1e9))
}

// downAndHanging: a webhook that is down is told when it is back, once; one that never answers holds up nobody.
func downAndHanging(s *telling) {
	if err := s.receiver.Answer(s.ctx, "hanging", "hang"); err != nil {
		s.Fatal(err)
	}
	s.configure(s.webhook("hanging") + s.webhook("good") + "[sink.down]\ntype = \"webhook\"\nurl = \"http://127.0.0.1:9096/down\"\n")
	s.guard()
	s.fill()
	filled := s.now()
	s.firesOnce("good", "run-half-full", filled.Add(-s.host.Patience(time.Second)/2))
	if arrivals, err := s.receiver.Arrivals(s.ctx, "hanging"); err != nil || len(arrivals) == 0 {
		s.Errorf("nobody hangs: %v", err)
	}
	// Long enough for several attempts; that it is so after five minutes as well is for the tests with a clock of their own.
	time.Sleep(10 * time.Second)
	s.run("systemd-run --quiet --collect --unit late-receiver " + receiverBinary + " serve 127.0.0.1:9096 " + s.receiver.dir)
	s.finally("systemctl stop late-receiver")
	s.notices("down", "run-half-full", "it was told late", func(notices []Notice) bool { return len(notices) > 0 })
	s.agent("quiet")
	s.resolvedOnce("good", "run-half-full")
	s.resolvedOnce("down", "run-half-full")
}

// refusing: 500 is tried again with patience, 429 when the server says so.
func refusing(s *telling) {
	for name, answer := range map[string]string{"broken": "500", "busy": "429 12"} {
		if err := s.receiver.Answer(s.ctx, name, answer); err != nil {
			s.Fatal(err)
		}
	}
	s.configure(s.webhook("broken") + s.webhook("busy"))
	s.guard()
	s.fill()
	refused := s.attempts("busy", 1)[0].At
	s.attempts("broken", 3)
	for _, name := range []string{"broken", "busy"} {
		if err := s.receiver.Answer(s.ctx, name, ""); err != nil {
			s.Fatal(err)
		}
	}
	s.notices("broken", "run-half-full", "it is told", func(notices []Notice) bool { return len(notices) > 0 })
	told := s.notices("busy", "run-half-full", "it is told", func(notices []Notice) bool { return len(notices) > 0 })
	if waited := told[0].At.Sub(refused); waited < 12*time.Second {
		s.Errorf("asked to wait 12 s, it came again after %v", waited)
	}
	if attempts := s.attempts("busy", 2); len(attempts) != 2 {
		s.Errorf("%d attempts at a server that asked to wait", len(attempts))
	}
	s.agent("quiet")
	s.resolvedOnce("broken", "run-half-full")
	s.resolvedOnce("busy", "run-half-full")
}

// attempts waits for so many messages since the scenario began, whatever they were answered.
func (s *telling) attempts(name string, n int) []Arrival {
	s.Helper()
	deadline := time.Now().Add(s.host.Patience(20 * time.Second))
	for {
		arrivals, err := s.receiver.Arrivals(s.ctx, name)
		if err != nil {
			s.Fatal(err)
		}
		for len(arrivals) > 0 && arrivals[0].At.Before(s.began) {
			arrivals = arrivals[1:]
		}
		if len(arrivals) >= n {
			return arrivals
		}
		if time.Now().After(deadline) {
			s.Fatalf("%s: %d of %d attempts", name, len(arrivals), n)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// brokenConfiguration: a file with a fault changes nothing and is told; a good one brings another sink at once.
func brokenConfiguration(s *telling) {
	s.configure(s.webhook("good"))
	s.guard()
	s.run("sed -i 's/critical = 0.5/critical = 0.x5/; s/^metric/metrik/' " + guardConfig)
	began := s.run("date +%s")
	s.run("systemctl kill --signal HUP brink-guard")
	said := s.journal(began, `"type":"reload"`)
	if !strings.Contains(said, `"error"`) || !strings.Contains(said, "0.x5") {
		s.Errorf("the fault is not told: %s", said)
	}
	s.fill()
	s.notices("good", "run-half-full", "the old rule fires", func(notices []Notice) bool { return len(notices) > 0 })
	s.agent("quiet")
	s.resolvedOnce("good", "run-half-full")
	s.configure(s.webhook("good") + s.webhook("new"))
	began = s.run("date +%s")
	s.run("systemctl reload brink-guard")
	if said := s.journal(began, `"type":"reload"`); strings.Contains(said, `"error"`) {
		s.Errorf("a good file is refused: %s", said)
	}
	s.fill()
	s.notices("new", "run-half-full", "the new sink hears of it", func(notices []Notice) bool { return len(notices) > 0 })
	s.agent("quiet")
	s.resolvedOnce("new", "run-half-full")
}

// journal waits for a line of guard.
func (s *telling) journal(since, word string) string {
	s.Helper()
	lines := fmt.Sprintf("journalctl -u brink-guard -o cat --since=@%s | grep -- %s", strings.TrimSpace(since), quote(word))
	s.until(lines)
	return s.run(lines)
}

// killedBeforeTelling: what could not be told before a kill -9 is told after the restart, under the same number.
func killedBeforeTelling(s *telling) {
	if err := s.receiver.Answer(s.ctx, "good", "500"); err != nil {
		s.Fatal(err)
	}
	s.configure(s.webhook("good"))
	s.guard()
	s.fill()
	refused := s.refused("good", "run-half-full")
	s.until("grep -qF " + quote(refused.FiredAt) + " /var/lib/brink/outbox.json") // it also names those of before
	s.run("systemctl kill --signal KILL brink-guard")
	if err := s.receiver.Answer(s.ctx, "good", ""); err != nil {
		s.Fatal(err)
	}
	notices := s.notices("good", "run-half-full", "it is told", func(notices []Notice) bool { return len(notices) > 0 })
	if notices[0].ID != refused.ID {
		s.Errorf("told as %s after %s", notices[0].ID, refused.ID)
	}
	s.agent("quiet")
	s.resolvedOnce("good", "run-half-full")
}

// refused waits for a message about a rule that was refused.
func (s *telling) refused(name, rule string) Notice {
	s.Helper()
	for n := 1; ; n++ {
		attempt := s.attempts(name, n)[n-1]
		attempt.Answer = 200
		notices, err := Notices([]Arrival{attempt}, rule)
		if err != nil {
			s.Fatal(err)
		}
		if len(notices) > 0 {
			return notices[0]
		}
	}
}

// forkRefused: a fork bomb that the limit stops is told within a second.
func forkRefused(s *telling) {
	s.configure(s.webhook("good"))
	s.guard()
	s.agent("forkstorm 400")
	event := s.told("fork-refused")
	s.firesOnce("good", "pids-refused", event.At)
}
