package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"hotline/records"
	"hotline/records/document"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// template is the code of the remote maintenance report.
const reportTemplate = "remote_report"

// report makes the remote maintenance report from what is on record, and adds it to the evidence.
func (p *Pages) report(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	lang := documentLang(r.PostFormValue("lang"), v)
	p.act(w, r, func(ctx context.Context, f records.OrderFile) error {
		view, err := p.view(r, f)
		if err != nil {
			return err
		}
		if !view.MayReport {
			return notYet(f)
		}
		users, err := p.opt.Records.Users(ctx)
		if err != nil {
			return err
		}
		file, err := p.opt.Records.RemoteFile(ctx, f.Order.ID)
		if err != nil {
			return err
		}
		words := words{lang: lang, zone: v.Zone, say: p.opt.Pages.Say, names: namesOf(users)}
		model := words.report(f, file)
		if f.Order.CustomerID != "" {
			of, err := p.opt.Records.Customer(ctx, f.Order.CustomerID)
			if err != nil {
				return err
			}
			model.Agreement = of.Agreement
		}
		options := document.Options{
			Lang: lang, Company: p.opt.Company, Hotline: p.opt.Hotline, Zone: v.Zone, Verify: p.opt.PublicURL + "/verify/" + f.Order.Number,
		}
		page := model.Report(options)
		var pdf bytes.Buffer
		if err := page.PDF(&pdf, options); err != nil {
			return err
		}
		issued, err := p.opt.Records.IssueDocument(ctx, staff(r), records.Issued{
			Number: f.Order.Number, Kind: reportTemplate, Hash: page.Hash(), Order: f.Order.ID,
		}, f.Order.Number+".pdf", &pdf)
		if err != nil {
			return err
		}
		body, err := json.Marshal(procedure.Body{Template: reportTemplate})
		if err != nil {
			return err
		}
		_, err = p.opt.Records.AddEvidence(ctx, staff(r), records.EvidenceInput{
			Order: f.Order.ID, Step: "report", Need: "report", Kind: procedure.Document, Body: body, File: issued.File,
		})
		return err
	})
}

// notYet is the refusal of a report before the work is closed: everything that comes before it.
func notYet(f records.OrderFile) error {
	s, _ := stepOf(f, "report")
	return &records.Problem{
		Code: "report_early", What: "The report is made when the steps before it are settled.", Do: "Settle them first.", Lacks: s.Missing,
	}
}
