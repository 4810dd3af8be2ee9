// Package followup is what the service manager sees of solved cases: whom to call, the survey, what customers said, what is being
// improved, and whom to visit. The rules are those of records; the pages never send a telephone number, only what a call is for.
package followup

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"hotline/queue/outward"
	"hotline/records"
	"hotline/records/instrument"
	"hotline/web/ui"
)

// Records is what the pages read and write. *records.Store has it.
type Records interface {
	asking
	improving
	proving
	FollowUps(context.Context, records.FollowUpFilter) (records.Page[records.FollowUp], error)
	SurveyResults(ctx context.Context, by string, from, to time.Time) ([]records.SurveyResult, error)
	Draws(ctx context.Context, before string, limit int) (records.Page[records.Draw], error)
	DrawFile(ctx context.Context, day string) (records.DrawFile, error)
	Users(context.Context) ([]records.User, error)
	Engineers(ctx context.Context) ([]records.Engineer, error)
	Customers(ctx context.Context, part string, limit int) ([]records.Customer, error)
	SetVisitPlan(ctx context.Context, by string, p records.VisitPlan) (records.VisitPlan, error)
	VisitPlans(ctx context.Context, from string, limit int) (records.Page[records.VisitPlan], error)
}

type asking interface {
	Form() instrument.Form
	FollowUp(ctx context.Context, id string) (records.FollowUp, error)
	Surveys(ctx context.Context, subject string) ([]records.Survey, error)
	AddSurvey(context.Context, records.NewSurvey) (records.Survey, error)
	OutCalls(ctx context.Context, purpose, ref string) ([]records.OutCall, error)
	CloseFollowUp(ctx context.Context, id, by, reason string, version int64) (records.FollowUp, error)
	LinkFollowUp(ctx context.Context, id, by, note string, version int64) (records.FollowUp, error)
	NewLink(ctx context.Context, by records.Actor, in records.NewLink) (records.Link, string, error)
}

type improving interface {
	Improvements(context.Context, records.ImprovementFilter) (records.Page[records.Improvement], error)
	Improvement(ctx context.Context, id string) (records.Improvement, []records.ImprovementStep, error)
	PlanImprovement(ctx context.Context, id, by string, p records.ImprovementPlan, version int64) (records.Improvement, error)
	FinishImprovement(ctx context.Context, id, by, result string, version int64) (records.Improvement, error)
	CheckImprovement(ctx context.Context, id, by, effect string, good bool, version int64) (records.Improvement, error)
}

type proving interface {
	Order(ctx context.Context, id string) (records.OrderFile, error)
	AddEvidence(ctx context.Context, by records.Actor, in records.EvidenceInput) (records.Evidence, error)
	CompleteStep(ctx context.Context, by records.Actor, order, step string, version int64) (records.Order, error)
	FinishOrder(ctx context.Context, by records.Actor, order, result string, version int64) (records.Order, error)
	SaveFile(ctx context.Context, by, name string, body io.Reader) (records.File, error)
}

// Dialer makes calls out. *outward.Dialer does.
type Dialer interface {
	Place(ctx context.Context, r outward.Request) (string, error)
	HangUp(call string) error
	Live() []outward.View
}

// Text is something that is said in both languages.
type Text struct{ Zh, En string }

func (t Text) in(lang string) string {
	if lang == ui.English {
		return t.En
	}
	return t.Zh
}

// Options says what the pages are made of. Fields are required unless their comment says otherwise.
type Options struct {
	Pages     *ui.Pages
	Records   Records
	Dialer    Dialer
	Products  func() map[string]Text                  // by code, as they are now
	Centres   map[string]Text                         // by name
	PublicURL string                                  // optional: as customers reach this site; without it no link can be made
	Mail      func(ctx context.Context, m Mail) error // optional: sends a link by e-mail; nil: there is no mail
	Company   string
	Name      func(login string) string // optional: how somebody is called; their login
	Zone      *time.Location            // optional: of times on paper; time.Local
	Hotline   string                    // the number that customers know
	Log       *slog.Logger
	Now       func() time.Time // optional: time.Now
}

// Mail is a link to the survey for one customer.
type Mail struct {
	To, Name, Subject, Text, Once string // Once: the same again is sent once
}

// Desk serves the pages.
type Desk struct {
	opt   Options
	store Records
	pages *ui.Pages
	log   *slog.Logger
}

// New makes the pages; Mount shows them.
func New(o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Name == nil {
		o.Name = func(login string) string { return login }
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	return &Desk{opt: o, store: o.Records, pages: o.Pages, log: o.Log.With("component", "followup")}
}

// The roles that the pages are for.
const (
	agentRole      = "agent"
	supervisorRole = "supervisor"
)

// Mount adds the pages to the site.
func (d *Desk) Mount(r ui.Router) {
	managers, callers := []string{supervisorRole}, []string{agentRole, supervisorRole}
	r.Page("GET /followup", managers, d.list)
	r.Page("GET /followup/results", managers, d.results)
	r.Page("GET /followup/results.csv", managers, d.export)
	r.Page("GET /followup/draws", managers, d.draws)
	r.Page("GET /followup/draws/{day}", managers, d.drawFile)
	r.Page("GET /followup/visits", managers, d.visits)
	r.Page("POST /followup/visits", managers, d.planVisit)
	r.Page("GET /followup/improvements", managers, d.improvements)
	r.Page("POST /followup/improvements/{id}/{deed}", callers, d.improve)
	r.Page("GET /followup/cases/{id}", managers, d.one)
	r.Page("GET /followup/cases/{id}/sheet.pdf", managers, d.blank)
	r.Page("POST /followup/cases/{id}/survey", managers, d.answer)
	r.Page("POST /followup/cases/{id}/close", managers, d.giveUp)
	r.Page("POST /followup/cases/{id}/link", managers, d.sendLink)
	r.Page("POST /out/{purpose}/{ref}", callers, d.place)
	r.Page("POST /out/{purpose}/{ref}/hangup", callers, d.hangUp)
	r.Page("GET /out/{purpose}/{ref}", callers, d.status)
}

func (d *Desk) say(r *http.Request, key string, args ...any) string {
	return d.pages.Say(ui.VisitorOf(r.Context()).Lang, key, args...)
}

// ownWords are the refusals that have words of their own in this area, by the code of the refusal.
func ownWords() map[string]string {
	return map[string]string{
		"own_work": "follow.no.own", "out_not_due": "follow.no.due", "out_too_soon": "follow.no.soon", "out_live": "follow.no.live", "out_tries": "follow.no.tries",
		"out_number": "follow.no.number", "not_manager": "follow.no.manager", "not_agent": "follow.no.manager", "changed_meanwhile": "follow.no.changed",
		"survey_incomplete": "follow.no.incomplete", "improvement_incomplete": "follow.no.fields", "visit_incomplete": "follow.no.fields",
		"reason_missing": "follow.no.reason", "draw_sealed": "follow.no.sealed",
	}
}

// fail answers for an error in the visitor's words.
func (d *Desk) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, key := http.StatusConflict, "follow.no.other"
	p, refused := errors.AsType[*records.Problem](err)
	switch {
	case errors.Is(err, outward.ErrOff):
		key = "follow.no.off"
	case errors.Is(err, outward.ErrEngaged):
		key = "follow.no.engaged"
	case errors.Is(err, outward.ErrNumber):
		key = "follow.no.barred"
	case errors.Is(err, outward.ErrGone):
		key = "follow.no.gone"
	case errors.Is(err, outward.ErrUnable):
		key = "follow.no.embedded"
	case !refused:
		d.log.ErrorContext(r.Context(), "a page failed", "path", r.Pattern, "err", err)
		status, key = http.StatusInternalServerError, "follow.no.internal"
	case errors.Is(err, records.ErrNotFound):
		status, key = http.StatusNotFound, "follow.no.found"
	case errors.Is(err, records.ErrForbidden):
		status = http.StatusForbidden
	case errors.Is(err, records.ErrIncomplete), errors.Is(err, records.ErrInvalid):
		status = http.StatusUnprocessableEntity
	}
	if p != nil && ownWords()[p.Code] != "" {
		key = ownWords()[p.Code]
	}
	do := d.say(r, key+".do")
	if p != nil && len(p.Fields) > 0 {
		var names []string
		for _, f := range p.Fields {
			names = append(names, d.say(r, "follow.field."+f.Name))
		}
		do += " " + strings.Join(names, d.say(r, "follow.comma"))
	}
	d.pages.Trouble(w, r, status, d.say(r, key), do)
}

// done sends the visitor on after something was done.
func (d *Desk) done(w http.ResponseWriter, r *http.Request, to string) {
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusOK)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// title is the words for a code; a code that nobody named is its own title.
func title(list map[string]Text, code, lang string) string {
	if t, ok := list[code]; ok {
		return t.in(lang)
	}
	return code
}

// place is one tab of the area.
type place struct {
	Path, Name string
	Current    bool
}

func places(here string) []place {
	all := []place{
		{Path: "/followup", Name: "work"},
		{Path: "/followup/improvements", Name: "improve"},
		{Path: "/followup/visits", Name: "visits"},
		{Path: "/followup/results", Name: "results"},
		{Path: "/followup/draws", Name: "draws"},
	}
	for i := range all {
		all[i].Current = all[i].Name == here
	}
	return all
}
