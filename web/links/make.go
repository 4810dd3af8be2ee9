package links

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/boombuler/barcode/qr"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// stateOf says in one word what became of a link.
func stateOf(l records.Link) string {
	switch {
	case !l.RevokedAt.IsZero():
		return "revoked"
	case l.Used > 0:
		return "used"
	case !time.Now().Before(l.EndsAt):
		return "ended"
	case !l.BoundAt.IsZero():
		return "bound"
	}
	return "open"
}

// address is a new link as it is shown, this once.
type address struct {
	Address string
	Code    template.URL // of its QR picture
	Link    records.Link
	Number  string // of the order
	Mailed  string // masked
}

// make makes a link for a need of an order and shows its address, or mails it as well.
func (l *Links) make(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	f, ok := l.readable(w, r, r.PostFormValue("order"))
	if !ok {
		return
	}
	step, need, found := needOf(f, r.PostFormValue("step"), r.PostFormValue("need"))
	o, can := l.offerFor(f, step, need)
	if !found || !can || o.Waits || f.Order.State.Ended() {
		l.trouble(w, r, http.StatusConflict, "links.trouble.not")
		return
	}
	in := records.NewLink{Purpose: o.Purpose, Order: f.Order.ID, Step: step.Code, Need: need.Code, Uses: 1, File: documentOf(f, step.Code)}
	switch o.Purpose {
	case records.LinkDownload:
		in.Uses = 0
	case records.LinkConsent:
		plan, err := json.Marshal(map[string]string{"text": planOf(f, step.Code)})
		if err != nil {
			l.failed(w, r, err)
			return
		}
		in.Data, in.File = plan, ""
	}
	mail, err := l.address(r.Context(), f.Order)
	if err != nil {
		l.failed(w, r, err)
		return
	}
	link, token, err := l.opt.Records.NewLink(r.Context(), records.Actor{Login: v.Login}, in)
	if err != nil {
		l.failed(w, r, err)
		return
	}
	a := address{Address: l.base(r) + "/c/" + token, Link: link, Number: f.Order.Number}
	if r.PostFormValue("send") == "mail" && mail != "" {
		if err := l.send(r, link, token, f.Order.Number, mail); err != nil {
			l.failed(w, r, err)
			return
		}
		a.Mailed = maskMail(mail)
	}
	if a.Code, err = code(a.Address); err != nil {
		l.failed(w, r, err)
		return
	}
	l.opt.Pages.Render(w, r, http.StatusOK, "links/made", a)
}

// send mails a link, in the language of the page.
func (l *Links) send(r *http.Request, link records.Link, token, number, to string) error {
	say := func(key string, args ...any) procedure.Text {
		return procedure.Text{ZH: l.opt.Pages.Say(ui.Chinese, key, args...), EN: l.opt.Pages.Say(ui.English, key, args...)}
	}
	return l.opt.Records.Notify(r.Context(), records.Notification{
		Mail: records.MailTo{Name: link.Name, Address: to, Lang: ui.VisitorOf(r.Context()).Lang}, Kind: "link", Once: link.ID,
		Subject: say("link.open.title." + link.Purpose), Text: say("links.mail", number), Path: "/c/" + token,
	})
}

func needOf(f records.OrderFile, step, need string) (procedure.Step, procedure.Need, bool) {
	s, ok := f.Definition.Step(step)
	if !ok {
		return s, procedure.Need{}, false
	}
	n, ok := s.Need(need)
	return s, n, ok
}

// readable gives an order to whom it may be shown, or answers.
func (l *Links) readable(w http.ResponseWriter, r *http.Request, order string) (records.OrderFile, bool) {
	may, err := l.opt.Records.MayRead(r.Context(), ui.VisitorOf(r.Context()).Login, order)
	if err == nil && !may {
		l.trouble(w, r, http.StatusForbidden, "links.trouble.mine")
		return records.OrderFile{}, false
	}
	var f records.OrderFile
	if err == nil {
		f, err = l.opt.Records.Order(r.Context(), order)
	}
	if err != nil {
		l.failed(w, r, err)
	}
	return f, err == nil
}

// revoke ends a link.
func (l *Links) revoke(w http.ResponseWriter, r *http.Request) {
	link, err := l.opt.Records.Link(r.Context(), r.PathValue("id"))
	if err != nil {
		l.failed(w, r, err)
		return
	}
	if _, ok := l.readable(w, r, link.Order); !ok {
		return
	}
	if _, err := l.opt.Records.RevokeLink(r.Context(), records.Actor{Login: ui.VisitorOf(r.Context()).Login}, link.ID); err != nil {
		l.failed(w, r, err)
		return
	}
	http.Redirect(w, r, "/orders/"+link.Order, http.StatusSeeOther)
}

func (l *Links) trouble(w http.ResponseWriter, r *http.Request, status int, key string) {
	lang := ui.VisitorOf(r.Context()).Lang
	l.opt.Pages.Trouble(w, r, status, l.opt.Pages.Say(lang, key), l.opt.Pages.Say(lang, key+".do"))
}

func (l *Links) failed(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, records.ErrNotFound):
		l.trouble(w, r, http.StatusNotFound, "ui.trouble.notfound")
	case errors.Is(err, records.ErrInvalid), errors.Is(err, records.ErrForbidden), errors.Is(err, records.ErrConflict):
		l.log.WarnContext(r.Context(), "a link is refused", "err", err)
		l.trouble(w, r, http.StatusConflict, "links.trouble.not")
	default:
		l.log.ErrorContext(r.Context(), "a link cannot be made or changed", "err", err)
		l.trouble(w, r, http.StatusServiceUnavailable, "ui.trouble.unavailable")
	}
}

// code draws an address as a QR picture: for the customer who stands beside the screen.
func code(address string) (template.URL, error) {
	c, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("links: %w", err)
	}
	picture, err := enlarged(c)
	if err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(picture)), nil //nolint:gosec // a picture of ours
}
