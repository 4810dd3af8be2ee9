package configs

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (k *checker) queues(c Config) {
	if len(c.Queues) == 0 {
		k.bad("queues", "name at least one, or leave the key out for the default queue", "is empty: no call could wait")
	}
	names := map[string]string{}
	for i, q := range c.Queues {
		key := fmt.Sprintf("queues[%d]", i)
		if q.Language != "" && q.Language != "zh" && q.Language != "en" {
			k.bad(key+".language", "write zh or en", "%s is no language of the hotline", quoteShort(q.Language))
		}
		k.name(key+".name", q.Name, plainName, nameMend, names)
		k.bilingual(key+".title", q.Title.Zh, q.Title.En)
		if !plainName.MatchString(q.Skill) {
			k.bad(key+".skill", nameMend, "%s is no skill", quoteShort(q.Skill))
		}
		k.oneOf(key+".strategy", string(q.Strategy), string(LongestIdle), string(RingAll), string(FewestCalls), string(RoundRobin))
		k.whole(key+".priority", q.Priority, 0, 99)
		k.ladder(key+".ladder", q, c)
		k.between(key+".ring_no_answer", q.RingNoAnswer, time.Second, 5*time.Minute)
		k.whole(key+".missed_calls_pause", q.MissedCallsPause, 0, 100)
		k.between(key+".max_wait", q.MaxWait, 0, 24*time.Hour)
		k.whole(key+".max_waiting", q.MaxWaiting, 0, 100_000)
		k.between(key+".no_agents", q.NoAgents, 0, time.Hour)
		k.between(key+".wrapup_limit", q.WrapUpLimit, 0, 8*time.Hour)
		k.between(key+".handover_time", q.HandOverTime, time.Second, 10*time.Minute)
		k.between(key+".return_time", q.ReturnTime, 0, 5*time.Minute)
		k.between(key+".handling_time", q.HandlingTime, time.Second, 8*time.Hour)
		k.whole(key+".staff_target", q.StaffTarget, 1, 99)
		k.overflow(key+".overflow", q, c.Queues)
	}
	k.overflowLoops(c.Queues)
}

// ladder checks that steps stand in order and act inside the ring budget of every hotline that leads to the queue.
func (k *checker) ladder(key string, q Queue, c Config) {
	if len(q.Ladder) == 0 {
		k.bad(key, "leave it out for the default, or begin with {ring: 1, ring_more: 1, who: best}", "is empty: no phone would ring")
		return
	}
	rings := 9
	for _, h := range c.Hotlines {
		if h.Queue == q.Name {
			rings = min(rings, h.Rings)
		}
	}
	before := 1
	for i, step := range q.Ladder {
		at := fmt.Sprintf("%s[%d]", key, i)
		switch {
		case step.Ring < 1 || step.Ring > rings:
			k.bad(at+".ring", fmt.Sprintf("choose from 1 to %d, the rings within which a human must answer", rings), "there is no ring %d in the budget", step.Ring)
		case i == 0 && step.Ring != 1:
			k.bad(at+".ring", "begin with ring: 1", "the first step acts at ring %d, so no phone would ring before", step.Ring)
		case step.Ring < before:
			k.bad(at+".ring", "sort the steps by ring", "ring %d comes after ring %d", step.Ring, before)
		}
		before = max(before, step.Ring)
		k.whole(at+".ring_more", step.RingMore, 0, 1000)
		k.oneOf(at+".who", string(step.Who), string(WhoBest), string(WhoTeam), string(WhoEveryone), string(WhoManager))
		if step.Team != "" {
			k.teamRef(at, step, c.Teams)
		}
	}
}

func (k *checker) teamRef(at string, step LadderStep, teams []Team) {
	if step.Who != WhoTeam {
		k.bad(at+".team", "write who: team, or remove team", "is only used with who: team")
	}
	names := make([]string, len(teams))
	for i, t := range teams {
		names[i] = t.Name
	}
	if !slices.Contains(names, step.Team) {
		k.bad(at+".team", didYouMean(step.Team, names), "%s is no team", quoteShort(step.Team))
	}
}

func (k *checker) overflow(key string, q Queue, queues []Queue) {
	seen := map[When]bool{}
	for i, rule := range q.Overflow {
		at := fmt.Sprintf("%s[%d]", key, i)
		if k.oneOf(at+".when", string(rule.When), string(WhenMaxWait), string(WhenNoAgents), string(WhenQueueFull)) {
			if seen[rule.When] {
				k.bad(at+".when", "keep one rule for each occasion", "%s has a rule already", rule.When)
			}
			seen[rule.When] = true
		}
		k.oneOf(at+".do", string(rule.Do), string(DoQueue), string(DoManager), string(DoCallback), string(DoMessage))
		switch {
		case rule.Do == DoQueue:
			k.queueRef(at+".queue", rule.Queue, queues)
		case rule.Queue != "":
			k.bad(at+".queue", "write do: queue, or remove queue", "is only used with do: queue")
		}
		speaks := rule.Do == DoCallback || rule.Do == DoMessage
		switch {
		case speaks && !mediaURI.MatchString(rule.Media):
			k.bad(at+".media", "write sound:NAME or tone:NAME, e.g. sound:vm-nobodyavail", "%s is nothing to play", quoteShort(rule.Media))
		case !speaks && rule.Media != "":
			k.bad(at+".media", "remove it", "is only used with do: callback and do: message")
		}
	}
}

// overflowLoops finds queues that send a caller round for ever. Each queue is visited once: a walk over the targets of
// its rules that comes back to where it began is a loop.
func (k *checker) overflowLoops(queues []Queue) {
	targets := map[string][]string{}
	for _, q := range queues {
		for _, rule := range q.Overflow {
			if rule.Do == DoQueue {
				targets[q.Name] = append(targets[q.Name], rule.Queue)
			}
		}
	}
	for i, q := range queues {
		if loop := wayBack(q.Name, targets); loop != nil {
			k.bad(fmt.Sprintf("queues[%d].overflow", i), "let one of these end with do: manager, callback or message",
				"goes round for ever: %s", strings.Join(loop, " → "))
		}
	}
}

// wayBack gives a shortest way from start to itself, nil when there is none.
func wayBack(start string, targets map[string][]string) []string {
	ways, seen := [][]string{{start}}, map[string]bool{}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		for _, next := range targets[way[len(way)-1]] {
			longer := append(slices.Clone(way), next)
			if next == start {
				return longer
			}
			if !seen[next] {
				seen[next] = true
				ways = append(ways, longer)
			}
		}
	}
	return nil
}
