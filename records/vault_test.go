package records_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/vault"
)

// withVault gives every store of a database the same vault.
func withVault(t testing.TB) (dir string, change func(*records.Options)) {
	t.Helper()
	root := t.TempDir()
	dir = filepath.Join(root, "vault")
	v := get[*vault.Vault](t)(vault.Open(vault.Options{Dir: dir, KeyFile: filepath.Join(root, "vault.key")}))
	return dir, func(o *records.Options) { o.Vault = v }
}

func login(text string) vault.Secret { return vault.NewSecret([]byte(text)) }

// shown is a secret's text.
func shown(t testing.TB, s vault.Secret) string {
	t.Helper()
	var out string
	must(t, s.Use(func(b []byte) error { out = string(b); return nil }))
	return out
}

// remoteOrder brings a call to a remote order of gao whose port is agreed and looked at: login information may be taken.
func remoteOrder(t testing.TB, s *records.Store, c *clock, call string) records.Order {
	t.Helper()
	o := orderOf(t, s, c, call, records.KindRemote)
	prove(t, s, o.ID, "open_port")
	return get[records.Order](t)(s.CompleteStep(t.Context(), as("gao"), o.ID, "open_port", 0))
}

// vaultFor opens a session of gao for a remote order of its own.
func vaultFor(t testing.TB, s *records.Store, c *clock, call string) records.VaultSession {
	t.Helper()
	o := remoteOrder(t, s, c, call)
	return get[records.VaultSession](t)(s.OpenVaultSession(t.Context(), records.OpenVault{Order: o.Number, By: "gao"}))
}

func testVault(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	dir, vaulted := withVault(t)
	s := open(t).open(t, withProcedures(t, c), vaulted)
	staff(t, s)
	engineers(t, s)
	v := vaultFor(t, s, c, "c1")
	o := get[records.OrderFile](t)(s.Order(ctx, v.Order)).Order
	again := get[records.VaultSession](t)(s.OpenVaultSession(ctx, records.OpenVault{Order: v.Order, By: "gao"}))
	equal(t, "opened twice", again.ID, v.ID)
	opening := func(order, by string, d time.Duration) error {
		_, err := s.OpenVaultSession(ctx, records.OpenVault{Order: order, By: by, For: d})
		return err
	}
	refused(t, opening(v.Order, "he", 0), records.ErrForbidden)   // an engineer, but not of this order
	refused(t, opening(v.Order, "chen", 0), records.ErrForbidden) // the service manager
	refused(t, opening("none", "gao", 0), records.ErrNotFound)
	refused(t, opening(orderOf(t, s, c, "c8", records.KindOnsite).ID, "gao", 0), records.ErrInvalid)
	refused(t, opening(orderOf(t, s, c, "c9", records.KindRemote).ID, "gao", 0), records.ErrIncomplete) // no port agreed yet
	refused(t, opening(remoteOrder(t, s, c, "c7").ID, "gao", 13*time.Hour), records.ErrInvalid)

	taken := login("erp / 王芳 / S3cret")
	e := get[records.VaultEntry](t)(s.KeepInVault(ctx, records.KeepInVault{Session: v.ID, Kind: "system", Secret: taken, By: "gao", Via: "phone"}))
	equal(t, "the caller's copy after keeping", taken.Len(), 0)
	get[records.VaultEntry](t)(s.KeepInVault(ctx, records.KeepInVault{Session: v.ID, Kind: "tool", Secret: login("123 456 789"), By: "孙丽", Via: "link"}))
	for what, in := range map[string]records.KeepInVault{
		"another engineer": {Session: v.ID, Kind: "system", Secret: login("x"), By: "he", Via: "phone"},
	} {
		if _, err := s.KeepInVault(ctx, in); !errors.Is(err, records.ErrForbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, in := range map[string]records.KeepInVault{
		"a kind of one's own": {Session: v.ID, Kind: "my password is x", Secret: login("x"), By: "gao", Via: "phone"},
		"no secret":           {Session: v.ID, Kind: "system", By: "gao", Via: "phone"},
		"another way":         {Session: v.ID, Kind: "system", Secret: login("x"), By: "gao", Via: "mail"},
		"too long":            {Session: v.ID, Kind: "system", Secret: vault.NewSecret(make([]byte, vault.MaxSecret+1)), By: "gao", Via: "phone"},
	} {
		_, err := s.KeepInVault(ctx, in)
		if !errors.Is(err, records.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}

	// Reading: its engineer, with a reason, each time on record.
	read := func(by, reason string) (vault.Secret, error) {
		return s.ReadVault(ctx, records.ReadVault{Session: v.ID, Entry: e.ID, By: by, Reason: reason})
	}
	for range 2 {
		equal(t, "what is read", shown(t, get[vault.Secret](t)(read("gao", "log in"))), "erp / 王芳 / S3cret")
	}
	_, err := read("gao", "  ")
	refused(t, err, records.ErrIncomplete)
	for _, other := range []string{"he", "wang", "chen", "deng", ""} { // colleagues, service manager, dispatcher, nobody
		_, err = read(other, "curious")
		refused(t, err, records.ErrForbidden)
	}
	now := get[records.VaultSession](t)(s.VaultSession(ctx, v.ID))
	equal(t, "readings", now.Readings(), 2)
	equal(t, "entries", len(now.Entries), 2)
	equal(t, "readings of the entry", now.Entries[0].Readings, 2)
	equal(t, "refusals in the audit log", len(get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Action: "vault.refused"})).Items), 5)
	equal(t, "readings in the audit log", len(get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Action: "vault.read", Object: o.Number})).Items), 2)

	// The end: nobody reads any more, the key file is gone, the tombstone stays.
	_, err = s.EndVaultSession(ctx, records.EndVault{Session: v.ID, By: "he", Reason: "mine now"})
	refused(t, err, records.ErrForbidden)
	_, err = s.EndVaultSession(ctx, records.EndVault{Session: v.ID, By: "chen"})
	refused(t, err, records.ErrIncomplete)
	c.advance(time.Hour)
	ended := get[records.VaultSession](t)(s.EndVaultSession(ctx, records.EndVault{Session: v.ID, By: "gao"}))
	equal(t, "state", ended.State, records.VaultDestroyed)
	equal(t, "how", ended.EndedHow+" by "+ended.EndedBy, "closed by gao")
	equal(t, "readings that stay on record", ended.Readings(), 2)
	if files, err := filepath.Glob(filepath.Join(dir, "*.key*")); err != nil || len(files) != 0 {
		t.Errorf("key files: %v, %v", files, err)
	}
	_, err = read("gao", "once more")
	refused(t, err, records.ErrExpired)
	_, err = s.KeepInVault(ctx, records.KeepInVault{Session: v.ID, Kind: "system", Secret: login("x"), By: "gao", Via: "phone"})
	refused(t, err, records.ErrExpired)
	twice := get[records.VaultSession](t)(s.EndVaultSession(ctx, records.EndVault{Session: v.ID, By: "gao", Cancel: true}))
	equal(t, "ended once", twice.EndedHow, "closed")
	next := get[records.VaultSession](t)(s.OpenVaultSession(ctx, records.OpenVault{Order: o.ID, By: "gao"}))
	equal(t, "sessions of the order", len(get[[]records.VaultSession](t)(s.VaultSessions(ctx, o.ID))), 2)
	equal(t, "the newest first", get[[]records.VaultSession](t)(s.VaultSessions(ctx, o.ID))[0].ID, next.ID)

	none := open(t).open(t)
	_, err = none.OpenVaultSession(ctx, records.OpenVault{Order: "x", By: "gao"})
	refused(t, err, records.ErrInvalid)
}

func testVaultTime(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	_, vaulted := withVault(t)
	s := open(t).open(t, withProcedures(t, c), vaulted)
	staff(t, s)
	engineers(t, s)
	v := vaultFor(t, s, c, "c1")
	equal(t, "limit", v.ExpiresAt.Sub(v.OpenedAt), 4*time.Hour)
	e := get[records.VaultEntry](t)(s.KeepInVault(ctx, records.KeepInVault{Session: v.ID, Kind: "system", Secret: login("x"), By: "gao", Via: "phone"}))
	extend := func(by, reason string, until time.Time) error {
		_, err := s.ExtendVaultSession(ctx, records.ExtendVault{Session: v.ID, By: by, Reason: reason, Until: until})
		return err
	}
	c.advance(3 * time.Hour)
	refused(t, extend("gao", "needs longer", v.OpenedAt.Add(6*time.Hour)), records.ErrForbidden)
	refused(t, extend("chen", "", v.OpenedAt.Add(6*time.Hour)), records.ErrIncomplete)
	refused(t, extend("chen", "shorter", v.OpenedAt.Add(3*time.Hour)), records.ErrInvalid)
	refused(t, extend("chen", "beyond the ceiling", v.OpenedAt.Add(12*time.Hour+time.Second)), records.ErrInvalid)
	must(t, extend("chen", "the import takes till evening", v.OpenedAt.Add(6*time.Hour)))
	c.advance(3*time.Hour - time.Microsecond)
	if _, err := s.ReadVault(ctx, records.ReadVault{Session: v.ID, Entry: e.ID, By: "gao", Reason: "log in"}); err != nil {
		t.Errorf("in its last microsecond: %v", err)
	}
	c.advance(time.Microsecond)
	_, err := s.ReadVault(ctx, records.ReadVault{Session: v.ID, Entry: e.ID, By: "gao", Reason: "log in"})
	refused(t, err, records.ErrExpired)
	late := get[records.VaultSession](t)(s.VaultSession(ctx, v.ID))
	equal(t, "a reader who comes late ends it", string(late.State)+" "+late.EndedHow, "destroyed expired")
	refused(t, extend("chen", "too late", c.now().Add(time.Hour)), records.ErrExpired)

	// Nobody touches it: the sweep ends it.
	w := vaultFor(t, s, c, "c2")
	equal(t, "nothing to sweep", get[int](t)(s.SweepVault(ctx)), 0)
	c.advance(4 * time.Hour)
	equal(t, "swept", get[int](t)(s.SweepVault(ctx)), 1)
	equal(t, "swept", get[records.VaultSession](t)(s.VaultSession(ctx, w.ID)).EndedHow, "expired")
	equal(t, "swept again", get[int](t)(s.SweepVault(ctx)), 0)
}

// testVaultCrash: whatever a crash or a restored copy leaves, the sweep brings to an end without keys.
func testVaultCrash(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	dir, vaulted := withVault(t)
	db := open(t)
	s := db.open(t, withProcedures(t, c), vaulted)
	staff(t, s)
	engineers(t, s)
	left := func() int { return len(get[[]string](t)(filepath.Glob(filepath.Join(dir, "*.key")))) }

	// A key whose session was never written.
	must(t, os.WriteFile(filepath.Join(dir, "01ORPHAN.key"), []byte("x"), 0o600))
	equal(t, "an orphan", get[int](t)(s.SweepVault(ctx)), 1)

	// The key cannot be destroyed now: nobody reads all the same, and the sweep tries again. A directory of that name stands for a disk
	// that refuses.
	v := vaultFor(t, s, c, "c1")
	e := get[records.VaultEntry](t)(s.KeepInVault(ctx, records.KeepInVault{Session: v.ID, Kind: "system", Secret: login("x"), By: "gao", Via: "phone"}))
	obstacle := filepath.Join(dir, v.ID+".key.next")
	must(t, os.Mkdir(obstacle, 0o700))
	if _, err := s.EndVaultSession(ctx, records.EndVault{Session: v.ID, By: "gao"}); err == nil {
		t.Fatal("an end without destroyed key is no end")
	}
	equal(t, "state", get[records.VaultSession](t)(s.VaultSession(ctx, v.ID)).State, records.VaultEnding)
	_, err := s.ReadVault(ctx, records.ReadVault{Session: v.ID, Entry: e.ID, By: "gao", Reason: "log in"})
	refused(t, err, records.ErrExpired)
	if _, err := s.SweepVault(ctx); err == nil {
		t.Error("the sweep hides that the key is still there")
	}
	must(t, os.Remove(obstacle))
	equal(t, "swept", get[int](t)(db.open(t, withProcedures(t, c), vaulted).SweepVault(ctx)), 1) // by another process
	equal(t, "state", get[records.VaultSession](t)(s.VaultSession(ctx, v.ID)).State, records.VaultDestroyed)

	// An older copy of the database, in which a session is open whose key was destroyed meanwhile.
	w := vaultFor(t, s, c, "c2")
	must(t, os.Remove(filepath.Join(dir, w.ID+".key")))
	_, err = s.KeepInVault(ctx, records.KeepInVault{Session: w.ID, Kind: "system", Secret: login("x"), By: "gao", Via: "phone"})
	refused(t, err, records.ErrExpired)
	equal(t, "swept", get[int](t)(s.SweepVault(ctx)), 1)
	equal(t, "how", get[records.VaultSession](t)(s.VaultSession(ctx, w.ID)).EndedHow, "cancelled")
	equal(t, "keys", left(), 0)
}
