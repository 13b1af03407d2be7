package record

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"brink/collectors"
)

// same compares readings whole: an Opt holds what it holds in private.
func same() cmp.Option {
	return cmp.Exporter(func(reflect.Type) bool { return true })
}

// TestReadingsComeBack records minutes that are sealed and some that are not, and
// wants every reading back as it was.
func TestReadingsComeBack(t *testing.T) {
	alone(t)
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 800, "openclaw-agent", "db")
	if sealed := b.rows("SELECT count(*) FROM blocks"); sealed == 0 {
		t.Fatal("nothing was sealed")
	}
	got := readings(t, b.reader(), 0, 800)
	if len(got) != 800 {
		t.Fatalf("%d readings came back of 800", len(got))
	}
	for second, reading := range got {
		want := round(at(float64(second)), "openclaw-agent", "db")
		for i, container := range want.Containers {
			want.Containers[i] = packed(t, want.At, container)
			if second < 360 && second%10 != 0 {
				want.Containers[i].Processes = collectors.Opt[[]collectors.Process]{}
			}
		}
		if diff := cmp.Diff(want, reading, same()); diff != "" {
			t.Fatalf("second %d (-want +got):\n%s", second, diff)
		}
	}
}

// TestReadingsOfARange asks for parts: the bounds are exact, whatever a block holds.
func TestReadingsOfARange(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 800, "openclaw-agent", "db")
	reader := b.reader()
	for _, test := range []struct {
		name        string
		from, to    float64
		names       []string
		first, want int
		containers  int
	}{
		{"nothing before", -100, 0, nil, 0, 0, 0},
		{"nothing after", 800, 900, nil, 0, 0, 0},
		{"the wrong way round", 300, 200, nil, 0, 0, 0},
		{"an unknown name", 10, 20, []string{"nobody"}, 10, 10, 0},
		{"within what is sealed", 65, 70, nil, 65, 5, 2},
		{"across blocks", 59, 181, nil, 59, 122, 2},
		{"sealed and not", 300, 430, []string{"db"}, 300, 130, 1},
		{"within what is not", 465, 470, []string{"db"}, 465, 5, 1},
		{"between two readings", 10.5, 11.5, nil, 11, 1, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := readings(t, reader, test.from, test.to, test.names...)
			if len(got) != test.want {
				t.Fatalf("%d readings, want %d", len(got), test.want)
			}
			for i, reading := range got {
				if want := at(float64(test.first + i)); !reading.At.Equal(want) || len(reading.Containers) != test.containers {
					t.Fatalf("reading %d at %v with %d containers, want %v with %d", i, reading.At, len(reading.Containers), want, test.containers)
				}
			}
		})
	}
}

// TestReadingsWithinAMinute begins in the middle of a minute that is not sealed: what a
// reading differs in from those before it is there nevertheless, its processes too.
func TestReadingsWithinAMinute(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 90, "openclaw-agent", "db")
	got := readings(t, b.reader(), 75, 90, "db")
	if len(got) != 15 {
		t.Fatalf("%d readings of 15", len(got))
	}
	for i, reading := range got {
		second := at(float64(75 + i))
		want := []collectors.ContainerCounters{packed(t, second, round(second, "db").Containers[0])}
		if diff := cmp.Diff(want, reading.Containers, same()); diff != "" {
			t.Fatalf("second %d (-want +got):\n%s", 75+i, diff)
		}
	}
}

// TestReadingsStop leaves the loop early, and reads on later while the record is
// written.
func TestReadingsStop(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	b.run(0, 400, "openclaw-agent")
	reader := b.reader()
	n := 0
	for reading, err := range reader.Readings(t.Context(), at(0), at(10_000)) {
		if err != nil {
			t.Fatal(err)
		}
		if want := at(float64(n)); !reading.At.Equal(want) {
			t.Fatalf("reading %d is of %v, want %v", n, reading.At, want)
		}
		if n == 20 {
			// Meanwhile minutes are sealed that were not when the loop began.
			b.run(400, 1200, "openclaw-agent")
		}
		if n++; n == 1150 {
			break
		}
	}
	if n != 1150 {
		t.Errorf("%d readings, want all that came while reading", n)
	}
}

// TestSourcesThatFail wants the age of a failing source as it was, without a row for
// each second of it.
func TestSourcesThatFail(t *testing.T) {
	b := newBench(t, t.TempDir(), Retention{})
	for second := range 60 {
		reading := round(at(float64(second)), "openclaw-agent")
		reading.Sources[1] = collectors.SourceHealth{Name: "docker", Error: "connection refused", Age: collectors.Some(collectors.Seconds(time.Duration(second) * time.Second)), Took: collectors.Seconds(time.Duration(second))}
		reading.Sources = append(reading.Sources, collectors.SourceHealth{Name: "kmsg", Error: "permission denied"})
		b.take(reading)
	}
	if states := b.rows("SELECT count(*) FROM states"); states != 1 {
		t.Errorf("%d states for one fault", states)
	}
	got := readings(t, b.reader(), 42, 43)
	if len(got) != 1 {
		t.Fatalf("%d readings", len(got))
	}
	want := []collectors.SourceHealth{
		{Name: "cgroup", OK: true, Age: collectors.Some(collectors.Seconds(0))},
		{Name: "docker", Error: "connection refused", Age: collectors.Some(collectors.Seconds(42 * time.Second))},
		{Name: "kmsg", Error: "permission denied"},
	}
	if diff := cmp.Diff(want, got[0].Sources, same()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
