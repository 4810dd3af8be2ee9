package records

// SeatState is where a registration for a class stands.
type SeatState string

const (
	// SeatWaiting stands on the wait list. Who registers stands there first; a free seat goes to the one who waits longest.
	SeatWaiting SeatState = "waiting"
	// SeatHeld has a seat and has not confirmed to come.
	SeatHeld SeatState = "seated"
	// SeatConfirmed has a seat and confirmed to come, or the organiser confirmed it.
	SeatConfirmed SeatState = "confirmed"
	// SeatCancelled was given up by the person or by the organiser, with a reason; the seat is free again.
	SeatCancelled SeatState = "cancelled"
)

// Seated reports whether the state takes a seat.
func (s SeatState) Seated() bool { return s == SeatHeld || s == SeatConfirmed }

// seatInput is what can happen to a registration.
type seatInput string

const (
	giveSeat    seatInput = "seat"    // a seat is free and nobody waits longer
	confirmSeat seatInput = "confirm" // the person comes
	cancelSeat  seatInput = "cancel"  // the person does not come, or the organiser takes them off, with a reason
)

// seatEffect is what is done in the same transaction.
type seatEffect string

const (
	tellPerson seatEffect = "tell person"
	fillSeats  seatEffect = "give the seat to the next"
)

var seatMachine = machine[SeatState, seatInput, seatEffect]{
	name: "registration", start: SeatWaiting,
	table: map[SeatState]map[seatInput]move[SeatState, seatEffect]{
		SeatWaiting: {
			giveSeat:   {SeatHeld, []seatEffect{tellPerson}},
			cancelSeat: {SeatCancelled, []seatEffect{tellPerson}},
		},
		SeatHeld: {
			confirmSeat: {SeatConfirmed, []seatEffect{tellPerson}},
			cancelSeat:  {SeatCancelled, []seatEffect{tellPerson, fillSeats}},
		},
		SeatConfirmed: {
			cancelSeat: {SeatCancelled, []seatEffect{tellPerson, fillSeats}},
		},
		SeatCancelled: {},
	},
}

// LecturerState is where the invitation of a lecturer stands.
type LecturerState string

const (
	// LecturerInvited was asked and has not answered.
	LecturerInvited LecturerState = "invited"
	// LecturerConfirmed teaches.
	LecturerConfirmed LecturerState = "confirmed"
	// LecturerDeclined does not; the organiser may invite again.
	LecturerDeclined LecturerState = "declined"
	// LecturerWithdrawn is not wanted any more, with a reason.
	LecturerWithdrawn LecturerState = "withdrawn"
)

// lecturerInput is what can happen to an invitation.
type lecturerInput string

const (
	acceptClass   lecturerInput = "accept"
	declineClass  lecturerInput = "decline"
	inviteAgain   lecturerInput = "invite again"
	withdrawClass lecturerInput = "withdraw"
)

var lecturerMachine = machine[LecturerState, lecturerInput, seatEffect]{
	name: "lecturer", start: LecturerInvited,
	table: map[LecturerState]map[lecturerInput]move[LecturerState, seatEffect]{
		LecturerInvited: {
			acceptClass:   {LecturerConfirmed, []seatEffect{tellPerson}},
			declineClass:  {LecturerDeclined, nil},
			withdrawClass: {LecturerWithdrawn, []seatEffect{tellPerson}},
		},
		LecturerConfirmed: {
			declineClass:  {LecturerDeclined, nil},
			withdrawClass: {LecturerWithdrawn, []seatEffect{tellPerson}},
		},
		LecturerDeclined: {
			inviteAgain: {LecturerInvited, []seatEffect{tellPerson}},
			acceptClass: {LecturerConfirmed, []seatEffect{tellPerson}},
		},
		LecturerWithdrawn: {
			inviteAgain: {LecturerInvited, []seatEffect{tellPerson}},
		},
	},
}
