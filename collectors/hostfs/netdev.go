package hostfs

import "bytes"

// NetCounters count since the interface was made.
type NetCounters struct {
	ReceivedBytes, ReceivedPackets, ReceiveErrors, ReceiveDropped         uint64
	TransmittedBytes, TransmittedPackets, TransmitErrors, TransmitDropped uint64
}

// NetInterface is one network interface of a network namespace.
type NetInterface struct {
	// Name is hostile where the container may rename interfaces (CAP_NET_ADMIN): escape sequences are allowed in it.
	Name string
	NetCounters
}

// NetDev reads the interfaces of the network namespace of a process, the loopback included, into a list that may be
// reused from the last time. Any user may. The error is ErrNoProcess for a process that has gone or is a zombie.
//
// A container with network_mode "host" or "container:other" has the interfaces of the host or of the other one: the
// counters are then not its own, which only the engine's configuration can tell.
func (fs FS) NetDev(pid int, into []NetInterface) ([]NetInterface, error) {
	into = into[:0]
	err := fs.readPid(pid, "net/dev", func(data []byte) (err error) {
		into, err = ParseNetDev(data, into)
		return err
	})
	return into, err
}

// NetTotal sums all interfaces but the loopback, whose traffic stays inside the container. All, because an agent on
// two networks has eth0 and eth1. Sums wrap around as the kernel's own counters do.
func NetTotal(interfaces []NetInterface) NetCounters {
	var sum NetCounters
	for _, i := range interfaces {
		if i.Name != "lo" {
			sum = sum.plus(i.NetCounters)
		}
	}
	return sum
}

// plus adds two sets of counters.
func (c NetCounters) plus(d NetCounters) NetCounters {
	return NetCounters{
		ReceivedBytes:      c.ReceivedBytes + d.ReceivedBytes,
		ReceivedPackets:    c.ReceivedPackets + d.ReceivedPackets,
		ReceiveErrors:      c.ReceiveErrors + d.ReceiveErrors,
		ReceiveDropped:     c.ReceiveDropped + d.ReceiveDropped,
		TransmittedBytes:   c.TransmittedBytes + d.TransmittedBytes,
		TransmittedPackets: c.TransmittedPackets + d.TransmittedPackets,
		TransmitErrors:     c.TransmitErrors + d.TransmitErrors,
		TransmitDropped:    c.TransmitDropped + d.TransmitDropped,
	}
}

// ParseNetDev reads /proc/PID/net/dev (proc_pid_net(5)): two lines of headings, then one line per interface,
//
//	eth0: 1296 16 0 0 0 0 0 0 656 8 0 0 0 0 0 0
//
// eight counters received (bytes packets errs drop fifo frame compressed multicast) and eight transmitted (bytes
// packets errs drop fifo colls carrier compressed). It replaces the content of into and keeps names that are the same.
func ParseNetDev(data []byte, into []NetInterface) ([]NetInterface, error) {
	lines, n := 0, 0
	for line := range bytes.Lines(data) {
		if lines++; lines <= 2 {
			continue
		}
		into = withSlot(into, n)
		if err := into[n].parse(line); err != nil {
			return into[:0], parseError(line, err)
		}
		n++
	}
	if lines < 2 {
		return into[:0], parseError(data, errMissing)
	}
	return into[:n], nil
}

// parse reads one line. The last colon ends the name: the kernel allows none in it, but printed aliases once had one.
func (i *NetInterface) parse(line []byte) error {
	colon := bytes.LastIndexByte(line, ':')
	if colon < 0 {
		return errForm
	}
	counters := [...]*uint64{
		0: &i.ReceivedBytes, 1: &i.ReceivedPackets, 2: &i.ReceiveErrors, 3: &i.ReceiveDropped,
		8: &i.TransmittedBytes, 9: &i.TransmittedPackets, 10: &i.TransmitErrors, 11: &i.TransmitDropped,
	}
	rest := line[colon+1:]
	for _, dst := range counters {
		var word []byte
		word, rest = nextField(rest)
		v, ok := parseUint(word)
		switch {
		case len(word) == 0:
			return errShort
		case !ok:
			return errNumber
		case dst != nil:
			*dst = v
		}
	}
	keep(&i.Name, bytes.TrimLeft(line[:colon], " "))
	return nil
}
