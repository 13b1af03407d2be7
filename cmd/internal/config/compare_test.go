package config

import (
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"brink/alerts"
	"brink/collectors"
)

// diffConfig compares what two configurations say, without where they say it.
func diffConfig(want, got Config) string {
	return cmp.Diff(want, got, comparison(), cmp.AllowUnexported(Config{}))
}

// diffRules compares rules, without where they come from.
func diffRules(want, got []EffectiveRule) string {
	return cmp.Diff(want, got, comparison())
}

func comparison() cmp.Option {
	return cmp.Options{
		cmp.AllowUnexported(collectors.Opt[alerts.Level]{}, collectors.Opt[int]{}, Secret{}),
		cmpopts.IgnoreFields(EffectiveRule{}, "Origins"),
		cmpopts.IgnoreTypes(Origin{}),
		cmpopts.EquateEmpty(),
	}
}
