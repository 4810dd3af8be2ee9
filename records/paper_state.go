package records

// PaperState is where one version of a document stands.
type PaperState string

const (
	// PaperReview waits for a service manager, who is not its author.
	PaperReview PaperState = "review"
	// PaperReturned was sent back with a reason; its author makes another version.
	PaperReturned PaperState = "returned"
	// PaperApproved is evidence of its order, and may be delivered.
	PaperApproved PaperState = "approved"
	// PaperDelivered was sent to the customer by a link; what the customer does with it is evidence of the order.
	PaperDelivered PaperState = "delivered"
	// PaperReplaced has a newer version.
	PaperReplaced PaperState = "replaced"
)

type paperInput string

const (
	approvePaper paperInput = "approve"
	returnPaper  paperInput = "return" // with a reason
	deliverPaper paperInput = "deliver"
	replacePaper paperInput = "replace" // a newer version was made
)

type paperEffect string

const (
	provePaper paperEffect = "add evidence"
	endLink    paperEffect = "revoke link"
)

var paperMachine = machine[PaperState, paperInput, paperEffect]{
	name: "paper", start: PaperReview,
	table: map[PaperState]map[paperInput]move[PaperState, paperEffect]{
		PaperReview: {
			approvePaper: {PaperApproved, []paperEffect{provePaper}},
			returnPaper:  {PaperReturned, nil},
			replacePaper: {PaperReplaced, nil},
		},
		PaperReturned: {replacePaper: {PaperReplaced, nil}},
		PaperApproved: {
			deliverPaper: {PaperDelivered, nil},
			replacePaper: {PaperReplaced, nil},
		},
		PaperDelivered: {
			deliverPaper: {PaperDelivered, []paperEffect{endLink}}, // again, by another link
			replacePaper: {PaperReplaced, []paperEffect{endLink}},
		},
		PaperReplaced: {},
	},
}
