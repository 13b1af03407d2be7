package config

import "regexp"

// mask stands for what is not shown.
const mask = "…"

// secretStart finds where in a line something begins that must not be shown, and
// is the line's length when there is nothing. A fault is often told of a line
// that could not be parsed, so this looks at the text alone, and errs on the safe
// side: everything behind the first suspicion is masked.
func secretStart(line string) int {
	start := len(line)
	for _, suspicious := range suspicions() {
		if at := suspicious.FindStringSubmatchIndex(line); at != nil {
			start = min(start, at[3])
		}
	}
	return start
}

// suspicions match up to where a secret begins, which is the end of their group.
func suspicions() []*regexp.Regexp {
	return []*regexp.Regexp{
		// A key that is called like a secret, and neither NAME_env nor NAME_file.
		regexp.MustCompile(`(?i)((?:urls?|secret|token|pass(?:word|wd|phrase)?|auth(?:orization)?|cookie|credentials?|api[_-]?key|x-[a-z0-9-]*key)["']?\s*[=:]\s*)\S`),
		// The path, the query and the user of a URL are where chat services keep
		// their tokens, and its host is one for some schemes of shoutrrr.
		regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)`),
	}
}
