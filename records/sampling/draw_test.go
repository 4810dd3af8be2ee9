package sampling_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hotline/records/sampling"
)

func drawCases(t *rapid.T) []sampling.Case {
	n := rapid.IntRange(0, 60).Draw(t, "n")
	cases := make([]sampling.Case, n)
	for i := range cases {
		cases[i] = sampling.Case{
			Number:   fmt.Sprintf("C-%04d", i),
			Engineer: rapid.SampledFrom([]string{"li", "wang", "gao"}).Draw(t, "engineer"),
			Centre:   rapid.SampledFrom([]string{"", "beijing"}).Draw(t, "centre"),
			Kind:     rapid.SampledFrom([]string{"hotline", "onsite"}).Draw(t, "kind"),
		}
	}
	return cases
}

func drawRule(t *rapid.T) sampling.Rule {
	return sampling.Rule{
		Small: rapid.IntRange(0, 5).Draw(t, "small"), Quota: rapid.IntRange(0, 5).Draw(t, "quota"), Percent: rapid.IntRange(0, 100).Draw(t, "percent"),
	}
}

// TestDraw: the same whatever the order and however often a case is named; every stratum has what the rule promises; nothing
// is drawn twice or from nowhere; and a new case in one stratum leaves the others as they were.
func TestDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cases, rule := drawCases(t), drawRule(t)
		seed := []byte(rapid.StringN(1, 32, 32).Draw(t, "seed"))
		drawn := sampling.Draw(seed, rule, cases)
		mixed := append(rapid.Permutation(cases).Draw(t, "order"), cases...)
		if again := sampling.Draw(seed, rule, mixed); !slices.Equal(drawn, again) {
			t.Fatalf("in another order: %v, not %v", again, drawn)
		}
		if len(slices.Compact(slices.Clone(drawn))) != len(drawn) || !slices.IsSorted(drawn) {
			t.Fatalf("drawn twice: %v", drawn)
		}
		type stratum struct{ engineer, centre, kind string }
		size, taken := map[stratum]int{}, map[stratum]int{}
		for _, c := range cases {
			key := stratum{c.Engineer, c.Centre, c.Kind}
			size[key]++
			if _, is := slices.BinarySearch(drawn, c.Number); is {
				taken[key]++
			}
		}
		sum := 0
		for key, n := range size {
			sum += taken[key]
			least := int(math.Ceil(float64(n*rule.Percent) / 100))
			switch got := taken[key]; {
			case got < 1, got > n, got < min(n, rule.Quota), got < least, n <= rule.Small && got != n, got != rule.Take(n):
				t.Fatalf("%v: %d of %d by %+v", key, got, n, rule)
			}
		}
		if sum != len(drawn) {
			t.Fatalf("%d drawn, %d known", len(drawn), sum)
		}
		more := append(slices.Clone(cases), sampling.Case{Number: "C-new", Engineer: "new", Kind: "hotline"})
		with := slices.DeleteFunc(sampling.Draw(seed, rule, more), func(n string) bool { return n == "C-new" })
		if !slices.Equal(with, drawn) {
			t.Fatalf("a stranger changed the draw: %v, not %v", with, drawn)
		}
	})
}

// TestDrawIsFair: over many seeds every case of a stratum is drawn about as often as any other.
func TestDrawIsFair(t *testing.T) {
	var cases []sampling.Case
	for i := range 10 {
		cases = append(cases, sampling.Case{Number: fmt.Sprintf("C-%d", i), Engineer: "li", Kind: "hotline"})
	}
	const seeds = 4000
	times := map[string]int{}
	for i := range seeds {
		for _, n := range sampling.Draw([]byte(fmt.Sprint("seed", i)), sampling.Rule{Quota: 2}, cases) {
			times[n]++
		}
	}
	for _, c := range cases { // 800 ± 5 standard deviations of a binomial
		if n := times[c.Number]; math.Abs(float64(n)-seeds*0.2) > 5*math.Sqrt(seeds*0.2*0.8) {
			t.Errorf("%s was drawn %d times of %d", c.Number, n, seeds)
		}
	}
}

// TestCommitment is the published formula, so that it can be computed by anybody: printf 'hotline-draw/1\n2026-11-22\n00ff\n' | sha256sum
func TestCommitment(t *testing.T) {
	if got := sampling.Commitment("2026-11-22", []byte{0, 255}); got != "4fb2bd3f416e5b56d3fa135736b7ae08dc1ebe6553484cf96306da743307f37d" {
		t.Error(got)
	}
}
