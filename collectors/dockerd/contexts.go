package dockerd

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// dockerConfig is what brink takes from ~/.docker/config.json. The file holds
// registry passwords too; they are not decoded.
type dockerConfig struct {
	CurrentContext string            `json:"currentContext"`
	HTTPHeaders    map[string]string `json:"HttpHeaders"`
}

// decodeDockerConfig reads config.json.
func decodeDockerConfig(data []byte) (dockerConfig, error) {
	var config dockerConfig
	err := json.Unmarshal(data, &config)
	return config, err
}

// readDockerConfig returns the zero config when there is no file: that is how
// most machines are set up.
func readDockerConfig(dir string) (dockerConfig, error) {
	if dir == "" {
		return dockerConfig{}, nil
	}
	path := filepath.Join(dir, "config.json")
	data, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		return dockerConfig{}, nil
	}
	if err != nil {
		return dockerConfig{}, err
	}
	config, err := decodeDockerConfig(data)
	if err != nil {
		return dockerConfig{}, fmt.Errorf("%s: %w", path, err)
	}
	return config, nil
}

// contextMeta is the docker endpoint of a stored context.
type contextMeta struct {
	Host          string `json:"Host"`
	SkipTLSVerify bool   `json:"SkipTLSVerify"`
}

// decodeContextMeta reads a meta.json of docker context. A context without a
// docker endpoint (one for Kubernetes alone) is an error.
func decodeContextMeta(data []byte) (contextMeta, error) {
	var file struct {
		Endpoints struct {
			Docker *contextMeta `json:"docker"`
		} `json:"Endpoints"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return contextMeta{}, err
	}
	if file.Endpoints.Docker == nil {
		return contextMeta{}, errors.New("it has no docker endpoint")
	}
	return *file.Endpoints.Docker, nil
}

// contextFolder is the name of a context's folder: the docker command hashes the
// name, so a name cannot lead out of the store.
func contextFolder(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// readContextMeta finds a context in the store under dir.
func readContextMeta(dir, name string) (contextMeta, error) {
	store := filepath.Join(dir, "contexts", "meta")
	path := filepath.Join(store, contextFolder(name), "meta.json")
	data, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		return contextMeta{}, fmt.Errorf("there is no docker context %q in %s; \"docker context ls\" lists those there are", name, store)
	}
	if err != nil {
		return contextMeta{}, err
	}
	meta, err := decodeContextMeta(data)
	if err != nil {
		return contextMeta{}, fmt.Errorf("docker context %q in %s: %w", name, path, err)
	}
	return meta, nil
}

// readBounded reads a small file of the user's configuration.
func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFileBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, maxFileBytes)
	}
	return data, nil
}
