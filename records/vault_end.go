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
		_, err = t.moveVault(ctx, v, vaultChange{input: destroyVault, by: "system"})
		return err
	})
}
