package collectors

import (
	"context"
	"strconv"
	"testing"
	"time"
)

// BenchmarkSample is all that a slot costs beside the reading itself: merging,
// derivation, ledger and trends.
func BenchmarkSample(b *testing.B) {
	for _, containers := range []int{1, 1000} {
		b.Run(strconv.Itoa(containers), func(b *testing.B) {
			part := Part{Containers: make([]ContainerCounters, containers)}
			for i := range part.Containers {
				part.Containers[i] = fullReading(1).Containers[0]
				part.Containers[i].Key, part.Containers[i].Origin = "job"+strconv.Itoa(i), nil
			}
			source := &fakeSource{name: "cgroup", collect: func(_ context.Context, at time.Time) (Part, error) {
				for i := range part.Containers {
					part.Containers[i].CPU = Some(CPUCounters{At: at, Usage: spent(at.Sub(epoch))})
				}
				return part, nil
			}}
			sampler, err := NewSampler(sourcesEverySecond(source))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				sampler.sample(b.Context(), moment(time.Duration(i)*time.Second))
			}
		})
	}
}

// BenchmarkForesee is what a growing container costs a sample.
func BenchmarkForesee(b *testing.B) {
	outlook, sample := NewOutlook(time.Second), ContainerSample{}
	at := moment(0)
	b.ReportAllocs()
	for b.Loop() {
		at = at.Add(time.Second)
		sample.Memory = levelOf(Some(1200*mib + Bytes(at.UnixNano()%1_000_000_007)))
		outlook.Foresee(at, 1, &sample)
	}
}
