// Command oracle prints what containerd's own reader (github.com/containerd/cgroups/v3/cgroup2) makes of a control
// group, as JSON. The end-to-end suite compares brink with it, value by value, while the container is paused and every
// number stands still.
//
//	oracle /system.slice/docker-ID.scope
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/containerd/cgroups/v3/cgroup2"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:], os.Stdout); err != nil {
		log.Fatal("oracle: ", err)
	}
}

func run(args []string, stdout io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("want one control group below /sys/fs/cgroup, got %q", args)
	}
	manager, err := cgroup2.Load(args[0])
	if err != nil {
		return err
	}
	metrics, err := manager.Stat()
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(metrics)
}
