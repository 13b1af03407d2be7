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
	// Sample is the container; its values are its last ones where it lives no more.
	Sample *collectors.ContainerSample
	// Mount is one tmpfs of the container. Without it, the fullest one stands for
	// all of them.
	Mount *collectors.TmpfsSample
	// Waiting is true for a target that is not there; its sample has a name only.
	Waiting bool
	// At is the time of the snapshot: ages are counted up to it.
	At time.Time
	// Alerts are the alerts of the container that fire, worst first.
	Alerts []*alerts.Alert
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
)

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
	// metrics are those whose alerts colour the value.
	metrics []string
	take    func(Row) reading
}

// reading is what a field finds in a row: a number, the knowledge that there is no
// limit, words, or nothing.
type reading struct {
	number    collectors.Opt[float64]
	unlimited bool
	words     string
}

func (r reading) absent() bool { return !r.number.Present() && !r.unlimited && r.words == "" }

// Number returns the value; absent for words, for what is unlimited, and for what
// was not measured.
func (f *Field) Number(row Row) collectors.Opt[float64] { return f.take(row).number }

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
	if a.absent() || b.absent() {
		return present(b) - present(a)
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

func present(r reading) int {
	if r.absent() {
		return 0
	}
	return 1
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
	case f.Unit == UnitBytes && !r.unlimited:
		return bytesBrief(bytesOf(r))
	default:
		return f.text(r)
	}
}

func (f *Field) text(r reading) string {
	if r.unlimited {
		return unlimited
	}
	switch f.Unit {
	case UnitRatio:
		return percent(ratioOfReading(r))
	case UnitBytes:
		return bytesText(bytesOf(r))
	case UnitCores:
		return coresText(collectors.Some(collectors.Cores(r.level())))
	case UnitCount:
		return countText(collectors.Some(uint64(r.level())))
	default:
		return r.words
	}
}

func bytesOf(r reading) collectors.Opt[collectors.Bytes] {
	return collectors.Some(collectors.Bytes(r.level()))
}

func ratioOfReading(r reading) collectors.Opt[collectors.Ratio] {
	return collectors.Some(collectors.Ratio(r.level()))
}

func words(text string) reading { return reading{words: text} }

func level64[T ~uint64 | ~float64](value collectors.Opt[T]) reading {
	return reading{number: optFloat(value)}
}

func limitOf[T ~uint64 | ~float64](limit collectors.Limit[T]) reading {
	return reading{number: optFloat(limit.Value()), unlimited: limit.Unlimited()}
}
