package agent

import (
	"slices"
	"time"
)

// PhoneUp says that the agent's phone is registered and reachable at one switch at least; lacks names those where it is not, in
// order. Said again with other switches it changes which calls the agent is offered. at is the time of it, zero if there is none:
// an event older than one already heard is a straggler and ignored.
func (r *Roster) PhoneUp(login string, at time.Time, lacks ...string) {
	r.phone(login, true, at, lacks)
}

// PhoneDown says that the agent's phone is not registered or not reachable any more, at any switch. Who is ready becomes
// Unreachable; who is in a call stays in it. at is as in PhoneUp.
func (r *Roster) PhoneDown(login string, at time.Time) { r.phone(login, false, at, nil) }

// Reaches says whether the agent's phone, as far as anybody knows, can ring for a call of the switch. It takes no lock.
func (r *Roster) Reaches(login, switchName string) bool {
	s := r.seat(login)
	return s == nil || !slices.Contains(s.shown.Load().view.PhoneLacks, switchName)
}

// PhonesSynced says which phones are registered, and that no others are, on all switches together: after a start or a
// reconnect.
func (r *Roster) PhonesSynced(up []string) {
	r.book.Lock()
	defer r.book.Unlock()
	dir := r.seats.Load()
	is := make(map[string]bool, len(up))
	clear(r.phones)
	for _, login := range up {
		is[login] = true
		if dir.by[login] == nil {
			r.phones[login] = nil
		}
	}
	for _, s := range dir.order {
		s.mu.Lock()
		r.setPhone(s, is[s.login], nil)
		s.mu.Unlock()
	}
}

func (r *Roster) phone(login string, up bool, at time.Time, lacks []string) {
	s := r.seat(login)
	if s == nil {
		s = r.strangerPhone(login, up, lacks)
	}
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !at.IsZero() {
		if at.Before(s.phoneAt) {
			return
		}
		s.phoneAt = at
	}
	r.setPhone(s, up, lacks)
}

// strangerPhone remembers the phone of nobody known, for the profile that may come; it gives the seat if that came now.
func (r *Roster) strangerPhone(login string, up bool, lacks []string) *seat {
	r.book.Lock()
	defer r.book.Unlock()
	if s := r.seat(login); s != nil {
		return s
	}
	if up {
		r.phones[login] = lacks
	} else {
		delete(r.phones, login)
	}
	return nil
}

// setPhone applies a change of the phone; phones register again every minute, so most news are none.
func (r *Roster) setPhone(s *seat, up bool, lacks []string) {
	switch {
	case s.phoneUp && !up:
		r.apply(s, event{kind: inPhoneDown, by: "phone"})
	case up && !s.phoneUp:
		r.apply(s, event{kind: inPhoneUp, by: "phone", lacks: lacks})
	case up && !slices.Equal(s.lacks, lacks):
		r.apply(s, event{kind: inPhoneMoved, by: "phone", lacks: lacks})
	}
	s.awaited = false
}
