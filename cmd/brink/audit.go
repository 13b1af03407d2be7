package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"brink/alerts"
	"brink/alerts/audit"
	"brink/cmd/internal/config"
	"brink/collectors"
)

const formatSARIF = "sarif"

// auditFlags are the flags of audit. format stands in front of the global one.
type auditFlags struct {
	profile      string
	writeProfile bool
	format       string
	minSeverity  string
}

func newAuditCommand(p *program) *cobra.Command {
	var typed auditFlags
	cmd := &cobra.Command{
		Use:   "audit [CONTAINER]",
		Short: "Judge how the container is shut in",
		Long: `Audit looks at how a running container is shut in: its limits, its privileges, what it
sees of file systems and networks, and how it is looked after. What the kernel tells goes
before what the engine was asked for, and a difference between them is a finding. What may
not be read is unknown, which is never a pass; as root brink can read everything.

What is expected is a profile: openclaw (for the agent, unless another is named), hardened
(for any other container), or a file, which --write-profile makes from a container that
one trusts. A profile can waive a check with a reason, until a day.

The exit code is that of check: 0 nothing is amiss, 1 a warning, 2 critical, 3 unknown
(there is no such container, or what matters could not be read).`,
		Example: `  brink audit
  sudo brink audit --min-severity warning openclaw-agent
  brink audit --write-profile web >web.toml && brink audit --profile web.toml web
  brink audit --format sarif >audit.sarif`,
		Args:              atMostOne,
		ValidArgsFunction: p.completeContainers,
		RunE:              func(cmd *cobra.Command, args []string) error { return p.audit(cmd.Context(), args, typed) },
	}
	typed.register(cmd)
	return cmd
}

// atMostOne refuses a second container as a fault of the command line.
func atMostOne(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError(errors.New("audit looks at one container"))
	}
	return nil
}

func (t *auditFlags) register(cmd *cobra.Command) {
	set := cmd.Flags()
	set.StringVar(&t.profile, "profile", "", "what is expected: `NAME` (openclaw, hardened) or a file")
	set.BoolVar(&t.writeProfile, "write-profile", false, "print a profile made from the container instead of judging it")
	set.StringVar(&t.format, "format", formatText, "text, json or sarif")
	set.StringVar(&t.minSeverity, "min-severity", alerts.SeverityInfo.String(), "leave out what is less grave: info, warning or critical")
	choices(cmd, "format", formatText, formatJSON, formatSARIF)
	choices(cmd, "min-severity", severities()...)
}

func severities() []string {
	return []string{alerts.SeverityInfo.String(), alerts.SeverityWarning.String(), alerts.SeverityCritical.String()}
}

// faults are all that is wrong with the flags of audit.
func (t *auditFlags) faults() error {
	var faults []error
	if !slices.Contains([]string{formatText, formatJSON, formatSARIF}, t.format) {
		faults = append(faults, fmt.Errorf("--format %q is none of text, json, sarif", t.format))
	}
	if !slices.Contains(severities(), t.minSeverity) {
		faults = append(faults, fmt.Errorf("--min-severity %q is none of %s", t.minSeverity, strings.Join(severities(), ", ")))
	}
	if t.writeProfile && t.profile != "" {
		faults = append(faults, errors.New("--write-profile and --profile exclude each other"))
	}
	if len(faults) > 0 {
		return usageError(errors.Join(faults...))
	}
	return nil
}

func (t *auditFlags) severity() alerts.Severity {
	return alerts.SeverityInfo + alerts.Severity(slices.Index(severities(), t.minSeverity))
}

func (p *program) audit(ctx context.Context, args []string, typed auditFlags) error {
	settings, err := p.settings(args)
	if err = errors.Join(typed.faults(), err); err != nil {
		return usageError(err)
	}
	profile, err := namedProfile("--profile", typed.profile)
	if err != nil {
		return err
	}
	facts, err := p.isolation(ctx, settings)
	if err != nil {
		return noVerdict(err)
	}
	if typed.writeProfile {
		return p.writeProfile(facts)
	}
	report := audit.Judge(facts, profile(facts), wallClock()).AtLeast(typed.severity())
	if err := writeAudit(p.out, typed.format, report); err != nil {
		return noVerdict(err)
	}
	return verdict(auditCode(report))
}

// auditPatience bounds the whole look.
const auditPatience = 30 * time.Second

func (p *program) isolation(ctx context.Context, settings settings) (collectors.Isolation, error) {
	if len(settings.targets) > 1 {
		return collectors.Isolation{}, usageError(errors.New("audit looks at one container, and the configuration has several targets: name one"))
	}
	host, err := p.findHost()
	if err != nil {
		return collectors.Isolation{}, err
	}
	reader, engine, err := p.isolations(host)
	if err != nil {
		return collectors.Isolation{}, err
	}
	defer func() { _ = engine.Close() }()
	if note := engine.Endpoint().Note; note != "" {
		_, _ = io.WriteString(p.err, cleanLines("brink: "+note+"\n"))
	}
	ctx, cancel := context.WithTimeout(ctx, auditPatience)
	defer cancel()
	return reader.Read(ctx, settings.target())
}

// namedProfile finds the profile that was asked for: a built-in one by its name, else
// a file. Without a name the container decides. where is the setting that names it.
func namedProfile(where, name string) (func(collectors.Isolation) audit.Profile, error) {
	if name == "" {
		return usualProfile, nil
	}
	profile, known := audit.BuiltIn(name)
	if !known {
		var err error
		profile, err = config.LoadProfile(name)
		if _, faulty := errors.AsType[config.Faults](err); err != nil && !faulty {
			err = fmt.Errorf("%s: %w; built in are %s", where, err, strings.Join(audit.Profiles(), ", "))
		}
		if err != nil {
			return nil, usageError(err)
		}
	}
	return func(collectors.Isolation) audit.Profile { return profile }, nil
}

func usualProfile(facts collectors.Isolation) audit.Profile {
	name := audit.ProfileHardened
	if facts.Agent {
		name = audit.ProfileOpenClaw
	}
	profile, _ := audit.BuiltIn(name)
	return profile
}

// writeProfile prints a profile of the container, and on the other stream what is
// amiss with it all the same.
func (p *program) writeProfile(facts collectors.Isolation) error {
	profile := audit.ProfileOf(facts)
	var text strings.Builder
	fmt.Fprintf(&text, "# What is expected of %s: what it has at %s.\n", collectors.Clean(facts.Name, longestLine), wallClock().UTC().Format(time.RFC3339))
	if err := config.WriteProfile(&text, profile); err != nil {
		return err
	}
	for _, fault := range audit.Untrusted(audit.Judge(facts, profile, wallClock())) {
		_, _ = io.WriteString(p.err, cleanLines("brink: no profile makes this good: "+fault+"\n"))
	}
	_, err := io.WriteString(p.out, text.String())
	return err
}

// auditCode is the exit code of a report. What is unknown is worse than a warning
// and not as bad as critical, as in check.
func auditCode(report audit.Report) int {
	worst := report.Worst()
	switch {
	case worst == alerts.SeverityCritical:
		return checkCritical
	case report.Unsure():
		return checkUnknown
	case worst == alerts.SeverityWarning:
		return checkWarning
	default:
		return checkOK
	}
}

func writeAudit(out io.Writer, format string, report audit.Report) error {
	switch format {
	case formatJSON:
		return writeAuditJSON(out, report)
	case formatSARIF:
		return writeSARIF(out, report)
	default:
		return writeAuditText(out, report)
	}
}
