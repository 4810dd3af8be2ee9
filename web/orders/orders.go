// Package orders is the page of service orders of every kind: the list, one order with its steps, evidence, clocks and
// deliverables, the timeline of a case, and the quality report. Kinds of order plug panels of their own in.
package orders

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// Records is what the pages read and write in the records. *records.Store has it.
type Records interface {
	Procedures() []procedure.Definition
	Order(ctx context.Context, id string) (records.OrderFile, error)
	Orders(ctx context.Context, f records.OrderFilter) (records.Page[records.Order], error)
	MayRead(ctx context.Context, login, order string) (bool, error)
	OpenOrder(ctx context.Context, by records.Actor, in records.OpenOrder) (records.Order, error)
	AddEvidence(ctx context.Context, by records.Actor, in records.EvidenceInput) (records.Evidence, error)
	CompleteStep(ctx context.Context, by records.Actor, order, step string, version int64) (records.Order, error)
	WaiveStep(ctx context.Context, by records.Actor, order, step, reason string, version int64) (records.Order, error)
	OverrideStep(ctx context.Context, by records.Actor, order, step, reason string, version int64) (records.Order, error)
	AssignOrder(ctx context.Context, by records.Actor, order, engineer string, version int64) (records.Order, error)
	UnassignOrder(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	PauseOrder(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	ResumeOrder(ctx context.Context, by records.Actor, order string, version int64) (records.Order, error)
	ContinueOrder(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	FinishOrder(ctx context.Context, by records.Actor, order, result string, version int64) (records.Order, error)
	CancelOrder(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	SaveFile(ctx context.Context, by, name string, body io.Reader) (records.File, error)
	OpenFile(ctx context.Context, id string) (records.File, *os.File, error)
	Users(ctx context.Context) ([]records.User, error)
	CaseFile(ctx context.Context, number string) (records.CaseFile, error)
	CopyFile(w io.Writer, sum string) error
	Quality(ctx context.Context, f records.QualityFilter) ([]records.QualityRow, error)
	QualityList(ctx context.Context, procedure, rule string, v procedure.Verdict, f records.QualityFilter, cursor string, limit int) (records.Page[records.QualityItem], error)
	Audit(ctx context.Context, e records.AuditEntry) error
}

// Panel is what a kind of order shows on its page beside the steps, e.g. the vault of a remote service. Empty HTML shows nothing.
type Panel func(r *http.Request, f records.OrderFile) (template.HTML, error)

// Beside is what is shown at one need of a step, e.g. the button that sends the customer a link to confirm.
type Beside func(r *http.Request, f records.OrderFile, s procedure.Step, n procedure.Need) (template.HTML, error)

// Choice is one of a list of the operator's: a service centre, a product.
type Choice struct {
	Code string
	Name procedure.Text
}

// Options says what the pages are made of. Fields are required unless their comment says otherwise.
type Options struct {
	Pages    *ui.Pages
	Records  Records
	Centres  []Choice           // optional: service centres
	Products func() []Choice    // optional: products as they are now
	Panels   map[string][]Panel // optional: by kind of order; "" for every kind
	Needs    []Beside           // optional
	Styles   []string           // optional: assets of the panels
	Scripts  []string           // optional: modules of the panels
	MaxFile  int64              // optional: largest upload, in bytes; 20 MiB
	Log      *slog.Logger       // optional
	Now      func() time.Time   // optional: time.Now
}

// Pages serves the pages.
type Pages struct {
	opt Options
	log *slog.Logger
}

// New makes the pages; Mount shows them.
func New(o Options) *Pages {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Products == nil {
		o.Products = func() []Choice { return nil }
	}
	o.MaxFile = cmp.Or(o.MaxFile, 20<<20)
	return &Pages{opt: o, log: cmp.Or(o.Log, slog.Default()).With("component", "orders")}
}

// Mount adds the pages to the site.
func (p *Pages) Mount(r ui.Router) {
	all := []string{records.RoleAgent, records.RoleEngineer, records.RoleSupervisor, records.RoleDispatcher}
	r.Page("GET /orders", all, p.list)
	r.Page("GET /orders/{id}", all, p.show)
	r.Page("POST /orders/{id}/evidence", all, p.addEvidence)
	r.Page("POST /orders/{id}/steps/{step}", all, p.step)
	r.Page("POST /orders/{id}", all, p.command)
	r.Page("GET /orders/{id}/files/{file}", all, p.file)
	readers := []string{records.RoleAgent, records.RoleSupervisor, records.RoleDispatcher}
	r.Page("GET /cases/{number}", readers, p.showCase)
	r.Page("GET /cases/{number}/bundle", readers, p.export)
	r.Page("GET /quality", []string{records.RoleSupervisor}, p.quality)
	r.Page("GET /quality/{procedure}/{rule}", []string{records.RoleSupervisor}, p.behind)
}

// failed answers for an error that is not the visitor's.
func (p *Pages) failed(w http.ResponseWriter, r *http.Request, what string, err error) {
	p.log.ErrorContext(r.Context(), "a page failed", "what", what, "err", err)
	p.trouble(w, r, http.StatusInternalServerError, "orders.trouble.internal")
}

// trouble answers with the texts key and key + ".do".
func (p *Pages) trouble(w http.ResponseWriter, r *http.Request, status int, key string) {
	lang := ui.VisitorOf(r.Context()).Lang
	p.opt.Pages.Trouble(w, r, status, p.opt.Pages.Say(lang, key), p.opt.Pages.Say(lang, key+".do"))
}

// everything reports whether a visitor sees all orders, or only those that concern them.
func everything(v ui.Visitor) bool {
	return v.Has(records.RoleSupervisor) || v.Has(records.RoleDispatcher)
}

// readable loads an order that the visitor may read. ok is false when it has answered.
func (p *Pages) readable(w http.ResponseWriter, r *http.Request) (records.OrderFile, bool) {
	id, v := r.PathValue("id"), ui.VisitorOf(r.Context())
	may := everything(v)
	var err error
	if !may {
		may, err = p.opt.Records.MayRead(r.Context(), v.Login, id)
	}
	var f records.OrderFile
	if err == nil && may {
		f, err = p.opt.Records.Order(r.Context(), id)
	}
	switch {
	case errors.Is(err, records.ErrNotFound), err == nil && !may:
		p.trouble(w, r, http.StatusNotFound, "orders.trouble.unknown")
		return f, false
	case err != nil:
		p.failed(w, r, "an order cannot be read", err)
		return f, false
	}
	return f, true
}
