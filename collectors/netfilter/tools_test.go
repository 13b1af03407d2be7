package netfilter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// toolbox lays out tools, each a script.
func toolbox(t *testing.T, scripts map[string]string) Tools {
	t.Helper()
	dir := t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return Tools{[]string{dir}, 4096}
}

const (
	withChain    = "echo '*filter'; echo ':DOCKER-USER - [0:0]'; echo '-A DOCKER-USER -j RETURN'; echo COMMIT\n"
	withoutChain = "echo '*filter'; echo ':FORWARD ACCEPT [0:0]'; echo COMMIT\n"
)

func TestTools(t *testing.T) {
	for _, test := range []struct {
		name    string
		scripts map[string]string
		want    string
		err     error
		fault   string
	}{
		{"no tool", nil, "", ErrNoTool, "iptables-save: not found"},
		{"no right", map[string]string{"iptables-save": "echo 'Fatal: can''t open lock: Permission denied (you must be root)' >&2; exit 4"}, "", nil, "iptables-save: Fatal: cant open lock: Permission denied (you must be root)"},
		{"a fault without a word", map[string]string{"iptables-save": "exit 3"}, "", nil, "iptables-save: exit status 3"},
		{"a message on the wrong stream", map[string]string{"iptables-save": "echo no"}, "", ErrSyntax, ""},
		{"more than anybody reads", map[string]string{"iptables-save": "exec yes '# and so on'"}, "", ErrTooMany, ""},
		{"the plain one", map[string]string{"iptables-save": withChain}, "DOCKER-USER", nil, ""},
		{"a warning beside it", map[string]string{"iptables-save": "echo '# Warning: iptables-legacy tables present' >&2\n" + withChain}, "DOCKER-USER", nil, ""},
		{"the engine uses the other kind", map[string]string{"iptables-save": withoutChain, "iptables-legacy-save": withChain}, "DOCKER-USER", nil, ""},
		{"neither kind has the chain", map[string]string{"iptables-save": withoutChain, "iptables-legacy-save": "exit 1", "iptables-nft-save": withoutChain}, "FORWARD", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			chains, err := toolbox(t, test.scripts).IPTables(t.Context(), "ip")
			switch {
			case test.err != nil && !errors.Is(err, test.err), test.fault != "" && (err == nil || err.Error() != test.fault):
				t.Errorf("%v, want %v %s", err, test.err, test.fault)
			case test.want != "" && (err != nil || !hasChain(chains, test.want)):
				t.Errorf("%v, %v", chains, err)
			}
		})
	}
}

func TestToolsOfIPv6AndNFTables(t *testing.T) {
	tools := toolbox(t, map[string]string{
		"ip6tables-save": withChain,
		"nft":            `test "$*" = "-j list ruleset" && echo '{"nftables": [{"chain": {"family": "inet", "table": "t", "name": "c"}}]}'`,
	})
	if chains, err := tools.IPTables(t.Context(), "ip6"); err != nil || chains[0].Family != "ip6" {
		t.Errorf("%v, %v", chains, err)
	}
	if chains, err := tools.NFTables(t.Context()); err != nil || len(chains) != 1 {
		t.Errorf("%v, %v", chains, err)
	}
}

// A tool that waits is ended when nobody waits for it any more.
func TestToolThatHangs(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := toolbox(t, map[string]string{"nft": "exec sleep 60"}).NFTables(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// What a user's path leads to last are the places of the tools.
func TestFind(t *testing.T) {
	tools := New("." + string(filepath.ListSeparator) + "/no/such")
	if dirs := strings.Join(tools.dirs, " "); dirs != ". /no/such /usr/sbin /sbin" {
		t.Error(dirs)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "nft"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "ip6tables-save"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, tool := range []string{"nft", "ip6tables-save"} {
		if got := (Tools{dirs: []string{".", dir}}).find(tool); got != "" {
			t.Errorf("%s is taken for a tool", got)
		}
	}
}
