package main

import (
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"brink/cmd/internal/baseline"
)

func newBaselineCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline compose|daemon|firewall",
		Short: "Print what a good deployment looks like, ready to use",
		Long: `Baseline prints what audit asks for, ready to use and with the reasons beside it: the
compose file of the hardened agent, the settings of the engine, and the rules of the
firewall. It reads and changes nothing; what it prints is for you to look at, and to run.`,
		Example: `  brink baseline compose --image ghcr.io/openclaw/openclaw@sha256:… >compose.yaml
  brink baseline daemon >daemon.sh && sudo sh daemon.sh
  brink baseline firewall --allow 192.0.2.0/24 >firewall.sh && sudo sh firewall.sh
  brink baseline firewall --undo | sudo sh`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError(errors.New("there is no baseline of " + args[0] + ": there are compose, daemon and firewall"))
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			return usageError(errors.New("say of what: brink baseline compose, daemon or firewall"))
		},
	}
	cmd.AddCommand(newBaselineComposeCommand(p), newBaselineDaemonCommand(p), newBaselineFirewallCommand(p))
	return cmd
}

// printBaseline prints a text once it is whole. What is wrong with its values is a
// fault of the command line.
func (p *program) printBaseline(write func(io.Writer) error) error {
	var text strings.Builder
	if err := write(&text); err != nil {
		return usageError(err)
	}
	_, err := io.WriteString(p.out, text.String())
	return err
}

func newBaselineComposeCommand(p *program) *cobra.Command {
	c := baseline.DefaultCompose()
	cmd := &cobra.Command{
		Use:   "compose",
		Short: "Print the compose file of the hardened agent",
		Long: `Compose prints the compose file of the hardened agent, with which audit finds nothing
amiss once the image is named by its digest, the engine has the settings of brink baseline
daemon and the firewall has the rules of brink baseline firewall.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return p.printBaseline(func(w io.Writer) error { return baseline.WriteCompose(w, c) })
		},
	}
	set := cmd.Flags()
	set.StringVar(&c.Name, "name", c.Name, "`NAME` of the container")
	set.StringVar(&c.Image, "image", c.Image, "`IMAGE`, best with its digest")
	set.StringVar(&c.Memory, "memory", c.Memory, "limit of memory, beside which there is no swap")
	set.StringVar(&c.Tmp, "tmp", c.Tmp, "size of /tmp")
	set.StringVar(&c.Run, "run", c.Run, "size of /run")
	set.Float64Var(&c.CPUs, "cpus", c.CPUs, "cores")
	set.IntVar(&c.Pids, "pids", c.Pids, "limit of tasks")
	set.IntVar(&c.OpenFiles, "open-files", c.OpenFiles, "limit of open files")
	set.StringVar(&c.Data, "data", c.Data, "`DIR` of the host for its data")
	set.StringVar(&c.Logs, "logs", c.Logs, "`DIR` of the host for its logs")
	set.StringVar(&c.Bind, "bind", c.Bind, "`ADDRESS` of the host on which its port is published")
	set.IntVar(&c.Port, "port", c.Port, "port of the host")
	set.StringVar(&c.User, "user", c.User, "`UID[:GID]` in the container")
	set.IntVar(&c.FirstID, "first-id", c.FirstID, "user of the host that user 0 of the container is; 0 without userns-remap")
	set.StringVar(&c.Network, "network", c.Network, "`NAME` of the network")
	set.StringVar(&c.Bridge, "bridge", c.Bridge, "`NAME` of the network's interface")
	set.StringVar(&c.Subnet, "subnet", c.Subnet, "`PREFIX` of the network (default: the engine's choice)")
	set.BoolVar(&c.Internal, "internal", c.Internal, "a network that leads nowhere outside, and no port")
	set.StringSliceVar(&c.Secrets, "secret", nil, "`NAME` of a file below ./secrets, again for each")
	return cmd
}

func newBaselineDaemonCommand(p *program) *cobra.Command {
	d := baseline.DefaultDaemon()
	var undo, onlyJSON bool
	cmd := &cobra.Command{
		Use:   "daemon",
		Short: "Print a script with the settings of the engine",
		Long: `Daemon prints a script that gives the engine its settings (userns-remap with the account
and the ranges of ids that it needs, no-new-privileges, live-restore, bounded logs), and
refuses to touch settings that are there already. With --undo it prints the way back, with
--json /etc/docker/daemon.json alone.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if undo && onlyJSON {
				return usageError(errors.New("--undo and --json exclude each other"))
			}
			return p.printBaseline(func(w io.Writer) error {
				if onlyJSON {
					return baseline.WriteDaemonJSON(w, d)
				}
				return baseline.WriteDaemon(w, d, undo)
			})
		},
	}
	set := cmd.Flags()
	set.StringVar(&d.Account, "account", d.Account, "`NAME` of the account that owns the ids")
	set.IntVar(&d.FirstID, "first-id", d.FirstID, "user of the host that user 0 of every container is")
	set.StringVar(&d.LogSize, "log-size", d.LogSize, "size of one file of a log")
	set.IntVar(&d.LogFiles, "log-files", d.LogFiles, "files of a container's log")
	set.IntVar(&d.OpenFiles, "open-files", d.OpenFiles, "limit of open files where a container sets none")
	set.BoolVar(&onlyJSON, "json", false, "only daemon.json")
	set.BoolVar(&undo, "undo", false, "the way back")
	return cmd
}

func newBaselineFirewallCommand(p *program) *cobra.Command {
	fw := baseline.DefaultFirewall()
	backend := string(fw.Backend)
	var undo bool
	cmd := &cobra.Command{
		Use:   "firewall",
		Short: "Print the rules of the firewall, and the way back",
		Long: `Firewall prints the rules that hold back what the agent sends: to the addresses of --allow
it reaches the ports of --allow-port, and nothing else outside, nor on the host itself. They
are in an order that works on every version of the engine, for IPv4 and IPv6, and can be run
again at any time. --backend nftables is for an engine that uses nftables itself (Docker 29
with firewall-backend=nftables), and holds on others as well.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			fw.Backend = baseline.Backend(backend)
			return p.printBaseline(func(w io.Writer) error { return baseline.WriteFirewall(w, fw, undo) })
		},
	}
	set := cmd.Flags()
	set.StringVar(&backend, "backend", backend, "iptables or nftables")
	set.StringVar(&fw.Name, "name", fw.Name, "`NAME` that chains and sets begin with")
	set.StringVar(&fw.Bridge, "bridge", fw.Bridge, "`NAME` of the interface of the agent's network")
	set.StringSliceVar(&fw.Allow, "allow", nil, "`ADDRESS` or network that may be reached, again for each")
	set.StringSliceVar(&fw.Ports, "allow-port", fw.Ports, "`PORT` that may be reached there, as tcp/443")
	set.BoolVar(&undo, "undo", false, "the way back")
	choices(cmd, "backend", baseline.Backends()...)
	return cmd
}
