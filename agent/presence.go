package agent

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// event is an input with its circumstances.
type event struct {
	kind   input
	at     time.Time // of talk and over: by the switch's clock
	by     string    // who: a login, or "phone", "switch", "queue", "clock", "server"
	call   string
	queue  string
	reason string   // pause reason; withdrawal outcome; detail of a contradiction
	free   bool     // over, with no wrap-up owed
	lacks  []string // switches where the phone is missing
}

// aim tells apart what is about the seat's own call and what is about another, and what has a wrap-up and what has none.
func (r *Roster) aim(s *seat, e *event) {
	own := s.call != "" && e.call == s.call
	elsewhere := s.call != "" && e.call != s.call
	late := s.call == "" && e.call != "" && e.call == s.past
	switch e.kind {
	case inOffer, inSummon:
		if elsewhere {
			e.kind = inOfferElsewhere
		}
	case inTalk:
		if elsewhere {
			e.kind = inTalkElsewhere
		}
	case inRing, inJoin, inFreed, inMiss, inLastMiss, inOver, inWrappedUp:
		if elsewhere || late {
			e.kind = inStray
		}
	case inPhoneUp:
		if s.state == Unreachable && s.awaited {
			e.kind = inPhoneFound
		}
	}
	if own && (e.kind == inOver || e.kind == inGone) && (s.wrapped || e.free || r.opt.WrapUpLimit(e.queue) <= 0) {
		if e.kind == inOver {
			e.kind = inOverFree
		} else {
			e.kind = inGoneFree
		}
	}
}

// apply moves a seat by one input. Called with its lock held. It reports false when nothing was done: an unexpected
// input, or a refused offer.
func (r *Roster) apply(s *seat, e event) bool {
	r.aim(s, &e)
	now := time.Now()
	from := s.state
	t, known := r.table[from][e.kind]
	if !known {
		r.note(slog.LevelWarn, "unexpected, ignored", s, e)
		return false
	}
	if t.next == from && t.do == 0 {
		r.note(slog.LevelDebug, "no news", s, e)
		return true
	}
	if t.do&refuse != 0 {
		r.note(slog.LevelInfo, "an offer, refused", s, e)
		// The queue takes a refusing agent off its lists. If the agent becomes ready in that very moment, the two
		// messages cross: say it again soon.
		s.reaffirm = now.Add(r.opt.Doubt)
		return false
	}
	s.touched = s.touched || t.do&^(phoneSeen|phoneMissing) != 0
	if t.do&backOnList != 0 && (!s.claim || !slices.Equal(s.told, s.lacks)) {
		// The phone rang without an offer, or the offer was made before a restart: nobody knows what was put back. Or it was
		// put back as the phone stood before.
		t.do = t.do&^backOnList | unsure
	}
	r.perform(s, t.do, e, now)
	next := t.next
	if next == rest {
		if s.deskLost && s.duty == dutyOn {
			r.deskPause(s)
		}
		next = settle(s.duty, s.phoneUp)
	}
	r.enter(s, next, e, now)
	r.list(s, t.do, now)
	r.publish(s, from, e)
	return true
}

// perform does the effects that do not depend on the next state.
func (r *Roster) perform(s *seat, do effect, e event, now time.Time) {
	has := func(f effect) bool { return do&f != 0 }
	if has(contradict) {
		detail := fmt.Sprintf("%s while %s", e.kind, s.state)
		if e.reason != "" {
			detail = fmt.Sprintf("%s while %s: %s", e.kind, s.state, e.reason)
		}
		r.note(slog.LevelWarn, "a contradiction, repaired", s, e)
		r.notice("contradiction", s.login, e.call, detail)
	}
	if has(phoneSeen) {
		s.phoneUp = true
		r.setLacks(s, e.lacks)
	}
	if has(phoneMissing) {
		s.phoneUp = false
		r.setLacks(s, nil)
	}
	r.performDuty(s, do, e)
	if has(take) {
		s.call, s.queue, s.past, s.wrapped = e.call, "", "", false
		s.taken, s.claim, s.desk.live = now, has(claimed), nil
	}
	if has(claimed) {
		s.listed = false
		s.offerEnd = now.Add(r.opt.OfferLimit)
	}
	if has(backOnList) {
		s.listed = true
	}
	if has(idleAnew) {
		s.idle = now
	}
	if has(countMiss) && e.reason == "missed" {
		s.missed++
	}
	if has(clearMisses) {
		s.missed = 0
	}
	if has(countAnswer) {
		if today := r.today(now); s.day != today {
			s.day, s.answered = today, 0
		}
		s.answered++
	}
	if has(startWrapUp) {
		limit := r.opt.WrapUpLimit(e.queue)
		s.queue = e.queue
		s.wrapUpEnd = now.Add(limit)
		s.wrapLimit = s.wrapUpEnd.Add(r.opt.WrapUpExtension)
	}
	if has(tellTimeout) {
		r.notice("wrapup-timeout", s.login, s.call, "the case stays open with its owner")
	}
}

// setLacks notes where the phone is missing; publish tells it.
func (r *Roster) setLacks(s *seat, lacks []string) {
	s.moved = !slices.Equal(s.lacks, lacks)
	s.lacks = lacks
}

// performDuty changes what the agent wants.
func (r *Roster) performDuty(s *seat, do effect, e event) {
	has := func(f effect) bool { return do&f != 0 }
	switch {
	case has(wantOn):
		s.duty, s.reason = dutyOn, ""
	case has(wantAway):
		s.duty, s.reason = dutyAway, e.reason
	case has(wantOff):
		s.duty, s.reason = dutyOff, ""
	case has(missPause):
		if s.duty == dutyOn {
			s.duty, s.reason = dutyAway, ReasonMissedCalls
		}
		r.notice("missed-calls", s.login, e.call, "paused after an unanswered offer: "+e.reason)
	case has(lostPause):
		r.deskPause(s)
	case has(timePause):
		if s.duty == dutyOn {
			s.duty, s.reason = dutyAway, ReasonWrapUpTimeout
		}
	case has(noteDesk):
		s.deskLost = true
	}
}

func (r *Roster) deskPause(s *seat) {
	s.duty, s.reason = dutyAway, ReasonDeskLost
	r.notice("desk-lost", s.login, s.call, "no heartbeat of the desk; paused")
}

// enter puts the seat into its next state and forgets what belongs to states left behind.
func (r *Roster) enter(s *seat, next State, e event, now time.Time) {
	if !next.busy() {
		if s.call != "" {
			s.past = s.call
		}
		s.call, s.queue, s.wrapped, s.deskLost = "", "", false, false
		s.desk.live = nil
	}
	if next != Offered && next != Ringing {
		s.offerEnd = time.Time{}
	} else if s.offerEnd.IsZero() {
		s.offerEnd = now.Add(r.opt.OfferLimit)
	}
	if next != WrapUp {
		s.wrapUpEnd = time.Time{}
	}
	if s.state == Ready && next != Ready {
		s.reaffirm = time.Time{}
	}
	switch {
	case next == s.state && next == Paused && e.kind == inPause: // another reason
		s.since = now
	case next == s.state && e.kind != inTalkElsewhere:
	case next == Talking || next == WrapUp:
		s.since = sane(e.at, now)
	default:
		s.since = now
	}
	s.state = next
}

// list keeps the listing rule on top of state.go.
func (r *Roster) list(s *seat, do effect, now time.Time) {
	if do&(relist|unsure) != 0 {
		// What the queue believes is unknown; assume whatever makes us tell it.
		s.listed = s.state != Ready
	}
	switch {
	case s.state == Ready && !s.listed:
		s.listed = true
		r.announce(s)
		if do&doubt != 0 || s.reaffirm.After(now) {
			s.reaffirm = now.Add(r.opt.Doubt)
		} else {
			s.reaffirm = now.Add(r.opt.Reaffirm)
		}
	case s.state == Ready && do&doubt != 0:
		s.reaffirm = now.Add(r.opt.Doubt)
	case s.state == Ready && do&backOnList != 0:
		s.reaffirm = now.Add(r.opt.Reaffirm)
	case s.state != Ready && s.listed:
		s.listed = false
		login := s.login
		r.words.send(login, func() { r.queueing.AgentGone(login) })
	}
}

// announce tells the queue that the agent is ready, if that is still so when the word gets there: a claim that came
// meanwhile is the queue's newer knowledge, and any other end of Ready is followed by AgentGone.
func (r *Roster) announce(s *seat) {
	r.words.send(s.login, func() {
		s.mu.Lock()
		still, since, lacks := s.state == Ready, s.idle, s.lacks
		if still {
			s.told = lacks
		}
		s.mu.Unlock()
		if still {
			r.queueing.AgentReady(s.login, since, lacks...)
		}
	})
}

// publish makes a change visible: view, listeners, desk, copy, alarm. Called with the lock held.
func (r *Roster) publish(s *seat, from State, e event) {
	s.count++
	seen := s.snapshot(r.version(s.count))
	s.shown.Store(seen)
	view := seen.on(r.today(time.Now()))
	if from != view.State {
		r.tell(view, from, e)
	}
	if s.moved {
		s.moved = false
		r.news.send(s.login, func() {
			for _, listener := range r.reached {
				listener(view)
			}
		})
	}
	r.copier.mark(s)
	r.alarms.set(s, s.nextAlarm(r.opt.DeskTimeout))
	if s.retired && s.state == Offline {
		r.words.send(s.login, func() { r.drop(s) })
	}
	if len(s.desk.tabs) > 0 && s.desk.send(r.fill(Push{Kind: "state", Data: view})) {
		r.publish(s, view.State, e) // a slow desk was disconnected: the view changed again
	}
}

// tell logs a transition and tells the listeners.
func (r *Roster) tell(view View, from State, e event) {
	reason := view.Reason
	if reason == "" {
		reason = e.reason
	}
	if reason == "" {
		reason = string(e.kind)
	}
	r.news.send(view.Login, func() {
		r.log.Info("presence", "agent", view.Login, "from", from, "to", view.State, "reason", reason, "by", e.by,
			"call", view.Call)
		for _, listener := range r.listeners {
			listener(view, from, reason, e.by)
		}
	})
}

// note logs behind the change: a log that blocks must not hold up a call.
func (r *Roster) note(level slog.Level, what string, s *seat, e event) {
	if !r.log.Enabled(context.Background(), level) {
		return
	}
	state, has := s.state, s.call
	r.news.send(s.login, func() {
		r.log.Log(context.Background(), level, "input to presence", "was", what, "agent", s.login, "state", state, "input", e.kind,
			"call", e.call, "has", has, "by", e.by, "reason", e.reason)
	})
}

// notice tells the service managers, behind the change.
func (r *Roster) notice(kind, login, call, detail string) {
	r.news.send(login, func() { r.managers.Notice(kind, login, call, detail) })
}
