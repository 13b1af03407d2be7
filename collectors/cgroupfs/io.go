package cgroupfs

// IO is io.stat.
type IO struct {
	// State is Present when the file was read, and Absent otherwise. A file
	// without lines is present: nothing was read or written yet.
	State State
	// Devices are the lines of the file. The kernel leaves out devices that the
	// cgroup did not use.
	Devices []DeviceIO
}

// DeviceIO is one line of io.stat: counters since the cgroup was made, by block
// device. Buffered writes appear when they are written back, tmpfs never. A line
// can lack any of the values (loop and overlay devices produce such lines).
type DeviceIO struct {
	Major, Minor uint32

	ReadBytes    Value[Bytes] // rbytes
	WriteBytes   Value[Bytes] // wbytes
	DiscardBytes Value[Bytes] // dbytes
	Reads        Value[Count] // rios
	Writes       Value[Count] // wios
	Discards     Value[Count] // dios
}

func (s *IO) reset() { s.State, s.Devices = Absent, s.Devices[:0] }

// decode reuses the devices of the last time. A bad line loses its own device
// only; a bad value only itself.
func (s *IO) decode(text []byte) *ParseError {
	s.reset()
	s.State = Present
	var first *ParseError
	for len(text) > 0 {
		var line []byte
		if line, text = cutLine(text); len(line) == 0 {
			continue
		}
		device, ok, err := parseDeviceIO(line)
		if ok {
			s.Devices = append(s.Devices, device)
		}
		if err != nil && first == nil {
			first = fault(line, err)
		}
	}
	return first
}

// parseDeviceIO parses "MAJ:MIN rbytes=1 wbytes=2 ...". It is false when the line
// does not even name a device.
func parseDeviceIO(line []byte) (device DeviceIO, ok bool, err error) {
	name, rest := cutField(line)
	if device.Major, device.Minor, err = parseDeviceNumber(name); err != nil {
		return DeviceIO{}, false, err
	}
	for len(rest) > 0 {
		var field []byte
		field, rest = cutField(rest)
		if e := device.set(field); e != nil && err == nil {
			err = e
		}
	}
	return device, true, err
}

func parseDeviceNumber(text []byte) (major, minor uint32, err error) {
	left, right, found := cut(text, ':')
	if !found {
		return 0, 0, ErrSyntax
	}
	if major, err = parseUint32(left); err != nil {
		return 0, 0, err
	}
	minor, err = parseUint32(right)
	return major, minor, err
}

func parseUint32(text []byte) (uint32, error) {
	n, err := parseUint(text)
	if err != nil {
		return 0, syntaxIfEmpty(err)
	}
	if n > 1<<32-1 {
		return 0, ErrRange
	}
	return uint32(n), nil
}

// set takes one "key=value". Unknown keys are skipped: the io.cost and io.latency
// controllers add theirs.
func (d *DeviceIO) set(field []byte) error {
	key, value, found := cut(field, '=')
	if !found {
		return ErrSyntax
	}
	if dst := d.size(key); dst != nil {
		_, err := setUint(dst, value)
		return syntaxIfEmpty(err)
	}
	_, err := setUint(d.operations(key), value)
	return syntaxIfEmpty(err)
}

func (d *DeviceIO) size(key []byte) *Value[Bytes] {
	switch string(key) {
	case "rbytes":
		return &d.ReadBytes
	case "wbytes":
		return &d.WriteBytes
	case "dbytes":
		return &d.DiscardBytes
	default:
		return nil
	}
}

func (d *DeviceIO) operations(key []byte) *Value[Count] {
	switch string(key) {
	case "rios":
		return &d.Reads
	case "wios":
		return &d.Writes
	case "dios":
		return &d.Discards
	default:
		return nil
	}
}
