package notify

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"brink/collectors"
)

// redactor takes secrets out of text that others wrote: errors of net/http hold
// the whole address, those of libraries parts of it, and servers echo what they
// were sent.
type redactor struct {
	// pieces are in a function for the reason that [Secret] is.
	pieces func() []string
}

// pieceLength is the length from which a part of a secret is one as well. What is
// shorter is in every other word.
const pieceLength = 4

// newRedactor takes whole secrets and the parts that an address may be taken
// apart into.
func newRedactor(secrets ...Secret) redactor {
	pieces := map[string]bool{}
	for _, secret := range secrets {
		for _, piece := range partsOf(secret.reveal()) {
			pieces[piece] = true
			pieces[url.QueryEscape(piece)] = true
			pieces[url.PathEscape(piece)] = true
		}
	}
	delete(pieces, "")
	var list []string
	for piece := range pieces {
		list = append(list, piece)
	}
	// The longest first: a part must not spoil the search for the whole.
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return redactor{pieces: func() []string { return list }}
}

// partsOf returns a secret and its parts, plain and unescaped. A password in an
// address is one however short it is.
func partsOf(secret string) []string {
	parts := []string{secret}
	address, err := url.Parse(secret)
	if err != nil || address.Scheme == "" || address.Host == "" {
		return append(parts, words(secret)...)
	}
	password, _ := address.User.Password()
	parts = append(parts, password)
	for _, text := range []string{address.User.Username(), password, address.Path, address.Fragment, address.RawQuery, address.Opaque} {
		parts = append(parts, words(text)...)
	}
	for _, values := range address.Query() {
		for _, value := range values {
			parts = append(parts, words(value)...)
		}
	}
	for _, host := range []string{address.Host, address.Hostname()} {
		if len(host) >= pieceLength {
			parts = append(parts, host)
		}
	}
	return parts
}

// words takes text apart at what is not part of a word: services build tokens of
// several words, and write them apart again.
func words(text string) []string {
	list := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/-:.,;@&=+?#% \t\r\n", r) })
	list = append(list, text)
	return slices.DeleteFunc(list, func(word string) bool { return len(word) < pieceLength })
}

// text returns the text without secrets: clean, and one line.
func (r redactor) text(text string) string {
	for _, piece := range r.pieces() {
		text = strings.ReplaceAll(text, piece, "\x00")
	}
	return collectors.Clean(strings.ReplaceAll(text, "\x00", secretMark), lineLength)
}

// redactedError is an error whose text is free of secrets. It does not unwrap to
// the cause, for errors.As would find the secret there.
type redactedError struct{ text string }

func (e *redactedError) Error() string { return e.text }

// err returns an error without secrets. What the outbox branches on has to be
// wrapped around it.
func (r redactor) err(err error) error {
	if err == nil {
		return nil
	}
	return &redactedError{text: r.text(err.Error())}
}
