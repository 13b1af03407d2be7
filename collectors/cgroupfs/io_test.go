package cgroupfs

import (
	"fmt"
	"strings"
	"testing"
)

func TestIOStat(t *testing.T) {
	testDecoder[IO](t, "7:1 rbytes=9 wbytes=9 rios=9 wios=9 dbytes=9 dios=9\n7:2 rbytes=9\n", []decodeCase{
		{"no device", "rbytes=1\n8:0 rbytes=2\n", "Devices.0.ReadBytes=2", ErrSyntax},
		{"device by name", "sda rbytes=1\n8:0 rbytes=2\n", "Devices.0.ReadBytes=2", ErrSyntax},
		{"half a device number", "8: rbytes=1\n", "", ErrSyntax},
		{"negative device number", "-8:0 rbytes=1\n", "", ErrNegative},
		{"device number beyond 32 bits", "4294967296:0 rbytes=1\n", "", ErrRange},
		{"bad value", "8:0 rbytes=x wbytes=2\n", "Devices.0.WriteBytes=2", ErrSyntax},
		{"no value", "8:0 rbytes= wbytes=2\n", "Devices.0.WriteBytes=2", ErrSyntax},
		{"no equals sign", "8:0 rbytes wbytes=2\n", "Devices.0.WriteBytes=2", ErrSyntax},
		{"two to the 64", "8:0 rbytes=18446744073709551616 wbytes=2\n", "Devices.0.WriteBytes=2", ErrRange},
		{"cut off", "8:0 rbytes=1 wby", "Devices.0.ReadBytes=1", ErrSyntax},
		{"nothing was read or written", "", "", nil},
		{"loop device without values", "7:0\n", "", nil},
		{"before 4.20", "8:0 rbytes=1 wbytes=2 rios=3 wios=4\n", "Devices.0.ReadBytes=1 Devices.0.WriteBytes=2 Devices.0.Reads=3 Devices.0.Writes=4", nil},
		{
			"io.cost", "8:0 rbytes=1 cost.vrate=100.00 cost.usage=7 dbytes=5 dios=6\n",
			"Devices.0.ReadBytes=1 Devices.0.DiscardBytes=5 Devices.0.Discards=6", nil,
		},
		{"double blanks", "8:0  rbytes=1   wbytes=2\n", "Devices.0.ReadBytes=1 Devices.0.WriteBytes=2", nil},
	})
}

func TestIOStatStates(t *testing.T) {
	var s IO
	if s.State != Absent {
		t.Errorf("before anything was read: %v", s.State)
	}
	if bad := s.decode(nil); bad != nil || s.State != Present || len(s.Devices) != 0 {
		t.Errorf("an empty file means no I/O yet: %v, %v, %d devices", bad, s.State, len(s.Devices))
	}
	bad := s.decode([]byte("254:17 rbytes=1\n7:0\n"))
	if bad != nil || len(s.Devices) != 2 || s.Devices[0].Major != 254 || s.Devices[0].Minor != 17 || s.Devices[1].Major != 7 {
		t.Errorf("%v, devices: %+v", bad, s.Devices)
	}
	s.reset()
	if s.State != Absent || len(s.Devices) != 0 {
		t.Errorf("after reset: %v, %d devices", s.State, len(s.Devices))
	}
}

func TestIOStatReusesDevices(t *testing.T) {
	var text strings.Builder
	for i := range 100 {
		fmt.Fprintf(&text, "8:%d rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n", i)
	}
	var s IO
	again := func() {
		if bad := s.decode([]byte(text.String())); bad != nil || len(s.Devices) != 100 {
			t.Fatalf("%v, %d devices", bad, len(s.Devices))
		}
	}
	again()
	if n := testing.AllocsPerRun(100, again); n > 1 { // the one is the copy of the text
		t.Errorf("%v allocations for the same devices again", n)
	}
}

func FuzzIOStat(f *testing.F) { fuzzDecoder[IO](f, FileIOStat) }
