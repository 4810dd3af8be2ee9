package records

import "time"

// FollowUpState is where the follow-up of a solved case stands.
type FollowUpState string

const (
	// FollowUpWaiting is in the 48-hour clock; the draw of its day has not been made.
	FollowUpWaiting FollowUpState = "waiting"
	// FollowUpPassed was not drawn. A customer may still answer by a link or on paper.
	FollowUpPassed FollowUpState = "passed"
	// FollowUpDue was drawn: the manager calls.
	FollowUpDue FollowUpState = "due"
	// FollowUpLinked was not reached by telephone as often as the rule asks, and has a link.
	FollowUpLinked FollowUpState = "linked"
	// FollowUpDone has an answer that counts.
	FollowUpDone FollowUpState = "done"
	// FollowUpUnreached never answered, or does not want to: with a reason.
	FollowUpUnreached FollowUpState = "unreached"
)

// followUpInput is what can happen to a follow-up.
type followUpInput string

const (
	drawFollowUp   followUpInput = "draw"
	passFollowUp   followUpInput = "pass"
	tryFollowUp    followUpInput = "try"    // an attempt by telephone ended without an answer
	linkFollowUp   followUpInput = "link"   // the customer was sent a link
	answerFollowUp followUpInput = "answer" // a complete survey
	lapseFollowUp  followUpInput = "lapse"  // nobody answered behind the link in seven days
	closeFollowUp  followUpInput = "close"  // given up, with a reason
)

var followUpMachine = machine[FollowUpState, followUpInput, noEffect]{
	name: "followup", start: FollowUpWaiting,
	table: map[FollowUpState]map[followUpInput]move[FollowUpState, noEffect]{
		FollowUpWaiting: {
			drawFollowUp: {FollowUpDue, nil}, passFollowUp: {FollowUpPassed, nil}, answerFollowUp: {FollowUpDone, nil},
		},
		FollowUpPassed: {answerFollowUp: {FollowUpDone, nil}},
		FollowUpDue: {
			tryFollowUp: {FollowUpDue, nil}, linkFollowUp: {FollowUpLinked, nil}, answerFollowUp: {FollowUpDone, nil},
			closeFollowUp: {FollowUpUnreached, nil},
		},
		FollowUpLinked: {
			tryFollowUp: {FollowUpLinked, nil}, linkFollowUp: {FollowUpLinked, nil}, answerFollowUp: {FollowUpDone, nil},
			closeFollowUp: {FollowUpUnreached, nil}, lapseFollowUp: {FollowUpDue, nil},
		},
		FollowUpDone:      {answerFollowUp: {FollowUpDone, nil}}, // another channel: kept, the first one counts
		FollowUpUnreached: {answerFollowUp: {FollowUpDone, nil}},
	},
}

// LinkAnswered is how long a link waits for its answer; then the customer is called once more, or the follow-up is given up with a reason.
const LinkAnswered = 7 * 24 * time.Hour

// MaxAttempts is how often a customer is called before a link takes over.
const MaxAttempts = 3

// attemptGap is the least time between two attempts.
const attemptGap = 2 * time.Hour

// NextAttempt is when a customer who was not reached at an instant is to be called again: in another part of the day (from
// 9:00, 13:00 or 17:30 in the hotline's zone), and not within two hours.
func NextAttempt(last time.Time, zone *time.Location) time.Time {
	here := last.In(zone)
	part := func(day, hour, minute int) time.Time {
		return time.Date(here.Year(), here.Month(), here.Day()+day, hour, minute, 0, 0, zone)
	}
	next := part(1, 9, 0)
	for _, begins := range []time.Time{part(0, 9, 0), part(0, 13, 0), part(0, 17, 30)} {
		if begins.After(here) {
			next = begins
			break
		}
	}
	if early := here.Add(attemptGap); next.Before(early) {
		next = early
	}
	if h := next.In(zone); h.Hour() >= 20 || h.Hour() < 9 { // nobody is called in the evening or at night
		next = part(1, 9, 0)
		if h.Hour() < 9 && h.Day() != here.Day() {
			next = time.Date(h.Year(), h.Month(), h.Day(), 9, 0, 0, 0, zone)
		}
	}
	return next.UTC()
}
