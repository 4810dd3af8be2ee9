package agent

import (
	"slices"
	"strconv"
	"time"
)

const (
	maxLive    = 16 // kinds of push that can be live for one call
	maxUnacked = 32 // pushes per agent whose acknowledgement is awaited
)

// unacked is a push that the desk has not acknowledged.
type unacked struct {
	id  string
	pop bool
	at  time.Time
}

// Push sends a message to all tabs of the agent's desk and returns to how many. ID and At are filled in when empty. What
// is about the agent's present call stays live until the agent is free of it: a desk that connects meanwhile gets it
// first, the latest of each kind in the order of their first coming. It never blocks.
func (r *Roster) Push(login string, p Push) (delivered int) {
	s := r.seat(login)
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p = r.fill(p)
	if p.Call != "" && p.Call == s.call {
		s.desk.keep(p)
	}
	s.desk.unacked = append(s.desk.unacked, unacked{id: p.ID, pop: p.Kind == "pop", at: time.Now()})
	if over := len(s.desk.unacked) - maxUnacked; over > 0 {
		s.desk.unacked = slices.Delete(s.desk.unacked, 0, over)
	}
	if s.desk.send(p) {
		r.publish(s, s.state, event{by: "server"})
	}
	if p.Kind == "pop" {
		r.pops.pushed(len(s.desk.tabs) > 0)
	}
	return len(s.desk.tabs)
}

// keep makes a push live, in the place of an older one of its kind.
func (d *deskState) keep(p Push) {
	for i := range d.live {
		if d.live[i].Kind == p.Kind {
			d.live = slices.Clone(d.live)
			d.live[i] = p
			return
		}
	}
	if len(d.live) < maxLive {
		d.live = append(d.live, p)
	}
}

// Ack says that the desk has shown a push; at is when the acknowledgement reached the server. The latency runs from Push
// to there, by the server's clock alone. Only the first acknowledgement of a push counts: ok is false for any other.
func (r *Roster) Ack(login, pushID string, at time.Time) (latency time.Duration, ok bool) {
	s := r.seat(login)
	if s == nil {
		return 0, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.desk.unacked, func(u unacked) bool { return u.id == pushID })
	if i < 0 {
		return 0, false
	}
	u := s.desk.unacked[i]
	s.desk.unacked = slices.Delete(s.desk.unacked, i, i+1)
	latency = max(0, at.Sub(u.at))
	if u.pop {
		r.pops.acked(latency)
	}
	return latency, true
}

// fill gives a push its id and time.
func (r *Roster) fill(p Push) Push {
	if p.ID == "" {
		p.ID = r.boot + "-" + strconv.FormatInt(r.pushes.Add(1), 36)
	}
	if p.At.IsZero() {
		p.At = time.Now()
	}
	return p
}
