// Package customer is what customers see without an account: pages behind links that serve one purpose each, on a phone, in Chinese and
// English; and the check of the code that is printed on a document.
//
// A page is only looked at with GET, so that programs which follow links do nothing. The first opening asks for the last four digits of
// the telephone number and binds the link to that device by a cookie; elsewhere, and after its use, it is refused with the number to call.
package customer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"hotline/records"
	"hotline/web/ui"
)

// Records is what the pages need of the records.
type Records interface {
	OpenLink(ctx context.Context, token, device string) (records.Link, bool, error)
	BindLink(ctx context.Context, token, digits string) (records.Link, string, error)
	UseLink(ctx context.Context, token, device string, turn int, detail string) (records.Link, error)
	ReadLink(ctx context.Context, token, device string) (records.Link, records.File, *os.File, error)
	VerifyIssued(ctx context.Context, number, hash string) (records.Genuine, error)
}

// Options say what the pages show. Pages, Records and Log are required.
type Options struct {
	Pages    *ui.Pages
	Records  Records
	Purposes map[string]Purpose // by the purpose of the link; another link is refused
	Hotline  string             // the number to call when something does not work; "" is not shown
	TLS      bool               // cookies for TLS only
	Log      *slog.Logger
}

// Purpose is what a link is for.
type Purpose interface {
	// Page gives the page to show, "area/page" in the bare layout, and its data; the page gets a View. It changes nothing.
	Page(ctx context.Context, v Visit) (page string, data any, err error)
	// Act does what the customer sent with the form. The use is counted after it, so it may be asked twice for one press: whatever it
	// keeps, it keeps under Visit.Client. A Trouble comes back to the page; any other error is ours.
	Act(ctx context.Context, v Visit, form url.Values) (Done, error)
}

// Visit is one look of the customer at the link.
type Visit struct {
	Link   records.Link
	Path   string // of the page, for its forms
	Lang   string
	Client string // names this press: give it as EvidenceInput.Client
}

// Done is what the customer is told afterwards, in their language.
type Done struct {
	Title, Text string
	Detail      string // kept with the use, for the staff
	File        bool   // go on to the document
}

// Trouble is what the customer has to mend, by the text that says it.
type Trouble string

// Error gives the text's key.
func (t Trouble) Error() string { return string(t) }

// View is what a page of a purpose shows.
type View struct {
	Visit   Visit
	Data    any
	Trouble string // in the visitor's language; "" when there is none
	Hotline string
}

// Site is the customers' side.
type Site struct {
	opt Options
	log *slog.Logger
}

// New makes the pages.
func New(o Options) *Site { return &Site{o, o.Log.With("component", "customer")} }

// Mount puts them at /c/ and /verify/, open to everybody.
func (s *Site) Mount(r ui.Router) {
	r.Open("GET /c/{token}", s.show)
	r.Open("POST /c/{token}", s.act)
	r.Open("POST /c/{token}/open", s.open)
	r.Open("GET /c/{token}/file", s.file)
	r.Open("GET /verify", s.verify)
	r.Open("GET /verify/{number}", s.verify)
}

// visit is what a request says about its link.
func (s *Site) visit(r *http.Request, l records.Link) Visit {
	return Visit{
		Link: l, Path: path(r), Lang: ui.VisitorOf(r.Context()).Lang, Client: "link:" + l.ID + ":" + strconv.Itoa(l.Used+1),
	}
}

func path(r *http.Request) string { return "/c/" + url.PathEscape(r.PathValue("token")) }

// cookieName is that of the device's secret: of its own for each link, and it does not give the token away.
func (s *Site) cookieName(r *http.Request) string {
	sum := sha256.Sum256([]byte(r.PathValue("token")))
	name := "hotline-link-" + hex.EncodeToString(sum[:6])
	if s.opt.TLS {
		return "__Secure-" + name
	}
	return name
}

func (s *Site) device(r *http.Request) string {
	c, err := r.Cookie(s.cookieName(r))
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Site) say(r *http.Request, key string) string {
	return s.opt.Pages.Say(ui.VisitorOf(r.Context()).Lang, key)
}

// code gives the stable code of a refusal, "" for other errors.
func code(err error) string {
	if p, ok := errors.AsType[*records.Problem](err); ok {
		return p.Code
	}
	return ""
}
