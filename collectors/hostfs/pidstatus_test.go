package hostfs

import (
	"errors"
	"testing"
)

func TestParsePIDStatus(t *testing.T) {
	const uid = "Uid:\t101000\t0\t0\t0\n"
	for _, tt := range []struct {
		name, text string
		cause      error
		want       PIDStatus
	}{
		{name: "empty", text: "", cause: errMissing},
		{name: "no Uid", text: "Name:\tnode\n", cause: errMissing},
		{name: "Uid of words", text: "Uid:\troot\n", cause: errNumber},
		{name: "Uid past 32 bits", text: "Uid:\t4294967296\t0\t0\t0\n", cause: errNumber},
		{name: "no unit", text: uid + "VmRSS:\t 12\n", cause: errNumber},
		{name: "another unit", text: uid + "VmRSS:\t 12 MB\n", cause: errNumber},
		{name: "negative", text: uid + "VmSwap:\t -1 kB\n", cause: errNumber},
		{name: "2^54 kB is 2^64 bytes", text: uid + "VmPTE:\t 18014398509481984 kB\n", cause: errNumber},
		{name: "NSpid of words", text: uid + "NSpid:\tx\n", cause: errNumber},
		{name: "a kernel thread or zombie", text: uid + "NSpid:\t4170\t9\n", want: PIDStatus{UID: 101000, NamespacePID: 9}},
		{name: "outside of any namespace", text: uid + "NSpid:\t4170\n", want: PIDStatus{UID: 101000, NamespacePID: 4170}},
		{name: "before Linux 4.1", text: uid, want: PIDStatus{UID: 101000}},
		{name: "a name that imitates a line", text: "Name:\ta\\nUid:\t7\n" + uid, want: PIDStatus{UID: 101000}},
		{name: "unknown lines", text: "Nonsense\n\nNew:\t-1 xB\n" + uid, want: PIDStatus{UID: 101000}},
		{
			name: "memory", text: uid + "VmRSS:\t    3600 kB\nVmPTE:\t      60 kB\nVmSwap:\t      16 kB\nRssAnon:\t x\n",
			want: PIDStatus{UID: 101000, RSSBytes: 3600 << 10, PageTableBytes: 60 << 10, SwapBytes: 16 << 10},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParsePIDStatus([]byte(tt.text))
			if !errors.Is(err, tt.cause) {
				t.Fatalf("error %v, want %v", err, tt.cause)
			}
			checkParseError(t, err)
			if err == nil && got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func FuzzPIDStatus(f *testing.F) {
	f.Add([]byte("Name:\tnode\nUid:\t1\t1\t1\t1\nNSpid:\t4\t1\nVmRSS:\t 12 kB\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		st, err := ParsePIDStatus(data)
		checkParseError(t, err)
		if st.RSSBytes%1024 != 0 || st.NamespacePID < 0 {
			t.Errorf("%q: %+v", data, st)
		}
	})
}
