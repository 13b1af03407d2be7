package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	units "github.com/docker/go-units"
)

// command is one thing the agent does when told. do returns what the answer says after "ok".
type command struct {
	usage string
	do    func(g *gateway, args []string) (string, error)
}

// commands is the whole language. Sizes are Docker's: 512M is 512 MiB. A NAME may be quoted as in Go, so that it can
// hold any byte but NUL.
func commands() map[string]command {
	return map[string]command{
		"eat":        {"eat anon SIZE [rate SIZE]: more anonymous memory, at once or so much a second", eat},
		"free":       {"free: give the anonymous memory back", func(g *gateway, _ []string) (string, error) { g.anon.free(); return "", nil }},
		"cache":      {"cache SIZE: write and read a file in the data directory, so that it is page cache", cache},
		"tmpfs":      {"tmpfs DIR SIZE|full: fill a file below DIR", tmpfs},
		"burn":       {"burn N: N busy threads; 0 ends them", burn},
		"fork":       {"fork N [NAME]: N sleeping children", fork},
		"forkstorm":  {"forkstorm MAX: children until the kernel refuses, MAX at most", forkstorm},
		"zombies":    {"zombies N [NAME]: N children that end and are not waited for", zombies},
		"child":      {"child eat SIZE [NAME]: a child that eats; answers when it has, or was killed over it", child},
		"title":      {"title NAME: the name of this process", retitle},
		"ignoreterm": {"ignoreterm: SIGTERM has no effect from now on", ignoreterm},
		"health":     {"health [on|off [TEXT]]: set or ask what the health check will say", health},
		"exit":       {"exit CODE: end the agent", exit},
		"quiet":      {"quiet: back to the base load", func(g *gateway, _ []string) (string, error) { return "", g.quiet() }},
		"status":     {"status: what the agent holds", func(g *gateway, _ []string) (string, error) { return g.status(), nil }},
	}
}

// obey runs one line and returns the line to answer.
func obey(g *gateway, line string) string {
	words := strings.Fields(line)
	if len(words) == 0 {
		return "error empty command"
	}
	c, known := commands()[words[0]]
	if !known {
		return fmt.Sprintf("error unknown command %q", words[0])
	}
	said, err := c.do(g, words[1:])
	if errors.Is(err, errUsage) {
		return "error usage: " + c.usage
	}
	if err != nil {
		return "error " + strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	return strings.TrimRight("ok "+said, " ")
}

// errUsage says that the words after the command make no sense.
var errUsage = errors.New("usage")

func eat(g *gateway, args []string) (string, error) {
	var rate int64
	switch {
	case len(args) == 4 && args[0] == "anon" && args[2] == "rate":
		var err error
		if rate, err = size(strings.TrimSuffix(args[3], "/s")); err != nil {
			return "", err
		}
	case len(args) == 2 && args[0] == "anon":
	default:
		return "", errUsage
	}
	want, err := size(args[1])
	if err != nil {
		return "", err
	}
	if err := g.anon.eat(want, rate); err != nil {
		return "", err
	}
	return fmt.Sprintf("anon=%d", g.anon.held()), nil
}

func cache(g *gateway, args []string) (string, error) {
	if len(args) != 1 {
		return "", errUsage
	}
	want, err := size(args[0])
	if err != nil {
		return "", err
	}
	return "", g.files.cache("/app/data/cache.bin", want)
}

func tmpfs(g *gateway, args []string) (string, error) {
	if len(args) != 2 {
		return "", errUsage
	}
	want := int64(1) << 62
	if args[1] != "full" {
		var err error
		if want, err = size(args[1]); err != nil {
			return "", err
		}
	}
	wrote, full, err := g.files.fill(args[0]+"/fill", want)
	return fmt.Sprintf("wrote=%d full=%t", wrote, full), err
}

func burn(g *gateway, args []string) (string, error) {
	if len(args) != 1 {
		return "", errUsage
	}
	n, err := count(args[0])
	if err != nil {
		return "", err
	}
	g.burners.set(n)
	return fmt.Sprintf("burners=%d", n), nil
}

func fork(g *gateway, args []string) (string, error) {
	n, name, err := countAndName(args, "child")
	if err != nil {
		return "", err
	}
	made, err := g.sleepers.add(n, name, forkSleeper)
	return fmt.Sprintf("forked=%d", made), err
}

func forkstorm(g *gateway, args []string) (string, error) {
	limit, name, err := countAndName(args, "storm")
	if err != nil {
		return "", err
	}
	made, err := g.sleepers.add(limit, name, forkSleeper)
	if errors.Is(err, errRefused) {
		return fmt.Sprintf("forked=%d refused=true", made), nil
	}
	return fmt.Sprintf("forked=%d refused=false", made), err
}

func zombies(g *gateway, args []string) (string, error) {
	n, name, err := countAndName(args, "chrome")
	if err != nil {
		return "", err
	}
	made, err := g.zombies.add(n, name, forkZombie)
	return fmt.Sprintf("zombies=%d", made), err
}

func child(g *gateway, args []string) (string, error) {
	if len(args) < 2 || len(args) > 3 || args[0] != "eat" {
		return "", errUsage
	}
	want, err := size(args[1])
	if err != nil {
		return "", err
	}
	name := "chrome"
	if len(args) == 3 {
		name = unquote(args[2])
	}
	return g.eaters.start(want, name)
}

func retitle(_ *gateway, args []string) (string, error) {
	if len(args) != 1 {
		return "", errUsage
	}
	return "", setTitle(unquote(args[0]))
}

func ignoreterm(g *gateway, _ []string) (string, error) {
	g.ignoresTerm.Store(true)
	return "", nil
}

func health(g *gateway, args []string) (string, error) {
	switch {
	case len(args) == 0:
		if illness := g.illness.Load(); illness != nil {
			return "", errors.New(*illness)
		}
	case len(args) == 1 && args[0] == "on":
		g.illness.Store(nil)
	case len(args) <= 2 && args[0] == "off":
		illness := "the gateway does not answer"
		if len(args) == 2 {
			illness = unquote(args[1])
		}
		g.illness.Store(&illness)
	default:
		return "", errUsage
	}
	return "", nil
}

// exit answers first: the process ends a moment later.
func exit(_ *gateway, args []string) (string, error) {
	if len(args) != 1 {
		return "", errUsage
	}
	code, err := count(args[0])
	if err != nil {
		return "", err
	}
	time.AfterFunc(50*time.Millisecond, func() { os.Exit(code) })
	return "", nil
}

func size(text string) (int64, error) {
	n, err := units.RAMInBytes(text)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is no size", text)
	}
	return n, nil
}

func count(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is no count", text)
	}
	return n, nil
}

func countAndName(args []string, name string) (int, string, error) {
	if len(args) < 1 || len(args) > 2 {
		return 0, "", errUsage
	}
	if len(args) == 2 {
		name = unquote(args[1])
	}
	n, err := count(args[0])
	return n, name, err
}

// unquote takes "..." as Go does and anything else as it is.
func unquote(word string) string {
	if text, err := strconv.Unquote(word); err == nil {
		return text
	}
	return word
}
