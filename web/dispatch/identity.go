package dispatch

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/customer"
	"hotline/web/ui"
)

// checkPage is the agent's answer to a customer who calls because somebody stands at the door.
type checkPage struct {
	Code   string
	Tried  bool
	Check  records.VisitCheck
	Centre string
}

func (d *Dispatch) checkCode(w http.ResponseWriter, r *http.Request) {
	p := checkPage{Code: strings.TrimSpace(r.FormValue("code"))}
	if r.Method == http.MethodPost && p.Code != "" {
		v := ui.VisitorOf(r.Context())
		var err error
		if p.Check, err = d.opt.Records.CheckVisitCode(r.Context(), p.Code, "", v.Login, records.ViaVisitHotline); err != nil {
			d.fail(w, r, err)
			return
		}
		p.Tried, p.Centre = true, d.titleOf(d.opt.Centres, p.Check.Engineer.Centre, v.Lang)
		if p.Check.Verdict == records.VisitRight {
			if err := d.hotlineConfirmed(r.Context(), v.Login, p.Check); err != nil {
				d.fail(w, r, err)
				return
			}
		}
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/code", p)
}

// hotlineConfirmed keeps that a caller was told who the engineer is; the code is used up, so it is said once.
func (d *Dispatch) hotlineConfirmed(ctx context.Context, login string, c records.VisitCheck) error {
	body, err := json.Marshal(procedure.Body{Who: c.Customer, Text: "visit code checked by calling the hotline"})
	if err != nil {
		return err
	}
	_, err = d.opt.Records.AddEvidence(ctx, records.Actor{Login: login, Customer: c.Customer, Via: procedure.ViaHotline}, records.EvidenceInput{
		Order: c.Order, Step: "identity", Need: "confirmed", Kind: procedure.Confirmation, Body: body, Client: "identity-hotline-" + c.Order + "-" + c.Engineer.Login,
	})
	if errors.Is(err, records.ErrInvalid) || errors.Is(err, records.ErrNotFound) { // an order of a kind that asks for no identity
		return nil
	}
	return err
}

// Identity is the purpose of a customer's link that checks who stands at the door: the customer types the code that the engineer
// shows, sees name and photo, and confirms.
type Identity struct {
	Records interface {
		CheckVisitCode(ctx context.Context, code, order, who, via string) (records.VisitCheck, error)
		AddEvidence(ctx context.Context, by records.Actor, in records.EvidenceInput) (records.Evidence, error)
		Order(ctx context.Context, id string) (records.OrderFile, error)
		Engineer(ctx context.Context, login string) (records.Engineer, error)
		EngineerPhoto(ctx context.Context, login string) (*os.File, error)
	}
	Say customer.Say
}

// expected is who the customer may expect.
type expected struct {
	Number   string
	Engineer records.Engineer
	Photo    template.URL // data: address of a picture that was drawn by us
}

// Page shows who is expected, with the photo, and asks for the code.
func (i Identity) Page(ctx context.Context, v customer.Visit) (string, any, error) {
	f, err := i.Records.Order(ctx, v.Link.Order)
	if err != nil {
		return "", nil, err
	}
	e := expected{Number: f.Order.Number}
	if f.Order.Engineer == "" {
		return "dispatch/identity", e, nil
	}
	if e.Engineer, err = i.Records.Engineer(ctx, f.Order.Engineer); errors.Is(err, records.ErrNotFound) { // an agent or a manager goes
		e.Engineer, err = records.Engineer{Login: f.Order.Engineer, Name: f.Order.EngineerName}, nil
	}
	if err == nil && e.Engineer.Photo != "" {
		e.Photo, err = i.portrait(ctx, e.Engineer.Login)
	}
	return "dispatch/identity", e, err
}

// portrait gives an engineer's photo as a data: address: the customer's page has no other way to it.
func (i Identity) portrait(ctx context.Context, login string) (template.URL, error) {
	file, err := i.Records.EngineerPhoto(ctx, login)
	if err != nil {
		return "", err
	}
	defer file.Close()
	photo, err := io.ReadAll(file)
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(photo)), err //nolint:gosec // base64
}

// Act checks the code and keeps the confirmation. A wrong code comes back to the page.
func (i Identity) Act(ctx context.Context, v customer.Visit, form url.Values) (customer.Done, error) {
	check, err := i.Records.CheckVisitCode(ctx, form.Get("code"), v.Link.Order, "link:"+v.Link.ID, records.ViaVisitLink)
	if errors.Is(err, records.ErrForbidden) {
		return customer.Done{}, customer.Trouble("dispatch.identity.throttled")
	}
	if err != nil {
		return customer.Done{}, err
	}
	switch check.Verdict {
	case records.VisitRight:
	case records.VisitUsed:
		return customer.Done{}, customer.Trouble("dispatch.identity.used")
	case records.VisitEnded, records.VisitExpired:
		return customer.Done{}, customer.Trouble("dispatch.identity.ended")
	default:
		return customer.Done{}, customer.Trouble("dispatch.identity.wrong")
	}
	who := strings.TrimSpace(form.Get("who"))
	if who == "" {
		who = v.Link.Name
	}
	body, err := json.Marshal(procedure.Body{Link: v.Link.ID, Who: who, Text: "visit code checked; " + check.Engineer.Name})
	if err != nil {
		return customer.Done{}, err
	}
	_, err = i.Records.AddEvidence(ctx, records.Actor{Customer: who, Via: procedure.ViaLink}, records.EvidenceInput{
		Order: v.Link.Order, Step: v.Link.Step, Need: v.Link.Need, Kind: procedure.Confirmation, Body: body, Client: v.Client,
	})
	return customer.Done{
		Title: i.Say(v.Lang, "dispatch.identity.right", check.Engineer.Name), Text: i.Say(v.Lang, "dispatch.identity.right.text"), Detail: check.Engineer.Login,
	}, err
}
