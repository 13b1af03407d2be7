package config

import (
	"path/filepath"
	"regexp"
	"strings"
)

// Secret says where a secret is to be found: in an environment variable or in a
// file, and where a value is none, in the configuration itself. The zero Secret is
// none. It prints as where it is, never as what it is.
type Secret struct {
	// Env is the name of an environment variable.
	Env string
	// File is the path of a file; a relative one was resolved against the folder of
	// the configuration. White space at its end is no part of the secret.
	File string

	open string
}

// Open returns a value that stands in the configuration itself, such as the URL of
// a server in the same network; empty when it is in Env or File.
func (s Secret) Open() string { return s.open }

// IsZero reports that nothing was configured.
func (s Secret) IsZero() bool { return s == Secret{} }

// String says where the secret is.
func (s Secret) String() string {
	switch {
	case s.Env != "":
		return "environment variable " + s.Env
	case s.File != "":
		return "file " + s.File
	case s.open != "":
		return "in the configuration"
	default:
		return "none"
	}
}

// GoString keeps %#v from printing the value.
func (s Secret) GoString() string { return "config.Secret(" + s.String() + ")" }

// MarshalText keeps encoders and logs from printing the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

const (
	suffixEnv  = "_env"
	suffixFile = "_file"
)

// openness is what may stand in the configuration itself.
type openness uint8

const (
	// nowhere: only _env and _file are allowed.
	nowhere openness = iota
	// address: a URL, as long as nothing in it looks like a secret.
	address
)

// secret reads KEY, KEY_env and KEY_file, of which one may be there.
func (s *section) secret(key string, allowed openness) (Secret, *node) {
	var secret Secret
	first := s.table.get(key)
	if first != nil {
		s.readOpen(key, allowed, first, &secret)
	}
	if first != nil || allowed == address {
		s.asked = append(s.asked, key)
	}
	for _, suffix := range []string{suffixEnv, suffixFile} {
		n := s.take(key + suffix)
		switch {
		case n == nil:
		case first != nil:
			s.fault(n.key, key+suffix+" says what another key says already", "one of "+strings.Join(places(key, allowed), ", ")+" is enough")
		default:
			first = n
			s.readElsewhere(key+suffix, n, &secret)
		}
	}
	return secret, first
}

// places are the keys that a secret can be under.
func places(key string, allowed openness) []string {
	list := []string{key + suffixEnv, key + suffixFile}
	if allowed == address {
		list = append(list, key)
	}
	return list
}

// readElsewhere reads where a secret is.
func (s *section) readElsewhere(key string, n *node, secret *Secret) {
	want := "the name of an environment variable, such as BRINK_WEBHOOK"
	if strings.HasSuffix(key, suffixFile) {
		want = "the path of a file, such as /etc/brink/webhook"
	}
	var text string
	if s.string(key, want, &text) == nil {
		return
	}
	switch {
	case strings.HasSuffix(key, suffixFile) && strings.Contains(text, "://"):
		s.fault(n.at, key+" holds the secret itself", "expected "+want)
	case strings.HasSuffix(key, suffixFile):
		secret.File = s.resolve(text)
	case !goodVariable(text):
		s.fault(n.at, key+" is no name of an environment variable", "expected "+want+"; its value is the secret")
	default:
		secret.Env = text
	}
}

// resolve makes a path absolute or relative to where the configuration lies:
// brink guard does not run in the folder that it was written in.
func (d *document) resolve(file string) string {
	if filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	return filepath.Join(filepath.Dir(d.name), file)
}

func goodVariable(name string) bool {
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name)
}

// readOpen reads a value that stands in the configuration itself.
func (s *section) readOpen(key string, allowed openness, n *node, secret *Secret) {
	elsewhere := "put it into " + strings.Join(places(key, nowhere), " or ") + ", which say where it is"
	if allowed == nowhere {
		s.fault(n.key, key+" must not stand in the open: it is a secret", elsewhere)
		return
	}
	switch fault := addressFault(n); fault {
	case addressGood:
		secret.open = n.text
	case addressSecret:
		s.fault(n.at, key+" holds a secret, which must not stand in the open", elsewhere)
	default:
		s.fault(n.at, key+" is no web address", `expected a URL such as "http://alertmanager.lan:9093"`)
	}
}
