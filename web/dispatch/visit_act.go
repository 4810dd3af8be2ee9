package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// The kinds of action that a phone sends.
const (
	actEvidence = "evidence" // a piece of evidence; a signature is one, with its picture
	actComplete = "complete" // a step
	actSheet    = "sheet"    // make the work order from what is known, with the customer's signature
	actCopy     = "copy"     // the customer's copy was handed over
	actNext     = "next"     // the visit ends in part: another one follows
	actFinish   = "finish"
)

// actionBody is what an action carries, by kind.
type actionBody struct {
	Step   string                 `json:"step,omitempty"`
	Need   string                 `json:"need,omitempty"`
	Kind   procedure.EvidenceKind `json:"kind,omitempty"`
	Via    string                 `json:"via,omitempty"` // of a confirmation: signature; links and keys come in by themselves
	Body   json.RawMessage        `json:"body,omitempty"`
	Shown  string                 `json:"shown,omitempty"`  // text that was shown when it was signed; Body.shown is its SHA-256
	Reason string                 `json:"reason,omitempty"` // of next
	Result string                 `json:"result,omitempty"` // of finish
	File   string                 `json:"file,omitempty"`   // id, filled in here
}

// actionAnswer tells the phone what became of an action.
type actionAnswer struct {
	Client  string     `json:"client"`
	Outcome string     `json:"outcome"` // done or refused
	What    string     `json:"what,omitempty"`
	Do      string     `json:"do,omitempty"`
	Lacks   []string   `json:"lacks,omitempty"`
	At      time.Time  `json:"at"`
	Visit   *visitJSON `json:"visit,omitempty"` // as it stands now; left out when the order has ended
	URL     string     `json:"url,omitempty"`   // of a link that was made
	QR      string     `json:"qr,omitempty"`    // data: address of its picture

	refusal *records.Problem // in no language yet
}

const maxActionBody = 25 << 20

// act takes one action of a phone: kept first, then done. The same action again gets the same answer and does nothing.
func (d *Dispatch) act(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	a, file, err := d.readAction(w, r, v.Login)
	if err != nil {
		d.failJSON(w, r, err)
		return
	}
	var body actionBody
	if err := json.Unmarshal(a.Body, &body); err != nil {
		d.failJSON(w, r, errBadAction)
		return
	}
	if file != nil {
		body.File = file.ID
		if a.Body, err = json.Marshal(body); err != nil {
			d.failJSON(w, r, err)
			return
		}
	}
	have, _, err := d.opt.Records.KeepVisitAction(ctx, v.Login, a)
	if err != nil {
		d.failJSON(w, r, err)
		return
	}
	answer := actionAnswer{Client: a.Client, Outcome: have.Outcome, At: have.At}
	switch have.Outcome {
	case "": // new, or kept by a server that ended before it could do it
		answer = d.doAction(r, v, a, body)
		have, err = d.opt.Records.EndVisitAction(ctx, a.Client, answer.Outcome, outcomeDetail(answer), v.Login)
		if err != nil {
			d.failJSON(w, r, err)
			return
		}
		answer.At = have.At
	case records.ActionRefused:
		first := d.why(langOf(v), have.Detail)
		answer.What, answer.Do, answer.Lacks = first.What, first.Do, first.Lacks
	}
	if now, err := d.visitJSON(r, a.Order); err == nil {
		answer.Visit = &now
	}
	writeJSON(w, http.StatusOK, answer)
}

var errBadAction = errors.New("dispatch: an action cannot be read")

// readAction reads a multipart form: "action" as JSON first, then a file if there is one, which is kept at once.
func (d *Dispatch) readAction(w http.ResponseWriter, r *http.Request, login string) (a records.VisitAction, file *records.File, err error) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(5 * uploadTime)) // a photo over a bad line
	r.Body = http.MaxBytesReader(w, r.Body, maxActionBody)
	form, err := r.MultipartReader()
	if err != nil {
		return a, nil, fmt.Errorf("%w: %w", errBadAction, err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return a, file, nil
		}
		if err != nil {
			return a, nil, fmt.Errorf("%w: %w", errBadAction, err)
		}
		switch part.FormName() {
		case "action":
			if err := json.NewDecoder(part).Decode(&a); err != nil {
				return a, nil, fmt.Errorf("%w: %w", errBadAction, err)
			}
		case "file":
			kept, err := d.opt.Records.SaveFile(r.Context(), login, part.FileName(), part)
			if err != nil {
				return a, nil, err
			}
			file = &kept
		}
	}
}

// doAction does what an action says. A refusal is an outcome: the action stays where people see it.
func (d *Dispatch) doAction(r *http.Request, v ui.Visitor, a records.VisitAction, body actionBody) actionAnswer {
	answer := actionAnswer{Client: a.Client, Outcome: records.ActionDone}
	err := d.carryOut(r.Context(), v, a, body, &answer)
	if err == nil {
		return answer
	}
	answer.Outcome, answer.URL, answer.QR = records.ActionRefused, "", ""
	p, ok := errors.AsType[*records.Problem](err)
	if !ok {
		d.log.ErrorContext(r.Context(), "an engineer's action failed", "action", a.Client, "kind", a.Kind, "order", a.Order, "err", err)
		answer.What, answer.Do = d.say(r, "dispatch.trouble.internal"), d.say(r, "dispatch.trouble.internal.do")
		return answer
	}
	answer.refusal = p
	answer.What, answer.Do = d.opt.Pages.Refusal(langOf(v), p.What), d.opt.Pages.Refusal(langOf(v), p.Do)
	for _, l := range p.Lacks {
		answer.Lacks = append(answer.Lacks, l.What.In(langOf(v)))
	}
	return answer
}

func (d *Dispatch) carryOut(ctx context.Context, v ui.Visitor, a records.VisitAction, body actionBody, answer *actionAnswer) error {
	by := records.Actor{Login: v.Login}
	switch a.Kind {
	case actEvidence:
		return d.addPiece(ctx, by, a, body, langOf(v))
	case actComplete:
		_, err := d.opt.Records.CompleteStep(ctx, by, a.Order, body.Step, 0)
		return d.settledAlready(ctx, by, a.Order, body.Step, err)
	case actSheet:
		return d.makeSheet(ctx, v, a)
	case actCopy:
		return d.handCopy(ctx, v, a, body, answer)
	case actNext:
		_, err := d.opt.Records.ContinueOrder(ctx, by, a.Order, body.Reason, 0)
		return err
	case actFinish:
		_, err := d.opt.Records.FinishOrder(ctx, by, a.Order, body.Result, 0)
		return err
	}
	return errBadAction
}

// settledAlready forgives that a step was settled before by the same person: the crash came between doing it and saying so.
func (d *Dispatch) settledAlready(ctx context.Context, by records.Actor, order, step string, err error) error {
	if !errors.Is(err, records.ErrConflict) {
		return err
	}
	f, failed := d.opt.Records.Order(ctx, order)
	if failed != nil {
		return err
	}
	for _, s := range f.Steps {
		if s.Step.Code == step && s.Settled != nil && s.Settled.By == by.Login {
			return nil
		}
	}
	return err
}

// addPiece adds evidence. A signature for what is signed already is refused: nobody signs twice because two devices were used.
func (d *Dispatch) addPiece(ctx context.Context, by records.Actor, a records.VisitAction, body actionBody, lang string) error {
	in := records.EvidenceInput{
		Order: a.Order, Step: body.Step, Need: body.Need, Kind: body.Kind, Body: body.Body, File: body.File, DeviceAt: a.DeviceAt, Client: a.Client,
	}
	if body.Kind == procedure.Confirmation {
		var b procedure.Body
		if body.Via != procedure.ViaSignature || json.Unmarshal(body.Body, &b) != nil {
			return errBadAction
		}
		if b.Shown != sum(body.Shown) || body.Shown == "" {
			return refuse("signature_unbound", "Show it again and have it signed again.", "The signature does not belong to the text that was shown.")
		}
		b.Text = body.Shown
		text, err := json.Marshal(b)
		if err != nil {
			return err
		}
		in.Body = text
		by.Customer, by.Via = b.Who, procedure.ViaSignature
		f, err := d.opt.Records.Order(ctx, a.Order)
		if err != nil {
			return err
		}
		if signsSheet(f.Definition, body.Step, body.Need) {
			if changed := unsaid(f, body.Shown, lang); len(changed) > 0 && !given(f, a.Client) {
				return refuse("sheet_changed", "Show it again and have it signed again.", "What was signed is not what stands in the records now: "+strings.Join(changed, ", ")+".")
			}
		}
		for _, e := range f.Evidence {
			if e.Step == body.Step && e.Need == body.Need && e.Kind == procedure.Confirmation && e.Client != a.Client {
				return refuse("signed_already", "Look at the evidence of the step.", fmt.Sprintf("This was confirmed already at %s.", e.At.In(time.UTC).Format(time.RFC3339)))
			}
		}
	}
	_, err := d.opt.Records.AddEvidence(ctx, by, in)
	return err
}

// signsSheet tells whether a need is the signature on the work order: it stands in the step that makes it.
func signsSheet(def procedure.Definition, step, need string) bool {
	s, ok := def.Step(step)
	return ok && need == "signed" && slices.ContainsFunc(s.Needs, func(n procedure.Need) bool { return n.Document == "work_order" })
}

// given tells whether an action brought its evidence before.
func given(f records.OrderFile, client string) bool {
	return client != "" && slices.ContainsFunc(f.Evidence, func(e records.Evidence) bool { return e.Client == client })
}

// settleConflict says what a person did about a refused action; it stays in the records.
func (d *Dispatch) settleConflict(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	said := strings.TrimSpace(r.FormValue("said"))
	login := v.Login
	if v.Has(records.RoleSupervisor) || v.Has(records.RoleDispatcher) {
		login = ""
	}
	all, err := d.opt.Records.VisitConflicts(ctx, login)
	if err != nil {
		d.failJSON(w, r, err)
		return
	}
	for _, c := range all {
		if c.Client == r.PathValue("client") && said != "" {
			if _, err := d.opt.Records.EndVisitAction(ctx, c.Client, records.ActionSettled, said, v.Login); err != nil {
				d.failJSON(w, r, err)
				return
			}
			if strings.Contains(r.Header.Get("Accept"), "text/html") { // from the board
				d.to(w, r, "/dispatch")
				return
			}
			writeJSON(w, http.StatusOK, map[string]string{"client": c.Client})
			return
		}
	}
	writeJSON(w, http.StatusNotFound, actionAnswer{What: d.say(r, "dispatch.trouble.form"), Do: d.say(r, "dispatch.trouble.form.do")})
}

// failJSON answers a phone for an error.
func (d *Dispatch) failJSON(w http.ResponseWriter, r *http.Request, err error) {
	a := actionAnswer{What: d.say(r, "dispatch.trouble.internal"), Do: d.say(r, "dispatch.trouble.internal.do")}
	status := http.StatusInternalServerError
	if p, ok := errors.AsType[*records.Problem](err); ok {
		lang := langOf(ui.VisitorOf(r.Context()))
		status, a.What, a.Do = http.StatusUnprocessableEntity, d.opt.Pages.Refusal(lang, p.What), d.opt.Pages.Refusal(lang, p.Do)
		for _, l := range p.Lacks {
			a.Lacks = append(a.Lacks, l.What.In(lang))
		}
	} else if errors.Is(err, errBadAction) {
		status, a.What, a.Do = http.StatusBadRequest, d.say(r, "dispatch.trouble.form"), d.say(r, "dispatch.trouble.form.do")
	} else {
		d.log.ErrorContext(r.Context(), "a page failed", "page", r.Pattern, "err", err)
	}
	writeJSON(w, status, a)
}
