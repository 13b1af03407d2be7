package config

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// deliveryType is a word for a way to deliver, and what reads its keys.
type deliveryType struct {
	word string
	read func(*section) Delivery
}

// deliveryTypes is the closed table of the ways to deliver.
func deliveryTypes() []deliveryType {
	return []deliveryType{
		{Bell{}.Type(), func(*section) Delivery { return Bell{} }},
		{OSC{}.Type(), readOSC},
		{Tmux{}.Type(), readTmux},
		{Exec{}.Type(), readExec},
		{Webhook{}.Type(), readWebhook},
		{Alertmanager{}.Type(), readAlertmanager},
		{Shoutrrr{}.Type(), readShoutrrr},
	}
}

// oscKinds are the sequences: OSC 9 of iTerm2, 777 of urxvt, 99 of kitty.
func oscKinds() []string { return []string{"auto", "osc9", "osc777", "osc99"} }

func readOSC(s *section) Delivery {
	osc := OSC{Kind: oscKinds()[0]}
	if i, ok := s.choice("kind", oscKinds()); ok {
		osc.Kind = oscKinds()[i]
	}
	s.bool("passthrough", &osc.Passthrough)
	return osc
}

func readTmux(s *section) Delivery {
	tmux := Tmux{Bell: true}
	s.bool("bell", &tmux.Bell)
	return tmux
}

func readExec(s *section) Delivery {
	const keyProgram = "program"
	want := `an absolute path such as "/usr/local/bin/on-alert"`
	var run Exec
	n := s.string(keyProgram, want, &run.Program)
	switch {
	case n == nil && s.table.get(keyProgram) == nil:
		s.lacks("has no program", "add "+keyProgram+` = "/path/to/it"`)
	case n != nil && !filepath.IsAbs(n.text):
		s.fault(n.at, "what runs must not depend on where brink was started", "expected "+want+"; arguments go into args")
	}
	run.Args = s.args()
	_, names := s.strings("env", `the names of variables to pass on, such as ["SMTP_HOST"]`)
	for _, name := range names {
		if !goodVariable(name.text) {
			s.fault(name.at, "this is no name of an environment variable", "env names the variables that the program inherits from brink")
		}
	}
	run.Env = s.distinct("env", names)
	return run
}

// args reads arguments; unlike any other text they may be empty and hold lines.
func (s *section) args() []string {
	want := `a list of strings such as ["-u", "critical"]`
	list := s.expect("args", unstable.Array, want)
	if list == nil {
		return nil
	}
	var args []string
	for _, item := range list.items {
		switch {
		case item.kind != unstable.String:
			s.fault(item.at, "args holds "+item.word(), "expected "+want)
		case strings.Contains(item.text, "\x00"):
			s.fault(item.at, "an argument cannot hold a zero byte", "")
		default:
			args = append(args, item.text)
		}
	}
	return args
}

func readWebhook(s *section) Delivery {
	hook := Webhook{URL: s.need("url", address), Headers: s.headers()}
	hook.Sign, _ = s.secret("secret", nowhere)
	return hook
}

func readAlertmanager(s *section) Delivery {
	server := Alertmanager{URL: s.need("url", address), Resend: time.Minute}
	user := s.string("user", "the name of a user", &server.User)
	password, given := s.secret("password", nowhere)
	token, tokenGiven := s.secret("token", nowhere)
	switch {
	case (user == nil) != (given == nil):
		s.lacks("has only one of user and password", "the server asks for both: add user, and password_env or password_file")
	case user != nil && tokenGiven != nil:
		s.fault(tokenGiven.key, "a server asks for a user or for a token, not for both", "leave one out")
	}
	server.Password, server.Token = password, token
	s.duration("resend", bounds{time.Second, time.Hour}, &server.Resend)
	server.Labels = s.labels()
	return server
}

// labels reads labels by the rules of Prometheus' data model; those that begin with
// two underscores are its own.
func (s *section) labels() map[string]string {
	labels := map[string]string{}
	own := []string{"alertname", "severity", "host", "container", "instance"}
	for _, pair := range s.pairs("labels", `a table such as { team = "ops" }`) {
		if !goodVariable(pair.key) || strings.HasPrefix(pair.key, "__") {
			s.fault(pair.value.key, "this is no name of a label", "expected letters, digits and _, not beginning with __")
		}
		if slices.Contains(own, pair.key) {
			s.fault(pair.value.key, "brink sets this label itself", "leave it out")
		}
		labels[pair.key] = pair.value.text
	}
	return labels
}

func readShoutrrr(s *section) Delivery {
	return Shoutrrr{URL: s.need("url", nowhere)}
}

// need reads a secret that has to be there.
func (s *section) need(key string, allowed openness) Secret {
	secret, n := s.secret(key, allowed)
	if n == nil {
		s.lacks("has no "+key, "add one of "+strings.Join(places(key, allowed), ", "))
	}
	return secret
}

// headers reads the three tables that headers can be in: in the open, and by the
// environment variable or the file that holds the value.
func (s *section) headers() []Header {
	var list []Header
	for _, suffix := range []string{"", suffixEnv, suffixFile} {
		key := "headers" + suffix
		for _, pair := range s.pairs(key, `a table such as { X-Team = "ops" }`) {
			if header, ok := s.header(suffix, pair); ok && s.newHeader(list, header, pair) {
				list = append(list, header)
			}
		}
	}
	return list
}

func (s *section) header(suffix string, pair entry) (Header, bool) {
	header := Header{Name: http.CanonicalHeaderKey(pair.key)}
	switch {
	case !goodHeader(pair.key):
		s.fault(pair.value.key, "this is no name of a header", "expected letters, digits and -")
	case slices.Contains([]string{"Content-Type", "Content-Length", "Host", "X-Brink-Signature", "X-Brink-Timestamp"}, header.Name):
		s.fault(pair.value.key, "brink sets this header itself", "leave it out")
	case suffix == "" && secretName(pair.key):
		s.fault(pair.value.key, "a secret must not stand in the open", "put it into headers_env or headers_file, which say where it is")
	case suffix == "":
		header.Value.open = pair.value.text
		return header, true
	case suffix == suffixFile:
		header.Value.File = s.resolve(pair.value.text)
		return header, true
	case !goodVariable(pair.value.text):
		s.fault(pair.value.at, "this is no name of an environment variable", "the value of the variable is that of the header")
	default:
		header.Value.Env = pair.value.text
		return header, true
	}
	return header, false
}

// goodHeader reports whether a name is a token of RFC 9110, section 5.6.2, as far
// as headers in use go.
func goodHeader(name string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9_.-]+$`).MatchString(name)
}

func (s *section) newHeader(list []Header, header Header, pair entry) bool {
	twice := slices.ContainsFunc(list, func(h Header) bool { return h.Name == header.Name })
	if twice {
		s.fault(pair.value.key, fmt.Sprintf("header %s is set twice", header.Name), "")
	}
	return !twice
}
