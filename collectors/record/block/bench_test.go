package block_test

import (
	"testing"
	"time"

	"brink/collectors/record/block"
	"brink/collectors/record/block/blocktest"
)

const minute = 60

// epoch is when the series of the tests begin.
func epoch() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// blocksOf returns so many minutes of a busy agent, packed.
func blocksOf(minutes int) [][]byte {
	agent := blocktest.New(1, epoch())
	var codec block.Codec
	var blocks [][]byte
	for range minutes {
		blocks = append(blocks, codec.Encode(nil, agent.Entries(minute)))
	}
	return blocks
}

func sizeOf(blocks [][]byte) int {
	size := 0
	for _, data := range blocks {
		size += len(data)
	}
	return size
}

// TestSize: six megabytes a day hold 69 bytes a second.
func TestSize(t *testing.T) {
	const minutes, most = 60, 69
	if got := float64(sizeOf(blocksOf(minutes))) / (minutes * minute); got > most {
		t.Errorf("%.1f bytes a reading, more than %d", got, most)
	} else {
		t.Logf("%.1f bytes a reading", got)
	}
}

func BenchmarkEncode(b *testing.B) {
	entries := blocktest.New(1, epoch()).Entries(minute)
	var codec block.Codec
	var data []byte
	b.ReportAllocs()
	for b.Loop() {
		data = codec.Encode(data[:0], entries)
	}
	b.ReportMetric(float64(len(data))/minute, "B/reading")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/minute, "ns/reading")
}

func BenchmarkEncodeOne(b *testing.B) {
	entries := blocktest.New(1, epoch()).Entries(1)
	var codec block.Codec
	var data []byte
	b.ReportAllocs()
	for b.Loop() {
		data = codec.Encode(data[:0], entries)
	}
	b.ReportMetric(float64(len(data)), "B/reading")
}

func benchmarkDecode(b *testing.B, minutes int) {
	blocks := blocksOf(minutes)
	b.ReportMetric(float64(sizeOf(blocks)), "B")
	b.ReportAllocs()
	for b.Loop() {
		var codec block.Codec
		var entries []block.Entry
		for _, data := range blocks {
			var err error
			if entries, err = codec.Decode(entries[:0], data); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(minutes*minute), "ns/reading")
}

func BenchmarkDecodeDay(b *testing.B)  { benchmarkDecode(b, 24*60) }
func BenchmarkDecodeHour(b *testing.B) { benchmarkDecode(b, 60) }
