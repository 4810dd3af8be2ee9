// Package dispatch is where service is arranged and carried out: the dispatchers' board, the engineers' calendar and day sheets,
// the working calendars, and the engineer's own page on a phone.
package dispatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"hotline/records"
	"hotline/records/calendar"
	"hotline/web/ui"
)

// Records is what the pages read and write. *records.Store has it.
type Records interface {
	Calendars
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
	Pages     *ui.Pages
	Records   Records
	Calendars []Choice         // in the order in which they are shown
	Log       *slog.Logger     // optional
	Now       func() time.Time // optional: time.Now
}

// Dispatch serves the pages.
type Dispatch struct {
	opt Options
	log *slog.Logger
}

// New makes the pages; Mount shows them. The error says which option is missing.
func New(o Options) (*Dispatch, error) {
	if o.Pages == nil || o.Records == nil {
		return nil, fmt.Errorf("dispatch: Pages and Records are required")
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
		d.opt.Pages.Trouble(w, r, http.StatusNotFound, p.What, p.Do)
	case errors.Is(err, records.ErrConflict):
		d.opt.Pages.Trouble(w, r, http.StatusConflict, p.What, p.Do)
	case errors.Is(err, records.ErrForbidden):
		d.opt.Pages.Trouble(w, r, http.StatusForbidden, p.What, p.Do)
	default:
		d.opt.Pages.Trouble(w, r, http.StatusUnprocessableEntity, p.What, p.Do)
	}
}
