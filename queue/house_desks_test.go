package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing/synctest"
	"time"
)

func (h *house) Offer(o Offer) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.agents[o.Agent]
	if a != nil && a.state == "off" && (o.Why == AsMonitor || o.Why == WhyTakeOver) {
		a.state, a.summoned = "ready", true // at their own word
	}
	if a == nil || a.state != "ready" {
		if a != nil && a.call == o.Call.ID && a.state == "offered" {
			return true // an adopted offer
		}
		if o.Why == "adopted" {
			h.refused[o.Agent+o.Call.ID] = true // the phone rings on all the same
		}
		return false
	}
	delete(h.refused, o.Agent+o.Call.ID)
	a.state, a.call = "offered", o.Call.ID
	h.offers = append(h.offers, o)
	h.scribble("OFFER %s %s %s", o.Agent, o.Leg, o.Why)
	return true
}

// Reaches implements Reach.
func (h *house) Reaches(agent, _ string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.away[agent]
}

func (h *house) Withdraw(w Withdrawal) {
	h.mu.Lock()
	h.withdrew = append(h.withdrew, w)
	h.scribble("WITHDRAW %+v", w)
	a := h.agents[w.Agent]
	if h.refused[w.Agent+w.Call] {
		delete(h.refused, w.Agent+w.Call)
		h.mu.Unlock()
		return
	}
	if a.state != "offered" || a.call != w.Call {
		h.breach("%s is withdrawn from %s (%s) but is %s in %q", w.Agent, w.Call, w.Outcome, a.state, a.call)
		h.mu.Unlock()
		return
	}
	a.call = ""
	back := w.Outcome == outcomeLost || w.Outcome == outcomeAbandoned
	switch {
	case w.Pause:
		a.state, a.paused = "off", true
	case a.summoned:
		a.state, a.summoned = "off", false
	default:
		a.state = "ready"
	}
	if !back {
		a.since = time.Now()
	}
	since, state := a.since, a.state
	h.mu.Unlock()
	switch {
	case state == "off":
		h.living().AgentGone(w.Agent)
	case !back:
		h.living().AgentReady(w.Agent, since)
	}
}

func (h *house) Talk(t Talk) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.talks = append(h.talks, t)
	a := h.agents[t.Agent]
	if t.As != "" {
		if !t.Adopted && (a.state != "offered" || a.call != t.Call.ID) {
			h.breach("%s hears %s but is %s in %q", t.Agent, t.Call.ID, a.state, a.call)
		}
		a.state, a.call = "beside", t.Call.ID
		return
	}
	if a.state == "beside" && a.call == t.Call.ID {
		a.state = "talking" // a guest took the call over
	} else if !t.Adopted && !h.refused[t.Agent+t.Call.ID] && (a.state != "offered" || a.call != t.Call.ID) {
		h.breach("%s talks in %s but is %s in %q", t.Agent, t.Call.ID, a.state, a.call)
	}
	for other, b := range h.agents {
		if other != t.Agent && b.state == "talking" && b.call == t.Call.ID {
			h.breach("%s and %s both have %s", t.Agent, other, t.Call.ID)
		}
	}
	a.state, a.call = "talking", t.Call.ID
}

func (h *house) Over(o Over) {
	h.mu.Lock()
	h.overs = append(h.overs, o)
	a := h.agents[o.Agent]
	was := "talking"
	if o.As != "" {
		was = "beside"
	}
	if o.Adopted && (a.state != was || a.call != o.Call) {
		h.mu.Unlock()
		return
	}
	if a.state != was || a.call != o.Call {
		h.breach("%s is over with %s but is %s in %q", o.Agent, o.Call, a.state, a.call)
	}
	a.state, a.call, a.since = "ready", "", time.Now()
	if h.dead[o.Agent] || a.summoned {
		a.summoned = false
		a.state = "off"
		h.mu.Unlock()
		return
	}
	h.mu.Unlock()
	h.living().AgentReady(o.Agent, time.Now())
}

// Book.

func (h *house) Write(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
	h.scribble("%s %s %s %v", e.Kind, e.Call, e.Agent, e.Data)
}

func (h *house) Own(_ context.Context, call Call, _, agent string, _ time.Time) (Owned, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ownErr > 0 {
		h.ownErr--
		return Owned{}, errors.New("database is locked")
	}
	owner, had := h.owners[call.ID]
	if !had {
		owner = agent
		h.owners[call.ID] = agent
	}
	return Owned{Case: "C-" + call.ID, Owner: owner, New: !had}, nil
}

func (h *house) Tell(agent, call, kind string, data map[string]any) {
	h.note("TELL %s %s %s %v", agent, call, kind, data)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, told{agent, call, kind, data})
}

// told is word of a call that an agent's desk got.
type told struct {
	agent, call, kind string
	data              map[string]any
}

// tellings lists what a desk was told of a kind: the named fields of each.
func (h *house) tellings(agent, kind string, fields ...string) []string {
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []string
	for _, t := range h.told {
		if t.agent != agent || t.kind != kind {
			continue
		}
		var said []string
		for _, f := range fields {
			said = append(said, fmt.Sprint(t.data[f]))
		}
		all = append(all, strings.Join(said, " "))
	}
	return all
}
