package agent

import (
	"slices"
	"time"
)

// SignIn puts the agent on duty: Ready, or Unreachable while the phone is not registered. Who is signed in already
// stays as they are, also paused: signing in again is what a reloaded desk does. by is the login of who asked.
// Errors: ErrUnknownAgent.
func (r *Roster) SignIn(login, by string) error {
	return r.onDuty(login, event{kind: inSignIn, by: by})
}

// Ready makes the agent want calls, signing in when needed: it ends a pause, and takes back a pause or sign-out that
// waits for the end of a call. In a call or wrap-up it changes nothing at once; a wrap-up ends by WrappedUp (I4).
// Errors: ErrUnknownAgent.
func (r *Roster) Ready(login, by string) error {
	return r.onDuty(login, event{kind: inReady, by: by})
}

// Pause makes the agent want no calls, for a reason of the list. In a call or wrap-up it comes true afterwards
// (View.Pending). Errors: ErrUnknownAgent, ErrReason, ErrSignedOut.
func (r *Roster) Pause(login, reason, by string) error {
	if !slices.Contains(r.opt.PauseReasons, reason) {
		return ErrReason.with("%q is not on the list of pause reasons.", reason)
	}
	return r.onDuty(login, event{kind: inPause, by: by, reason: reason})
}

// SignOut takes the agent off duty. In a call or wrap-up it comes true afterwards (View.Pending).
// Errors: ErrUnknownAgent.
func (r *Roster) SignOut(login, by string) error {
	return r.onDuty(login, event{kind: inSignOut, by: by})
}

func (r *Roster) onDuty(login string, e event) error {
	s := r.seat(login)
	if s == nil {
		return ErrUnknownAgent.with("There is no agent %q.", login)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.retired && e.kind != inSignOut {
		return ErrUnknownAgent.with("%q is not an agent any more.", login)
	}
	if e.by == login {
		s.active = time.Now()
	}
	if e.kind == inPause {
		switch {
		case s.state == Offline:
			return ErrSignedOut.with("%s is not signed in.", login)
		case s.state == Paused && s.reason == e.reason:
			return nil
		}
	}
	r.apply(s, e)
	return nil
}
