package main

import (
	"sync"
	"time"
)

// reach knows which phones are registered where. An agent's phone counts as reachable when it is registered on every
// switch that is connected now: a call may arrive on any of them, and nobody is offered a call whose phone cannot ring. Offering only the
// calls of those switches where the phone is registered was not chosen: it would put phones into every match of the board, for a state
// that lasts as long as a phone needs to register (docs/operations.md, "Several Asterisks").
type reach struct {
	mu     sync.Mutex
	up     map[string]map[string]bool // switch → phones; a switch that is down has no entry
	report map[string]map[string]bool // switch → phones named since switchUp, until synced
	seen   map[string]bool            // phones reported reachable
	tell   phoneStates
}

// phoneStates is told of every change of reachability.
type phoneStates interface {
	PhoneUp(login string, at time.Time)
	PhoneDown(login string, at time.Time)
}

func newReach(tell phoneStates) *reach {
	return &reach{up: map[string]map[string]bool{}, report: map[string]map[string]bool{}, seen: map[string]bool{}, tell: tell}
}

// switchUp begins a switch's report: what it names until synced is all that is registered there.
func (r *reach) switchUp(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report[name] = map[string]bool{}
}

// switchDown drops the switch from the count, unless it is the last one: with no controller connection at all the phones
// stay as they were, because the calls on the switch go on without us.
func (r *reach) switchDown(name string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.up) > 1 {
		delete(r.up, name)
		r.settle(at)
	}
}

func (r *reach) phone(name, phone string, up bool, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if report, ok := r.report[name]; ok {
		report[phone] = up
	}
	if r.up[name] == nil {
		r.up[name] = map[string]bool{}
	}
	r.up[name][phone] = up
	r.settlePhone(phone, at)
}

// synced ends a switch's report.
func (r *reach) synced(name string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if report, ok := r.report[name]; ok {
		r.up[name] = report
		delete(r.report, name)
	}
	r.settle(at)
}

func (r *reach) settle(at time.Time) {
	all := map[string]bool{}
	for p := range r.seen {
		all[p] = true
	}
	for _, phones := range r.up {
		for p := range phones {
			all[p] = true
		}
	}
	for p := range all {
		r.settlePhone(p, at)
	}
}

func (r *reach) settlePhone(phone string, at time.Time) {
	everywhere := len(r.up) > 0
	for _, phones := range r.up {
		everywhere = everywhere && phones[phone]
	}
	switch {
	case everywhere && !r.seen[phone]:
		r.seen[phone] = true
		r.tell.PhoneUp(phone, at)
	case !everywhere && r.seen[phone]:
		delete(r.seen, phone)
		r.tell.PhoneDown(phone, at)
	}
}
