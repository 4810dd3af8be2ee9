// Package remote is the part of a service order's page that only remote service has: the agreed access and what was seen of its ports,
// the vault of the customer's login information, and the remote maintenance report (domain description §2).
package remote

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/records/vault"
	"hotline/web/ui"
)

// Records is what the pages read and write in the records. *records.Store has it.
type Records interface {
	Order(ctx context.Context, id string) (records.OrderFile, error)
	MayRead(ctx context.Context, login, order string) (bool, error)
	RemoteFile(ctx context.Context, order string) (records.RemoteFile, error)
	ProbePorts(ctx context.Context, by records.Actor, order, phase string) ([]records.PortProbe, error)
	OpenVaultSession(ctx context.Context, in records.OpenVault) (records.VaultSession, error)
	KeepInVault(ctx context.Context, in records.KeepInVault) (records.VaultEntry, error)
	ReadVault(ctx context.Context, in records.ReadVault) (vault.Secret, error)
	ExtendVaultSession(ctx context.Context, in records.ExtendVault) (records.VaultSession, error)
	EndVaultSession(ctx context.Context, in records.EndVault) (records.VaultSession, error)
	AddEvidence(ctx context.Context, by records.Actor, in records.EvidenceInput) (records.Evidence, error)
	IssueDocument(ctx context.Context, by records.Actor, in records.Issued, name string, pdf io.Reader) (records.Issued, error)
	NewLink(ctx context.Context, by records.Actor, in records.NewLink) (records.Link, string, error)
	Users(ctx context.Context) ([]records.User, error)
	Customer(ctx context.Context, id string) (records.Customer, error)
}

// Options says what the pages are made of. Fields are required unless their comment says otherwise.
type Options struct {
	Pages     *ui.Pages
	Records   Records
	PublicURL string           // as customers reach the site, for links and the code on the report; no slash at its end
	Company   string           // optional: at the head of the report
	Hotline   string           // optional: the number at the foot of the report
	Shown     time.Duration    // optional: how long login information stays on the screen; 60 s
	Log       *slog.Logger     // optional
	Now       func() time.Time // optional: time.Now
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
	o.Shown = cmp.Or(o.Shown, time.Minute)
	return &Pages{opt: o, log: cmp.Or(o.Log, slog.Default()).With("component", "remote")}
}

// Mount adds what the panel's forms are sent to.
func (p *Pages) Mount(r ui.Router) {
	all := []string{records.RoleAgent, records.RoleEngineer, records.RoleSupervisor, records.RoleDispatcher}
	r.Page("POST /remote/{id}/probe", all, p.probe)
	r.Page("POST /remote/{id}/vault", all, p.vault)
	r.Page("POST /remote/{id}/entries", all, p.keep)
	r.Page("POST /remote/{id}/entries/{entry}", all, p.read)
	r.Page("POST /remote/{id}/link", all, p.link)
	r.Page("POST /remote/{id}/report", all, p.report)
}

// Panels are the parts of the order's page that only remote service has: what was seen of its ports, and the vault.
func (p *Pages) Panels() []func(r *http.Request, f records.OrderFile) (template.HTML, error) {
	panel := func(block string) func(r *http.Request, f records.OrderFile) (template.HTML, error) {
		return func(r *http.Request, f records.OrderFile) (template.HTML, error) {
			view, err := p.view(r, f)
			if err != nil {
				return "", err
			}
			return p.opt.Pages.Block(r, block, view)
		}
	}
	return []func(r *http.Request, f records.OrderFile) (template.HTML, error){panel("remote/_ports"), panel("remote/_vault")}
}

// Assets are what the order's page loads for the panels.
func Assets() (styles, scripts []string) {
	return []string{"remote/remote.css"}, []string{"remote/remote.js"}
}

// Beside is what stands at a need of a remote order: the button that measures it, makes it, or asks the customer for it.
func (p *Pages) Beside(r *http.Request, f records.OrderFile, s procedure.Step, n procedure.Need) (template.HTML, error) {
	if f.Order.Kind != records.KindRemote {
		return "", nil
	}
	view, err := p.view(r, f)
	if err != nil || !view.Works {
		return "", err
	}
	at := needView{panelView: view, Link: linkView{Step: s.Code, Need: n.Code}}
	block := map[string]string{ // by the need's code
		"port_opened": "remote/_port_opened", "vault": "remote/_take", "port_closed": "remote/_port_closed", "vault_closed": "remote/_vault_closed",
		"report": "remote/_report",
	}[n.Code]
	if n.Kind == procedure.Confirmation && slices.Contains(n.Via, procedure.ViaLink) {
		block = "remote/_ask"
	}
	if block == "" {
		return "", nil
	}
	return p.opt.Pages.Block(r, block, at)
}

// needView is what stands at one need.
type needView struct {
	panelView
	Link linkView
}

// readable loads an order that the visitor may read. ok is false when it has answered.
func (p *Pages) readable(w http.ResponseWriter, r *http.Request) (records.OrderFile, bool) {
	id := r.PathValue("id")
	may, err := p.opt.Records.MayRead(r.Context(), ui.VisitorOf(r.Context()).Login, id)
	var f records.OrderFile
	if err == nil && may {
		f, err = p.opt.Records.Order(r.Context(), id)
	}
	if err == nil && (!may || f.Order.Kind != records.KindRemote) || errors.Is(err, records.ErrNotFound) {
		p.trouble(w, r, http.StatusNotFound, "remote.trouble.unknown")
		return f, false
	}
	if err != nil {
		p.failed(w, r, "an order cannot be read", err)
		return f, false
	}
	return f, true
}

// act does something for somebody who may read the order, and goes back to its page.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, do func(context.Context, records.OrderFile) error) {
	f, ok := p.readable(w, r)
	if !ok {
		return
	}
	if err := do(r.Context(), f); err != nil {
		p.refused(w, r, err)
		return
	}
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Refresh", "true") // the steps of the page have moved, too
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, "/orders/"+url.PathEscape(f.Order.Number), http.StatusSeeOther)
}

// refused says why something was not done: what is missing, in the visitor's language.
func (p *Pages) refused(w http.ResponseWriter, r *http.Request, err error) {
	refusal, ok := errors.AsType[*records.Problem](err)
	if !ok {
		p.failed(w, r, "a remote order cannot be changed", err)
		return
	}
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(err, records.ErrForbidden):
		status = http.StatusForbidden
	case errors.Is(err, records.ErrConflict), errors.Is(err, records.ErrExpired):
		status = http.StatusConflict
	case errors.Is(err, records.ErrNotFound):
		status = http.StatusNotFound
	}
	lang := ui.VisitorOf(r.Context()).Lang
	if len(refusal.Lacks) > 0 {
		var missing string
		for _, x := range refusal.Lacks {
			missing += x.What.In(lang) + p.say(lang, "remote.stop")
		}
		p.opt.Pages.Trouble(w, r, status, p.say(lang, "remote.refused.lacks"), missing)
		return
	}
	if key := "remote.refused." + refusal.Code; p.opt.Pages.Knows(key) {
		p.trouble(w, r, status, key)
		return
	}
	p.opt.Pages.Refused(w, r, status, refusal.What, refusal.Do)
}

// failed answers for an error that is not the visitor's.
func (p *Pages) failed(w http.ResponseWriter, r *http.Request, what string, err error) {
	p.log.ErrorContext(r.Context(), "a page failed", "what", what, "err", err)
	p.trouble(w, r, http.StatusInternalServerError, "remote.trouble.internal")
}

// trouble answers with the texts key and key + ".do".
func (p *Pages) trouble(w http.ResponseWriter, r *http.Request, status int, key string) {
	lang := ui.VisitorOf(r.Context()).Lang
	p.opt.Pages.Trouble(w, r, status, p.say(lang, key), p.say(lang, key+".do"))
}

func (p *Pages) say(lang, key string) string { return p.opt.Pages.Say(lang, key) }

func staff(r *http.Request) records.Actor {
	return records.Actor{Login: ui.VisitorOf(r.Context()).Login}
}
