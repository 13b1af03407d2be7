package sources

import (
	"slices"
	"strings"
	"testing"
)

// cast reads containers from lines of "name image service state", with "-" for what
// is not there, and gives them ids "0000...", "1111..." in the order of the lines.
func cast(lines string) []Candidate {
	var all []Candidate
	for line := range strings.Lines(lines) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		word := func(i int) string { return strings.Trim(fields[i], "-") }
		digit := "0123456789abcdef"[len(all)]
		all = append(all, Candidate{
			ID: strings.Repeat(string(digit), idDigits), Name: fields[0], Image: fields[1], Service: word(2), Running: fields[3] == "up",
		})
	}
	return all
}

func TestResolve(t *testing.T) {
	const sandboxes = `
		openclaw-sbx-agent-main   openclaw-sandbox:bookworm-slim          - up
		openclaw-sbx-browser-main mine/openclaw-sandbox-browser:1         - up
	`
	for _, tt := range []struct {
		name, target, containers string
		// want is the container, or several that could be meant.
		want    string
		choices []string
	}{
		{name: "no containers", target: "agent"},
		{name: "no such name", target: "agent", containers: "other img - up"},
		{name: "a name is not found by its beginning", target: "agen", containers: "agent img - up"},
		{name: "an id of three digits is a name", target: "000", containers: "a img - up"},
		{name: "an id that is none", target: "0001", containers: "a img - up"},
		{name: "name", target: "b", containers: "a img - up\nb img - up", want: "b"},
		{name: "a stopped one by name", target: "b", containers: "b img - down", want: "b"},
		{name: "exact name before id", target: "1111", containers: "a img - up\nb img - up\n1111 img - down", want: "1111"},
		{name: "id prefix", target: "1111", containers: "a img - up\nb img - up", want: "b"},
		{name: "id prefix in capitals", target: "AAAA", containers: strings.Repeat("x img - up\n", 10) + "b img - up", want: "b"},
		{name: "whole id", target: strings.Repeat("0", 64), containers: "a img - down", want: "a"},

		{name: "no such service", target: "service:web", containers: "web img - up"},
		{name: "service", target: "service:web", containers: "p-web-1 img web up\np-db-1 img db up", want: "p-web-1"},
		{name: "service, the running one", target: "service:web", containers: "p-web-1 img web down\np-web-2 img web up", want: "p-web-2"},
		{name: "service, stopped", target: "service:web", containers: "p-web-1 img web down", want: "p-web-1"},
		{name: "service of two projects", target: "service:web", containers: "q-web-1 img web up\np-web-1 img web up", choices: []string{"p-web-1", "q-web-1"}},
		{name: "service without a name is none", target: "service:web", containers: "a img - up"},

		{name: "agent: nothing runs", containers: "a img - down\nb img - down"},
		{name: "agent: by name", containers: "a openclaw:1 openclaw up\nopenclaw-agent img - down", want: "openclaw-agent"},
		{name: "agent: by service", containers: "a openclaw - up\nb img openclaw down", want: "b"},
		{name: "agent: openclaw before its gateway", containers: "a img openclaw-gateway up\nb img openclaw up", want: "b"},
		{name: "agent: the gateway, not its command line", containers: "p-openclaw-gateway-1 openclaw:local openclaw-gateway up\np-openclaw-cli-1 openclaw:local openclaw-cli up", want: "p-openclaw-gateway-1"},
		{name: "agent: by image", containers: "a postgres:16 - up\nb ghcr.io/openclaw/openclaw:2026.2.26 - up", want: "b"},
		{name: "agent: by image, stopped before another that runs", containers: "a postgres:16 - up\nb openclaw:local - down", want: "b"},
		{name: "agent: by image with a digest", containers: "a redis - up\nb alpine/openclaw@sha256:00 - up", want: "b"},
		{name: "agent: a registry's name is not an image's", containers: "a registry.openclaw.example/postgres:16 - up\nb redis - up", choices: []string{"a", "b"}},
		{name: "agent: a registry with a port", containers: "a openclaw:5000/postgres - up\nb redis - up", choices: []string{"a", "b"}},
		{name: "agent: a tag is not an image's name", containers: "a node:openclaw - up\nb redis - up", choices: []string{"a", "b"}},
		{name: "agent: several images", containers: "b openclaw:local - up\na openclaw:local - up", choices: []string{"a", "b"}},
		{name: "agent: several images, one runs", containers: "b openclaw:local - up\na openclaw:local - down", want: "b"},
		{name: "agent: the only one running", containers: "a img - up\nb img - down", want: "a"},
		{name: "agent: several running", containers: "b img - up\na img - up\nc img - down", choices: []string{"a", "b"}},
		{name: "agent: its sandboxes are not it", containers: sandboxes + "gateway mine - up", want: "gateway"},
		{name: "agent: nor when it is stopped", containers: sandboxes + "gw openclaw:local - down", want: "gw"},
		{name: "agent: nothing but sandboxes", containers: sandboxes, choices: []string{"openclaw-sbx-agent-main", "openclaw-sbx-browser-main"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found, ok, choices := target(t, tt.target).resolve(cast(tt.containers))
			if ok != (tt.want != "") || found.Name != tt.want {
				t.Errorf("found %q, want %q", found.Name, tt.want)
			}
			var names []string
			for _, c := range choices {
				names = append(names, c.Name)
			}
			if !slices.Equal(names, tt.choices) {
				t.Errorf("choices %q, want %q", names, tt.choices)
			}
		})
	}
}

// TestResolveSharedID: the beginning of two ids is a question.
func TestResolveSharedID(t *testing.T) {
	all := []Candidate{{ID: "abcd1" + idA[5:], Name: "b"}, {ID: "abcd2" + idA[5:], Name: "a"}}
	found, ok, choices := target(t, "abcd").resolve(all)
	if ok || len(choices) != 2 || choices[0].Name != "a" {
		t.Errorf("found %q, choices %v", found.Name, choices)
	}
	if found, ok, _ := target(t, "abcd1").resolve(all); !ok || found.Name != "b" {
		t.Errorf("found %q", found.Name)
	}
}

// TestSuccessor: who takes the place of a container whose name is gone.
func TestSuccessor(t *testing.T) {
	for _, tt := range []struct{ name, target, containers, want string }{
		{"a name has none", "agent", "agent-2 img - up", ""},
		{"a service that came back under another name", "service:web", "q-web-1 img web up", "q-web-1"},
		{"a service under a name for the meantime", "service:web", "0123456789ab_p-web-1 img web down", ""},
		{"a service of two", "service:web", "a img web up\nb img web up", ""},
		{"an agent that came back under another name", "", "q-gw-1 img openclaw-gateway up\ndb postgres - up", "q-gw-1"},
		{"an agent that is gone: what else runs is not it", "", "db postgres - up", ""},
		{"an agent that is gone: its sandbox is not it", "", "openclaw-sbx-a openclaw-sandbox:1 - up", ""},
		{"an agent not yet started", "", "q-gw-1 img openclaw-gateway down", ""},
		{"a cgroup has none", "cgroup:/a", "a img - up", ""},
	} {
		found, ok := target(t, tt.target).successor(cast(tt.containers))
		if ok != (tt.want != "") || found.Name != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, found.Name, tt.want)
		}
	}
}

// TestImageIsAgent: the name counts, not where the image lies or which one it is.
func TestImageIsAgent(t *testing.T) {
	for image, want := range map[string]bool{
		"": false, ":": false, "@": false, "/": false, "debian:13": false, "openclaw.example/debian": false,
		"localhost/debian:openclaw": false, "openclaw:5000/debian": false, "debian@openclaw": false, "debian:openclaw": false,
		"openclaw": true, "openclaw:latest": true, "openclaw/gateway": true, "ghcr.io/openclaw/openclaw:latest": true,
		"localhost:5000/my-openclaw@sha256:0": true, "library/openclaw:a/b": true,
	} {
		if got := imageIsAgent(image); got != want {
			t.Errorf("%q: %v", image, got)
		}
	}
}

// FuzzImageIsAgent: neither a registry's host nor a tag nor a digest makes an image the
// agent's, and neither takes that away.
func FuzzImageIsAgent(f *testing.F) {
	for _, image := range []string{"", "openclaw", "openclaw/openclaw", "debian", "a/b:c@d", "/", ":", "@", "\x1b"} {
		f.Add(image)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if strings.ContainsAny(name, "@:") {
			_ = imageIsAgent(name)
			return
		}
		host, _, deep := strings.Cut(name, "/")
		if deep && (strings.Contains(host, ".") || host == "localhost") {
			return
		}
		want := strings.Contains(name, agentWord)
		for _, image := range []string{name, name + ":openclaw", name + "@sha256:openclaw", "openclaw.example:5000/" + name + ":1"} {
			if got := imageIsAgent(image); got != want {
				t.Errorf("%q: %v, want %v", image, got, want)
			}
		}
	})
}
