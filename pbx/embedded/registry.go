package embedded

import (
	"cmp"
	"maps"
	"slices"

	"hotline/pbx"
)

// What the calls share with the rest of the switch: who they are, and whose dialog a message is of.

// Calls is how many calls are up or ringing, e.g. to wait for after Drain.
func (s *Switch) Calls() int { return s.callCount() }

func (s *Switch) callCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

func (s *Switch) find(id pbx.CallID) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[id]
}

// bury forgets a call whose end is told.
func (s *Switch) bury(c *call) {
	s.busyCalls.drop(c.source)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, c.ID)
	delete(s.arrivals, c.arrival)
	if len(s.calls) == 0 && s.phase == phaseEnding {
		close(s.empty)
	}
}

// remember makes requests of this side find it.
func (s *Switch) remember(p *party) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parties[p.id()] = p
}

func (s *Switch) forget(p *party) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parties[p.id()] == p {
		delete(s.parties, p.id())
	}
}

func (s *Switch) partyOf(id dialogID) *party {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parties[id]
}

// lostPhone ends the legs of a phone that has answered nothing for a while: its agent is not there, but the caller is.
func (s *Switch) lostPhone(f flow) {
	s.mu.Lock()
	calls := sorted(s.calls)
	s.mu.Unlock()
	for _, c := range calls {
		c.post(func() {
			for _, l := range sorted(c.legs) {
				c.legFlowGone(l, f)
			}
		})
	}
}

// engage counts the legs in which a phone has picked up: its next "busy" means just that.
func (s *Switch) engage(phone string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.up[phone] += n; s.up[phone] <= 0 {
		delete(s.up, phone)
	}
}

func (s *Switch) engaged(phone string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.up[phone] > 0
}

// watch has the call told when the link closes; false when it is closed already.
func (l *link) watch(c *call) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left {
		return false
	}
	if l.calls == nil {
		l.calls = map[*call]struct{}{}
	}
	l.calls[c] = struct{}{}
	return true
}

// forget takes back a watch: the call has ended.
func (l *link) forget(c *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.calls, c)
}

// unwatch gives the calls that watch, in order.
func (l *link) unwatch() []*call {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = true
	calls := slices.SortedFunc(maps.Keys(l.calls), func(a, b *call) int { return cmp.Compare(a.ID, b.ID) })
	l.calls = nil
	return calls
}

// sorted gives a map's values in the order of their keys.
func sorted[K cmp.Ordered, V any](m map[K]V) []V {
	values := make([]V, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[key])
	}
	return values
}
