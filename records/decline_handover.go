package records

import (
	"context"
	"time"
)

// DeclineHandOver says no to an offered case, with a reason that its owner reads; the case stays where it is (I2). The person
// it is offered to may, for a queue's and the managers' offers a service manager: one agent's no does not speak for the others.
// Errors: ErrIncomplete (no reason), ErrNotFound, ErrForbidden, ErrConflict (ended meanwhile).
func (s *Store) DeclineHandOver(ctx context.Context, id, by, reason string) (Case, error) {
	reason = text(reason)
	var f faults
	f.required("reason", reason, maxText, "Why you do not take it is missing.", "Say why; the owner reads it.")
	if err := f.problem(ErrIncomplete, "handover_reason", "Give a reason.", "The hand-over cannot be returned like this."); err != nil {
		return Case{}, err
	}
	return s.endOffer(ctx, "decline hand-over", id, func(t *txn, h HandOver) (ownerChange, error) {
		return ownerChange{
			input: giveBack, actor: by, call: h.Call, outcome: HandOverDeclined, reason: HandOverDeclined + ": " + reason, why: reason,
		}, t.mayDecline(ctx, h, by)
	})
}

// WithdrawHandOver takes one's own offer back. Errors: ErrNotFound, ErrForbidden (offered by somebody else), ErrConflict.
func (s *Store) WithdrawHandOver(ctx context.Context, id, by string) (Case, error) {
	return s.endOffer(ctx, "withdraw hand-over", id, func(_ *txn, h HandOver) (ownerChange, error) {
		ch := ownerChange{input: giveBack, actor: by, call: h.Call, reason: HandOverWithdrawn, outcome: HandOverWithdrawn}
		if h.From != by {
			return ch, problem(ErrForbidden, "not_offered_by_you", "Leave it to who offered it.", "%s offered the case %s.", h.From, h.Case)
		}
		return ch, nil
	})
}

func (t *txn) mayDecline(ctx context.Context, h HandOver, by string) error {
	u, err := t.colleague(ctx, by)
	if err != nil {
		return err
	}
	if u.Is(RoleSupervisor) || h.ToKind == ToAgent && h.ToName == by {
		return nil
	}
	return problem(ErrForbidden, "not_receiver", "Leave it to whom it is offered.",
		"The case %s is offered to %s %s, not to %s.", h.Case, h.ToKind, h.ToName, by)
}

// HandOversEnded lists hand-overs that somebody had offered and that ended after since, the latest first, at most 50.
func (s *Store) HandOversEnded(ctx context.Context, from string, since time.Time) ([]HandOver, error) {
	var rows []handOverRow
	err := s.read().list(ctx, &rows, `SELECT * FROM handovers WHERE from_owner = ? AND outcome <> '' AND ended_at >= ?
		ORDER BY ended_at DESC, id LIMIT 50`, from, at(since))
	return mapped(rows, handOverRow.handOver), s.explain("hand-overs ended", err)
}
