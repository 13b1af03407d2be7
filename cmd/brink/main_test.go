package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"brink/cmd/internal/config"
	"brink/ui"
)

// TestMain makes brink, and some brinks with a fault in them, commands of their
// own: scripts and terminals run the whole program as a process.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	testscript.Main(leakTested{m}, map[string]func(){
		"brink":                main,
		"brink-broken-source":  func() { os.Exit(runBroken(breakSource)) },
		"brink-broken-screen":  func() { os.Exit(runBroken(breakScreen)) },
		"brink-broken-library": func() { os.Exit(runBroken(breakLibrary)) },
		"brink-broken-runtime": func() { os.Exit(runBroken(breakRuntime)) },
	})
}

// leakTested fails a run that leaves goroutines behind.
type leakTested struct{ *testing.M }

func (m leakTested) Run() int {
	// Who runs the tests may have them ignore SIGHUP, as nohup(1) does, and the programs
	// that they start would honour that. What is caught here is at its default there.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	code := m.M.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// runBroken is brink with a fault in it: the dashboard of the container that the
// arguments name, on the standard streams.
func runBroken(broken func(context.Context, *program, *stage, *terminal) error) int {
	p := &program{streams: streams{os.Stdin, os.Stdout, os.Stderr}, env: os.Getenv}
	root := newRootCommand(p)
	root.RunE = nil
	root.SetArgs(os.Args[1:])
	if err := root.ParseFlags(os.Args[1:]); err != nil {
		return exitCode(err, os.Stderr)
	}
	return exitCode(func() error {
		settings, err := p.settings(root.Flags().Args())
		if err != nil {
			return err
		}
		screen, err := p.openTerminal()
		if err != nil {
			return err
		}
		stage, err := p.build(settings)
		if err != nil {
			return err
		}
		defer stage.close()
		stage.desk = newDesk(duties{rules: stage.rules})
		return broken(context.Background(), p, stage, screen)
	}(), os.Stderr)
}

// breakSource lets a source panic on its own goroutine after the first frames.
func breakSource(ctx context.Context, p *program, stage *stage, screen *terminal) error {
	stage.runners = append(stage.runners, func(context.Context) {
		time.Sleep(300 * time.Millisecond)
		sourceThatBreaks(nil)
	})
	return p.dashboard(ctx, stage, screen, settings{Config: config.Config{Sinks: []config.Sink{{Name: "here", To: config.Bell{}}}}})
}

// breakLibrary lets a goroutine panic that is nobody's. What it says quotes a
// container that means harm.
func breakLibrary(ctx context.Context, p *program, stage *stage, screen *terminal) error {
	time.AfterFunc(300*time.Millisecond, func() { libraryThatBreaks("\x1b[31mred") })
	return p.dashboard(ctx, stage, screen, settings{})
}

func libraryThatBreaks(name string) { panic("no container is called " + name) }

// breakRuntime ends the process by a fault that no recover gets.
func breakRuntime(ctx context.Context, p *program, stage *stage, screen *terminal) error {
	time.AfterFunc(300*time.Millisecond, func() { new(sync.Mutex).Unlock() })
	return p.dashboard(ctx, stage, screen, settings{})
}

func sourceThatBreaks(counts map[string]int) { counts["written"] = 1 }

// breakScreen lets the screen panic in the middle of its work.
func breakScreen(ctx context.Context, p *program, _ *stage, screen *terminal) error {
	return screen.show(ctx, screenThatBreaks{ui.New(ui.Options{Show: screen.output.Show})}, p.programOptions()...)
}

// screenThatBreaks panics at the first key.
type screenThatBreaks struct{ tea.Model }

func (s screenThatBreaks) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		panic("pressed " + key.String())
	}
	next, cmd := s.Model.Update(msg)
	return screenThatBreaks{next}, cmd
}
