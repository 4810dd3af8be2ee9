package queue

import (
	"math"
	"testing"
	"time"
)

// The staffing table of domain.md: handling time 180 s, P(wait ≤ 15 s) ≥ 99 %.
func TestAgentsNeededIsTheTableOfTheDomain(t *testing.T) {
	for _, c := range []struct {
		erlangs float64
		agents  int
	}{{5, 11}, {10, 18}, {20, 31}, {50, 65}, {100, 119}} {
		if got := AgentsNeeded(c.erlangs, 180*time.Second, 15*time.Second, 0.99); got != c.agents {
			t.Errorf("%v erlangs need %d agents, want %d", c.erlangs, got, c.agents)
		}
		if p := AnsweredWithin(c.agents, c.erlangs, 180*time.Second, 15*time.Second); p < 0.99 {
			t.Errorf("%d agents for %v erlangs answer %v in time", c.agents, c.erlangs, p)
		}
		if p := AnsweredWithin(c.agents-1, c.erlangs, 180*time.Second, 15*time.Second); p >= 0.99 {
			t.Errorf("one agent less than %d for %v erlangs is enough already: %v", c.agents, c.erlangs, p)
		}
	}
}

func TestErlangCAgainstTheTextbookSum(t *testing.T) {
	textbook := func(n int, a float64) float64 {
		sum, term := 0.0, 1.0
		for k := range n {
			sum += term
			term *= a / float64(k+1)
		}
		top := term * float64(n) / (float64(n) - a)
		return top / (sum + top)
	}
	for n := 1; n <= 60; n++ {
		for _, a := range []float64{0.1, 0.9, 3, 17.5, 42} {
			if a >= float64(n) {
				continue
			}
			if got, want := ErlangC(n, a), textbook(n, a); math.Abs(got-want) > 1e-12 {
				t.Errorf("ErlangC(%d, %v) = %v, want %v", n, a, got, want)
			}
		}
	}
}

func TestErlangAtItsEdges(t *testing.T) {
	if got := ErlangC(5, 5); got != 1 {
		t.Errorf("a full centre lets %v wait, want all", got)
	}
	if got := ErlangC(3, 0); got != 0 {
		t.Errorf("without load %v wait", got)
	}
	if got := AgentsNeeded(0, time.Minute, time.Second, 0.99); got != 0 {
		t.Errorf("without load %d agents are needed", got)
	}
	// 20,000 erlangs: factorials would have overflowed a hundred times over.
	n := AgentsNeeded(20000, 180*time.Second, 15*time.Second, 0.99)
	if n < 20000 || n > 20500 {
		t.Errorf("20,000 erlangs need %d agents", n)
	}
	if p := ErlangC(100000, 5); p != 0 && !(p > 0 && p < 1e-300) {
		t.Errorf("100,000 agents for 5 erlangs: P(wait) = %v", p)
	}
}
