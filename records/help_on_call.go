package records

import (
	"context"
	"time"
)

// HelpOnCall records that agent talks on an answered call without owning its case: the first agent's phone died, or the
// call went to a colleague while the case stays where it is (I2). From then on agent may wrap the call up. Errors: ErrNotFound.
func (s *Store) HelpOnCall(ctx context.Context, call, agent string, since time.Time) (OwnedCase, error) {
	var out OwnedCase
	err := s.write(ctx, "help on call", func(t *txn) error {
		number, err := t.caseNumberOfCall(ctx, call)
		if err != nil {
			return err
		}
		c, err := t.caseByNumber(ctx, number)
		if err != nil {
			return err
		}
		out = OwnedCase{Number: c.Number, Owner: c.Owner, OwnerName: c.OwnerName}
		if since.IsZero() {
			since = t.now
		}
		_, err = t.helpOn(ctx, c, call, agent, since)
		return err
	})
	return out, err
}

func (t *txn) helpOn(ctx context.Context, c Case, call, agent string, since time.Time) (Case, error) {
	already, err := t.talksOn(ctx, call, agent)
	if err != nil || already {
		return c, err
	}
	if err := t.talked(ctx, call, agent, "helped", since); err != nil || c.ownerState() == closed {
		return c, err
	}
	return t.moveOwner(ctx, c, ownerChange{input: join, actor: agent, call: call, reason: "helps on the call"})
}

// SplitCall says that a call which was taken for the continuation of an open case is about something else: the call gets a
// case of its own, owned by who answered it. Once is enough: again gives the same case.
// Errors: ErrNotFound, ErrForbidden (by did not talk on the call).
func (s *Store) SplitCall(ctx context.Context, call, by string) (OwnedCase, error) {
	var out OwnedCase
	err := s.write(ctx, "split call", func(t *txn) error {
		var known struct {
			callCase
			Caller string `db:"caller"`
		}
		found, err := t.find(ctx, &known, `SELECT case_number, agent, opened, caller FROM case_calls WHERE call = ?`, call)
		if err != nil {
			return err
		}
		if !found {
			return notFound("answered call", call)
		}
		if talks, err := t.talksOn(ctx, call, by); err != nil {
			return err
		} else if !talks {
			return problem(ErrForbidden, "not_on_call", "Ask who talks to the customer.", "%s does not talk on this call.", by)
		}
		if known.Opened {
			c, err := t.caseByNumber(ctx, known.Case)
			out = OwnedCase{Number: c.Number, Owner: c.Owner, OwnerName: c.OwnerName, New: true}
			return err
		}
		c, err := t.newCallersCase(ctx, known.Caller)
		if err != nil {
			return err
		}
		c, err = t.openCase(ctx, c, ownerChange{
			input: claim, owner: known.Agent, actor: by, call: call, reason: "not about " + known.Case,
		})
		if err != nil {
			return err
		}
		out = OwnedCase{Number: c.Number, Owner: c.Owner, OwnerName: c.OwnerName, New: true}
		if err := t.moveDraft(ctx, call, by, known.Case, c.Number); err != nil {
			return err
		}
		return t.do(ctx, `UPDATE case_calls SET case_number = ?, opened = TRUE WHERE call = ?`, c.Number, call)
	})
	return out, err
}

func (c conn) caseNumberOfCall(ctx context.Context, call string) (string, error) {
	var number string
	found, err := c.find(ctx, &number, `SELECT case_number FROM case_calls WHERE call = ?`, call)
	if err == nil && !found {
		err = notFound("answered call", call)
	}
	return number, err
}
