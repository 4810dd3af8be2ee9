package queue

import (
	"strings"
	"time"
)

// inputKind is what can happen to a call. The switch's raw events are translated first (classify), because the same event
// means different things for a winner's leg and for a loser's.
type inputKind string

const (
	inStart    inputKind = "arrived"
	inAdopt    inputKind = "found on the switch"
	inRetry    inputKind = "try again"
	inEnqueued inputKind = "enqueued"
	inFull     inputKind = "queue full"
	inRefused  inputKind = "no overflow left"
	inFenced   inputKind = "another node drives it"

	inFoundWaiting inputKind = "found waiting"
	inFoundTalking inputKind = "found talking"

	inMatched       inputKind = "matched"
	inRingFailed    inputKind = "ring failed"
	inOfferRinging  inputKind = "phone rings"
	inOfferAnswered inputKind = "human answers"
	inOfferEnded    inputKind = "phone stops"
	inOfferOverdue  inputKind = "phone rang too long"
	inDeclined      inputKind = "agent declines"
	inLateAnswered  inputKind = "answered too late"
	inStrayEnded    inputKind = "released leg ended"

	inRouse       inputKind = "nobody rings"
	inStepDue     inputKind = "ladder step due"
	inMaxWaitDue  inputKind = "max wait over"
	inNoAgentsDue inputKind = "no-agents time over"
	inReturnDue   inputKind = "return time over"
	inKeeperAway  inputKind = "agent cannot come back"
	inPhoneLost   inputKind = "talker's phone lost"

	inConnected    inputKind = "audio up"
	inConnectFail  inputKind = "audio failed"
	inConnectLost  inputKind = "call or leg gone"
	inGraceDue     inputKind = "no word from the switch"
	inWinnerHungUp inputKind = "agent hangs up"
	inWinnerGone   inputKind = "caller gone"
	inWinnerDied   inputKind = "agent's phone dies"
	inOwned        inputKind = "case owned"

	inMachineWanted inputKind = "machine wanted"
	inPlayed        inputKind = "machine speaks"
	inPlayFailed    inputKind = "machine cannot speak"
	inPlayUnable    inputKind = "switch cannot speak"
	inPlayEnded     inputKind = "announcement over"
	inMachineDue    inputKind = "announcement too long"
	inDigit         inputKind = "digit"

	inHold    inputKind = "hold"
	inResume  inputKind = "resume"
	inHeld    inputKind = "held or resumed"
	inUnheard inputKind = "caller not heard"
	inHangUp  inputKind = "hang-up ordered"
	inMove    inputKind = "move ordered"

	inHandOver     inputKind = "hand-over ordered"
	inTakeBack     inputKind = "hand-over taken back"
	inHandMatched  inputKind = "receiver matched"
	inHandRinging  inputKind = "receiver's phone rings"
	inHandAnswered inputKind = "receiver answers"
	inHandEnded    inputKind = "receiver's phone stops"
	inHandDeclined inputKind = "receiver declines"
	inHandOverdue  inputKind = "receiver's phone rang too long"
	inHandRefused  inputKind = "hand-over impossible"
	inHandDue      inputKind = "hand-over time over"
	inHandReturned inputKind = "talker still there"
	inCallerAlone  inputKind = "talker gone"
	inSwapped      inputKind = "receiver's audio up"
	inSwapFailed   inputKind = "receiver's audio failed"

	inTakeOver inputKind = "take-over ordered"
	inAccept   inputKind = "receiver accepts at the desk"

	inInvite        inputKind = "expert ordered"
	inExpertOff     inputKind = "expert let go"
	inMonitor       inputKind = "listening ordered"
	inMonitorMode   inputKind = "listening changed"
	inMonitorOff    inputKind = "listening stopped"
	inGuestRinging  inputKind = "guest's phone rings"
	inGuestAnswered inputKind = "guest answers"
	inGuestEnded    inputKind = "guest's phone stops"
	inGuestDeclined inputKind = "guest declines"
	inGuestOverdue  inputKind = "guest's phone rang too long"
	inGuestJoined   inputKind = "guest's audio up"
	inGuestFailed   inputKind = "guest's audio failed"
	inGuestOff      inputKind = "guest called off"

	inCallEnded inputKind = "call ended"
	inEndSaid   inputKind = "switch took the hang-up"
	inEndDue    inputKind = "end overdue"

	// Raw events of the switch and of deadlines; classify turns them into the above.
	rawLegRinging  inputKind = "raw leg ringing"
	rawLegAnswered inputKind = "raw leg answered"
	rawLegEnded    inputKind = "raw leg ended"
	rawMatch       inputKind = "raw match"
	rawDecline     inputKind = "raw decline"
	rawDeadline    inputKind = "raw deadline"
)

// callInput is one thing that happened to a call; which fields are filled depends on the kind.
type callInput struct {
	kind    inputKind
	at      time.Time
	leg     string
	agent   string
	why     string
	by      string
	epoch   int64
	n       int
	on      bool
	err     error
	matches []Match
	found   *Found
	owned   *Owned
	order   *order
}

// classify says what a raw event means for this call as it stands now.
func (c *liveCall) classify(in callInput) (callInput, bool) {
	leg := c.legs[in.leg]
	switch in.kind {
	case rawLegRinging:
		return c.byRole(in, leg, roles{offer: inOfferRinging, hand: inHandRinging, guest: inGuestRinging}), leg != nil && leg.offered
	case rawLegAnswered:
		return c.byRole(in, leg, roles{offer: inOfferAnswered, hand: inHandAnswered, guest: inGuestAnswered, other: inLateAnswered}), true
	case rawLegEnded:
		if leg == nil {
			c.d.freeLine(in.leg)
			return in, false
		}
		leg.ended = true
		winner := inWinnerDied
		switch in.why {
		case legHungUp:
			winner = inWinnerHungUp
		case legCallerGone:
			winner = inWinnerGone
		}
		return c.byRole(in, leg, roles{offer: inOfferEnded, hand: inHandEnded, guest: inGuestEnded, winner: winner, other: inStrayEnded}), true
	case inConnected, inConnectFail, inConnectLost, inGraceDue:
		return in, c.winner != nil && in.leg == c.winner.id // else the word on an earlier try
	case inSwapped, inSwapFailed:
		return in, c.hand != nil && c.hand.leg != nil && in.leg == c.hand.leg.id
	case inPhoneLost:
		if c.winner == nil || c.winner.agent != in.by {
			in.order.refuse(errNotYours(c.ID, in.by))
			return in, false
		}
		in.kind, in.leg, in.why = inWinnerDied, c.winner.id, legUnreachable
	case rawMatch:
		in.kind = inMatched
		if c.hand != nil && strings.HasPrefix(in.matches[0].Call, c.ID+handMark) {
			in.kind = inHandMatched
		}
	case rawDecline:
		in.kind = inDeclined
		if c.hand != nil && c.hand.leg != nil && c.hand.leg.agent == in.agent {
			in.kind, in.leg = inHandDeclined, c.hand.leg.id
		} else if g := c.guestRinging(in.agent); g != nil {
			in.kind, in.leg = inGuestDeclined, g.leg.id
		}
	case inAccept:
		if c.hand == nil || !c.hand.inside || c.hand.leg == nil || c.hand.leg.agent != in.by {
			in.order.refuse(errNotOffered(c.ID, in.by))
			return in, false
		}
		in.kind, in.leg = inHandAnswered, c.hand.leg.id
	case rawDeadline:
		what, queue, n, ok := parseDue(in.why)
		if !ok || queue != c.queue || in.epoch < c.epoch {
			return in, false // of a queue or of a life that is over
		}
		in.n = n
		in.kind = map[string]inputKind{
			dueStep: inStepDue, dueMaxWait: inMaxWaitDue, dueNoAgents: inNoAgentsDue, dueReturn: inReturnDue,
		}[what]
	}
	return in, true
}

// roles say what a raw event of a leg means, by whose leg it is.
type roles struct{ offer, hand, guest, winner, other inputKind }

func (c *liveCall) byRole(in callInput, leg *callLeg, r roles) callInput {
	switch {
	case leg == nil || leg.gone:
		in.kind = r.other
	case leg == c.winner:
		in.kind = r.winner
	case c.guestOf(leg.id) != nil:
		in.kind = r.guest
	case c.hand != nil && leg == c.hand.leg:
		in.kind = r.hand
	case leg.offered:
		in.kind = r.offer
	default:
		in.kind = r.other
	}
	return in
}

// guestRinging finds the guest whose phone an agent is being rung by.
func (c *liveCall) guestRinging(agent string) *guest {
	for _, g := range []*guest{c.expert, c.monitor} {
		if g != nil && g.state == guestRings && g.leg.agent == agent {
			return g
		}
	}
	return nil
}
