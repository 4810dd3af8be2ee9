package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// SweepVault ends the sessions whose time has passed or whose data key is not there, destroys the data keys of those that a crash left in
// their ending, and keys without session. It gives how many keys it destroyed. Call it at the start and every few seconds.
func (s *Store) SweepVault(ctx context.Context) (int, error) {
	if s.opt.Vault == nil {
		return 0, nil
	}
	var due vaultDue
	err := s.snapshot(ctx, "look over vault", func(c conn) (err error) {
		due, err = s.vaultDue(ctx, c)
		return err
	})
	if err != nil || due.none() { // mostly: then nobody's writing is held up
		return 0, err
	}
	err = s.write(ctx, "sweep vault", func(t *txn) (err error) {
		// Data keys are made inside the transaction that writes their session, so here, inside another one, none is on its way.
		if due, err = s.vaultDue(ctx, t.conn); err != nil {
			return err
		}
		for _, over := range []struct {
			ids []string
			ch  vaultChange
		}{
			{due.late, vaultChange{input: expireVault, by: "system"}},
			{due.keyless, vaultChange{input: cancelVault, by: "system", reason: "the data key is not there"}},
		} {
			for _, id := range over.ids {
				v, err := t.vaultSession(ctx, id)
				if err == nil {
					_, err = t.moveVault(ctx, v, over.ch)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	done := 0
	for _, id := range slices.Concat(due.ending, due.late, due.keyless) {
		if bad := s.destroyVaultKey(ctx, id); bad != nil {
			err = errors.Join(err, bad)
			continue
		}
		done++
	}
	for _, id := range due.orphans {
		if bad := s.opt.Vault.Destroy(id); bad != nil {
			err = errors.Join(err, fmt.Errorf("records: vault: %w", bad))
			continue
		}
		s.log.Warn("a data key without open session was destroyed", "vault", id)
		done++
	}
	return done, err
}

// vaultDue is what a sweep has to do. No session stands in two of the lists.
type vaultDue struct {
	late    []string // open, their time has passed
	keyless []string // open, in time, without data key: the database is an older copy
	ending  []string // their data key is still to be destroyed
	orphans []string // data keys of no session that lives: an opening that was not written, or an older copy of the database
}

func (d vaultDue) none() bool { return len(d.late)+len(d.keyless)+len(d.ending)+len(d.orphans) == 0 }

func (s *Store) vaultDue(ctx context.Context, c conn) (vaultDue, error) {
	var d vaultDue
	var live []struct {
		ID        string     `db:"id"`
		State     VaultState `db:"state"`
		ExpiresAt stamp      `db:"expires_at"`
	}
	if err := c.list(ctx, &live, `SELECT id, state, expires_at FROM vault_sessions WHERE state <> ?`, string(VaultDestroyed)); err != nil {
		return d, err
	}
	keys, err := s.opt.Vault.Sessions()
	if err != nil {
		return d, fmt.Errorf("vault: %w", err)
	}
	now := s.now()
	for _, v := range live {
		key := slices.Index(keys, v.ID)
		if key >= 0 {
			keys = slices.Delete(keys, key, key+1)
		}
		switch {
		case v.State == VaultEnding:
			d.ending = append(d.ending, v.ID)
		case !now.Before(v.ExpiresAt.time()):
			d.late = append(d.late, v.ID)
		case key < 0:
			d.keyless = append(d.keyless, v.ID)
		}
	}
	d.orphans = keys
	return d, nil
}
