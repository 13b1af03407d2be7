package cgroupfs

import (
	"bytes"
	"time"
)

// CPU is what the scheduler counts and limits.
type CPU struct {
	Stat  CPUStat
	Local CPUStatLocal
	Max   CPUMax
	// MaxBurst is cpu.max.burst: quota that may be saved up (kernel 5.15).
	MaxBurst Value[time.Duration]
}

// CPUStat is cpu.stat: times and counts since the cgroup was made. The first four
// include the descendants and exist without the cpu controller; the other five
// concern only this cgroup's own quota and are absent without the controller.
type CPUStat struct {
	Usage  Value[time.Duration] // usage_usec
	User   Value[time.Duration] // user_usec
	System Value[time.Duration] // system_usec
	Nice   Value[time.Duration] // nice_usec: part of User (6.13)
	// Periods counts the periods in which the cgroup had something to run.
	Periods Value[Count]
	// ThrottledPeriods counts those in which it used up its quota.
	ThrottledPeriods Value[Count]
	// Throttled sums over CPUs: three waiting threads throttle three seconds a
	// second.
	Throttled Value[time.Duration]
	Bursts    Value[Count]         // nr_bursts (5.15)
	Burst     Value[time.Duration] // burst_usec (5.15)
}

func (c *CPUStat) reset() { *c = CPUStat{} }

func (c *CPUStat) decode(text []byte) *ParseError {
	c.reset()
	return eachPair(text, c.set)
}

func (c *CPUStat) set(key, value []byte) (known bool, err error) {
	switch string(key) {
	case "nr_periods":
		return setUint(&c.Periods, value)
	case "nr_throttled":
		return setUint(&c.ThrottledPeriods, value)
	case "nr_bursts":
		return setUint(&c.Bursts, value)
	default:
		return setMicroseconds(c.time(key), value)
	}
}

func (c *CPUStat) time(key []byte) *Value[time.Duration] {
	switch string(key) {
	case "usage_usec":
		return &c.Usage
	case "user_usec":
		return &c.User
	case "system_usec":
		return &c.System
	case "nice_usec":
		return &c.Nice
	case "throttled_usec":
		return &c.Throttled
	case "burst_usec":
		return &c.Burst
	default:
		return nil
	}
}

// CPUStatLocal is cpu.stat.local (kernel 6.6): what throttling this cgroup really
// went through, that of its ancestors included.
type CPUStatLocal struct {
	Throttled Value[time.Duration] // throttled_usec
}

func (c *CPUStatLocal) reset() { *c = CPUStatLocal{} }

// decode takes an empty file for absence: the file exists in every cgroup, and
// holds nothing where the cpu controller is off (seen on 6.18).
func (c *CPUStatLocal) decode(text []byte) *ParseError {
	c.reset()
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	return eachPair(text, c.set)
}

func (c *CPUStatLocal) set(key, value []byte) (known bool, err error) {
	if string(key) != "throttled_usec" {
		return false, nil
	}
	return setMicroseconds(&c.Throttled, value)
}

// CPUMax is cpu.max, "$MAX $PERIOD": how much CPU time of all CPUs together the
// cgroup may use in each period. Docker's cpus 1.5 is "150000 100000".
type CPUMax struct {
	Quota  Value[time.Duration] // Max when there is no limit
	Period Value[time.Duration]
}

// Cores returns quota / period, and whether there is such a limit.
func (c CPUMax) Cores() (float64, bool) {
	quota, limited := c.Quota.Get()
	period, known := c.Period.Get()
	if !limited || !known || period <= 0 {
		return 0, false
	}
	return float64(quota) / float64(period), true
}

func (c *CPUMax) reset() { *c = CPUMax{} }

// decode refuses a zero in either place: the kernel accepts nothing below 1 ms,
// and a period of zero would make a division of somebody else's look sane.
func (c *CPUMax) decode(text []byte) *ParseError {
	c.reset()
	line := bytes.TrimSpace(text)
	if len(line) == 0 {
		return fault(text, ErrEmpty)
	}
	first, second := cutField(line)
	period, err := parseMicroseconds(second)
	if err != nil {
		return fault(line, syntaxIfEmpty(err))
	}
	quota, err := parseQuota(first)
	if err != nil {
		return fault(line, err)
	}
	if period == 0 {
		return fault(line, ErrRange)
	}
	*c = CPUMax{Quota: quota, Period: present(period)}
	return nil
}

func parseQuota(text []byte) (Value[time.Duration], error) {
	if string(text) == "max" {
		return unlimited[time.Duration](), nil
	}
	quota, err := parseMicroseconds(text)
	if err == nil && quota == 0 {
		err = ErrRange
	}
	if err != nil {
		return Value[time.Duration]{}, err
	}
	return present(quota), nil
}
