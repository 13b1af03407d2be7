package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"brink/collectors"
)

// Warning is something that works and should not stay so.
type Warning struct {
	File    string
	Message string
}

// String is the warning in one clean line.
func (w Warning) String() string { return collectors.Clean(w.File, longestName) + ": " + w.Message }

// largest bounds the file. A larger one is not a configuration, and go-toml's check
// for keys that are there twice takes time by the square of their number: 0.7 s
// for 128 KiB of keys, 45 s for 1 MiB.
const largest = 128 << 10

// Load reads the configuration at a path. When nobody named it, a file that is not
// there is as good as an empty one; a file that somebody named has to be there
// (the error is fs.ErrNotExist then). What is wrong in it is an error of type
// [Faults]; any error leaves [Default] in place.
func Load(path string, named bool) (Config, []Warning, error) {
	if path == "" && !named {
		return Default(), nil, nil
	}
	data, mode, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return Default(), nil, nil
	case err != nil:
		return Default(), nil, fmt.Errorf("configuration: %w", err)
	}
	config, err := Parse(path, data)
	if err != nil {
		return config, nil, err
	}
	return config, config.warnings(path, mode), nil
}

// read returns the content of a file and its mode. The mode is that of the open
// file: what was opened is what was judged.
func read(path string) (data []byte, mode fs.FileMode, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	data, err = io.ReadAll(io.LimitReader(file, largest+1))
	if err == nil && len(data) > largest {
		err = fmt.Errorf("%s holds more than %d bytes: that is no configuration", path, largest)
	}
	return data, info.Mode(), err
}

// Bits of a mode that are for others than the owner.
const (
	readableByOthers = 0o044
	writableByOthers = 0o022
)

// warnings says what is wrong with the mode of the file. A pipe has none to speak
// of.
func (c Config) warnings(path string, mode fs.FileMode) []Warning {
	if !mode.IsRegular() {
		return nil
	}
	var list []Warning
	if mode&readableByOthers != 0 && slices.ContainsFunc(c.Sinks, Sink.private) {
		list = append(list, Warning{path, fmt.Sprintf("others can read it (mode %04o), and it says where secrets are: chmod 600", mode.Perm())})
	}
	if mode&writableByOthers != 0 && slices.ContainsFunc(c.Sinks, Sink.runs) {
		list = append(list, Warning{path, fmt.Sprintf("others can change it (mode %04o), and it names a program that brink runs: chmod 600", mode.Perm())})
	}
	return list
}

// private reports whether the sink holds a secret or says where one is.
func (s Sink) private() bool {
	switch to := s.To.(type) {
	case Webhook, Alertmanager, Shoutrrr:
		return true
	case Exec:
		return len(to.Env) > 0
	default:
		return false
	}
}

func (s Sink) runs() bool {
	_, is := s.To.(Exec)
	return is
}
