package alerts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"brink/collectors"
)

// Series is a metric over time.
type Series []Step

// Step is one moment of it: a value, absent where there is none, or the word that
// the container does not run.
type Step struct {
	Value   collectors.Opt[float64]
	Stopped bool
}

// longestSeries bounds a series: a day at one step a second.
const longestSeries = 86_400

// ParseSeries reads the notation of Prometheus' rule tests, blank between items:
//
//	0.5          once 0.5
//	0.5x9        0.5 and then 0.5 nine times more
//	0.5+0.01x40  0.5, 0.51, ... 0.90: one value and 40 steps
//	1-0.1x5      the same downwards
//	_            once absent
//	_x5          five times absent
//	!            once absent, because the container does not run; !x5 five times
func ParseSeries(text string) (Series, error) {
	var series Series
	for item := range strings.FieldsSeq(text) {
		values, err := parseItem(item)
		if err != nil {
			return nil, fmt.Errorf("series item %q: %w", item, err)
		}
		if series = append(series, values...); len(series) > longestSeries {
			return nil, fmt.Errorf("series of more than %d values", longestSeries)
		}
	}
	if len(series) == 0 {
		return nil, fmt.Errorf("series %q has no value", text)
	}
	return series, nil
}

func parseItem(item string) (Series, error) {
	head, times, repeated := strings.Cut(item, "x")
	n := 0
	if repeated {
		var err error
		if n, err = strconv.Atoi(times); err != nil || n < 0 || n > longestSeries {
			return nil, fmt.Errorf("%q is not a number of steps from 0 to %d", times, longestSeries)
		}
	}
	if head == "_" || head == "!" {
		return slices.Repeat(Series{{Stopped: head == "!"}}, max(n, 1)), nil
	}
	start, step, err := parseStep(head)
	if err != nil {
		return nil, err
	}
	values := make(Series, 0, n+1)
	for i := range n + 1 {
		values = append(values, Step{Value: collectors.Some(start + float64(i)*step)})
	}
	return values, nil
}

// parseStep reads "0.5", "0.5+0.01" or "0.5-0.01". The sign of the first number
// and that of an exponent are no step.
func parseStep(text string) (start, step float64, err error) {
	at := -1
	for i := 1; i < len(text); i++ {
		if (text[i] == '+' || text[i] == '-') && text[i-1] != 'e' && text[i-1] != 'E' {
			at = i
			break
		}
	}
	if at > 0 {
		if step, err = parseNumber(text[at:]); err != nil {
			return 0, 0, err
		}
		text = text[:at]
	}
	start, err = parseNumber(text)
	return start, step, err
}

func parseNumber(text string) (float64, error) {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || value-value != 0 {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return value, nil
}
