package remote

import (
	"net/http"
	"slices"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// madeLink is a link as it is shown, this once.
type madeLink struct {
	Address string
	Name    string
	Ends    time.Time
	Digits  bool
}

// link makes a link for the customer, to enter login information or to confirm, and shows its address once.
func (p *Pages) link(w http.ResponseWriter, r *http.Request) {
	f, ok := p.readable(w, r)
	if !ok {
		return
	}
	view, err := p.view(r, f)
	if err != nil {
		p.failed(w, r, "a remote order cannot be shown", err)
		return
	}
	step, found := stepOf(f, r.PostFormValue("step"))
	need, asked := step.Step.Need(r.PostFormValue("need"))
	if !found || !asked || !view.Works || step.State != procedure.Ready {
		p.trouble(w, r, http.StatusConflict, "remote.trouble.nolink")
		return
	}
	in := records.NewLink{Purpose: records.LinkConfirm, Order: f.Order.ID, Step: step.Step.Code, Need: need.Code, Subject: f.Order.Subject, Uses: 1}
	switch {
	case need.Code == "vault" && view.Session != nil:
		in.Purpose, in.Uses, in.Until = records.LinkVault, 3, view.Session.ExpiresAt // no longer than the session
	case need.Kind != procedure.Confirmation || !slices.Contains(need.Via, procedure.ViaLink):
		p.trouble(w, r, http.StatusConflict, "remote.trouble.nolink")
		return
	case step.Step.Code == "report" && view.Report == nil:
		p.trouble(w, r, http.StatusConflict, "remote.trouble.noreport")
		return
	case step.Step.Code == "report":
		in.File = view.Report.ID
	}
	link, token, err := p.opt.Records.NewLink(r.Context(), staff(r), in)
	if err != nil {
		p.refused(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	p.opt.Pages.Fragment(w, r, http.StatusOK, "remote/_link", madeLink{
		Address: p.opt.PublicURL + "/c/" + token, Name: need.Name.In(ui.VisitorOf(r.Context()).Lang), Ends: link.EndsAt, Digits: link.AsksDigits(),
	})
}

// engineerName is how people call who carries the order out.
func engineerName(o records.Order) string {
	if o.EngineerName != "" {
		return o.EngineerName
	}
	return o.Engineer
}

// documentLang gives the language of a document.
func documentLang(asked string, v ui.Visitor) string {
	if asked == ui.English || asked == ui.Chinese {
		return asked
	}
	return v.Lang
}

// stepOf finds a step of an order.
func stepOf(f records.OrderFile, code string) (records.StepFile, bool) {
	for _, s := range f.Steps {
		if s.Step.Code == code {
			return s, true
		}
	}
	return records.StepFile{}, false
}

// settled reports whether a step was settled by its evidence.
func settled(s records.StepFile) bool {
	return s.Settled != nil && s.Settled.Outcome == procedure.Completed
}
