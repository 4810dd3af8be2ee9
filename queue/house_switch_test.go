package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing/synctest"
	"time"
)

// ringIn lets a caller dial; ring 1 is now.
func (h *house) ringIn() string { return h.ringInFrom("+8613800000000") }

func (h *house) ringInFrom(number string) string {
	h.mu.Lock()
	h.calls++
	id := fmt.Sprintf("sw-%d", h.calls)
	h.lines[id] = &fakeCall{ring1: time.Now()}
	h.mu.Unlock()
	h.living().Arrived(h.call(id, number))
	synctest.Wait()
	return id
}

func (h *house) call(id, number string) Call {
	return Call{ID: id, Switch: "sw", DID: "4001", Number: number, Shown: number, Name: "Li", Arrived: time.Now(), Ring1: time.Now()}
}

// answer lets agents pick up the phones that ring, all before the queue hears of the first.
func (h *house) answer(agents ...string) {
	h.t.Helper()
	legs := make([]string, len(agents))
	h.mu.Lock()
	for i, agent := range agents {
		legs[i] = h.phones[agent]
		if h.legState[legs[i]] != "ringing" {
			h.mu.Unlock()
			h.t.Fatalf("%s's phone does not ring (%q)", agent, legs[i])
			return
		}
		h.legState[legs[i]] = "answered"
	}
	h.mu.Unlock()
	for _, leg := range legs {
		h.living().LegAnswered(callOfLeg(leg), leg, time.Now())
	}
}

// stopLeg ends a leg at the phone's side.
func (h *house) stopLeg(agent, why string) {
	h.mu.Lock()
	leg := h.phones[agent]
	call := callOfLeg(leg)
	h.mu.Unlock()
	if leg != "" {
		h.legOver(leg, why)
	}
	h.mu.Lock()
	c := h.lines[call]
	last := c != nil && c.connect == leg && why == legHungUp
	for other, state := range h.legState {
		if state == "joined" && callOfLeg(other) == call {
			last = false // the caller still talks with somebody
		}
	}
	h.mu.Unlock()
	if last {
		h.callerOver(call, endAgent)
	}
}

func (h *house) legOver(leg, why string) {
	h.mu.Lock()
	agent, ok := h.legAgent[leg]
	h.scribble("LEG OVER %s %s %v", leg, why, ok)
	delete(h.legAgent, leg)
	delete(h.legState, leg)
	if h.phones[agent] == leg {
		delete(h.phones, agent)
	}
	h.mu.Unlock()
	if ok {
		h.living().LegEnded(callOfLeg(leg), leg, why, time.Now())
	}
}

// abandon lets the caller hang up, whatever the call is in.
func (h *house) abandon(call string) {
	h.mu.Lock()
	why, picked := endAbandoned, false
	for leg, state := range h.legState {
		picked = picked || state == "answered" && callOfLeg(leg) == call
	}
	switch c := h.lines[call]; {
	case c.human, picked: // as a driver tells it: it does not know whether the two heard each other
		why = endCaller
	case c.machine:
		why = endAnnouncement
	}
	h.mu.Unlock()
	h.callerOver(call, why)
}

func (h *house) callerOver(call, why string) {
	h.mu.Lock()
	c := h.lines[call]
	if c == nil || c.ended {
		h.mu.Unlock()
		return
	}
	c.ended = true
	var legs []string
	for leg := range h.legAgent {
		if callOfLeg(leg) == call {
			legs = append(legs, leg)
		}
	}
	h.mu.Unlock()
	slices.Sort(legs)
	for _, leg := range legs {
		end := legCancelled
		if leg == c.connect {
			end = legCallerGone
		}
		h.legOver(leg, end)
	}
	h.living().CallEnded(call, why, 0, time.Now())
}

func callOfLeg(leg string) string {
	parts := strings.Split(leg, "~")
	if len(parts) != 4 {
		return ""
	}
	return parts[1]
}

func (h *house) Ring(_ context.Context, r RingRequest) error {
	h.mu.Lock()
	if err := h.ringErr[r.Agent]; err != nil {
		h.mu.Unlock()
		return err
	}
	if c := h.lines[r.Call]; c == nil || c.ended {
		h.mu.Unlock()
		return ErrUnknown
	}
	if other := h.phones[r.Agent]; other != "" {
		h.breach("%s is rung by %s while the phone has %s", r.Agent, r.Leg, other)
	}
	h.phones[r.Agent], h.legAgent[r.Leg], h.legState[r.Leg] = r.Leg, r.Agent, "ringing"
	h.scribble("RING %s", r.Leg)
	h.rings = append(h.rings, fmt.Sprintf("%s@%v", r.Agent, time.Since(h.start)))
	h.mu.Unlock()
	h.living().LegRinging(r.Call, r.Leg, time.Now())
	time.AfterFunc(r.Timeout, func() {
		h.mu.Lock()
		ringing := h.legState[r.Leg] == "ringing"
		h.mu.Unlock()
		if ringing {
			h.legOver(r.Leg, legNoAnswer)
		}
	})
	return nil
}

func (h *house) Connect(ctx context.Context, call, leg string) error {
	h.mu.Lock()
	agent := h.legAgent[leg]
	if h.hold[agent] {
		h.mu.Unlock()
		<-ctx.Done()
		return ctx.Err()
	}
	if err := h.connErr[agent]; err != nil {
		h.mu.Unlock()
		return err
	}
	c := h.lines[call]
	if c.ended || h.legState[leg] == "" || h.legState[leg] == "ringing" {
		h.mu.Unlock()
		return ErrUnknown
	}
	old := c.connect
	c.connect, c.human = leg, true
	h.legState[leg] = "connected"
	h.mu.Unlock()
	if old != "" {
		h.legOver(old, legHandedOver)
	}
	return nil
}

func (h *house) Release(_ context.Context, _, leg, why string) error {
	h.mu.Lock()
	_, ok := h.legAgent[leg]
	h.mu.Unlock()
	if !ok {
		return ErrUnknown
	}
	h.legOver(leg, why)
	return nil
}

func (h *house) HangUp(_ context.Context, call, why string) error {
	h.mu.Lock()
	c := h.lines[call]
	gone := c == nil || c.ended
	h.mu.Unlock()
	if gone {
		return ErrUnknown
	}
	h.callerOver(call, why)
	return nil
}

// Voice.

func (h *house) say(what, call string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.voiceErr != nil {
		return h.voiceErr
	}
	h.voice = append(h.voice, what+" "+call)
	return nil
}

func (h *house) Play(_ context.Context, call, media string) error {
	err := h.say("play "+media, call)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.lines[call].machine = true
	}
	return err
}
func (h *house) Hold(_ context.Context, call string) error   { return h.say("hold", call) }
func (h *house) Resume(_ context.Context, call string) error { return h.say("resume", call) }

// Parties.

func (h *house) Can(_, what string) bool { return !h.cannot[what] }

func (h *house) Join(_ context.Context, call, leg string) error {
	return h.letIn("join", call, leg, "joined")
}

func (h *house) Monitor(_ context.Context, call, leg, mode string) error {
	return h.letIn("monitor "+mode, call, leg, mode)
}

func (h *house) letIn(what, call, leg, state string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.partyErr != nil {
		return h.partyErr
	}
	was := h.legState[leg]
	if c := h.lines[call]; c == nil || c.ended || was == "" || was == "ringing" {
		return ErrUnknown
	}
	h.scribble("LET IN %s %s", what, leg)
	h.legState[leg] = state
	return nil
}
