package queue

import (
	"context"
	"time"
)

// Adopt takes a call that the switch carries already: after a start, after a reconnect, after another node's death. A call
// that this node drives is left as it is.
func (d *Distributor) Adopt(f Found) {
	hotline, ok := d.plan.byDID[f.DID]
	if !ok {
		if len(f.Legs) == 0 || len(d.plan.order) == 0 {
			d.Arrived(f.Call) // refuses it
			return
		}
		// Somebody talks on a number that was taken out of the configuration: they finish their talk.
		queue := d.plan.order[0]
		hotline = HotlineConfig{Queue: queue, Rule: d.plan.rules[queue]}
	}
	if d.drives(f.ID) {
		d.log.Debug("a found call is driven here already", "call", f.ID)
		return
	}
	for _, leg := range f.Legs {
		d.seats.take(leg.Agent, leg.ID, nil) // before presence can say that somebody is ready whose phone rings
	}
	d.start(f.Call, hotline, callInput{kind: inAdopt, at: d.cfg.Now(), found: &f})
}

// Synced says which calls live on a switch. Calls of that switch which are not among them have ended while nobody
// listened: they end here as unknown and leave the board. It does so beside the caller and returns at once.
func (d *Distributor) Synced(switchName string, live []string) {
	at := d.cfg.Now()
	lives := make(map[string]bool, len(live))
	for _, id := range live {
		lives[id] = true
	}
	d.mu.Lock()
	here := make(map[string]bool)
	for id, c := range d.calls {
		if c.Switch == switchName {
			here[id] = true
		}
	}
	d.mu.Unlock()
	for id := range here {
		if !lives[id] {
			d.CallEnded(id, endUnknown, 0, at)
		}
	}
	// Calls that the journal has begun and nobody drives: the process that did is dead, and so are they.
	for id, queue := range d.numbers.unended(switchName, at) {
		if !lives[id] && !here[id] {
			d.lostCall(id, queue, "", at)
			lives[id] = false
		}
	}
	d.beside(func(ctx context.Context) { d.sweep(ctx, switchName, lives, at) })
}

// sweep takes calls off the board that neither live nor are driven here.
func (d *Distributor) sweep(ctx context.Context, switchName string, lives map[string]bool, at time.Time) {
	for wait := newBackoff(); ; {
		bounded, cancel := context.WithTimeout(ctx, d.cfg.BoardTimeout)
		calls, err := d.board.Calls(bounded, switchName)
		cancel()
		if err == nil {
			for _, id := range calls {
				d.sweepOne(ctx, id, lives, at)
			}
			return
		}
		d.log.Warn("the board did not list a switch's calls; trying again", "switch", switchName, "error", err)
		if !wait.sleep(ctx) {
			return
		}
	}
}

func (d *Distributor) sweepOne(ctx context.Context, id string, lives map[string]bool, at time.Time) {
	base := baseCall(id)
	if view, driven := d.Call(base); driven && (id == base || id == view.shadow) || lives[id] {
		return // a hand-over that its call knows nothing of was left behind by a dead process
	}
	ctx, cancel := context.WithTimeout(ctx, d.cfg.BoardTimeout)
	defer cancel()
	known, err := d.board.Adopt(ctx, id) // only its driver may take a call off the board
	if err != nil || known.Ring1.After(at) {
		return
	}
	d.route(d.leave(id)) //nolint:contextcheck // leave lets a step finish that a stop would cut in two
	if _, told := lives[id]; id == base && !told {
		d.lostCall(id, known.Queue, known.Winner, at)
	}
}

// lostCall writes the end of a call that ended while nobody listened.
func (d *Distributor) lostCall(id, queue, agent string, at time.Time) {
	d.write(Event{Kind: EventEnded, At: at, Call: id, Queue: queue, Agent: agent, Data: map[string]string{
		"end": endUnknown, "talk_ms": "0",
	}})
}

// drives says whether a call has a goroutine here.
func (d *Distributor) drives(call string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calls[call] != nil
}

// Recovered takes what a lease brings: letters, and calls of dead nodes, which are driven on from here once the switch has
// shown them (Adopt). A lease that had run out means that others may have taken this node's calls; each of them asks the
// board again by its next step and is fenced if so.
func (d *Distributor) Recovered(l Leased) {
	if l.Lost {
		d.write(Event{Kind: EventAlarm, At: d.cfg.Now(), Data: map[string]string{
			"what": "lease-lost", "detail": "this node was not heard of for too long; others may have taken its calls",
		}})
	}
	d.route(l.Matches)
	for _, known := range l.Orphans {
		d.log.Info("took over a call of a dead node", "call", known.Call, "queue", known.Queue)
	}
}
