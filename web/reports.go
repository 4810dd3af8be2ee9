package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/bundle"
)

// QualityInput narrows the quality report.
type QualityInput struct {
	From     time.Time `query:"from" doc:"opened at or after"`
	To       time.Time `query:"to" doc:"opened before"`
	Centre   string    `query:"service_centre" maxLength:"200"`
	Engineer string    `query:"engineer" maxLength:"64" doc:"login; of the hotline's own rules, the owner of the case"`
	Product  string    `query:"product" maxLength:"200"`
}

func (in QualityInput) filter() records.QualityFilter {
	return records.QualityFilter{From: in.From, To: in.To, Centre: in.Centre, Engineer: in.Engineer, Product: in.Product}
}

func (s *Site) describeReports() {
	all, readers := s.opt.Records, []Role{Agent, Supervisor, Dispatcher}
	handle(s, op{
		id: "get-case-timeline", method: http.MethodGet, path: apiBase + "/cases/{number}/timeline", tag: "cases", roles: readers,
		summary: "Tell the life of a case, from the first ring to the survey", codes: []string{codeNotFound},
	}, func(ctx context.Context, _ *who, in *ByNumber) (*list[records.TimelineEntry], error) {
		return listOf(all.CaseTimeline(ctx, in.Number))
	})
	handle(s, op{
		id: "export-case", method: http.MethodGet, path: apiBase + "/cases/{number}/bundle", tag: "cases", roles: []Role{Agent, Supervisor},
		summary: "Export a case whole", produces: "application/zip", codes: []string{codeNotFound, codeForbidden}, patience: 2 * time.Minute,
		doc: "A ZIP of a PDF to read, JSON, every file, the result of the check of all chains, and how to check them again. For the owner of " +
			"the case and service managers; recorded in the audit log.",
	}, s.exportCase)
	handle(s, op{
		id: "get-quality", method: http.MethodGet, path: apiBase + "/quality", tag: "supervision", roles: []Role{Supervisor},
		summary: "Count how often each quality rule of each service was proven, waived or missing",
	}, func(ctx context.Context, _ *who, in *struct {
		QualityInput
		Procedure string `query:"procedure" maxLength:"40"`
	},
	) (*list[records.QualityRow], error) {
		f := in.filter()
		f.Procedure = in.Procedure
		return listOf(all.Quality(ctx, f))
	})
	handle(s, op{
		id: "list-quality", method: http.MethodGet, path: apiBase + "/quality/{procedure}/{rule}", tag: "supervision", roles: []Role{Supervisor},
		summary: "List the orders or cases behind a number of the report", codes: []string{codeNotFound},
	}, func(ctx context.Context, _ *who, in *struct {
		Paged
		QualityInput
		Procedure string `path:"procedure" maxLength:"40"`
		Rule      string `path:"rule" maxLength:"40"`
		Verdict   string `query:"verdict" enum:"proven,waived,missing,pending" default:"missing"`
	},
	) (*one[records.Page[records.QualityItem]], error) {
		return oneOf(all.QualityList(ctx, in.Procedure, in.Rule, procedure.Verdict(in.Verdict), in.filter(), in.Cursor, in.Limit))
	})
}

// exportCase streams the bundle of a case; that it was asked for is in the audit log before the first byte goes.
func (s *Site) exportCase(ctx context.Context, w *who, in *ByNumber) (*huma.StreamResponse, error) {
	f, err := s.opt.Records.CaseFile(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	if !w.has(Supervisor) && f.Case.Owner != w.Login {
		return nil, problem(codeForbidden, "Only the owner of a case or a service manager exports it.")
	}
	if err := s.opt.Records.Audit(ctx, records.AuditEntry{By: w.Login, Action: "case.bundle", Object: f.Case.Number, Data: f.ChainHead}); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(to huma.Context) { //nolint:contextcheck // a download outlives the operation's context, which is bounded
		r, rw := humago.Unwrap(to)
		o := bundle.Options{Texts: s.pages, Lang: "zh", Zone: s.pages.Zone(), Company: s.pages.Company()}
		if err := bundle.Send(r.Context(), rw, s.opt.Records, f, o); err != nil {
			s.log.Warn("a bundle was cut", "case", f.Case.Number, "err", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
