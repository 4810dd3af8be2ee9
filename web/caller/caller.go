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

	"hotline/web/ice"
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
	ICE   ice.Servers
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

// relayTime is how long a caller's credentials for TURN are good. They are needed at the beginning of the call alone.
const relayTime = 5 * time.Minute

// equipment is what a caller's browser is given for one call.
type equipment struct {
	Account *Account     `json:"account,omitempty"` // absent where the switch wants none
	ICE     []ice.Server `json:"ice"`
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
	if p.needs() {
		r.Open("POST /call/account", p.account)
	}
}

// needs says whether a call needs something that is made for it: an account, or credentials for a relay.
func (p *Page) needs() bool { return p.opt.Account != nil || p.opt.ICE.Relays() }

// account gives one call its account. A page of another site cannot ask for one: the site refuses its POST.
func (p *Page) account(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	gear, err := p.equip(r)
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
		_ = json.NewEncoder(w).Encode(gear) // a caller who is gone needs none
	}
}

func (p *Page) equip(r *http.Request) (equipment, error) {
	var gear equipment
	who := "visitor"
	if p.opt.Account != nil {
		account, err := p.opt.Account(r.Context(), p.opt.Source(r))
		if err != nil {
			return gear, err
		}
		gear.Account, who = &account, account.Login
	}
	gear.ICE, _ = p.opt.ICE.For(who, relayTime)
	return gear, nil
}

// view is what templates/caller/call.html shows.
type view struct {
	Lines  []Line
	Dialed string       // the line that was asked for
	Fetch  bool         // what a call needs is made for it
	ICE    []ice.Server // where nothing is fetched
	Signed bool         // each call signs in, and who the caller says they are counts for nothing
}

func (p *Page) show(w http.ResponseWriter, r *http.Request) {
	v := view{Lines: p.opt.Lines, Dialed: r.URL.Query().Get("line"), ICE: []ice.Server{}, Fetch: p.needs(), Signed: p.opt.Account != nil}
	if !v.Fetch {
		v.ICE, _ = p.opt.ICE.For("", 0)
	}
	p.opt.Pages.Render(w, r, http.StatusOK, "caller/call", v)
}
