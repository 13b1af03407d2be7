package dockerd

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of text, in bytes. They are far above what honest engines send (a name
// has at most 255 bytes, a health check keeps 4096 bytes of output), so that
// only a hostile or broken answer is ever cut.
const (
	maxName       = 256
	maxImage      = 1024
	maxText       = 4096
	maxDetail     = 512
	maxLabels     = 512
	maxLabelKey   = 512
	maxLabelValue = 4096
	maxMounts     = 128
	maxInterfaces = 256
)

// Bounds of answers, in bytes. One container takes about 3 KB in the list and
// 10 KB in inspect; a stats frame takes 2.4 KB, an event 0.5 KB plus the labels.
// For streams the bound holds for each document.
const (
	maxListBytes    = 16 << 20
	maxInspectBytes = 8 << 20
	maxInfoBytes    = 8 << 20
	maxFrameBytes   = 1 << 20
	maxEventBytes   = 1 << 20
	maxErrorBytes   = 16 << 10
	maxHeaderBytes  = 64 << 10
	maxFileBytes    = 4 << 20
)

// Labels that docker compose puts on its containers.
const (
	labelService = "com.docker.compose.service"
	labelProject = "com.docker.compose.project"
)

// clip cuts text to at most limit bytes and never inside a character. What is
// cut is copied, so that the rest of a huge answer can be freed.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return strings.Clone(text[:limit])
}

// clipMap bounds a map of labels or mounts. Of a map with too many entries it
// keeps the first in order of their keys, but always those of docker compose:
// a flood of labels must not hide which service a container is.
func clipMap(values map[string]string, limit int) map[string]string {
	if len(values) == 0 {
		return nil
	}
	kept := make(map[string]string, min(len(values), limit))
	for _, key := range slices.Concat([]string{labelService, labelProject}, slices.Sorted(maps.Keys(values))) {
		if value, ok := values[key]; ok && len(kept) < limit {
			kept[clip(key, maxLabelKey)] = clip(value, maxLabelValue)
		}
	}
	return kept
}

// engineName takes the slash off that the engine puts before a name.
func engineName(name string) string {
	return clip(strings.TrimPrefix(name, "/"), maxName)
}
