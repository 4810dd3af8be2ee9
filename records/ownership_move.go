package records

import (
	"context"
	"slices"
	"time"
)

// ownerChange is one input with what it carries.
type ownerChange struct {
	input    ownerInput
	owner    string // new owner, with claim, accept and override
	actor    string
	reason   string
	call     string
	handover string // id of the hand-over offered or ended
	outcome  string // how the hand-over ended
	why      string // reason of who declined it
	version  int64  // the version that the actor saw; 0 = whatever it is now
}

// OwnershipEntry is one line of a case's history of ownership, which is never edited.
type OwnershipEntry struct {
	Case     string    `db:"case_number" json:"case"`
	Seq      int64     `db:"seq"         json:"seq"`
	At       time.Time `db:"-"           json:"at"`
	Input    string    `db:"input"       json:"input"`
	OldOwner string    `db:"old_owner"   json:"old_owner,omitempty"`
	NewOwner string    `db:"new_owner"   json:"new_owner"`
	By       string    `db:"actor"       json:"by"`
	Reason   string    `db:"reason"      json:"reason,omitempty"`
	Call     string    `db:"call"        json:"call,omitempty"`
	HandOver string    `db:"handover"    json:"handover,omitempty"`
}

type ownershipRow struct {
	OwnershipEntry
	At stamp `db:"at"`
}

// moveOwner applies one input to an existing case: table, compare-and-set, effects, history. It returns the case as it is then.
func (t *txn) moveOwner(ctx context.Context, c Case, ch ownerChange) (Case, error) {
	if ch.version != 0 && ch.version != c.Version {
		return c, stale("case", c.Number, ch.version, c.Version)
	}
	state := c.ownerState()
	mv, ok := ownership.step(state, ch.input)
	if !ok {
		t.s.log.Info("ownership input without effect", "case", c.Number, "state", string(state), "input", string(ch.input), "by", ch.actor)
		return c, problem(ErrConflict, "ownership_state", "Load the case again and see how it stands.",
			"The case %s is %s; %q is not possible now.", c.Number, state, ch.input)
	}
	owner, pending := c.Owner, c.HandOver
	for _, e := range mv.do {
		switch e {
		case setOwner:
			owner = ch.owner
		case setOffer:
			pending = ch.handover
		case endOffer:
			if err := t.endHandOver(ctx, pending, ch); err != nil {
				return c, err
			}
			ch.handover, pending = pending, ""
		case tellOwner: // below, when the row is written
		}
	}
	n, err := t.exec(ctx, `UPDATE cases SET owner = ?, handover = ?, updated_at = ?, version = version + 1
		WHERE number = ? AND version = ?`, owner, pending, at(t.now), c.Number, c.Version)
	if err != nil {
		return c, err
	}
	if n == 0 {
		return c, stale("case", c.Number, c.Version, c.Version+1)
	}
	if err := t.writeHistory(ctx, c.Number, c.Owner, owner, ch); err != nil {
		return c, err
	}
	if slices.Contains(mv.do, tellOwner) {
		if err := t.touchCase(ctx, c.Number); err != nil {
			return c, err
		}
	}
	return t.caseByNumber(ctx, c.Number)
}

func (t *txn) writeHistory(ctx context.Context, number, old, owner string, ch ownerChange) error {
	t.seen(number)
	var last int64
	if err := t.get(ctx, &last, `SELECT COALESCE(MAX(seq), 0) FROM ownership_history WHERE case_number = ?`, number); err != nil {
		return err
	}
	return t.do(ctx, `INSERT INTO ownership_history
		(case_number, seq, at, input, old_owner, new_owner, actor, reason, call, handover) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		number, last+1, at(t.now), string(ch.input), old, owner, ch.actor, ch.reason, ch.call, ch.handover)
}

// OwnershipHistory lists who owned a case since when, oldest first.
func (s *Store) OwnershipHistory(ctx context.Context, number string) ([]OwnershipEntry, error) {
	var rows []ownershipRow
	err := s.read().list(ctx, &rows, `SELECT * FROM ownership_history WHERE case_number = ? ORDER BY seq`, number)
	return mapped(rows, func(r ownershipRow) OwnershipEntry {
		e := r.OwnershipEntry
		e.At = r.At.time()
		return e
	}), s.explain("ownership history", err)
}
