//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"time"
)

// nightScreen is a person's terminal: a tmux server that shows, in its only pane, what a client of another one sees.
// In a window of that one which is not the current, brink guard runs. What is seen is noted with the time: the bell by
// tmux itself, the last line of the screen by a script that looks seldom, for every look costs an emulated machine.
type nightScreen struct{ s *telling }

// night and eyes are the two servers. -u because the host's locale knows no UTF-8.
const (
	night = "tmux -u -L night"
	eyes  = "tmux -u -L eyes"
)

// guardInTmux starts both, and returns when brink guard has looked at the agent.
func (s *telling) guardInTmux() nightScreen {
	s.Helper()
	s.run(night + ` kill-server 2>/dev/null; ` + eyes + ` kill-server 2>/dev/null
` + night + ` -f /dev/null new-session -d -s night -x 120 -y 30 \; set -g status-right '#{@brink}' \; set -g status-right-length 70
` + night + ` new-window -d -n guard 'XDG_CONFIG_HOME=/etc brink guard'
` + eyes + ` -f /dev/null new-session -d -x 120 -y 30 'env -u TMUX ` + night + ` attach'
` + eyes + ` set -g status off
rm -rf /run/seen && mkdir /run/seen && cat >/run/seen/watch <<'END'
seen() { [ -e "/run/seen/$1" ] || date +%s%N >"/run/seen/$1"; }
while sleep 0.3; do
	case $(` + eyes + ` capture-pane -p | tail -n 1) in
	*'brink: critical'*oom-kill*) seen message ;;
	*'critical: openclaw-agent oom-kill'*) seen status ;;
	esac
done
END
` + night + ` set-hook -g alert-bell "run-shell 'date +%s%N >>/run/seen/bell'"
systemd-run --quiet --collect --unit seen sh /run/seen/watch`)
	s.finally("systemctl stop seen; " + night + " kill-server; " + eyes + " kill-server; true")
	s.until(night + " list-clients | grep -q night")
	s.until(night + " capture-pane -p -t :guard | grep -q started")
	return nightScreen{s}
}

// sees requires that the bell and the message came in time, and the status line at all: it is behind the message for the
// five seconds that this stays.
func (n nightScreen) sees(after time.Time) {
	n.s.Helper()
	if windows := n.s.run(night + " list-windows -F '#{window_name} #{window_bell_flag}'"); !strings.Contains(windows, "guard 1") {
		n.s.Errorf("the window is not flagged: %s", windows)
	}
	for _, sign := range []string{"bell", "message", "status"} {
		n.s.until("[ -s /run/seen/" + sign + " ]")
		text := n.s.run("cat /run/seen/" + sign)
		var nanoseconds int64
		if _, err := fmt.Sscan(text, &nanoseconds); err != nil {
			n.s.Fatalf("the time of the %s: %v in %q", sign, err, text)
		}
		if sign != "status" {
			n.s.inTime("tmux: the "+sign, time.Unix(0, nanoseconds), after)
		}
	}
}

// ends requires that the status line is empty when nothing fires, and that no option is left when brink has gone.
func (n nightScreen) ends() {
	n.s.Helper()
	n.s.until("! " + night + " show -gv @brink 2>/dev/null | grep oom-kill")
	n.s.run(night + " send-keys -t :guard C-c")
	n.s.until("! " + night + " list-windows | grep guard")
	if left := n.s.run(night + " show -g | grep '^@brink' || true"); strings.TrimSpace(left) != "" {
		n.s.Errorf("brink has left %s behind", left)
	}
}
