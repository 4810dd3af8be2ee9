package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hotline/records/procedure"
	"hotline/records/vault"
)

// OpenVault begins a session of the vault for a remote order.
type OpenVault struct {
	Order string        // id or number
	By    string        // its engineer, who alone may read
	For   time.Duration // 0 = Options.VaultLimit; never beyond Options.VaultCeiling
}

// OpenVaultSession makes the session's data key and starts its time limit. An order has one open session; opening it again gives
// the one there is. Errors: ErrForbidden (not the order's engineer), ErrIncomplete (the step before is open; Lacks), ErrConflict (the order has
// ended), ErrInvalid (no vault, no remote order, or the time), ErrNotFound, a master key that cannot be used.
func (s *Store) OpenVaultSession(ctx context.Context, in OpenVault) (VaultSession, error) {
	if err := s.vaultOn(); err != nil {
		return VaultSession{}, err
	}
	set(&in.For, s.opt.VaultLimit)
	if in.For < 0 || in.For > s.opt.VaultCeiling {
		return VaultSession{}, problem(ErrInvalid, "vault_time", "Choose a shorter time.", "A session lasts %v at most.", s.opt.VaultCeiling)
	}
	var out VaultSession
	id := newID(s.now())
	made := false
	err := s.write(ctx, "open vault session", func(t *txn) error {
		o, err := t.vaultOrder(ctx, in)
		if err != nil {
			return err
		}
		var open string
		found, err := t.find(ctx, &open, `SELECT id FROM vault_sessions WHERE order_id = ? AND state = ?`, o.ID, string(VaultOpen))
		if err != nil {
			return err
		}
		if found {
			out, err = t.vaultSession(ctx, open)
			return err
		}
		if !made { // a transaction that is tried again finds its key
			if err := s.opt.Vault.New(id); err != nil {
				return fmt.Errorf("data key: %w", err)
			}
			made = true
		}
		v := VaultSession{
			ID: id, Order: o.ID, Case: o.Case, Engineer: in.By, State: vaultMachine.start, OpenedAt: t.now,
			ExpiresAt: t.now.Add(in.For), CeilingAt: t.now.Add(s.opt.VaultCeiling), Version: 1,
		}
		if err := t.do(ctx, `INSERT INTO vault_sessions (id, order_id, case_number, engineer, state, opened_at, expires_at, ceiling_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, v.ID, v.Order, v.Case, v.Engineer, string(v.State), at(v.OpenedAt), at(v.ExpiresAt), at(v.CeilingAt)); err != nil {
			return err
		}
		if err := t.logVault(ctx, v, vaultChange{input: openVault, by: in.By, until: v.ExpiresAt}); err != nil {
			return err
		}
		if err := t.provenErased(ctx, o, true); err != nil {
			return err
		}
		out, err = t.vaultSession(ctx, id)
		return err
	})
	return out, err // a key whose session was not written is an orphan for the sweep
}

// vaultOrder is the order that a session is to be opened for.
func (t *txn) vaultOrder(ctx context.Context, in OpenVault) (Order, error) {
	a, err := t.acting(ctx, Actor{Login: in.By})
	if err != nil {
		return Order{}, err
	}
	r, err := t.running(ctx, a, in.Order, 0, procedure.Add)
	if err != nil {
		return Order{}, err
	}
	if err := r.mustBeRemote(stepLogin); err != nil {
		return Order{}, err
	}
	if r.order.Engineer != in.By {
		return Order{}, notVaultEngineer(r.order.Engineer)
	}
	return r.order, nil
}

// KeepInVault is login information that comes in.
type KeepInVault struct {
	Session string
	Kind    string // of VaultKinds
	Secret  vault.Secret
	By      string // the engineer's login; with a link the contact's name
	Via     string // "phone": the engineer writes it down; "link": the customer enters it
	Client  string // id of the press, made by the caller: the same again is kept once
}

// KeepInVault seals login information into an open session; the secret is erased whatever comes of it. Errors: ErrNotFound,
// ErrForbidden (not the engineer), ErrExpired (the session has ended), ErrInvalid.
func (s *Store) KeepInVault(ctx context.Context, in KeepInVault) (VaultEntry, error) {
	defer in.Secret.Erase()
	if err := s.vaultOn(); err != nil {
		return VaultEntry{}, err
	}
	in.By = line(in.By)
	var f faults
	if !slices.Contains(VaultKinds(), in.Kind) {
		f.add("kind", "unknown", "Choose one of the list.", "%q is no kind of login information.", clip(line(in.Kind), 20))
	}
	if in.Via != "phone" && in.Via != "link" {
		f.add("via", "unknown", "Choose phone or link.", "%q is no way for login information.", clip(line(in.Via), 20))
	}
	f.missing(in.Secret.Len() > 0, "secret", "There is no login information.", "Fill it in.")
	if in.Secret.Len() > vault.MaxSecret {
		f.add("secret", "too_long", "Shorten it.", "It has %d bytes; %d are kept.", in.Secret.Len(), vault.MaxSecret)
	}
	f.required("by", in.By, maxLine, "Who gives it is missing.", "Name them.")
	if err := f.problem(ErrInvalid, "vault_entry_invalid", "Mend the fields named.", "The login information cannot be kept like this."); err != nil {
		return VaultEntry{}, err
	}
	entry := VaultEntry{ID: newID(s.now()), Kind: in.Kind, AddedBy: in.By, Via: in.Via, Client: line(in.Client)}
	sealed, err := s.opt.Vault.Seal(in.Session, entry.ID, in.Secret)
	if err != nil && !errors.Is(err, vault.ErrGone) {
		return VaultEntry{}, fmt.Errorf("records: vault: %w", err)
	}
	_, err = s.useVault(ctx, in.Session, func(t *txn, v VaultSession) error {
		if in.Via == "phone" && in.By != v.Engineer {
			return notVaultEngineer(v.Engineer)
		}
		if sealed == nil {
			return t.s.vaultEnded(v)
		}
		if in.Client != "" {
			for _, e := range v.Entries {
				if e.Client == in.Client {
					entry = e
					return nil
				}
			}
		}
		entry.AddedAt = t.now
		if err := t.do(ctx, `INSERT INTO vault_entries (id, session, kind, added_by, via, added_at, client, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			entry.ID, v.ID, entry.Kind, entry.AddedBy, entry.Via, at(entry.AddedAt), entry.Client, sealed); err != nil {
			return err
		}
		if _, err := t.moveVault(ctx, v, vaultChange{input: keepVault, by: in.By, entry: entry.ID, link: in.Via == "link"}); err != nil {
			return err
		}
		by := Actor{Login: in.By}
		if in.Via == "link" {
			by = Actor{Customer: in.By}
		}
		return t.measured(ctx, by, Order{ID: v.Order}, stepLogin, needVault, map[string]any{
			"session": v.ID, "given_by": in.By, "entry": entry.ID, "kind": entry.Kind, "via": in.Via,
		})
	})
	return entry, err
}

// useVault runs fn on a session that is open and within its time. One whose time has passed is ended instead, and refused.
func (s *Store) useVault(ctx context.Context, id string, fn func(*txn, VaultSession) error) (VaultSession, error) {
	var v VaultSession
	late := false
	err := s.write(ctx, "use vault session", func(t *txn) (err error) {
		if v, err = t.vaultSession(ctx, id); err != nil {
			return err
		}
		if v.State != VaultOpen {
			return s.vaultEnded(v)
		}
		if late = !t.now.Before(v.ExpiresAt); late {
			v, err = t.moveVault(ctx, v, vaultChange{input: expireVault, by: "system"})
			return err
		}
		return fn(t, v)
	})
	if err != nil || !late {
		return v, err
	}
	return v, errors.Join(s.vaultEnded(v), s.destroyVaultKey(ctx, id))
}

func (s *Store) vaultOn() error {
	if s.opt.Vault == nil {
		return problem(ErrInvalid, "vault_off", "Ask the administrator to set up the vault.", "This hotline keeps no login information.")
	}
	return nil
}

func notVaultEngineer(engineer string) *Problem {
	set(&engineer, "the engineer who is assigned")
	return problem(ErrForbidden, "vault_engineer", "Ask the engineer of the order.", "Only %s can use the login information.", engineer)
}
