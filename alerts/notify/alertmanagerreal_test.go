package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// alertmanagerServer is a real Alertmanager, and the receiver that it tells.
type alertmanagerServer struct {
	url string

	mu sync.Mutex
	// told is what the receiver heard, one line an alert: "firing warning mem".
	told []string
}

func startAlertmanager(t *testing.T) *alertmanagerServer {
	t.Helper()
	binary, err := exec.LookPath("prometheus-alertmanager") // its name on Debian
	if err != nil {
		t.Skip("needs prometheus-alertmanager: apt-get install prometheus-alertmanager")
	}
	s := &alertmanagerServer{}
	receiver := httptest.NewServer(http.HandlerFunc(s.receive))
	t.Cleanup(receiver.Close)
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	must(t, os.WriteFile(config, fmt.Appendf(nil, `
route: {receiver: test, group_by: [...], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: test, webhook_configs: [{url: %q, send_resolved: true}]}]
`, receiver.URL), 0o600))
	address := freeAddress(t)
	s.url = "http://" + address
	var log bytes.Buffer
	cmd := exec.CommandContext(context.Background(), binary, "--config.file="+config, "--storage.path="+dir,
		"--web.listen-address="+address, "--cluster.listen-address=")
	cmd.Stdout, cmd.Stderr = &log, &log
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("Alertmanager said:\n%s", log.String())
		}
	})
	s.wait(t, "readiness", func() bool { return s.ready(t.Context()) })
	return s
}

// freeAddress is one on the loopback that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { must(t, listener.Close()) }()
	return listener.Addr().String()
}

func (s *alertmanagerServer) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/-/ready", http.NoBody)
	if err != nil {
		return false
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// receive takes what Alertmanager tells.
func (s *alertmanagerServer) receive(_ http.ResponseWriter, r *http.Request) {
	var body struct {
		Alerts []struct {
			Status string            `json:"status"`
			Labels map[string]string `json:"labels"`
		} `json:"alerts"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, alert := range body.Alerts {
		s.told = append(s.told, alert.Status+" "+alert.Labels["severity"]+" "+alert.Labels["alertname"])
	}
}

func (s *alertmanagerServer) heard() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(slices.Values(s.told))
}

// wait polls the server, which is another process.
func (s *alertmanagerServer) wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s; the receiver heard %v", what, s.heard())
		}
	}
}

// TestAlertmanagerReal: of each alert a real Alertmanager tells one beginning and one
// end; and when the severity changes, the alert under the old labels ends, minutes before
// it would by itself. The reloads in between remind it of all, and change nothing of that.
func TestAlertmanagerReal(t *testing.T) {
	t.Parallel()
	s := startAlertmanager(t)
	route := func() Route {
		sink, err := NewAlertmanager(AlertmanagerOptions{Name: "am", URL: NewSecret(s.url), Now: time.Now})
		must(t, err)
		return Route{Sink: sink, GroupWait: -1}
	}
	w := newWorld(t, Options{Routes: []Route{route()}})
	w.put()
	steps := []struct {
		do   string
		told []string
	}{
		{"fire mem warning", []string{"firing warning mem"}},
		{"rise mem", []string{"firing critical mem", "firing warning mem", "resolved warning mem"}},
		{"over mem", []string{"firing critical mem", "firing warning mem", "resolved critical mem", "resolved warning mem"}},
	}
	for _, step := range steps {
		w.do(step.do)
		s.wait(t, "word of "+step.do, func() bool { return len(s.heard()) >= len(step.told) })
		must(t, w.outbox.Reroute([]Route{route()}))
		// What it would tell beyond that comes with the next group_interval.
		w.pass(2 * time.Second)
		if diff := cmp.Diff(step.told, s.heard()); diff != "" {
			t.Errorf("after %q (-want +got):\n%s", step.do, diff)
		}
	}
	w.close()
}
