package engagements

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// linkShown is how long the page shows a link to whoever made it.
const linkShown = 10 * time.Minute

// linked sends the browser on to the page, which shows the link that was just made. Were it the answer to the press, a reload would press
// again: another link would be made, and the one that the customer may already have would end. The records keep only its hash, so until the
// page is read the browser carries it.
func (e *Engagements) linked(w http.ResponseWriter, r *http.Request, f records.OrderFile, step, token string, err error) {
	if err == nil {
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure follows the configuration, as for the session
			Name: e.linkCookie(), Value: step + ":" + token, Path: "/engagements/" + url.PathEscape(f.Order.Number), MaxAge: int(linkShown / time.Second),
			HttpOnly: true, Secure: e.opt.TLS, SameSite: http.SameSiteStrictMode,
		})
	}
	e.after(w, r, f, step, err)
}

func (e *Engagements) linkCookie() string {
	if e.opt.TLS {
		return "__Secure-engagement-link"
	}
	return "engagement-link"
}

// made gives the step, the address and the person of the link that the visitor made a moment ago for this engagement; no address when there
// is none, or it was opened, used or withdrawn since. What the browser carries is believed only as far as the records know it.
func (e *Engagements) made(r *http.Request, f records.OrderFile) (step, address, name string, err error) {
	held := r.CookiesNamed(e.linkCookie())
	if len(held) == 0 {
		return "", "", "", nil
	}
	step, token, _ := strings.Cut(held[0].Value, ":")
	l, _, err := e.store.OpenLink(r.Context(), token, "")
	switch {
	case over(err), err == nil && (l.Order != f.Order.ID || l.MadeBy != ui.VisitorOf(r.Context()).Login):
		return "", "", "", nil
	case err != nil:
		return "", "", "", err
	}
	return step, e.at(r, "/c/"+token), l.Name, nil
}

// over says that a link is no more, or no longer anybody's but the customer's.
func over(err error) bool {
	return errors.Is(err, records.ErrNotFound) || errors.Is(err, records.ErrExpired) || errors.Is(err, records.ErrLocked) || errors.Is(err, records.ErrForbidden)
}

type linking interface {
	NewLink(ctx context.Context, by records.Actor, in records.NewLink) (records.Link, string, error)
	OpenLink(ctx context.Context, token, device string) (l records.Link, bound bool, err error)
}
