package queue

import (
	"math"
	"time"
)

// ErlangC is the probability that a caller has to wait when n agents share an offered load of a erlangs (arrival rate ×
// handling time). It is 1 when n ≤ a: the queue grows without end. Computed by the recursion of Erlang B on its inverse,
// 1/B(k) = 1 + k/a · 1/B(k-1), which neither overflows nor cancels for any size of centre.
func ErlangC(n int, a float64) float64 {
	switch {
	case a <= 0:
		return 0
	case float64(n) <= a:
		return 1
	}
	inverse := 1.0
	for k := 1; k <= n; k++ {
		inverse = 1 + inverse*float64(k)/a
		if math.IsInf(inverse, 1) {
			return 0
		}
	}
	b := 1 / inverse
	rho := a / float64(n)
	return b / (1 - rho*(1-b))
}

// AnsweredWithin is P(wait ≤ limit) with n agents, a erlangs and the given mean handling time: the M/M/n queue.
func AnsweredWithin(n int, a float64, handling, limit time.Duration) float64 {
	if a <= 0 {
		return 1
	}
	if float64(n) <= a || handling <= 0 {
		return 0
	}
	return 1 - ErlangC(n, a)*math.Exp(-(float64(n)-a)*limit.Seconds()/handling.Seconds())
}

// AgentsNeeded is the smallest number of agents for which P(wait ≤ limit) ≥ target. Without load nobody is needed.
func AgentsNeeded(a float64, handling, limit time.Duration, target float64) int {
	if a <= 0 || handling <= 0 {
		return 0
	}
	// One recursion serves every n: 1/B(n) grows with n, so the search costs no more than its answer.
	inverse := 1.0
	for n := 1; ; n++ {
		inverse = 1 + inverse*float64(n)/a
		if float64(n) <= a {
			continue
		}
		b := 1 / inverse
		c := b / (1 - a/float64(n)*(1-b))
		if 1-c*math.Exp(-(float64(n)-a)*limit.Seconds()/handling.Seconds()) >= target {
			return n
		}
	}
}
