package records

import (
	"context"
	"errors"
)

// caseFaults are what a valid wrap-up still lacks, seen from its case.
func caseFaults(in WrapUpInput, c Case) faults {
	var f faults
	if in.Outcome == OutcomeCallback && in.Callback != nil {
		f.missing(in.Callback.Number != "" || c.Caller != "", "callback.number", "The case came from an anonymous caller.",
			"Ask the customer for a number.")
	}
	return f
}

// WrapUpMissing tells what WrapUp would refuse as missing or not acceptable, by the same rule and without doing anything; an
// empty list says that the facts are complete. Errors: ErrNotFound (call, case).
func (s *Store) WrapUpMissing(ctx context.Context, in WrapUpInput) ([]Field, error) {
	var out faults
	if err := s.valid(&in); err != nil {
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
		out = append(out, caseFaults(in, k)...)
		return err
	})
	if out == nil {
		out = faults{}
	}
	return out, err
}
