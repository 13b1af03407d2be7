package hostfs

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// statLine makes a /proc/PID/stat with a given name; every other field is that of one sleeping process.
func statLine(comm string) string {
	return "4150 (" + comm + ") S 4121 4150 4150 0 -1 4194560 9 0 1 0 123456 7890 3 4 20 0 12 0 8412350 1234567 503021 18446744073709551615 0 0\n"
}

func TestParsePIDStat(t *testing.T) {
	good := PIDStat{
		PID: 4150, Comm: "node", State: 'S', ParentPID: 4121, Threads: 12,
		User: 1234560 * time.Millisecond, System: 78900 * time.Millisecond, Started: 84123500 * time.Millisecond,
	}
	named := func(comm string) PIDStat {
		st := good
		st.Comm = comm
		return st
	}
	for _, tt := range []struct {
		name, text string
		cause      error
		want       PIDStat
	}{
		{name: "empty", text: "", cause: errForm},
		{name: "garbage", text: "garbage", cause: errForm},
		{name: "no name", text: "4150 S 1", cause: errForm},
		{name: "parentheses the wrong way", text: "1 )a( S 1", cause: errForm},
		{name: "no pid", text: "(a) S 1", cause: errForm},
		{name: "pid without a blank", text: strings.Replace(statLine("node"), "4150 (", "4150(", 1), cause: errNumber},
		{name: "pid of words", text: "x (a) S 1", cause: errNumber},
		{name: "pid too large", text: strings.Replace(statLine("node"), "4150", "4194305", 1), cause: errNumber},
		{name: "state of two letters", text: strings.Replace(statLine("node"), " S ", " SS ", 1), cause: errForm},
		{name: "cut after the state", text: "4150 (node) S", cause: errNumber},
		{name: "cut before the start time", text: "4150 (node) S 4121 1 1 0 -1 1 9 0 1 0 1 7 3 4 20 0 12 0", cause: errNumber},
		{name: "negative time", text: strings.Replace(statLine("node"), "123456", "-1", 1), cause: errNumber},
		{name: "time of 2^64", text: strings.Replace(statLine("node"), "123456", "18446744073709551616", 1), cause: errNumber},
		{name: "time past a duration", text: strings.Replace(statLine("node"), "123456", "922337203685477581", 1), cause: errNumber},
		{name: "good", text: statLine("node"), want: good},
		{name: "no newline", text: strings.TrimSpace(statLine("node")), want: good},
		{name: "empty name", text: statLine(""), want: named("")},
		{name: "name with spaces", text: statLine("tmux: server"), want: named("tmux: server")},
		{name: "name that imitates the file", text: statLine("a) Z 1 ("), want: named("a) Z 1 (")},
		{name: "name of parentheses", text: statLine(")))(("), want: named(")))((")},
		{name: "name with escapes", text: statLine(`a\nb\\n\x`), want: named("a\nb\\nx")},
		{name: "name that ends with a backslash", text: statLine(`a\\`), want: named(`a\`)},
		{name: "name with half an escape", text: statLine(`a\`), want: named(`a\`)},
		{name: "name with terminal escapes", text: statLine("\x1b]0;x\a"), want: named("\x1b]0;x\a")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParsePIDStat([]byte(tt.text))
			if !errors.Is(err, tt.cause) {
				t.Fatalf("error %v, want %v", err, tt.cause)
			}
			checkParseError(t, err)
			if err == nil && got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestStateString(t *testing.T) {
	if Zombie.String() != "Z" {
		t.Errorf("%q", Zombie)
	}
}

// FuzzPIDStat: the kernel's fields come out right whatever the name is.
func FuzzPIDStat(f *testing.F) {
	f.Add([]byte(statLine("node")), "node")
	f.Add([]byte("1 (a) S"), "a) Z 1 (")
	f.Fuzz(func(t *testing.T, data []byte, comm string) {
		_, err := ParsePIDStat(data)
		checkParseError(t, err)
		got, err := ParsePIDStat([]byte(statLine(comm)))
		if err != nil || got.PID != 4150 || got.State != 'S' || got.ParentPID != 4121 || got.Threads != 12 {
			t.Errorf("%q: %+v, %v", comm, got, err)
		}
	})
}
