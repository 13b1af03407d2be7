package netfilter

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ErrNoTool says that a tool is not there.
var ErrNoTool = errors.New("not found")

// Tools executes the tools that print rules.
type Tools struct {
	dirs []string
	// most is how many bytes a tool may print.
	most int
}

// New looks for tools in the directories of a PATH, and after these where a user's path
// does not lead.
func New(path string) Tools {
	return Tools{append(filepath.SplitList(path), "/usr/sbin", "/sbin"), longestOutput}
}

const (
	// patience bounds one tool: iptables-save waits for nobody, and a large ruleset takes
	// tenths of a second.
	patience = 5 * time.Second
	// longestOutput has room for a set of addresses that has all that it may have.
	longestOutput = 16 << 20
	longestFault  = 400
)

// IPTables reads the filter table of a family, ip or ip6. Of the two kinds of iptables
// that a host may have beside each other, the one is meant in which the engine has its
// chain.
func (t Tools) IPTables(ctx context.Context, family string) ([]Chain, error) {
	prefix := "iptables"
	if family == "ip6" {
		prefix = "ip6tables"
	}
	chains, err := t.save(ctx, family, prefix+"-save")
	if err != nil || hasChain(chains, engineChain) {
		return chains, err
	}
	for _, kind := range []string{"-legacy-save", "-nft-save"} {
		if others, err := t.save(ctx, family, prefix+kind); err == nil && hasChain(others, engineChain) {
			return others, nil
		}
	}
	return chains, nil
}

// engineChain is what Docker leaves to the administrator.
const engineChain = "DOCKER-USER"

func hasChain(chains []Chain, name string) bool {
	for _, c := range chains {
		if c.Name == name {
			return true
		}
	}
	return false
}

func (t Tools) save(ctx context.Context, family, tool string) ([]Chain, error) {
	data, err := t.run(ctx, tool)
	if err != nil {
		return nil, err
	}
	chains, err := ParseSave(family, data)
	return chains, wrap(tool, err)
}

// NFTables reads all tables.
func (t Tools) NFTables(ctx context.Context) ([]Chain, error) {
	data, err := t.run(ctx, "nft", "-j", "list", "ruleset")
	if err != nil {
		return nil, err
	}
	chains, err := ParseRuleset(data)
	return chains, wrap("nft", err)
}

func wrap(tool string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", tool, err)
	}
	return nil
}

// run executes a tool with nothing to read, in the plain language.
func (t Tools) run(ctx context.Context, tool string, args ...string) ([]byte, error) {
	path := t.find(tool)
	if path == "" {
		return nil, wrap(tool, ErrNoTool)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, fault := &bounded{most: t.most, stop: cancel}, &bounded{most: longestFault}
	command := exec.CommandContext(ctx, path, args...)
	command.Env = []string{"LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	command.Stdout, command.Stderr = out, fault
	// A child that keeps the pipes open must not keep brink.
	command.WaitDelay = time.Second
	err := command.Run()
	switch {
	case out.full:
		return nil, wrap(tool, ErrTooMany)
	case ctx.Err() != nil:
		return nil, wrap(tool, ctx.Err())
	case err != nil && len(fault.kept) > 0:
		line, _, _ := strings.Cut(strings.TrimSpace(string(fault.kept)), "\n")
		return nil, wrap(tool, errors.New(strings.TrimSpace(line)))
	case err != nil:
		return nil, wrap(tool, err)
	}
	return out.kept, nil
}

// find looks for a file that can be executed. A relative directory of a path is passed
// by, as the shell's own way to run a stranger's program.
func (t Tools) find(tool string) string {
	for _, dir := range t.dirs {
		path := filepath.Join(dir, tool)
		if info, err := os.Stat(path); filepath.IsAbs(path) && err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// bounded keeps the beginning of what is written, and stops who writes more where it is
// told how. It embeds no buffer: os/exec would use the ReadFrom of that one.
type bounded struct {
	kept []byte
	most int
	full bool
	stop func()
}

func (b *bounded) Write(data []byte) (int, error) {
	room := b.most - len(b.kept)
	if len(data) <= room {
		b.kept = append(b.kept, data...)
		return len(data), nil
	}
	b.kept = append(b.kept, data[:room]...)
	if b.full = true; b.stop != nil {
		b.stop()
	}
	return len(data), nil
}
