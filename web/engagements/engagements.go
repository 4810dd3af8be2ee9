// Package engagements is what consultants, developers and managers see of consulting and custom development: the steps of an
// engagement with the documents that each asks for, their questionnaires, versions, approval and delivery.
package engagements

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"time"

	"hotline/records"
	"hotline/records/document"
	"hotline/records/questionnaire"
	"hotline/web/sheets"
	"hotline/web/ui"
)

// Records is what the pages need of the records. *records.Store has it.
type Records interface {
	ordering
	writing
	linking
	IssueDocument(ctx context.Context, by records.Actor, in records.Issued, name string, body io.Reader) (records.Issued, error)
	SaveFile(ctx context.Context, by, name string, body io.Reader) (records.File, error)
	OpenFile(ctx context.Context, id string) (records.File, *os.File, error)
	Customers(ctx context.Context, part string, limit int) ([]records.Customer, error)
	Users(ctx context.Context) ([]records.User, error)
}

type ordering interface {
	Order(ctx context.Context, id string) (records.OrderFile, error)
	Orders(ctx context.Context, f records.OrderFilter) (records.Page[records.Order], error)
	MayRead(ctx context.Context, login, order string) (bool, error)
	OpenOrder(ctx context.Context, by records.Actor, in records.OpenOrder) (records.Order, error)
	AssignOrder(ctx context.Context, by records.Actor, order, engineer string, version int64) (records.Order, error)
	AddEvidence(ctx context.Context, by records.Actor, in records.EvidenceInput) (records.Evidence, error)
	CompleteStep(ctx context.Context, by records.Actor, order, step string, version int64) (records.Order, error)
	WaiveStep(ctx context.Context, by records.Actor, order, step, reason string, version int64) (records.Order, error)
	FinishOrder(ctx context.Context, by records.Actor, order, result string, version int64) (records.Order, error)
}

type writing interface {
	Questionnaires() []questionnaire.Definition
	OpenSheet(ctx context.Context, by records.Actor, order, code, subject, name string) (records.Sheet, error)
	Sheets(ctx context.Context, order, code string) ([]records.Sheet, error)
	AnswerSheet(ctx context.Context, by records.Actor, id string, answers questionnaire.Answers, done bool, seq int64) (records.Sheet, error)
	SheetReport(ctx context.Context, id string, lang string) (document.Report, error)
	Papers(ctx context.Context, order string) ([]records.Paper, error)
	Paper(ctx context.Context, id string) (records.Paper, error)
	PaperHistory(ctx context.Context, id string) ([]records.PaperEntry, error)
	AddPaper(ctx context.Context, by records.Actor, n records.NewPaper) (records.Paper, error)
	ApprovePaper(ctx context.Context, by records.Actor, id string) (records.Paper, error)
	ReturnPaper(ctx context.Context, by records.Actor, id, reason string) (records.Paper, error)
	DeliverPaper(ctx context.Context, by records.Actor, id, link string) (records.Paper, error)
}

// Options says what the pages are made of. Pages and Records are required.
type Options struct {
	Pages   *ui.Pages
	Records Records
	URL     string // of this site, as links name it; "": as the browser came
	Company string // on documents
	Hotline string // the number to call
	MaxFile int64  // largest upload, in bytes; 20 MiB
	TLS     bool
	Log     *slog.Logger
	Now     func() time.Time
}

// Engagements serves the pages.
type Engagements struct {
	opt   Options
	pages *ui.Pages
	store Records
	log   *slog.Logger
}

// New makes the pages; Mount shows them.
func New(o Options) *Engagements {
	o.MaxFile = cmp.Or(o.MaxFile, 20<<20)
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Engagements{opt: o, pages: o.Pages, store: o.Records, log: cmp.Or(o.Log, slog.Default()).With("component", "engagements")}
}

// Mount adds the pages to the site.
func (e *Engagements) Mount(r ui.Router) {
	all := []string{records.RoleEngineer, records.RoleSupervisor, records.RoleDispatcher}
	r.Page("GET /engagements", all, e.list)
	r.Page("POST /engagements", []string{records.RoleSupervisor, records.RoleDispatcher}, e.open)
	r.Page("GET /engagements/{id}", all, e.show)
	r.Page("POST /engagements/{id}/{do}", all, e.act)
	r.Page("GET /engagements/{id}/sheets/{code}", all, e.sheet)
	r.Page("POST /engagements/{id}/sheets/{code}", all, e.saveSheet)
	r.Page("GET /engagements/{id}/papers/{paper}", all, e.file)
}

// Panel is shown on the page of the order: the way to this one.
func (e *Engagements) Panel(r *http.Request, f records.OrderFile) (template.HTML, error) {
	return e.pages.Block(r, "engagements/_panel", f.Order)
}

func staff(r *http.Request) records.Actor {
	return records.Actor{Login: ui.VisitorOf(r.Context()).Login}
}

func (e *Engagements) say(r *http.Request, key string) string {
	return e.pages.Say(ui.VisitorOf(r.Context()).Lang, key)
}

// at gives the absolute address of a path of this site.
func (e *Engagements) at(r *http.Request, path string) string {
	if e.opt.URL != "" {
		return e.opt.URL + path
	}
	scheme := "http"
	if r.TLS != nil || e.opt.TLS {
		scheme = "https"
	}
	return scheme + "://" + r.Host + path
}

// fail answers for an error that is no refusal; what does not exist, or is not the visitor's, is not found.
func (e *Engagements) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, key := http.StatusInternalServerError, "engagements.trouble.internal"
	switch {
	case errors.Is(err, records.ErrNotFound):
		status, key = http.StatusNotFound, "engagements.trouble.unknown"
	case errors.Is(err, records.ErrInvalid):
		status, key = http.StatusUnprocessableEntity, "engagements.trouble.cursor"
	default:
		e.log.ErrorContext(r.Context(), "a page of engagements failed", "err", err)
	}
	e.pages.Trouble(w, r, status, e.say(r, key), e.say(r, key+".do"))
}

func (e *Engagements) refused(r *http.Request, err error) ([]string, bool) {
	return sheets.Told(e.pages, ui.VisitorOf(r.Context()).Lang, err)
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, records.ErrForbidden):
		return http.StatusForbidden
	case errors.Is(err, records.ErrConflict):
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// readable loads an engagement that the visitor may read.
func (e *Engagements) readable(r *http.Request) (records.OrderFile, error) {
	v, id := ui.VisitorOf(r.Context()), r.PathValue("id")
	if !v.Has(records.RoleSupervisor) && !v.Has(records.RoleDispatcher) {
		if may, err := e.store.MayRead(r.Context(), v.Login, id); err != nil || !may {
			return records.OrderFile{}, errors.Join(err, records.ErrNotFound)
		}
	}
	f, err := e.store.Order(r.Context(), id)
	if err == nil && f.Order.Kind != Consulting && f.Order.Kind != Development {
		err = records.ErrNotFound
	}
	return f, err
}

// The kinds of order that are engagements.
const (
	Consulting  = "consulting"
	Development = "development"
)

func place(f records.OrderFile, step string) string {
	at := "/engagements/" + url.PathEscape(f.Order.Number)
	if step != "" {
		at += "#step-" + url.PathEscape(step)
	}
	return at
}
