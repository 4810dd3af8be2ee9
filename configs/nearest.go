package configs

import (
	"strconv"
	"strings"
)

// didYouMean gives a sentence with the name that was probably meant, or else the names there are.
func didYouMean(typed string, names []string) string {
	if best := nearest(typed, names); best != "" {
		return "did you mean " + strconv.Quote(best) + "?"
	}
	return "known here: " + strings.Join(names, ", ")
}

// nearest gives the name that typed is a slip of, or "".
func nearest(typed string, names []string) string {
	best, distance := "", len(typed)/3+2
	for _, name := range names {
		if d := editDistance(strings.ToLower(typed), strings.ToLower(name)); d < distance {
			best, distance = name, d
		}
	}
	return best
}

// editDistance is the Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and
// swapped neighbours count one each.
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, previous, current := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(s); i++ {
		current[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(t)]
}
