package agent

import "time"

// PhoneUp says that the agent's phone is registered and reachable. at is the switch's own time of it, zero if it gives
// none: an event older than one already heard is a straggler and ignored.
func (r *Roster) PhoneUp(login string, at time.Time) { r.phone(login, true, at) }

// PhoneDown says that the agent's phone is not registered or not reachable any more. Who is ready becomes Unreachable;
// who is in a call stays in it. at is as in PhoneUp.
func (r *Roster) PhoneDown(login string, at time.Time) { r.phone(login, false, at) }

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
			r.phones[login] = true
		}
	}
	for _, s := range dir.order {
		s.mu.Lock()
		r.setPhone(s, is[s.login])
		s.mu.Unlock()
	}
}

func (r *Roster) phone(login string, up bool, at time.Time) {
	s := r.seat(login)
	if s == nil {
		s = r.strangerPhone(login, up)
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
	r.setPhone(s, up)
}

// strangerPhone remembers the phone of nobody known, for the profile that may come; it gives the seat if that came now.
func (r *Roster) strangerPhone(login string, up bool) *seat {
	r.book.Lock()
	defer r.book.Unlock()
	if s := r.seat(login); s != nil {
		return s
	}
	if up {
		r.phones[login] = true
	} else {
		delete(r.phones, login)
	}
	return nil
}

// setPhone applies a change of the phone; phones register again every minute, so most news are none.
func (r *Roster) setPhone(s *seat, up bool) {
	if s.phoneUp != up {
		kind := inPhoneDown
		if up {
			kind = inPhoneUp
		}
		r.apply(s, event{kind: kind, by: "phone"})
	}
	s.awaited = false
}
