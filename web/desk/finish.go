package desk

import (
	"errors"
	"net/http"
	"strings"

	"hotline/records"
	"hotline/web/ui"
)

// finished is how a case stands after its work was finished.
type finished struct {
	records.WrapUpResult
	Due        string
	Department string
	AcceptedBy string // who accepted it there
	Freed      bool   // the agent can be offered the next call
	Places     places
}

// finish ends the work in one of the permitted outcomes (I4). What records refuses is listed beside the button; nothing typed is lost.
func (d *Desk) finish(w http.ResponseWriter, r *http.Request) {
	v, number, f := ui.VisitorOf(r.Context()), r.PathValue("number"), fieldsOf(r.Form)
	call, err := d.callOf(r.Context(), number, f["call"], v.Login)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	in := d.wrapUp(v, number, call.Call, f)
	out, err := d.store.WrapUp(r.Context(), in)
	if p, ok := errors.AsType[*records.Problem](err); ok && errors.Is(err, records.ErrIncomplete) {
		w.Header().Set("HX-Retarget", "#case-missing")
		w.Header().Set("HX-Reswap", "outerHTML")
		d.pages.Fragment(w, r, http.StatusUnprocessableEntity, "desk/_missing", d.missingWords(r, p.Fields))
		return
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if note := strings.TrimSpace(f["note"]); note != "" { // begun beside the wrap-up: it must not go with the draft
		if _, err := d.store.AddNote(r.Context(), number, v.Login, note); err != nil {
			d.fail(w, r, err)
			return
		}
	}
	done := finished{WrapUpResult: out, Freed: d.free(r, call.Call)}
	if !out.Case.PromisedAt.IsZero() {
		done.Due = d.until(r, out.Case.PromisedAt)
	}
	if in.Referral != nil {
		done.Department, done.AcceptedBy = title(d.opt.Departments, in.Referral.Department, v.Lang), in.Referral.AcceptedBy
	}
	if done.Places, err = d.places(r, "desk"); err != nil {
		d.fail(w, r, err)
		return
	}
	w.Header().Set("HX-Trigger", "case:finished")
	d.pages.Fragment(w, r, http.StatusOK, "desk/_finished", done)
}

// free tells presence that the call is wrapped up.
func (d *Desk) free(r *http.Request, call string) bool {
	if call == "" {
		return false
	}
	login := ui.VisitorOf(r.Context()).Login
	v, ok := d.opt.Presence.View(login)
	if !ok || v.Call != call {
		return false
	}
	if err := d.opt.Presence.WrappedUp(login, call); err != nil {
		d.log.WarnContext(r.Context(), "wrapped up, but the agent was not freed", "login", login, "call", call, "err", err)
		return false
	}
	return true
}

// split says that the call is about something else: it gets a case of its own, and what was typed in the call goes along.
func (d *Desk) split(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	call, err := d.callOf(r.Context(), r.PathValue("number"), r.FormValue("call"), v.Login)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	own, err := d.store.SplitCall(r.Context(), call.Call, v.Login)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	page := desktop{}
	if page.Places, err = d.places(r, "desk"); err == nil {
		page.Places.Case = own.Number
		page.Work, err = d.workOn(r, own.Number, call.Call)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.pages.Fragment(w, r, http.StatusOK, "desk/_work", page)
}

// background is what happened with a case before: notes, owners, solutions that were used.
type background struct {
	Case    records.Case
	Notes   []note
	History []change
	Used    []records.Solution
	Trouble []missing
	Text    string
}

type note struct {
	records.Note
	By string
}

// change is one line of the history of owners.
type change struct {
	records.OwnershipEntry
	Old, New, By string
}

func (d *Desk) more(w http.ResponseWriter, r *http.Request) { d.showMore(w, r, http.StatusOK, nil, "") }

func (d *Desk) showMore(w http.ResponseWriter, r *http.Request, status int, wrong []missing, text string) {
	ctx, number := r.Context(), r.PathValue("number")
	b := background{Trouble: wrong, Text: text}
	var err error
	if b.Case, err = d.store.Case(ctx, number); err != nil {
		d.fail(w, r, err)
		return
	}
	names, err := d.names(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	named := func(login string) string {
		if names[login] != "" {
			return names[login]
		}
		return login
	}
	notes, err := d.store.Notes(ctx, number)
	for _, n := range notes {
		b.Notes = append(b.Notes, note{n, named(n.By)})
	}
	if err == nil {
		var history []records.OwnershipEntry
		history, err = d.store.OwnershipHistory(ctx, number)
		for _, e := range history {
			b.History = append(b.History, change{e, named(e.OldOwner), named(e.NewOwner), named(e.By)})
		}
	}
	if err == nil {
		b.Used, err = d.usedIn(r, number)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.pages.Fragment(w, r, status, "desk/_more", b)
}

func (d *Desk) addNote(w http.ResponseWriter, r *http.Request) {
	v, number := ui.VisitorOf(r.Context()), r.PathValue("number")
	_, err := d.store.AddNote(r.Context(), number, v.Login, r.FormValue("note"))
	if p, ok := errors.AsType[*records.Problem](err); ok && errors.Is(err, records.ErrIncomplete) {
		wrong := d.missingWords(r, noteFields(p.Fields))
		d.showMore(w, r, http.StatusUnprocessableEntity, wrong, r.FormValue("note"))
		return
	}
	if err == nil {
		err = d.store.DiscardDraft(r.Context(), v.Login, number, "note")
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	w.Header().Set("HX-Trigger-After-Swap", `{"case:taken": {"fields": ["note"]}}`)
	d.showMore(w, r, http.StatusOK, nil, "")
}

func noteFields(in []records.Field) []records.Field {
	out := append([]records.Field(nil), in...)
	for i := range out {
		out[i].Name = "note"
	}
	return out
}
