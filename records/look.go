package records

import "context"

// Look is how somebody wants to see the pages. What is empty is left to the browser and the house.
type Look struct {
	Lang  string `db:"lang"`  // "zh-Hans" or "en"
	Theme string `db:"theme"` // "light" or "dark"
	Zone  string `db:"zone"`  // IANA name
}

// SetLook keeps how a user wants to see the pages. It is no privileged action: neither the audit log nor the user's version changes.
// Errors: ErrInvalid.
func (s *Store) SetLook(ctx context.Context, login string, l Look) error {
	var f faults
	f.short("lang", l.Lang, 16)
	f.short("theme", l.Theme, 16)
	f.short("zone", l.Zone, 64)
	if err := f.problem(ErrInvalid, "look_invalid", "Choose one of the values offered.", "This cannot be chosen."); err != nil {
		return err
	}
	return s.write(ctx, "look", func(t *txn) error {
		return t.do(ctx, `UPDATE users SET lang = ?, theme = ?, zone = ? WHERE login = ?`, line(l.Lang), line(l.Theme), line(l.Zone), login)
	})
}
