package agent

import "time"

// extension is what ExtendWrapUp gives when not told how much.
const extension = time.Minute

// WrappedUp ends the agent's wrap-up of a call, after the records accepted one of the permitted outcomes (I4). Done while
// the call still lasts, it makes the agent free at its end. For a call whose wrap-up is over already (no time was given,
// or it ran out) there is nothing left to do here: an agent paused by the time-out stays paused until ready.
// Errors: ErrUnknownAgent.
func (r *Roster) WrappedUp(login, call string) error {
	s := r.seat(login)
	if s == nil {
		return ErrUnknownAgent.with("There is no agent %q.", login)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == Talking && s.call == call {
		s.wrapped = true
		r.publish(s, s.state, event{by: login})
		return nil
	}
	r.apply(s, event{kind: inWrappedUp, by: login, call: call})
	return nil
}

// ExtendWrapUp gives the agent more time, by (0: one minute), up to Options.WrapUpExtension altogether; it returns the
// new end. Errors: ErrUnknownAgent, ErrNotWrapping, ErrWrapUpLimit.
func (r *Roster) ExtendWrapUp(login, call string, by time.Duration) (time.Time, error) {
	s := r.seat(login)
	if s == nil {
		return time.Time{}, ErrUnknownAgent.with("There is no agent %q.", login)
	}
	if by <= 0 {
		by = extension
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != WrapUp || s.call != call {
		return time.Time{}, ErrNotWrapping
	}
	if !s.wrapUpEnd.Before(s.wrapLimit) {
		return s.wrapUpEnd, ErrWrapUpLimit
	}
	s.active = time.Now()
	s.wrapUpEnd = s.wrapUpEnd.Add(by)
	if s.wrapUpEnd.After(s.wrapLimit) {
		s.wrapUpEnd = s.wrapLimit
	}
	r.publish(s, s.state, event{by: login})
	return s.wrapUpEnd, nil
}
