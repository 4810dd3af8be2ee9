package queue

import "time"

// A guest is a third party in a talk: an expert whom the talker asked in, or a service manager who listens. The talker stays
// the talker, and the case stays with its owner. At most one of each is in a call.

// guestState is where a guest stands.
type guestState string

// The states of a guest.
const (
	// guestRings: the guest's phone is being rung. It picks up, ends by itself, or is called off.
	guestRings guestState = "rings"
	// guestJoins: picked up; the audio is being made.
	guestJoins guestState = "joins"
	// guestIn: the guest hears the talk. Ends with the guest's own hang-up, the talker's or the manager's word, or the call.
	guestIn guestState = "in"
	// guestGone: over, once.
	guestGone guestState = "gone"
)

// The kinds of guest; also Talk.As and Over.As, and the reason on the pop.
const (
	AsExpert  = "expert"
	AsMonitor = "monitor"
)

// guest is one of them.
type guest struct {
	kind    string
	state   guestState
	by      string // the talker who asked the expert in; the manager who listens
	note    string
	mode    string // of a monitor: how they hear now
	wish    string // of a monitor: how they want to
	changes int    // wishes so far
	asked   int    // of them, the last that the switch was asked for
	busy    bool   // the switch is being asked
	leg     *callLeg
	since   time.Time // in
}

// guestRule is one entry of the guests' table.
type guestRule struct {
	next guestState
	name string
	do   func(*liveCall, *guest, callInput)
}

type guestTable map[guestState]map[inputKind]guestRule

// newGuestTable builds the table of a guest: (state, input) → (next, effect). What is not in it moves nothing.
func newGuestTable() guestTable {
	var (
		noted   = func(c *liveCall, _ *guest, in callInput) { c.noteRinging(in) }
		none    = func(*liveCall, *guest, callInput) {}
		missed  = (*liveCall).guestMissed
		calledO = (*liveCall).guestCalledOff
		leaves  = (*liveCall).guestLeaves
	)
	return guestTable{
		guestRings: {
			inGuestRinging:  {guestRings, "note ringing", noted},
			inGuestAnswered: {guestJoins, "make the audio", (*liveCall).guestJoins},
			inGuestEnded:    {guestGone, "withdraw", missed},
			inGuestDeclined: {guestGone, "withdraw", missed},
			inGuestOverdue:  {guestGone, "withdraw", missed},
			inGuestOff:      {guestGone, "call off", calledO},
		},
		guestJoins: {
			inGuestJoined:  {guestIn, "say that they hear", (*liveCall).guestEnters},
			inGuestFailed:  {guestGone, "withdraw", missed},
			inGuestEnded:   {guestGone, "withdraw", missed},
			inGuestOverdue: {guestJoins, "–", none},
			inGuestOff:     {guestGone, "call off", calledO},
		},
		guestIn: {
			inGuestJoined:  {guestIn, "note how they hear", (*liveCall).guestHears},
			inGuestFailed:  {guestIn, "note that it failed", (*liveCall).guestUnchanged},
			inGuestEnded:   {guestGone, "part over", leaves},
			inGuestOverdue: {guestIn, "–", none},
			inGuestOff:     {guestGone, "part over", leaves},
		},
	}
}

// guestStep moves the guest whom an input is about.
func (c *liveCall) guestStep(in callInput) {
	g := c.guestOf(in.leg)
	if g == nil {
		c.reply(in.order, errNoGuest(c.ID))
		return
	}
	r, ok := c.d.guests[g.state][in.kind]
	if !ok {
		c.unexpected(in)
		return
	}
	g.state = r.next
	r.do(c, g, in)
	if g.state == guestGone {
		c.guestForgotten(g, in.at)
	}
}

// guestOf finds a guest by their leg.
func (c *liveCall) guestOf(leg string) *guest {
	for _, g := range []*guest{c.expert, c.monitor} {
		if g != nil && g.leg.id == leg {
			return g
		}
	}
	return nil
}
