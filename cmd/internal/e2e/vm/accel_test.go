package vm

import (
	"io/fs"
	"strings"
	"testing"
	"time"
)

func TestChooseAccelerator(t *testing.T) {
	const (
		amd       = "processor\t: 0\nflags\t\t: fpu vme svm rdtscp\n"
		intel     = "processor\t: 0\nflags\t\t: fpu vmx rdtscp\n"
		neither   = "processor\t: 0\nflags\t\t: fpu vmmcall hypervisor\n"
		elsewhere = "processor\t: 0\nmodel name\t: svm vmx\nflags\t\t: fpu\n"
	)
	for _, test := range []struct {
		name    string
		forced  string
		cpuinfo string
		kvm     error
		want    Accelerator // empty: an error
		why     string
	}{
		{"a wrong word", "hvf", amd, nil, "", `BRINK_E2E_ACCEL="hvf"`},
		{"no device", "", amd, fs.ErrNotExist, TCG, "there is no /dev/kvm"},
		{"no permission", "", amd, fs.ErrPermission, TCG, "permission denied"},
		{"a device, but no flag", "", neither, nil, TCG, "neither vmx nor svm"},
		{"the flag's name in another line", "", elsewhere, nil, TCG, "neither vmx nor svm"},
		{"forced against the evidence", "kvm", neither, fs.ErrNotExist, KVM, "says so"},
		{"forced to emulate", "tcg", amd, nil, TCG, "says so"},
		{"amd", "", amd, nil, KVM, "hardware virtualization"},
		{"intel", "", intel, nil, KVM, "hardware virtualization"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, why, err := chooseAccelerator(test.forced, []byte(test.cpuinfo), test.kvm)
			if err != nil {
				why = err.Error()
			}
			if got != test.want || (err != nil) != (test.want == "") || !strings.Contains(why, test.why) {
				t.Errorf("chooseAccelerator = %q, %q, %v; want %q, %q", got, why, err, test.want, test.why)
			}
		})
	}
}

func TestPatience(t *testing.T) {
	if KVM.Patience(time.Second) != time.Second || TCG.Patience(time.Second) <= time.Second {
		t.Errorf("patience of a second: kvm %v, tcg %v; want a second and more",
			KVM.Patience(time.Second), TCG.Patience(time.Second))
	}
}
