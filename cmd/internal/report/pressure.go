package report

import (
	"time"

	"brink/collectors"
)

// pressures keeps the worst of each ten-second average.
type pressures [6]struct {
	worst collectors.Opt[collectors.Ratio]
	at    time.Time
}

// pressureNames are the names of the averages, in the order of [pressures].
func pressureNames() [6][2]string {
	return [6][2]string{{"memory", "some"}, {"memory", "full"}, {"cpu", "some"}, {"cpu", "full"}, {"io", "some"}, {"io", "full"}}
}

func (p *pressures) add(now *collectors.Pressure, at time.Time) {
	for i, value := range [len(p)]collectors.Opt[collectors.Ratio]{
		now.Memory.SomeAvg10, now.Memory.FullAvg10, now.CPU.SomeAvg10, now.CPU.FullAvg10, now.IO.SomeAvg10, now.IO.FullAvg10,
	} {
		if higher(p[i].worst, value) {
			p[i].worst, p[i].at = value, at
		}
	}
}

// higher reports whether a value is there and above another, or the first one.
func higher[T ~float64 | ~uint64](than, value collectors.Opt[T]) bool {
	v, ok := value.Get()
	t, known := than.Get()
	return ok && (!known || v > t)
}

func (p *pressures) story() []PressurePeak {
	var list []PressurePeak
	for i, names := range pressureNames() {
		if worst, ok := p[i].worst.Get(); ok {
			list = append(list, PressurePeak{Resource: names[0], Who: names[1], Avg10: worst, At: p[i].at})
		}
	}
	return list
}
