package report

import (
	"testing"
	"time"

	"brink/collectors"
)

// lived is a moment before a kill: at a second, in a life, with so many MiB.
type lived struct {
	at     float64
	life   string
	memory collectors.Bytes
	fullIn float64
}

func minuteOf(list []lived) *minute {
	var m minute
	for _, l := range list {
		sample := agent()
		sample.ID = l.life
		setMemory(&sample, l.memory*mib)
		if l.memory == 0 {
			sample.Memory = collectors.MemorySample{}
		}
		if l.fullIn != 0 {
			sample.Memory.FullIn = collectors.Some(collectors.Seconds(l.fullIn * float64(time.Second)))
		}
		m.add(&sample, sec(l.at))
	}
	return &m
}

// TestRunup: the minute before a kill is that of the life that was killed, and of
// nothing after the kill.
func TestRunup(t *testing.T) {
	for _, test := range []struct {
		name     string
		lived    []lived
		kill     float64
		known    bool
		from, to collectors.Bytes
		watched  float64
	}{
		{"nothing", nil, 60, false, 0, 0, 0},
		{"only what came after", []lived{{at: 60, life: "a", memory: 100}}, 60, false, 0, 0, 0},
		{"too long ago", []lived{{at: 0, life: "a", memory: 100}}, 61, false, 0, 0, 0},
		{"memory was never read", []lived{{at: 50, life: "a"}}, 60, false, 0, 0, 0},
		{"one reading", []lived{{at: 50, life: "a", memory: 100}}, 60, true, 100, 100, 0},
		{"a minute, and no more", []lived{{at: 0, life: "a", memory: 100}, {at: 20, life: "a", memory: 200}, {at: 70, life: "a", memory: 900}}, 71, true, 200, 900, 50},
		{"told of after the restart", []lived{{at: 40, life: "a", memory: 500}, {at: 50, life: "a", memory: 900}, {at: 52, life: "b", memory: 70}}, 51, true, 500, 900, 10},
		{"the life before is another", []lived{{at: 40, life: "a", memory: 900}, {at: 50, life: "b", memory: 100}, {at: 52, life: "b", memory: 400}}, 53, true, 100, 400, 2},
		{"the last reading lacks memory", []lived{{at: 40, life: "a", memory: 500}, {at: 50, life: "a", memory: 900}, {at: 51, life: "a"}}, 52, true, 500, 900, 10},
		{"a clock that was set back", []lived{{at: 100, life: "a", memory: 500}, {at: 40, life: "a", memory: 300}, {at: 50, life: "a", memory: 400}}, 51, true, 300, 400, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, known := minuteOf(test.lived).before(sec(test.kill)).Get()
			change := Change{collectors.Some(test.from * mib), collectors.Some(test.to * mib)}
			if known != test.known || known && (got.Unreclaimable != change || got.Watched.Duration().Seconds() != test.watched) {
				t.Errorf("before = %+v, %v; want %d to %d MiB in %v s, %v", got, known, test.from, test.to, test.watched, test.known)
			}
		})
	}
}

// TestForecast: a forecast counts from when it began, and not when it was given up.
func TestForecast(t *testing.T) {
	for _, test := range []struct {
		name  string
		lived []lived
		want  collectors.Opt[Forecast]
	}{
		{"none", []lived{{at: 1, life: "a", memory: 100}}, collectors.Opt[Forecast]{}},
		{"one that goes on", []lived{{1, "a", 100, 90}, {2, "a", 100, 0}, {3, "a", 100, 40}}, forecast(1, 90, 3, 40)},
		{"given up and begun anew", []lived{{1, "a", 100, 90}, {32, "a", 100, 40}}, forecast(32, 40, 32, 40)},
		{"given up", []lived{{1, "a", 100, 90}, {40, "a", 100, 0}}, collectors.Opt[Forecast]{}},
		{"of another life", []lived{{1, "a", 100, 90}, {2, "b", 100, 0}}, collectors.Opt[Forecast]{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _ := minuteOf(test.lived).before(sec(50)).Get()
			if got.Forecast != test.want {
				t.Errorf("forecast = %+v, want %+v", got.Forecast, test.want)
			}
		})
	}
}

func forecast(since, first, last, then float64) collectors.Opt[Forecast] {
	in := func(s float64) collectors.Seconds { return collectors.Seconds(s * float64(time.Second)) }
	return collectors.Some(Forecast{Since: sec(since), First: in(first), LastAt: sec(last), Last: in(then)})
}

// TestGrowths: those that grew most come first; a process that came anew grew by all
// that it holds, and the number of one that went can be another's.
func TestGrowths(t *testing.T) {
	list := func(processes ...collectors.Process) moment { return moment{at: sec(50), processes: processes} }
	of := func(pid int, name string, held collectors.Bytes) collectors.Process {
		return collectors.Process{PID: pid, Name: name, RSS: collectors.Some(held)}
	}
	var story Runup
	story.tellProcesses([]moment{
		{},
		list(of(1, "init", 10), of(2, "node", 100), of(3, "sh", 50)),
		list(of(1, "init", 10), of(2, "node", 150)),
		list(of(1, "init", 5), of(2, "node", 300), of(3, "chrome", 400), collectors.Process{PID: 4, Name: "unreadable"}),
		{at: sec(59)},
	}, sec(60))
	got := story.Processes
	want := []Growth{{PID: 3, Name: "chrome", RSS: 400}, {PID: 2, Name: "node", RSS: 300, Was: collectors.Some(collectors.Bytes(100))}}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("growths = %+v, want %+v", got, want)
	}
	if seen := story.ProcessesSeen; seen != collectors.Some(collectors.Seconds(10*time.Second)) {
		t.Errorf("the last list is %v old", seen)
	}
	var none Runup
	if none.tellProcesses([]moment{{}, {}}, sec(60)); none.Processes != nil || none.ProcessesSeen.Present() {
		t.Errorf("growths of no lists = %+v", none)
	}
}
