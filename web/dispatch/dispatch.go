// Package dispatch is where service is arranged and carried out: the dispatchers' board, the engineers' calendar and day sheets,
// the working calendars, and the engineer's own page on a phone.
package dispatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"hotline/records"
	"hotline/records/calendar"
	"hotline/web/ui"
)

// Records is what the pages read and write. *records.Store has it.
type Records interface {
	Calendars
	Service
	Staff
	Visits
}

// Visits is what the engineer's page needs of the records.
type Visits interface {
	VisitCode(ctx context.Context, login, order string, anew bool) (records.VisitCode, error)
	CheckVisitCode(ctx context.Context, code, order, who, via string) (records.VisitCheck, error)
	KeepVisitAction(ctx context.Context, login string, a records.VisitAction) (records.VisitOutcome, bool, error)
	EndVisitAction(ctx context.Context, client, outcome, detail, by string) (records.VisitOutcome, error)
	VisitConflicts(ctx context.Context, login string) ([]records.VisitConflict, error)
	SaveFile(ctx context.Context, by, name string, body io.Reader) (records.File, error)
	OpenFile(ctx context.Context, id string) (records.File, *os.File, error)
	Customer(ctx context.Context, id string) (records.Customer, error)
	Contact(ctx context.Context, id string) (records.Contact, error)
	Notify(ctx context.Context, list ...records.Notification) error
	ContinueOrder(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	FinishOrder(ctx context.Context, by records.Actor, order, result string, version int64) (records.Order, error)
	JoinOrder(ctx context.Context, by records.Actor, order, login, part string) (records.Order, error)
	NewLink(ctx context.Context, by records.Actor, in records.NewLink) (records.Link, string, error)
	IssueDocument(ctx context.Context, by records.Actor, in records.Issued, name string, body io.Reader) (records.Issued, error)
	IssuedOf(ctx context.Context, order string) ([]records.Issued, error)
}

// Service is what the board and the plan need of the records.
type Service interface {
	Escalation(ctx context.Context, id string) (records.Escalation, error)
	Escalations(context.Context, records.EscalationFilter) (records.Page[records.Escalation], error)
	AcceptEscalation(ctx context.Context, id, by string, version int64) (records.Escalation, error)
	DeclineEscalation(ctx context.Context, id, by, reason string, version int64) (records.Escalation, error)
	OpenOrder(ctx context.Context, by records.Actor, in records.OpenOrder) (records.Order, error)
	Order(ctx context.Context, id string) (records.OrderFile, error)
	Orders(context.Context, records.OrderFilter) (records.Page[records.Order], error)
	BegunOrders(ctx context.Context) (map[string]bool, error)
	AssignOrder(ctx context.Context, by records.Actor, order, login string, version int64) (records.Order, error)
	PlanOrder(ctx context.Context, by records.Actor, order string, p records.OrderPlan, version int64) (records.Order, error)
	AddEvidence(ctx context.Context, by records.Actor, in records.EvidenceInput) (records.Evidence, error)
	CompleteStep(ctx context.Context, by records.Actor, order, step string, version int64) (records.Order, error)
	Audit(context.Context, records.AuditEntry) error
}

// Staff is what the pages need to know of engineers.
type Staff interface {
	Engineers(ctx context.Context) ([]records.Engineer, error)
	Engineer(ctx context.Context, login string) (records.Engineer, error)
	SetEngineer(context.Context, records.EngineerChange) (records.Engineer, error)
	SetEngineerPhoto(ctx context.Context, login string, body io.Reader) (records.Engineer, error)
	EngineerPhoto(ctx context.Context, login string) (*os.File, error)
	Absences(ctx context.Context, login string, from, to time.Time) ([]records.Absence, error)
	AddAbsence(context.Context, records.Absence) (records.Absence, error)
	CancelAbsence(ctx context.Context, id string) error
}

// Calendars is what the page of working calendars needs of the records.
type Calendars interface {
	Calendar(ctx context.Context, name string) (*calendar.Calendar, error)
	CalendarOf(ctx context.Context, centre string) (*calendar.Calendar, error)
	CalendarImports(ctx context.Context, name, cursor string, limit int) (records.Page[records.CalendarImport], error)
	ImportDays(context.Context, records.NewDays) (records.CalendarImport, error)
}

// Text is something that is said in both languages.
type Text struct{ Zh, En string }

func (t Text) in(lang string) string {
	if lang == ui.English {
		return t.En
	}
	return t.Zh
}

// Choice is one of a list of the operator's: a service centre, a calendar, a product.
type Choice struct {
	Code string
	Text Text
}

// Options says what the pages are made of. Fields are required unless their comment says otherwise.
type Options struct {
	Pages      *ui.Pages
	Records    Records
	Calendars  []Choice // in the order in which they are shown
	Calendar   string   // optional: the one by which most centres work, shown first; the first
	Centres    []Choice // service centres
	Products   []Choice
	Checklists map[string]Checklist // by product; "" for every other, see ParseChecklists
	PublicURL  string               // as customers reach the house: https://…
	Mail       bool                 // mail is switched on
	Company    string               // optional: on printed sheets
	Hotline    string               // optional: the number on them
	Log        *slog.Logger         // optional
	Now        func() time.Time     // optional: time.Now
}

// Dispatch serves the pages.
type Dispatch struct {
	opt Options
	log *slog.Logger
}

// New makes the pages; Mount shows them. The error says which option is missing.
func New(o Options) (*Dispatch, error) {
	if _, general := o.Checklists[""]; o.Pages == nil || o.Records == nil || !general {
		return nil, fmt.Errorf("dispatch: Pages, Records and Checklists are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Dispatch{opt: o, log: cmp.Or(o.Log, slog.Default()).With("component", "dispatch")}, nil
}

// Mount adds the pages to the site.
func (d *Dispatch) Mount(r ui.Router) {
	arrange := []string{records.RoleDispatcher, records.RoleSupervisor}
	calendars := append([]string{records.RoleAdministrator}, arrange...)
	engineer := []string{records.RoleEngineer}
	r.Page("GET /visit", engineer, d.visit)
	r.Page("GET /visit/data", engineer, d.visitDataJSON)
	r.Page("POST /visit/actions", engineer, d.act)
	r.Page("POST /visit/links", engineer, d.visitLink)
	r.Page("POST /visit/conflicts/{client}", append(engineer, arrange...), d.settleConflict)
	r.Open("GET /visit-worker.js", d.visitWorker)
	hotline := append([]string{records.RoleAgent}, arrange...)
	r.Page("GET /visitcode", hotline, d.checkCode)
	r.Page("POST /visitcode", hotline, d.checkCode)
	r.Page("GET /dispatch", arrange, d.board)
	r.Page("GET /dispatch/board", arrange, d.boardLanes)
	r.Page("POST /dispatch/escalations/{id}/accept", arrange, d.accept)
	r.Page("POST /dispatch/escalations/{id}/decline", arrange, d.decline)
	r.Page("GET /dispatch/orders/{id}", arrange, d.arrange)
	r.Page("POST /dispatch/orders/{id}", arrange, d.keepArrangement)
	r.Page("POST /dispatch/orders/{id}/consult", arrange, d.convene)
	r.Page("GET /consultations/{id}", append(engineer, arrange...), d.consultation)
	r.Page("POST /consultations/{id}", append(engineer, arrange...), d.consult)
	r.Page("GET /dispatch/calendar", arrange, d.plan)
	r.Page("POST /dispatch/calendar/{id}/move", arrange, d.move)
	r.Page("GET /dispatch/day", append(engineer, arrange...), d.daySheet)
	r.Page("GET /dispatch/day.pdf", append(engineer, arrange...), d.daySheetPDF)
	r.Page("GET /dispatch/engineers", arrange, d.engineers)
	r.Page("GET /dispatch/engineers/{login}", arrange, d.engineer)
	r.Page("POST /dispatch/engineers/{login}", arrange, d.keepEngineer)
	r.Page("POST /dispatch/engineers/{login}/photo", arrange, d.keepPhoto)
	r.Page("GET /dispatch/engineers/{login}/photo", nil, d.photo)
	r.Page("POST /dispatch/engineers/{login}/absences", arrange, d.addAbsence)
	r.Page("POST /dispatch/absences/{id}/cancel", arrange, d.cancelAbsence)
	r.Page("GET /dispatch/calendars", calendars, d.year)
	r.Page("GET /dispatch/calendars/{name}", calendars, d.year)
	r.Page("POST /dispatch/calendars/{name}/preview", calendars, d.previewDays)
	r.Page("POST /dispatch/calendars/{name}/import", calendars, d.importDays)
}

func (d *Dispatch) say(r *http.Request, key string, args ...any) string {
	return d.opt.Pages.Say(ui.VisitorOf(r.Context()).Lang, key, args...)
}

// trouble answers with the texts key and key + ".do".
func (d *Dispatch) trouble(w http.ResponseWriter, r *http.Request, status int, key string, args ...any) {
	d.opt.Pages.Trouble(w, r, status, d.say(r, key, args...), d.say(r, key+".do"))
}

// fail answers for a refusal of the records in its own words, and for a fault of ours with a log entry.
func (d *Dispatch) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, ok := errors.AsType[*records.Problem](err)
	switch {
	case !ok:
		d.log.ErrorContext(r.Context(), "a page failed", "page", r.Pattern, "err", err)
		d.trouble(w, r, http.StatusInternalServerError, "dispatch.trouble.internal")
	case errors.Is(err, records.ErrNotFound):
		d.opt.Pages.Refused(w, r, http.StatusNotFound, p.What, p.Do)
	case errors.Is(err, records.ErrConflict):
		d.opt.Pages.Refused(w, r, http.StatusConflict, p.What, p.Do)
	case errors.Is(err, records.ErrForbidden):
		d.opt.Pages.Refused(w, r, http.StatusForbidden, p.What, p.Do)
	default:
		d.opt.Pages.Refused(w, r, http.StatusUnprocessableEntity, p.What, p.Do)
	}
}
