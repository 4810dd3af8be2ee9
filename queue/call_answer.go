package queue

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"time"
)

// claim makes the agent who picked up the winner, atomically on the board, and stops the others. Within this node the
// call's own goroutine is the judge, so a board that does not answer cannot stop a human from being connected. Among nodes
// the driver is: while its lease is known to last, and the board itself gave it the agent, the board can only agree, and the
// audio path is made while it is told. Otherwise the board is asked first.
func (c *liveCall) claim(in callInput) {
	leg := c.legs[in.leg]
	c.winner, c.answerSeen = leg, c.now()
	c.pickedUp = in.at
	if !c.human {
		c.answeredAt = in.at
	}
	leg.stop()
	if leg.claimed && c.onBoard && c.d.holds(c.driven) {
		c.join(leg)
		runtime.Gosched() // the requests to the switch go first
	}
	leg.claimed = false
	won, err := c.answerOnBoard(leg.agent, in.at)
	switch {
	case err == nil, errors.Is(err, ErrTaken) && won.Winner == leg.agent:
	case errors.Is(err, ErrTaken):
		// We drive the call and know of no winner: the board remembers one whose phone died in a fault of its own.
		if _, err = c.reopenOnBoard(won.Winner); err == nil {
			won, err = c.answerOnBoard(leg.agent, in.at)
		}
		if err != nil {
			c.trouble("answer", err)
		}
	case errors.Is(err, ErrFenced):
		c.raise(callInput{kind: inFenced, at: in.at})
		return
	case errors.Is(err, ErrBusy):
		c.log.Error("an agent answered who belongs to another call; the phone is released", "agent", leg.agent)
		c.raise(callInput{kind: inConnectFail, at: in.at, leg: leg.id, why: outcomeBusy, err: err})
		return
	case errors.Is(err, ErrUnknown):
		c.onBoard = false
	default:
		c.trouble("answer", err)
		call, agent, at := c.ID, leg.agent, in.at
		c.d.insist("answer", func(ctx context.Context) ([]Match, error) {
			won, err := c.d.board.Answer(ctx, call, agent, at)
			return won.Matches, err
		})
	}
	c.releaseLosers(leg.agent, in.at)
	c.d.route(won.Matches)
}

func (c *liveCall) answerOnBoard(agent string, at time.Time) (won Won, err error) {
	if !c.onBoard {
		return Won{Winner: agent}, nil
	}
	err = c.onBoardStep(func(ctx context.Context) (err error) {
		won, err = c.d.board.Answer(ctx, c.ID, agent, at)
		return err
	})
	return won, err
}

func (c *liveCall) reopenOnBoard(agent string) (matches []Match, err error) {
	err = c.onBoardStep(func(ctx context.Context) (err error) {
		matches, err = c.d.board.Reopen(ctx, c.ID, agent)
		return err
	})
	return matches, err
}

// releaseLosers stops the phones of everybody but the winner and tells them who took it.
func (c *liveCall) releaseLosers(winner string, at time.Time) {
	for _, leg := range c.legs {
		if leg != c.winner && leg.offered {
			c.withdraw(leg, outcomeLost, winner, at)
			c.letLegGo(leg, legCancelled)
		}
	}
}

// connect makes the audio path. A claim that failed has raised why; then there is nothing to connect.
func (c *liveCall) connect(callInput) {
	if len(c.raised) == 0 && !c.winner.joining {
		c.join(c.winner)
	}
}

func (c *liveCall) join(winner *callLeg) {
	winner.joining = true
	leg := winner.id
	c.aside(func(ctx context.Context) (callInput, bool) {
		err := c.d.phones.Connect(ctx, c.ID, leg)
		switch {
		case err == nil:
			return callInput{kind: inConnected, leg: leg}, true
		case errors.Is(err, ErrUnknown):
			return callInput{kind: inConnectLost, leg: leg, why: outcomeFault, err: err}, true
		}
		return callInput{kind: inConnectFail, leg: leg, why: outcomeFault, err: err}, true
	})
}

// grace waits for the event that says whether the caller or the agent's phone is gone.
func (c *liveCall) grace(in callInput) {
	c.after(goneGrace, callInput{kind: inGraceDue, leg: in.leg, why: outcomeFault})
}

// confirm is the moment at which caller and agent hear each other. The verdict is fixed here, from the instant of the
// human answer, and never again (I6): an answer whose audio never came up was none for the caller. Ownership is claimed
// beside it.
func (c *liveCall) confirm(in callInput) {
	agent := c.winner.agent
	data := map[string]string{"winner": agent}
	first := c.verdict == nil && !c.human
	if first {
		v := c.rule.Answered(c.answeredAt.Sub(c.Ring1))
		c.verdict = &v
	} else {
		data["again"] = "true"
	}
	if c.winner.why == whyReturn {
		data["return"] = "true"
	}
	c.unkeep("answered", in.at)
	answered := c.event(EventAnswered, c.pickedUp, agent, data)
	if first {
		answered.Verdict = c.verdict
	}
	c.tell(answered)
	c.write(EventConnected, in.at, agent, map[string]string{
		"gap_ms": strconv.FormatInt(in.at.Sub(c.answerSeen).Milliseconds(), 10),
	})
	c.talk(c.pickedUp, false)
	c.d.seats.answeredOne(agent, c.pickedUp)
	c.own(agent)
	c.stopMusic()
}

// talk tells the winner's desk that caller and agent hear each other: the end of the offer.
func (c *liveCall) talk(at time.Time, adopted bool) {
	c.winner.offered, c.human, c.talkSince = false, true, at
	c.d.reached(c)
	t := Talk{Call: c.Call, Queue: c.queue, Agent: c.winner.agent, At: at, Adopted: adopted}
	if c.verdict != nil {
		t.Verdict = *c.verdict
	}
	c.d.desks.Talk(t)
}

// own makes the first human who talked with the caller the owner of the case. It is durable when it returns, is repeated
// until it is, also after the call, and keeps nobody from talking meanwhile.
func (c *liveCall) own(agent string) {
	if c.owning {
		return
	}
	c.owning = true
	c.flush() // the answer comes before the ownership in the journal
	call, queue, at, d, log := c.Call, c.queue, c.answeredAt, c.d, c.log
	d.beside(func(ctx context.Context) {
		for wait := newBackoff(); ; {
			owned, err := d.book.Own(ctx, call, queue, agent, at)
			if err == nil {
				d.write(Event{Kind: EventOwned, At: d.cfg.Now(), Call: call.ID, Queue: queue, Agent: agent, Data: map[string]string{
					"case": owned.Case, "owner": owned.Owner, "new": strconv.FormatBool(owned.New),
				}})
				c.put(callInput{kind: inOwned, at: d.cfg.Now(), owned: &owned})
				return
			}
			log.Warn("ownership is not durable yet; trying again", "agent", agent, "error", err)
			if !wait.sleep(ctx) {
				return
			}
		}
	})
}

func (c *liveCall) noteOwned(in callInput) { c.owned = in.owned }

// reopen undoes an answer whose audio never came up: the others are offered again, with the clock as it was.
func (c *liveCall) reopen(in callInput) {
	leg := c.winner
	c.winner, c.reopened = nil, true
	outcome := outcomeFault
	switch in.kind {
	case inWinnerHungUp:
		outcome = outcomeDeclined
	case inWinnerDied:
		outcome = outcomeOf(in.why)
		if outcome == outcomeAbandoned || outcome == outcomeMissed {
			outcome = outcomeFault
		}
	}
	c.write(EventReopened, in.at, leg.agent, map[string]string{"reason": outcome, "leg": leg.id})
	var matches []Match
	if c.onBoard {
		var err error
		if matches, err = c.reopenOnBoard(leg.agent); err != nil {
			c.trouble("reopen", err)
			c.leaveBoard()
		}
	}
	c.withdraw(leg, outcome, "", in.at)
	c.letLegGo(leg, legCancelled)
	if !c.onBoard {
		c.raise(callInput{kind: inRetry, at: in.at})
		return
	}
	if c.keep != "" {
		c.openLine(outcome, in.at)
	} else {
		c.climb(in)
	}
	c.matched(matches)
	c.rouseLater()
	c.reply(in.order, nil)
}

// leaveBoard takes the call off the board and gives what that freed to others.
func (c *liveCall) leaveBoard() {
	if c.onBoard {
		c.onBoard = false
		c.d.route(c.d.leave(c.ID))
	}
}

// requeue puts a caller whose agent's phone died in the talk in line again, before everybody else: kept for that agent for a
// moment, then for the owner of their case, then for whoever is free. They hear music meanwhile.
func (c *liveCall) requeue(in callInput) {
	who := ""
	if c.winner != nil {
		who = c.winner.agent
	}
	c.leaveBoard()
	c.reopened, c.wants.first, c.wants.limitless, c.climbed = true, true, true, nil
	c.endGuests(in.at, "talk broke off")
	c.write(EventReopened, in.at, who, map[string]string{"reason": in.why, "talked": "true"})
	if in.why != legUnheard { // their phone would be as silent again
		c.keepFor(who, in.why, in.at)
	}
	c.playMusic()
}

// endLost ends the part of the agent whose phone died, when the call is in line again: whoever is free then, and be it the
// same agent, is offered this call before any other.
func (c *liveCall) endLost(in callInput) {
	c.endTalk(in.at, in.why, "")
	c.reply(in.order, nil)
}

// playMusic keeps a caller who has no agent from silence.
func (c *liveCall) playMusic() {
	if c.music {
		return
	}
	c.music = true
	c.aside(func(ctx context.Context) (callInput, bool) {
		if err := c.d.voice.Hold(ctx, c.ID); err != nil && !errors.Is(err, ErrUnknown) {
			c.log.Warn("a waiting caller could not be given music", "error", err)
		}
		return callInput{}, false
	})
}

// stopMusic brings a held caller back into the talk.
func (c *liveCall) stopMusic() {
	if !c.music && !c.held {
		return
	}
	c.music, c.held = false, false
	c.aside(func(ctx context.Context) (callInput, bool) {
		if err := c.d.voice.Resume(ctx, c.ID); err != nil && !errors.Is(err, ErrUnknown) {
			c.log.Warn("the music could not be stopped", "error", err)
		}
		return callInput{}, false
	})
}

// letGo stops driving a call that another node has taken over; it has the phones, too.
func (c *liveCall) letGo(in callInput) {
	c.log.Warn("another node drives this call now")
	c.d.seats.unkeep(c.keep, c.ID)
	for _, leg := range c.legs {
		c.withdraw(leg, outcomeAbandoned, "", in.at)
		c.d.freeLine(leg.id)
	}
}
