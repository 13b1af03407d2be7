package block_test

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"brink/collectors"
	"brink/collectors/record/block"
)

// everything compares the fields that are not exported too.
func everything() cmp.Option { return cmp.Exporter(func(reflect.Type) bool { return true }) }

// reopened is a field that may be set though it is not exported.
func reopened(field reflect.Value) reflect.Value {
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}

// filler gives every field of a value another content than all others, so that one
// that is left out, or put into the place of another, shows.
type filler struct{ next int }

func (f *filler) fill(value reflect.Value) {
	f.next++
	switch value.Kind() {
	case reflect.Struct:
		f.fillStruct(value)
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 2, 2))
		for i := range value.Len() {
			f.fill(value.Index(i))
		}
	case reflect.Map:
		key, element := reflect.New(value.Type().Key()).Elem(), reflect.New(value.Type().Elem()).Elem()
		f.fill(key)
		f.fill(element)
		value.Set(reflect.MakeMap(value.Type()))
		value.SetMapIndex(key, element)
	case reflect.String:
		value.SetString("text " + strconv.Itoa(f.next))
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Float64:
		value.SetFloat(float64(f.next) / 7)
	case reflect.Uint8:
		// The state of a limit: it has a value.
		value.SetUint(2)
	case reflect.Uint64:
		value.SetUint(uint64(f.next))
	default:
		value.SetInt(int64(f.next))
	}
}

func (f *filler) fillStruct(value reflect.Value) {
	if value.Type() == reflect.TypeFor[time.Time]() {
		value.Set(reflect.ValueOf(epoch().Add(time.Duration(f.next) * time.Millisecond)))
		return
	}
	for _, field := range value.Fields() {
		f.fill(reopened(field))
	}
}

// filled is an entry of which every field says something, each something else.
func filled(from int) block.Entry {
	var entry block.Entry
	f := filler{next: from}
	f.fill(reflect.ValueOf(&entry).Elem())
	return entry
}

// TestEveryField fails when a field is added to a reading that no column holds.
func TestEveryField(t *testing.T) {
	for _, want := range [][]block.Entry{
		{filled(0)},
		{filled(0), filled(1000), {}},
		{{}, filled(5), {}, filled(5)},
	} {
		got, err := block.Decode(block.Encode(nil, want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, everything()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

// drawer fills a value with whatever a reading could hold, and more.
type drawer struct{ t *rapid.T }

func (d drawer) odds(label string, in int) bool { return rapid.IntRange(1, in).Draw(d.t, label) == 1 }

func (d drawer) draw(value reflect.Value) {
	name := value.Type().Name()
	switch value.Kind() {
	case reflect.Struct:
		d.drawStruct(value, name)
	case reflect.Slice:
		d.drawSlice(value)
	case reflect.Map:
		d.drawMap(value)
	case reflect.String:
		value.SetString(rapid.SampledFrom([]string{"", "a", "running", "\x1b[31m", "\xff", strings.Repeat("x", 300)}).Draw(d.t, name))
	case reflect.Bool:
		value.SetBool(d.odds(name, 2))
	case reflect.Float64:
		value.SetFloat(rapid.OneOf(
			rapid.Map(rapid.IntRange(0, 10000), func(n int) float64 { return float64(n) / 10000 }),
			rapid.Float64(), rapid.Just(math.Inf(-1)), rapid.Just(math.MaxFloat64),
		).Draw(d.t, name))
	case reflect.Uint64:
		value.SetUint(rapid.OneOf(rapid.Uint64(), rapid.Just[uint64](math.MaxUint64), rapid.Uint64Range(0, 9)).Draw(d.t, name))
	default:
		value.SetInt(rapid.OneOf(rapid.Int64(), rapid.Just[int64](math.MinInt64), rapid.Int64Range(-9, 9)).Draw(d.t, name))
	}
}

func (d drawer) drawStruct(value reflect.Value, name string) {
	switch {
	case value.Type() == reflect.TypeFor[time.Time]():
		value.Set(reflect.ValueOf(d.time()))
	case strings.HasPrefix(name, "Opt["):
		if d.odds("present", 2) {
			d.draw(reopened(value.FieldByName("value")))
			reopened(value.FieldByName("present")).SetBool(true)
		}
	case strings.HasPrefix(name, "Limit["):
		state := rapid.Uint64Range(0, 2).Draw(d.t, "state")
		if reopened(value.FieldByName("state")).SetUint(state); state == 2 {
			d.draw(reopened(value.FieldByName("value")))
		}
	default:
		for _, field := range value.Fields() {
			d.draw(reopened(field))
		}
	}
}

func (d drawer) drawSlice(value reflect.Value) {
	length := rapid.IntRange(-1, 3).Draw(d.t, "length")
	if length < 0 {
		return
	}
	value.Set(reflect.MakeSlice(value.Type(), length, length))
	for i := range length {
		d.draw(value.Index(i))
	}
}

func (d drawer) drawMap(value reflect.Value) {
	if d.odds("no map", 3) {
		return
	}
	value.Set(reflect.MakeMap(value.Type()))
	for range rapid.IntRange(0, 3).Draw(d.t, "size") {
		key, element := reflect.New(value.Type().Key()).Elem(), reflect.New(value.Type().Elem()).Elem()
		d.draw(key)
		d.draw(element)
		value.SetMapIndex(key, element)
	}
}

func (d drawer) time() time.Time {
	return rapid.SampledFrom([]time.Time{
		{},
		epoch(), epoch().Add(1), epoch().Add(time.Second), time.Unix(0, 0).UTC(), time.Unix(-1, 1).UTC(),
		time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(2242, 3, 16, 12, 56, 32, 0, time.UTC),
	}).Draw(d.t, "time")
}

// drawEntries draws entries that are sometimes like the one before, but for a field
// of it, as readings are.
func drawEntries(t *rapid.T) []block.Entry {
	d := drawer{t}
	entries := make([]block.Entry, rapid.IntRange(0, 6).Draw(t, "entries"))
	for i := range entries {
		counters := reflect.ValueOf(&entries[i].Counters).Elem()
		if i > 0 && d.odds("alike", 2) {
			entries[i] = entries[i-1]
			field := rapid.IntRange(0, counters.NumField()-1).Draw(t, "field")
			counters.Field(field).SetZero()
			d.draw(counters.Field(field))
		} else {
			d.draw(counters)
		}
		entries[i].At = d.time()
	}
	return entries
}

// TestRoundTrip: whatever a reading holds comes back.
func TestRoundTrip(t *testing.T) {
	var codec block.Codec
	rapid.Check(t, func(t *rapid.T) {
		want := drawEntries(t)
		data := codec.Encode([]byte("before"), want)
		got, err := codec.Decode(nil, data[len("before"):])
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 && len(got) == 0 {
			return
		}
		if diff := cmp.Diff(want, got, everything()); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	})
}

// TestShares: a fraction keeps its bits, whether it is one of the kernel's or not.
func TestShares(t *testing.T) {
	for _, values := range [][]float64{
		{0, 0.0001, 0.1234, 1, 0.3},
		{math.Copysign(0, -1), 0},
		{0.1234, 0.12345, math.NaN(), math.Inf(1), math.SmallestNonzeroFloat64, -math.MaxFloat64, 1.0 / 3},
		{0.07, 1e300},
		{90071992547409.91, 90071992547409.92},
	} {
		entries := make([]block.Entry, 0, len(values))
		for _, value := range values {
			entries = append(entries, block.Entry{At: epoch(), Counters: collectors.ContainerCounters{
				CPU:      collectors.Some(collectors.CPUCounters{Limit: collectors.LimitOf(collectors.Cores(value))}),
				Pressure: collectors.Some(collectors.Pressure{IO: collectors.PressureLines{FullAvg10: collectors.Some(collectors.Ratio(value))}}),
			}})
		}
		got, err := block.Decode(block.Encode(nil, entries))
		if err != nil {
			t.Fatal(err)
		}
		for i, value := range values {
			pressure, _ := got[i].Counters.Pressure.Get()
			ratio, _ := pressure.IO.FullAvg10.Get()
			cpu, _ := got[i].Counters.CPU.Get()
			cores, _ := cpu.Limit.Value().Get()
			if math.Float64bits(float64(ratio)) != math.Float64bits(value) || math.Float64bits(float64(cores)) != math.Float64bits(value) {
				t.Errorf("%g is read as the ratio %g and the cores %g", value, ratio, cores)
			}
		}
	}
}

// TestDecodeApartLeavesNothing unpacks an entry with next to nothing into the place of
// one that has every field.
func TestDecodeApartLeavesNothing(t *testing.T) {
	var codec block.Codec
	times, counters, err := codec.DecodeApart(nil, nil, block.Encode(nil, []block.Entry{filled(0)}))
	if err != nil {
		t.Fatal(err)
	}
	times, counters, err = codec.DecodeApart(times[:0], counters[:0], block.Encode(nil, []block.Entry{{At: epoch()}}))
	if err != nil {
		t.Fatal(err)
	}
	want, err := block.Decode(block.Encode(nil, []block.Entry{{At: epoch()}}))
	if err != nil {
		t.Fatal(err)
	}
	got := []block.Entry{{At: times[0], Counters: counters[0]}}
	if diff := cmp.Diff(want, got, everything()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
