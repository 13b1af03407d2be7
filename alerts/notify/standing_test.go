package notify

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// board is a sink that holds up what fires.
type board struct {
	recorder
	refresh time.Duration
	fault   error
	held    []string
}

func (b *board) Refresh() time.Duration { return b.refresh }

func (b *board) Hold(_ context.Context, standing Standing) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	words := []string{time.Since(b.start).String()}
	for _, alert := range standing.Alerts {
		words = append(words, alert.Severity.String(), alert.Rule)
	}
	b.held = append(b.held, strings.Join(words, " "))
	return b.fault
}

// TestHold: what is held up follows what fires, and is renewed.
func TestHold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		refresh time.Duration
		story   []string
		want    []string
	}{
		{
			name:  "by changes alone",
			story: []string{"pass 10s", "fire oom", "pass 10m", "fire mem warning", "pass 10m", "over oom", "pass 10m", "over mem", "pass 10m"},
			want:  []string{"10.2s critical oom", "10m10.2s critical oom warning mem", "20m10s warning mem", "30m10s"},
		},
		{
			name: "renewed", refresh: time.Minute,
			story: []string{"pass 10s", "fire oom", "pass 130s", "over oom", "pass 10m"},
			want:  []string{"10.2s critical oom", "1m10.2s critical oom", "2m10.2s critical oom", "2m20s"},
		},
		{
			name:  "it follows the severity both ways",
			story: []string{"pass 10s", "fire mem warning", "pass 10s", "rise mem", "pass 10s", "fall mem", "pass 10s"},
			want:  []string{"10.2s warning mem", "20s critical mem", "30s warning mem"},
		},
		{
			name:  "what is muted from the start is not held up",
			story: []string{"pass 10s", "mute oom 1h", "fire oom", "pass 10s"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sink := &board{recorder: recorder{name: "bar", start: time.Now()}, refresh: test.refresh}
				w := newWorld(t, Options{Routes: []Route{{Sink: sink}}})
				w.put()
				for _, line := range test.story {
					w.do(line)
				}
				synctest.Wait()
				if diff := cmp.Diff(test.want, sink.held); diff != "" {
					t.Errorf("held up (-want +got):\n%s", diff)
				}
				w.close()
			})
		})
	}
}

// TestHoldFails: a sink that cannot hold up is tried again with patience, also when it
// says that it never will, for there is always something to hold up.
func TestHoldFails(t *testing.T) {
	t.Parallel()
	for _, fault := range []error{errors.New("away"), &PermanentError{Err: errors.New("never")}} {
		t.Run(fault.Error(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sink := &board{recorder: recorder{name: "bar", start: time.Now()}, fault: fault}
				w := newWorld(t, Options{Routes: []Route{{Sink: sink}}})
				w.put()
				w.do("fire oom")
				w.pass(5 * time.Minute)
				if count := len(sink.held); count < 5 || count > 20 {
					t.Errorf("%d attempts in five minutes: %v", count, sink.held)
				}
				if len(sink.heard()) != 1 {
					t.Errorf("told %v", sink.heard())
				}
				if health := w.health(); health.Failed == 0 || !strings.Contains(health.LastError, fault.Error()) {
					t.Errorf("health: %+v", health)
				}
				w.close()
			})
		})
	}
}
