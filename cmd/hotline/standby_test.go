package main

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/pbx"
)

// TestNextInLine: of each queue those who are idle longest, with a phone at the switch.
func TestNextInLine(t *testing.T) {
	began := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	idle := func(login string, minutes int, queues ...string) agent.View {
		return agent.View{Login: login, State: agent.Ready, IdleSince: began.Add(time.Duration(minutes) * time.Minute), Queues: queues}
	}
	busy, elsewhere := idle("busy", 0, "a"), idle("elsewhere", 1, "a")
	busy.State, elsewhere.PhoneLacks = agent.Talking, []string{"sh1"}
	views := []agent.View{
		idle("late", 9, "a"), idle("second", 3, "a"), idle("first", 2, "a", "b"), busy, elsewhere, idle("rare", 8, "b"), idle("last", 10, "b"),
	}
	for _, test := range []struct {
		line string
		most int
		want []string
	}{
		{"sh1", 2, []string{"first", "second", "rare"}},
		{"bj1", 2, []string{"elsewhere", "first", "rare"}},
		{"sh1", 0, nil},
		{"sh1", 50, []string{"first", "second", "rare", "late", "last"}},
	} {
		if got := nextInLine(views, test.line, test.most); !slices.Equal(got, test.want) {
			t.Errorf("next %d at %s: %v, want %v", test.most, test.line, got, test.want)
		}
	}
}

// hinted is a switch that writes down what it is to prepare.
type hinted struct{ said chan []string }

func (h hinted) Prepare(_ context.Context, phones []string) error {
	h.said <- slices.Clone(phones)
	return nil
}

// TestStandbyFollowsPresence: many changes together make one hint, and none comes without a change.
func TestStandbyFollowsPresence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hinted{make(chan []string, 8)}
		var views []agent.View
		s := &standby{
			views: func() []agent.View { return slices.Clone(views) }, lines: map[string]pbx.Preparer{"bj1": h}, most: 4, changed: make(chan struct{}, 1),
		}
		ctx, stop := context.WithCancel(t.Context())
		for i := range 3 {
			views = append(views, agent.View{Login: fmt.Sprint("agent", i), State: agent.Ready, Queues: []string{"main"}})
			s.wake()
		}
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		if got, want := <-h.said, []string{"agent0", "agent1", "agent2"}; !slices.Equal(got, want) {
			t.Errorf("prepared %v, want %v", got, want)
		}
		<-time.After(time.Hour) // of the bubble's clock
		if len(h.said) > 0 {
			t.Errorf("%d hints without a change", len(h.said))
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
