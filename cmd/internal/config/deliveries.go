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

// oscKinds are the sequences. 9 is understood by iTerm2, WezTerm, Ghostty and foot,
// 777 by urxvt, foot, Ghostty and WezTerm, 99 by kitty and foot.
func oscKinds() []string { return []string{"auto", "9", "777", "99"} }

func readOSC(s *section) Delivery {
	osc := OSC{Kind: "auto"}
	if i, ok := s.choice("kind", oscKinds()); ok {
		osc.Kind = oscKinds()[i]
	}
	s.bool("passthrough", &osc.Passthrough)
	return osc
}

func readTmux(s *section) Delivery {
	const keyOption = "option"
	tmux := Tmux{Bell: true, Message: true, MessageFor: 5 * time.Second, Option: "@brink"}
	status := true
	s.bool("bell", &tmux.Bell)
	s.bool("message", &tmux.Message)
	s.duration("message_for", bounds{100 * time.Millisecond, time.Hour}, &tmux.MessageFor)
	s.bool("status", &status)
	n := s.string(keyOption, `a user option such as "@brink"`, &tmux.Option)
	if n != nil && !regexp.MustCompile(`^@[A-Za-z0-9_-]+$`).MatchString(n.text) {
		s.fault(n.at, keyOption+" is no user option of tmux", `expected @ and letters, such as "@brink"`)
	}
	s.path("socket", &tmux.Socket)
	s.string("session", "the name of a session", &tmux.Session)
	if !status {
		tmux.Option = ""
	}
	if !tmux.Bell && !tmux.Message && !status {
		s.fault(s.table.at, s.name+" does nothing", "leave one of bell, message and status on; enabled = false switches a sink off")
	}
	return tmux
}

// path reads an absolute path.
func (s *section) path(key string, value *string) {
	n := s.string(key, "an absolute path", value)
	if n != nil && !filepath.IsAbs(n.text) {
		s.fault(n.at, key+" is not an absolute path", "it begins with /")
	}
}

func readExec(s *section) Delivery {
	const keyProgram = "program"
	want := "an absolute path, or the name of a program in PATH"
	var run Exec
	n := s.string(keyProgram, want, &run.Program)
	switch {
	case n == nil && s.table.get(keyProgram) == nil:
		s.lacks("has no program", "add "+keyProgram+" = "+`"/path/to/it"`)
	case n != nil && strings.Contains(n.text, "/") && !filepath.IsAbs(n.text):
		s.fault(n.at, "a path to a program begins with /", "expected "+want)
	case n != nil && strings.Contains(n.text, " ") && !filepath.IsAbs(n.text):
		s.fault(n.at, "no shell splits this into a program and its arguments", `write the arguments as args = ["..."]`)
	}
	run.Args = s.args()
	for _, pair := range s.pairs("env", `a table such as { LANG = "C.UTF-8" }`) {
		switch {
		case !goodVariable(pair.key):
			s.fault(pair.value.key, "this is no name of an environment variable", "expected letters, digits and _")
		case secretName(pair.key):
			s.fault(pair.value.key, "a secret must not stand in the open", "the program inherits brink's environment: set it there")
		default:
			run.Env = append(run.Env, pair.key+"="+pair.value.text)
		}
	}
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
	return Alertmanager{URL: s.need("url", address), Headers: s.headers()}
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
