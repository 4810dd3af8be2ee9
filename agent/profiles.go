package agent

import (
	"cmp"
	"slices"
	"time"
)

// SetProfiles says who there is; it replaces what was said before. Agents who are new are Offline. Agents who are not
// in the list any more are signed out; whoever is in a call finishes it and its wrap-up first. A change of team or
// queues of a ready agent is announced to the queue at once.
func (r *Roster) SetProfiles(profiles []Profile) {
	r.book.Lock()
	defer r.book.Unlock()
	old := r.seats.Load()
	next := &directory{by: make(map[string]*seat, len(profiles)), order: make([]*seat, 0, len(profiles))}
	for _, p := range profiles {
		if next.by[p.Login] != nil {
			r.log.Warn("agent listed twice, the first entry counts", "agent", p.Login)
			continue
		}
		s := old.by[p.Login]
		if s == nil {
			s = r.newSeat(p)
		} else {
			r.reprofile(s, p)
		}
		next.by[p.Login] = s
		next.order = append(next.order, s)
	}
	var leaving []*seat
	for _, s := range old.order {
		if next.by[s.login] == nil {
			leaving = append(leaving, s)
			next.by[s.login] = s
			next.order = append(next.order, s)
		}
	}
	slices.SortFunc(next.order, func(a, b *seat) int { return cmp.Compare(a.login, b.login) })
	r.seats.Store(next)
	for _, s := range leaving {
		r.retire(s)
	}
}

// newSeat makes a seat, with what is already known of its phone and its past. Called with the book locked.
func (r *Roster) newSeat(p Profile) *seat {
	s := &seat{login: p.Login, state: Offline, duty: dutyOff, since: time.Now()}
	s.setProfile(p)
	s.lacks, s.phoneUp = r.phones[p.Login]
	delete(r.phones, p.Login)
	s.shown.Store(s.snapshot(r.version(0)))
	if c, ok := r.copies[p.Login]; ok {
		delete(r.copies, p.Login)
		s.mu.Lock()
		r.revive(s, c)
		s.mu.Unlock()
	}
	return s
}

func (s *seat) setProfile(p Profile) {
	p.Queues = slices.Clone(p.Queues)
	s.profile = p
	s.queues = make([]string, len(p.Queues))
	for i, q := range p.Queues {
		s.queues[i] = q.Queue
	}
}

func (r *Roster) reprofile(s *seat, p Profile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	same := s.profile.Name == p.Name && s.profile.Team == p.Team && s.profile.Manager == p.Manager &&
		slices.Equal(s.profile.Queues, p.Queues)
	if same && !s.retired {
		return
	}
	s.retired = false
	s.setProfile(p)
	r.publish(s, s.state, event{by: "server"})
	if s.state == Ready {
		r.announce(s)
	}
}

// retire signs out an agent who is no agent any more.
func (r *Roster) retire(s *seat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retired = true
	if s.state == Offline {
		r.publish(s, Offline, event{by: "server"})
		return
	}
	r.apply(s, event{kind: inSignOut, by: "server", reason: "not an agent any more"})
}

// drop takes a retired seat out of the directory, once it is Offline.
func (r *Roster) drop(s *seat) {
	r.book.Lock()
	defer r.book.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	old := r.seats.Load()
	if !s.retired || s.state != Offline || old.by[s.login] != s {
		return
	}
	next := &directory{by: make(map[string]*seat, len(old.by))}
	for _, o := range old.order {
		if o != s {
			next.by[o.login] = o
			next.order = append(next.order, o)
		}
	}
	r.seats.Store(next)
	if s.phoneUp {
		r.phones[s.login] = s.lacks
	}
	s.desk.watched = false
	s.desk.closeAll(ErrUnknownAgent)
	r.alarms.set(s, time.Time{})
	r.copier.mark(s)
}
