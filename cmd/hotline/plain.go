package main

import (
	"maps"
	"slices"
	"time"

	"hotline/agent"
	"hotline/configs"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
)

// Here the configuration becomes the plain structs of the rooms, which do not know it.

func queueConfig(cfg configs.Config, node string, zone *time.Location) queue.Config {
	out := queue.Config{
		BoardTimeout: 2 * time.Second, Node: node, Zone: zone, CallsPerNumber: cfg.Security.CallsPerNumber,
		TellNobodyOfMonitors: !cfg.Supervision.TellAgents,
	}
	for _, h := range cfg.Hotlines {
		out.Hotlines = append(out.Hotlines, queue.HotlineConfig{
			Name: h.Name, DIDs: h.DIDs, Queue: h.Queue,
			Rule: queue.RingRule{Version: "three-rings/1", On: h.Ring.On, Off: h.Ring.Off, Rings: h.Rings},
		})
	}
	for _, q := range cfg.Queues {
		plain := queue.QueueConfig{
			Name: q.Name, Strategy: string(q.Strategy), Priority: q.Priority,
			RingNoAnswer: q.RingNoAnswer, MissedPause: q.MissedCallsPause,
			MaxWait: q.MaxWait, MaxWaiting: q.MaxWaiting, NoAgents: q.NoAgents,
			HandOverTime: q.HandOverTime, ReturnTime: q.ReturnTime, HandlingTime: q.HandlingTime, StaffTarget: float64(q.StaffTarget) / 100,
		}
		for _, s := range q.Ladder {
			plain.Ladder = append(plain.Ladder, queue.Step{Ring: s.Ring, More: s.RingMore, Who: string(s.Who), Team: s.Team})
		}
		for _, o := range q.Overflow {
			plain.Overflow = append(plain.Overflow, queue.Overflow{When: string(o.When), Do: string(o.Do), Queue: o.Queue, Media: o.Media})
		}
		out.Queues = append(out.Queues, plain)
	}
	return out
}

// wrapUpLimit gives each queue's time for wrapping up. A call whose queue is unknown gets the shortest of them.
func wrapUpLimit(cfg configs.Config) func(queue string) time.Duration {
	limits := map[string]time.Duration{}
	for _, q := range cfg.Queues {
		limits[q.Name] = q.WrapUpLimit
	}
	shortest := slices.Min(slices.Collect(maps.Values(limits)))
	return func(name string) time.Duration {
		if limit, ok := limits[name]; ok {
			return limit
		}
		return shortest
	}
}

func pauseReasons(cfg configs.Config) []string {
	codes := make([]string, len(cfg.PauseReasons))
	for i, r := range cfg.PauseReasons {
		codes[i] = r.Code
	}
	return codes
}

func reasonsOf(list []configs.Reason) []web.Reason {
	reasons := make([]web.Reason, len(list))
	for i, r := range list {
		reasons[i] = web.Reason(r)
	}
	return reasons
}

// serves lists the queues that a user serves, with the level: every queue whose skill they have. A service manager without
// the agent's role rings only at the ladder's manager step, for every queue whose skill they have, or all when they have none.
func serves(cfg configs.Config, u records.User) (skills []agent.Skill, manager bool) {
	manager = u.Is(records.RoleSupervisor) && !u.Is(records.RoleAgent)
	if !manager && !u.Is(records.RoleAgent) {
		return nil, false
	}
	for _, q := range cfg.Queues {
		level, ok := u.Skills[q.Skill]
		if !ok && manager && len(u.Skills) == 0 {
			level, ok = 1, true
		}
		if ok {
			skills = append(skills, agent.Skill{Queue: q.Name, Level: level})
		}
	}
	return skills, manager
}

// profileOf and agentOf are a user as presence and as the queue know them.
func profileOf(cfg configs.Config, u records.User) agent.Profile {
	skills, manager := serves(cfg, u)
	return agent.Profile{Login: u.Login, Name: u.Name, Team: u.Team, Queues: skills, Manager: manager}
}

func agentOf(cfg configs.Config, u records.User) queue.Agent {
	skills, manager := serves(cfg, u)
	strategy := map[string]string{}
	for _, q := range cfg.Queues {
		strategy[q.Name] = string(q.Strategy)
	}
	a := queue.Agent{Login: u.Login, Team: u.Team, Manager: manager}
	for _, s := range skills {
		a.Queues = append(a.Queues, queue.Level{Queue: s.Queue, Level: s.Level, Strategy: strategy[s.Queue], Manager: manager})
	}
	return a
}
