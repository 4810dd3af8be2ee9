package desk

import (
	"context"
	"errors"
	"net/http"
	"time"

	"hotline/agent"
	"hotline/records"
	"hotline/web/ui"
)

// work is what both panels of the desk show: one case, and the call that it is about now.
type work struct {
	Case    records.Case
	Call    records.AnsweredCall // Call "" without one
	Typed   map[string]records.DraftField
	Seq     int64 // of the draft
	Missing []missing
	Files   []records.Attachment
	Used    []records.Solution
	Notes   []records.Note
	Who     who
	Desk    choices
	Kind    string // what it is about, in words
	Known   map[string]string
	Due     string // how far the promise is away
}

// choices are the lists that the case form offers, in the visitor's language.
type choices struct {
	Products    []option   `json:"products"`
	Templates   []template `json:"templates"`
	Departments []option   `json:"-"`
	MaxFile     int64      `json:"max_file"`
}

type option struct {
	Code       string   `json:"code"`
	Title      string   `json:"title"`
	Categories []option `json:"categories,omitempty"`
}

type template struct {
	Name     string `json:"name"`
	Product  string `json:"product"`
	Category string `json:"category"`
	Title    string `json:"title"`
	Text     string `json:"text"`
}

// F is what stands in a field: what was typed and not finished, else what is known.
func (w *work) F(name string) string {
	if f, ok := w.Typed[name]; ok {
		return f.Value
	}
	return w.Known[name]
}

// V is what is known of a field apart from the draft: what the page compares with, to tell who changed it.
func (w *work) V(name string) string { return w.Known[name] }

// Severities lists how bad a case can be.
func (*work) Severities() []string {
	return []string{records.SeverityLow, records.SeverityNormal, records.SeverityHigh, records.SeverityCritical}
}

// end is one of the ways in which work may end, with the digit that chooses it.
type end struct {
	Code string
	Key  int
}

// Ends lists the five ways, in the order in which they are shown (I4).
func (*work) Ends() []end {
	return []end{
		{records.OutcomeSolved, 1},
		{records.OutcomeRemote, 2},
		{records.OutcomeOnsite, 3},
		{records.OutcomeReferred, 4},
		{records.OutcomeCallback, 5},
	}
}

// FileList is the list of the case's files.
func (w *work) FileList() filesOf { return listFiles(w.Case.Number, w.Files) }

// Outcome is the way of ending that is chosen now.
func (w *work) Outcome() string { return w.F("outcome") }

// Closed says that nothing more is to be done.
func (w *work) Closed() bool { return !w.Case.ClosedAt.IsZero() }

// Continued says that the call was taken for the continuation of an older case.
func (w *work) Continued() bool { return w.Call.Call != "" && !w.Call.Opened && w.Call.Outcome == "" }

// fields is everything as it stands in the forms.
func (w *work) fields() fields {
	f := fields{}
	for name, value := range w.Known {
		f[name] = value
	}
	for name, d := range w.Typed {
		f[name] = d.Value
	}
	return f
}

// index shows the desk: the case asked for, else that of the agent's call, else nothing yet.
func (d *Desk) index(w http.ResponseWriter, r *http.Request) {
	page, err := d.whole(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.pages.Render(w, r, http.StatusOK, "desk/index", page)
}

// panels shows both panels anew, e.g. when a call was answered.
func (d *Desk) panels(w http.ResponseWriter, r *http.Request) {
	page, err := d.whole(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.pages.Fragment(w, r, http.StatusOK, "desk/_work", page)
}

// desktop is the page: places to go, and the work, if there is any.
type desktop struct {
	Places places
	Work   *work
}

func (d *Desk) whole(r *http.Request) (desktop, error) {
	var page desktop
	var err error
	if page.Places, err = d.places(r, "desk"); err != nil {
		return page, err
	}
	number, call, err := d.asked(r)
	if err != nil || number == "" {
		return page, err
	}
	page.Work, err = d.workOn(r, number, call)
	if page.Work != nil {
		page.Places.Case = number
	}
	return page, err
}

// asked finds which case is wanted. A call that no human has answered yet has none.
func (d *Desk) asked(r *http.Request) (number, call string, err error) {
	q := r.URL.Query()
	number, call = q.Get("case"), q.Get("call")
	if number == "" && call == "" {
		if v, ok := d.opt.Presence.View(ui.VisitorOf(r.Context()).Login); ok && (v.State == agent.Talking || v.State == agent.WrapUp) {
			call = v.Call
		}
	}
	if number != "" || call == "" {
		return number, "", nil
	}
	answered, err := d.store.AnsweredCall(r.Context(), call)
	if errors.Is(err, records.ErrNotFound) {
		return "", "", nil
	}
	return answered.Case, call, err
}

// workOn loads a case with everything that the panels show. call "" finds the agent's own unfinished call of the case.
func (d *Desk) workOn(r *http.Request, number, call string) (*work, error) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	w := &work{Typed: map[string]records.DraftField{}, Desk: d.choices(v.Lang)}
	var err error
	if w.Case, err = d.store.Case(ctx, number); err != nil {
		return nil, err
	}
	if w.Call, err = d.callOf(ctx, number, call, v.Login); err != nil {
		return nil, err
	}
	typed, err := d.store.Draft(ctx, v.Login, number)
	if err != nil {
		return nil, err
	}
	for _, f := range typed {
		w.Typed[f.Name], w.Seq = f, max(w.Seq, f.Seq)
	}
	if w.Files, err = d.store.Attachments(ctx, number); err != nil {
		return nil, err
	}
	if w.Used, err = d.usedIn(r, number); err != nil {
		return nil, err
	}
	if w.Notes, err = d.store.Notes(ctx, number); err != nil {
		return nil, err
	}
	if w.Who, err = d.whoOf(r, w.Case, w.Call); err != nil {
		return nil, err
	}
	w.Known = d.knownFields(v, w.Case, w.Who)
	w.Who.typed = w.F
	w.Kind = d.kind(v.Lang, w.Case.Product, w.Case.Category)
	if !w.Case.PromisedAt.IsZero() {
		w.Due = d.until(r, w.Case.PromisedAt)
	}
	if !w.Closed() {
		w.Missing, err = d.missingOf(r, w.Case.Number, w.Call.Call, w.fields())
	}
	return w, err
}

func (d *Desk) callOf(ctx context.Context, number, call, login string) (records.AnsweredCall, error) {
	if call == "" {
		return d.store.UnfinishedCall(ctx, number, login)
	}
	answered, err := d.store.AnsweredCall(ctx, call)
	if err == nil && answered.Case != number {
		answered = records.AnsweredCall{}
	}
	return answered, err
}

// knownFields is what stands in the forms before anybody types.
func (d *Desk) knownFields(v ui.Visitor, c records.Case, w who) map[string]string {
	known := map[string]string{
		"subject": c.Subject, "description": c.Description, "severity": c.Severity,
		"product": title(d.products(), c.Product, v.Lang), "category": title(d.categories(c.Product), c.Category, v.Lang),
		"escalation.contact.number": w.Number, "callback.number": w.Number, "who.number": w.Number,
	}
	if w.Contact != nil {
		known["escalation.contact.id"], known["escalation.contact.name"] = w.Contact.ID, w.Contact.Name
		if known["escalation.contact.number"] == "" && len(w.Contact.Numbers) > 0 {
			known["escalation.contact.number"] = w.Contact.Numbers[0].Number
		}
	}
	if w.Customer != nil {
		known["escalation.region"], known["escalation.service_centre"] = w.Customer.Region, w.Customer.ServiceCentre
	}
	return known
}

// missingOf says what the way of ending that is chosen still lacks, by the rule of records. Nothing chosen is one thing missing.
func (d *Desk) missingOf(r *http.Request, number, call string, f fields) ([]missing, error) {
	lacks, err := d.store.WrapUpMissing(r.Context(), d.wrapUp(ui.VisitorOf(r.Context()), number, call, f))
	return d.missingWords(r, lacks), err
}

func (d *Desk) choices(lang string) choices {
	out := choices{MaxFile: d.opt.MaxFile, Products: []option{}, Templates: []template{}}
	for _, p := range d.opt.Products() {
		o := option{Code: p.Code, Title: p.Words.in(lang)}
		for _, c := range p.Categories {
			o.Categories = append(o.Categories, option{Code: c.Code, Title: c.Words.in(lang)})
		}
		out.Products = append(out.Products, o)
	}
	for _, t := range d.opt.Templates {
		out.Templates = append(out.Templates, template{
			Name: t.Name, Product: t.Product, Category: t.Category, Title: t.Title.in(lang), Text: t.Text.in(lang),
		})
	}
	for _, c := range d.opt.Departments {
		out.Departments = append(out.Departments, option{Code: c.Code, Title: c.Words.in(lang)})
	}
	return out
}

// places are the ways between the pages of the desk, with how much waits there.
type places struct {
	Here      string // "desk", "cases", "handovers", "callbacks", "day"
	Case      string // the case on the desk
	Cases     int
	HandOvers int
	Callbacks int
	News      int      // not read yet
	Drafted   []string // cases with something typed and not finished, beside the one on the desk
}

func (d *Desk) places(r *http.Request, here string) (places, error) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	p := places{Here: here}
	mine, err := d.store.Cases(ctx, records.CaseFilter{Owner: v.Login, Open: true, Limit: 500})
	if err != nil {
		return p, err
	}
	p.Cases = len(mine.Items)
	offers, err := d.offersFor(ctx, v)
	if err != nil {
		return p, err
	}
	p.HandOvers = len(offers)
	back, err := d.callsBack(ctx, v)
	if err != nil {
		return p, err
	}
	p.Callbacks = len(back)
	news, err := d.store.UnreadNews(ctx, v.Login)
	if err != nil {
		return p, err
	}
	p.News = len(news)
	p.Drafted, err = d.store.Drafted(ctx, v.Login)
	return p, err
}

// counts refreshes the places while the desk is open.
func (d *Desk) counts(w http.ResponseWriter, r *http.Request) {
	p, err := d.places(r, r.URL.Query().Get("here"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	p.Case = r.URL.Query().Get("case")
	d.pages.Fragment(w, r, http.StatusOK, "desk/_places", p)
}

// today is when the visitor's day began.
func (d *Desk) today(v ui.Visitor) time.Time {
	now := d.now().In(v.Zone)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, v.Zone)
}
