// Package imports brings customers and products from files into the records: upload, see what would be done or what is wrong, do exactly
// that or nothing. The rules are those of records.
package imports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"hotline/records"
	"hotline/web/ui"
)

// Records is what the pages read and write. *records.Store has it.
type Records interface {
	UploadImport(ctx context.Context, by, kind, name string, data []byte) (records.Import, error)
	Import(ctx context.Context, id string) (records.Import, error)
	Imports(ctx context.Context, after string, limit int) (records.Page[records.Import], error)
	MapImport(ctx context.Context, id string, mapping []string) error
	ApplyImport(ctx context.Context, by, id, hash string) error
	DropImport(ctx context.Context, by, id string) error
	ExportCustomers(ctx context.Context, tell func(cells []string) error) error
	ExportProducts(ctx context.Context, tell func(cells []string) error) error
	Audit(context.Context, records.AuditEntry) error
}

// Options is what the pages need. Pages and Records are required.
type Options struct {
	Pages   *ui.Pages
	Records Records
	MaxFile int64                     // bytes of one file; 10 MiB
	Changed func(ctx context.Context) // hears that an import was done; may be nil
	Log     *slog.Logger
}

// Imports serves the pages.
type Imports struct {
	opt   Options
	pages *ui.Pages
	store Records
	log   *slog.Logger
}

// New makes the pages. The error says which option is missing.
func New(o Options) (*Imports, error) {
	if o.Pages == nil || o.Records == nil {
		return nil, fmt.Errorf("imports: Pages and Records are required")
	}
	if o.MaxFile == 0 {
		o.MaxFile = 10 << 20
	}
	if o.Changed == nil {
		o.Changed = func(context.Context) {}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Imports{opt: o, pages: o.Pages, store: o.Records, log: o.Log.With("component", "imports")}, nil
}

// Mount adds the pages.
func (m *Imports) Mount(r ui.Router) {
	who := []string{records.RoleAdministrator}
	r.Page("GET /import", who, m.index)
	r.Page("POST /import", who, m.upload)
	r.Page("GET /samples/{file}", who, m.sample)
	r.Page("POST /import/export", who, m.export)
	r.Page("GET /import/{id}", who, m.show)
	r.Page("GET /import/{id}/faults.csv", who, m.faults)
	r.Page("POST /import/{id}/columns", who, m.columns)
	r.Page("POST /import/{id}/apply", who, m.apply)
	r.Page("POST /import/{id}/drop", who, m.drop)
}

func (m *Imports) say(r *http.Request, key string, args ...any) string {
	return m.pages.Say(ui.VisitorOf(r.Context()).Lang, key, args...)
}

func (m *Imports) trouble(w http.ResponseWriter, r *http.Request, status int, key string) {
	m.pages.Trouble(w, r, status, m.say(r, key), m.say(r, key+".do"))
}

// fail answers with an error in the visitor's words.
func (m *Imports) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, ok := errors.AsType[*records.Problem](err)
	switch {
	case !ok && errors.Is(err, records.ErrBusy):
		m.trouble(w, r, http.StatusServiceUnavailable, "imports.trouble.busy")
	case !ok:
		if !errors.Is(err, context.Canceled) {
			m.log.ErrorContext(r.Context(), "a page failed", "path", r.Pattern, "err", err)
		}
		m.trouble(w, r, http.StatusInternalServerError, "imports.trouble.internal")
	case errors.Is(err, records.ErrNotFound):
		m.trouble(w, r, http.StatusNotFound, "imports.trouble.notfound")
	case p.Code == "import_size":
		m.trouble(w, r, http.StatusRequestEntityTooLarge, "imports.trouble.size")
	case p.Code == "import_busy":
		m.trouble(w, r, http.StatusConflict, "imports.trouble.working")
	case errors.Is(err, records.ErrConflict):
		m.trouble(w, r, http.StatusConflict, "imports.trouble.changed")
	default:
		m.pages.Refused(w, r, http.StatusUnprocessableEntity, p.What, p.Do)
	}
}
