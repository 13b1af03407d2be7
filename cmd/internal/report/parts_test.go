package report

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"brink/collectors"
)

func TestQuantile(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []uint64
		share  float64
		want   uint64
		known  bool
	}{
		{"nothing", nil, 0.5, 0, false},
		{"one", []uint64{7}, 0.99, 7, true},
		{"small counts are exact", []uint64{1, 2, 3, 4, 1023}, 0.5, 3, true},
		{"the highest", []uint64{1, 2, 3, 4, 1023}, 1, 1023, true},
		{"the lowest", []uint64{5, 6}, 0, 5, true},
		{"a gibibyte", []uint64{1 << 30}, 0.5, 1 << 30, true},
		{"the largest number", []uint64{math.MaxUint64}, 0.5, math.MaxUint64, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var h histogram
			for _, value := range test.values {
				h.add(value, time.Second)
			}
			got, known := h.quantile(test.share)
			if off := math.Abs(float64(got)-float64(test.want)) / max(1, float64(test.want)); known != test.known || off > 1.0/2048 {
				t.Errorf("quantile = %d, %v; want %d, %v", got, known, test.want, test.known)
			}
		})
	}
}

// TestQuantileByTime: a value counts for as long as it held.
func TestQuantileByTime(t *testing.T) {
	var h histogram
	h.add(10, 99*time.Second)
	h.add(500, time.Second)
	h.add(900, 0)
	h.add(900, -time.Second)
	if got, _ := h.quantile(0.99); got != 10 {
		t.Errorf("p99 = %d, want 10", got)
	}
	if got, _ := h.quantile(1); got != 500 {
		t.Errorf("p100 = %d, want 500", got)
	}
}

func TestClock(t *testing.T) {
	span := Span{From: sec(0), To: sec(1000)}
	for _, test := range []struct {
		name     string
		span     Span
		at       []float64
		recorded time.Duration
		ratio    collectors.Opt[collectors.Ratio]
		gaps     []float64
		back     int
	}{
		{"nothing, of nothing", Span{}, nil, 0, collectors.Opt[collectors.Ratio]{}, nil, 0},
		{"nothing", span, nil, 0, some(0), []float64{1000}, 0},
		{"an open end and nothing", Span{From: sec(0)}, nil, 0, collectors.Opt[collectors.Ratio]{}, nil, 0},
		{"one", Span{}, []float64{5}, 0, collectors.Opt[collectors.Ratio]{}, nil, 0},
		{"one at the same time as the other", Span{}, []float64{5, 5}, 0, collectors.Opt[collectors.Ratio]{}, nil, 0},
		{"the rhythm begins later and ends earlier", Span{From: sec(0), To: sec(50)}, []float64{5, 25, 45}, 40 * time.Second, some(1), nil, 0},
		{"a gap at both ends", span, []float64{500, 510}, 10 * time.Second, some(0.01), []float64{500, 490}, 0},
		{"a gap between", Span{}, []float64{0, 10, 90, 100}, 20 * time.Second, some(0.2), []float64{80}, 0},
		{"set back", Span{}, []float64{0, 20, 10, 30, 50}, 60 * time.Second, some(1), nil, 1},
		{"set back, and a gap that ends where it was", Span{}, []float64{0, 20, 40, 60, 80, 100, 0, 100}, 100 * time.Second, some(1), nil, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := clock{span: test.span, gap: 30 * time.Second}
			for _, at := range test.at {
				c.tick(sec(at))
			}
			got := c.coverage()
			var gaps []float64
			for _, gap := range got.Gaps {
				gaps = append(gaps, gap.Seconds.Duration().Seconds())
			}
			if got.Recorded.Duration() != test.recorded || got.Ratio != test.ratio || !slices.Equal(gaps, test.gaps) || len(got.SetBack) != test.back {
				t.Errorf("recorded %v, ratio %v, gaps %v, set back %d; want %v, %v, %v, %d",
					got.Recorded.Duration(), got.Ratio, gaps, len(got.SetBack), test.recorded, test.ratio, test.gaps, test.back)
			}
		})
	}
}

func some(share collectors.Ratio) collectors.Opt[collectors.Ratio] { return collectors.Some(share) }

func TestShareText(t *testing.T) {
	for share, want := range map[collectors.Ratio]string{
		0: "0 %", 1: "100 %", 0.00001: "under 0.01 %", 0.99999: "over 99.99 %", 0.9999: "99.99 %", 0.99996: "over 99.99 %",
		0.002: "0.20 %", 0.0123: "1.2 %", 0.5: "50 %", 0.995: "99.50 %", 1.2: "120 %",
	} {
		if got := shareText(share); got != want {
			t.Errorf("shareText(%v) = %q, want %q", share, got, want)
		}
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"plain text, 2.00 GiB (pid 7)": "plain text, 2.00 GiB (pid 7)",
		"a|b":                          `a\|b`,
		"a\nb\r\nc":                    "a b  c",
		"`code`":                       "\\`code\\`",
		`back\slash`:                   `back\\slash`,
		"- item":                       `\- item`,
		"-b":                           "-b",
		"1. one":                       `1\. one`,
		"1.5 cores":                    "1.5 cores",
		"@team":                        "@<!-- -->team",
		"me@example":                   "me@example",
		"![x](y) <b> # *s* ~~ $m$":     `\!\[x\](y) \<b\> \# \*s\* \~\~ \$m\$`,
		"see https://evil":             "see https:<!-- -->//evil",
	} {
		if got := escape(text); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"never broken at all", 0, []string{"never broken at all"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"averyveryverylongword and", 10, []string{"averyveryverylongword", "and"}},
		{"took about 3.0 s, and", 13, []string{"took about", "3.0 s, and"}},
	} {
		if got := wrap(test.text, test.width); !slices.Equal(got, test.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

// TestWidth: from 80 columns on no line is wider than asked for. In fewer the tables
// are, of which the last column alone is broken.
func TestWidth(t *testing.T) {
	r := oomNight().collector.Report()
	for _, width := range []int{80, 100, 200} {
		for line := range strings.Lines(textOf(t, r, width)) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("a line of %d columns at a width of %d: %q", n, width, line)
			}
		}
	}
	words := func(width int) []string { return strings.Fields(textOf(t, r, width)) }
	for _, width := range []int{-1, 0, 1, 40} {
		if !slices.Equal(words(width), words(80)) {
			t.Errorf("a width of %d loses words", width)
		}
	}
}

// TestHostile: nothing that a container chose reaches a terminal or a ticket as more
// than text.
func TestHostile(t *testing.T) {
	n := newNight(Options{Version: "\x1b[2J"})
	hostileNames(n)
	r := n.collector.Report()
	for name, text := range map[string]string{"text": textOf(t, r, 80), "markdown": markdownOf(t, r), "json": jsonOf(t, r)} {
		for _, c := range text {
			if c != '\n' && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c)) {
				t.Errorf("%s has the character %U", name, c)
			}
		}
		if name == "json" && (strings.Contains(text, `\u001b`) || strings.Contains(text, `\n`)) {
			t.Error("the JSON quotes a control character")
		}
	}
	cells := 0
	for line := range strings.Lines(strings.ReplaceAll(markdownOf(t, r), `\|`, "")) {
		switch n := strings.Count(line, "|"); {
		case n == 0:
			cells = 0
		case cells == 0:
			cells = n
		case n != cells:
			t.Errorf("a row of %d bars in a table of %d: %s", n, cells, line)
		}
	}
}
