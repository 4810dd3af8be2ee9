package records

// EscalationState is where an escalation stands.
type EscalationState string

const (
	// EscalationOpen waits for somebody in dispatch to accept it before RespondBy.
	EscalationOpen EscalationState = "open"
	// EscalationOverdue was not accepted in time: the service manager is told, the owner of the case stays (I5). It can
	// still be accepted or declined.
	EscalationOverdue EscalationState = "overdue"
	// EscalationAccepted has somebody who serves it.
	EscalationAccepted EscalationState = "accepted"
	// EscalationDeclined was refused with a reason, before or after it was accepted: the case is open again with its owner.
	EscalationDeclined EscalationState = "declined"
	// EscalationDone was served: the case is open again, for its owner to confirm the solution with the customer.
	EscalationDone EscalationState = "done"
)

// escalationInput is what can happen to an escalation.
type escalationInput string

const (
	acceptEscalation  escalationInput = "accept"
	declineEscalation escalationInput = "decline" // with a reason
	expireEscalation  escalationInput = "expire"  // RespondBy has passed
	finishEscalation  escalationInput = "finish"  // with the result
	updateEscalation  escalationInput = "update"  // the customer called again: new situation, told again
)

// escalationEffect is what is done in the same transaction. Every move also bumps the version and appends to the feed.
type escalationEffect string

const (
	tellManager escalationEffect = "tell manager"
	reopenCase  escalationEffect = "return case to owner"
)

type escalationMove = move[EscalationState, escalationEffect]

var escalationMachine = machine[EscalationState, escalationInput, escalationEffect]{
	name: "escalation", start: EscalationOpen,
	table: map[EscalationState]map[escalationInput]escalationMove{
		EscalationOpen: {
			acceptEscalation:  {EscalationAccepted, nil},
			declineEscalation: {EscalationDeclined, []escalationEffect{tellManager, reopenCase}},
			expireEscalation:  {EscalationOverdue, []escalationEffect{tellManager}},
			updateEscalation:  {EscalationOpen, nil},
		},
		EscalationOverdue: {
			acceptEscalation:  {EscalationAccepted, nil},
			declineEscalation: {EscalationDeclined, []escalationEffect{tellManager, reopenCase}},
			updateEscalation:  {EscalationOverdue, nil},
		},
		EscalationAccepted: {
			declineEscalation: {EscalationDeclined, []escalationEffect{tellManager, reopenCase}},
			finishEscalation:  {EscalationDone, []escalationEffect{reopenCase}},
			updateEscalation:  {EscalationAccepted, nil},
		},
		EscalationDeclined: {},
		EscalationDone:     {},
	},
}

// feedChange is the word by which dispatch learns of an input.
func (in escalationInput) feedChange() string {
	switch in {
	case acceptEscalation:
		return "accepted"
	case declineEscalation:
		return "declined"
	case expireEscalation:
		return "overdue"
	case finishEscalation:
		return "done"
	case updateEscalation:
		return "updated"
	}
	return string(in)
}
