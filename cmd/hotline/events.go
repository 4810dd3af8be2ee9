package main

import (
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"hotline/agent"
	"hotline/pbx"
	"hotline/queue"
	"hotline/records"
)

// exchange passes what the switches say on to whom it concerns. hear is the sink of all drivers and never blocks.
type exchange struct {
	distributor *queue.Distributor
	roster      *agent.Roster
	reach       *reach
	staff       *staff
	cards       *cards
	out         *outEvents
	regions     map[string]string // DID → country of national numbers
	log         *slog.Logger

	mu    sync.Mutex
	upAt  map[string]time.Time // by switch: our clock when it connected
	state map[string]string    // by switch: "up", "syncing" or why it is down
}

func (x *exchange) hear(e pbx.Event) {
	if e.Call.Out() {
		x.out.hear(e)
		return
	}
	switch e.Kind {
	case pbx.CallArrived:
		call := x.call(e.Arrival)
		x.cards.begin(call.ID, call.Number)
		x.distributor.Arrived(call)
	case pbx.CallAdopted:
		call := x.call(e.Arrival)
		x.cards.begin(call.ID, call.Number)
		found := queue.Found{Call: call}
		for _, leg := range e.Legs {
			found.Legs = append(found.Legs, queue.FoundLeg{ID: string(leg.ID), Agent: leg.Phone, State: string(leg.State)})
		}
		x.distributor.Adopt(found)
	case pbx.CallEnded:
		x.distributor.CallEnded(string(e.Call), string(e.End.Code), e.End.Ring, e.At)
		x.cards.forget(string(e.Call))
	case pbx.LegRinging:
		x.distributor.LegRinging(string(e.Call), string(e.Leg), e.At)
		x.roster.RingingNow(e.Phone, string(e.Call))
	case pbx.LegAnswered:
		x.distributor.LegAnswered(string(e.Call), string(e.Leg), e.At)
	case pbx.LegEnded:
		x.distributor.LegEnded(string(e.Call), string(e.Leg), string(e.LegEnd), e.At)
	case pbx.CallHeld, pbx.CallResumed:
		x.distributor.HeldByPhone(string(e.Call), e.Kind == pbx.CallHeld)
	case pbx.CallUnheard:
		x.distributor.CallerUnheard(string(e.Call), e.At)
	case pbx.Digit:
		x.distributor.Digit(string(e.Call), e.Digit)
	case pbx.PlayEnded:
		x.distributor.PlayEnded(string(e.Call))
	case pbx.PhoneUp, pbx.PhoneDown:
		x.reach.phone(e.Switch, e.Phone, e.Kind == pbx.PhoneUp, e.At)
	default:
		x.link(e)
	}
}

// link hears of the connection to a switch.
func (x *exchange) link(e pbx.Event) {
	switch e.Kind {
	case pbx.SwitchUp:
		x.set(e.Switch, "syncing")
		x.reach.switchUp(e.Switch)
		x.log.Info("switch connected", "switch", e.Switch)
	case pbx.SwitchSynced:
		live := make([]string, len(e.Calls))
		for i, call := range e.Calls {
			live[i] = string(call)
		}
		x.reach.synced(e.Switch)
		x.distributor.Synced(e.Switch, live)
		x.out.synced(e.Switch, e.Calls, e.At)
		if first := x.set(e.Switch, "up"); !first.IsZero() {
			// Only after a start: later the distributor itself hears how each call of an agent ends.
			x.roster.CallsSynced(e.Switch, live, first)
		}
		x.staff.switchUp(e.Switch)
		x.log.Info("switch in step", "switch", e.Switch, "calls", len(live))
	case pbx.SwitchDown:
		x.set(e.Switch, "down: "+e.Detail)
		x.reach.switchDown(e.Switch)
		x.staff.switchDown(e.Switch)
		x.log.Warn("switch lost; its calls go on without us", "switch", e.Switch, "why", e.Detail)
	case pbx.SwitchUsurped:
		x.set(e.Switch, "down: another controller took the application")
		x.log.Error("another controller has taken this switch's application; end one of the two", "switch", e.Switch)
		x.distributor.Note(queue.Event{Kind: queue.EventAlarm, At: e.At, Data: map[string]string{
			"what": "usurped", "detail": "another controller has taken the application on switch " + e.Switch,
		}})
	default:
		x.log.Warn("an event of unknown kind", "kind", e.Kind, "switch", e.Switch)
	}
}

// set notes the state of a switch. With "up" for the first time it gives the instant of our clock at which it connected.
func (x *exchange) set(name, state string) (first time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if state == "syncing" {
		if _, again := x.upAt[name]; !again {
			x.upAt[name] = time.Now()
		}
	}
	x.state[name] = state
	if state == "up" {
		first = x.upAt[name]
		x.upAt[name] = time.Time{}
	}
	return first
}

// standing tells how a switch is connected: "up", "syncing" or "down: …".
func (x *exchange) standing(name string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if s := x.state[name]; s != "" {
		return s
	}
	return "down: never connected"
}

// call is an arrival in the queue's words: the number in E.164, so that a customer is recognised however they call.
func (x *exchange) call(c *pbx.Call) queue.Call {
	out := queue.Call{
		ID: string(c.ID), Switch: c.Switch, DID: c.DID, Shown: c.Caller, Name: c.CallerName, Arrived: c.Arrived, Ring1: c.Ring1,
	}
	if number, ok := records.Normalise(c.Caller, x.regions[c.DID]); ok {
		out.Number = number
	}
	return out
}

// reached turns a phone that came to a switch, or went from it, into an event of the queue: supervisors see whom they can reach where.
func (x *exchange) reached(v agent.View) {
	x.distributor.Note(queue.Event{Kind: queue.EventReach, At: time.Now(), Agent: v.Login, Data: map[string]string{
		"lacks": strings.Join(v.PhoneLacks, " "),
	}})
}

// noted turns presence into an event of the queue, from which the live numbers are computed.
func (x *exchange) noted(v agent.View, from agent.State, reason, by string) {
	e := queue.Event{Kind: queue.EventPresence, At: v.Since, Call: "", Agent: v.Login, Data: map[string]string{
		"from": string(from), "to": string(v.State), "reason": reason, "by": by, "missed": strconv.Itoa(v.Missed),
	}}
	if v.Call != "" {
		e.Data["call"] = v.Call
	}
	x.distributor.Note(e)
	if v.State == agent.Offline || v.State == agent.Paused {
		x.distributor.AgentAway(v.Login, string(v.State)) // a caller who is kept for them need not wait
	}
}
