package config

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// addressVerdict is what is to be thought of a URL in the configuration.
type addressVerdict uint8

const (
	addressGood addressVerdict = iota
	// addressBad is not a URL that HTTP can reach.
	addressBad
	// addressSecret has something in it that looks like a secret.
	addressSecret
)

// addressFault judges a URL that stands in the open. Chat services and hosted
// monitors put the token into the path; so a part of the path or a value of the
// query that no person would make up counts as a secret, and so does a user.
func addressFault(n *node) addressVerdict {
	if n.kind != unstable.String {
		return addressBad
	}
	address, err := url.Parse(n.text)
	switch {
	case err != nil:
		return addressBad
	case address.Scheme != "http" && address.Scheme != "https", address.Hostname() == "":
		return addressBad
	case address.User != nil, tokens(address):
		return addressSecret
	default:
		return addressGood
	}
}

func tokens(address *url.URL) bool {
	for part := range strings.SplitSeq(address.Path+"/"+address.Fragment, "/") {
		if token(part) {
			return true
		}
	}
	for key, values := range address.Query() {
		if secretName(key) || token(strings.Join(values, "")) {
			return true
		}
	}
	return false
}

// token reports whether text looks like one that a machine made: long, with
// letters and digits, and without a blank.
func token(text string) bool {
	const shortest = 16
	return len(text) >= shortest && strings.ContainsAny(text, "0123456789") &&
		regexp.MustCompile(`^[A-Za-z0-9_.:~+=-]*[A-Za-z][A-Za-z0-9_.:~+=-]*$`).MatchString(text)
}

// secretName reports whether what is called so is a secret: a header, a parameter
// of a URL, an environment variable.
func secretName(name string) bool {
	return regexp.MustCompile(`(?i)auth|cookie|credential|key|pass|secret|token|signature`).MatchString(name)
}
