package agent

import (
	"context"
	"errors"
	"time"
)

// Restore takes presence back from the store, for agents whom nothing but their phone moved since the start, and takes
// over the writing. Call it after SetProfiles, before the switches connect, with a bounded ctx; when it fails the
// hotline goes on, Run tries again behind the scenes, and until then agents are where the phones and the calls put them.
//
// It is a claim, not the truth: agents who were ready are Unreachable until the switch says that their phone is
// registered (they keep their idle time), agents in calls stay there until Talking, Withdrawn, CallOver or CallsSynced
// says otherwise, and desks have Options.DeskTimeout to reconnect.
func (r *Roster) Restore(ctx context.Context) error {
	if r.copier.store == nil {
		return nil
	}
	return r.copier.connect(ctx)
}

// connect takes the pen, loads when it never did, and has everything written again that ever changed.
func (c *copier) connect(ctx context.Context) error {
	c.dial.Lock()
	defer c.dial.Unlock()
	op, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	mine := c.epoch.Load()
	epoch, err := c.store.Claim(op, mine, time.Now().Unix()/60)
	if err != nil {
		return err
	}
	if mine != 0 && epoch != mine {
		return errSuperseded
	}
	if mine == 0 {
		copies, err := c.store.Load(op)
		if unreadable, ok := errors.AsType[*UnreadableError](err); ok {
			c.r.log.Error("some agents have to sign in again", "err", unreadable)
		} else if err != nil {
			return err
		}
		c.epoch.Store(epoch)
		c.r.restore(copies)
	}
	for _, s := range c.r.seats.Load().order {
		s.mu.Lock()
		if s.count > 0 {
			if mine == 0 { // versions of this start begin to count
				c.r.publish(s, s.state, event{by: "server"})
			}
			c.mark(s)
		}
		s.mu.Unlock()
	}
	c.be("ok", nil)
	return nil
}

// restore puts copies where nothing newer is known, and keeps those of nobody known for the profile that may come.
func (r *Roster) restore(copies []Copy) {
	r.book.Lock()
	defer r.book.Unlock()
	dir := r.seats.Load()
	for _, c := range copies {
		s := dir.by[c.Login]
		if s == nil {
			r.copies[c.Login] = c
			continue
		}
		s.mu.Lock()
		if !s.touched {
			r.revive(s, c)
		}
		s.mu.Unlock()
	}
}

// revive makes a seat what its copy says. Called with the lock held.
func (r *Roster) revive(s *seat, c Copy) {
	now := time.Now()
	from := s.state
	s.touched = true
	s.state, s.since = c.State, c.Since
	s.duty, s.reason = duty(c.Duty), c.Reason
	s.call, s.queue, s.idle = c.Call, c.Queue, c.Idle
	s.missed, s.answered, s.day = c.Missed, c.Answered, c.Day
	s.wrapUpEnd, s.wrapLimit, s.wrapped, s.active = c.WrapUpEnd, c.WrapLimit, c.Wrapped, c.Active
	s.desk.watched, s.desk.session, s.desk.seen = c.Desk, c.Session, now
	s.awaited = !s.phoneUp
	if !s.state.busy() {
		s.call = ""
		s.state = settle(s.duty, s.phoneUp)
		if s.state != c.State {
			s.since = now
		}
		// What the queue's board believes is as old as the copy; only who was signed out was surely off its lists.
		s.listed = s.state != Offline && s.state != Ready
	}
	if s.state == Offered || s.state == Ringing {
		s.offerEnd = now.Add(r.opt.OfferLimit)
	}
	r.list(s, 0, now)
	r.publish(s, from, event{by: "server", reason: "restored"})
}

// copyOf makes the copy of a seat as it is now.
func (r *Roster) copyOf(s *seat) Copy {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Copy{
		Login: s.login, Version: r.version(s.count), Gone: s.retired && s.state == Offline,
		State: s.state, Since: s.since, Duty: string(s.duty), Reason: s.reason, Call: s.call, Queue: s.queue, Idle: s.idle,
		Missed: s.missed, Answered: s.answered, Day: s.day,
		WrapUpEnd: s.wrapUpEnd, WrapLimit: s.wrapLimit, Wrapped: s.wrapped, Active: s.active,
		Desk: s.desk.watched, Session: s.desk.session,
	}
}
