package knowledge

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"hotline/records"
	"hotline/web/ui"
)

func (k *Knowledge) say(r *http.Request, key string) string {
	return k.pages.Say(ui.VisitorOf(r.Context()).Lang, key)
}

// faults are what is wrong with the fields of a form, by name.
type faults map[string]string

// first is the field at fault that stands first in the form.
func (f faults) first(names ...string) string {
	for _, n := range names {
		if f[n] != "" {
			return n
		}
	}
	return ""
}

// faultsOf words what records says is wrong with fields; nil when err is something else.
func (k *Knowledge) faultsOf(r *http.Request, err error) faults {
	p, ok := errors.AsType[*records.Problem](err)
	if !ok || len(p.Fields) == 0 {
		return nil
	}
	out := faults{}
	for _, f := range p.Fields {
		out[f.Name] = k.say(r, "knowledge.fault."+f.Code)
	}
	return out
}

// ownWords are refusals that people meet, by the code of records.
func ownWords() map[string]string {
	return map[string]string{
		"own_article":          "knowledge.trouble.own",
		"customers_by_manager": "knowledge.trouble.manager",
		"article_state":        "knowledge.trouble.changed",
		"changed_meanwhile":    "knowledge.trouble.changed",
		"article_not_found":    "knowledge.trouble.notfound",
		"case_not_found":       "knowledge.trouble.nocase",
		"digest_not_found":     "knowledge.trouble.nodigest",
		"digest_period":        "knowledge.trouble.nodigest",
		"cursor":               "knowledge.trouble.cursor",
	}
}

// fail answers with an error in the visitor's words. What is not meant for people is logged and told as a fault of ours.
func (k *Knowledge) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, ok := errors.AsType[*records.Problem](err)
	if !ok {
		key, status := "knowledge.trouble.internal", http.StatusInternalServerError
		if errors.Is(err, records.ErrBusy) || errors.Is(err, context.DeadlineExceeded) {
			key, status = "knowledge.trouble.busy", http.StatusServiceUnavailable
		} else if !errors.Is(err, context.Canceled) {
			k.log.ErrorContext(r.Context(), "a page failed", "path", r.Pattern, "err", err)
		}
		k.pages.Trouble(w, r, status, k.say(r, key), k.say(r, key+".do"))
		return
	}
	status := http.StatusConflict
	switch {
	case errors.Is(err, records.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, records.ErrForbidden):
		status = http.StatusForbidden
	case errors.Is(err, records.ErrIncomplete), errors.Is(err, records.ErrInvalid):
		status = http.StatusUnprocessableEntity
	}
	if key := ownWords()[p.Code]; key != "" {
		k.pages.Trouble(w, r, status, k.say(r, key), k.say(r, key+".do"))
		return
	}
	k.pages.Refused(w, r, status, p.What, p.Do)
}

// names gives everybody's name by login.
func (k *Knowledge) names(ctx context.Context) (func(login string) string, error) {
	users, err := k.store.Users(ctx)
	names := map[string]string{}
	for _, u := range users {
		names[u.Login] = u.Name
	}
	return func(login string) string {
		if n := names[login]; n != "" {
			return n
		}
		return login
	}, err
}

// kind says what an article is about: product ▸ category.
func (k *Knowledge) kind(lang, product, category string) string {
	parts := []string{}
	for _, name := range []string{k.productName(lang, product), k.categoryName(lang, product, category)} {
		if name != "" {
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, " ▸ ")
}

// productName is the name of a product; what is not one of ours is its own name.
func (k *Knowledge) productName(lang, product string) string {
	for _, p := range k.opt.Products() {
		if p.Code == product {
			return p.Name.In(lang)
		}
	}
	return product
}

func (k *Knowledge) categoryName(lang, product, category string) string {
	for _, p := range k.opt.Products() {
		for _, c := range p.Categories {
			if p.Code == product && c.Code == category {
				return c.Name.In(lang)
			}
		}
	}
	return category
}
