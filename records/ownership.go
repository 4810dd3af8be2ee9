package records

// ownerState is where the ownership of a case stands (I1, I2).
type ownerState string

const (
	// unowned: nobody has answered yet; there is no row of the case. claim moves it on.
	unowned ownerState = "unowned"
	// owned: exactly one person answers for the case. Further calls join without changing that; offer, override and close move it.
	owned ownerState = "owned"
	// offered: a hand-over waits for its receiver; the owner is still the old one (I2). accept moves the case to the receiver;
	// giveBack (declined, withdrawn, expired), override and close end the offer.
	offered ownerState = "offered"
	// closed: solved, or accepted by another department. The last owner stays readable; nothing moves it.
	closed ownerState = "closed"
)

// ownerInput is what can happen to the ownership of a case.
type ownerInput string

const (
	claim    ownerInput = "claim"     // the first human answer of a call without an open case
	join     ownerInput = "join"      // a later call, or a second agent on a call, meets an open case: they help
	offer    ownerInput = "offer"     // the owner offers the case to a person, a queue or the manager
	accept   ownerInput = "accept"    // the receiver takes it
	giveBack ownerInput = "give back" // the receiver declines, the owner withdraws, the time runs out
	override ownerInput = "override"  // a service manager decides, with a reason
	work     ownerInput = "work"      // a wrap-up that leaves the case open: escalated, callback promised
	finish   ownerInput = "finish"    // a wrap-up that closes it: solved, referred
)

// ownerEffect is what is done in the transaction that makes the move. Every move also writes the history of ownership and
// bumps the version of the case, by which of two writers only one succeeds.
type ownerEffect string

const (
	setOwner  ownerEffect = "set owner"
	setOffer  ownerEffect = "store offer"
	endOffer  ownerEffect = "end offer"
	tellOwner ownerEffect = "project owner" // callers' numbers now lead to somebody else (I3)
)

type ownerMove = move[ownerState, ownerEffect]

// ownership is the only way in which the owner of a case changes.
var ownership = machine[ownerState, ownerInput, ownerEffect]{
	name: "ownership", start: unowned,
	table: map[ownerState]map[ownerInput]ownerMove{
		unowned: {
			claim: {owned, []ownerEffect{setOwner, tellOwner}},
		},
		owned: {
			join:     {owned, nil},
			offer:    {offered, []ownerEffect{setOffer}},
			override: {owned, []ownerEffect{setOwner, tellOwner}},
			work:     {owned, nil},
			finish:   {closed, []ownerEffect{tellOwner}},
		},
		offered: {
			join:     {offered, nil},
			accept:   {owned, []ownerEffect{setOwner, endOffer, tellOwner}},
			giveBack: {owned, []ownerEffect{endOffer}},
			override: {owned, []ownerEffect{setOwner, endOffer, tellOwner}},
			work:     {offered, nil},
			finish:   {closed, []ownerEffect{endOffer, tellOwner}},
		},
		closed: {},
	},
}

// ownerState derives the state from the row: nothing is stored twice that could contradict itself.
func (c Case) ownerState() ownerState {
	switch {
	case c.Number == "":
		return unowned
	case !c.ClosedAt.IsZero():
		return closed
	case c.HandOver != "":
		return offered
	}
	return owned
}
