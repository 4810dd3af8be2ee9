package agent

// Presence is one table: (state, input) → (next state, effects). Everything that moves an agent is an input to it.
//
// What the agent wants (duty) is kept apart from what the agent can do (phone registered, in a call). Where a row says
// rest, the agent is free of calls and comes to stand where the two together say:
//
//	duty off                     → Offline
//	duty away                    → Paused, with the reason of the duty
//	duty on, desk lost meanwhile → Paused "desk-lost" (the duty becomes away)
//	duty on, phone down          → Unreachable
//	duty on, phone up            → Ready
//
// The phone is up when it is registered at one switch at least. Where it is missing beside is no state: the queue is told with
// AgentReady, and offers no call from there.
//
// So a pause or sign-out asked for in a call is only a change of duty and comes true after it, and an agent whose phone
// comes back is ready again by itself.
//
// The idle rule: idle time counts from the last instant at which the agent became able and willing. Sign-in, the end of
// a pause, of a wrap-up and of an unanswered offer, and the return of the phone start it anew: a phone that comes and
// goes must not be the first to be rung. (At another switch the same phone may come and go: the agent could take calls all along.) Only an offer that somebody else took or the caller gave up (freed), and a
// restart of the server, leave it as it was: neither is the agent's doing.
//
// The listing rule: the queue hears AgentReady when an agent becomes Ready and AgentGone when a listed agent is no
// longer, and nothing when the queue itself made the move: it took the agent off its idle lists with the claim behind an
// offer (claimed), and put the agent back with "lost" and "abandoned" (backOnList). Every other end of an offer leaves
// the agent off the lists (Board.Miss without requeue), so AgentReady is due. The queue therefore must finish its own
// bookkeeping (Board.Miss) before it withdraws an offer; a reaffirmation shortly after repairs what a race broke.

// duty is what the agent wants.
type duty string

const (
	dutyOff  duty = "off"  // signed out
	dutyOn   duty = "on"   // wants calls
	dutyAway duty = "away" // signed in, paused
)

// input is what can happen to an agent. Inputs that name a call are about the agent's own call; the ones ending in
// -elsewhere, and stray, are about another.
type input string

const (
	inSignIn         input = "sign-in"         // desk or API: comes on duty; a pause that runs stays
	inReady          input = "ready"           // desk or API: wants calls now
	inPause          input = "pause"           // desk or API, with a reason
	inSignOut        input = "sign-out"        // desk or API; also when the profile was removed
	inPhoneUp        input = "phone-up"        // the phone registered
	inPhoneFound     input = "phone-found"     // the first word on the phone since the server started: it was registered all along
	inPhoneMoved     input = "phone-moved"     // the phone is up as before, but at other switches
	inPhoneDown      input = "phone-down"      // the phone is not registered any more
	inOffer          input = "offer"           // queue: claimed for a call, the phone is about to ring
	inOfferElsewhere input = "offer-elsewhere" // queue: another call is offered meanwhile
	inSummon         input = "summon"          // the agent's own word: their phone is to ring for this call, whatever they want else
	inRing           input = "ring"            // PBX: the phone said that it rings
	inTalk           input = "talk"            // PBX: connected with the caller
	inJoin           input = "join"            // PBX: hears the call that was offered, beside its talker
	inTalkElsewhere  input = "talk-elsewhere"  // PBX: connected in a call that is not the one known here
	inFreed          input = "freed"           // queue: somebody else answered or the caller gave up; the queue lists the agent itself
	inMiss           input = "miss"            // queue: missed, declined, busy, unreachable, fault, hand-over returned
	inLastMiss       input = "last-miss"       // queue: the same, once too often
	inOver           input = "over"            // the agent's part of the call is over
	inOverFree       input = "over-free"       // the same, with nothing left to wrap up (no limit, done in the call, not the talker's part, or kept for the agent)
	inGone           input = "gone"            // PBX: the call does not exist any more, and nobody had said so
	inGoneFree       input = "gone-free"       // the same, with nothing left to wrap up
	inStuck          input = "stuck"           // an offer got no end in its longest time
	inStray          input = "stray"           // ring, withdrawal or end of a call that is not the agent's
	inWrappedUp      input = "wrapped-up"      // the wrap-up ended in a permitted outcome (I4)
	inTimeoutSeen    input = "time-out"        // the wrap-up's time is over; the agent was active at the desk in it
	inTimeoutSilent  input = "time-out-silent" // the wrap-up's time is over; nobody was at the desk
	inDeskLost       input = "desk-lost"       // the last desk session sent no heartbeat in time
)

// effect is a set of things done on a transition, in the order of the constants.
type effect uint32

const (
	phoneSeen    effect = 1 << iota // note: phone up, and where it is missing
	phoneMissing                    // note: phone down
	wantOn                          // duty on
	wantAway                        // duty away, with the input's reason
	wantOff                         // duty off
	missPause                       // duty away "missed-calls" unless the agent wants to be away already; managers told
	lostPause                       // duty away "desk-lost"; managers told
	timePause                       // duty away "wrapup-timeout" if on
	noteDesk                        // remember that the desk is lost; decided at rest
	tellTimeout                     // managers told "wrapup-timeout": the case stays open with its owner (I4)
	contradict                      // logged, managers told "contradiction"
	take                            // the input's call is the agent's call
	claimed                         // the queue took the agent off its lists itself
	backOnList                      // the queue put the agent back on its lists itself; unsure if the call never was offered
	unsure                          // nobody knows what the queue believes: tell it, whatever the next state is
	relist                          // AgentReady again, though already told
	doubt                           // reaffirm AgentReady soon: the queue may have been about to take the agent off
	idleAnew                        // idle time starts now
	countMiss                       // one more missed in a row, if it was missed by ringing out
	clearMisses                     // none missed in a row
	countAnswer                     // one more answered today
	startWrapUp                     // the wrap-up's time starts
	refuse                          // the offer is refused
)

// rest stands for the state that duty and phone give; see above.
const rest State = "rest"

// row is one transition.
type row struct {
	next State
	do   effect
}

// table is the whole of presence. A pair that is not in it is unexpected: logged, and nothing moves.
type table map[State]map[input]row

func newTable() table {
	return table{
		// Offline: signed out. Left by sign-in or ready. A call the PBX insists on is believed and told to managers.
		Offline: {
			inSignIn:     {rest, wantOn | idleAnew | clearMisses},
			inReady:      {rest, wantOn | idleAnew | clearMisses},
			inSignOut:    {Offline, 0},
			inPhoneUp:    {Offline, phoneSeen},
			inPhoneMoved: {Offline, phoneSeen},
			inPhoneDown:  {Offline, phoneMissing},
			inOffer:      {Offline, refuse},
			inSummon:     {Offered, take},
			inTalk:       {Talking, contradict | take | clearMisses | countAnswer},
			inStray:      {Offline, 0},
			inWrappedUp:  {Offline, 0},
			inDeskLost:   {Offline, 0},
		},
		// Ready: signed in, phone reachable at one switch at least, free. The only state in which a call is offered. Word of a call that the
		// agent does not have means that the queue is out of step: it is told again soon.
		Ready: {
			inSignIn:     {Ready, 0},
			inReady:      {Ready, 0},
			inPause:      {rest, wantAway},
			inSignOut:    {rest, wantOff},
			inPhoneUp:    {Ready, 0},
			inPhoneMoved: {Ready, phoneSeen | relist},
			inPhoneDown:  {rest, phoneMissing},
			inOffer:      {Offered, take | claimed},
			inSummon:     {Offered, take | claimed},
			inRing:       {Ringing, contradict | take},
			inTalk:       {Talking, contradict | take | clearMisses | countAnswer},
			inFreed:      {Ready, doubt},
			inMiss:       {Ready, relist | doubt},
			inLastMiss:   {rest, missPause},
			inStray:      {Ready, doubt},
			inWrappedUp:  {Ready, 0},
			inDeskLost:   {rest, lostPause},
		},
		// Offered: claimed for a call; the pop is on the desk, the phone about to ring. Ends with ring, talk, or a
		// withdrawal. Pause, sign-out, a lost phone and a lost desk wait until then.
		Offered: {
			inSignIn:         {Offered, 0},
			inReady:          {Offered, wantOn},
			inPause:          {Offered, wantAway},
			inSignOut:        {Offered, wantOff},
			inPhoneUp:        {Offered, phoneSeen},
			inPhoneMoved:     {Offered, phoneSeen},
			inPhoneDown:      {Offered, phoneMissing},
			inOffer:          {Offered, 0},
			inSummon:         {Offered, 0},
			inOfferElsewhere: {Offered, refuse},
			inRing:           {Ringing, 0},
			inTalk:           {Talking, clearMisses | countAnswer},
			inJoin:           {Talking, clearMisses},
			inTalkElsewhere:  {Talking, contradict | take | clearMisses | countAnswer},
			inFreed:          {rest, backOnList},
			inMiss:           {rest, idleAnew | countMiss | doubt},
			inLastMiss:       {rest, missPause | idleAnew | countMiss},
			inOver:           {rest, unsure | idleAnew},
			inOverFree:       {rest, unsure | idleAnew},
			inGone:           {rest, contradict | unsure | idleAnew},
			inGoneFree:       {rest, contradict | unsure | idleAnew},
			inStuck:          {rest, contradict | unsure | idleAnew},
			inStray:          {Offered, 0},
			inDeskLost:       {Offered, noteDesk},
		},
		// Ringing: the phone itself said that it rings. As Offered.
		Ringing: {
			inSignIn:         {Ringing, 0},
			inReady:          {Ringing, wantOn},
			inPause:          {Ringing, wantAway},
			inSignOut:        {Ringing, wantOff},
			inPhoneUp:        {Ringing, phoneSeen},
			inPhoneMoved:     {Ringing, phoneSeen},
			inPhoneDown:      {Ringing, phoneMissing},
			inOffer:          {Ringing, 0},
			inSummon:         {Ringing, 0},
			inOfferElsewhere: {Ringing, refuse},
			inRing:           {Ringing, 0},
			inTalk:           {Talking, clearMisses | countAnswer},
			inJoin:           {Talking, clearMisses},
			inTalkElsewhere:  {Talking, contradict | take | clearMisses | countAnswer},
			inFreed:          {rest, backOnList},
			inMiss:           {rest, idleAnew | countMiss | doubt},
			inLastMiss:       {rest, missPause | idleAnew | countMiss},
			inOver:           {rest, unsure | idleAnew},
			inOverFree:       {rest, unsure | idleAnew},
			inGone:           {rest, contradict | unsure | idleAnew},
			inGoneFree:       {rest, contradict | unsure | idleAnew},
			inStuck:          {rest, contradict | unsure | idleAnew},
			inStray:          {Ringing, 0},
			inDeskLost:       {Ringing, noteDesk},
		},
		// Talking: connected with a caller. Only the end of the call leaves it; everything else waits. A withdrawal
		// here means that the talk never came about (the leg died at once).
		Talking: {
			inSignIn:         {Talking, 0},
			inReady:          {Talking, wantOn},
			inPause:          {Talking, wantAway},
			inSignOut:        {Talking, wantOff},
			inPhoneUp:        {Talking, phoneSeen},
			inPhoneMoved:     {Talking, phoneSeen},
			inPhoneDown:      {Talking, phoneMissing},
			inOffer:          {Talking, refuse},
			inSummon:         {Talking, refuse},
			inOfferElsewhere: {Talking, refuse},
			inRing:           {Talking, 0},
			inTalk:           {Talking, 0},
			inJoin:           {Talking, 0},
			inTalkElsewhere:  {Talking, contradict | take | countAnswer},
			inFreed:          {rest, unsure | idleAnew},
			inMiss:           {rest, unsure | idleAnew | doubt},
			inLastMiss:       {rest, missPause | unsure | idleAnew},
			inOver:           {WrapUp, startWrapUp},
			inOverFree:       {rest, idleAnew},
			inGone:           {WrapUp, contradict | startWrapUp},
			inGoneFree:       {rest, contradict | idleAnew},
			inStray:          {Talking, 0},
			inDeskLost:       {Talking, noteDesk},
		},
		// WrapUp: after the call, until a permitted outcome (I4) or the time-out. At the time-out the case stays open
		// with its owner and the manager is told, always. The agent is ready again only if somebody was active at the
		// desk in the wrap-up; otherwise nobody may be sitting there, and a phone ringing at an empty chair costs a
		// caller a ring: paused.
		WrapUp: {
			inSignIn:         {WrapUp, 0},
			inReady:          {WrapUp, wantOn},
			inPause:          {WrapUp, wantAway},
			inSignOut:        {WrapUp, wantOff},
			inPhoneUp:        {WrapUp, phoneSeen},
			inPhoneMoved:     {WrapUp, phoneSeen},
			inPhoneDown:      {WrapUp, phoneMissing},
			inOffer:          {WrapUp, refuse},
			inSummon:         {WrapUp, refuse},
			inOfferElsewhere: {WrapUp, refuse},
			inTalk:           {Talking, contradict | take},
			inTalkElsewhere:  {Talking, contradict | take | clearMisses | countAnswer},
			inOver:           {WrapUp, 0},
			inOverFree:       {WrapUp, 0},
			inStray:          {WrapUp, 0},
			inWrappedUp:      {rest, idleAnew},
			inTimeoutSeen:    {rest, tellTimeout | idleAnew},
			inTimeoutSilent:  {rest, timePause | tellTimeout | idleAnew},
			inDeskLost:       {WrapUp, noteDesk},
		},
		// Paused: signed in, wants no calls, with a reason. Only ready or sign-out leaves it: whoever was paused by the
		// system has to say "I am here" first.
		Paused: {
			inSignIn:     {Paused, 0},
			inReady:      {rest, wantOn | idleAnew | clearMisses},
			inPause:      {Paused, wantAway},
			inSignOut:    {rest, wantOff},
			inPhoneUp:    {Paused, phoneSeen},
			inPhoneMoved: {Paused, phoneSeen},
			inPhoneDown:  {Paused, phoneMissing},
			inOffer:      {Paused, refuse},
			inSummon:     {Offered, take},
			inTalk:       {Talking, contradict | take | clearMisses | countAnswer},
			inMiss:       {Paused, 0},
			inLastMiss:   {Paused, 0},
			inStray:      {Paused, 0},
			inWrappedUp:  {Paused, 0},
			inDeskLost:   {Paused, 0},
		},
		// Unreachable: wants calls, but the phone is not registered anywhere. Ready by itself when it is, at one switch at least.
		Unreachable: {
			inSignIn:     {Unreachable, 0},
			inReady:      {Unreachable, 0},
			inPause:      {rest, wantAway},
			inSignOut:    {rest, wantOff},
			inPhoneUp:    {rest, phoneSeen | idleAnew},
			inPhoneFound: {rest, phoneSeen},
			inPhoneDown:  {Unreachable, 0},
			inOffer:      {Unreachable, refuse},
			inSummon:     {Offered, take},
			inTalk:       {Talking, contradict | take | clearMisses | countAnswer},
			inMiss:       {Unreachable, 0},
			inLastMiss:   {rest, missPause},
			inStray:      {Unreachable, 0},
			inWrappedUp:  {Unreachable, 0},
			inDeskLost:   {rest, lostPause},
		},
	}
}
