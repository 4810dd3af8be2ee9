package dispatch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// refuse is a refusal of this package, in the words of a problem.
func refuse(code, do, what string) *records.Problem {
	return &records.Problem{Code: code, What: what, Do: do}
}

// sum is SHA-256 in lower-case hex.
func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// picture of an address as a QR code (ISO/IEC 18004), as a data: address.
func codePicture(address string) (string, error) {
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("QR code: %w", err)
	}
	const side = 264
	if code, err = barcode.Scale(code, side, side); err != nil {
		return "", fmt.Errorf("QR code: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, code); err != nil {
		return "", fmt.Errorf("QR code: %w", err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// confirmLinks says which kind of link asks a customer for which confirmation of an onsite visit; another one is LinkConfirm.
func confirmLink(step, need string) string {
	switch {
	case step == "identity":
		return records.LinkIdentity
	case need == "permission", need == "consent":
		return records.LinkConsent
	}
	return records.LinkConfirm
}

// linkLife is how long a link that is shown at the customer's lasts.
const linkLife = 12 * time.Hour

// visitLink makes a link with which the customer confirms on their own phone, and its QR code. It needs network, of course.
func (d *Dispatch) visitLink(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	order, step, need := r.FormValue("order"), r.FormValue("step"), r.FormValue("need")
	f, err := d.opt.Records.Order(ctx, order)
	if err == nil && f.Order.Engineer != v.Login {
		err = refuse("order_not_yours", "Ask dispatch.", "The order is not yours.")
	}
	if err != nil {
		d.failJSON(w, r, err)
		return
	}
	n, ok := findNeed(f.Definition, step, need)
	if !ok || n.Kind != procedure.Confirmation {
		d.failJSON(w, r, errBadAction)
		return
	}
	in := records.NewLink{Purpose: confirmLink(step, need), Order: f.Order.ID, Step: step, Need: need, Until: d.opt.Now().Add(linkLife), Uses: 1}
	if plan := planOf(f); need == "consent" && plan != "" {
		if in.Data, err = json.Marshal(map[string]string{"Text": plan}); err != nil {
			d.failJSON(w, r, err)
			return
		}
	}
	answer := actionAnswer{}
	if answer.URL, answer.QR, err = d.link(ctx, v.Login, in); err != nil {
		d.failJSON(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

func findNeed(def procedure.Definition, step, need string) (procedure.Need, bool) {
	s, ok := def.Step(step)
	if !ok {
		return procedure.Need{}, false
	}
	return s.Need(need)
}

func (d *Dispatch) link(ctx context.Context, login string, in records.NewLink) (address, picture string, err error) {
	_, token, err := d.opt.Records.NewLink(ctx, records.Actor{Login: login}, in)
	if err != nil {
		return "", "", err
	}
	address = d.opt.PublicURL + "/c/" + token
	picture, err = codePicture(address)
	return address, picture, err
}

// mailCopy mails the customer a link to their copy, and gives the address as far as it may be kept. The link opens for who knows the last
// digits of the telephone number; that it was fetched is evidence of its own.
func (d *Dispatch) mailCopy(ctx context.Context, v ui.Visitor, o records.Order, doc records.Issued, to, address string, body actionBody, client string) (string, error) {
	if !d.opt.Mail {
		return "", refuse("mail_off", "Hand it over by link or on paper.", "Mail is not switched on.")
	}
	if address = strings.TrimSpace(address); address == "" && o.ContactID != "" {
		c, err := d.opt.Records.Contact(ctx, o.ContactID)
		if err != nil {
			return "", err
		}
		address = c.Email
	}
	if address == "" {
		return "", refuse("no_address", "Enter the address, or hand it over by link or on paper.", "Nobody knows a mail address of the customer.")
	}
	link, token, err := d.opt.Records.NewLink(ctx, records.Actor{Login: v.Login}, records.NewLink{
		Purpose: records.LinkDownload, Order: o.ID, Step: body.Step, Need: body.Need, File: doc.File, Subject: doc.Number,
		Name: to, Number: o.ContactNumber, Until: d.opt.Now().Add(30 * 24 * time.Hour),
	})
	if err != nil {
		return "", err
	}
	say := func(key string, args ...any) procedure.Text {
		return procedure.Text{ZH: d.opt.Pages.Say(ui.Chinese, key, args...), EN: d.opt.Pages.Say(ui.English, key, args...)}
	}
	return mask(address), d.opt.Records.Notify(ctx, records.Notification{
		Mail: records.MailTo{Name: link.Name, Address: address, Lang: v.Lang}, Kind: "link", Once: "copy " + client,
		Subject: say("link.open.title.download"), Text: say("links.mail", o.Number), Path: "/c/" + token,
	})
}

// mask keeps of an address what its owner recognises.
func mask(address string) string {
	name, domain, ok := strings.Cut(address, "@")
	if !ok || name == "" {
		return ""
	}
	return string([]rune(name)[:1]) + "***@" + domain
}

// handCopy gives the customer their copy: by a link that only they can open, which proves the delivery when it is used, by mail, or on paper.
func (d *Dispatch) handCopy(ctx context.Context, v ui.Visitor, a records.VisitAction, body actionBody, answer *actionAnswer) error {
	var copied struct {
		How  string `json:"how"`
		To   string `json:"to"`
		Mail string `json:"mail"` // address; "" = that of the contact
	}
	if err := json.Unmarshal(body.Body, &copied); err != nil {
		return errBadAction
	}
	f, err := d.opt.Records.Order(ctx, a.Order)
	if err != nil {
		return err
	}
	issued, err := d.opt.Records.IssuedOf(ctx, f.Order.ID)
	if err != nil {
		return err
	}
	if len(issued) == 0 {
		return refuse("no_work_order", "Have the work order signed first.", "There is no work order yet.")
	}
	switch copied.How {
	case "link":
		answer.URL, answer.QR, err = d.link(ctx, v.Login, records.NewLink{
			Purpose: records.LinkDownload, Order: f.Order.ID, Step: body.Step, Need: body.Need, File: issued[0].File, Subject: issued[0].Number,
			Name: copied.To, Number: f.Order.ContactNumber, Until: d.opt.Now().Add(30 * 24 * time.Hour),
		})
		return err // that it was fetched is the proof: the link adds it then
	case "mail":
		if copied.Mail, err = d.mailCopy(ctx, v, f.Order, issued[0], copied.To, copied.Mail, body, a.Client); err != nil {
			return err
		}
	case "paper":
	default:
		return refuse("copy_channel", "Hand it over by mail, by link or on paper.", "The copy cannot be delivered like this.")
	}
	raw, err := json.Marshal(map[string]string{"how": copied.How, "to": copied.To, "mail": copied.Mail, "document": issued[0].Number, "sha256": issued[0].SHA256})
	if err != nil {
		return err
	}
	_, err = d.opt.Records.AddEvidence(ctx, records.Actor{Login: v.Login}, records.EvidenceInput{
		Order: a.Order, Step: body.Step, Need: body.Need, Kind: procedure.Fact, Body: raw, DeviceAt: a.DeviceAt, Client: a.Client,
	})
	return err
}
