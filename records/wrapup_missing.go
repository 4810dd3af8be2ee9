package records

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// caseFaults are what a valid wrap-up still lacks, seen from its case and from how this hotline is set up.
func (s *Store) caseFaults(in WrapUpInput, c Case) faults {
	var f faults
	switch in.Outcome {
	case OutcomeCallback:
		if in.Callback != nil {
			f.missing(in.Callback.Number != "" || c.Caller != "", "callback.number", "The case came from an anonymous caller.",
				"Ask the customer for a number.")
		}
	case OutcomeReferred:
		known := s.opt.Departments
		if in.Referral != nil && in.Referral.Department != "" && len(known) > 0 && !slices.Contains(known, in.Referral.Department) {
			f.add("referral.department", "unknown", "Choose one of: "+strings.Join(known, ", ")+".",
				"There is no department %q.", in.Referral.Department)
		}
	}
	return f
}

// WrapUpMissing tells what WrapUp would refuse as missing or not acceptable, by the same rule and without doing anything; an
// empty list says that the facts are complete. Errors: ErrNotFound (call, case).
func (s *Store) WrapUpMissing(ctx context.Context, in WrapUpInput) ([]Field, error) {
	var out faults
	if err := in.Validate(s.now(), s.opt.Region); err != nil {
		p, ok := errors.AsType[*Problem](err)
		if !ok {
			return nil, err
		}
		out = p.Fields
	}
	err := s.snapshot(ctx, "wrap-up missing", func(c conn) error {
		if in.Call != "" {
			number, err := c.caseNumberOfCall(ctx, in.Call)
			if err != nil {
				return err
			}
			set(&in.Case, number)
		}
		k, err := c.caseByNumber(ctx, in.Case)
		out = append(out, s.caseFaults(in, k)...)
		return err
	})
	if out == nil {
		out = faults{}
	}
	return out, err
}
