package records

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// What is read without the library is what the library reads: every range of mobile numbers, and what only looks like one.
func TestChineseMobilesAreWhatTheLibrarySays(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	short := 0
	for prefix := range 10_000 {
		national := fmt.Sprintf("%04d%07d", prefix, draw.IntN(10_000_000))
		for _, c := range []struct{ raw, region string }{
			{national, "CN"}, {national, "US"}, {"+86" + national, "CN"}, {"+86" + national, "JP"}, {"+1" + national, "CN"}, {national + "0", "CN"},
		} {
			got, ok := chineseMobile(c.raw, c.region)
			if !ok {
				continue
			}
			short++
			if want, _ := normalise(c.raw, c.region); got != want {
				t.Fatalf("%s in %s: %q, the library says %q", c.raw, c.region, got, want)
			}
		}
	}
	if short < 3*700 {
		t.Errorf("only %d numbers were read the short way", short)
	}
}
