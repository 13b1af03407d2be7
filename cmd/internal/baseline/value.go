package baseline

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	units "github.com/docker/go-units"
)

// form is what a value has to look like. None allows a blank, a quote, a dollar sign,
// a backslash or the end of a line.
type form struct {
	pattern *regexp.Regexp
	// want says it in words.
	want string
}

func nameForm() form {
	return form{regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$`), "a name of letters, digits, - _ and . such as openclaw-agent"}
}

// imageForm is a reference of distribution/reference, without upper case in the host.
func imageForm() form {
	const part = `[a-z0-9]+(?:(?:[._-]|__|-+)[a-z0-9]+)*`
	return form{
		regexp.MustCompile(`^` + part + `(?::[0-9]{1,5})?(?:/` + part + `)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`),
		"an image such as ghcr.io/openclaw/openclaw@sha256:…",
	}
}

func pathForm() form {
	return form{regexp.MustCompile(`^(?:/|\./)[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9._-]+)*$`), "a path such as /srv/agent/data or ./data, of letters, digits, - _ and ."}
}

func userForm() form {
	return form{regexp.MustCompile(`^[1-9][0-9]{0,8}(?::[0-9]{1,9})?$`), "a number, or two as in 1000:1000, and not root"}
}

// accountForm is what useradd takes.
func accountForm() form {
	return form{regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,30}$`), "the name of an account such as dockremap"}
}

// interfaceForm keeps to the 15 characters that the kernel has for a name (IFNAMSIZ).
func interfaceForm() form { return plainForm(15) }

// plainForm is a name of at most so many characters.
func plainForm(most int) form {
	return form{
		regexp.MustCompile(fmt.Sprintf(`^[a-z][a-z0-9-]{0,%d}$`, most-1)),
		fmt.Sprintf("a name of at most %d small letters, digits and -", most),
	}
}

func secretForm() form {
	return form{regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`), "a name of small letters, digits and _ such as anthropic_api_key"}
}

// faults gathers what is wrong with the values of one text.
type faults []error

func (f *faults) note(flag, format string, args ...any) {
	*f = append(*f, fmt.Errorf("--"+flag+" "+format, args...))
}

func (f *faults) err() error { return errors.Join(*f...) }

// longestText is that of an image with its digest, by distribution/reference.
const longestText = 255

func (f *faults) form(flag, text string, of form) {
	if len(text) > longestText {
		f.note(flag, "is longer than %d characters", longestText)
		return
	}
	if !of.pattern.MatchString(text) || strings.HasSuffix(text, "\n") {
		f.note(flag, "%q is not %s", text, of.want)
	}
}

// path refuses what leads up, too.
func (f *faults) path(flag, text string) {
	f.form(flag, text, pathForm())
	for part := range strings.SplitSeq(strings.TrimPrefix(text, "."), "/") {
		if part == ".." || part == "." {
			f.note(flag, "%q leads by %s: name the directory itself", text, part)
		}
	}
}

// number refuses what is out of bounds.
func (f *faults) number(flag string, n, least, most int) {
	if n < least || n > most {
		f.note(flag, "%d is not between %d and %d", n, least, most)
	}
}

// mostSize keeps to what the parser of sizes, which is one of floats, reads exactly.
const mostSize = 1 << 50

// size reads a size and returns it as compose and the kernel's tmpfs both read it.
func (f *faults) size(flag, text string, least int64) string {
	size, err := units.RAMInBytes(text)
	if err != nil || size <= 0 || size > mostSize || size%1024 != 0 {
		f.note(flag, "%q is not a size in whole KiB such as 256m or 2g", text)
		return ""
	}
	if size < least {
		f.note(flag, "%q is less than the %s that are needed", text, units.BytesSize(float64(least)))
	}
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "g"}, {1 << 20, "m"}} {
		if size%unit.bytes == 0 {
			return strconv.FormatInt(size/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(size/1024, 10) + "k"
}

// address reads an address to listen on. One that stands for all of them opens the
// port to the whole network.
func (f *faults) address(flag, text string) netip.Addr {
	addr, err := netip.ParseAddr(text)
	switch {
	case err != nil || addr.Zone() != "" || addr.Is4In6():
		f.note(flag, "%q is not an address such as 127.0.0.1", text)
	case addr.IsUnspecified() || addr.IsMulticast():
		f.note(flag, "%s would open the port to the whole network: name one address", text)
	}
	return addr
}

// prefix reads a network, or an address alone.
func (f *faults) prefix(flag, text string) (netip.Prefix, bool) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" {
			f.note(flag, "%q is not an address or a network such as 192.0.2.0/24", text)
			return netip.Prefix{}, false
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	switch {
	case prefix.Addr().Is4In6():
		f.note(flag, "%q is an IPv4 address in IPv6: write it as IPv4", text)
	case prefix.Masked() != prefix:
		f.note(flag, "%q has bits set behind its length: write %s", text, prefix.Masked())
	default:
		return prefix, true
	}
	return netip.Prefix{}, false
}
