package ui

import (
	"math"
	"strconv"
	"strings"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// This file is the only place where a value becomes text, and the only one that
// makes a percent sign. Every form has a widest text, named by a constant, so
// that a column can be aligned and a growing number moves nothing beside it.
const (
	// absent stands for what was not measured.
	absent = "--"
	// unlimited stands for a limit that is known to be none.
	unlimited = "no limit"

	percentWidth  = len("100%")
	bytesWidth    = len("1.00 GiB")
	briefWidth    = len("1.00G")
	rateWidth     = len("1.00G/s")
	coresWidth    = len("1.28")
	tookWidth     = len("12.3 ms")
	hundredth     = 100
	largestShown  = 9.99
	oneDecimalTop = 0.0995
)

// percent writes a share in whole percent, "999%" at most.
func percent(ratio collectors.Opt[collectors.Ratio]) string {
	value, ok := ratio.Get()
	if !ok {
		return absent
	}
	return strconv.Itoa(int(math.Round(float64(min(value, largestShown))*hundredth))) + "%"
}

// percentFine writes a share that is usually small: with one decimal below ten
// percent.
func percentFine(ratio collectors.Opt[collectors.Ratio]) string {
	value, ok := ratio.Get()
	if !ok || value >= oneDecimalTop {
		return percent(ratio)
	}
	return strconv.FormatFloat(float64(value)*hundredth, 'f', 1, 64) + "%"
}

func bytesText(amount collectors.Opt[collectors.Bytes]) string {
	value, ok := amount.Get()
	if !ok {
		return absent
	}
	return collectors.FormatBytes(value)
}

// bytesBrief writes an amount for a narrow column: "1.21G".
func bytesBrief(amount collectors.Opt[collectors.Bytes]) string {
	number, unit, _ := strings.Cut(bytesText(amount), " ")
	return number + strings.TrimSuffix(unit, "iB")
}

// rateBrief writes a rate for a narrow column: "1.21M/s".
func rateBrief(rate collectors.Opt[collectors.BytesPerSec]) string {
	value, ok := rate.Get()
	if !ok {
		return absent
	}
	return bytesBrief(collectors.Some(collectors.Bytes(math.Abs(float64(value))))) + "/s"
}

func rateText(rate collectors.Opt[collectors.BytesPerSec]) string {
	value, ok := rate.Get()
	if !ok {
		return absent
	}
	return collectors.FormatBytes(collectors.Bytes(math.Abs(float64(value)))) + "/s"
}

// growthText writes a rate with its sign.
func growthText(rate collectors.Opt[collectors.BytesPerSec]) string {
	return signed(rate, rateText)
}

// signed writes a rate by a form that has no sign for it.
func signed(rate collectors.Opt[collectors.BytesPerSec], form func(collectors.Opt[collectors.BytesPerSec]) string) string {
	value, ok := rate.Get()
	switch {
	case !ok:
		return absent
	case value < 0:
		return "-" + form(rate)
	default:
		return "+" + form(rate)
	}
}

// growthBrief writes a rate with its sign for a narrow column: "+1.21M/s".
func growthBrief(rate collectors.Opt[collectors.BytesPerSec]) string {
	return signed(rate, rateBrief)
}

func coresText(cores collectors.Opt[collectors.Cores]) string {
	value, ok := cores.Get()
	switch {
	case !ok:
		return absent
	case value < 99.995:
		return strconv.FormatFloat(float64(value), 'f', 2, 64)
	default:
		return strconv.FormatFloat(float64(value), 'f', 0, 64)
	}
}

func countText(count collectors.Opt[uint64]) string {
	value, ok := count.Get()
	if !ok {
		return absent
	}
	return strconv.FormatUint(value, 10)
}

func perSecText(rate collectors.Opt[collectors.PerSec]) string {
	value, ok := rate.Get()
	if !ok {
		return absent
	}
	return strconv.FormatFloat(float64(value), 'f', 0, 64) + "/s"
}

// limitText writes a limit by the form of its value.
func limitText[T any](limit collectors.Limit[T], form func(collectors.Opt[T]) string) string {
	if limit.Unlimited() {
		return unlimited
	}
	return form(limit.Value())
}

// narrowText shortens the text of a number to the columns of a percentage: by its
// decimals, and where that is not enough, to thousands or millions.
func narrowText(text string) string {
	digits := strings.TrimRight(text, "KMGTPEB")
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil || len(text) <= percentWidth {
		return text
	}
	unit := text[len(digits):]
	for decimals := 1; decimals >= 0; decimals-- {
		if shorter := strconv.FormatFloat(value, 'f', decimals, 64) + unit; len(shorter) <= percentWidth {
			return shorter
		}
	}
	const thousand, million = 1e3, 1e6
	if value < million {
		return strconv.FormatFloat(value/thousand, 'f', 0, 64) + "k"
	}
	return strconv.FormatFloat(value/million, 'f', 0, 64) + "M"
}

// number writes a small count.
func number(n int) string { return strconv.Itoa(n) }

// span writes which of many are shown: "1-5 of 12".
func span(first, last, all int) string {
	return number(first) + "-" + number(last) + " of " + number(all)
}

// plural writes a count with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

const day = 24 * time.Hour

// age writes how long something has lasted: "7 s", "95 s", "4 min", "3h 10m",
// "3d 4h".
func age(d time.Duration) string {
	return alerts.FormatAge(d)
}

func units(d, unit time.Duration) string { return strconv.FormatInt(int64(d/unit), 10) }

// forecast writes a time to come, which is an estimate and must not look exact.
func forecast(in collectors.Opt[collectors.Seconds]) string {
	value, ok := in.Get()
	d := value.Duration()
	switch {
	case !ok:
		return absent
	case d < time.Minute:
		return "under a minute"
	case d < time.Hour:
		return "about " + units(d+time.Minute/2, time.Minute) + " min"
	case d < day:
		return "about " + units(d+time.Hour/2, time.Hour) + " h"
	default:
		return "over a day"
	}
}

// forecastBrief is a forecast for where there is no room: "4 min", "<1 min".
func forecastBrief(in collectors.Opt[collectors.Seconds]) string {
	text := strings.TrimPrefix(forecast(in), "about ")
	return strings.NewReplacer("under a minute", "<1 min", "over a day", ">1 day").Replace(text)
}

// took writes how long a source worked.
func took(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return strconv.FormatFloat(d.Seconds()*1000, 'f', 1, 64) + " ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	default:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	}
}

// intervalText writes a sampling interval: "1s", "500ms", "1m".
func intervalText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	return text
}

// clock writes a time of day; for another day than today's, the day.
func clock(at, today time.Time) string {
	if at.IsZero() {
		return absent
	}
	ay, am, ad := at.Date()
	ty, tm, td := today.Date()
	if ay == ty && am == tm && ad == td {
		return at.Format("15:04:05")
	}
	return at.Format("_2 Jan  ")
}

// left pads text with blanks on its left side, so that numbers end in one line.
func left(text string, width int) string {
	missing := width - textWidth(text)
	if missing <= 0 {
		return text
	}
	return blanks(missing) + text
}

// right pads text with blanks on its right side.
func right(text string, width int) string {
	missing := width - textWidth(text)
	if missing <= 0 {
		return text
	}
	return text + blanks(missing)
}

const manyBlanks = "                                                                "

func blanks(n int) string {
	if n <= len(manyBlanks) {
		return manyBlanks[:n]
	}
	return strings.Repeat(" ", n)
}
