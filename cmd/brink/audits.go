package main

import (
	"context"
	"path/filepath"

	"brink/alerts/audit"
	"brink/cmd/internal/auditor"
	"brink/cmd/internal/config"
	"brink/collectors"
	"brink/collectors/sources"
)

// hardeningFile is where the auditor remembers how containers stood, beside the record.
const hardeningFile = "hardening.json"

// audits makes the auditor of a stage, unless it is switched off or there is no engine
// to ask what the containers were to be.
func (p *program) audits(s *stage, host host, settings config.Audit) error {
	if !settings.Enabled || !s.roster.NeedsEngine() {
		return nil
	}
	terms, err := auditTerms(settings)
	if err != nil {
		return err
	}
	reader, engine, err := p.isolations(host)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, engine)
	path := p.recordDir(s.remote)
	if path != "" {
		path = filepath.Join(path, hardeningFile)
	}
	s.auditor = auditor.New(auditor.Options{
		Read: func(ctx context.Context, id string) (collectors.Isolation, error) {
			target, err := sources.ParseTarget(id)
			if err != nil {
				return collectors.Isolation{}, err
			}
			return reader.Read(ctx, target)
		},
		Terms: terms, Wake: s.wake, Path: path, Now: wallClock, Log: s.log,
	})
	s.runners = append(s.runners, s.auditor.Run)
	return nil
}

// auditTerms are the terms of the configuration.
func auditTerms(settings config.Audit) (auditor.Terms, error) {
	profile, err := namedProfile("profile of [audit]", settings.Profile)
	return auditor.Terms{Profile: sameProfile(settings.Profile, profile), Interval: settings.Interval}, err
}

// sameProfile holds a container that was the agent to what is expected of the agent,
// whatever it is made from now: else it could drop the expectation with the rest.
func sameProfile(asked string, profile func(collectors.Isolation) audit.Profile) func(collectors.Isolation, string) audit.Profile {
	return func(facts collectors.Isolation, before string) audit.Profile {
		if asked == "" && before == audit.ProfileOpenClaw {
			facts.Agent = true
		}
		return profile(facts)
	}
}

// audited is what the auditor has to tell, for the ledger; nothing without one.
func (s *stage) audited() []collectors.Notice {
	if s.auditor == nil {
		return nil
	}
	return s.auditor.Notices()
}
