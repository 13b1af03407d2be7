package notify

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a test leaves a goroutine behind. As the child of a test it
// plays a brink that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("NOTIFY_TEST_VICTIM"); path != "" {
		victim(path)
		return
	}
	goleak.VerifyTestMain(m)
}
