package queue

import (
	"context"
	"errors"
	"time"
)

func (h *house) Offer(o Offer) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.agents[o.Agent]
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
	if !t.Adopted && !h.refused[t.Agent+t.Call.ID] && (a.state != "offered" || a.call != t.Call.ID) {
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
	if o.Adopted && (a.state != "talking" || a.call != o.Call) {
		h.mu.Unlock()
		return
	}
	if a.state != "talking" || a.call != o.Call {
		h.breach("%s is over with %s but is %s in %q", o.Agent, o.Call, a.state, a.call)
	}
	a.state, a.call, a.since = "ready", "", time.Now()
	if h.dead[o.Agent] {
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
