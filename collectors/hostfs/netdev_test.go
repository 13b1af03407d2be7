package hostfs

import (
	"errors"
	"strings"
	"testing"
	"unsafe"
)

const netHeadings = "Inter-|   Receive                                                |  Transmit\n" +
	" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"

func TestParseNetDev(t *testing.T) {
	const line = "  eth0: 11 12 13 14 15 16 17 18 21 22 23 24 25 26 27 28\n"
	counters := NetCounters{
		ReceivedBytes: 11, ReceivedPackets: 12, ReceiveErrors: 13, ReceiveDropped: 14,
		TransmittedBytes: 21, TransmittedPackets: 22, TransmitErrors: 23, TransmitDropped: 24,
	}
	for _, tt := range []struct {
		name, text string
		cause      error
		want       []NetInterface
	}{
		{name: "empty", text: "", cause: errMissing},
		{name: "half of the headings", text: "Inter-|\n", cause: errMissing},
		{name: "no colon", text: netHeadings + "eth0 1 2\n", cause: errForm},
		{name: "a blank line", text: netHeadings + "\n", cause: errForm},
		{name: "cut", text: netHeadings + "eth0: 1 2 3\n", cause: errShort},
		{name: "no counters", text: netHeadings + "eth0:\n", cause: errShort},
		{name: "negative", text: netHeadings + strings.Replace(line, "12", "-12", 1), cause: errNumber},
		{name: "2^64", text: netHeadings + strings.Replace(line, "12", "18446744073709551616", 1), cause: errNumber},
		{name: "garbage where nobody looks", text: netHeadings + strings.Replace(line, "15", "x", 1), cause: errNumber},
		{name: "no interface", text: netHeadings, want: []NetInterface{}},
		{name: "one", text: netHeadings + line, want: []NetInterface{{"eth0", counters}}},
		{name: "no blank after the colon", text: netHeadings + strings.Replace(line, ": ", ":", 1), want: []NetInterface{{"eth0", counters}}},
		{name: "hostile names", text: netHeadings + strings.Replace(line, "eth0", "a|b\x1b[2J", 1) + strings.Replace(line, "eth0", "eth0:1", 1), want: []NetInterface{{"a|b\x1b[2J", counters}, {"eth0:1", counters}}},
		{name: "new counters at the end", text: netHeadings + strings.Replace(line, "28", "28 29 30", 1), want: []NetInterface{{"eth0", counters}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseNetDev([]byte(tt.text), nil)
			if !errors.Is(err, tt.cause) {
				t.Fatalf("error %v, want %v", err, tt.cause)
			}
			checkParseError(t, err)
			if d := diff(tt.want, append([]NetInterface{}, got...)); err == nil && d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestNetDev(t *testing.T) {
	host := tree(t, "hardened")
	got, err := host.NetDev(4121, nil)
	if err != nil || len(got) != 3 || got[0].Name != "lo" || got[1].ReceivedBytes != 81234567 {
		t.Fatalf("%+v, %v", got, err)
	}
	want := NetCounters{
		ReceivedBytes: 81235567, ReceivedPackets: 90133, ReceiveErrors: 1, ReceiveDropped: 3,
		TransmittedBytes: 4569890, TransmittedPackets: 50143, TransmitErrors: 3, TransmitDropped: 4,
	}
	if d := diff(want, NetTotal(got)); d != "" {
		t.Errorf("total -want +got\n%s", d)
	}
	name := unsafe.StringData(got[1].Name)
	again, err := host.NetDev(4121, got)
	if d := diff(want, NetTotal(again)); d != "" || err != nil || unsafe.StringData(again[1].Name) != name {
		t.Errorf("reused: %v -want +got\n%s", err, d)
	}
	if _, err := host.NetDev(4122, nil); !errors.Is(err, ErrNoProcess) {
		t.Errorf("gone: %v", err)
	}
}

// TestNetDevOfThisMachine reads the real file, and that a zombie has none.
func TestNetDevOfThisMachine(t *testing.T) {
	host := New("/proc")
	got, err := host.NetDev(Self, nil)
	if err != nil || len(got) == 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := host.NetDev(zombie(t), nil); !errors.Is(err, ErrNoProcess) {
		t.Errorf("a zombie: %v", err)
	}
}

func FuzzNetDev(f *testing.F) {
	f.Add([]byte(netHeadings + "  eth0: 11 12 13 14 15 16 17 18 21 22 23 24 25 26 27 28\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ParseNetDev(data, nil)
		checkParseError(t, err)
		if err != nil && len(got) != 0 {
			t.Errorf("%q: %+v beside %v", data, got, err)
		}
		NetTotal(got)
	})
}
