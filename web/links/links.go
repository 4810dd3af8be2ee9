// Package links is the staff's side of customers' links: beside each need of an order that a customer can answer, the button that makes a
// link for it; on the order's page, the links that were made, what became of them, and the documents that left the house.
package links

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// Records is what the pages need of the records.
type Records interface {
	Order(ctx context.Context, id string) (records.OrderFile, error)
	MayRead(ctx context.Context, login, order string) (bool, error)
	NewLink(ctx context.Context, by records.Actor, in records.NewLink) (records.Link, string, error)
	RevokeLink(ctx context.Context, by records.Actor, id string) (records.Link, error)
	Links(ctx context.Context, f records.LinkFilter) (records.Page[records.Link], error)
	Link(ctx context.Context, id string) (records.Link, error)
	IssuedOf(ctx context.Context, order string) ([]records.Issued, error)
	Contact(ctx context.Context, id string) (records.Contact, error)
	Notify(ctx context.Context, list ...records.Notification) error
}

// Options say what the pages are made of.
type Options struct {
	Pages     *ui.Pages
	Records   Records
	PublicURL string          // what addresses begin with; "" = as the browser reached us
	Mail      bool            // mail is switched on
	Elsewhere map[string]bool // kinds of order that make their links on pages of their own
	Log       *slog.Logger
}

// Links is the pages.
type Links struct {
	opt Options
	log *slog.Logger
}

// New makes the pages.
func New(o Options) *Links { return &Links{o, o.Log.With("component", "links")} }

// Mount puts them at /links.
func (l *Links) Mount(r ui.Router) {
	staff := []string{"agent", "engineer", "supervisor", "dispatcher"}
	r.Page("POST /links", staff, l.make)
	r.Page("POST /links/{id}/revoke", staff, l.revoke)
}

// offer is a link that can be made for a need.
type offer struct {
	Order, Step, Need, Purpose string
	Mail                       string // masked address of the contact; "" when it cannot be mailed
	Waits                      bool   // the document is not there yet
}

// Beside offers a link at a need that the customer can answer.
func (l *Links) Beside(r *http.Request, f records.OrderFile, s procedure.Step, n procedure.Need) (template.HTML, error) {
	o, ok := l.offerFor(f, s, n)
	if !ok {
		return "", nil
	}
	address, err := l.address(r.Context(), f.Order)
	if err != nil {
		return "", err
	}
	o.Mail = maskMail(address)
	return l.opt.Pages.Block(r, "links/_offer", o)
}

// offerFor says which link answers a need: consent before the work, confirmation after it, a signature on a document, the delivery of a
// copy.
func (l *Links) offerFor(f records.OrderFile, s procedure.Step, n procedure.Need) (offer, bool) {
	o := offer{Order: f.Order.ID, Step: s.Code, Need: n.Code}
	switch {
	case l.opt.Elsewhere[f.Order.Kind], answered(f, s, n):
		return o, false
	case n.Kind == procedure.Fact && n.Code == "copy":
		o.Purpose = records.LinkDownload
	case n.Kind != procedure.Confirmation:
		return o, false
	case len(n.Via) > 0 && !slices.Contains(n.Via, procedure.ViaLink):
		if !slices.Contains(n.Via, procedure.ViaSignature) {
			return o, false
		}
		o.Purpose = records.LinkSign
	case n.Code == "permission" || n.Code == "consent":
		o.Purpose = records.LinkConsent
	default:
		o.Purpose = records.LinkConfirm
	}
	o.Waits = (o.Purpose == records.LinkSign || o.Purpose == records.LinkDownload) && documentOf(f, s.Code) == ""
	return o, true
}

// answered tells that a need has what it asks for.
func answered(f records.OrderFile, s procedure.Step, n procedure.Need) bool {
	have := 0
	for _, e := range f.Evidence {
		if e.Step == s.Code && e.Need == n.Code {
			have++
		}
	}
	return have >= max(1, n.Min)
}

// documentOf is the newest document of a step, for the customer to read.
func documentOf(f records.OrderFile, step string) string {
	file := ""
	for _, e := range f.Evidence {
		if e.Step == step && e.Kind == procedure.Document && e.File != "" {
			file = e.File
		}
	}
	return file
}

// planOf is what the customer is asked to agree to: the newest text of the step, or the need's own words.
func planOf(f records.OrderFile, step string) string {
	plan := ""
	for _, e := range f.Evidence {
		var b procedure.Body
		if e.Step == step && e.Kind == procedure.Written && e.Need != "" && json.Unmarshal(e.Body, &b) == nil {
			plan = b.Text
		}
	}
	return plan
}

// address is where the contact of an order reads mail; "" when mail is off or nobody knows.
func (l *Links) address(ctx context.Context, o records.Order) (string, error) {
	if !l.opt.Mail || o.ContactID == "" {
		return "", nil
	}
	c, err := l.opt.Records.Contact(ctx, o.ContactID)
	if errors.Is(err, records.ErrNotFound) {
		return "", nil
	}
	return c.Email, err
}

// maskMail keeps of an address what its owner recognises.
func maskMail(address string) string {
	name, domain, ok := strings.Cut(address, "@")
	if !ok {
		return ""
	}
	return string([]rune(name)[:1]) + "***@" + domain
}

// panel is what an order's page shows of its links.
type panel struct {
	Links  []made
	Issued []records.Issued
	Lang   string
}

type made struct {
	records.Link
	State string // open, bound, used, ended, revoked
}

// Panel lists the links of an order and the documents that left the house.
func (l *Links) Panel(r *http.Request, f records.OrderFile) (template.HTML, error) {
	page, err := l.opt.Records.Links(r.Context(), records.LinkFilter{Order: f.Order.ID})
	if err != nil {
		return "", err
	}
	p := panel{Lang: ui.VisitorOf(r.Context()).Lang}
	if p.Issued, err = l.opt.Records.IssuedOf(r.Context(), f.Order.ID); err != nil || len(page.Items)+len(p.Issued) == 0 {
		return "", err
	}
	for _, link := range page.Items {
		p.Links = append(p.Links, made{link, stateOf(link)})
	}
	return l.opt.Pages.Block(r, "links/_panel", p)
}

func (l *Links) base(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return strings.TrimSuffix(cmp.Or(l.opt.PublicURL, scheme+r.Host), "/")
}
