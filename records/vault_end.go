package records

import (
	"context"
	"fmt"
)

// EndVault ends a session before its time.
type EndVault struct {
	Session string
	By      string // the session's engineer, or a service manager
	Reason  string // needed when somebody else than the engineer ends it
	Cancel  bool   // the work was not done
}

// EndVaultSession destroys the login information of a session: from now on nobody can read it, and its data key is gone when this
// returns nil. Ending what has ended is no error. Errors: ErrForbidden, ErrIncomplete (reason), ErrNotFound; another error says that the key
// file could not be destroyed yet: the session is ending, nobody can read it, and SweepVault tries again.
func (s *Store) EndVaultSession(ctx context.Context, in EndVault) (VaultSession, error) {
	if err := s.vaultOn(); err != nil {
		return VaultSession{}, err
	}
	in.Reason = text(in.Reason)
	change := vaultChange{input: closeVault, by: in.By, reason: in.Reason}
	if in.Cancel {
		change.input = cancelVault
	}
	err := s.write(ctx, "end vault session", func(t *txn) error {
		v, err := t.vaultSession(ctx, in.Session)
		if err != nil {
			return err
		}
		if in.By != v.Engineer {
			if err := t.mustManage(ctx, in.By); err != nil {
				return err
			}
			if in.Reason == "" {
				return problem(ErrIncomplete, "vault_end_incomplete", "Say why.", "Ending somebody else's session needs a reason.")
			}
		}
		if v.State != VaultOpen {
			return nil
		}
		_, err = t.moveVault(ctx, v, change)
		return err
	})
	if err != nil {
		return VaultSession{}, err
	}
	if err := s.destroyVaultKey(ctx, in.Session); err != nil {
		return VaultSession{}, err
	}
	return s.VaultSession(ctx, in.Session)
}

// destroyVaultKey destroys the data key of a session that is ending, and says so. Doing it twice does no harm.
func (s *Store) destroyVaultKey(ctx context.Context, id string) error {
	if err := s.opt.Vault.Destroy(id); err != nil {
		return fmt.Errorf("records: vault: %w", err)
	}
	return s.write(ctx, "destroy vault key", func(t *txn) error {
		v, err := t.vaultSession(ctx, id)
		if err != nil || v.State != VaultEnding {
			return err
		}
		if _, err = t.moveVault(ctx, v, vaultChange{input: destroyVault, by: "system"}); err != nil {
			return err
		}
		return t.provenErased(ctx, Order{ID: v.Order}, true)
	})
}

// provenErased adds to an order's evidence whether all login information that was taken for it is destroyed. Without again, only
// when nothing was said about it yet: an order for which none was taken.
func (t *txn) provenErased(ctx context.Context, o Order, again bool) error {
	var said, sessions, left, reads int
	if err := t.get(ctx, &said, `SELECT COUNT(*) FROM evidence WHERE order_id = ? AND step = ? AND need = ?`, o.ID, stepClosing, needErased); err != nil {
		return err
	}
	if err := t.get(ctx, &sessions, `SELECT COUNT(*) FROM vault_sessions WHERE order_id = ?`, o.ID); err != nil {
		return err
	}
	if err := t.get(ctx, &left, `SELECT COUNT(*) FROM vault_sessions WHERE order_id = ? AND state <> ?`, o.ID, string(VaultDestroyed)); err != nil {
		return err
	}
	if said > 0 && !again || said == 0 && left > 0 {
		return nil
	}
	if err := t.get(ctx, &reads, `SELECT COUNT(*) FROM vault_log WHERE action = ? AND session IN (SELECT id FROM vault_sessions WHERE order_id = ?)`,
		string(readVault), o.ID); err != nil {
		return err
	}
	return t.measured(ctx, Actor{Login: "system"}, o, stepClosing, needErased, map[string]any{"destroyed": left == 0, "reads": reads, "sessions": sessions})
}

// leaveVault ends the sessions of an order that has ended or got another engineer. Their keys are destroyed once that is durable.
func (t *txn) leaveVault(ctx context.Context, o Order) error {
	if o.Kind != remoteKind {
		return nil
	}
	var ids []string
	if err := t.list(ctx, &ids, `SELECT id FROM vault_sessions WHERE order_id = ? AND state = ?`, o.ID, string(VaultOpen)); err != nil {
		return err
	}
	for _, id := range ids {
		v, err := t.vaultSession(ctx, id)
		if err != nil {
			return err
		}
		reason := "the order is " + string(o.State)
		switch {
		case o.State.Ended():
		case o.Engineer != v.Engineer:
			reason = "the order has another engineer"
		default:
			continue
		}
		if _, err := t.moveVault(ctx, v, vaultChange{input: cancelVault, by: "system", reason: reason}); err != nil {
			return err
		}
		t.vaults = append(t.vaults, id)
	}
	return nil
}

// destroyLeft destroys the keys of sessions that leaveVault ended; what cannot be destroyed now the sweep does.
func (s *Store) destroyLeft(ctx context.Context, ids []string) {
	for _, id := range ids {
		if s.opt.Vault == nil {
			return
		}
		if err := s.destroyVaultKey(context.WithoutCancel(ctx), id); err != nil {
			s.log.Error("a data key cannot be destroyed now; it is tried again", "vault", id, "error", err)
		}
	}
}

// orderNumber is an order as people know it.
func (s *Store) orderNumber(ctx context.Context, id string) string {
	o, err := s.read().order(ctx, id)
	if err != nil {
		return id
	}
	return o.Number
}
