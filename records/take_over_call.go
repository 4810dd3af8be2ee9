package records

import (
	"context"
	"time"
)

// CallTakeOver says that a live call went from one agent to another, who picked it up.
type CallTakeOver struct {
	Call     string
	From, To string
	Note     string    // what From said about it
	At       time.Time // when To picked up; zero = now
}

// TakeOverCall records an accepted hand-over of a live call in one transaction, so that no crash leaves half of it: To talks
// on the call from now on, and owns its case if it was From's (I2: offered by From, accepted by picking up). A case that is
// somebody else's stays there, and To helps. Again is fine. Errors: ErrNotFound (nobody answered the call before).
func (s *Store) TakeOverCall(ctx context.Context, in CallTakeOver) (OwnedCase, error) {
	in.Note = text(in.Note)
	var out OwnedCase
	err := s.write(ctx, "take over call", func(t *txn) error {
		number, err := t.caseNumberOfCall(ctx, in.Call)
		if err != nil {
			return err
		}
		c, err := t.caseByNumber(ctx, number)
		if err != nil {
			return err
		}
		if c, err = t.takeOver(ctx, c, in); err != nil {
			return err
		}
		out = OwnedCase{Number: c.Number, Owner: c.Owner, OwnerName: c.OwnerName}
		return nil
	})
	return out, err
}

func (t *txn) takeOver(ctx context.Context, c Case, in CallTakeOver) (Case, error) {
	since := in.At
	if since.IsZero() {
		since = t.now
	}
	if c.Owner != in.From || in.From == in.To || c.ownerState() == closed {
		return t.helpOn(ctx, c, in.Call, in.To, since)
	}
	var err error
	if c.ownerState() == offered { // perhaps to somebody else: who picked up has it now
		if c, err = t.moveOwner(ctx, c, ownerChange{
			input: giveBack, actor: in.From, call: in.Call, reason: "the call was handed over", outcome: HandOverWithdrawn,
		}); err != nil {
			return c, err
		}
	}
	h := HandOver{
		ID: newID(t.now), Case: c.Number, Call: in.Call, From: in.From, ToKind: ToAgent, ToName: in.To, Note: in.Note, OfferedAt: since,
	}
	if c, err = t.moveOwner(ctx, c, ownerChange{input: offer, actor: in.From, reason: in.Note, call: in.Call, handover: h.ID}); err != nil {
		return c, err
	}
	if err := t.insertHandOver(ctx, h); err != nil {
		return c, err
	}
	return t.moveOwner(ctx, c, ownerChange{input: accept, owner: in.To, actor: in.To, call: in.Call, outcome: HandOverAccepted})
}
