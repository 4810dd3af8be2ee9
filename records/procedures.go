package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hotline/records/procedure"
)

// Procedures lists the procedures that new orders are opened with, by code.
func (s *Store) Procedures() []procedure.Definition { return slices.Clone(s.opt.Procedures) }

// checkProcedures refuses definitions that say something else than what was used under the same version: running orders and
// old reports must mean what they meant.
func (s *Store) checkProcedures(ctx context.Context) error {
	slices.SortFunc(s.opt.Procedures, func(a, b procedure.Definition) int { return strings.Compare(a.Code, b.Code) })
	for _, d := range s.opt.Procedures {
		var digest string
		found, err := s.read().find(ctx, &digest, `SELECT digest FROM procedures WHERE code = ? AND version = ?`, d.Code, d.Version)
		if err != nil {
			return s.explain("procedures", err)
		}
		if found && digest != d.Digest {
			return procedureChanged(d)
		}
	}
	return nil
}

func procedureChanged(d procedure.Definition) error {
	return problem(ErrInvalid, "procedure_changed", fmt.Sprintf("Write version: %d into its file, or put the old text back.", d.Version+1),
		"The procedure %s, version %d, was used with another text.", d.Code, d.Version)
}

// keepProcedure gives the newest version of a procedure and keeps its text.
func (t *txn) keepProcedure(ctx context.Context, code string) (procedure.Definition, error) {
	i := slices.IndexFunc(t.s.opt.Procedures, func(d procedure.Definition) bool { return d.Code == code && d.Scope == procedure.ScopeOrder })
	if i < 0 {
		return procedure.Definition{}, notFound("procedure", code)
	}
	d := t.s.opt.Procedures[i]
	if err := t.do(ctx, `INSERT INTO procedures (code, version, digest, source, kept_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (code, version) DO NOTHING`, d.Code, d.Version, d.Digest, string(d.Source), at(t.now)); err != nil {
		return d, err
	}
	var digest string
	if err := t.get(ctx, &digest, `SELECT digest FROM procedures WHERE code = ? AND version = ?`, d.Code, d.Version); err != nil {
		return d, err
	}
	if digest != d.Digest { // another node keeps another text
		return d, procedureChanged(d)
	}
	return d, nil
}

// definition gives the version of a procedure that an order was opened with. Versions never change, so they are kept parsed.
func (s *Store) definition(ctx context.Context, c conn, code string, version int) (procedure.Definition, error) {
	key := fmt.Sprintf("%s %d", code, version)
	if d, ok := s.definitions.Load(key); ok {
		if d, ok := d.(procedure.Definition); ok {
			return d, nil
		}
	}
	var source string
	if err := c.get(ctx, &source, `SELECT source FROM procedures WHERE code = ? AND version = ?`, code, version); err != nil {
		return procedure.Definition{}, fmt.Errorf("procedure %s: %w", key, err)
	}
	d, err := procedure.Parse(key, []byte(source))
	if err != nil {
		return d, fmt.Errorf("procedure %s: %w", key, err)
	}
	s.definitions.Store(key, d)
	return d, nil
}
