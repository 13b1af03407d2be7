package ui

import (
	"cmp"
	"math"
	"strings"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// Row is one container at one moment, or one of its mounts: what a [Field] is read
// from.
type Row struct {
	// Sample is the container. It is never nil.
	Sample *collectors.ContainerSample
	// Last has the values of a container that lives no more; nil for one that has
	// its own.
	Last *collectors.ContainerSample
	// Mount is one tmpfs of the container. Without it, the fullest one stands for
	// all of them.
	Mount *collectors.TmpfsSample
	// Waiting is a target that is not there; its sample is empty.
	Waiting *collectors.Waiting
	// At is the time of the snapshot: ages are counted up to it.
	At time.Time
	// Alerts are the alerts of the container that fire, worst first.
	Alerts []*alerts.Alert
}

// values is what the numbers of the row are taken from.
func (r Row) values() *collectors.ContainerSample {
	if r.Last != nil {
		return r.Last
	}
	return r.Sample
}

// Unit is what a field is measured in.
type Unit uint8

// The units.
const (
	UnitWords Unit = iota
	UnitRatio
	UnitBytes
	UnitCores
	UnitCount
	// UnitRate is bytes per second, UnitGrowth the same with a sign, UnitPerSec
	// anything per second.
	UnitRate
	UnitGrowth
	UnitPerSec
	// UnitSeconds is a time that has passed, UnitForecast one to come, which is an
	// estimate.
	UnitSeconds
	UnitForecast
)

// width is how many columns the usual texts of a unit take.
func (u Unit) width() int {
	switch u {
	case UnitRatio:
		return percentWidth
	case UnitBytes:
		return briefWidth
	case UnitCores, UnitCount:
		return countWidth
	case UnitRate:
		return rateWidth
	case UnitGrowth, UnitPerSec:
		return 1 + rateWidth
	case UnitSeconds, UnitForecast:
		return len("59 min")
	default:
		return 0
	}
}

// Field is one fact about a container: what it is called, how it is written, and
// how two containers compare by it.
type Field struct {
	// Name is the path of the value in the JSON of a snapshot, by which rules know
	// it too.
	Name string
	// Title is the heading of its column.
	Title string
	Unit  Unit
	// Width is how many columns its widest text takes, and Priority the order of
	// sacrifice: where not all fields fit, the highest goes first.
	Width, Priority int
	// Before and After are the words around the value in a sentence; One stands in
	// for After beside a count of one.
	Before, After, One string
	// fine writes a share below ten percent with a decimal.
	fine bool
	// metrics are those whose alerts colour the value.
	metrics []string
	take    func(Row) reading
}

// reading is what a field finds in a row: a number, the knowledge that there is no
// limit, words, or nothing. A share of no limit has words for what is used.
type reading struct {
	number    collectors.Opt[float64]
	unlimited bool
	words     string
}

func (r reading) absent() bool { return !r.number.Present() && !r.unlimited && r.words == "" }

// Number returns the value; absent for words, for what is unlimited, and for what
// was not measured.
func (f *Field) Number(row Row) collectors.Opt[float64] { return f.take(row).number }

// Unlimited reports whether the field is a limit, and nothing limits.
func (f *Field) Unlimited(row Row) bool {
	r := f.take(row)
	return r.unlimited && r.words == ""
}

// Text returns the value as a sentence has it, with its unit; empty when it is
// absent.
func (f *Field) Text(row Row) string {
	if r := f.take(row); !r.absent() {
		return f.text(r)
	}
	return ""
}

// Phrase returns the value between its words; empty when it is absent.
func (f *Field) Phrase(row Row) string {
	text := f.Text(row)
	if text == "" {
		return ""
	}
	return f.Before + text + f.after(f.take(row))
}

// Cell returns the value as its column has it, in Width columns at most for all but
// words; "--" when it is absent.
func (f *Field) Cell(row Row) string { return f.cell(f.take(row)) }

// Compare orders two rows by the field: numbers the largest first, words by the
// alphabet; reversed, the other way round. What is absent comes last both ways, for it
// is neither much nor little.
func (f *Field) Compare(a, b Row, reversed bool) int {
	return f.compare(f.take(a), f.take(b), reversed)
}

func (*Field) compare(a, b reading, reversed bool) int {
	if a.rank() != b.rank() {
		return cmp.Compare(b.rank(), a.rank())
	}
	order := cmp.Compare(b.level(), a.level())
	if order == 0 {
		order = strings.Compare(a.words, b.words)
	}
	if reversed {
		return -order
	}
	return order
}

// rank sets apart what cannot be compared: a share of no limit, and what is absent.
func (r reading) rank() int {
	switch {
	case r.absent():
		return 0
	case r.unlimited && r.words != "":
		return 1
	default:
		return 2
	}
}

// level is the number to compare; no limit is more than any.
func (r reading) level() float64 {
	if r.unlimited {
		return math.Inf(1)
	}
	return r.number.Or(0)
}

func (f *Field) after(r reading) string {
	if f.One != "" && r.number.Or(0) == 1 {
		return f.One
	}
	return f.After
}

func (f *Field) cell(r reading) string {
	switch {
	case r.absent():
		return absent
	case r.unlimited:
		return f.text(r)
	case f.Unit == UnitBytes:
		return bytesBrief(bytesOf(r))
	case f.Unit == UnitRate:
		return rateBrief(rateOf(r))
	case f.Unit == UnitGrowth:
		return growthBrief(rateOf(r))
	default:
		return f.text(r)
	}
}

func (f *Field) text(r reading) string {
	if r.unlimited {
		return cmp.Or(r.words, unlimited)
	}
	switch f.Unit {
	case UnitRatio:
		if f.fine {
			return percentFine(ratioOfReading(r))
		}
		return percent(ratioOfReading(r))
	case UnitBytes:
		return bytesText(bytesOf(r))
	case UnitCores:
		return coresText(collectors.Some(collectors.Cores(r.level())))
	case UnitCount:
		return countText(collectors.Some(uint64(r.level())))
	case UnitRate:
		return rateText(rateOf(r))
	case UnitGrowth:
		return growthText(rateOf(r))
	case UnitPerSec:
		return perSecText(collectors.Some(collectors.PerSec(r.level())))
	case UnitSeconds:
		return cpuTime(secondsOf(r))
	case UnitForecast:
		return forecastBrief(secondsOf(r))
	default:
		return r.words
	}
}

func rateOf(r reading) collectors.Opt[collectors.BytesPerSec] {
	return collectors.Some(collectors.BytesPerSec(r.level()))
}

func secondsOf(r reading) collectors.Opt[collectors.Seconds] {
	return collectors.Some(collectors.Seconds(r.level() * float64(time.Second)))
}

func bytesOf(r reading) collectors.Opt[collectors.Bytes] {
	return collectors.Some(collectors.Bytes(r.level()))
}

func ratioOfReading(r reading) collectors.Opt[collectors.Ratio] {
	return collectors.Some(collectors.Ratio(r.level()))
}

// tone returns the worst of the row's alerts that are about the field.
func (f *Field) tone(row Row) alerts.Severity {
	tone := alerts.SeverityNone
	for _, alert := range row.Alerts {
		for _, metric := range f.metrics {
			if alert.Metric == metric {
				tone = max(tone, alert.Severity)
			}
		}
	}
	return tone
}

// shareOr is a share of a limit, or where nothing limits what is used.
func shareOr[T any](share collectors.Opt[collectors.Ratio], limit collectors.Limit[T], used string) reading {
	if limit.Unlimited() && used != absent {
		return reading{unlimited: true, words: used}
	}
	return level64(share)
}

func words(text string) reading { return reading{words: text} }

func level64[T ~uint64 | ~float64](value collectors.Opt[T]) reading {
	return reading{number: optFloat(value)}
}

func limitOf[T ~uint64 | ~float64](limit collectors.Limit[T]) reading {
	return reading{number: optFloat(limit.Value()), unlimited: limit.Unlimited()}
}
