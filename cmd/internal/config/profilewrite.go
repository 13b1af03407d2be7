package config

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"brink/alerts/audit"
	"brink/collectors"
)

// WriteProfile prints a profile. [ParseProfile] reads the same out of it.
func WriteProfile(w io.Writer, p audit.Profile) error {
	var text strings.Builder
	line := func(key, value string) { fmt.Fprintf(&text, "%s = %s\n", key, value) }
	if memory, ok := p.Memory.Get(); ok {
		line(keyMemory, quote(sizeText(memory)))
	}
	line(keySwap, strconv.FormatBool(p.Swap))
	if cores, ok := p.Cores.Get(); ok {
		line(keyCPUs, writeNumber(float64(cores)))
	}
	writeCounts(&text, p)
	line(keyCapabilities, quoteList(p.Capabilities))
	line(keyUserNamespace, strconv.FormatBool(p.UserNamespace))
	line(keyInternal, strconv.FormatBool(p.Internal))
	line(keyEgress, strconv.FormatBool(p.EgressPolicy))
	line(keyDevices, quoteList(p.Devices))
	if ports, ok := p.Ports.Get(); ok {
		line(keyPorts, quoteList(ports))
	}
	line(keyRestart, quoteList(p.Restart))
	line(keySecrets, quoteList(p.Secrets))
	writeMountRules(&text, p)
	writeWaivers(&text, p.Waivers)
	_, err := io.WriteString(w, text.String())
	return err
}

func writeCounts(text *strings.Builder, p audit.Profile) {
	if pids, ok := p.Pids.Get(); ok {
		fmt.Fprintf(text, "%s = %d\n", keyPids, pids)
	}
	if files, ok := p.OpenFiles.Get(); ok {
		fmt.Fprintf(text, "%s = %d\n", keyOpenFiles, files)
	}
	if processes, ok := p.Processes.Get(); ok {
		fmt.Fprintf(text, "%s = %d\n", keyProcesses, processes)
	}
	fmt.Fprintf(text, "%s = %t\n", keyCoreDumps, !p.NoCoreDumps)
}

// writeMountRules writes the tables. That nothing may be mounted is an empty list,
// which has to stand before every table.
func writeMountRules(text *strings.Builder, p audit.Profile) {
	rules, bound := p.Mounts.Get()
	if bound && len(rules) == 0 {
		fmt.Fprintf(text, "%s = []\n", keyMount)
	}
	if len(p.Tmpfs) > 0 {
		fmt.Fprintf(text, "\n[%s]\n", keyTmpfs)
	}
	for _, rule := range p.Tmpfs {
		size := anySize
		if most, ok := rule.Size.Get(); ok {
			size = sizeText(most)
		}
		fmt.Fprintf(text, "%s = %s\n", quote(rule.Point), quote(size))
	}
	for _, rule := range rules {
		fmt.Fprintf(text, "\n[[%s]]\ntarget = %s\n", keyMount, quote(rule.Point))
		if rule.Source != "" {
			fmt.Fprintf(text, "source = %s\n", quote(rule.Source))
		}
		if rule.ReadOnly {
			text.WriteString("read_only = true\n")
		}
	}
}

func writeWaivers(text *strings.Builder, waivers []audit.Waiver) {
	for _, w := range waivers {
		fmt.Fprintf(text, "\n[[%s]]\ncheck = %s\nreason = %s\nuntil = %s\n", keyWaiver, quote(w.Check), quote(w.Reason), quote(w.Until.Format(time.DateOnly)))
	}
}

// sizeText writes a size in the largest binary unit that divides it, so that it reads
// as the same number.
func sizeText(size collectors.Bytes) string {
	for _, unit := range []struct {
		bytes collectors.Bytes
		name  string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if size > 0 && size%unit.bytes == 0 {
			return fmt.Sprintf("%d%s", size/unit.bytes, unit.name)
		}
	}
	return fmt.Sprintf("%dB", size)
}
