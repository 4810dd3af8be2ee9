package desk

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// maxDraftBody bounds what one saving sends, in bytes: every field of a case at its longest.
const maxDraftBody = 1 << 20

// draftBody is what the page's autosave sends.
type draftBody struct {
	Tab     string `json:"tab"`
	Call    string `json:"call"`
	Since   int64  `json:"since"`
	Changes []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
		Seen  int64  `json:"seen"`
		AgeMS int64  `json:"age_ms"`
	} `json:"changes"`
	// Commit names facts that are to be written into the case, where colleagues see them. Base is what stood in the case when the
	// page loaded it: what somebody else changed since is not overwritten silently.
	Commit []string          `json:"commit"`
	Base   map[string]string `json:"base"`
}

// draftAnswer is how everything stands after saving.
type draftAnswer struct {
	records.DraftSaved
	Missing []missing         `json:"missing"`
	Case    map[string]string `json:"case"` // what the case is about, as it stands in the case now
	Taken   []string          `json:"taken"`
	Clashes []string          `json:"clashes"` // fields that somebody else changed in the case meanwhile; kept in the draft
	Closed  bool              `json:"closed"`
}

// draft keeps what was typed, and says what is still missing.
func (d *Desk) draft(w http.ResponseWriter, r *http.Request) {
	var in draftBody
	ctl := http.NewResponseController(w)
	_ = ctl.SetReadDeadline(time.Now().Add(20 * time.Second)) // recorders in tests have none
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxDraftBody)).Decode(&in); err != nil {
		status := http.StatusBadRequest
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			status = http.StatusRequestEntityTooLarge
		}
		writeJSON(w, status, trouble{What: d.say(r, "work.trouble.draft"), Do: d.say(r, "work.trouble.draft.do")})
		return
	}
	_ = ctl.SetReadDeadline(time.Time{})
	out, err := d.saveDraft(r, in)
	if err != nil {
		d.failJSON(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, out)
}

func (d *Desk) saveDraft(r *http.Request, in draftBody) (draftAnswer, error) {
	ctx, v, number := r.Context(), ui.VisitorOf(r.Context()), r.PathValue("number")
	out := draftAnswer{Taken: []string{}, Clashes: []string{}, Missing: []missing{}}
	c, err := d.store.Case(ctx, number)
	if err != nil {
		return out, err
	}
	out.Closed = !c.ClosedAt.IsZero()
	save := records.DraftInput{By: v.Login, Case: number, Tab: in.Tab, Since: in.Since}
	for _, ch := range in.Changes {
		age := time.Duration(min(max(ch.AgeMS, 0), int64(30*24*time.Hour/time.Millisecond))) * time.Millisecond
		save.Changes = append(save.Changes, records.DraftChange{Name: ch.Name, Value: ch.Value, Seen: ch.Seen, Age: age})
	}
	if out.DraftSaved, err = d.store.SaveDraft(ctx, save); err != nil {
		return out, err
	}
	if len(in.Commit) > 0 && !out.Closed {
		if c, err = d.commit(r, c, in, &out); err != nil {
			return out, err
		}
	}
	out.Case = d.facts(v, c)
	if out.Closed {
		return out, nil
	}
	work, err := d.standing(r, c, in.Call)
	if err != nil {
		return out, err
	}
	out.Missing, err = d.missingOf(r, number, in.Call, work)
	return out, err
}

// facts is what a case is about, as the form shows it.
func (d *Desk) facts(v ui.Visitor, c records.Case) map[string]string {
	known := d.knownFields(v, c, who{})
	out := map[string]string{}
	for _, name := range factNames() {
		out[name] = known[name]
	}
	return out
}

// commit moves drafted facts into the case.
func (d *Desk) commit(r *http.Request, c records.Case, in draftBody, out *draftAnswer) (records.Case, error) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	typed, err := d.store.Draft(ctx, v.Login, c.Number)
	if err != nil {
		return c, err
	}
	stands, f := d.facts(v, c), fields{}
	for _, t := range typed {
		was, isFact := stands[t.Name]
		switch {
		case !isFact || !slices.Contains(in.Commit, t.Name):
		case t.Value == was:
			out.Taken = append(out.Taken, t.Name)
		case was != in.Base[t.Name]:
			out.Clashes = append(out.Clashes, t.Name)
		default:
			f[t.Name] = t.Value
			out.Taken = append(out.Taken, t.Name)
		}
	}
	if len(f) > 0 {
		changed, err := d.store.UpdateCase(ctx, c.Number, d.change(v, c, f))
		if errors.Is(err, records.ErrInvalid) || errors.Is(err, records.ErrConflict) {
			out.Taken = []string{} // too long, or changed in this very moment: it stays in the draft, and the finish will say so
			return c, nil
		}
		if err != nil {
			return c, err
		}
		c = changed
	}
	if len(out.Taken) == 0 {
		return c, nil
	}
	return c, d.store.DiscardDraft(ctx, v.Login, c.Number, out.Taken...)
}

func (d *Desk) change(v ui.Visitor, c records.Case, f fields) records.CaseChange {
	ch := records.CaseChange{By: v.Login, Version: c.Version}
	take := func(name string, to **string, clean func(string) string) {
		if s, ok := f[name]; ok {
			s = clean(s)
			*to = &s
		}
	}
	same := func(s string) string { return s }
	product := c.Product
	if s, ok := f["product"]; ok {
		product = codeOf(d.products(), s)
	}
	take("subject", &ch.Subject, same)
	take("description", &ch.Description, same)
	take("severity", &ch.Severity, same)
	take("product", &ch.Product, func(string) string { return product })
	take("category", &ch.Category, func(s string) string { return codeOf(d.categories(product), s) })
	return ch
}

// standing is every field as it stands now: the draft over what is known.
func (d *Desk) standing(r *http.Request, c records.Case, call string) (fields, error) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	answered, err := d.callOf(ctx, c.Number, call, v.Login)
	if err != nil {
		return nil, err
	}
	p, err := d.whoOf(r, c, answered)
	if err != nil {
		return nil, err
	}
	f := fields(d.knownFields(v, c, p))
	typed, err := d.store.Draft(ctx, v.Login, c.Number)
	for _, t := range typed {
		f[t.Name] = t.Value
	}
	return f, err
}
