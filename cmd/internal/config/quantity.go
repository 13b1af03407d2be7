package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"

	"brink/alerts"
)

// quantity is how the values of a unit are written in the file.
type quantity struct {
	// want says what is expected, for a person.
	want string
	// most is the largest value that makes sense.
	most float64
	// read turns a value of the file into a number.
	read func(*node) (float64, bool)
	// write is the opposite of read: what it writes is read as the same number.
	write func(float64) string
	// derived tidies a clear level that was derived from a threshold. It moves the
	// level towards easier to clear, never past the threshold.
	derived func(value float64, below bool) float64
}

// quantityOf returns the way to write a unit.
func quantityOf(unit alerts.Unit) quantity {
	switch unit {
	case alerts.UnitRatio:
		return quantity{`a share from 0 to 1 such as 0.85, or "85%"`, 1, readRatio, writeNumber, threeDigits}
	case alerts.UnitSeconds:
		return quantity{`a duration such as "15m", or a number of seconds`, 1e9, readSeconds, writeSeconds, threeDigits}
	case alerts.UnitState:
		return quantity{"true (the state fires) or false (there is no such level)", 1, readState, writeState, asIs}
	case alerts.UnitSeverity:
		return quantity{`"warning" or "critical"`, float64(alerts.SeverityCritical), readSeverity, writeSeverity, asIs}
	case alerts.UnitCount:
		return quantity{"a whole number such as 20", 1e12, readCount, writeNumber, wholeNumber}
	default:
		return quantity{"a number", math.MaxFloat64, readNumber, writeNumber, threeDigits}
	}
}

// readNumber reads what TOML calls an integer or a float, but neither inf nor nan:
// a level that nothing reaches is better left out.
func readNumber(n *node) (float64, bool) {
	var value float64
	var err error
	switch n.kind {
	case unstable.Integer:
		var whole int64
		whole, err = strconv.ParseInt(n.text, 0, 64)
		value = float64(whole)
	case unstable.Float:
		value, err = strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
	default:
		return 0, false
	}
	return value, err == nil && !math.IsInf(value, 0) && !math.IsNaN(value)
}

func readRatio(n *node) (float64, bool) {
	if n.kind != unstable.String {
		return readNumber(n)
	}
	digits, percent := strings.CutSuffix(strings.TrimSpace(n.text), "%")
	value, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	return value / 100, percent && err == nil && !math.IsInf(value, 0) && !math.IsNaN(value)
}

func readSeconds(n *node) (float64, bool) {
	if n.kind != unstable.String {
		return readNumber(n)
	}
	d, err := time.ParseDuration(n.text)
	return d.Seconds(), err == nil
}

func readCount(n *node) (float64, bool) {
	value, ok := readNumber(n)
	return value, ok && value == math.Trunc(value)
}

func readState(n *node) (float64, bool) {
	return 1, n.kind == unstable.Bool && n.text == "true"
}

// readSeverity reads the word of a severity that a rule can have.
func readSeverity(n *node) (float64, bool) {
	for _, severity := range []alerts.Severity{alerts.SeverityWarning, alerts.SeverityCritical} {
		if n.kind == unstable.String && n.text == severity.String() {
			return float64(severity), true
		}
	}
	return 0, false
}

// writeNumber writes the shortest text that reads as the same number.
func writeNumber(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

// writeSeconds prefers a duration, where that is exact.
func writeSeconds(value float64) string {
	nanoseconds := math.Round(value * float64(time.Second))
	if math.Abs(nanoseconds) < math.MaxInt64 {
		if d := time.Duration(nanoseconds); d.Seconds() == value {
			return quote(shortDuration(d))
		}
	}
	return writeNumber(value)
}

func writeState(value float64) string { return strconv.FormatBool(value != 0) }

func writeSeverity(value float64) string { return quote(alerts.UnitSeverity.Format(value)) }

// threeDigits rounds to three significant digits: nobody wants to read a level
// of 0.796875.
func threeDigits(value float64, _ bool) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 3, 64), 64)
	if err != nil {
		return value
	}
	return rounded
}

func wholeNumber(value float64, below bool) float64 {
	if below {
		return math.Floor(value)
	}
	return math.Ceil(value)
}

func asIs(value float64, _ bool) float64 { return value }

// quote writes a basic string of TOML. Go's own quoting knows escapes that TOML
// does not.
func quote(text string) string {
	var quoted strings.Builder
	quoted.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"', r == '\\':
			quoted.WriteByte('\\')
			quoted.WriteRune(r)
		case !strconv.IsPrint(r) && r > 0xffff:
			fmt.Fprintf(&quoted, `\U%08X`, r)
		case !strconv.IsPrint(r):
			fmt.Fprintf(&quoted, `\u%04X`, r)
		default:
			quoted.WriteRune(r)
		}
	}
	quoted.WriteByte('"')
	return quoted.String()
}

func quoteList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
