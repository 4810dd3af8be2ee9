package main

import (
	"slices"
	"sync"
	"time"
)

// reach knows which phones are registered where. An agent's phone counts as reachable when it is registered at one connected switch at
// least; which switches it lacks is told with it, and no call of those is offered to the agent. A switch that is not connected
// lacks every phone: none can be made to ring there.
type reach struct {
	mu        sync.Mutex
	switches  []string // all there are, in order
	connected map[string]bool
	at        map[string]map[string]word // switch → phones; one that is down has no entry, but the last
	report    map[string]map[string]word // switch → phones named since switchUp, until synced
	told      map[string][]string        // phones told reachable → what they lack
	tell      phoneStates
}

// word is what a switch said last of a phone.
type word struct {
	up bool
	at time.Time // by the switch's clock
}

// phoneStates is told of every change of reachability. The order is that of the calls: clocks of two switches cannot be compared,
// so no time is given.
type phoneStates interface {
	PhoneUp(login string, at time.Time, lacks ...string)
	PhoneDown(login string, at time.Time)
}

func newReach(switches []string, tell phoneStates) *reach {
	return &reach{
		switches: slices.Sorted(slices.Values(switches)), connected: map[string]bool{}, at: map[string]map[string]word{},
		report: map[string]map[string]word{}, told: map[string][]string{}, tell: tell,
	}
}

// switchUp begins a switch's report: what it names until synced is all that is registered there.
func (r *reach) switchUp(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.connected[name], r.report[name] = true, map[string]word{}
}

// switchDown drops the switch from the count, unless it is the last one: with no controller connection at all the phones
// stay as they were, because the calls on the switch go on without us.
func (r *reach) switchDown(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.connected, name)
	delete(r.report, name)
	if len(r.at) > 1 {
		delete(r.at, name)
		r.settle()
	}
}

// phone takes what a switch says of a phone. Word that is older than what it said last is a straggler.
func (r *reach) phone(name, phone string, up bool, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	said := word{up, at}
	if report, ok := r.report[name]; ok && !at.Before(report[phone].at) {
		report[phone] = said
	}
	if r.at[name] == nil {
		r.at[name] = map[string]word{}
	}
	if at.Before(r.at[name][phone].at) {
		return
	}
	r.at[name][phone] = said
	r.settlePhone(phone)
}

// synced ends a switch's report. Those that are not connected, of which the last one still counted, count no more.
func (r *reach) synced(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if report, ok := r.report[name]; ok {
		r.at[name] = report
		delete(r.report, name)
	}
	for other := range r.at {
		if !r.connected[other] {
			delete(r.at, other)
		}
	}
	r.settle()
}

func (r *reach) settle() {
	all := map[string]bool{}
	for p := range r.told {
		all[p] = true
	}
	for _, phones := range r.at {
		for p := range phones {
			all[p] = true
		}
	}
	for p := range all {
		r.settlePhone(p)
	}
}

func (r *reach) settlePhone(phone string) {
	var lacks []string
	for _, name := range r.switches {
		if !r.at[name][phone].up {
			lacks = append(lacks, name)
		}
	}
	before, known := r.told[phone]
	switch {
	case len(lacks) < len(r.switches) && (!known || !slices.Equal(lacks, before)):
		r.told[phone] = lacks
		r.tell.PhoneUp(phone, time.Time{}, lacks...)
	case len(lacks) == len(r.switches) && known:
		delete(r.told, phone)
		r.tell.PhoneDown(phone, time.Time{})
	}
}
