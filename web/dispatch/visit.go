package dispatch

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// visitShell is the frame of the engineer's page. It holds nobody's data, so that the phone may keep it.
type visitShell struct{ Login string }

// visit is the frame; everything in it is drawn by the phone from what it keeps.
func (d *Dispatch) visit(w http.ResponseWriter, r *http.Request) {
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/visit", visitShell{ui.VisitorOf(r.Context()).Login})
}

// visitWorker is the service worker. It lies at /visit-worker.js because a worker governs only what lies beside it.
func (d *Dispatch) visitWorker(w http.ResponseWriter, r *http.Request) {
	r.URL.Path = d.opt.Pages.Asset("visit/worker.js")
	w.Header().Set("Service-Worker-Allowed", "/visit")
	d.opt.Pages.Static().ServeHTTP(noStore{w}, r)
}

// noStore answers as the handler does, but is asked again each time: a worker must not stay old for ever.
type noStore struct{ http.ResponseWriter }

func (n noStore) WriteHeader(status int) {
	n.Header().Set("Cache-Control", "no-cache")
	n.ResponseWriter.WriteHeader(status)
}

// visitData is what the phone keeps to work without network.
type visitData struct {
	Login     string                  `json:"login"`
	Name      string                  `json:"name"`
	Now       time.Time               `json:"now"`
	Zone      string                  `json:"zone"` // times are shown and typed as in the rest of the house, wherever the phone thinks it is
	Visits    []visitJSON             `json:"visits"`
	Conflicts []records.VisitConflict `json:"conflicts"`
}

type visitJSON struct {
	ID           string         `json:"id"`
	Number       string         `json:"number"`
	Kind         string         `json:"kind"`
	State        string         `json:"state"`
	Customer     string         `json:"customer"`
	Contact      string         `json:"contact"`
	Phone        string         `json:"phone"`
	Region       string         `json:"region"`
	Product      string         `json:"product"`
	Subject      string         `json:"subject"`
	Situation    string         `json:"situation"`
	PromisedFrom time.Time      `json:"promised_from,omitzero"`
	PromisedTo   time.Time      `json:"promised_to,omitzero"`
	PlannedFrom  time.Time      `json:"planned_from,omitzero"`
	PlannedTo    time.Time      `json:"planned_to,omitzero"`
	Previous     string         `json:"previous,omitempty"`
	Code         string         `json:"code,omitempty"`
	CodeChecked  time.Time      `json:"code_checked,omitzero"`
	CodeVia      string         `json:"code_via,omitempty"`
	Steps        []stepJSON     `json:"steps"`
	Evidence     []evidenceJSON `json:"evidence"`
	Checklist    checklistJSON  `json:"checklist"`
	Mail         bool           `json:"mail,omitempty"`       // the copy can be mailed
	MailKnown    string         `json:"mail_known,omitempty"` // masked address of the contact
}

type stepJSON struct {
	Code     string     `json:"code"`
	Name     string     `json:"name"`
	Hint     string     `json:"hint,omitempty"`
	State    string     `json:"state"`
	After    []string   `json:"after"`
	Optional bool       `json:"optional,omitempty"`
	Mine     bool       `json:"mine"` // an engineer may settle it
	Needs    []needJSON `json:"needs"`
}

type needJSON struct {
	Code     string      `json:"code"`
	Kind     string      `json:"kind"`
	Name     string      `json:"name"`
	Via      []string    `json:"via,omitempty"`
	Min      int         `json:"min"`
	Have     int         `json:"have"`
	OrWaiver bool        `json:"or_waiver,omitempty"`
	Optional bool        `json:"optional,omitempty"`
	Document string      `json:"document,omitempty"`
	Locked   string      `json:"locked,omitempty"` // whose it is, when an engineer cannot give it
	Fields   []fieldJSON `json:"fields,omitempty"`
}

type fieldJSON struct {
	Code     string       `json:"code"`
	Name     string       `json:"name"`
	Type     string       `json:"type"`
	Unit     string       `json:"unit,omitempty"`
	Optional bool         `json:"optional,omitempty"`
	Min      *float64     `json:"min,omitempty"`
	Choices  []choiceJSON `json:"choices,omitempty"`
}

type choiceJSON struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type evidenceJSON struct {
	Step     string          `json:"step"`
	Need     string          `json:"need"`
	Kind     string          `json:"kind"`
	Via      string          `json:"via"`
	Body     json.RawMessage `json:"body,omitempty"`
	At       time.Time       `json:"at"`
	DeviceAt time.Time       `json:"device_at,omitzero"`
	Client   string          `json:"client,omitempty"`
}

type checklistJSON struct {
	Name  string       `json:"name"`
	Items []choiceJSON `json:"items"`
}

// visitsAhead is how far ahead the phone knows its visits.
const visitsAhead = 36 * time.Hour

// visitDataJSON gives an engineer's open orders: those planned until tomorrow, and those under way.
func (d *Dispatch) visitDataJSON(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	out := visitData{Login: v.Login, Name: v.Name, Now: d.opt.Now().UTC(), Zone: v.Zone.String(), Visits: []visitJSON{}}
	page, err := d.opt.Records.Orders(ctx, records.OrderFilter{Kinds: dispatched(), Engineer: v.Login, Active: true, Limit: 100})
	if err != nil {
		d.failJSON(w, r, err)
		return
	}
	for _, o := range page.Items {
		if o.Kind == records.KindRemote || o.PlannedFrom.After(out.Now.Add(visitsAhead)) {
			continue
		}
		one, err := d.visitJSON(r, o.ID)
		if err != nil {
			d.failJSON(w, r, err)
			return
		}
		out.Visits = append(out.Visits, one)
	}
	slices.SortFunc(out.Visits, func(a, b visitJSON) int {
		return cmp.Or(a.PlannedFrom.Compare(b.PlannedFrom), cmp.Compare(a.Number, b.Number))
	})
	if out.Conflicts, err = d.opt.Records.VisitConflicts(ctx, v.Login); err != nil {
		d.failJSON(w, r, err)
		return
	}
	for i, c := range out.Conflicts {
		out.Conflicts[i].Detail = d.whyInWords(langOf(v), c.Detail)
	}
	writeJSON(w, http.StatusOK, out)
}

// visitJSON is one order as the phone draws it, in the engineer's language.
func (d *Dispatch) visitJSON(r *http.Request, id string) (visitJSON, error) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	f, err := d.opt.Records.Order(ctx, id)
	if err != nil {
		return visitJSON{}, err
	}
	o := f.Order
	out := visitJSON{
		ID: o.ID, Number: o.Number, Kind: d.kindName(ctx, o.Kind), State: string(o.State), Customer: cmp.Or(o.CustomerName, o.ContactName),
		Contact: o.ContactName, Phone: o.ContactNumber, Region: o.Place(), Product: d.titleOf(d.opt.Products, o.Product, v.Lang), Subject: o.Subject,
		Situation: o.Situation, PromisedFrom: o.PromisedFrom, PromisedTo: o.PromisedTo, PlannedFrom: o.PlannedFrom, PlannedTo: o.PlannedTo,
		Previous: o.Previous, Steps: []stepJSON{}, Evidence: []evidenceJSON{}, Checklist: d.checklistJSON(o.Product, v.Lang),
	}
	if out.Mail = d.opt.Mail; out.Mail && o.ContactID != "" {
		c, err := d.opt.Records.Contact(ctx, o.ContactID)
		if err != nil {
			return out, err
		}
		out.MailKnown = mask(c.Email)
	}
	code, err := d.opt.Records.VisitCode(ctx, v.Login, o.ID, false)
	if err != nil {
		return out, err
	}
	out.Code, out.CodeChecked, out.CodeVia = code.Code, code.CheckedAt, code.CheckedVia
	parts := append(records.PartsOf(v.Roles), procedure.Customer) // who acts on this page, too
	for _, s := range f.Steps {
		out.Steps = append(out.Steps, stepOf(s, langOf(v), parts))
	}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, evidenceJSON{e.Step, e.Need, string(e.Kind), e.Via, e.Body, e.At, e.DeviceAt, e.Client})
	}
	return out, nil
}

func langOf(v ui.Visitor) string {
	if v.Lang == ui.English {
		return "en"
	}
	return "zh"
}

func stepOf(s records.StepFile, lang string, parts []string) stepJSON {
	out := stepJSON{
		Code: s.Step.Code, Name: s.Step.Name.In(lang), Hint: s.Step.Hint.In(lang), State: string(s.State), After: s.Step.After, Optional: s.Step.Optional,
		Mine: slices.Contains(s.Step.By, procedure.Engineer), Needs: []needJSON{},
	}
	if out.After == nil {
		out.After = []string{}
	}
	for _, n := range s.Needs {
		need := needJSON{
			Code: n.Need.Code, Kind: string(n.Need.Kind), Name: n.Need.Name.In(lang), Via: n.Need.Via, Min: max(n.Need.Min, 1), Have: n.Have,
			OrWaiver: n.Need.OrWaiver, Optional: n.Need.Optional, Document: n.Need.Document,
		}
		if !n.Need.Brings(parts, n.Need.Kind) {
			need.Locked = procedure.PartNames(n.Need.By).In(lang)
		}
		for _, f := range n.Need.Fields {
			field := fieldJSON{Code: f.Code, Name: f.Name.In(lang), Type: f.Type, Unit: f.Unit, Optional: f.Optional, Min: f.Min}
			for _, c := range f.Choices {
				field.Choices = append(field.Choices, choiceJSON{c.Code, c.Name.In(lang)})
			}
			need.Fields = append(need.Fields, field)
		}
		out.Needs = append(out.Needs, need)
	}
	return out
}

func (d *Dispatch) checklistJSON(product, lang string) checklistJSON {
	list, ok := d.opt.Checklists[product]
	if !ok {
		list = d.opt.Checklists[""]
	}
	out := checklistJSON{Name: Text(list.Name).in(lang), Items: []choiceJSON{}}
	for _, i := range list.Items {
		out.Items = append(out.Items, choiceJSON{i.Code, Text{i.Zh, i.En}.in(lang)})
	}
	return out
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
