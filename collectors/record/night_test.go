package record

import (
	"encoding/binary"
	"flag"
	"os"
	"testing"
	"time"

	"brink/collectors"
	"brink/collectors/record/block"
)

// nightFile is half an hour of an agent under load, a reading a second, as guard recorded
// it in the virtual machine of the end-to-end tests: work at the quota, a storm of forks,
// zombies, a leak to the OOM kill, the restart. Its minutes are blocks, each behind its
// length.
const nightFile = "testdata/night.blocks"

var nightOf = flag.String("night", "", "make "+nightFile+" of the record in this `directory`")

// night is what a busy agent gives second by second, without end: the same minutes
// again and again.
type night struct {
	entries []block.Entry
	next    int
}

func newNight(tb testing.TB) *night {
	tb.Helper()
	if *nightOf != "" {
		makeNight(tb, *nightOf)
		*nightOf = ""
	}
	data, err := os.ReadFile(nightFile)
	if err != nil {
		tb.Fatal(err)
	}
	var n night
	var codec block.Codec
	for len(data) > 0 {
		length, size := binary.Uvarint(data)
		if size <= 0 || length > uint64(len(data)-size) {
			tb.Fatalf("%s is cut", nightFile)
		}
		data = data[size:]
		if n.entries, err = codec.Decode(n.entries, data[:length]); err != nil {
			tb.Fatal(err)
		}
		data = data[length:]
	}
	return &n
}

// makeNight keeps the readings of a record that has one container.
func makeNight(tb testing.TB, dir string) {
	tb.Helper()
	reader := openReader(tb, dir)
	first, last, err := reader.Span(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	var file []byte
	var minute []block.Entry
	seal := func() {
		data := block.Encode(nil, minute)
		file, minute = append(binary.AppendUvarint(file, uint64(len(data))), data...), minute[:0]
	}
	for reading, err := range reader.Readings(tb.Context(), first, last) {
		if err != nil {
			tb.Fatal(err)
		}
		for _, counters := range reading.Containers {
			minute = append(minute, block.Entry{At: reading.At, Counters: counters})
		}
		if len(minute) >= 60 {
			seal()
		}
	}
	seal()
	if err := os.WriteFile(nightFile, file, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// reading is the next one. The times run on where the minutes begin again.
func (n *night) reading() collectors.Reading {
	length := len(n.entries)
	entry, lap := n.entries[n.next%length], time.Duration(n.next/length)*n.length()
	n.next++
	c := entry.Counters
	reading := round(entry.At.Add(lap))
	c.FreshAt = c.FreshAt.Add(lap)
	if cpu, ok := c.CPU.Get(); ok {
		cpu.At = cpu.At.Add(lap)
		c.CPU = collectors.Some(cpu)
	}
	if io, ok := c.IO.Get(); ok {
		io.At = io.At.Add(lap)
		c.IO = collectors.Some(io)
	}
	if network, ok := c.Network.Get(); ok {
		network.At = network.At.Add(lap)
		c.Network = collectors.Some(network)
	}
	reading.Containers = append(reading.Containers, c)
	return reading
}

// length is how long it takes from its first reading to the one that would follow the
// last.
func (n *night) length() time.Duration {
	return n.entries[len(n.entries)-1].At.Sub(n.entries[0].At).Round(time.Second) + time.Second
}
