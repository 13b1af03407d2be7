package sources

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the stories of these tests begin.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// after returns the moment so long after noon.
func after(d time.Duration) time.Time { return noon.Add(d) }

// Ids of containers, as full as engines make them. idA is that of the captured
// fixtures.
const (
	idA = "fb6f859257c303765f0f9daede49cc6fe0cdee64e4fdd8df7ca581821c7ce3ec"
	idB = "bbbb859257c303765f0f9daede49cc6fe0cdee64e4fdd8df7ca581821c7cbbbb"
	idC = "cccc859257c303765f0f9daede49cc6fe0cdee64e4fdd8df7ca581821c7ccccc"
)

// target parses what a person types; empty is no argument at all.
func target(t testing.TB, text string) Target {
	t.Helper()
	if text == "" {
		return AgentTarget()
	}
	parsed, err := ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// targets parses several.
func targets(t testing.TB, texts ...string) []Target {
	t.Helper()
	var list []Target
	for _, text := range texts {
		list = append(list, target(t, text))
	}
	return list
}
