package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"time"

	"hotline/configs/calendars"
	"hotline/configs/procedures"
	"hotline/configs/questionnaires"
	"hotline/configs/surveys"
	"hotline/records"
	"hotline/records/calendar"
	"hotline/records/document"
	"hotline/records/instrument"
	"hotline/records/probe"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
	"hotline/records/sampling"
)

// history writes into the records what happened before the demo begins: the last two weeks of the company. Its clock goes through them.
type history struct {
	*records.Store
	ctx  context.Context //nolint:containedctx // lives for the writing of one history
	zone *time.Location
	r    *rand.Rand
	firm sample

	now      time.Time // by the clock of the history
	err      error     // the first
	contacts []contact
	staff    []string // logins of the simulated agents
}

// writeHistory makes staff and customers, and what they have done so far.
func writeHistory(ctx context.Context, s *server, firm sample, people staff, seed uint64) (_ []contact, err error) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return nil, err
	}
	h := &history{ctx: ctx, zone: zone, firm: firm, r: rand.New(rand.NewPCG(seed, 2)), now: time.Now().AddDate(0, 0, -15)} //nolint:gosec // repeatable, no secret
	if h.Store, err = records.Open(ctx, h.options(filepath.Join(s.dir, "data"))); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	for _, chapter := range []func(){
		func() { h.engage(people) }, h.customers, h.lastWeek, h.knowledge, h.followUps, h.orders, h.class, h.engagements,
	} {
		if chapter(); h.err != nil {
			return nil, fmt.Errorf("the history of the demo: %w", h.err)
		}
	}
	return h.contacts, nil
}

func (h *history) options(dir string) records.Options {
	o := records.Options{
		Path: filepath.Join(dir, "hotline.db"), Files: filepath.Join(dir, "files"), Zone: h.zone, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return h.now }, Sampling: sampling.Rule{Small: 2, Quota: 1, Percent: 20},
		RespondWithin: map[string]time.Duration{"remote": 30 * time.Minute, "onsite": 2 * time.Hour}, CentreOf: centreOf,
		Referrals: map[string]string{"development": "development", "consulting": "consulting", "training": records.ProcedureClass},
		Probe:     probe.New(probe.Options{}),
	}
	o.Procedures = kept[[]procedure.Definition](h)(procedure.ParseAll(procedures.Files))
	o.Questionnaires = kept[[]questionnaire.Definition](h)(questionnaire.ParseAll(questionnaires.Files))
	o.Form = kept[instrument.Form](h)(instrument.Parse("satisfaction.yaml", surveys.Satisfaction))
	text := kept[[]byte](h)(calendars.Files.ReadFile("china.yaml"))
	_, china, err := calendar.Parse("china.yaml", text)
	h.keep(err)
	o.Calendars = records.Calendars{All: []*calendar.Calendar{china}, Default: "china"}
	return o
}

// keep remembers the first error; what comes after it is not written.
func (h *history) keep(err error) {
	if h.err == nil {
		h.err = err
	}
}

// kept gives a value and remembers the error beside it.
func kept[T any](h *history) func(T, error) T {
	return func(v T, err error) T {
		h.keep(err)
		return v
	}
}

// centreOf is demo.yaml's list of centres.
func centreOf(region string) string {
	switch region {
	case "广东", "广西", "海南":
		return "guangzhou"
	}
	return "shanghai"
}

// at sets the clock to an hour of a day, counted from today.
func (h *history) at(day, hour, minute int) {
	t := time.Now().In(h.zone)
	h.now = time.Date(t.Year(), t.Month(), t.Day()+day, hour, minute, 0, 0, h.zone)
}

func (h *history) pass(d time.Duration) { h.now = h.now.Add(d) }

func (h *history) engage(people staff) {
	for _, m := range append(append([]*member{}, people.simulated...), people.forYou...) {
		if m == people.administrator {
			continue
		}
		kept[records.User](h)(h.AddUser(h.ctx, records.NewUser{
			Login: m.login, Name: m.Name, Team: m.Team, Roles: m.roles, Skills: m.Skills, WebRTC: m.browser, Password: m.password,
		}))
	}
	for _, m := range people.simulated {
		h.staff = append(h.staff, m.login)
	}
	for i, e := range h.firm.Engineers {
		if i > 0 { // the first is yours to be
			kept[records.User](h)(h.AddUser(h.ctx, records.NewUser{Login: e.Login, Name: e.Name, Roles: []string{records.RoleEngineer}}))
		}
		kept[records.Engineer](h)(h.SetEngineer(h.ctx, records.EngineerChange{Login: e.Login, Centre: &e.Centre, Title: &e.Title, Products: e.Products}))
	}
}

func (h *history) customers() {
	for _, c := range h.firm.Customers {
		made := kept[records.Customer](h)(h.AddCustomer(h.ctx, records.Customer{
			Name: c.Name, Region: c.Region, Agreement: c.Agreement, VIP: c.VIP, ServiceCentre: centreOf(c.Region),
		}))
		for _, p := range c.People {
			k := kept[records.Contact](h)(h.AddContact(h.ctx, records.Contact{CustomerID: made.ID, Name: p.Name, Numbers: []records.Number{{Number: p.Number, Label: "手机"}}}))
			h.contacts = append(h.contacts, contact{k.ID, p, c.Region, c.Name})
		}
		if c.VIP {
			kept[records.VisitPlan](h)(h.SetVisitPlan(h.ctx, "boss", records.VisitPlan{
				CustomerID: made.ID, Months: 3, Manager: "boss", Reason: c.Agreement, NextAt: time.Now().AddDate(0, 0, 9),
			}))
		}
	}
}

// opened is a case that somebody of the staff opened.
func (h *history) opened(owner string, who contact, about problem) records.Case {
	return kept[records.Case](h)(h.CreateCase(h.ctx, records.NewCase{
		Owner: owner, Caller: who.Number, ContactID: who.id, Subject: about.Subject, Product: about.Product, Category: about.Category,
		Description: cmp.Or(about.Story, about.Subject+"。"+who.Name+" 报告。"),
	}))
}

func (h *history) solved(owner string, who contact, about problem) {
	c := h.opened(owner, who, about)
	h.pass(12 * time.Minute)
	kept[records.WrapUpResult](h)(h.WrapUp(h.ctx, records.WrapUpInput{
		Case: c.Number, By: owner, Outcome: records.OutcomeSolved, Subject: about.Subject, Solved: &records.SolvedFacts{Solution: about.Solution, Confirmed: true},
	}))
}

// someone is one of the simulated agents, anybody one of the customers' people.
func (h *history) someone() string  { return h.staff[h.r.IntN(len(h.staff))] }
func (h *history) anybody() contact { return h.contacts[h.r.IntN(len(h.contacts))] }

// problem is one of what customers call about.
func (h *history) problem(i int) problem { return h.firm.Problems[i%len(h.firm.Problems)] }

// lastWeek is what the digest of the last week is made of; its follow-ups are answered.
func (h *history) lastWeek() {
	monday := -int((time.Now().In(h.zone).Weekday()+6)%7) - 7
	for day := range 5 {
		h.midnight(monday + day)
		for i := range 3 {
			h.at(monday+day, 9+2*i, 7*day)
			h.solved(h.someone(), h.anybody(), h.problem(day*day+i))
		}
		h.midnight(monday + day + 1)
		h.at(monday+day+1, 10, 0)
		h.answered(0, map[string]string{"speed": "4", "quality": "5"})
	}
	h.at(monday+7, 0, 20)
	_, _, err := h.KeepDigest(h.ctx, records.DigestWeek, h.now)
	h.keep(err)
}

// midnight is when the follow-ups of a day are drawn, and the next draw is committed to.
func (h *history) midnight(day int) {
	h.at(day, 0, 10)
	kept[records.Swept](h)(h.SweepOverdue(h.ctx, h.now))
}

// answered asks the customers whose follow-up is due, and leaves some for the manager to call.
func (h *history) answered(leave int, said ...map[string]string) {
	page := kept[records.Page[records.FollowUp]](h)(h.FollowUps(h.ctx, records.FollowUpFilter{State: records.FollowUpDue, Limit: 200}))
	for i, f := range page.Items {
		if i < leave {
			continue
		}
		h.pass(7 * time.Minute)
		kept[records.Survey](h)(h.AddSurvey(h.ctx, records.NewSurvey{
			FollowUp: f.ID, Channel: "call", Who: f.ContactName, KeyedBy: "boss", AnsweredAt: h.now, Answers: said[i%len(said)],
		}))
	}
}

// followUps of the day before yesterday are answered, but for some that wait for the manager; one customer was not satisfied.
func (h *history) followUps() {
	h.midnight(-2)
	for i := range 2 * len(h.staff) {
		h.at(-2, 9+i%8, 5*(i%11))
		h.solved(h.staff[i%len(h.staff)], h.contacts[i%len(h.contacts)], h.problem(i))
	}
	h.midnight(-1)
	h.at(-1, 10, 0)
	h.answered(len(h.staff), map[string]string{"speed": "2", "quality": "3", "comment": "问题解决了，但等了一个上午才有人回电。"},
		map[string]string{"speed": "5", "quality": "4"}, map[string]string{"speed": "4", "quality": "5", "comment": "很耐心。"}, map[string]string{"speed": "5", "quality": "5"})
	all := kept[records.Page[records.Improvement]](h)(h.Improvements(h.ctx, records.ImprovementFilter{}))
	for i, x := range all.Items {
		h.pass(time.Hour)
		if i > 0 {
			continue // the manager's next task
		}
		kept[records.Improvement](h)(h.PlanImprovement(h.ctx, x.ID, "boss", records.ImprovementPlan{
			Owner: h.staff[0], Plan: "约定回电由值班经理每小时检查一次，到时未回电立即改派。", Due: time.Now().AddDate(0, 0, 7),
		}, 0))
	}
}

func body(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		return nil // refused by the records
	}
	return text
}

// print is how the company's documents look.
func (h *history) print() document.Options {
	return document.Options{Lang: "zh", Company: "南山方略", Hotline: "4000000000", Zone: h.zone}
}
