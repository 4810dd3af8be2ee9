package remote

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/vault"
	"hotline/web/ui"
)

// vault opens, extends and ends a session.
func (p *Pages) vault(w http.ResponseWriter, r *http.Request) {
	v, reason := ui.VisitorOf(r.Context()), strings.TrimSpace(r.PostFormValue("reason"))
	p.act(w, r, func(ctx context.Context, f records.OrderFile) error {
		session := r.PostFormValue("session")
		switch r.PostFormValue("do") {
		case "open":
			_, err := p.opt.Records.OpenVaultSession(ctx, records.OpenVault{Order: f.Order.ID, By: v.Login})
			return err
		case "extend":
			// What cannot be read as a time is before every limit, and refused as such.
			until, _ := time.ParseInLocation("2006-01-02T15:04", r.PostFormValue("until"), v.Zone)
			_, err := p.opt.Records.ExtendVaultSession(ctx, records.ExtendVault{Session: session, By: v.Login, Until: until, Reason: reason})
			return err
		default:
			_, err := p.opt.Records.EndVaultSession(ctx, records.EndVault{Session: session, By: v.Login, Reason: reason})
			return err
		}
	})
}

// Login is login information as it is sealed.
type Login struct {
	Address  string `json:"address,omitempty"` // of the tool or system: number, host, URL
	Account  string `json:"account,omitempty"`
	Password string `json:"password,omitempty"`
	Note     string `json:"note,omitempty"`
}

// sealedForm takes login information out of a form, which forgets it.
func sealedForm(form map[string][]string) vault.Secret {
	one := func(name string) string {
		values := form[name]
		delete(form, name)
		if len(values) == 0 {
			return ""
		}
		return values[0]
	}
	in := Login{Address: strings.TrimSpace(one("address")), Account: strings.TrimSpace(one("account")), Password: one("password"), Note: strings.TrimSpace(one("note"))}
	if in == (Login{}) {
		return vault.Secret{}
	}
	text, err := json.Marshal(in) //nolint:gosec // to be sealed
	if err != nil {               // four texts always can be
		return vault.Secret{}
	}
	return vault.NewSecret(text)
}

// keep seals what the engineer was told on the phone.
func (p *Pages) keep(w http.ResponseWriter, r *http.Request) {
	kind, session := r.PostFormValue("kind"), r.PostFormValue("session")
	secret := sealedForm(r.PostForm)
	defer secret.Erase()
	clear(r.Form)
	p.act(w, r, func(ctx context.Context, _ records.OrderFile) error {
		_, err := p.opt.Records.KeepInVault(ctx, records.KeepInVault{
			Session: session, Kind: kind, Secret: secret, By: ui.VisitorOf(ctx).Login, Via: "phone",
		})
		return err
	})
}

// shownView is login information on the engineer's screen.
type shownView struct {
	Login   Login
	Seconds int
	Entry   string
	Total   int // readings of the session
	Count   int // of the entry
}

// read shows login information for a short time. The reading is on record before.
func (p *Pages) read(w http.ResponseWriter, r *http.Request) {
	f, ok := p.readable(w, r)
	if !ok {
		return
	}
	secret, err := p.opt.Records.ReadVault(r.Context(), records.ReadVault{
		Session: r.PostFormValue("session"), Entry: r.PathValue("entry"), By: ui.VisitorOf(r.Context()).Login, Reason: r.PostFormValue("reason"),
	})
	if err != nil {
		p.refused(w, r, err)
		return
	}
	defer secret.Erase()
	var in Login
	if err := secret.Use(func(b []byte) error { return json.Unmarshal(b, &in) }); err != nil {
		p.failed(w, r, "login information cannot be shown", errUnreadable)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	view := shownView{Login: in, Seconds: int(p.opt.Shown / time.Second), Entry: r.PathValue("entry")}
	if err := p.counted(r.Context(), f.Order.ID, &view); err != nil {
		p.failed(w, r, "readings cannot be counted", err)
		return
	}
	if r.Header.Get("HX-Request") == "true" {
		p.opt.Pages.Fragment(w, r, http.StatusOK, "remote/_shown", view)
		return
	}
	p.opt.Pages.Render(w, r, http.StatusOK, "remote/shown", struct {
		shownView
		Order records.Order
	}{view, f.Order})
}

// counted fills in how often was read, this time included.
func (p *Pages) counted(ctx context.Context, order string, view *shownView) error {
	file, err := p.opt.Records.RemoteFile(ctx, order)
	if err != nil {
		return err
	}
	for _, s := range file.Sessions {
		for _, e := range s.Entries {
			if e.ID == view.Entry {
				view.Total, view.Count = s.Readings(), e.Readings
			}
		}
	}
	return nil
}
