package cgroupfs

import "testing"

func TestMemoryEvents(t *testing.T) {
	testDecoder[MemoryEvents](t, "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\nsock_throttled 7\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"negative", "oom_kill -1\noom 2\n", "OOM=2", ErrNegative},
		{"not a number", "oom_kill one\noom 2\n", "OOM=2", ErrSyntax},
		{"cut off", "low 0\nhigh 0\nma", "Low=0 High=0", ErrSyntax},
		{"4.5 to 5.16", "low 0\nhigh 0\nmax 21\noom 1\noom_kill 1\n", "Low=0 High=0 Max=21 OOM=1 OOMKill=1", nil},
		{
			"5.17", "low 0\nhigh 0\nmax 21\noom 1\noom_kill 1\noom_group_kill 0\n",
			"Low=0 High=0 Max=21 OOM=1 OOMKill=1 OOMGroupKill=0", nil,
		},
		{"newer", "oom_kill 1\nsock_throttled 9\nfuture 3\n", "OOMKill=1 SockThrottled=9", nil},
	})
}

func TestSwapEvents(t *testing.T) {
	testDecoder[SwapEvents](t, "high 1\nmax 2\nfail 3\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"garbage", "fail\nmax 2\n", "Max=2", ErrSyntax},
		{"before 5.8", "max 17\nfail 17\n", "Max=17 Fail=17", nil},
		{"5.8", "high 0\nmax 17\nfail 17\n", "High=0 Max=17 Fail=17", nil},
	})
}

func FuzzMemoryEvents(f *testing.F) {
	fuzzDecoder[MemoryEvents](f, FileMemoryEvents, FileMemoryEventsLocal)
}

func FuzzSwapEvents(f *testing.F) { fuzzDecoder[SwapEvents](f, FileMemorySwapEvents) }
