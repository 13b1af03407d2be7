package notify

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"syscall"
)

// Secret is text that must not be seen: an address with a token in it, a
// password, a key. However it is printed it reads "<secret>": by any verb of
// fmt, in JSON, TOML or text, in a log record, and as a part of another value.
//
// The text is kept in a function, because fmt reads the unexported fields of
// structs without asking their methods: of a function it prints the address.
type Secret struct {
	text func() string
}

// secretMark is what is seen in place of a secret.
const secretMark = "<secret>"

// NewSecret wraps text, without the newline at its end.
func NewSecret(text string) Secret {
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		return Secret{}
	}
	return Secret{text: func() string { return text }}
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// reveal returns the text. Whoever calls it must not let it out.
func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return s.text()
}

// String returns "<secret>", or nothing when there is none.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return secretMark
}

// GoString keeps %#v from the text.
func (s Secret) GoString() string { return "notify.Secret(" + s.String() + ")" }

// Format keeps every verb from the text, %x and %q as well.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// MarshalText keeps every encoding from the text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON keeps JSON from the text.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// LogValue keeps the log from the text.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// SecretSource says where a secret comes from. At most one of its fields is set.
type SecretSource struct {
	// Text is the secret itself, as it stands in a configuration.
	Text string
	// Env names an environment variable (url_env), File a file (url_file).
	Env  string
	File string
}

// secretLimit bounds a file with a secret: a certificate chain fits.
const secretLimit = 64 << 10

// Load reads the secret. A warning is one line for the user about a secret that
// others can read; an error names the variable or the file, never what is in it.
func (s SecretSource) Load(getenv func(string) string) (secret Secret, warning string, err error) {
	switch {
	case truth(s.Text != "")+truth(s.Env != "")+truth(s.File != "") > 1:
		return Secret{}, "", errors.New("a secret is given in more than one way: keep one of the text, the variable and the file")
	case s.Env != "":
		secret = NewSecret(getenv(s.Env))
		if secret.IsZero() {
			return Secret{}, "", fmt.Errorf("environment variable %s is not set, or empty", s.Env)
		}
		return secret, "", nil
	case s.File != "":
		return secretFromFile(s.File)
	default:
		return NewSecret(s.Text), "", nil
	}
}

func secretFromFile(path string) (secret Secret, warning string, err error) {
	// O_NONBLOCK: a fifo must not hang the start.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return Secret{}, "", err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return Secret{}, "", err
	}
	if !info.Mode().IsRegular() {
		return Secret{}, "", fmt.Errorf("%s: a secret has to be in a regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(file, secretLimit+1))
	switch {
	case err != nil:
		return Secret{}, "", err
	case len(data) > secretLimit:
		return Secret{}, "", fmt.Errorf("%s: too long for a secret: more than %d bytes", path, secretLimit)
	}
	if secret = NewSecret(string(data)); secret.IsZero() {
		return Secret{}, "", fmt.Errorf("%s: there is no secret in it", path)
	}
	return secret, readable(path, info.Mode()), nil
}

// readable warns of a file that others can read.
func readable(path string, mode fs.FileMode) string {
	if mode.Perm()&0o077 == 0 {
		return ""
	}
	return fmt.Sprintf("%s holds a secret and others can read it (mode %04o): chmod 600 it", path, mode.Perm())
}
