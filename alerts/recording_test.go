package alerts

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"brink/collectors"
)

// recording is the memory of a container over time: what a forecast is tried on. In
// testdata/series each is a file. Its header says what the limit is, and where and
// how it came about; then there is one line a sample, the seconds from any zero and
// the bytes that cannot be freed:
//
//	# limit 2147483648
//	# Debian 12, Linux 6.1: stress-ng --vm 1 --vm-bytes 3g in a container of 2 GiB
//	1764111316.002 52428800
//	1764111317.002 73400320
//
// A container is recorded, while it does what is to be seen, with
//
//	brink watch --format json NAME |
//	    sed -uEn 's/.*"at":"([^"]+)".*"unreclaimable_bytes":([0-9]+).*/\1 \2/p' |
//	    while read at bytes; do echo $(date -d $at +%s.%3N) $bytes; done
type recording struct {
	name   string
	limit  collectors.Bytes
	points []recorded
}

type recorded struct {
	at    time.Duration
	level collectors.Bytes
}

// readRecording reads such a file.
func readRecording(name string, in io.Reader) (recording, error) {
	r := recording{name: name}
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		if err := r.take(lines.Text()); err != nil {
			return r, fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	if r.limit == 0 || len(r.points) < 2 {
		return r, fmt.Errorf("%s: a recording has a line \"# limit BYTES\" and two samples at least", name)
	}
	return r, nil
}

func (r *recording) take(line string) error {
	words := strings.Fields(line)
	switch {
	case len(words) == 0:
		return nil
	case words[0] == "#" && len(words) == 3 && words[1] == "limit":
		limit, err := strconv.ParseUint(words[2], 10, 64)
		r.limit = collectors.Bytes(limit)
		return err
	case words[0] == "#":
		return nil
	case len(words) != 2:
		return fmt.Errorf("%q is not SECONDS BYTES", line)
	}
	seconds, err := strconv.ParseFloat(words[0], 64)
	if err != nil {
		return err
	}
	level, err := strconv.ParseUint(words[1], 10, 64)
	if err != nil {
		return err
	}
	point := recorded{time.Duration(seconds * float64(time.Second)), collectors.Bytes(level)}
	if n := len(r.points); n > 0 && point.at <= r.points[n-1].at {
		return fmt.Errorf("%s s comes after a later time", words[0])
	}
	r.points = append(r.points, point)
	return nil
}

// play runs the recording through the forecast and the default rules, as the
// program does with what it reads, and returns what memory-filling told.
func (r recording) play() []Transition {
	engine, told := NewEngine(DefaultRules()), []Transition(nil)
	outlook := collectors.NewOutlook(r.points[1].at - r.points[0].at)
	for _, point := range r.points {
		level, limit := collectors.Some(point.level), collectors.Some(r.limit)
		sample := collectors.ContainerSample{Name: r.name, State: collectors.StateRunning, Memory: collectors.MemorySample{
			Unreclaimable: level, Limit: collectors.LimitOf(r.limit), UnreclaimableRatio: collectors.RatioOf(level, limit),
			Headroom: collectors.Some(r.limit - min(r.limit, point.level)),
		}}
		now := time.Unix(0, 0).Add(point.at)
		outlook.Foresee(now, 1, &sample)
		_, transitions := engine.Eval(collectors.Snapshot{At: now, Containers: []collectors.ContainerSample{sample}})
		for _, transition := range transitions {
			if transition.Alert.Rule == "memory-filling" && transition.Reason != ReasonCrossed && transition.Reason != ReasonReceded {
				told = append(told, transition)
			}
		}
	}
	return told
}

// full is when the memory was highest, if that was all but the limit: a container
// that is killed is seen at no more than the last sample before.
func (r recording) full() (time.Duration, bool) {
	highest := r.points[0]
	for _, point := range r.points {
		if point.level > highest.level {
			highest = point
		}
	}
	return highest.at, highest.level >= r.limit-r.limit/20
}

// story is what was told, in a line: how long before the end, or at what second of
// a recording that has none.
func (r recording) story() string {
	full, ends := r.full()
	var words []string
	for _, transition := range r.play() {
		at := time.Duration(transition.At.UnixNano())
		what := transition.Alert.Severity.String()
		if transition.Resolved() {
			what = "over"
		}
		if ends {
			words = append(words, fmt.Sprintf("%s %.0f s before it is full", what, (full-at).Seconds()))
		} else {
			words = append(words, fmt.Sprintf("%s at %.0f s", what, (at-r.points[0].at).Seconds()))
		}
	}
	if len(words) == 0 {
		return "silent"
	}
	return strings.Join(words, ", ")
}

func TestReadRecording(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "two samples at least"},
		{"1 1\n2 2", "a line \"# limit BYTES\""},
		{"# limit 9\n1 1", "two samples at least"},
		{"# limit much\n1 1", "x:1: "},
		{"# limit 9\n1\n", "x:2: \"1\" is not SECONDS BYTES"},
		{"# limit 9\n1 2 3\n", "x:2: "},
		{"# limit 9\na 2\n", "x:2: "},
		{"# limit 9\n1 -2\n", "x:2: "},
		{"# limit 9\n2 2\n1 2\n", "x:3: 1 s comes after a later time"},
		{"# limit 9\n# a kernel\n\n1.5 1\n2.5 2\n", ""},
	} {
		got, err := readRecording("x", strings.NewReader(test.text))
		if test.want == "" && (err != nil || got.limit != 9 || len(got.points) != 2 || got.points[1] != recorded{2500 * time.Millisecond, 2}) {
			t.Errorf("%q: %+v, %v", test.text, got, err)
		}
		if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
}
