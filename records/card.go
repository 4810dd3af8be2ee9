package records

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// Card is what an agent's screen shows of a caller before the phone rings, and beside the case while they talk.
type Card struct {
	Recognition Recognition `json:"recognition"`
	Customers   []Customer  `json:"customers"`          // of the contacts recognised: place, service centre, agreement
	Cases       []Case      `json:"cases"`              // open ones of this caller, with owner and promise, the one touched last first
	Last        []CallRow   `json:"last"`               // the last calls from this number, newest first
	Services    []Served    `json:"services"`           // the last remote and onsite services, newest first
	Promise     *Promise    `json:"promise,omitempty"`  // what the customer was told last
	Verified    *Verified   `json:"verified,omitempty"` // the last time that somebody made sure of who it is
	Priority    int         `json:"priority"`
}

// Served is one remote or onsite service of a caller, for a list.
type Served struct {
	Kind   string          `db:"kind"        json:"kind"`
	Case   string          `db:"case_number" json:"case"`
	State  EscalationState `db:"state"       json:"state"`
	By     string          `db:"by_name"     json:"by,omitempty"` // name of the engineer who accepted
	Result string          `db:"result"      json:"result,omitempty"`
	Raised Moment          `db:"raised_at"   json:"raised"`
}

// Verified is a verification with the name of who made it.
type Verified struct {
	Contact string `db:"contact_id" json:"contact"`
	How     string `db:"how"         json:"how"`
	Detail  string `db:"detail"      json:"detail,omitempty"`
	By      string `db:"by_name"     json:"by"`
	Call    string `db:"call"        json:"call,omitempty"`
	Case    string `db:"case_number" json:"case,omitempty"`
	At      Moment `db:"verified_at" json:"at"`
}

// The most that fits on a screen.
const (
	cardCases    = 5
	cardCalls    = 5
	cardServices = 3
)

// Card looks up a caller: who it may be, their open cases, their last contacts, what they were promised. A number that nobody
// knows gives an empty card.
func (s *Store) Card(ctx context.Context, number string) (Card, error) {
	number = s.callerKey(number)
	var card Card
	err := s.snapshot(ctx, "card", func(c conn) (err error) {
		card, err = c.card(ctx, number, "")
		return err
	})
	return card, err
}

// CardOf is Card for a caller of whom it is known who they are: the contact counts, wherever they call from.
// Errors: ErrNotFound (contact).
func (s *Store) CardOf(ctx context.Context, number, contactID string) (Card, error) {
	number = s.callerKey(number)
	var card Card
	err := s.snapshot(ctx, "card of contact", func(c conn) (err error) {
		card, err = c.card(ctx, number, contactID)
		return err
	})
	return card, err
}

func (c conn) card(ctx context.Context, number, contactID string) (Card, error) {
	card := Card{Customers: []Customer{}, Cases: []Case{}, Last: []CallRow{}, Services: []Served{}}
	var err error
	if card.Recognition, err = c.recognise(ctx, number); err != nil {
		return card, err
	}
	if contactID != "" {
		k, err := c.contact(ctx, contactID)
		if err != nil {
			return card, err
		}
		card.Recognition.Kind, card.Recognition.Chosen, card.Recognition.Contacts = RecognisedOne, k.ID, []Contact{k}
	}
	if number == "" && contactID == "" {
		return card, nil
	}
	for _, fill := range []func(context.Context, *Card, string) error{c.fillCustomers, c.fillCases, c.fillCalls, c.fillHistory} {
		if err := fill(ctx, &card, number); err != nil {
			return card, err
		}
	}
	standing, err := c.numberOwner(ctx, number)
	card.Priority = standing.Priority
	return card, err
}

// who lists the contact that the caller is taken for: the only one, or the one chosen. Without a choice nobody is.
func (r Recognition) who() []string {
	switch {
	case r.Kind == RecognisedOne:
		return []string{r.Contacts[0].ID}
	case r.Chosen != "":
		return []string{r.Chosen}
	}
	return nil
}

func (c conn) fillCustomers(ctx context.Context, card *Card, _ string) error {
	seen := map[string]bool{"": true}
	for _, k := range card.Recognition.Contacts {
		if seen[k.CustomerID] {
			continue
		}
		seen[k.CustomerID] = true
		customer, err := c.customer(ctx, k.CustomerID)
		if err != nil {
			return err
		}
		card.Customers = append(card.Customers, customer)
	}
	return nil
}

func (c conn) fillCases(ctx context.Context, card *Card, number string) (err error) {
	card.Cases, err = c.openCasesFor(ctx, number, card.Recognition.who(), cardCases)
	return err
}

func (c conn) fillCalls(ctx context.Context, card *Card, number string) error {
	numbers := []string{number}
	if card.Recognition.Kind == RecognisedOne {
		for _, n := range card.Recognition.Contacts[0].Numbers {
			numbers = append(numbers, n.Number)
		}
	}
	query, args, err := sqlx.In(selectCall+` WHERE a.number IN (?) AND a.number <> '' ORDER BY a.arrived DESC, a.call DESC LIMIT ?`, numbers, cardCalls)
	if err != nil {
		return err
	}
	var rows []callRow
	err = c.list(ctx, &rows, query, args...)
	card.Last = mapped(rows, callRow.call)
	return err
}

func (c conn) fillHistory(ctx context.Context, card *Card, number string) error {
	who := card.Recognition.who()
	var err error
	if card.Promise, err = c.lastPromise(ctx, number, who); err != nil || len(who) == 0 {
		return err
	}
	if err := c.list(ctx, &card.Services, `SELECT e.kind, e.case_number, e.state, COALESCE(u.name, e.accepted_by) AS by_name, e.result,
		e.raised_at FROM escalations e LEFT JOIN users u ON u.login = e.accepted_by
		WHERE e.case_number IN (SELECT number FROM cases WHERE contact_id = ?) ORDER BY e.raised_at DESC LIMIT ?`, who[0], cardServices); err != nil {
		return err
	}
	var v Verified
	found, err := c.find(ctx, &v, `SELECT v.contact_id, v.how, v.detail, COALESCE(u.name, v.verified_by) AS by_name, v.call, v.case_number,
		v.verified_at FROM verifications v LEFT JOIN users u ON u.login = v.verified_by WHERE v.contact_id = ?
		ORDER BY v.verified_at DESC, v.id DESC LIMIT 1`, who[0])
	if found {
		card.Verified = &v
	}
	return err
}
