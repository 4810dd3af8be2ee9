package remote

import (
	"context"
	"errors"
	"net/http"

	"hotline/records"
)

// errUnreadable says nothing of what could not be read.
var errUnreadable = errors.New("what was sealed is no login information")

// probe looks at the agreed port, or in the closing at every port that was agreed.
func (p *Pages) probe(w http.ResponseWriter, r *http.Request) {
	p.act(w, r, func(ctx context.Context, f records.OrderFile) error {
		phase := records.ProbeOpening
		if r.PostFormValue("phase") == records.ProbeClosing {
			phase = records.ProbeClosing
		}
		_, err := p.opt.Records.ProbePorts(ctx, staff(r), f.Order.ID, phase)
		return err
	})
}
