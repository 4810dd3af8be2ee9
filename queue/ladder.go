package queue

import (
	"strconv"
	"strings"
	"time"
	"unique"
)

// The kinds of deadline a waiting call has. A step carries its queue, so that the ladder of a queue the call was moved to
// is not taken for one that has fired already.
const (
	dueStep     = "step"
	dueMaxWait  = "max-wait"
	dueNoAgents = "no-agents"
	dueReturn   = "return"
)

// dueKind names a deadline. All calls of a queue share the names: thousands may wait, each with several.
func dueKind(what, queue string, n int) string {
	if what == dueStep {
		what = what + ":" + strconv.Itoa(n)
	}
	return unique.Make(what + "@" + queue).Value()
}

// parseDue undoes dueKind; ok is false for a deadline that is none of ours.
func parseDue(kind string) (what, queue string, n int, ok bool) {
	what, queue, ok = strings.Cut(kind, "@")
	if !ok {
		return "", "", 0, false
	}
	if name, number, isStep := strings.Cut(what, ":"); isStep {
		n, err := strconv.Atoi(number)
		return name, queue, n, err == nil && name == dueStep
	}
	return what, queue, 0, what == dueMaxWait || what == dueNoAgents || what == dueReturn
}

// first is the ladder step that is done with the enqueueing itself: the one at ring 1. A ladder that starts later (a queue
// that lets callers hear music first) rings nobody at once, which Step cannot say, so it starts at ring 1 all the same.
func (q QueueConfig) first() Step { return q.Ladder[0] }

// schedule lists the further deadlines of a call in this queue. Steps at the start of a ring that is over already (an
// adopted call, a move) are due at once, in the order of the ladder.
func (q QueueConfig) schedule(rule RingRule, ring1 time.Time) []Due {
	var due []Due
	for n := 1; n < len(q.Ladder); n++ {
		due = append(due, Due{At: ring1.Add(rule.StartOf(q.Ladder[n].Ring)), Kind: dueKind(dueStep, q.Name, n)})
	}
	if q.MaxWait > 0 {
		due = append(due, Due{At: ring1.Add(q.MaxWait), Kind: dueKind(dueMaxWait, q.Name, 0)})
	}
	if q.NoAgents > 0 && q.overflow(WhenNoAgents) != nil {
		due = append(due, Due{At: ring1.Add(q.NoAgents), Kind: dueKind(dueNoAgents, q.Name, 0)})
	}
	return due
}

// overflow gives the rules for one occasion, in their order.
func (q QueueConfig) overflow(when string) []Overflow {
	var rules []Overflow
	for _, o := range q.Overflow {
		if o.When == when {
			rules = append(rules, o)
		}
	}
	return rules
}
