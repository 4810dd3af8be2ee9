package records

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hotline/records/vault"
)

// ReadVault is one reading of login information.
type ReadVault struct {
	Session string
	Entry   string
	By      string // must be the session's engineer
	Reason  string
}

// ReadVault gives login information in the clear, to the session's engineer, while the session is open; the caller erases it. That it was
// read, by whom and why is durable before it is given; who was refused stands in the audit log. Errors: ErrIncomplete (no reason),
// ErrForbidden, ErrExpired, ErrNotFound; vault.ErrTampered, vault.ErrMaster wrapped.
func (s *Store) ReadVault(ctx context.Context, in ReadVault) (vault.Secret, error) {
	if err := s.vaultOn(); err != nil {
		return vault.Secret{}, err
	}
	in.Reason = text(in.Reason)
	var f faults
	f.required("reason", in.Reason, maxLine, "A reading needs a reason.", "Say what it is read for.")
	if err := f.problem(ErrIncomplete, "vault_reason", "Fill in the fields named.", "The login information cannot be read like this."); err != nil {
		return vault.Secret{}, err
	}
	var sealed []byte
	v, err := s.useVault(ctx, in.Session, func(t *txn, v VaultSession) error {
		if in.By != v.Engineer {
			return notVaultEngineer(v.Engineer)
		}
		found, err := t.find(ctx, &sealed, `SELECT sealed FROM vault_entries WHERE id = ? AND session = ?`, in.Entry, v.ID)
		if err == nil && !found {
			err = notFound("vault_entry", in.Entry)
		}
		if err != nil {
			return err
		}
		_, err = t.moveVault(ctx, v, vaultChange{input: readVault, by: in.By, entry: in.Entry, reason: in.Reason})
		return err
	})
	if err != nil {
		if errors.Is(err, ErrForbidden) {
			err = errors.Join(err, s.Audit(ctx, AuditEntry{By: in.By, Action: "vault.refused", Object: s.orderNumber(ctx, v.Order), Reason: in.Reason, Data: v.ID + " " + in.Entry}))
		}
		return vault.Secret{}, err
	}
	secret, err := s.opt.Vault.Unseal(in.Session, in.Entry, sealed)
	switch {
	case errors.Is(err, vault.ErrGone): // it ended in this moment
		return vault.Secret{}, s.vaultEnded(v)
	case err != nil:
		return vault.Secret{}, fmt.Errorf("records: vault: %w", err)
	}
	return secret, nil
}

// ExtendVault is a later time limit.
type ExtendVault struct {
	Session string
	By      string // a service manager
	Until   time.Time
	Reason  string
}

// ExtendVaultSession gives an open session more time, up to its ceiling. Errors: ErrForbidden (no service manager), ErrIncomplete
// (no reason), ErrInvalid (the time), ErrExpired, ErrNotFound.
func (s *Store) ExtendVaultSession(ctx context.Context, in ExtendVault) (VaultSession, error) {
	in.Reason = text(in.Reason)
	var f faults
	f.required("reason", in.Reason, maxText, "An extension needs a reason.", "Say why the session needs more time.")
	if err := f.problem(ErrIncomplete, "vault_extend_incomplete", "Fill in the fields named.", "The session cannot be extended like this."); err != nil {
		return VaultSession{}, err
	}
	_, err := s.useVault(ctx, in.Session, func(t *txn, v VaultSession) error {
		if err := t.mustManage(ctx, in.By); err != nil {
			return err
		}
		if !in.Until.After(v.ExpiresAt) || in.Until.After(v.CeilingAt) {
			return problem(ErrInvalid, "vault_time", "Choose a time in between, or begin a new session later.",
				"The session ends at %s; it can be extended to %s at most.", v.ExpiresAt.In(s.opt.Zone).Format(time.DateTime),
				v.CeilingAt.In(s.opt.Zone).Format(time.DateTime))
		}
		_, err := t.moveVault(ctx, v, vaultChange{input: extendVault, by: in.By, reason: in.Reason, until: in.Until.UTC().Truncate(time.Microsecond)})
		return err
	})
	if err != nil {
		return VaultSession{}, err
	}
	return s.VaultSession(ctx, in.Session)
}

// mustManage refuses who is no service manager.
func (t *txn) mustManage(ctx context.Context, login string) error {
	u, err := t.colleague(ctx, login)
	if err == nil && !u.Is(RoleSupervisor) {
		err = problem(ErrForbidden, "not_manager", "Ask a service manager.", "%s is no service manager.", u.Name)
	}
	return err
}
