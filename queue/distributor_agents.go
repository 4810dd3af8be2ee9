package queue

import (
	"context"
	"runtime"
	"slices"
	"time"
)

// SetAgents replaces what is known of the agents. Who is ready is told to the board with the new levels; who is missing
// from the list is taken off it.
func (d *Distributor) SetAgents(agents []Agent) {
	known := make(map[string]bool, len(agents))
	d.seats.mu.Lock()
	var changed []string
	for _, a := range agents {
		known[a.Login] = true
		s := d.seats.of(a.Login)
		a.Queues = slices.Clone(a.Queues)
		s.profile, s.known = a, true
		if s.ready {
			changed = append(changed, a.Login)
		}
	}
	for login, s := range d.seats.all {
		if s.known && !known[login] {
			s.known = false
			changed = append(changed, login)
		}
	}
	d.seats.mu.Unlock()
	d.numbers.SetAgents(agents)
	for _, login := range changed {
		d.settle(login)
	}
}

// AgentReady says that the agent can be offered calls, but those of the switches that lacks names, in order; since is the idle
// time that counts. Said again it changes nothing but these two. It returns at once: the board hears it from a goroutine, always
// the newest word.
func (d *Distributor) AgentReady(login string, since time.Time, lacks ...string) {
	d.seats.mu.Lock()
	d.seats.of(login).lacks = lacks
	d.seats.mu.Unlock()
	d.readyAgain(login, since)
}

// readyAgain is AgentReady for whom can be reached where they could.
func (d *Distributor) readyAgain(login string, since time.Time) {
	d.seats.mu.Lock()
	s := d.seats.of(login)
	s.ready, s.since = true, since
	known := s.known
	d.seats.mu.Unlock()
	if !known {
		d.log.Warn("an agent is ready of whom the queue knows no skills; no call can be offered", "agent", login)
		return
	}
	d.settle(login)
}

// AgentGone says that the agent cannot be offered calls any more. A call that rings them goes on ringing: its own end
// (declined, rang out, phone gone) decides.
func (d *Distributor) AgentGone(login string) {
	d.seats.mu.Lock()
	d.seats.of(login).ready = false
	d.seats.mu.Unlock()
	d.settle(login)
}

// settle makes the board agree with presence. One goroutine per agent does it, so words cannot overtake each other.
func (d *Distributor) settle(login string) {
	d.seats.mu.Lock()
	s := d.seats.of(login)
	s.stale = true
	if s.settling {
		d.seats.mu.Unlock()
		return
	}
	s.settling = true
	d.seats.mu.Unlock()
	started := d.beside(func(ctx context.Context) {
		wait := newBackoff()
		for {
			d.seats.mu.Lock()
			if !s.stale {
				s.settling = false
				d.seats.mu.Unlock()
				return
			}
			s.stale = false
			ready := s.ready && s.known
			idle := s.idle(d.plan, d.cfg.Now().YearDay())
			d.seats.mu.Unlock()
			if err := d.tellBoard(ctx, login, ready, idle); err != nil {
				d.seats.mu.Lock()
				s.stale = true
				d.seats.mu.Unlock()
				d.log.Warn("the board did not take an agent's presence; trying again", "agent", login, "error", err)
				if !wait.sleep(ctx) {
					return
				}
			}
		}
	})
	if !started {
		d.seats.mu.Lock()
		s.settling = false
		d.seats.mu.Unlock()
	}
	runtime.Gosched() // a caller may wait for this agent; who brought the word has more to say, but nothing as urgent
}

func (d *Distributor) tellBoard(ctx context.Context, login string, ready bool, idle Idle) error {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.BoardTimeout)
	defer cancel()
	if !ready {
		_, err := d.board.Unready(ctx, login)
		return err
	}
	matches, err := d.board.Ready(ctx, idle)
	if err != nil {
		return err
	}
	d.route(matches)
	return nil
}
