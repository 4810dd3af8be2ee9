package agent

import (
	"slices"
	"time"
)

// Desk is one stream to one browser tab of an agent. An agent has one session at a time, with as many tabs as it likes.
type Desk struct {
	r       *Roster
	s       *seat
	session string
	pushes  chan Push

	// guarded by the seat's lock
	seen time.Time
	open bool
	err  error
}

// deskState is the desk's part of a seat.
type deskState struct {
	session string
	tabs    []*Desk
	seen    time.Time // last sign of life of any tab, and when the last one was closed
	watched bool      // there is, or was a moment ago, a desk: its silence means something
	live    []Push    // what a tab must know that connects now
	unacked []unacked
}

// OpenDesk connects a tab of a desk session. What is current is pushed first: the state, then whatever is live of the
// agent's call. Another session of the same agent is told ("replaced") and ends. Opening a desk does not sign in.
// Errors: ErrUnknownAgent, ErrDeskSession.
func (r *Roster) OpenDesk(login, session string) (*Desk, error) {
	if session == "" {
		return nil, ErrDeskSession
	}
	s := r.seat(login)
	if s == nil {
		return nil, ErrUnknownAgent.with("There is no agent %q.", login)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.retired {
		return nil, ErrUnknownAgent.with("%q is not an agent any more.", login)
	}
	if s.desk.session != session && len(s.desk.tabs) > 0 {
		s.desk.send(r.fill(Push{Kind: "replaced"}))
		s.desk.closeAll(ErrDeskReplaced)
	}
	now := time.Now()
	d := &Desk{r: r, s: s, session: session, pushes: make(chan Push, r.opt.DeskBuffer), seen: now, open: true}
	s.desk.session, s.desk.seen, s.desk.watched = session, now, true
	s.deskLost = false
	live := s.desk.live
	s.desk.tabs = append(s.desk.tabs, d)
	r.publish(s, s.state, event{by: login}) // the state is the first push
	for _, p := range live {
		d.pushes <- p // fits: the buffer is larger than all that can be live
	}
	return d, nil
}

// Pushes gives the messages, in order and without a gap; it is closed when the desk ends, and Err then says why.
func (d *Desk) Pushes() <-chan Push { return d.pushes }

// Err is nil while the desk is connected; then ErrDeskSlow, ErrDeskSilent, ErrDeskReplaced, ErrDeskClosed, ErrStopping
// or ErrUnknownAgent.
func (d *Desk) Err() error {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.err
}

// Heartbeat says that the browser is there. It must come more often than Options.DeskTimeout.
func (d *Desk) Heartbeat() {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	d.beat(time.Now())
}

func (d *Desk) beat(now time.Time) {
	if d.open {
		d.seen, d.s.desk.seen = now, now
	}
}

// Close ends this tab. The agent's state is not touched: a reload comes back at once, and a desk that does not is lost
// after Options.DeskTimeout.
func (d *Desk) Close() {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	if !d.open {
		return
	}
	d.s.desk.seen = time.Now()
	d.s.desk.close(d, ErrDeskClosed)
	d.r.publish(d.s, d.s.state, event{by: d.s.login})
}

// Beat is Heartbeat for all tabs of a session, for desks that say it by a request of its own. active says that a human
// used keyboard or mouse since the last one; it decides what becomes of an agent whose wrap-up runs out. false: there
// is no such desk any more, connect again.
func (r *Roster) Beat(login, session string, active bool) bool {
	s := r.seat(login)
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.desk.session != session || len(s.desk.tabs) == 0 {
		return false
	}
	now := time.Now()
	for _, d := range s.desk.tabs {
		d.beat(now)
	}
	if active {
		s.active = now
	}
	return true
}

// checkDesk disconnects tabs that fell silent, and loses the desk when the last one is gone for long enough.
func (r *Roster) checkDesk(s *seat, now time.Time) {
	if !s.desk.watched {
		return
	}
	silent := 0
	for _, d := range slices.Clone(s.desk.tabs) {
		if now.Sub(d.seen) >= r.opt.DeskTimeout {
			s.desk.close(d, ErrDeskSilent)
			silent++
		}
	}
	if len(s.desk.tabs) == 0 && now.Sub(s.desk.seen) >= r.opt.DeskTimeout {
		s.desk.watched, s.desk.session = false, ""
		r.apply(s, event{kind: inDeskLost, by: "clock"})
	}
	if silent > 0 {
		r.publish(s, s.state, event{by: "clock"})
	}
}

// closeDesks ends all sessions because the server stops. Nothing is published: for the copy, the desks are still there,
// and after the start they have DeskTimeout to come back.
func (r *Roster) closeDesks() {
	for _, s := range r.seats.Load().order {
		s.mu.Lock()
		s.desk.closeAll(ErrStopping)
		s.mu.Unlock()
	}
}

func (d *deskState) close(tab *Desk, why error) {
	tab.open, tab.err = false, why
	close(tab.pushes)
	d.tabs = slices.DeleteFunc(slices.Clone(d.tabs), func(t *Desk) bool { return t == tab })
}

func (d *deskState) closeAll(why error) {
	for _, tab := range d.tabs {
		d.close(tab, why)
	}
}

// send gives a push to every tab. A tab whose buffer is full is disconnected, never skipped: it would show a state that
// is not, and nobody would know. dropped reports that it happened.
func (d *deskState) send(p Push) (dropped bool) {
	for _, tab := range d.tabs {
		select {
		case tab.pushes <- p:
		default:
			d.close(tab, ErrDeskSlow)
			dropped = true
		}
	}
	return dropped
}
