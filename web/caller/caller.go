// Package caller is the page on which somebody calls the hotline from a browser, without an account.
package caller

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"hotline/web/ui"
)

// Line is a number that can be called.
type Line struct {
	Number string
	Zh, En string // of the queue behind it, as callers know it
	// CycleMS and Rings are the ring clock that the page shows, as the promise counts it.
	CycleMS int64
	Rings   int
}

// Title is what callers know the line by, in a language.
func (l Line) Title(lang string) string {
	if lang == "en" {
		return l.En
	}
	return l.Zh
}

// Options says what can be called.
type Options struct {
	Pages *ui.Pages
	Lines []Line
	STUN  []string // host:port
	// Account makes the account of one call, for a switch that takes nobody without; nil: none is needed. Busy says how long to wait.
	Account func(ctx context.Context, source netip.Addr) (Account, error)
	Source  func(*http.Request) netip.Addr // required with Account
	Log     *slog.Logger                   // required with Account
}

// Account is what one call signs in with. It is good for a moment and for this call.
type Account struct {
	Login string `json:"login"`
	Realm string `json:"realm"`
	HA1   string `json:"ha1"`  // RFC 2617 §3.2.2.2
	Path  string `json:"path"` // of the websocket, on this host
}

// Busy refuses an account: too many calls from one place, or altogether.
type Busy struct{ Wait time.Duration }

// Error implements error.
func (b Busy) Error() string { return "too many calls; wait " + b.Wait.String() }

// Page is the caller's page.
type Page struct{ opt Options }

// New makes the page.
func New(o Options) *Page { return &Page{o} }

// Mount puts it at /call, open to everybody.
func (p *Page) Mount(r ui.Router) {
	r.Open("GET /call", p.show)
	if p.opt.Account != nil {
		r.Open("POST /call/account", p.account)
	}
}

// account gives one call its account. A page of another site cannot ask for one: the site refuses its POST.
func (p *Page) account(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	account, err := p.opt.Account(r.Context(), p.opt.Source(r))
	switch busy := (Busy{}); {
	case errors.As(err, &busy):
		seconds := int(math.Ceil(busy.Wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		w.WriteHeader(http.StatusTooManyRequests)
	case err != nil:
		p.opt.Log.WarnContext(r.Context(), "a caller's browser gets no account", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(account) // a caller who is gone needs none
	}
}

// view is what templates/caller/call.html shows.
type view struct {
	Lines  []Line
	Dialed string   // the line that was asked for
	ICE    []server // for the browser
	Signed bool     // each call signs in, and who the caller says they are counts for nothing
}

type server struct {
	URLs []string `json:"urls"`
}

func (p *Page) show(w http.ResponseWriter, r *http.Request) {
	v := view{Lines: p.opt.Lines, Dialed: r.URL.Query().Get("line"), ICE: []server{}, Signed: p.opt.Account != nil}
	for _, at := range p.opt.STUN {
		v.ICE = append(v.ICE, server{URLs: []string{"stun:" + at}})
	}
	p.opt.Pages.Render(w, r, http.StatusOK, "caller/call", v)
}
