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
	at := slices.IndexFunc(view.Links, func(l linkView) bool {
		return l.Step == r.PostFormValue("step") && l.Need == r.PostFormValue("need")
	})
	if at < 0 {
		p.trouble(w, r, http.StatusConflict, "remote.trouble.nolink")
		return
	}
	want := view.Links[at]
	in := records.NewLink{Purpose: want.Purpose, Order: f.Order.ID, Step: want.Step, Need: want.Need, Subject: f.Order.Subject, Uses: 1}
	if want.Purpose == records.LinkVault {
		in.Uses, in.Until = 3, view.Session.ExpiresAt // no longer than the session
	}
	if want.Step == "report" && view.Report != nil {
		in.File = view.Report.ID
	}
	if want.Step == "report" && view.Report == nil {
		p.trouble(w, r, http.StatusConflict, "remote.trouble.noreport")
		return
	}
	link, token, err := p.opt.Records.NewLink(r.Context(), staff(r), in)
	if err != nil {
		p.refused(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	p.opt.Pages.Fragment(w, r, http.StatusOK, "remote/_link", madeLink{
		Address: p.opt.PublicURL + "/c/" + token, Name: want.Name, Ends: link.EndsAt, Digits: link.AsksDigits(),
	})
}

// engineerName is how people call who carries the order out.
func engineerName(o records.Order) string {
	if o.EngineerName != "" {
		return o.EngineerName
	}
	return o.Engineer
}

// in gives the language of a document.
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
