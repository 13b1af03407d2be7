package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// benchmark is a line of `go test -bench`: the values by their units.
type benchmark struct {
	name   string
	values map[string]float64
}

func (b benchmark) microseconds() float64 { return b.values["ns/op"] / 1000 }

// trailingProcs is the number of processors that the testing package puts behind a name.
var trailingProcs = regexp.MustCompile(`-\d+$`)

// parseBenchmarks reads the output of `go test -bench`. Lines of other forms are passed over.
func parseBenchmarks(output string) []benchmark {
	var list []benchmark
	lines := bufio.NewScanner(strings.NewReader(output))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		b := benchmark{name: trailingProcs.ReplaceAllString(fields[0], ""), values: map[string]float64{}}
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				b.values[fields[i+1]] = value
			}
		}
		list = append(list, b)
	}
	return list
}

// runBenchmarks runs those benchmarks of a package that match.
func runBenchmarks(ctx context.Context, pkg, pattern string) ([]benchmark, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", pattern, "-benchmem", pkg)
	output, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, output)
	}
	list := parseBenchmarks(string(output))
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no benchmark of that name", strings.Join(cmd.Args, " "))
	}
	return list, nil
}

// benchmarkStage measures the prices of the parts.
func benchmarkStage(ctx context.Context, _ options, _ *log.Logger, r *report) error {
	list, err := runBenchmarks(ctx, "brink/collectors/cgroupfs", "^(BenchmarkReadContainer|BenchmarkReadThousand)$")
	if err != nil {
		return err
	}
	views, err := runBenchmarks(ctx, "brink/ui", "^BenchmarkView$")
	if err != nil {
		return err
	}
	for _, b := range append(list, views...) {
		r.benchmark(b)
	}
	return nil
}

func (r *report) benchmark(b benchmark) {
	base, variant, _ := strings.Cut(b.name, "/")
	switch base {
	case "BenchmarkReadContainer":
		r.add("one container's cgroup files, read and parsed", "<= 10 µs, 0 allocations", b.name, "%.1f µs, %.0f allocations", b.microseconds(), b.values["allocs/op"])
	case "BenchmarkReadThousand":
		r.add("1,000 containers at 1 Hz", "<= 30 ms a pass (3 % of a core), descriptors bounded", b.name,
			"%.1f ms (%.1f %% of a core), %.0f descriptors, %s", b.values["ms/pass"], b.values["ms/pass"]/10, b.values["descriptors"], variant)
	case "BenchmarkView":
		r.add("View, 120x40", "<= 0.6 ms, <= 160 KB garbage", b.name, "%.2f ms, %.0f KB", b.microseconds()/1000, b.values["B/op"]/1000)
	}
}
