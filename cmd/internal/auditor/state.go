package auditor

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"brink/alerts/audit"
	"brink/collectors"
)

// stateFile is what is remembered over a restart of brink.
type stateFile struct {
	// Version is that of the format.
	Version    int             `json:"brink_hardening"`
	Containers map[string]kept `json:"containers"`
}

// kept is what is remembered of one name.
type kept struct {
	Looked   time.Time      `json:"looked"`
	Standing audit.Standing `json:"standing"`
}

const (
	stateVersion = 1
	// stateLimit bounds what is read.
	stateLimit = 8 << 20
	// mostKept is how many names are remembered: a host may make and remove thousands.
	mostKept = 256
)

// recall reads the state file. One that cannot be read is no reason not to look: then
// every container is looked at for the first time.
func (a *Auditor) recall() map[string]kept {
	if a.options.Path == "" {
		return nil
	}
	state, err := readState(a.options.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		a.options.Log.Warn("how the containers stood is not known any more", "error", err)
	}
	return state.Containers
}

func readState(path string) (stateFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return stateFile{}, err
	}
	defer func() { _ = file.Close() }()
	var state stateFile
	if err := json.NewDecoder(io.LimitReader(file, stateLimit)).Decode(&state); err != nil {
		return stateFile{}, err
	}
	if state.Version != stateVersion {
		return stateFile{}, errors.New("it is not a state file of this brink")
	}
	for _, one := range state.Containers {
		one.clean()
	}
	return state, nil
}

// clean makes what stands in a file fit for the screen.
func (k kept) clean() {
	for i := range k.Standing.Worse {
		d := &k.Standing.Worse[i]
		d.Check, d.Was, d.Is = collectors.Clean(d.Check, longestWhy), collectors.Clean(d.Was, longestWhy), collectors.Clean(d.Is, longestWhy)
	}
	for check, mark := range k.Standing.Best {
		mark.Found = collectors.Clean(mark.Found, longestWhy)
		k.Standing.Best[check] = mark
	}
}

// remember writes the state file, and forgets the names that were not looked at for
// longest.
func (a *Auditor) remember() {
	a.forget()
	if a.options.Path == "" {
		return
	}
	state := stateFile{Version: stateVersion, Containers: map[string]kept{}}
	for name, c := range a.courses {
		if !c.looked.IsZero() {
			state.Containers[name] = kept{Looked: c.looked, Standing: c.standing}
		}
	}
	if err := writeState(a.options.Path, state); err != nil {
		a.options.Log.Warn("how the containers stand is not remembered", "error", err)
	}
}

func (a *Auditor) forget() {
	if len(a.courses) <= mostKept {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	names := slices.SortedFunc(maps.Keys(a.courses), func(x, y string) int {
		return cmp.Or(a.courses[x].looked.Compare(a.courses[y].looked), cmp.Compare(x, y))
	})
	for _, name := range names[:len(names)-mostKept] {
		if _, present := a.present[name]; !present {
			delete(a.courses, name)
		}
	}
}

// writeState replaces the file as a whole: a crash leaves the old one.
func writeState(path string, state stateFile) (err error) {
	data, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
