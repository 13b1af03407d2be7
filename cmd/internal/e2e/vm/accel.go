package vm

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"time"
)

// Accelerator is what runs the machine's instructions.
type Accelerator string

const (
	// KVM runs them on the processor.
	KVM Accelerator = "kvm"
	// TCG translates them: QEMU's plain emulation, which works everywhere and is ten to twenty times slower.
	TCG Accelerator = "tcg"
)

// AccelVariable names the environment variable that forces an accelerator.
const AccelVariable = "BRINK_E2E_ACCEL"

// hardwareVirtualization matches the processor flags that KVM needs to run an unchanged kernel. /dev/kvm alone is no
// proof: a host whose KVM runs paravirtualized guests only (module kvm_pvm) offers the device without either flag, and
// a stock Debian kernel ends there with "KVM internal error: emulation failure" in its own decompressor.
var hardwareVirtualization = regexp.MustCompile(`(?m)^flags\s*:.*\b(vmx|svm)\b`)

// Patience stretches a duration that is right for a machine on KVM. Tests wait for orders and ratios; this is how
// long they are willing to wait, and nothing else depends on it.
func (a Accelerator) Patience(d time.Duration) time.Duration {
	if a == TCG {
		return 8 * d
	}
	return d
}

// DetectAccelerator chooses for this host, or obeys AccelVariable. The second result says why, for the log.
func DetectAccelerator() (Accelerator, string, error) {
	cpuinfo, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "", "", err
	}
	kvm, kvmErr := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if kvmErr == nil {
		kvmErr = kvm.Close()
	}
	return chooseAccelerator(os.Getenv(AccelVariable), cpuinfo, kvmErr)
}

func chooseAccelerator(forced string, cpuinfo []byte, kvmErr error) (Accelerator, string, error) {
	switch Accelerator(forced) {
	case KVM, TCG:
		return Accelerator(forced), AccelVariable + " says so", nil
	case "":
	default:
		return "", "", fmt.Errorf("%s=%q: want kvm or tcg", AccelVariable, forced)
	}
	switch {
	case errors.Is(kvmErr, os.ErrNotExist):
		return TCG, "there is no /dev/kvm", nil
	case kvmErr != nil:
		return TCG, kvmErr.Error(), nil
	case !hardwareVirtualization.Match(cpuinfo):
		return TCG, "the processor offers neither vmx nor svm, so /dev/kvm runs no unchanged kernel", nil
	}
	return KVM, "/dev/kvm opens and the processor offers hardware virtualization", nil
}
