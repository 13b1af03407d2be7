package ui

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/alerts"
	"brink/alerts/audit"
	"brink/collectors"
)

// fillAll gives every field of a value something that no other field has, as far
// as its type can: lists get two elements, absent values become present.
func fillAll(t *testing.T, value reflect.Value, next *int) {
	t.Helper()
	*next++
	switch value.Type() {
	case reflect.TypeFor[[]alerts.Rule](), reflect.TypeFor[[]alerts.Transition]():
		return // The newest frame has them.
	case reflect.TypeFor[map[string]audit.Status](), reflect.TypeFor[collectors.Opt[[]collectors.Drift]](), reflect.TypeFor[collectors.Opt[collectors.Drift]]():
		return // An audit is of now, and what it changes is among the events and the alerts.
	}
	if decoder, ok := reflect.TypeAssert[json.Unmarshaler](value.Addr()); ok {
		for _, text := range []string{number(*next), `"2026-11-23T14:02:11.5Z"`, `"unlimited"`} {
			if decoder.UnmarshalJSON([]byte(text)) == nil {
				return
			}
		}
		t.Fatalf("%v cannot be filled", value.Type())
	}
	switch value.Kind() {
	case reflect.Struct:
		for i := range value.NumField() {
			if value.Type().Field(i).IsExported() {
				fillAll(t, value.Field(i), next)
			}
		}
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 2, 2))
		fillAll(t, value.Index(0), next)
		fillAll(t, value.Index(1), next)
	case reflect.String:
		value.SetString("text " + number(*next))
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Int, reflect.Int64:
		value.SetInt(int64(-*next))
	case reflect.Uint8:
		value.SetUint(uint64(*next % 200))
	case reflect.Uint64:
		value.SetUint(1<<63 + uint64(*next))
	case reflect.Float64:
		value.SetFloat(float64(*next) / 7)
	default:
		t.Fatalf("%v has a kind that the test does not know", value.Type())
	}
}

// through writes a value and reads it back.
func through[T any](value *T, list func(*codec, *T)) (read T, size int) {
	writer := codec{}
	list(&writer, value)
	reader := codec{data: writer.data, reading: true}
	list(&reader, &read)
	return read, len(writer.data)
}

// unexported are the types whose hidden fields a comparison has to see.
func unexported() cmp.Option {
	return cmp.Exporter(func(reflect.Type) bool { return true })
}

// TestEveryFieldIsKept fails when somebody adds a field to a sample or a frame and
// forgets that the past is to have it too.
func TestEveryFieldIsKept(t *testing.T) {
	next := 0
	var sample, none collectors.ContainerSample
	fillAll(t, reflect.ValueOf(&sample).Elem(), &next)
	for name, want := range map[string]collectors.ContainerSample{"all": sample, "none": none, "agent": agentAt(noon), "stopped": stoppedSample()} {
		if got, _ := through(&want, (*codec).sample); cmp.Diff(want, got, unexported()) != "" {
			t.Errorf("%s: a sample comes back changed (-want +got):\n%s", name, cmp.Diff(want, got, unexported()))
		}
	}
	var frame Frame
	fillAll(t, reflect.ValueOf(&frame).Elem(), &next)
	// These are the newest frame's to tell.
	frame.Snapshot.Containers, frame.Snapshot.News, frame.Snapshot.Story = nil, nil, nil
	if got, _ := through(&frame, (*codec).frame); cmp.Diff(frame, got, unexported()) != "" {
		t.Errorf("a frame comes back changed (-want +got):\n%s", cmp.Diff(frame, got, unexported()))
	}
}

// TestWritingChangesNothing: a frame is shared with those who send alerts.
func TestWritingChangesNothing(t *testing.T) {
	frame := alarmFrame(noon.In(time.FixedZone("", 3600)))
	want := alarmFrame(noon.In(time.FixedZone("", 3600)))
	writer := codec{}
	writer.frame(&frame)
	writer.sample(&frame.Snapshot.Containers[0])
	if diff := cmp.Diff(want, frame, unexported()); diff != "" {
		t.Errorf("writing has changed the frame (-want +got):\n%s", diff)
	}
}

// TestBrokenRecord reads each beginning of a record: values, and no panic.
func TestBrokenRecord(t *testing.T) {
	writer, sample := codec{}, agentAt(noon)
	writer.sample(&sample)
	for size := range writer.data {
		reader, read := codec{data: writer.data[:size], reading: true}, collectors.ContainerSample{}
		reader.sample(&read)
		if !reader.broken {
			t.Fatalf("%d of %d bytes pass for a record", size, len(writer.data))
		}
	}
}

// FuzzCodec reads anything as a record: no panic, and what was read can be written
// and read again.
func FuzzCodec(f *testing.F) {
	writer, sample := codec{}, agentAt(noon)
	writer.sample(&sample)
	f.Add(writer.data)
	f.Add(bytes.Repeat([]byte{0xff}, 64))
	f.Fuzz(func(t *testing.T, data []byte) {
		reader, frame := codec{data: data, reading: true}, Frame{}
		reader.frame(&frame)
		reader, sample := codec{data: data, reading: true}, collectors.ContainerSample{}
		reader.sample(&sample)
		first, size := through(&sample, (*codec).sample)
		second, again := through(&first, (*codec).sample)
		if size != again {
			t.Fatalf("a sample takes %d bytes, and %d the second time: %+v", size, again, second)
		}
	})
}
