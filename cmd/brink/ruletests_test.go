package main

import (
	"os"
	"path/filepath"
	"testing"

	"brink/alerts"
)

// TestDefaultRulesOverTime tries the default rules on the files in testdata/rules,
// read as those of a user are.
func TestDefaultRulesOverTime(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "rules", "*.toml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests, err := parseRuleTests(file, data)
		if err != nil {
			t.Fatal(err)
		}
		if err := validTests(file, tests, alerts.DefaultRules()); err != nil {
			t.Error(err)
		}
		for _, test := range tests {
			t.Run(test.Name, func(t *testing.T) {
				for _, failure := range test.Run(alerts.DefaultRules()) {
					t.Error(failure)
				}
			})
		}
	}
}
