package paint

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	enter = "\x1b[?1049h"
	leave = "\x1b[?1049l"
	hide  = "\x1b[?25l"
	wipe  = "\x1b[m\x1b[H\x1b[2J"
)

// TestOutput: what Bubble Tea writes goes through as it is, and what is shown is painted
// only while the alternate screen is up.
func TestOutput(t *testing.T) {
	looks := testLooks()
	show := func(text string) func(o *Output) {
		return func(o *Output) { o.Show(screenOf(3, 1, text), looks); _ = o.paint() }
	}
	titled := func(title string) func(o *Output) {
		screen := screenOf(3, 1, "abc")
		screen.Title = title
		return func(o *Output) { o.Show(screen, looks); _ = o.paint() }
	}
	write := func(text string) func(o *Output) { return func(o *Output) { _, _ = o.Write([]byte(text)) } }
	for _, test := range []struct {
		name string
		does []func(o *Output)
		want string
	}{
		{"the first screen is not waited for", []func(*Output){show("abc")}, enter + hide + wipe + "\x1b[1;1Habc"},
		{"entered once", []func(*Output){show("abc"), write(enter + "\x1b[?2004h")}, enter + hide + wipe + "\x1b[1;1Habc\x1b[?2004h"},
		{"nothing to show", []func(*Output){write(enter), func(o *Output) { _ = o.paint() }}, enter},
		{"nothing to enter for", []func(*Output){func(o *Output) { _ = o.paint() }}, ""},
		{"nobody has left", []func(*Output){show("abc"), (*Output).End, (*Output).End, show("abd")}, enter + hide + wipe + "\x1b[1;1Habc" + leave + "\x1b[?25h\x1b]2;\a"},
		{"somebody has left", []func(*Output){write(enter), write(leave), (*Output).End}, enter + leave},
		{"ended before the first screen", []func(*Output){(*Output).End, show("abc")}, ""},
		{"asked", []func(*Output){write("\x1b[?2026$p\x1b[?u")}, "\x1b[?2026$p\x1b[?u"},
		{"not asked while leaving", []func(*Output){(*Output).Leave, write("\x1b[?2026$p\x1b[?2027$p\x1b]11;?\a\x1b[?2004h\x1b[?u")}, "\x1b[?2004h"},
		{"asked again", []func(*Output){(*Output).Leave, (*Output).Return, write("\x1b[?2026$p")}, "\x1b[?2026$p"},
		{"a title of another is followed by ours", []func(*Output){write(enter), titled("ours"), write("\x1b]2;t\a"), titled("ours")}, enter + wipe + "\x1b[1;1Habc\x1b]2;ours\a\x1b]2;t\a" + wipe + "\x1b[1;1Habc\x1b]2;ours\a"},
		{"a title that has changed", []func(*Output){write(enter), titled("one"), titled("two"), titled("two"), titled("")}, enter + wipe + "\x1b[1;1Habc\x1b]2;one\a\x1b]2;two\a\x1b]2;\a"},
		{"painted anew after an erasure", []func(*Output){write(enter), show("abc"), write("\x1b[H\x1b[2J")}, enter + wipe + "\x1b[1;1Habc\x1b[H\x1b[2J" + wipe + "\x1b[1;1Habc"},
		{"not after the exit", []func(*Output){write(enter), show("abc"), write(leave), show("abd")}, enter + wipe + "\x1b[1;1Habc" + leave},
		{"again after a suspension", []func(*Output){write(enter), show("abc"), write(leave), show("abd"), write(enter)}, enter + wipe + "\x1b[1;1Habc" + leave + enter + wipe + "\x1b[1;1Habd"},
		{"not waited for after a suspension", []func(*Output){show("abc"), (*Output).Leave, write(leave), show("abd"), (*Output).Return, show("abd"), write(enter + "\x1b[?2004h")}, enter + hide + wipe + "\x1b[1;1Habc" + leave + enter + hide + wipe + "\x1b[1;1Habd" + "\x1b[?2004h"},
		{"entered already when it is ours again", []func(*Output){show("abc"), (*Output).Leave, write(leave), write(enter), (*Output).Return, show("abd")}, enter + hide + wipe + "\x1b[1;1Habc" + leave + enter + wipe + "\x1b[1;1Habc" + "\x1b[1;3Hd"},
		{"in one piece", []func(*Output){(*Output).Synchronized, write(enter), show("abc"), show("abc")}, enter + "\x1b[?2026h" + wipe + "\x1b[1;1Habc\x1b[?2026l"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var terminal bytes.Buffer
			o := NewOutput(&terminal)
			for _, do := range test.does {
				do(o)
			}
			if got := terminal.String(); got != test.want {
				t.Errorf("written is %q, want %q", got, test.want)
			}
		})
	}
}

// TestOutputTellsOfItsOwn: a caller hears how much of its own was written, not of what
// was painted beside it.
func TestOutputTellsOfItsOwn(t *testing.T) {
	var terminal bytes.Buffer
	o := NewOutput(&terminal)
	o.Show(screenOf(3, 1, "abc"), testLooks())
	if n, err := o.Write([]byte(enter)); n != len(enter) || err != nil {
		t.Errorf("wrote %d bytes, %v; want %d", n, err, len(enter))
	}
}

// brokenTerminal takes nothing for a while.
type brokenTerminal struct {
	bytes.Buffer
	broken bool
}

func (b *brokenTerminal) Write(data []byte) (int, error) {
	if b.broken {
		return 0, errors.New("input/output error")
	}
	return b.Buffer.Write(data)
}

// TestOutputForgetsWhatWasLost: after a write that failed nobody knows what is shown.
func TestOutputForgetsWhatWasLost(t *testing.T) {
	terminal := &brokenTerminal{}
	o := NewOutput(terminal)
	_, _ = o.Write([]byte(enter))
	terminal.broken = true
	o.Show(screenOf(3, 1, "abc"), testLooks())
	if err := o.paint(); err == nil {
		t.Fatal("a write that failed is no error")
	}
	terminal.broken = false
	_ = o.paint()
	if got, want := terminal.String(), enter+wipe+"\x1b[1;1Habc"; got != want {
		t.Errorf("written is %q, want %q", got, want)
	}
}

// TestRunPaintsAtMostOnceInAnInterval shows a hundred screens in one interval: the first
// and the last are painted.
func TestRunPaintsAtMostOnceInAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var terminal bytes.Buffer
		o, looks := NewOutput(&terminal), testLooks()
		_, _ = o.Write([]byte(enter))
		ctx, cancel := context.WithCancel(t.Context())
		go o.Run(ctx, time.Second)
		for i := range 100 {
			o.Show(screenOf(3, 1, strings.Repeat(string(rune('0'+i%10)), 3)), looks)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		cancel()
		synctest.Wait()
		if got, want := terminal.String(), enter+wipe+"\x1b[1;1H000\x1b[1;1H999"; got != want {
			t.Errorf("written is %q, want %q", got, want)
		}
	})
}
