package cgroupfs

import "time"

// Pressures are memory.pressure, cpu.pressure and io.pressure.
type Pressures struct {
	Memory, CPU, IO Pressure
}

// Pressure is one pressure stall information (PSI) file (kernel 4.20):
//
//	some avg10=0.00 avg60=0.00 avg300=0.00 total=0
//	full avg10=0.00 avg60=0.00 avg300=0.00 total=0
//
// It is absent for one of four reasons: an older kernel; CONFIG_PSI=n, or
// CONFIG_PSI_DEFAULT_DISABLED=y without psi=1 on the kernel's command line, when
// the file is missing or opens and answers EOPNOTSUPP; or 0 in the cgroup's
// cgroup.pressure (6.1), which takes the files away from a living cgroup.
type Pressure struct {
	// Some: at least one task was stalled.
	Some PressureLine
	// Full: all tasks that could run were stalled. cpu.pressure has this line
	// since kernel 5.13.
	Full PressureLine
}

// PressureLine is the share of time that was lost, averaged by the kernel every
// 2 s over three windows, and the lost time since the cgroup was made.
type PressureLine struct {
	Avg10, Avg60, Avg300 Value[BasisPoints]
	Total                Value[time.Duration]
}

func (p *Pressure) reset() { *p = Pressure{} }

func (p *Pressure) decode(text []byte) *ParseError {
	p.reset()
	return eachPair(text, p.set)
}

// set takes one line: its first field is the key, the rest "k=v" fields.
func (p *Pressure) set(key, value []byte) (known bool, err error) {
	switch string(key) {
	case "some":
		return true, p.Some.decode(value)
	case "full":
		return true, p.Full.decode(value)
	default:
		return false, nil
	}
}

func (l *PressureLine) decode(fields []byte) error {
	if len(fields) == 0 {
		return ErrSyntax
	}
	var first error
	for len(fields) > 0 {
		var field []byte
		field, fields = cutField(fields)
		if err := l.set(field); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (l *PressureLine) set(field []byte) error {
	key, value, found := cut(field, '=')
	if !found {
		return ErrSyntax
	}
	switch string(key) {
	case "avg10":
		return setPercent(&l.Avg10, value)
	case "avg60":
		return setPercent(&l.Avg60, value)
	case "avg300":
		return setPercent(&l.Avg300, value)
	case "total":
		_, err := setMicroseconds(&l.Total, value)
		return syntaxIfEmpty(err)
	default:
		return nil
	}
}

func setPercent(dst *Value[BasisPoints], text []byte) error {
	n, err := parsePercent(text)
	if err != nil {
		*dst = Value[BasisPoints]{}
		return err
	}
	*dst = present(n)
	return nil
}

// parsePercent parses "12.34". The kernel writes two decimals, always
// (kernel/sched/psi.c: "%s avg10=%lu.%02lu ..."); anything else is not its text. It caps
// the stalled time by the length of the window, so that nothing passes 100.
func parsePercent(text []byte) (BasisPoints, error) {
	whole, fraction, found := cut(text, '.')
	if !found || len(fraction) != 2 {
		return 0, ErrSyntax
	}
	percent, err := parseUint(whole)
	if err != nil {
		return 0, syntaxIfEmpty(err)
	}
	hundredths, err := parseUint(fraction)
	if err != nil {
		return 0, ErrSyntax
	}
	if percent > 100 || percent == 100 && hundredths > 0 {
		return 0, ErrRange
	}
	return BasisPoints(percent*100 + hundredths), nil
}
