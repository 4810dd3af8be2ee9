package records

import "context"

// Card is what an agent's screen shows of a caller before the phone rings.
type Card struct {
	Recognition Recognition `json:"recognition"`
	Cases       []Case      `json:"cases"` // open ones of this caller, with owner and promise, the one touched last first
	Last        []CallRow   `json:"last"`  // the last calls from this number, newest first
	Priority    int         `json:"priority"`
}

// The most that fits on a screen.
const (
	cardCases = 5
	cardCalls = 5
)

// Card looks up a caller: who it may be, their open cases, their last contacts. A number that nobody knows gives an empty card.
func (s *Store) Card(ctx context.Context, number string) (Card, error) {
	number = s.callerKey(number)
	card := Card{Cases: []Case{}, Last: []CallRow{}}
	err := s.snapshot(ctx, "card", func(c conn) error {
		var err error
		if card.Recognition, err = c.recognise(ctx, number); err != nil || number == "" {
			return err
		}
		if card.Cases, err = c.openCasesOf(ctx, number, cardCases); err != nil {
			return err
		}
		standing, err := c.numberOwner(ctx, number)
		if err != nil {
			return err
		}
		card.Priority = standing.Priority
		var rows []callRow
		err = c.list(ctx, &rows, selectCall+` WHERE a.number = ? ORDER BY a.arrived DESC, a.call DESC LIMIT ?`, number, cardCalls)
		card.Last = mapped(rows, callRow.call)
		return err
	})
	return card, err
}
