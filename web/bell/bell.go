// Package bell is what people of the staff were told: the list behind the bell of every page, where they read mail, and, for service
// managers, what could not be delivered.
package bell

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"hotline/records"
	"hotline/web/ui"
)

// Records is what the pages need of the records.
type Records interface {
	Notifications(ctx context.Context, login, after string, limit int) (records.Page[records.Told], error)
	Unread(ctx context.Context, login string) (int, error)
	ReadNotification(ctx context.Context, login, id string) (path string, err error)
	MailAddress(ctx context.Context, login string) (string, error)
	SetMailAddress(ctx context.Context, login, address string) error
	DeadParcels(ctx context.Context, after string, limit int) (records.Page[records.Parcel], error)
	RetryParcel(ctx context.Context, by, id string) error
}

// Options say what the pages show.
type Options struct {
	Pages   *ui.Pages
	Records Records
	Mail    bool // mail is switched on
	Log     *slog.Logger
}

// Bell is the pages.
type Bell struct {
	opt Options
	log *slog.Logger
}

// New makes the pages.
func New(o Options) *Bell { return &Bell{o, o.Log.With("component", "bell")} }

// Mount puts them at /notifications.
func (b *Bell) Mount(r ui.Router) {
	r.Page("GET /notifications", nil, b.list)
	r.Page("GET /notifications/unread", nil, b.unread)
	r.Page("POST /notifications/read", nil, b.readAll)
	r.Page("POST /notifications/{id}", nil, b.follow)
	r.Page("POST /notifications/address", nil, b.address)
	r.Page("GET /notifications/unsent", []string{"supervisor"}, b.unsent)
	r.Page("POST /notifications/unsent/{id}", []string{"supervisor"}, b.again)
}

const pageSize = 50

// listing is the list of one person.
type listing struct {
	records.Page[records.Told]
	Unread  int
	Address string
	Mail    bool
	Saved   bool
	Trouble string
}

func (b *Bell) list(w http.ResponseWriter, r *http.Request) {
	b.show(w, r, http.StatusOK, listing{Saved: r.URL.Query().Get("saved") == "1"})
}

func (b *Bell) show(w http.ResponseWriter, r *http.Request, status int, l listing) {
	login := ui.VisitorOf(r.Context()).Login
	var err, errUnread, errMail error
	l.Page, err = b.opt.Records.Notifications(r.Context(), login, r.URL.Query().Get("after"), pageSize)
	l.Unread, errUnread = b.opt.Records.Unread(r.Context(), login)
	if l.Mail = b.opt.Mail; l.Trouble == "" {
		l.Address, errMail = b.opt.Records.MailAddress(r.Context(), login)
	}
	if err := errors.Join(err, errUnread, errMail); err != nil {
		b.failed(w, r, err)
		return
	}
	b.opt.Pages.Render(w, r, status, "bell/list", l)
}

// unread is the number beside the bell.
func (b *Bell) unread(w http.ResponseWriter, r *http.Request) {
	n, err := b.opt.Records.Unread(r.Context(), ui.VisitorOf(r.Context()).Login)
	if err != nil {
		b.failed(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(map[string]int{"unread": n}); err != nil {
		b.log.DebugContext(r.Context(), "nobody waits for the count any more", "err", err)
	}
}

// follow marks one as read and goes to its page.
func (b *Bell) follow(w http.ResponseWriter, r *http.Request) {
	path, err := b.opt.Records.ReadNotification(r.Context(), ui.VisitorOf(r.Context()).Login, r.PathValue("id"))
	if err != nil {
		b.failed(w, r, err)
		return
	}
	if path == "" {
		path = "/notifications"
	}
	http.Redirect(w, r, path, http.StatusSeeOther) //nolint:gosec // Notify takes paths of this site only
}

func (b *Bell) readAll(w http.ResponseWriter, r *http.Request) {
	if _, err := b.opt.Records.ReadNotification(r.Context(), ui.VisitorOf(r.Context()).Login, ""); err != nil {
		b.failed(w, r, err)
		return
	}
	http.Redirect(w, r, "/notifications", http.StatusSeeOther)
}

// address keeps where somebody reads mail.
func (b *Bell) address(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	err := b.opt.Records.SetMailAddress(r.Context(), v.Login, r.PostFormValue("address"))
	switch {
	case errors.Is(err, records.ErrInvalid):
		b.show(w, r, http.StatusUnprocessableEntity, listing{
			Address: r.PostFormValue("address"), Trouble: b.opt.Pages.Say(v.Lang, "bell.mail.wrong"),
		})
	case err != nil:
		b.failed(w, r, err)
	default:
		http.Redirect(w, r, "/notifications?saved=1", http.StatusSeeOther)
	}
}

// dead is the list of what could not be delivered.
type dead struct {
	records.Page[records.Parcel]
	Sent bool
}

func (b *Bell) unsent(w http.ResponseWriter, r *http.Request) {
	page, err := b.opt.Records.DeadParcels(r.Context(), r.URL.Query().Get("after"), pageSize)
	if err != nil {
		b.failed(w, r, err)
		return
	}
	b.opt.Pages.Render(w, r, http.StatusOK, "bell/unsent", dead{page, r.URL.Query().Get("sent") == "1"})
}

func (b *Bell) again(w http.ResponseWriter, r *http.Request) {
	err := b.opt.Records.RetryParcel(r.Context(), ui.VisitorOf(r.Context()).Login, r.PathValue("id"))
	if err != nil && !errors.Is(err, records.ErrNotFound) { // somebody else was faster: it is queued
		b.failed(w, r, err)
		return
	}
	http.Redirect(w, r, "/notifications/unsent?"+url.Values{"sent": {"1"}}.Encode(), http.StatusSeeOther)
}

func (b *Bell) failed(w http.ResponseWriter, r *http.Request, err error) {
	lang, key, status := ui.VisitorOf(r.Context()).Lang, "ui.trouble.unavailable", http.StatusServiceUnavailable
	switch {
	case errors.Is(err, records.ErrNotFound):
		key, status = "ui.trouble.notfound", http.StatusNotFound
	case errors.Is(err, records.ErrInvalid):
		key, status = "ui.trouble.notfound", http.StatusBadRequest
	default:
		b.log.ErrorContext(r.Context(), "notifications cannot be read or written", "err", err)
	}
	b.opt.Pages.Trouble(w, r, status, b.opt.Pages.Say(lang, key), b.opt.Pages.Say(lang, key+".do"))
}
