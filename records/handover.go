package records

import (
	"context"
	"time"
)

// Whom a hand-over is offered to.
const (
	ToAgent   = "agent"   // Name is a login
	ToQueue   = "queue"   // Name is a queue: any agent may accept
	ToManager = "manager" // any service manager may accept
)

// Target is who shall take over.
type Target struct {
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
}

// HandOverOffer is the owner's wish to hand a case over.
type HandOverOffer struct {
	Case    string
	Call    string // the live call that goes along, "" = none
	From    string // must be the owner
	To      Target
	Note    string
	Expires time.Time // zero = stays offered until it is answered
	Version int64     // the version of the case that was seen; 0 = whatever it is now
}

// HandOver is a hand-over, offered (Outcome "") or ended.
type HandOver struct {
	ID        string    `db:"id"          json:"id"`
	Case      string    `db:"case_number" json:"case"`
	Call      string    `db:"call"        json:"call,omitempty"`
	From      string    `db:"from_owner"  json:"from"`
	ToKind    string    `db:"to_kind"     json:"to_kind"`
	ToName    string    `db:"to_name"     json:"to_name,omitempty"`
	Note      string    `db:"note"        json:"note,omitempty"`
	OfferedAt time.Time `db:"-"           json:"offered_at"`
	Expires   time.Time `db:"-"           json:"expires,omitzero"`
	EndedAt   time.Time `db:"-"           json:"ended_at,omitzero"`
	Outcome   string    `db:"outcome"     json:"outcome,omitempty"`
	EndedBy   string    `db:"ended_by"    json:"ended_by,omitempty"`
	Reason    string    `db:"reason"      json:"reason,omitempty"` // why it was declined
}

// How a hand-over ended.
const (
	HandOverAccepted   = "accepted"
	HandOverDeclined   = "declined"
	HandOverWithdrawn  = "withdrawn"
	HandOverExpired    = "expired"
	HandOverOverridden = "overridden" // a manager decided otherwise
	HandOverClosed     = "closed"     // the case was closed meanwhile
)

type handOverRow struct {
	HandOver
	OfferedAt stamp `db:"offered_at"`
	Expires   stamp `db:"expires_at"`
	EndedAt   stamp `db:"ended_at"`
}

func (r handOverRow) handOver() HandOver {
	h := r.HandOver
	h.OfferedAt, h.Expires, h.EndedAt = r.OfferedAt.time(), r.Expires.time(), r.EndedAt.time()
	return h
}

// OfferHandOver offers a case to somebody else. The owner stays the owner until the receiver accepts (I2). Errors:
// ErrNotFound (case, receiver), ErrForbidden (From is not the owner), ErrConflict (closed, or offered already), ErrInvalid.
func (s *Store) OfferHandOver(ctx context.Context, o HandOverOffer) (HandOver, error) {
	o.Note = text(o.Note)
	var f faults
	switch {
	case o.To.Kind != ToAgent && o.To.Kind != ToQueue && o.To.Kind != ToManager:
		f.add("to.kind", "unknown", "Use agent, queue or manager.", "A case cannot be handed to a %q.", o.To.Kind)
	case o.To.Name == "" && o.To.Kind != ToManager:
		f.add("to.name", "missing", "Name the receiver.", "The receiver is missing.")
	case o.To.Kind == ToAgent && o.To.Name == o.From:
		f.add("to.name", "self", "Choose somebody else.", "The case is theirs already.")
	}
	f.short("note", o.Note, maxText)
	if err := f.problem(ErrInvalid, "handover_invalid", "Mend the fields named.", "The hand-over cannot be offered like this."); err != nil {
		return HandOver{}, err
	}
	var out HandOver
	err := s.write(ctx, "offer hand-over", func(t *txn) error {
		c, err := t.caseByNumber(ctx, o.Case)
		if err != nil {
			return err
		}
		if c.Owner != o.From {
			return problem(ErrForbidden, "not_owner", "Ask the owner, or a service manager to override.",
				"The case %s belongs to %s; only they can hand it over.", c.Number, c.OwnerName)
		}
		if o.To.Kind == ToAgent {
			if _, err := t.colleague(ctx, o.To.Name); err != nil {
				return err
			}
		}
		id := newID(t.now)
		if _, err := t.moveOwner(ctx, c, ownerChange{
			input: offer, actor: o.From, reason: o.Note, call: o.Call, handover: id, version: o.Version,
		}); err != nil {
			return err
		}
		if err := t.insertHandOver(ctx, HandOver{
			ID: id, Case: o.Case, Call: o.Call, From: o.From, ToKind: o.To.Kind, ToName: o.To.Name, Note: o.Note,
			OfferedAt: t.now, Expires: o.Expires,
		}); err != nil {
			return err
		}
		out, err = t.handOver(ctx, id)
		return err
	})
	return out, err
}

func (t *txn) insertHandOver(ctx context.Context, h HandOver) error {
	return t.do(ctx, `INSERT INTO handovers (id, case_number, call, from_owner, to_kind, to_name, note, offered_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, h.ID, h.Case, h.Call, h.From, h.ToKind, h.ToName, h.Note, at(h.OfferedAt), at(h.Expires))
}

// AcceptHandOver makes by the owner: of the case and, if one goes along, of the call. Again by the same person is fine.
// Errors: ErrNotFound, ErrForbidden (not offered to them), ErrConflict (ended meanwhile).
func (s *Store) AcceptHandOver(ctx context.Context, id, by string) (Case, error) {
	return s.endOffer(ctx, "accept hand-over", id, func(t *txn, h HandOver) (ownerChange, error) {
		return ownerChange{input: accept, owner: by, actor: by, call: h.Call, outcome: HandOverAccepted}, t.mayAccept(ctx, h, by)
	})
}

// ReturnHandOver ends an offer without a change of owner: outcome is declined, withdrawn or expired. Again is fine.
// Errors: ErrNotFound, ErrInvalid, ErrConflict (accepted meanwhile).
func (s *Store) ReturnHandOver(ctx context.Context, id, by, outcome string) (Case, error) {
	switch outcome {
	case HandOverDeclined, HandOverWithdrawn, HandOverExpired:
	default:
		return Case{}, problem(ErrInvalid, "handover_outcome", "Use declined, withdrawn or expired.", "%q does not return a hand-over.", outcome)
	}
	return s.endOffer(ctx, "return hand-over", id, func(_ *txn, h HandOver) (ownerChange, error) {
		return ownerChange{input: giveBack, actor: by, call: h.Call, reason: outcome, outcome: outcome}, nil
	})
}

func (s *Store) endOffer(ctx context.Context, what, id string, how func(*txn, HandOver) (ownerChange, error)) (Case, error) {
	var out Case
	err := s.write(ctx, what, func(t *txn) error {
		h, err := t.handOver(ctx, id)
		if err != nil {
			return err
		}
		ch, err := how(t, h)
		if err != nil {
			return err
		}
		if out, err = t.caseByNumber(ctx, h.Case); err != nil {
			return err
		}
		if h.Outcome != "" {
			if h.Outcome == ch.outcome && (ch.input == giveBack || h.EndedBy == ch.actor) {
				return nil // the same answer came twice
			}
			return problem(ErrConflict, "handover_ended", "Load the case again and see how it stands.",
				"The hand-over of %s was %s by %s already.", h.Case, h.Outcome, h.EndedBy)
		}
		out, err = t.moveOwner(ctx, out, ch)
		return err
	})
	return out, err
}

// endHandOver closes the pending offer as part of a move.
func (t *txn) endHandOver(ctx context.Context, id string, ch ownerChange) error {
	outcome := ch.outcome
	switch ch.input {
	case override:
		outcome = HandOverOverridden
	case finish:
		outcome = HandOverClosed
	default: // accept and give back say it themselves
	}
	n, err := t.exec(ctx, `UPDATE handovers SET ended_at = ?, outcome = ?, ended_by = ?, reason = ? WHERE id = ? AND outcome = ''`,
		at(t.now), outcome, ch.actor, ch.why, id)
	if err != nil || n == 0 || ch.input != accept || ch.call == "" {
		return err
	}
	if err := t.do(ctx, `UPDATE case_calls SET agent = ? WHERE call = ?`, ch.owner, ch.call); err != nil {
		return err
	}
	var known int
	if found, err := t.find(ctx, &known, `SELECT 1 FROM case_calls WHERE call = ?`, ch.call); err != nil || !found {
		return err
	}
	return t.talked(ctx, ch.call, ch.owner, "took over", t.now)
}

// mayAccept: the person named, any agent for a queue, any service manager for "manager".
func (t *txn) mayAccept(ctx context.Context, h HandOver, by string) error {
	u, err := t.colleague(ctx, by)
	if err != nil {
		return err
	}
	switch {
	case h.ToKind == ToAgent && h.ToName == by:
	case h.ToKind == ToQueue && (u.Is(RoleAgent) || u.Is(RoleSupervisor)):
	case h.ToKind == ToManager && u.Is(RoleSupervisor):
	default:
		return problem(ErrForbidden, "not_receiver", "Leave it to whom it is offered.",
			"The case %s is offered to %s %s, not to %s.", h.Case, h.ToKind, h.ToName, by)
	}
	return nil
}

// colleague is a user who can own a case: known and not disabled.
func (c conn) colleague(ctx context.Context, login string) (User, error) {
	u, err := c.user(ctx, login)
	if err == nil && u.Disabled {
		err = problem(ErrForbidden, "user_disabled", "Choose somebody else.", "%s does not work here any more.", u.Name)
	}
	return u, err
}

// HandOver gives one hand-over. Errors: ErrNotFound.
func (s *Store) HandOver(ctx context.Context, id string) (HandOver, error) {
	h, err := s.read().handOver(ctx, id)
	return h, s.explain("hand-over", err)
}

// HandOvers lists hand-overs that wait for an answer, oldest first; login narrows to those offered by or to that person.
func (s *Store) HandOvers(ctx context.Context, login string) ([]HandOver, error) {
	var rows []handOverRow
	err := s.read().list(ctx, &rows, `SELECT * FROM handovers WHERE outcome = ''
		AND (? = '' OR from_owner = ? OR (to_kind = 'agent' AND to_name = ?)) ORDER BY offered_at, id`, login, login, login)
	return mapped(rows, handOverRow.handOver), s.explain("hand-overs", err)
}

func (c conn) handOver(ctx context.Context, id string) (HandOver, error) {
	var row handOverRow
	found, err := c.find(ctx, &row, `SELECT * FROM handovers WHERE id = ?`, id)
	if err == nil && !found {
		err = notFound("hand-over", id)
	}
	return row.handOver(), err
}
