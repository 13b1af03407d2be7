package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		text    string
		missing bool
		named   bool
		// want is a part of the error; empty when there is none.
		want string
	}{
		{name: "the default is not there", missing: true},
		{name: "a named file is not there", missing: true, named: true, want: "no such file"},
		{name: "a good file", text: "interval = \"2s\"\n", named: true},
		{name: "a faulty default", text: "interval = 2\n", want: "config.toml:1:12: interval is a number"},
		{name: "a file that is none", text: strings.Repeat("#\n", largest/2+1), named: true, want: "that is no configuration"},
		{name: "the largest file", text: strings.Repeat("#\n", largest/2), named: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "config.toml")
			if !test.missing {
				write(t, path, test.text, 0o600)
			}
			config, warnings, err := Load(path, test.named)
			if len(warnings) > 0 {
				t.Errorf("warnings %v", warnings)
			}
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if diff := diffConfig(Default(), config); (err != nil || test.missing) && diff != "" {
				t.Errorf("something is set:\n%s", diff)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if _, _, err := Load(filepath.Join(folder, "none.toml"), true); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is %v, which callers cannot tell apart", err)
	}
	if _, _, err := Load(folder, false); err == nil {
		t.Error("a folder was read as a configuration")
	}
	if _, _, err := Load("", false); err != nil {
		t.Errorf("no path at all: %v", err)
	}
	if _, _, err := Load("", true); err == nil {
		t.Error("an empty name was taken for a file")
	}
	path := filepath.Join(folder, "bad.toml")
	write(t, path, "nonsense = 1\n", 0o600)
	var faults Faults
	if _, _, err := Load(path, true); !errors.As(err, &faults) || faults[0].File != path {
		t.Errorf("error %v, want Faults of %s", err, path)
	}
}

func TestModeWarnings(t *testing.T) {
	t.Parallel()
	const hook = "[sink.hook]\ntype = \"webhook\"\nurl_env = \"HOOK\"\n"
	const run = "[sink.run]\ntype = \"exec\"\nprogram = \"/bin/mail\"\n"
	tests := []struct {
		name string
		text string
		mode os.FileMode
		want []string
	}{
		{"private", hook + run, 0o600, nil},
		{"others read a secret's place", hook, 0o644, []string{"mode 0644"}},
		{"the group reads", hook, 0o640, []string{"mode 0640"}},
		{"others read, but there is nothing", "[sink.bell]\ntype = \"bell\"\n", 0o644, nil},
		{"a sink that is off", strings.Replace(hook, "type", "enabled = false\ntype", 1), 0o644, nil},
		{"others choose the program", run, 0o622, []string{"others can change it"}},
		{"others choose the bell", "[sink.bell]\ntype = \"bell\"\n", 0o666, nil},
		{"both", hook + run, 0o666, []string{"others can read it", "others can change it"}},
		{"the environment of a program", run + "env = [\"SMTP_PASSWORD\"]\n", 0o604, []string{"others can read it"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "config.toml")
			write(t, path, test.text, test.mode)
			_, warnings, err := Load(path, true)
			if err != nil {
				t.Fatal(err)
			}
			if len(warnings) != len(test.want) {
				t.Fatalf("warnings %v, want %q", warnings, test.want)
			}
			for i, warning := range warnings {
				if !strings.HasPrefix(warning.String(), path+": ") || !strings.Contains(warning.String(), test.want[i]) {
					t.Errorf("warning %q, want %q", warning, test.want[i])
				}
			}
		})
	}
}

// write makes a file with exactly this mode, whatever the umask is.
func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
