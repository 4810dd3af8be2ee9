package desk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// who is the right panel: who calls, and what is to be known of them.
type who struct {
	Case       string
	Call       string
	Number     string // whole: it is the agent's own call or case
	Card       records.Card
	Contact    *records.Contact
	Customer   *records.Customer
	Centre     string   // the customer's service centre, in words
	Centres    []option // to choose from for somebody new
	Candidates []candidate
	Verified   bool // in this call, or, without one, for this case
	Promise    *records.Promise
	Due        string // how far the promise is away
	Others     []openCase
	Last       []contactMade
	Trouble    []missing      // of the form that was sent last
	Open       string         // the form that is open: "new", "find", ""
	Known      customersFound // customers that somebody new may belong to
	typed      func(name string) string
	sent       fields
}

// candidate is one of several people behind a number, with what tells them apart.
type candidate struct {
	records.Contact
	Region, Centre string
	Chosen         bool // the last time
	LastCase       string
}

// openCase is one of the caller's open cases.
type openCase struct {
	records.Case
	Kind string
	Due  string
	Late bool
	This bool
}

// contactMade is one line of the caller's history.
type contactMade struct {
	At    time.Time
	Kind  string // "call", "remote", "onsite"
	Case  string
	Who   string
	State string
}

// Ways lists how a caller can be verified.
func (who) Ways() []string { return []string{"contract", "question", "callback", "email"} }

// F is what stands in a field of the panel's forms.
func (w who) F(name string) string {
	if v, ok := w.sent[name]; ok {
		return v
	}
	if w.typed == nil {
		return ""
	}
	return w.typed(name)
}

// Wrong gives what is wrong with a field, "" when nothing is.
func (w who) Wrong(name string) string {
	for _, m := range w.Trouble {
		if m.Name == name {
			return m.Text
		}
	}
	return ""
}

func (d *Desk) whoOf(r *http.Request, c records.Case, call records.AnsweredCall) (who, error) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	w := who{Case: c.Number, Call: call.Call, Number: c.Caller}
	if call.Caller != "" {
		w.Number = call.Caller
	}
	var err error
	if c.ContactID != "" {
		w.Card, err = d.store.CardOf(ctx, w.Number, c.ContactID)
	} else {
		w.Card, err = d.store.Card(ctx, w.Number)
	}
	if err != nil {
		return w, err
	}
	rec := w.Card.Recognition
	switch rec.Kind {
	case records.RecognisedOne:
		w.Contact = &rec.Contacts[0]
	case records.RecognisedCandidates:
		w.Candidates = candidatesOf(w.Card)
	}
	if w.Contact != nil {
		w.Customer = customerOf(w.Card, w.Contact.CustomerID)
	}
	if seen := w.Card.Verified; seen != nil && w.Contact != nil && seen.Contact == w.Contact.ID {
		w.Verified = seen.Call != "" && seen.Call == w.Call || w.Call == "" && seen.Case == c.Number
	}
	if p := w.Card.Promise; p != nil {
		w.Promise = p
		if !p.For.IsZero() && !p.Kept {
			w.Due = d.until(r, p.For)
		}
	}
	for _, k := range w.Card.Cases {
		o := openCase{Case: k, Kind: d.kind(v.Lang, k.Product, k.Category), This: k.Number == c.Number}
		if !k.PromisedAt.IsZero() {
			o.Due, o.Late = d.until(r, k.PromisedAt), k.PromisedAt.Before(d.now())
		}
		w.Others = append(w.Others, o)
	}
	if w.Customer != nil {
		w.Centre = title(d.opt.Centres, w.Customer.ServiceCentre, v.Lang)
	}
	for i := range w.Candidates {
		w.Candidates[i].Centre = title(d.opt.Centres, w.Candidates[i].Centre, v.Lang)
	}
	for _, c := range d.opt.Centres {
		w.Centres = append(w.Centres, option{Code: c.Code, Title: c.Words.in(v.Lang)})
	}
	names, err := d.names(r)
	w.Last = history(w.Card, call.Call, names)
	if c.Owner != v.Login && call.Call == "" {
		w.Number = ui.MaskNumber(w.Number) // somebody else's case: number and address are not needed to read it
		if w.Customer != nil {
			discreet := *w.Customer
			discreet.Address = ui.MaskAddress(discreet.Address)
			w.Customer = &discreet
		}
	}
	return w, err
}

// names gives the name of every login.
func (d *Desk) names(r *http.Request) (map[string]string, error) {
	users, err := d.store.Users(r.Context())
	names := make(map[string]string, len(users))
	for _, u := range users {
		names[u.Login] = u.Name
	}
	return names, err
}

func customerOf(card records.Card, id string) *records.Customer {
	if i := slices.IndexFunc(card.Customers, func(c records.Customer) bool { return c.ID == id }); i >= 0 {
		return &card.Customers[i]
	}
	return nil
}

func candidatesOf(card records.Card) []candidate {
	var out []candidate
	for _, k := range card.Recognition.Contacts {
		c := candidate{Contact: k, Chosen: k.ID == card.Recognition.Chosen}
		if of := customerOf(card, k.CustomerID); of != nil {
			c.Region, c.Centre = of.Region, of.ServiceCentre
		}
		for _, open := range card.Cases {
			if open.ContactID == k.ID {
				c.LastCase = strings.TrimSpace(open.Number + " " + open.Subject)
				break
			}
		}
		out = append(out, c)
	}
	return out
}

// history lists calls and services together, the newest first, without the present call.
func history(card records.Card, call string, names map[string]string) []contactMade {
	var out []contactMade
	for _, l := range card.Last {
		if l.Call != call {
			out = append(out, contactMade{At: l.Arrived, Kind: "call", Case: l.Case, Who: names[l.Agent], State: callState(l)})
		}
	}
	for _, s := range card.Services {
		out = append(out, contactMade{At: s.Raised.Time, Kind: s.Kind, Case: s.Case, Who: s.By, State: string(s.State)})
	}
	slices.SortStableFunc(out, func(a, b contactMade) int { return b.At.Compare(a.At) })
	return out[:min(len(out), 6)]
}

func callState(l records.CallRow) string {
	switch {
	case l.Answered:
		return "answered"
	case l.Rule == "":
		return "none"
	}
	return "abandoned"
}

// whoPanel shows the panel again; ?open= opens one of its forms.
func (d *Desk) whoPanel(w http.ResponseWriter, r *http.Request) {
	d.showWho(w, r, http.StatusOK, func(p *who) { p.Open = r.URL.Query().Get("open") })
}

// showWho answers with the panel of the case in the address.
func (d *Desk) showWho(w http.ResponseWriter, r *http.Request, status int, change func(*who)) {
	work, err := d.workOn(r, r.PathValue("number"), r.FormValue("call"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	change(&work.Who)
	if work.Who.Open == "new" {
		if work.Who.Known, err = d.customersLike(r, work.Who.F("who.customer"), work.Who.F("who.customer_id")); err != nil {
			d.fail(w, r, err)
			return
		}
	}
	d.pages.Fragment(w, r, status, "desk/_who", work.Who)
}

// found are contacts that a search gave.
type found struct {
	Case, Call string
	Asked      string
	Contacts   []records.Contact
}

func (d *Desk) findContacts(w http.ResponseWriter, r *http.Request) {
	f := found{Case: r.PathValue("number"), Call: r.FormValue("call"), Asked: strings.TrimSpace(r.FormValue("who.find"))}
	var err error
	if f.Contacts, err = d.store.FindContacts(r.Context(), f.Asked, 8); err != nil {
		d.fail(w, r, err)
		return
	}
	d.pages.Fragment(w, r, http.StatusOK, "desk/_found", f)
}

// customersFound are customers that a new contact may belong to.
type customersFound struct {
	Asked     string
	Customers []records.Customer
	Chosen    string
}

func (d *Desk) findCustomers(w http.ResponseWriter, r *http.Request) {
	f, err := d.customersLike(r, r.FormValue("who.customer"), r.FormValue("who.customer_id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.pages.Fragment(w, r, http.StatusOK, "desk/_customers", f)
}

func (d *Desk) customersLike(r *http.Request, name, chosen string) (customersFound, error) {
	f := customersFound{Asked: strings.TrimSpace(name), Chosen: chosen}
	if f.Asked == "" {
		return f, nil
	}
	var err error
	f.Customers, err = d.store.Customers(r.Context(), f.Asked, 5)
	for i, c := range f.Customers {
		f.Customers[i].ServiceCentre = title(d.opt.Centres, c.ServiceCentre, ui.VisitorOf(r.Context()).Lang)
	}
	return f, err
}

// chooseContact says who it is: the case gets the contact, and the number remembers the choice.
func (d *Desk) chooseContact(w http.ResponseWriter, r *http.Request) {
	if err := d.identify(r, r.FormValue("contact")); err != nil {
		d.fail(w, r, err)
		return
	}
	d.showWho(w, r, http.StatusOK, func(*who) {})
}

// identify gives the case its contact and remembers them for the number they call from.
func (d *Desk) identify(r *http.Request, contact string) error {
	ctx, v, number := r.Context(), ui.VisitorOf(r.Context()), r.PathValue("number")
	c, err := d.store.Case(ctx, number)
	if err != nil {
		return err
	}
	if _, err := d.store.UpdateCase(ctx, number, records.CaseChange{By: v.Login, ContactID: &contact}); err != nil {
		return err
	}
	call, err := d.callOf(ctx, number, r.FormValue("call"), v.Login)
	if err != nil {
		return err
	}
	caller := c.Caller
	if call.Caller != "" {
		caller = call.Caller
	}
	if caller == "" {
		return nil
	}
	err = d.store.Remember(ctx, caller, contact, v.Login)
	if errors.Is(err, records.ErrInvalid) {
		return nil // an extension of the house: nothing to remember, and nothing wrong with the choice
	}
	return err
}

// newContact adds a person, with a new customer or one that is known, and makes them the case's.
func (d *Desk) newContact(w http.ResponseWriter, r *http.Request) {
	f := fieldsOf(r.Form)
	contact := records.Contact{Name: f["who.name"], Email: f["who.email"], Language: f["who.language"], CustomerID: f["who.customer_id"]}
	if number := strings.TrimSpace(f["who.number"]); number != "" {
		contact.Numbers = []records.Number{{Number: number}}
	}
	var err error
	if contact.CustomerID == "" && strings.TrimSpace(f["who.customer"]) != "" {
		contact, err = d.store.AddPerson(r.Context(), records.Customer{
			Name: f["who.customer"], Region: f["who.region"], Address: f["who.address"], ServiceCentre: codeOf(d.opt.Centres, f["who.centre"]), Agreement: f["who.agreement"],
		}, contact)
	} else {
		contact, err = d.store.AddContact(r.Context(), contact)
		if err == nil {
			err = d.firstAddress(r.Context(), contact.CustomerID, f["who.address"])
		}
	}
	if err == nil {
		err = d.identify(r, contact.ID)
	}
	if p, ok := errors.AsType[*records.Problem](err); ok && errors.Is(err, records.ErrInvalid) {
		wrong := p.Fields
		d.showWho(w, r, http.StatusUnprocessableEntity, func(panel *who) {
			panel.Open, panel.sent, panel.Trouble = "new", f, d.missingWords(r, whoFields(wrong))
		})
		return
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if err := d.store.DiscardDraft(r.Context(), ui.VisitorOf(r.Context()).Login, r.PathValue("number"), whoNames()...); err != nil {
		d.fail(w, r, err)
		return
	}
	d.showWho(w, r, http.StatusOK, func(*who) {})
}

// firstAddress keeps where a known customer is, when nobody knew it; one that is known is not overwritten in passing.
func (d *Desk) firstAddress(ctx context.Context, customer, address string) error {
	if customer == "" || strings.TrimSpace(address) == "" {
		return nil
	}
	c, err := d.store.Customer(ctx, customer)
	if err != nil || c.Address != "" {
		return err
	}
	c.Address = address
	_, err = d.store.UpdateCustomer(ctx, c)
	return err
}

func whoNames() []string {
	return []string{"who.name", "who.number", "who.email", "who.customer", "who.customer_id", "who.region", "who.address", "who.language", "who.centre", "who.agreement", "who.find"}
}

// whoFields gives fields of a contact the names they have in the form.
func whoFields(in []records.Field) []records.Field {
	names := map[string]string{
		"name": "who.name", "numbers": "who.number", "email": "who.email", "customer.name": "who.customer", "customer.region": "who.region",
		"customer.service_centre": "who.centre", "customer.address": "who.address", "language": "who.language", "customer.agreement": "who.agreement",
	}
	out := slices.Clone(in)
	for i, f := range out {
		if name, ok := names[f.Name]; ok {
			out[i].Name = name
		}
	}
	return out
}

// verify records how the agent made sure of who it is.
func (d *Desk) verify(w http.ResponseWriter, r *http.Request) {
	v, number, f := ui.VisitorOf(r.Context()), r.PathValue("number"), fieldsOf(r.Form)
	in := records.VerificationInput{
		Contact: f["contact"], Call: f["call"], Case: number, By: v.Login, How: f["verify.how"], Detail: f["verify.detail"],
	}
	_, err := d.store.Verify(r.Context(), in)
	if p, ok := errors.AsType[*records.Problem](err); ok && errors.Is(err, records.ErrIncomplete) {
		d.showWho(w, r, http.StatusUnprocessableEntity, func(panel *who) {
			panel.Open, panel.sent, panel.Trouble = "verify", f, d.missingWords(r, verifyFields(p.Fields))
		})
		return
	}
	if err == nil {
		err = d.store.DiscardDraft(r.Context(), v.Login, number, "verify.how", "verify.detail")
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.showWho(w, r, http.StatusOK, func(*who) {})
}

func verifyFields(in []records.Field) []records.Field {
	out := slices.Clone(in)
	for i := range out {
		out[i].Name = "verify." + out[i].Name
	}
	return out
}
