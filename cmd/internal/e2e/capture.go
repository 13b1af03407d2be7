package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
)

// captureScripts print a part of the host as a text archive (txtar), for the fixtures of parsers. In each, $dir is the
// container's control group, $pid its first process, and archive NAME FILE prints a file; one that cannot be read
// (cgroup.kill, memory.reclaim) is left out, one that is empty stays empty.
var captureScripts = map[string]string{
	"cgroup": `cd "$dir"; for f in *; do [ -f "$f" ] && archive "$f" "$f"; done`,
	"proc": `
for f in stat meminfo loadavg pressure/memory pressure/cpu pressure/io; do archive "proc/$f" "/proc/$f"; done
archive proc/self/mountinfo /proc/self/mountinfo
for f in cgroup mountinfo status stat net/dev uid_map; do archive "proc/$pid/$f" "/proc/$pid/$f"; done
for p in $(cat "$dir/cgroup.procs"); do for f in comm stat status; do archive "proc/$p/$f" "/proc/$p/$f"; done; done`,
	// A non-blocking reader of /dev/kmsg gets every record that the kernel still has, and then EAGAIN. Kept is what
	// follows the last but one OOM kill.
	"kernel": `
dd if=/dev/kmsg of=/tmp/kmsg bs=8192 iflag=nonblock 2>/dev/null || :
tail -n +$(grep -n 'invoked oom-killer' /tmp/kmsg | tail -2 | head -1 | cut -d: -f1) /tmp/kmsg >/tmp/kmsg.tail
archive kmsg /tmp/kmsg.tail`,
}

// engineRequests are what the capture "engine" asks, at the version of Docker 26. Some values in the answer to /info
// are addresses of other people's servers, which a fixture should not name; it is left out.
var engineRequests = []struct{ file, path string }{
	{"version.json", "/version"},
	{"containers.json", "/containers/json?all=1"},
	{"inspect.json", "/containers/" + ContainerName + "/json"},
	{"stats.json", "/containers/" + ContainerName + "/stats?stream=false"},
	{"stats-one-shot.json", "/containers/" + ContainerName + "/stats?stream=false&one-shot=true"},
}

// Captures lists what Capture knows.
func Captures() []string { return append(slices.Sorted(maps.Keys(captureScripts)), "engine") }

const capturePrelude = `archive() {
	text=$(cat "$2" 2>/dev/null && echo .) || return 0
	printf -- '-- %s --\n%s' "$1" "${text%.}"
	case "$text" in *"
.") ;; .) ;; *) echo ;; esac
}
`

// Capture prints one part of the host, see Captures. The archive's head says what the container was doing and on which
// versions.
func (h *Host) Capture(ctx context.Context, what, doing string) (string, error) {
	dir, err := h.Cgroup(ctx)
	if err != nil {
		return "", err
	}
	versions, err := h.Output(ctx, `echo "kernel $(uname -r), docker $(docker version --format '{{.Server.Version}}')"`)
	if err != nil {
		return "", err
	}
	files, err := h.captureFiles(ctx, what, dir)
	return fmt.Sprintf("%s\n%s\n%s\n\n%s", doing, strings.TrimSpace(versions), dir, files), err
}

func (h *Host) captureFiles(ctx context.Context, what, dir string) (string, error) {
	if what == "engine" {
		return h.captureEngine(ctx)
	}
	script, known := captureScripts[what]
	if !known {
		return "", fmt.Errorf("capture %q: want one of %s", what, strings.Join(Captures(), ", "))
	}
	pid, err := h.Inspect(ctx, "{{.State.Pid}}")
	if err != nil {
		return "", err
	}
	return h.Output(ctx, fmt.Sprintf("dir=%s pid=%s\n%s%s", dir, pid, capturePrelude, script))
}

func (h *Host) captureEngine(ctx context.Context) (string, error) {
	socket, err := h.EngineSocket(ctx)
	if err != nil {
		return "", err
	}
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}
	defer client.CloseIdleConnections()
	var archive strings.Builder
	for _, request := range engineRequests {
		body, err := get(ctx, client, "http://docker/v1.45"+request.path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&archive, "-- %s --\n%s\n", request.file, strings.TrimRight(body, "\n"))
	}
	// The events of ten minutes, one JSON document a line.
	events, err := h.Output(ctx, `now=$(date +%s); docker events --since $((now-600)) --until "$now" --format '{{json .}}'`)
	fmt.Fprintf(&archive, "-- events.jsonl --\n%s", events)
	return archive.String(), err
}

func get(ctx context.Context, client *http.Client, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(response.Body)
	err = errors.Join(err, response.Body.Close())
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, response.Status)
	}
	return string(body), err
}
