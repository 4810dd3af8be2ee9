package dispatch

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/document"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// consultPage is one joint consultation (技术会诊): who takes part, what each thinks, what was decided.
type consultPage struct {
	File      records.OrderFile
	For       records.Order // the order that asked for it
	Question  string
	At        time.Time
	Opinions  []opinion
	Cause     string
	Decision  string
	MayThink  bool // the visitor takes part and has not said yet
	MayDecide bool
	Waiting   []string // names of who has not said yet
	Ended     bool
}

type opinion struct {
	Who, Text string
	At        time.Time
}

// consultData is what a consultation keeps beside its evidence.
type consultData struct {
	Order string    `json:"order"` // id of the order that asked for it
	At    time.Time `json:"at"`
}

// partTaker is the part of who was called to a consultation.
const partTaker = "participant"

// convene opens a consultation for an order: question, time, participants.
func (d *Dispatch) convene(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	by := records.Actor{Login: v.Login}
	f, err := d.opt.Records.Order(ctx, r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	at, bad := time.ParseInLocation("2006-01-02T15:04", r.FormValue("at"), v.Zone)
	people, question := slices.Compact(slices.Sorted(slices.Values(r.Form["people"]))), strings.TrimSpace(r.FormValue("question"))
	if bad != nil || len(people) < 2 || question == "" {
		d.trouble(w, r, http.StatusUnprocessableEntity, "dispatch.trouble.convene")
		return
	}
	data, err := json.Marshal(consultData{Order: f.Order.ID, At: at})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	o, err := d.opt.Records.OpenOrder(ctx, by, records.OpenOrder{
		Procedure: kindConsultation, Case: f.Order.Case, CustomerID: f.Order.CustomerID, Centre: f.Order.Centre, Product: f.Order.Product,
		Subject: f.Order.Subject, Situation: f.Order.Situation, Manager: v.Login, Data: data,
	})
	for _, login := range people {
		if err == nil {
			_, err = d.opt.Records.JoinOrder(ctx, by, o.ID, login, partTaker)
		}
	}
	if err == nil {
		err = d.tell(ctx, by, o.ID, "convene", "question", question)
	}
	if err == nil {
		err = d.prove(ctx, by, o.ID, "convene", "meeting", procedure.Fact, map[string]any{"at": at.Format(time.RFC3339), "participants": len(people)}, "")
	}
	if err == nil {
		_, err = d.opt.Records.CompleteStep(ctx, by, o.ID, "convene", 0)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.to(w, r, "/consultations/"+o.ID)
}

func (d *Dispatch) tell(ctx context.Context, by records.Actor, order, step, need, text string) error {
	return d.prove(ctx, by, order, step, need, procedure.Written, procedure.Body{Text: text}, "")
}

func (d *Dispatch) prove(ctx context.Context, by records.Actor, order, step, need string, kind procedure.EvidenceKind, body any, file string) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = d.opt.Records.AddEvidence(ctx, by, records.EvidenceInput{Order: order, Step: step, Need: need, Kind: kind, Body: raw, File: file})
	return err
}

func (d *Dispatch) consultation(w http.ResponseWriter, r *http.Request) {
	p, err := d.consultPage(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/consult", p)
}

// consultPage reads a consultation. Who neither takes part nor arranges does not learn that it is there.
func (d *Dispatch) consultPage(r *http.Request) (consultPage, error) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	f, err := d.opt.Records.Order(ctx, r.PathValue("id"))
	if err != nil {
		return consultPage{}, err
	}
	arranges := v.Has(records.RoleSupervisor) || v.Has(records.RoleDispatcher)
	takes := slices.ContainsFunc(f.People, func(p records.OrderPerson) bool { return p.Login == v.Login })
	if f.Order.Kind != kindConsultation || !arranges && !takes {
		return consultPage{}, refuse("not_taking_part", "Ask the service manager.", "You do not take part in this consultation.")
	}
	p := consultPage{File: f, Ended: f.Order.State.Ended(), MayThink: takes, MayDecide: v.Has(records.RoleSupervisor)}
	var data consultData
	if err := json.Unmarshal(f.Order.Data, &data); err != nil {
		return p, fmt.Errorf("consultation %s: %w", f.Order.Number, err)
	}
	asking, err := d.opt.Records.Order(ctx, data.Order)
	if err != nil {
		return p, err
	}
	s := sheetOf{OrderFile: f}
	p.For, p.At, p.Question, p.Cause, p.Decision = asking.Order, data.At, s.text("convene.question"), s.text("decision.cause"), s.text("decision.decision")
	for _, person := range f.People {
		i := slices.IndexFunc(f.Evidence, func(e records.Evidence) bool {
			return e.Step == "opinions" && e.Need == "opinion" && e.Actor == person.Login
		})
		if i < 0 {
			p.Waiting = append(p.Waiting, person.Name)
			continue
		}
		p.Opinions = append(p.Opinions, opinion{person.Name, bodyOf(f.Evidence[i]).Text, f.Evidence[i].At})
		p.MayThink = p.MayThink && person.Login != v.Login
	}
	p.MayThink = p.MayThink && p.Decision == "" && !p.Ended
	p.MayDecide = p.MayDecide && p.Decision == "" && !p.Ended && len(p.Opinions) > 0 && len(p.Waiting) == 0
	return p, nil
}

// consult takes an opinion, one of each participant, or the manager's decision, which ends the consultation.
func (d *Dispatch) consult(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	by := records.Actor{Login: v.Login}
	p, err := d.consultPage(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	id := p.File.Order.ID
	text, cause := strings.TrimSpace(r.FormValue("text")), strings.TrimSpace(r.FormValue("cause"))
	switch what := r.FormValue("do"); {
	case what == "opinion" && p.MayThink && text != "":
		err = d.tell(ctx, by, id, "opinions", "opinion", text)
	case what == "decide" && p.MayDecide && text != "" && cause != "":
		err = d.decide(ctx, v, p, cause, text)
	default:
		d.trouble(w, r, http.StatusConflict, "dispatch.trouble.consult")
		return
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.to(w, r, "/consultations/"+id)
}

// decide keeps the decision, writes the minutes, and gives them back to the order that asked.
func (d *Dispatch) decide(ctx context.Context, v ui.Visitor, p consultPage, cause, decision string) error {
	by, id := records.Actor{Login: v.Login}, p.File.Order.ID
	step := func(code string) error {
		_, err := d.opt.Records.CompleteStep(ctx, by, id, code, 0)
		return err
	}
	for _, do := range []func() error{
		func() error { return step("opinions") },
		func() error { return d.tell(ctx, by, id, "decision", "cause", cause) },
		func() error { return d.tell(ctx, by, id, "decision", "decision", decision) },
		func() error { return step("decision") },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	p.Cause, p.Decision = cause, decision
	issued, err := d.minutes(ctx, v, p)
	if err != nil {
		return err
	}
	body := map[string]string{"template": "consultation_minutes", "text": issued.Number, "hash": issued.Hash}
	if err := d.prove(ctx, by, id, "minutes", "minutes", procedure.Document, body, issued.File); err != nil {
		return err
	}
	if err := step("minutes"); err != nil {
		return err
	}
	if _, err := d.opt.Records.FinishOrder(ctx, by, id, decision, 0); err != nil {
		return err
	}
	return d.giveBack(ctx, by, p.For, body, issued.File)
}

// giveBack puts the minutes into the step of the asking order that is for them, where there is one and it is open.
func (d *Dispatch) giveBack(ctx context.Context, by records.Actor, o records.Order, body map[string]string, file string) error {
	f, err := d.opt.Records.Order(ctx, o.ID)
	if err != nil || f.Order.State.Ended() {
		return err
	}
	for _, s := range f.Steps {
		for _, n := range s.Step.Needs {
			if n.Document == "consultation_minutes" && s.Settled == nil {
				return d.prove(ctx, by, o.ID, s.Step.Code, n.Code, procedure.Document, body, file)
			}
		}
	}
	return nil
}

func (d *Dispatch) minutes(ctx context.Context, v ui.Visitor, p consultPage) (records.Issued, error) {
	o := p.File.Order
	m := document.Minutes{
		Number: o.Number, Order: p.For.Number, Case: o.Case, Customer: o.CustomerName, Subject: cmp.Or(p.Question, o.Subject), From: p.At, To: d.opt.Now(),
		Chair: cmp.Or(v.Name, v.Login), Situation: strings.TrimSpace(p.Question + "\n" + o.Situation), Decision: p.Cause + "\n" + p.Decision, Issued: d.opt.Now(),
		Tasks: []document.Task{{Text: p.Decision, Who: cmp.Or(p.For.EngineerName, p.For.Engineer)}},
	}
	if m.To.Before(m.From) {
		m.To = m.From
	}
	for _, x := range p.Opinions {
		m.Opinions = append(m.Opinions, document.Opinion{Who: x.Who, Text: x.Text, At: x.At})
	}
	opt := document.Options{Lang: v.Lang, Company: d.opt.Company, Hotline: d.opt.Hotline, Verify: d.opt.PublicURL + "/verify/" + o.Number, Zone: v.Zone}
	report := m.Report(opt)
	var pdf bytes.Buffer
	if err := report.PDF(&pdf, opt); err != nil {
		return records.Issued{}, fmt.Errorf("minutes: %w", err)
	}
	return d.opt.Records.IssueDocument(ctx, records.Actor{Login: v.Login}, records.Issued{Number: o.Number, Kind: "consultation_minutes", Hash: report.Hash(), Order: o.ID},
		"consultation-"+o.Number+".pdf", &pdf)
}
