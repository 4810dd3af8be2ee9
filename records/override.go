package records

import "context"

// OwnerOverride is a service manager's decision about who owns a case.
type OwnerOverride struct {
	Case    string
	To      string // new owner
	By      string // service manager
	Reason  string
	Version int64 // the version that was seen; 0 = whatever it is now
}

// OverrideOwner gives a case to somebody without their acceptance (I2): only a service manager, with a reason, both in the
// history and in the audit log. Errors: ErrForbidden, ErrIncomplete (no reason), ErrNotFound, ErrConflict.
func (s *Store) OverrideOwner(ctx context.Context, o OwnerOverride) (Case, error) {
	o.Reason = text(o.Reason)
	var f faults
	f.required("reason", o.Reason, maxText, "An override needs a reason.", "Say why the owner must change.")
	f.missing(o.To != "", "to", "The new owner is missing.", "Name who shall own the case.")
	if err := f.problem(ErrIncomplete, "override_incomplete", "Fill in the fields named.", "The owner cannot be overridden like this."); err != nil {
		return Case{}, err
	}
	var out Case
	err := s.write(ctx, "override owner", func(t *txn) error {
		manager, err := t.colleague(ctx, o.By)
		if err != nil {
			return err
		}
		if !manager.Is(RoleSupervisor) {
			return problem(ErrForbidden, "not_manager", "Ask a service manager.", "%s is no service manager.", manager.Name)
		}
		if _, err := t.colleague(ctx, o.To); err != nil {
			return err
		}
		c, err := t.caseByNumber(ctx, o.Case)
		if err != nil {
			return err
		}
		old := c.Owner
		if out, err = t.moveOwner(ctx, c, ownerChange{
			input: override, owner: o.To, actor: o.By, reason: o.Reason, version: o.Version,
		}); err != nil {
			return err
		}
		return t.audit(ctx, AuditEntry{By: o.By, Action: "case.override", Object: o.Case, Reason: o.Reason, Data: old + " → " + o.To})
	})
	return out, err
}
