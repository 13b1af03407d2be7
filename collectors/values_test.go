package collectors

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// sheet has a field of every kind that may be absent.
type sheet struct {
	Count Opt[uint64]    `json:"count,omitzero"`
	Ratio Opt[Ratio]     `json:"ratio,omitzero"`
	Span  Opt[Seconds]   `json:"span_seconds,omitzero"`
	When  Opt[time.Time] `json:"when,omitzero"`
	Limit Limit[Bytes]   `json:"limit,omitzero"`
	Cores Limit[Cores]   `json:"cores,omitzero"`
	Names Opt[[]string]  `json:"names,omitzero"`
}

func TestJSONRoundTrip(t *testing.T) {
	for text, value := range map[string]sheet{
		`{}`:                                     {},
		`{"count":0}`:                            {Count: Some[uint64](0)},
		`{"count":18446744073709551615}`:         {Count: Some[uint64](math.MaxUint64)},
		`{"ratio":0.85}`:                         {Ratio: Some[Ratio](0.85)},
		`{"span_seconds":1.0003}`:                {Span: Some(Seconds(1000300 * time.Microsecond))},
		`{"span_seconds":-0.25}`:                 {Span: Some(Seconds(-250 * time.Millisecond))},
		`{"when":"2026-03-01T12:00:00.000001Z"}`: {When: Some(epoch.Add(time.Microsecond))},
		`{"limit":2147483648}`:                   {Limit: LimitOf[Bytes](2 << 30)},
		`{"limit":0}`:                            {Limit: LimitOf[Bytes](0)},
		`{"limit":"unlimited","cores":1.5}`:      {Limit: Unlimited[Bytes](), Cores: LimitOf[Cores](1.5)},
		`{"names":[]}`:                           {Names: Some([]string{})},
	} {
		data, err := json.Marshal(value)
		if err != nil || string(data) != text {
			t.Errorf("written %s, %v; want %s", data, err, text)
		}
		var back sheet
		if err := json.Unmarshal([]byte(text), &back); err != nil {
			t.Errorf("read %s: %v", text, err)
		}
		if diff := cmp.Diff(value, back, exported()); diff != "" {
			t.Errorf("read %s (-want +got):\n%s", text, diff)
		}
	}
}

func TestJSONReadsNullAsAbsent(t *testing.T) {
	full := sheet{Count: Some[uint64](1), Limit: LimitOf[Bytes](1), Cores: Unlimited[Cores]()}
	if err := json.Unmarshal([]byte(`{"count":null,"limit":null,"cores":null}`), &full); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sheet{}, full, exported()); diff != "" {
		t.Error(diff)
	}
}

// TestJSONRefuses: what is malformed is an error, and leaves what was there.
func TestJSONRefuses(t *testing.T) {
	before := sheet{
		Count: Some[uint64](7), Span: Some(Seconds(time.Second)), Limit: LimitOf[Bytes](8), Names: Some([]string{"a", "b"}),
	}
	for _, text := range []string{
		`{"count":-1}`, `{"count":"7"}`, `{"count":1.5}`, `{"span_seconds":"1s"}`, `{"span_seconds":1e300}`,
		`{"span_seconds":-1e10}`, `{"limit":"max"}`, `{"limit":"UNLIMITED"}`, `{"limit":{}}`, `{"names":["c",1]}`,
	} {
		got := before
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s was read", text)
		}
		if diff := cmp.Diff(before, got, exported()); diff != "" {
			t.Errorf("%s changed what was there (-before +after):\n%s", text, diff)
		}
	}
}

// TestJSONReplaces: a shorter list leaves nothing of the longer one behind.
func TestJSONReplaces(t *testing.T) {
	shared := []string{"a", "b"}
	got := sheet{Names: Some(shared)}
	if err := json.Unmarshal([]byte(`{"names":["c"]}`), &got); err != nil {
		t.Fatal(err)
	}
	if names, _ := got.Names.Get(); len(names) != 1 || names[0] != "c" || shared[0] != "a" {
		t.Errorf("read %v, and the list before is %v", names, shared)
	}
}

// TestSecondsKeepNanoseconds: what is written is read back to the nanosecond, as
// far as a float64 holds it (some 26 days).
func TestSecondsKeepNanoseconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := Seconds(rapid.Int64Range(-(1<<51), 1<<51).Draw(t, "ns"))
		data, err := json.Marshal(span)
		if err != nil {
			t.Fatal(err)
		}
		var back Seconds
		if err := json.Unmarshal(data, &back); err != nil || back != span {
			t.Errorf("%d ns is written %s and read %d ns, %v", span, data, back, err)
		}
	})
}

func TestOpt(t *testing.T) {
	var absent Opt[int]
	zero := Some(0)
	if absent.Present() || absent.Or(7) != 7 || !absent.IsZero() {
		t.Error("the zero Opt is present")
	}
	if !zero.Present() || zero.Or(7) != 0 || zero.IsZero() {
		t.Error("zero is absent")
	}
	if data, err := json.Marshal([]any{absent, Limit[int]{}}); err != nil || string(data) != "[null,null]" {
		t.Errorf("absent is written %s, %v", data, err)
	}
}

func TestLimit(t *testing.T) {
	for name, c := range map[string]struct {
		limit              Limit[uint64]
		value              Opt[uint64]
		present, unlimited bool
	}{
		"absent":    {},
		"unlimited": {limit: Unlimited[uint64](), present: true, unlimited: true},
		"zero":      {limit: LimitOf[uint64](0), value: Some[uint64](0), present: true},
		"a value":   {limit: LimitOf[uint64](256), value: Some[uint64](256), present: true},
	} {
		l := c.limit
		if l.Value() != c.value || l.Present() != c.present || l.Unlimited() != c.unlimited || l.IsZero() == c.present {
			t.Errorf("%s: value %v, present %v, unlimited %v", name, l.Value(), l.Present(), l.Unlimited())
		}
	}
}

func TestRatioOf(t *testing.T) {
	absent := Opt[Cores]{}
	for name, c := range map[string]struct {
		part, whole Opt[Cores]
		want        Opt[Ratio]
	}{
		"no part":            {absent, Some[Cores](2), Opt[Ratio]{}},
		"no whole":           {Some[Cores](1), absent, Opt[Ratio]{}},
		"neither":            {absent, absent, Opt[Ratio]{}},
		"a share of nothing": {Some[Cores](0), Some[Cores](0), Opt[Ratio]{}},
		"too small a whole":  {Some[Cores](1e200), Some[Cores](1e-200), Opt[Ratio]{}},
		"not a number":       {Some(Cores(math.NaN())), Some[Cores](1), Opt[Ratio]{}},
		"infinite both":      {Some(Cores(math.Inf(1))), Some(Cores(math.Inf(1))), Opt[Ratio]{}},
		"nothing of it":      {Some[Cores](0), Some[Cores](2), Some[Ratio](0)},
		"three quarters":     {Some[Cores](1.5), Some[Cores](2), Some[Ratio](0.75)},
		"more than all":      {Some[Cores](3), Some[Cores](2), Some[Ratio](1.5)},
	} {
		if got := RatioOf(c.part, c.whole); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// exported lets cmp look into the types whose fields are not exported.
func exported() cmp.Option {
	return cmp.AllowUnexported(
		Opt[uint64]{}, Opt[int]{}, Opt[Bytes]{}, Opt[BytesPerSec]{}, Opt[PerSec]{}, Opt[Cores]{}, Opt[Ratio]{},
		Opt[Seconds]{}, Opt[time.Duration]{}, Opt[time.Time]{}, Opt[[]string]{}, Opt[MemoryLevels]{}, Opt[CPUCounters]{},
		Opt[PidsLevels]{}, Opt[Pressure]{}, Opt[IOCounters]{}, Opt[NetworkCounters]{}, Opt[[]TmpfsLevel]{}, Opt[[]Process]{},
		Limit[uint64]{}, Limit[Bytes]{}, Limit[Cores]{}, Missing{}, Waiting{},
	)
}
