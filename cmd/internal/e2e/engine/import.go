package engine

import (
	"archive/tar"
	"bytes"
	"context"
	"os"
)

// Import makes an image of one static program and the directories that are mounted over, as `docker import` does from a
// tree: no registry is asked.
func (e *Engine) Import(ctx context.Context, program, image string, dirs ...string) error {
	layer, err := layer(program, dirs)
	if err != nil {
		return err
	}
	_, err = e.Docker(ctx, layer, "import", "--change", `ENTRYPOINT ["/agent"]`, "-", image)
	return err
}

// layer is a file system with the program as /agent.
func layer(program string, dirs []string) ([]byte, error) {
	content, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	for _, dir := range dirs {
		if err := writer.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir, Mode: 0o755}); err != nil {
			return nil, err
		}
	}
	if err := writer.WriteHeader(&tar.Header{Name: "agent", Mode: 0o755, Size: int64(len(content))}); err != nil {
		return nil, err
	}
	if _, err := writer.Write(content); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return archive.Bytes(), nil
}
