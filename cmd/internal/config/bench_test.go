package config

import "testing"

// BenchmarkParse reads the example, which has every section.
func BenchmarkParse(b *testing.B) {
	data := []byte(Example())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("config.toml", data); err != nil {
			b.Fatal(err)
		}
	}
}
