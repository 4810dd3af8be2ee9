package followup

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"hotline/records"
	"hotline/records/document"
	"hotline/records/instrument"
	"hotline/records/procedure"
)

// lowest is the rating up to which an order waits for its improvement.
const lowest = 2

// Prove puts the survey that counts into the order of its follow-up: whom we reached and when, the ratings, the sheet with what
// makes it true (link, key with its recording, scan, or who asked), and ends the order when nothing is left to do. Again changes
// nothing. Without a survey that counts, or without an order, there is nothing to put.
// manager is who runs the follow-up: they asked, sent the link or started the survey by keys, and so complete the steps.
func (d *Desk) Prove(ctx context.Context, followUp, manager string) error {
	f, err := d.store.FollowUp(ctx, followUp)
	if err != nil || f.Order == "" {
		return err
	}
	surveys, err := d.store.Surveys(ctx, f.ID)
	if err != nil {
		return err
	}
	var v records.Survey
	for _, s := range surveys {
		if s.Counts {
			v = s
		}
	}
	if v.ID == "" {
		return nil
	}
	order, err := d.store.Order(ctx, f.Order)
	if err != nil || order.Order.State.Ended() {
		return err
	}
	p := prover{d: d, ctx: ctx, order: order, by: records.Actor{Login: v.KeyedBy}, manager: records.Actor{Login: manager}, survey: v}
	if v.KeyedBy == records.KeyedByCustomer {
		p.by = records.Actor{}
	}
	who := v.Who
	if who == "" {
		who = f.CustomerName + " " + f.Number // pressed on the telephone of this number
	}
	rating := map[string]any{"speed": v.Speed, "quality": v.Quality}
	if c := v.Answers["comment"]; c != "" {
		rating["comment"] = c
	}
	p.add("contact", "reached", procedure.Fact, "", map[string]any{"channel": channelOf(v.Channel), "at": v.AnsweredAt.Format(time.RFC3339), "who": who})
	p.done("contact")
	p.add("rating", "rating", procedure.Fact, "", rating)
	p.done("rating")
	sheet := p.sheet(f)
	p.add("survey", "sheet", procedure.Document, sheet, procedure.Body{Template: "survey"})
	p.confirm(who)
	p.done("survey")
	if p.err == nil && min(v.Speed, v.Quality) > lowest {
		_, p.err = d.store.FinishOrder(ctx, p.manager, order.Order.ID, fmt.Sprintf("%d / %d", v.Speed, v.Quality), 0)
	}
	return p.err
}

// channelOf is the channel in the words of the procedure.
func channelOf(channel string) string {
	if channel == records.SurveyPaper {
		return "visit"
	}
	return channel
}

// prover adds evidence piece by piece; after the first error it does nothing.
type prover struct {
	d       *Desk
	ctx     context.Context //nolint:containedctx // lives as long as one Prove
	order   records.OrderFile
	by      records.Actor // who keyed in; zero: the customer did, and the server keeps it
	manager records.Actor
	survey  records.Survey
	err     error
}

// client names a piece, so that it is kept once.
func (p *prover) client(need string) string { return "survey:" + p.survey.Series + ":" + need }

func (p *prover) has(need string) bool {
	for _, e := range p.order.Evidence {
		if e.Client == p.client(need) {
			return true
		}
	}
	return false
}

func (p *prover) add(step, need string, kind procedure.EvidenceKind, file string, body any) {
	p.addAs(p.by, step, need, kind, file, body)
}

func (p *prover) addAs(by records.Actor, step, need string, kind procedure.EvidenceKind, file string, body any) {
	if p.err != nil || p.has(need) {
		return
	}
	raw, err := json.Marshal(body)
	if err != nil {
		p.err = err
		return
	}
	_, p.err = p.d.store.AddEvidence(p.ctx, by, records.EvidenceInput{
		Order: p.order.Order.ID, Step: step, Need: need, Kind: kind, Body: raw, File: file, Client: p.client(need),
	})
}

// confirm adds what makes the answer the customer's own.
func (p *prover) confirm(who string) {
	by, body, file := p.by, procedure.Body{Who: who}, ""
	switch v := p.survey; v.Channel {
	case records.SurveyLink, records.SurveyMail:
		by = records.Actor{Customer: who, Via: procedure.ViaLink}
		body.Link, body.Shown = v.Call, v.Hash
	case records.SurveyKeys:
		by = records.Actor{Customer: who, Via: procedure.ViaKey}
		body.Key, body.Recording = fmt.Sprint(v.Quality), v.Recording
		if v.Recording == "" { // not recorded by configuration: the call itself is the record
			body.Recording = v.Call
		}
	case records.SurveyPaper:
		by = records.Actor{Login: p.by.Login, Customer: who, Via: procedure.ViaSignature}
		body.Shown, file = v.Hash, v.File
	default:
		body.Recording = v.Recording
	}
	p.addAs(by, "survey", "true_record", procedure.Confirmation, file, body)
}

func (p *prover) done(step string) {
	if p.err != nil {
		return
	}
	for _, s := range p.order.Steps {
		if s.Step.Code == step && s.Settled != nil {
			return
		}
	}
	_, p.err = p.d.store.CompleteStep(p.ctx, p.manager, p.order.Order.ID, step, 0)
}

// sheet makes the 《客户满意度调查单》 and keeps it.
func (p *prover) sheet(f records.FollowUp) string {
	if p.err != nil || p.has("sheet") {
		return ""
	}
	var pdf bytes.Buffer
	if p.err = p.d.Sheet(f, p.survey, p.order.Order.Number).PDF(&pdf, document.Options{Lang: "zh-Hans", Company: p.d.opt.Company, Hotline: p.d.opt.Hotline, Zone: p.d.opt.Zone}); p.err != nil {
		return ""
	}
	file, err := p.d.store.SaveFile(p.ctx, p.by.Login, "调查单-"+f.Case+".pdf", &pdf)
	p.err = err
	return file.ID
}

// Sheet is the survey on paper.
func (d *Desk) Sheet(f records.FollowUp, v records.Survey, number string) document.SurveySheet {
	say := func(key string) string { return d.pages.Say("zh-Hans", key) }
	channel := ""
	if v.Channel != "" {
		channel = say("follow.channel." + v.Channel)
	}
	m := document.SurveySheet{
		Number: number, Case: f.Case, Customer: f.CustomerName, Contact: f.ContactName, Phone: f.Number, Engineer: f.EngineerName,
		Centre: title(d.opt.Centres, f.Centre, "zh-Hans"), Product: title(d.opt.Products(), f.Product, "zh-Hans"), Subject: f.Subject, Solved: f.SolvedAt,
		Answered: v.AnsweredAt, By: v.Who, Channel: channel, Version: v.Version, Reason: v.Reason, Issued: v.CreatedAt,
	}
	if v.KeyedBy != records.KeyedByCustomer {
		m.Keyed = d.opt.Name(v.KeyedBy)
	}
	for _, q := range d.store.Form().Questions {
		one := document.Question{Text: q.Text.ZH, Chosen: -1, Words: v.Answers[q.Code]}
		if q.Kind == instrument.Rating {
			one.Answers = []string{"1 " + q.Low.ZH, "2", "3", "4", "5 " + q.High.ZH}
			one.Chosen, one.Words = instrument.Score(v.Answers, q.Code)-1, ""
		}
		m.Questions = append(m.Questions, one)
	}
	return m
}

// blank gives the sheet to print, for a customer who answers on paper.
func (d *Desk) blank(w http.ResponseWriter, r *http.Request) {
	f, err := d.store.FollowUp(r.Context(), r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	var pdf bytes.Buffer
	err = d.Sheet(f, records.Survey{CreatedAt: f.SolvedAt}, f.Case).PDF(&pdf, document.Options{Lang: "zh-Hans", Company: d.opt.Company, Hotline: d.opt.Hotline, Zone: d.opt.Zone})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="survey-`+f.Case+`.pdf"`)
	_, _ = w.Write(pdf.Bytes())
}

// proveImprovement puts an improvement whose effect was found good into the order of its follow-up, and ends the order.
func (d *Desk) proveImprovement(ctx context.Context, id string) error {
	i, _, err := d.store.Improvement(ctx, id)
	if err != nil || i.State != records.ImprovementClosed || i.FollowUp == "" {
		return err
	}
	f, err := d.store.FollowUp(ctx, i.FollowUp)
	if err != nil || f.Order == "" {
		return err
	}
	order, err := d.store.Order(ctx, f.Order)
	if err != nil || order.Order.State.Ended() {
		return err
	}
	p := prover{d: d, ctx: ctx, order: order, by: records.Actor{Login: i.CheckedBy}, manager: records.Actor{Login: i.CheckedBy}, survey: records.Survey{Series: i.Survey}}
	p.add("improvement", "plan", procedure.Written, "", procedure.Body{Text: i.Plan})
	p.add("improvement", "effect", procedure.Written, "", procedure.Body{Text: i.Result + "\n" + i.Effect})
	p.done("improvement")
	if p.err == nil {
		_, p.err = d.store.FinishOrder(ctx, p.manager, order.Order.ID, i.Effect, 0)
	}
	return p.err
}
