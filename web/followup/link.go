package followup

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hotline/records"
	"hotline/web/customer"
	"hotline/web/ui"
)

// linkData is what a link to the survey carries.
type linkData struct {
	FollowUp string `json:"followup"`
	Channel  string `json:"channel"`
	Manager  string `json:"manager"` // who runs the follow-up
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
	mail := r.FormValue("mail") != "" && d.opt.Mail != nil && f.ContactEmail != ""
	address, err := d.link(ctx, f, v.Login, v.Login, mail, version(r))
	switch {
	case err != nil:
		d.fail(w, r, err)
	case mail:
		d.done(w, r, "/followup/cases/"+f.ID)
	default:
		d.showOne(w, r, address)
	}
}

// link makes a link for by (the server itself when empty), mails it or gives its address. manager runs the follow-up.
func (d *Desk) link(ctx context.Context, f records.FollowUp, by, manager string, mail bool, seen int64) (address string, err error) {
	channel := records.SurveyLink
	if mail {
		channel = records.SurveyMail
	}
	if f, err = d.store.LinkFollowUp(ctx, f.ID, by, "", seen); err != nil { // refuses before a link is made
		return "", err
	}
	data, err := json.Marshal(linkData{FollowUp: f.ID, Channel: channel, Manager: manager})
	if err != nil {
		return "", err
	}
	_, token, err := d.store.NewLink(ctx, records.Actor{Login: by}, records.NewLink{
		Purpose: records.LinkSurvey, Case: f.Case, Subject: f.Subject, Contact: f.ContactID, Name: f.ContactName, Number: f.Number, Data: data,
		Until: d.opt.Now().AddDate(0, 0, linkDays), Uses: 1,
	})
	if err != nil {
		return "", err
	}
	address = d.opt.PublicURL + "/c/" + token
	if !mail {
		return address, nil
	}
	form := d.store.Form()
	return "", d.opt.Mail(ctx, Mail{
		To: f.ContactEmail, Name: f.ContactName, Subject: form.Name.ZH + " · " + form.Name.EN, Once: "survey " + f.ID + " " + strconv.FormatInt(f.Version, 10),
		Text: form.Intro.ZH + "\n" + form.Intro.EN + "\n\n" + address + "\n",
	})
}

// SendLinks mails a link to every customer who was called as often as the rule asks, and not reached; it says how many. Without
// mail, or without an address, the manager hands a link on.
func (d *Desk) SendLinks(ctx context.Context) (sent int, err error) {
	if d.opt.Mail == nil || d.opt.PublicURL == "" {
		return 0, nil
	}
	for cursor := ""; ; {
		page, err := d.store.FollowUps(ctx, records.FollowUpFilter{State: records.FollowUpDue, Cursor: cursor, Limit: 500})
		if err != nil {
			return sent, err
		}
		for _, f := range page.Items {
			if f.Attempts < records.MaxAttempts || f.ContactEmail == "" {
				continue
			}
			calls, err := d.store.OutCalls(ctx, records.OutFollowUp, f.ID)
			if err != nil || len(calls) == 0 {
				return sent, err
			}
			if _, err := d.link(ctx, f, "", calls[len(calls)-1].Login, true, f.Version); err != nil {
				return sent, err
			}
			sent++
		}
		if cursor = page.Next; cursor == "" {
			return sent, nil
		}
	}
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
		Number: f.Case, Product: title(l.d.opt.Products(), f.Product, v.Lang), What: f.Subject, Form: formOf(l.d.store.Form(), v.Lang, nil),
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
	if err := l.d.Prove(ctx, f.ID, data.Manager); err != nil {
		l.d.log.ErrorContext(ctx, "a survey is kept, and not yet in its order", "case", f.Case, "err", err)
	}
	return thanks, nil
}
