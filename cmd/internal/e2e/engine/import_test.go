package engine

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestLayer: the directories come before what might be in them, and the program can be run.
func TestLayer(t *testing.T) {
	program := filepath.Join(t.TempDir(), "p")
	if err := os.WriteFile(program, []byte("a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	archive, err := layer(program, []string{"app", "app/data"})
	if err != nil {
		t.Fatal(err)
	}
	type entry struct {
		name, content string
		kind          byte
		mode          int64
	}
	want := []entry{{"app", "", tar.TypeDir, 0o755}, {"app/data", "", tar.TypeDir, 0o755}, {"agent", "a program", tar.TypeReg, 0o755}}
	reader := tar.NewReader(bytes.NewReader(archive))
	for i := 0; ; i++ {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) && i == len(want) {
			return
		}
		if err != nil || i == len(want) {
			t.Fatalf("entry %d of %d: %v", i, len(want), err)
		}
		content, err := io.ReadAll(reader)
		if got := (entry{header.Name, string(content), header.Typeflag, header.Mode}); err != nil || got != want[i] {
			t.Errorf("entry %d = %+v, %v; want %+v", i, got, err, want[i])
		}
	}
}

func TestLayerWithoutProgram(t *testing.T) {
	if _, err := layer(filepath.Join(t.TempDir(), "nothing"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("layer: %v, want that there is no such file", err)
	}
}
