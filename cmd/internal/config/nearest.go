package config

import (
	"slices"
	"strconv"
	"strings"
)

// suggestion is a hint at the words that were meant: the nearest one, those that
// the text is a part of, or else all that there are.
func suggestion(text, all string, words []string) string {
	words = slices.Compact(slices.Sorted(slices.Values(words)))
	if word, ok := nearest(text, words); ok {
		return "did you mean " + strconv.Quote(word) + "?"
	}
	const shortest = 3
	var around []string
	for _, word := range words {
		if len(text) >= shortest && strings.Contains(word, text) {
			around = append(around, strconv.Quote(word))
		}
	}
	if len(around) > 0 {
		return "did you mean " + strings.Join(around, " or ") + "?"
	}
	return all + ": " + strings.Join(words, ", ")
}

// nearest returns the word that somebody who wrote text most likely meant, and
// whether there is one: about a third of the letters may be wrong.
func nearest(text string, words []string) (string, bool) {
	best, distance := "", longestWord
	for _, word := range words {
		short := min(len(text), len(word))
		if d := editDistance(text, word); d < distance && d < short/3+2 && d < short {
			best, distance = word, d
		}
	}
	return best, best != ""
}

// longestWord bounds the work of a comparison: no known word is as long.
const longestWord = 64

// editDistance counts the letters to insert, delete, replace or swap with their
// neighbour to get from a to b (the optimal string alignment distance).
func editDistance(a, b string) int {
	if len(a) > longestWord || len(b) > longestWord {
		return longestWord
	}
	before, above := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
