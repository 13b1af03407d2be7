package dockerdtest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// browser asks over a socket without any help of a Docker client.
func browser(t *testing.T, host string) *http.Client {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", strings.TrimPrefix(host, "unix://"))
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// get asks and gives the status and the body.
func get(t *testing.T, host, path string) (int, string) {
	t.Helper()
	resp, err := browser(t, host).Get("http://engine" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestRoutes(t *testing.T) {
	engine := New(t)
	id := engine.Run(Container{Name: "agent", Image: "i:1", Env: []string{"KEY=secret"}, Pids: 7})
	for _, test := range []struct {
		path   string
		status int
		want   string
	}{
		{"/_ping", 200, "OK"},
		{"/v1.51/version", 200, `"ApiVersion":"1.51"`},
		{"/v1.51/info", 200, `"CgroupVersion":"2"`},
		{"/v1.51/containers/json?all=1", 200, `"Names":["/agent"]`},
		{"/v1.40/containers/agent/json", 200, `"PidsLimit":7`},
		{"/v1.40/containers/" + id[:12] + "/json", 200, `"KEY=secret"`},
		{"/v1.40/containers/nobody/json", 404, `{"message":"No such container: nobody"}`},
		{"/v1.40/containers/agent/logs", 404, `{"message":"page not found"}`},
		{"/v1.40/nothing", 404, `{"message":"page not found"}`},
		{"/v1.52/info", 400, "client version 1.52 is too new. Maximum supported API version is 1.51"},
		{"/v1.51/events?filters=x", 400, "message"},
		{"/v1.51/containers/agent/stats?stream=false&one-shot=true", 200, `"limit":7`},
	} {
		status, body := get(t, engine.Host(), test.path)
		if status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s: %d %s, want %d %s", test.path, status, body, test.status, test.want)
		}
	}
}

func TestRequestsAreRecorded(t *testing.T) {
	engine := New(t)
	client := browser(t, engine.Host())
	for _, ask := range []struct{ method, path string }{{"HEAD", "/_ping"}, {"GET", "/v1.51/info?x=1"}, {"POST", "/v1.51/containers/a/stop"}, {"DELETE", "/containers/a"}} {
		req, err := http.NewRequestWithContext(context.Background(), ask.method, "http://engine"+ask.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	var got []string
	for _, r := range engine.Requests() {
		got = append(got, strings.TrimSpace(strings.Join([]string{r.Method, r.Version, r.Path, r.Query}, " ")))
	}
	if diff := cmp.Diff([]string{"HEAD  /_ping", "GET 1.51 /info x=1", "POST 1.51 /containers/a/stop", "DELETE  /containers/a"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if writes := Writes(engine.Requests()); len(writes) != 2 || writes[0].Method != "POST" || writes[1].Method != "DELETE" {
		t.Errorf("%+v", writes)
	}
}

// listen opens a stream and gives its lines.
func listen(t *testing.T, host, path string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://engine"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := browser(t, host).Do(req) //nolint:bodyclose // the goroutine that reads it closes it
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer func() { _ = resp.Body.Close() }()
		for scanner := bufio.NewScanner(resp.Body); scanner.Scan(); {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		for range lines {
		}
	})
	return lines
}

func line(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case text, open := <-lines:
		if !open {
			return "the end"
		}
		return text
	case <-time.After(5 * time.Second):
		t.Fatal("nothing comes")
		return ""
	}
}

// actions reads n events.
func actions(t *testing.T, lines <-chan string, n int) []string {
	t.Helper()
	var all []string
	for range n {
		var m events.Message
		if err := json.Unmarshal([]byte(line(t, lines)), &m); err != nil {
			t.Fatal(err)
		}
		all = append(all, string(m.Action))
	}
	return all
}

func TestEventFiltersAndSince(t *testing.T) {
	engine := New(t)
	id := engine.Run(Container{Name: "a", Labels: map[string]string{"exitCode": "42"}})
	engine.SetHealth(id, "healthy", "")
	engine.Die(id, 3)
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Unix()
	all := listen(t, engine.Host(), fmt.Sprintf("/events?since=%d", begin))
	if got := actions(t, all, 4); !cmp.Equal(got, []string{"create", "start", "health_status: healthy", "die"}) {
		t.Error(got)
	}
	// The third event is 3 ms after the beginning.
	late := listen(t, engine.Host(), fmt.Sprintf("/events?since=%d.003000000", begin))
	if got := actions(t, late, 2); !cmp.Equal(got, []string{"health_status: healthy", "die"}) {
		t.Error(got)
	}
	some := listen(t, engine.Host(), fmt.Sprintf(`/events?since=%d&filters={"type":{"container":true},"event":{"health_status":true,"die":true}}`, begin))
	if got := actions(t, some, 2); !cmp.Equal(got, []string{"health_status: healthy", "die"}) {
		t.Error(got)
	}
	network := listen(t, engine.Host(), fmt.Sprintf(`/events?since=%d&filters={"type":{"network":true}}`, begin))
	live := listen(t, engine.Host(), "/events")
	engine.Start(id)
	if got := actions(t, live, 1); !cmp.Equal(got, []string{"start"}) {
		t.Error(got)
	}
	engine.Cut(EOF())
	if got := line(t, network); got != "the end" {
		t.Errorf("of another type: %s", got)
	}
}

// As on a real engine, a label takes the place of an attribute.
func TestLabelsOverwriteAttributes(t *testing.T) {
	engine := New(t)
	id := engine.Run(Container{Name: "a", Labels: map[string]string{"exitCode": "42"}})
	live := listen(t, engine.Host(), "/events")
	engine.Die(id, 3)
	if text := line(t, live); !strings.Contains(text, `"exitCode":"42"`) {
		t.Error(text)
	}
}

func TestStatsStream(t *testing.T) {
	engine := New(t)
	id := engine.Run(Container{Name: "a"})
	frames := listen(t, engine.Host(), "/containers/a/stats?stream=true")
	decode := func() (frame container.StatsResponse) {
		if err := json.Unmarshal([]byte(line(t, frames)), &frame); err != nil {
			t.Fatal(err)
		}
		return frame
	}
	if first, second := decode(), decode(); second.Read.Sub(first.Read) != time.Second || second.CPUStats.CPUUsage.TotalUsage-first.CPUStats.CPUUsage.TotalUsage != uint64(20*time.Millisecond) {
		t.Errorf("%+v\n%+v", first, second)
	}
	engine.Die(id, 0)
	for frame := decode(); !frame.Read.IsZero(); frame = decode() {
	}
	engine.Remove(id)
	for line(t, frames) != "the end" {
	}
}

func TestDownAndUp(t *testing.T) {
	engine := New(t)
	engine.Run(Container{Name: "a"})
	live := listen(t, engine.Host(), "/events")
	engine.Down()
	if got := line(t, live); got != "the end" {
		t.Error(got)
	}
	if resp, err := browser(t, engine.Host()).Get("http://engine/_ping"); err == nil {
		_ = resp.Body.Close()
		t.Error("an engine that is down answers")
	}
	engine.SetAPIVersion("1.41")
	engine.Up(t)
	if _, body := get(t, engine.Host(), "/version"); !strings.Contains(body, `"ApiVersion":"1.41"`) {
		t.Error(body)
	}
	kept := listen(t, engine.Host(), "/events?since=1")
	engine.Die("a", 0)
	if got := actions(t, kept, 1); !cmp.Equal(got, []string{"die"}) {
		t.Errorf("events from before the restart: %v", got)
	}
}

func TestTheLongestPathDecides(t *testing.T) {
	engine := New(t)
	engine.Fail("", InternalError("all"))
	engine.Fail("/containers", InternalError("containers"))
	for _, test := range []struct{ path, want string }{{"/info", "all"}, {"/containers/json", "containers"}} {
		if status, body := get(t, engine.Host(), test.path); status != 500 || !strings.Contains(body, test.want) {
			t.Errorf("%s: %d %s", test.path, status, body)
		}
	}
	engine.Heal("")
	if status, _ := get(t, engine.Host(), "/info"); status != 200 {
		t.Error(status)
	}
}

func TestProxy(t *testing.T) {
	engine := New(t)
	engine.Run(Container{Name: "a"})
	proxy := NewProxy(t, engine.Socket())
	proxy.Deny("/info")
	if status, body := get(t, proxy.Host(), "/v1.51/info"); status != 403 || !strings.Contains(body, "<html>") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := get(t, proxy.Host(), "/v1.51/containers/json?all=1"); status != 200 || !strings.Contains(body, "/a") {
		t.Errorf("%d %s", status, body)
	}
	// A stream goes through as it comes.
	live := listen(t, proxy.Host(), "/v1.51/events")
	engine.Die("a", 1)
	if got := actions(t, live, 1); !cmp.Equal(got, []string{"die"}) {
		t.Error(got)
	}
	var got []string
	for _, r := range proxy.Requests() {
		got = append(got, r.Method+" "+r.Path)
	}
	if diff := cmp.Diff([]string{"GET /info", "GET /containers/json", "GET /events"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(engine.Requests()) != 2 {
		t.Errorf("what is denied gets through: %+v", engine.Requests())
	}
	// Without the engine there is no answer, and with it there is again.
	engine.Down()
	if resp, err := browser(t, proxy.Host()).Get("http://engine/_ping"); err == nil {
		_ = resp.Body.Close()
		t.Errorf("%s without an engine", resp.Status)
	}
	engine.Up(t)
	if status, _ := get(t, proxy.Host(), "/_ping"); status != 200 {
		t.Error(status)
	}
}

func TestAProxyNeedsAPlace(t *testing.T) {
	if _, err := StartProxy("/nowhere/at/all.sock", "/x"); err == nil {
		t.Error("it listens nowhere")
	}
}
