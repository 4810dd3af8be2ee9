package desk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

func (d *Desk) say(r *http.Request, key string, args ...any) string {
	return d.pages.Say(ui.VisitorOf(r.Context()).Lang, key, args...)
}

// missing is one field that a form still lacks, as the visitor reads it.
type missing struct {
	Name string `json:"name"` // of the field
	Code string `json:"code"` // "missing", or what is wrong with what stands there
	Text string `json:"text"`
}

// missingWords says in the visitor's language what records says is missing or wrong with fields.
func (d *Desk) missingWords(r *http.Request, fields []records.Field) []missing {
	out := make([]missing, 0, len(fields))
	for _, f := range fields {
		var text string
		switch f.Code {
		case "missing":
			text = d.say(r, "work.missing."+f.Name)
		case "unknown", "too_long", "past", "far", "future", "range", "not_a_number", "too_many", "self":
			text = d.say(r, "work.fault."+f.Code, d.say(r, "work.field."+f.Name))
		default:
			text = d.pages.Refusals(ui.VisitorOf(r.Context()).Lang, f.What, f.Do)
		}
		out = append(out, missing{Name: f.Name, Code: f.Code, Text: text})
	}
	return out
}

// trouble is a refusal in the visitor's language.
type trouble struct {
	Status int       `json:"-"`
	What   string    `json:"what"`
	Do     string    `json:"do"`
	Fields []missing `json:"fields,omitempty"`
}

// troubleOf words an error. What is not meant for people is logged and told as a fault of ours.
func (d *Desk) troubleOf(r *http.Request, err error) trouble {
	p, ok := errors.AsType[*records.Problem](err)
	if !ok {
		if errors.Is(err, records.ErrBusy) || errors.Is(err, records.ErrClosed) || errors.Is(err, context.DeadlineExceeded) {
			return trouble{Status: http.StatusServiceUnavailable, What: d.say(r, "work.trouble.busy"), Do: d.say(r, "work.trouble.busy.do")}
		}
		if !errors.Is(err, context.Canceled) {
			d.log.ErrorContext(r.Context(), "the desk failed", "path", r.Pattern, "err", err)
		}
		return trouble{Status: http.StatusInternalServerError, What: d.say(r, "work.trouble.internal"), Do: d.say(r, "work.trouble.internal.do")}
	}
	t := trouble{Status: http.StatusConflict, Fields: d.missingWords(r, p.Fields)}
	key := "work.trouble.conflict"
	switch {
	case errors.Is(err, records.ErrNotFound):
		t.Status, key = http.StatusNotFound, "work.trouble.notfound"
	case errors.Is(err, records.ErrForbidden):
		t.Status, key = http.StatusForbidden, "work.trouble.forbidden"
	case errors.Is(err, records.ErrIncomplete):
		t.Status, key = http.StatusUnprocessableEntity, "work.trouble.incomplete"
	case errors.Is(err, records.ErrInvalid):
		t.Status, key = http.StatusUnprocessableEntity, "work.trouble.invalid"
	}
	if special, ok := ownWords()[p.Code]; ok {
		key = special
	}
	t.What, t.Do = d.say(r, key), d.say(r, key+".do")
	return t
}

// ownWords are refusals that people meet often enough to be told exactly.
func ownWords() map[string]string {
	return map[string]string{
		"wrapped_up":           "work.trouble.wrapped",
		"ownership_state":      "work.trouble.closed",
		"not_on_call":          "work.trouble.notoncall",
		"handover_ended":       "work.trouble.handended",
		"not_receiver":         "work.trouble.notreceiver",
		"attachment_too_large": "work.trouble.large",
		"attachment_empty":     "work.trouble.empty",
		"attachments_full":     "work.trouble.full",
		"attachments_off":      "work.trouble.off",
		"callback_state":       "work.trouble.callback",
		"draft_invalid":        "work.trouble.draft",
		"number_invalid":       "work.trouble.number",
	}
}

// fail answers with an error: as a message above the page for htmx, else as a page.
func (d *Desk) fail(w http.ResponseWriter, r *http.Request, err error) {
	t := d.troubleOf(r, err)
	what, do := t.What, t.Do // in the visitor's language already
	for _, f := range t.Fields {
		do += " " + f.Text
	}
	d.pages.Trouble(w, r, t.Status, what, strings.TrimSpace(do))
}

// failJSON is fail for scripts.
func (d *Desk) failJSON(w http.ResponseWriter, r *http.Request, err error) {
	t := d.troubleOf(r, err)
	writeJSON(w, t.Status, t)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// title gives the words for a code; a text that is not in the list is its own title.
func title(list []Choice, code, lang string) string {
	for _, c := range list {
		if c.Code == code {
			return c.Words.in(lang)
		}
	}
	return code
}

// codeOf gives the code for what was typed: a code, or its words in either language; else the text itself.
func codeOf(list []Choice, typed string) string {
	typed = strings.TrimSpace(typed)
	for _, c := range list {
		if strings.EqualFold(typed, c.Code) || strings.EqualFold(typed, c.Words.Zh) || strings.EqualFold(typed, c.Words.En) {
			return c.Code
		}
	}
	return typed
}

func (d *Desk) products() []Choice {
	products := d.opt.Products()
	out := make([]Choice, len(products))
	for i, p := range products {
		out[i] = p.Choice
	}
	return out
}

// categories of a product; of all products when it is not one of ours.
func (d *Desk) categories(product string) []Choice {
	var all []Choice
	for _, p := range d.opt.Products() {
		if p.Code == product {
			return p.Categories
		}
		all = append(all, p.Categories...)
	}
	return all
}

// kind says what a case is about: product ▸ category.
func (d *Desk) kind(lang, product, category string) string {
	var parts []string
	if product != "" {
		parts = append(parts, title(d.products(), product, lang))
	}
	if category != "" {
		parts = append(parts, title(d.categories(product), category, lang))
	}
	return strings.Join(parts, " ▸ ")
}

// until says how far a promised time is away: "in 2 h", "35 min late".
func (d *Desk) until(r *http.Request, at time.Time) string {
	left := at.Sub(d.now())
	ahead := left >= 0
	left = left.Abs()
	size := int((left + 30*time.Second) / time.Minute)
	unit := "minutes"
	switch {
	case left >= 48*time.Hour:
		size, unit = int((left+12*time.Hour)/(24*time.Hour)), "days"
	case left >= 2*time.Hour:
		size, unit = int((left+30*time.Minute)/time.Hour), "hours"
	}
	if ahead {
		return d.say(r, "work.in."+unit, size)
	}
	return d.say(r, "work.late."+unit, size)
}
