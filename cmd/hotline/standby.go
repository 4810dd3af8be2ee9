package main

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"hotline/agent"
	"hotline/pbx"
)

// standby has legs stand ready on the switches that can keep them so (pbx.Preparer), for the agents who are next in line. It follows
// presence behind everything that a caller waits for: an agent who is rung without one is rung all the same.
type standby struct {
	views   func() []agent.View
	lines   map[string]pbx.Preparer
	most    int           // agents of each queue
	changed chan struct{} // one token: presence has changed
	log     *slog.Logger
}

// standbyAfter gathers changes: an agent who comes ready is seldom the next one to be rung.
const standbyAfter = 50 * time.Millisecond

func newStandby(lines switches, most int, roster *agent.Roster, log *slog.Logger) *standby {
	s := &standby{views: roster.Views, lines: map[string]pbx.Preparer{}, most: most, changed: make(chan struct{}, 1), log: log}
	for name, line := range lines {
		if p, ok := line.(pbx.Preparer); ok && most > 0 {
			s.lines[name] = p
		}
	}
	roster.OnChange(func(view agent.View, from agent.State, _, _ string) {
		if (view.State == agent.Ready) != (from == agent.Ready) {
			s.wake()
		}
	})
	roster.OnReach(func(agent.View) { s.wake() })
	return s
}

func (s *standby) wake() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Run follows presence until ctx ends.
func (s *standby) Run(ctx context.Context) error {
	if len(s.lines) == 0 {
		return nil
	}
	for {
		select {
		case <-s.changed:
		case <-ctx.Done():
			return nil
		}
		pause := time.NewTimer(standbyAfter)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return nil
		}
		views := s.views()
		for name, line := range s.lines {
			if err := line.Prepare(ctx, nextInLine(views, name, s.most)); err != nil && ctx.Err() == nil {
				s.log.Debug("no leg can be made ready", "switch", name, "error", err)
			}
		}
	}
}

// nextInLine gives the agents whom a switch's calls find first: of each queue those who are idle longest. Skill levels and other ways
// to choose are passed over here; who is not among them is rung a little later.
func nextInLine(views []agent.View, switchName string, most int) []string {
	idle := slices.DeleteFunc(slices.Clone(views), func(v agent.View) bool {
		return v.State != agent.Ready || slices.Contains(v.PhoneLacks, switchName)
	})
	slices.SortFunc(idle, func(a, b agent.View) int {
		return cmp.Or(a.IdleSince.Compare(b.IdleSince), cmp.Compare(a.Login, b.Login))
	})
	taken := map[string]int{}
	var next []string
	for _, v := range idle {
		among := false
		for _, q := range v.Queues {
			among = among || taken[q] < most
			taken[q]++
		}
		if among {
			next = append(next, v.Login)
		}
	}
	return next
}
