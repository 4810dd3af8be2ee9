package queue

import (
	"errors"
	"fmt"
	"time"
)

// Places in a line are composite numbers that a Redis score (a double) holds exactly, so all stay below 2^53. Equal
// numbers are ordered by id, byte by byte, on both boards.
//
//	call:  ringing already (1 bit) | 255 − priority (8 bits) | end of the ring budget, ms since 1970 (42 bits, until 2109)
//	agent: skill level (4 bits) | by strategy (49 bits): idle since, ms · calls (12 bits), idle since, 0.1 s · last offered, ms
const (
	msBits      = 42
	msMax       = int64(1)<<msBits - 1
	maxPriority = 255
	served      = int64(1) << (msBits + 8)
	levelUnit   = int64(1) << 49
	callsUnit   = int64(1) << 37
	maxCalls    = 4095
	worstLevel  = 9
	never       = int64(1)<<53 - 1 // the score of a call without deadlines
	everybody   = 1_000_000        // more phones than there can be
)

// millis is t in milliseconds since 1970, kept inside what a score can hold; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return min(max(t.UnixMilli(), 0), msMax)
}

// moment is t as the boards keep it, to the millisecond.
func moment(t time.Time) time.Time { return fromMillis(millis(t)) }

func fromMillis(ms int64) time.Time {
	if ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func callScore(priority int, by time.Time) int64 {
	return int64(maxPriority-min(max(priority, 0), maxPriority))<<msBits | millis(by)
}

func agentScore(l Level, since, last time.Time, calls int) int64 {
	score := int64(clampLevel(l.Level)) * levelUnit
	switch l.Strategy {
	case StrategyFewestCalls:
		return score + int64(min(max(calls, 0), maxCalls))*callsUnit + millis(since)/100
	case StrategyRoundRobin:
		return score + millis(last)
	default:
		return score + millis(since)
	}
}

func clampLevel(level int) int { return min(max(level, 1), worstLevel) }

// more adds a ladder step's phones to those wanted so far; 0 stands for all there are.
func more(wanted, n int) int {
	if n <= 0 {
		return everybody
	}
	return min(wanted+n, everybody)
}

// errInput marks what a caller of the board did wrong, so that it is not taken for a failure of the board.
var errInput = errors.New("queue: wrong input")

func (w Waiting) check() error {
	if w.Call == "" || w.Queue == "" {
		return fmt.Errorf("%w: a waiting call needs an id and a queue", errInput)
	}
	for _, agent := range w.Ringing {
		if err := named("agent", agent); err != nil {
			return err
		}
	}
	return w.First.check()
}

// named refuses the empty name, which stands for nobody and nothing.
func named(what, name string) error {
	if name == "" {
		return fmt.Errorf("%w: an %s needs a name", errInput, what)
	}
	return nil
}

func (s Step) check() error {
	switch s.Who {
	case "", StepBest, StepTeam, StepEveryone, StepManager:
		return nil
	}
	return fmt.Errorf("%w: unknown ladder step %q", errInput, s.Who)
}
