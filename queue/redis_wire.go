package queue

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// How arguments and results cross the wire to the scripts in lua/.

// reply is what a script returned: strings, int64s and lists of them.
type reply []any

func (r reply) text(i int) string {
	if i >= len(r) {
		return ""
	}
	switch v := r[i].(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

func (r reply) number(i int) int64 {
	if i >= len(r) {
		return 0
	}
	switch v := r[i].(type) {
	case int64:
		return v
	case string:
		f, err := strconv.ParseFloat(v, 64) // scores print as doubles
		if err != nil {
			return 0
		}
		return int64(f)
	}
	return 0
}

func (r reply) list(i int) reply {
	if i >= len(r) {
		return nil
	}
	l, _ := r[i].([]any)
	return l
}

// names reads a list whose order is left to us.
func (r reply) names(i int) []string {
	var names []string
	l := r.list(i)
	for i := range l {
		names = append(names, l.text(i))
	}
	return sorted(names)
}

func (r reply) matches(i int) []Match {
	var matches []Match
	for l := r.list(i); len(l) >= 4; l = l[4:] {
		matches = append(matches, Match{Call: l.text(0), Agent: l.text(1), Epoch: l.number(2), Why: l.text(3)})
	}
	return matches
}

func (r reply) deadlines(i int) []Deadline {
	var due []Deadline
	for l := r.list(i); len(l) >= 4; l = l[4:] {
		due = append(due, Deadline{Call: l.text(0), Epoch: l.number(1), Kind: l.text(2), At: fromMillis(l.number(3))})
	}
	slices.SortFunc(due, compareDeadlines)
	return due
}

func (r reply) enqueued(call string) Enqueued {
	if r.text(0) == "plain" {
		return Enqueued{Epoch: r.number(1), Matches: []Match{{Call: call, Epoch: r.number(1), Agent: r.text(2), Why: r.text(3)}}}
	}
	e := Enqueued{
		Epoch: r.number(1), Place: int(r.number(2)), Matches: r.matches(6),
		Caller: Caller{Owners: unpackNames(r.text(3)), Team: r.text(4), Priority: int(r.number(5))},
	}
	if r.text(0) == "present" {
		slices.SortFunc(e.Matches, func(a, b Match) int { return cmp.Compare(a.Agent, b.Agent) })
	}
	return e
}

// known reads a call's hash; state.lua names the fields.
func known(call string, row reply, token string) Known {
	k := Known{Call: call, Token: token}
	for ; len(row) >= 2; row = row[2:] {
		field := row.text(0)
		switch field {
		case "q":
			k.Queue = row.text(1)
		case "k":
			k.Switch = row.text(1)
		case "m":
			k.Number = row.text(1)
		case "n":
			k.Node = row.text(1)
		case "g":
			k.Ring1 = fromMillis(row.number(1))
		case "e":
			k.Epoch = row.number(1)
		case "win":
			k.Winner = row.text(1)
		case "at":
			k.AnsweredAt = fromMillis(row.number(1))
		case "o":
			k.Caller.Owners = unpackNames(row.text(1))
		case "h":
			k.Caller.Team = row.text(1)
		case "y":
			k.Caller.Priority = int(row.number(1))
		case "s":
			k.rest.score = row.number(1)
		case "w":
			k.rest.agents = int(row.number(1))
		case "x":
			k.rest.managers = int(row.number(1))
		case "j":
			k.rest.team = row.text(1)
		case "v":
			k.rest.everyone = true
		case "u":
			k.Keep = row.text(1)
		}
		if agent, ok := strings.CutPrefix(field, "r:"); ok {
			k.Ringing = append(k.Ringing, agent)
			if k.rest.why == nil {
				k.rest.why = map[string]string{}
			}
			k.rest.why[agent] = row.text(1)
		} else if agent, ok := strings.CutPrefix(field, "t:"); ok {
			k.Missed = append(k.Missed, agent)
		} else if kind, ok := strings.CutPrefix(field, "d:"); ok {
			k.Deadlines = append(k.Deadlines, Deadline{Call: call, Kind: kind, At: fromMillis(row.number(1))})
		}
	}
	for i := range k.Deadlines {
		k.Deadlines[i].Epoch = k.Epoch
	}
	slices.SortFunc(k.Deadlines, compareDeadlines)
	k.Ringing, k.Missed = sorted(k.Ringing), sorted(k.Missed)
	return k
}

// longToken is the longest token that is kept in its call's hash: a longer value would double the size of the hash.
const longToken = 64

// args is a call as enqueue.lua reads it. What is kept of it stands ready to be written, as most calls need nothing else.
func (w Waiting) args(node string) []any {
	const fixed, rest = 17, 6
	args := make([]any, 0, fixed+2*(1+len(w.Deadlines))+rest+len(w.Ringing))
	args = append(args, w.Call, w.Priority, w.MaxWaiting, w.next(), 0,
		"q", w.Queue, "n", node, "k", w.Switch, "g", millis(w.Ring1), "s", callScore(w.Priority, w.Ring1.Add(w.Budget)), "m", w.Number)
	long := ""
	if len(w.Token) > longToken {
		long = w.Token
	} else if w.Token != "" {
		args = append(args, "z", w.Token)
	}
	for _, d := range w.Deadlines {
		args = append(args, "d:"+d.Kind, millis(d.At))
	}
	const before = 3 // what run puts in front
	args[4] = before + len(args)
	if w.First.Who == StepBest && w.First.More == 1 && long == "" && w.Keep == "" && len(w.Ringing) == 0 {
		return args
	}
	args = append(args, w.First.Who, w.First.More, w.First.Team, long, w.Keep)
	for _, agent := range w.Ringing {
		args = append(args, agent)
	}
	return args
}

// next is when the first deadline is due; of several of a kind the last one counts.
func (w Waiting) next() int64 {
	next := never
	for i, d := range w.Deadlines {
		if !slices.ContainsFunc(w.Deadlines[i+1:], func(later Due) bool { return later.Kind == d.Kind }) {
			next = min(next, millis(d.At))
		}
	}
	return next
}

// args is an agent as ready.lua reads it.
func (a Idle) args() []any {
	var all, other []any
	digits := make([]byte, 0, len(a.Queues))
	for _, l := range a.Queues {
		switch {
		case l.Manager || l.Strategy == "":
		case l.Strategy == StrategyRingAll:
			all = append(all, l.Queue)
		default:
			other = append(other, l.Queue)
			digits = append(digits, '0'+byte(clampLevel(l.Level)))
		}
	}
	if len(other) < len(a.Queues) || len(a.Lacks) > 0 {
		digits = nil
	}
	args := []any{a.Agent, a.Team, millis(a.Since), a.Calls, millis(a.Last), packLevels(a.Queues), packNames(a.Lacks), digits, len(all)}
	return append(append(args, all...), other...)
}

// args is an agent as restore.lua reads it.
func (p Placed) args() []any {
	return []any{
		p.Agent, p.Team, millis(p.Since), p.Calls, millis(p.Last), packLevels(p.Queues), packNames(p.Lacks), p.Call, flag(p.Talking), p.after,
	}
}

// args is a call as restore.lua reads it.
func (k Known) args() []any {
	args := []any{
		k.Call, k.Epoch, k.Queue, k.Switch, k.Number, millis(k.Ring1), k.rest.score, k.rest.agents, k.rest.managers,
		packNames(k.Caller.Owners), k.Caller.Team, k.Caller.Priority, k.rest.team, flag(k.rest.everyone), k.Winner, millis(k.AnsweredAt),
		k.Token, k.Keep, len(k.Deadlines), len(k.Ringing), len(k.Missed),
	}
	for _, d := range k.Deadlines {
		args = append(args, d.Kind, millis(d.At))
	}
	for _, agent := range k.Ringing {
		args = append(args, agent, k.rest.why[agent])
	}
	for _, agent := range k.Missed {
		args = append(args, agent)
	}
	return args
}

// packLevels writes levels as state.lua reads them: level, strategy, manager, queue.
func packLevels(levels []Level) string {
	var b strings.Builder
	for _, l := range levels {
		b.WriteByte('0' + byte(clampLevel(l.Level)))
		switch l.Strategy {
		case StrategyFewestCalls:
			b.WriteByte('f')
		case StrategyRoundRobin:
			b.WriteByte('r')
		default:
			b.WriteByte('s')
		}
		if l.Manager {
			b.WriteByte('m')
		} else {
			b.WriteByte('a')
		}
		packName(&b, l.Queue)
	}
	return b.String()
}

// packName writes <length>:<bytes>, so that no byte of a name means anything.
func packName(b *strings.Builder, name string) {
	b.WriteString(strconv.Itoa(len(name)))
	b.WriteByte(':')
	b.WriteString(name)
}

func packNames(names []string) string {
	if len(names) == 0 {
		return ""
	}
	var b strings.Builder
	for _, name := range names {
		packName(&b, name)
	}
	return b.String()
}

func unpackNames(s string) []string {
	var names []string
	for {
		length, rest, ok := strings.Cut(s, ":")
		n, err := strconv.Atoi(length)
		if !ok || err != nil || n < 0 || n > len(rest) {
			return names
		}
		names = append(names, rest[:n])
		s = rest[n:]
	}
}

func (c Caller) empty() bool { return len(c.Owners) == 0 && c.Team == "" && c.Priority == 0 }

// packed is the caller as enqueue.lua reads it: team, priority, owners.
func (c Caller) packed() string {
	var b strings.Builder
	packName(&b, c.Team)
	packName(&b, strconv.Itoa(c.Priority))
	for _, owner := range c.Owners {
		packName(&b, owner)
	}
	return b.String()
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

func sorted(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return names
}
