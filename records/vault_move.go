package records

import (
	"context"
	"time"

	"hotline/records/procedure"
)

// vaultChange is one input with what it carries.
type vaultChange struct {
	input  vaultInput
	by     string
	entry  string
	reason string
	until  time.Time // extendVault
	link   bool      // by is the name of a customer's person
}

// moveVault applies one input: table, compare-and-set, effects, a line of the vault's log and of the audit log. What it changes
// is durable before anybody is shown a secret or a key is destroyed.
func (t *txn) moveVault(ctx context.Context, v VaultSession, ch vaultChange) (VaultSession, error) {
	mv, ok := vaultMachine.step(v.State, ch.input)
	if !ok {
		t.s.log.Info("vault input without effect", "vault", v.ID, "case", v.Case, "state", string(v.State), "input", string(ch.input))
		return v, t.s.vaultEnded(v)
	}
	seen, before := v.Version, v.State
	v.State = mv.next
	v.Version++
	if before == VaultOpen && mv.next != VaultOpen {
		v.EndedAt, v.EndedBy, v.EndedHow = t.now, ch.by, ch.input.how()
	}
	if mv.next == VaultDestroyed {
		v.DestroyedAt = t.now
	}
	for _, effect := range mv.do {
		switch effect {
		case setLimit:
			v.ExpiresAt = ch.until
		case eraseEntries:
			if err := t.do(ctx, `UPDATE vault_entries SET sealed = NULL WHERE session = ?`, v.ID); err != nil {
				return v, err
			}
		}
	}
	n, err := t.exec(ctx, `UPDATE vault_sessions SET state = ?, expires_at = ?, ended_at = ?, ended_by = ?, ended_how = ?, destroyed_at = ?,
		version = ? WHERE id = ? AND version = ?`, string(v.State), at(v.ExpiresAt), at(v.EndedAt), v.EndedBy, v.EndedHow,
		at(v.DestroyedAt), v.Version, v.ID, seen)
	if err != nil {
		return v, err
	}
	if n == 0 {
		return v, stale("vault session", v.ID, seen, seen+1)
	}
	return v, t.logVault(ctx, v, ch)
}

// logVault writes one line into the vault's log, into the chain of the order's evidence and into the audit log.
func (t *txn) logVault(ctx context.Context, v VaultSession, ch vaultChange) error {
	if err := t.do(ctx, `INSERT INTO vault_log (session, seq, at, actor, action, entry, reason, until)
		VALUES (?, (SELECT COALESCE(MAX(seq), 0) + 1 FROM vault_log WHERE session = ?), ?, ?, ?, ?, ?, ?)`,
		v.ID, v.ID, at(t.now), ch.by, string(ch.input), ch.entry, ch.reason, at(ch.until)); err != nil {
		return err
	}
	o, err := t.order(ctx, v.Order)
	if err != nil {
		return err
	}
	a, more := acting{Actor: Actor{Via: procedure.ViaDesk}, name: ch.by}, map[string]any{"session": v.ID, "entry": ch.entry, "reason": ch.reason}
	switch {
	case ch.link:
		a.name, a.Via, a.parts, more["who"] = "customer", procedure.ViaLink, []string{procedure.Customer}, ch.by
	case ch.by == "system":
		a.Via, a.parts = procedure.ViaSystem, []string{procedure.System}
	}
	if !ch.until.IsZero() {
		more["until"] = ch.until
	}
	if err := t.event(ctx, a, o, "vault_"+string(ch.input), stepLogin, more); err != nil {
		return err
	}
	t.changed(o, "vault", stepLogin, a)
	return t.audit(ctx, AuditEntry{By: ch.by, Action: "vault." + string(ch.input), Object: o.Number, Reason: ch.reason, Data: v.ID + " " + ch.entry})
}

// vaultEnded is the refusal of whoever comes after the end.
func (s *Store) vaultEnded(v VaultSession) *Problem {
	const do = "Ask the customer for the login information again, in a new session."
	if v.State == VaultOpen {
		return problem(ErrExpired, "vault_ended", do, "The data key of this session is gone.")
	}
	return problem(ErrExpired, "vault_ended", do, "This session was %s at %s; its login information is destroyed.",
		v.EndedHow, v.EndedAt.In(s.opt.Zone).Format(time.DateTime))
}
