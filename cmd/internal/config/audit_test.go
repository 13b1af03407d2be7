package config

import "testing"

// TestAuditProfile: a profile that is not built in is a file beside the configuration.
func TestAuditProfile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``: "", `""`: "", `"openclaw"`: "openclaw", `"hardened"`: "hardened",
		`"agent.toml"`: "/etc/brink/agent.toml", `"/srv/agent.toml"`: "/srv/agent.toml",
	} {
		if text != "" {
			text = "[audit]\nprofile = " + text
		}
		config, err := Parse("/etc/brink/config.toml", []byte(text))
		if err != nil || config.Audit.Profile != want {
			t.Errorf("%s: %q, %v", text, config.Audit.Profile, err)
		}
	}
}
