package followup

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"hotline/records"
	"hotline/web/customer"
	"hotline/web/ui"
)

// linkData is what a link to the survey carries.
type linkData struct {
	FollowUp string `json:"followup"`
	Channel  string `json:"channel"`
	By       string `json:"by"` // who sent it
}

// linkDays is how long a customer may answer.
const linkDays = 7

// sendLink makes a link to the survey for one customer: mailed, or shown once to be handed on.
func (d *Desk) sendLink(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	f, err := d.store.FollowUp(ctx, r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	channel := records.SurveyLink
	if r.FormValue("mail") != "" && d.opt.Mail != nil && f.ContactEmail != "" {
		channel = records.SurveyMail
	}
	if f, err = d.store.LinkFollowUp(ctx, f.ID, v.Login, "", version(r)); err != nil { // refuses before a link is made
		d.fail(w, r, err)
		return
	}
	data, err := json.Marshal(linkData{FollowUp: f.ID, Channel: channel, By: v.Login})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	_, token, err := d.store.NewLink(ctx, records.Actor{Login: v.Login}, records.NewLink{
		Purpose: records.LinkSurvey, Case: f.Case, Subject: f.Subject, Contact: f.ContactID, Name: f.ContactName, Number: f.Number, Data: data,
		Until: d.opt.Now().AddDate(0, 0, linkDays), Uses: 1,
	})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	address := d.opt.PublicURL + "/c/" + token
	if channel == records.SurveyMail {
		form := d.store.Form()
		err := d.opt.Mail(ctx, Mail{
			To: f.ContactEmail, Name: f.ContactName, Subject: form.Name.ZH + " · " + form.Name.EN, Once: "survey " + f.ID + " " + token[:8],
			Text: form.Intro.ZH + "\n" + form.Intro.EN + "\n\n" + address + "\n",
		})
		if err != nil {
			d.fail(w, r, err)
			return
		}
		d.done(w, r, "/followup/cases/"+f.ID)
		return
	}
	d.showOne(w, r, address)
}

// SurveyLink is the purpose of links to the survey (customer.Purpose).
func (d *Desk) SurveyLink() customer.Purpose { return surveyLink{d} }

type surveyLink struct{ d *Desk }

// surveyAsked is what the customer's page shows.
type surveyAsked struct {
	Number, Product, What string // as customer/_about has it
	Form                  form
}

// Page shows the questions.
func (l surveyLink) Page(ctx context.Context, v customer.Visit) (string, any, error) {
	f, _, err := l.about(ctx, v)
	return "followup/survey", surveyAsked{
		Number: f.Case, Product: title(l.d.opt.Products, f.Product, v.Lang), What: f.Subject, Form: formOf(l.d.store.Form(), v.Lang, nil),
	}, err
}

func (l surveyLink) about(ctx context.Context, v customer.Visit) (records.FollowUp, linkData, error) {
	var data linkData
	if err := json.Unmarshal(v.Link.Data, &data); err != nil {
		return records.FollowUp{}, data, err
	}
	f, err := l.d.store.FollowUp(ctx, data.FollowUp)
	return f, data, err
}

// Act keeps the answers. The same press again finds them kept.
func (l surveyLink) Act(ctx context.Context, v customer.Visit, in url.Values) (customer.Done, error) {
	f, data, err := l.about(ctx, v)
	if err != nil {
		return customer.Done{}, err
	}
	thanks := customer.Done{Title: l.d.pages.Say(v.Lang, "follow.link.thanks"), Text: l.d.pages.Say(v.Lang, "follow.link.thanks.text")}
	kept, err := l.d.store.Surveys(ctx, f.ID)
	if err != nil {
		return customer.Done{}, err
	}
	for _, s := range kept {
		if s.Call == v.Client {
			return thanks, nil
		}
	}
	answers := map[string]string{}
	for _, q := range l.d.store.Form().Questions {
		if a := in.Get("q." + q.Code); a != "" {
			answers[q.Code] = a
		}
	}
	who := in.Get("who")
	if who == "" {
		who = f.ContactName
	}
	survey, err := l.d.store.AddSurvey(ctx, records.NewSurvey{
		FollowUp: f.ID, Channel: data.Channel, Who: who, KeyedBy: records.KeyedByCustomer, AnsweredAt: time.Time{}, Answers: answers, Call: v.Client,
	})
	if errors.Is(err, records.ErrIncomplete) {
		return customer.Done{}, customer.Trouble("follow.link.missing")
	}
	if err != nil {
		return customer.Done{}, err
	}
	thanks.Detail = survey.ID
	if err := l.d.Prove(ctx, f.ID, data.By); err != nil {
		l.d.log.ErrorContext(ctx, "a survey is kept, and not yet in its order", "case", f.Case, "err", err)
	}
	return thanks, nil
}
