package queue

// callState is where a caller's call stands. The table below says what moves it; docs/diagrams/call.md is drawn from it.
type callState string

// The states of a call.
const (
	// stateArriving: the caller hears ringback, the board does not hold the call yet. It leaves when the board has taken
	// it, when every overflow of a full queue is used up, or when the caller gives up. A board that fails is asked again.
	stateArriving callState = "arriving"
	// stateWaiting: on the board, no human yet; any number of phones ring. Matches and ladder steps add phones, misses
	// take them away; the first human answer, the overflow or the caller's patience end it.
	stateWaiting callState = "waiting"
	// stateAnnouncing: overflow asked for a machine, which has not picked up yet; the phones go on ringing, and a human
	// who answers now still wins. A machine that cannot speak sends the caller back to wait; on a
	// switch that never can, a request to be called back is taken all the same and the call is ended.
	stateAnnouncing callState = "announcing"
	// stateMachine: a machine speaks to the caller (I6: never an answer). The call ends with the announcement.
	stateMachine callState = "machine"
	// stateConnecting: one human has won; the audio path is being made. If it cannot be, the caller waits again with the
	// clock they had.
	stateConnecting callState = "connecting"
	// stateTalking: caller and agent hear each other (or the agent holds the caller). A phone that dies here sends the
	// caller back in line before everybody else, kept for the same agent at first (call_return.go).
	stateTalking callState = "talking"
	// stateHanding: as talking, while the call is offered to somebody else. Until they accept, the talker keeps the call
	// (I2); not accepted in time, it stays with or goes back to them.
	stateHanding callState = "handing"
	// stateSwapping: the receiver of a hand-over has picked up; their audio path is being made, the old one dropped.
	stateSwapping callState = "swapping"
	// stateEnding: the switch has been told to end the call, or will end it by itself; its word is awaited.
	stateEnding callState = "ending"
	// stateEnded: over, exactly once.
	stateEnded callState = "ended"
)

// rule is one entry of the table: the next state and what is done on the way, in this order. Effects may raise further
// inputs; those are handled, in the next state, before anything else from the inbox.
type rule struct {
	next    callState
	effects []effect
}

// effect is one thing a transition does. Its name is what the diagram shows.
type effect struct {
	name string
	do   func(*liveCall, callInput)
}

type callTable map[callState]map[inputKind]rule

// newCallTable builds the table of a call: (state, input) → (next, effects). What is not in it does not move the call: it
// is counted, logged, and refused when somebody waits for an answer.
func newCallTable() callTable {
	do := func(next callState, effects ...effect) rule { return rule{next: next, effects: effects} }
	var (
		announce    = effect{"say that it arrived", (*liveCall).announce}
		enqueue     = effect{"enqueue", (*liveCall).enqueue}
		rebuild     = effect{"rebuild from switch and board", (*liveCall).rebuild}
		climb       = effect{"arm ladder", (*liveCall).climb}
		offer       = effect{"offer", (*liveCall).offer}
		widen       = effect{"widen", (*liveCall).widen}
		rouse       = effect{"ring somebody again", (*liveCall).rouse}
		noteRinging = effect{"note ringing", (*liveCall).noteRinging}
		ringFailed  = effect{"withdraw: fault", (*liveCall).ringFailed}
		missed      = effect{"withdraw: missed", (*liveCall).missed}
		overdue     = effect{"stop a phone that rings too long", (*liveCall).overdue}
		decline     = effect{"withdraw: declined", (*liveCall).decline}
		overflow    = effect{"overflow", (*liveCall).overflow}
		fullQueue   = effect{"overflow: full", (*liveCall).overflowFull}
		noAgents    = effect{"overflow if nobody is signed in", (*liveCall).overflowNoAgents}
		play        = effect{"play", (*liveCall).play}
		keepRinging = effect{"ring everyone", (*liveCall).keepRinging}
		promise     = effect{"take the callback unsaid", (*liveCall).promiseUnsaid}
		silence     = effect{"silence the phones", (*liveCall).silencePhones}
		move        = effect{"move", (*liveCall).move}
		claim       = effect{"claim the answer", (*liveCall).claim}
		connect     = effect{"connect", (*liveCall).connect}
		grace       = effect{"wait for the switch's word", (*liveCall).grace}
		reopen      = effect{"reopen", (*liveCall).reopen}
		confirm     = effect{"fix verdict, own, talk", (*liveCall).confirm}
		adoptTalk   = effect{"adopt talk", (*liveCall).adoptTalk}
		openLine    = effect{"kept no longer: ladder", (*liveCall).returnDue}
		releaseLate = effect{"release late leg", (*liveCall).releaseLate}
		hold        = effect{"hold", (*liveCall).hold}
		resume      = effect{"resume", (*liveCall).resume}
		noteHold    = effect{"note hold", (*liveCall).noteHold}
		noteUnheard = effect{"say that the caller is not heard", (*liveCall).noteUnheard}
		offerHand   = effect{"offer hand-over", (*liveCall).offerHand}
		ringHand    = effect{"ring receiver", (*liveCall).ringHand}
		handMissed  = effect{"receiver missed", (*liveCall).handMissed}
		handOverdue = effect{"hand-over not accepted", (*liveCall).handOverdue}
		handBack    = effect{"hand back", (*liveCall).handBack}
		leaveCaller = effect{"talker left: music", (*liveCall).leaveCaller}
		swap        = effect{"connect receiver", (*liveCall).swap}
		swapFailed  = effect{"receiver lost", (*liveCall).swapFailed}
		handTaken   = effect{"receiver talks", (*liveCall).handTaken}
		oldLegGone  = effect{"old talker gone", (*liveCall).oldLegGone}
		requeue     = effect{"back to the ladder, first in line", (*liveCall).requeue}
		endLost     = effect{"end the lost agent's part", (*liveCall).endLost}
		invite      = effect{"ring expert", (*liveCall).invite}
		letExpertGo = effect{"let expert go", (*liveCall).letExpertGo}
		listen      = effect{"let a manager listen", (*liveCall).listen}
		listenElse  = effect{"change how they listen", (*liveCall).changeListening}
		listenNot   = effect{"stop listening", (*liveCall).stopListening}
		takeOver    = effect{"take over", (*liveCall).takeOver}
		guest       = effect{"move the guest", (*liveCall).guestStep}
		partOver    = effect{"agent's part over", (*liveCall).agentHungUp}
		hangUp      = effect{"hang up", (*liveCall).hangUp}
		hangUpAgain = effect{"hang up again", (*liveCall).hangUpAgain}
		noteEndSaid = effect{"note the switch's word", (*liveCall).noteEndSaid}
		awaitEnd    = effect{"await the end", (*liveCall).awaitEnd}
		noteOwned   = effect{"note case", (*liveCall).noteOwned}
		letGo       = effect{"leave it to the other node", (*liveCall).letGo}
		finish      = effect{"finish", (*liveCall).finish}
	)

	// What phones do while no human has answered is the same with and without a machine about to speak.
	ringing := func(s callState) map[inputKind]rule {
		return map[inputKind]rule{
			inMatched:       do(s, offer),
			inRingFailed:    do(s, ringFailed),
			inOfferRinging:  do(s, noteRinging),
			inOfferAnswered: do(stateConnecting, claim, connect),
			inOfferEnded:    do(s, missed),
			inOfferOverdue:  do(s, overdue),
			inDeclined:      do(s, decline),
			inLateAnswered:  do(s, releaseLate),
			inStepDue:       do(s, widen),
			inRouse:         do(s, rouse),
			inOwned:         do(s, noteOwned),
			inFenced:        do(stateEnded, letGo),
			inCallEnded:     do(stateEnded, finish),
			inHangUp:        do(stateEnding, hangUp),
			inDigit:         do(s),
			inPlayEnded:     do(s),
		}
	}
	waiting := ringing(stateWaiting)
	waiting[inMaxWaitDue] = do(stateWaiting, overflow)
	waiting[inNoAgentsDue] = do(stateWaiting, noAgents)
	waiting[inMachineWanted] = do(stateAnnouncing, play)
	waiting[inMove] = do(stateWaiting, move)
	waiting[inReturnDue] = do(stateWaiting, openLine)
	waiting[inKeeperAway] = do(stateWaiting, openLine)
	waiting[inRetry] = do(stateArriving, enqueue)

	announcing := ringing(stateAnnouncing)
	announcing[inPlayed] = do(stateMachine, silence)
	announcing[inPlayUnable] = do(stateEnding, promise, hangUp)
	announcing[inPlayFailed] = do(stateArriving, keepRinging, enqueue)
	announcing[inMaxWaitDue] = do(stateAnnouncing)
	announcing[inNoAgentsDue] = do(stateAnnouncing)

	// Holding is possible whenever an agent talks.
	talking := func(s callState) map[inputKind]rule {
		return map[inputKind]rule{
			inHold:         do(s, hold),
			inResume:       do(s, resume),
			inHeld:         do(s, noteHold),
			inUnheard:      do(s, noteUnheard),
			inOwned:        do(s, noteOwned),
			inLateAnswered: do(s, releaseLate),
			inMatched:      do(s),
			inDigit:        do(s),
			inPlayEnded:    do(s),
			inWinnerGone:   do(stateEnding, awaitEnd),
			inCallEnded:    do(stateEnded, finish),
			inHangUp:       do(stateEnding, hangUp),

			inExpertOff:     do(s, letExpertGo),
			inMonitorMode:   do(s, listenElse),
			inMonitorOff:    do(s, listenNot),
			inGuestRinging:  do(s, guest),
			inGuestAnswered: do(s, guest),
			inGuestEnded:    do(s, guest),
			inGuestDeclined: do(s, guest),
			inGuestOverdue:  do(s, guest),
			inGuestJoined:   do(s, guest),
			inGuestFailed:   do(s, guest),
		}
	}
	talk := talking(stateTalking)
	talk[inHandOver] = do(stateHanding, offerHand)
	talk[inTakeOver] = do(stateHanding, takeOver)
	talk[inInvite] = do(stateTalking, invite)
	talk[inMonitor] = do(stateTalking, listen)
	talk[inWinnerHungUp] = do(stateEnding, partOver, hangUp)
	talk[inWinnerDied] = do(stateArriving, requeue, enqueue, endLost)

	handing := talking(stateHanding)
	handing[inHandMatched] = do(stateHanding, ringHand)
	handing[inHandRinging] = do(stateHanding, noteRinging)
	handing[inHandAnswered] = do(stateSwapping, swap)
	handing[inHandEnded] = do(stateHanding, handMissed)
	handing[inHandDeclined] = do(stateHanding, handMissed)
	handing[inHandOverdue] = do(stateHanding, handMissed)
	handing[inMonitor] = do(stateHanding, listen)
	handing[inHandRefused] = do(stateTalking)
	handing[inHandDue] = do(stateHanding, handOverdue)
	handing[inTakeBack] = do(stateHanding, handOverdue)
	handing[inHandReturned] = do(stateTalking, handBack)
	handing[inCallerAlone] = do(stateArriving, handBack, requeue, enqueue, endLost)
	handing[inWinnerHungUp] = do(stateHanding, leaveCaller)
	handing[inWinnerDied] = do(stateHanding, leaveCaller)

	swapping := talking(stateSwapping)
	delete(swapping, inHold)
	delete(swapping, inResume)
	swapping[inSwapped] = do(stateTalking, handTaken)
	swapping[inSwapFailed] = do(stateHanding, swapFailed)
	swapping[inHandEnded] = do(stateHanding, swapFailed)
	swapping[inHandMatched] = do(stateSwapping)
	swapping[inHandDue] = do(stateSwapping)
	swapping[inHandOverdue] = do(stateSwapping)
	swapping[inWinnerHungUp] = do(stateSwapping, oldLegGone)
	swapping[inWinnerDied] = do(stateSwapping, oldLegGone)

	return callTable{
		stateArriving: {
			inStart:         do(stateArriving, announce, enqueue),
			inAdopt:         do(stateArriving, rebuild),
			inRetry:         do(stateArriving, enqueue),
			inEnqueued:      do(stateWaiting, offer, climb),
			inFull:          do(stateArriving, fullQueue),
			inMachineWanted: do(stateAnnouncing, play),
			inRefused:       do(stateEnding, hangUp),
			inFoundWaiting:  do(stateWaiting, climb, offer),
			inFoundTalking:  do(stateTalking, adoptTalk),
			inOfferAnswered: do(stateConnecting, claim, connect),
			inOfferEnded:    do(stateArriving, missed),
			inOfferOverdue:  do(stateArriving, overdue),
			inLateAnswered:  do(stateArriving, releaseLate),
			inMatched:       do(stateArriving),
			inStepDue:       do(stateArriving),
			inRouse:         do(stateArriving),
			inMaxWaitDue:    do(stateArriving),
			inNoAgentsDue:   do(stateArriving),
			inReturnDue:     do(stateArriving),
			inKeeperAway:    do(stateArriving, openLine),
			inOwned:         do(stateArriving, noteOwned),
			inDigit:         do(stateArriving),
			inPlayEnded:     do(stateArriving),
			inCallEnded:     do(stateEnded, finish),
			inHangUp:        do(stateEnding, hangUp),
		},
		stateWaiting:    waiting,
		stateAnnouncing: announcing,
		stateMachine: {
			inPlayEnded:    do(stateEnding, hangUp),
			inMachineDue:   do(stateEnding, hangUp),
			inHangUp:       do(stateEnding, hangUp),
			inLateAnswered: do(stateMachine, releaseLate),
			inMatched:      do(stateMachine),
			inDigit:        do(stateMachine),
			inCallEnded:    do(stateEnded, finish),
		},
		stateConnecting: {
			inConnected:    do(stateTalking, confirm),
			inConnectFail:  do(stateWaiting, reopen),
			inConnectLost:  do(stateConnecting, grace),
			inGraceDue:     do(stateWaiting, reopen),
			inWinnerHungUp: do(stateWaiting, reopen),
			inWinnerDied:   do(stateWaiting, reopen),
			inWinnerGone:   do(stateConnecting, grace),
			inFenced:       do(stateEnded, letGo),
			inLateAnswered: do(stateConnecting, releaseLate),
			inMatched:      do(stateConnecting),
			inStepDue:      do(stateConnecting),
			inRouse:        do(stateConnecting),
			inMaxWaitDue:   do(stateConnecting),
			inNoAgentsDue:  do(stateConnecting),
			inReturnDue:    do(stateConnecting),
			inKeeperAway:   do(stateConnecting),
			inOwned:        do(stateConnecting, noteOwned),
			inDigit:        do(stateConnecting),
			inPlayEnded:    do(stateConnecting),
			inCallEnded:    do(stateEnded, finish),
			inHangUp:       do(stateEnding, hangUp),
		},
		stateTalking:  talk,
		stateHanding:  handing,
		stateSwapping: swapping,
		stateEnding: {
			inEndSaid:      do(stateEnding, noteEndSaid),
			inEndDue:       do(stateEnding, hangUpAgain),
			inLateAnswered: do(stateEnding, releaseLate),
			inOwned:        do(stateEnding, noteOwned),
			inCallEnded:    do(stateEnded, finish),
		},
		stateEnded: {},
	}
}
