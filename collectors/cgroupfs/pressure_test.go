package cgroupfs

import (
	"errors"
	"testing"
)

func TestPressure(t *testing.T) {
	const some = "some avg10=3.10 avg60=1.75 avg300=0.88 total=11223344\n"
	const full = "full avg10=0.40 avg60=0.21 avg300=0.11 total=998877\n"
	const wantSome = "Some.Avg10=310 Some.Avg60=175 Some.Avg300=88 Some.Total=11.223344s"
	const wantFull = "Full.Avg10=40 Full.Avg60=21 Full.Avg300=11 Full.Total=998.877ms"
	testDecoder[Pressure](t, some+full, []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"another file", "usage_usec 10\n", "", ErrNoKnownKey},
		{"no fields", "some\n" + full, wantFull, ErrSyntax},
		{"no equals sign", "some avg10 avg60=1.75\n", "Some.Avg60=175", ErrSyntax},
		{"not a number", "some avg10=NaN avg60=1.75\n", "Some.Avg60=175", ErrSyntax},
		{"total is no fraction", "some avg10=3.10 total=1.5\n", "Some.Avg10=310", ErrSyntax},
		{"total is negative", "some avg10=3.10 total=-1\n", "Some.Avg10=310", ErrNegative},
		{"total is empty", "some avg10=3.10 total=\n", "Some.Avg10=310", ErrSyntax},
		{"total beyond a duration", "some avg10=3.10 total=18446744073709551615\n", "Some.Avg10=310", ErrRange},
		{"both lines", some + full, wantSome + " " + wantFull, nil},
		{"blank line between", some + "\n" + full, wantSome + " " + wantFull, nil},
		{"cpu before 5.13", some, wantSome, nil},
		{"irq", full, wantFull, nil},
		{"newer", "most avg10=x\n" + "some avg1=9.99 avg10=3.10 avg60=1.75 avg300=0.88 total=11223344\n", wantSome, nil},
	})
}

func TestParsePercent(t *testing.T) {
	tests := []struct {
		text string
		want BasisPoints
		err  error
	}{
		{"", 0, ErrSyntax},
		{".", 0, ErrSyntax},
		{".50", 0, ErrSyntax},
		{"1", 0, ErrSyntax},
		{"1.", 0, ErrSyntax},
		{"1.5", 0, ErrSyntax},
		{"1.500", 0, ErrSyntax},
		{"1.5x", 0, ErrSyntax},
		{"1,50", 0, ErrSyntax},
		{"1.-1", 0, ErrSyntax},
		{"-1.00", 0, ErrNegative},
		{"100.01", 0, ErrRange},
		{"42949672.95", 0, ErrRange},
		{"99999999999999999999.00", 0, ErrRange},
		{"0.00", 0, nil},
		{"0.07", 7, nil},
		{"12.34", 1234, nil},
		{"100.00", 10000, nil},
	}
	for _, tt := range tests {
		if got, err := parsePercent([]byte(tt.text)); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("parsePercent(%q) = %d, %v; want %d, %v", tt.text, got, err, tt.want, tt.err)
		}
	}
}

func TestRatio(t *testing.T) {
	if got := BasisPoints(1234).Ratio(); got != 0.1234 {
		t.Errorf("12.34 %% is %v", got)
	}
}

func FuzzPressure(f *testing.F) {
	fuzzDecoder[Pressure](f, FileMemoryPressure, FileCPUPressure, FileIOPressure)
}
