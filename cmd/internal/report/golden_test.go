package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden reports anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./cmd/internal/report -update writes it", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

func textOf(t *testing.T, r Report, width int) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.WriteText(&out, width); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func markdownOf(t *testing.T, r Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.WriteMarkdown(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func jsonOf(t *testing.T, r Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestNightGoldens(t *testing.T) {
	r := oomNight().collector.Report()
	golden(t, "night.txt", textOf(t, r, 100))
	golden(t, "night.md", markdownOf(t, r))
	golden(t, "night.json", jsonOf(t, r))
}
