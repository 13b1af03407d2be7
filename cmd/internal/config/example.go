package config

import _ "embed"

//go:embed example.toml
var example string

// Example returns a configuration with every setting and a word on each.
func Example() string { return example }
