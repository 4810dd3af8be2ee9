package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"hotline/records"
	"hotline/web/ui"
)

// formFaults says of each field of a form what is wrong with it, in the visitor's language; "form" is the form as a whole.
type formFaults map[string]string

// First names the first field at fault in the order of the form, which gets the focus.
func (f formFaults) First(order ...string) string {
	for _, name := range append(order, slices.Sorted(maps.Keys(f))...) {
		if f[name] != "" {
			return name
		}
	}
	return ""
}

// faultsOf words what records refused. ok is false for an error that no change of the form would mend.
func (s *Site) faultsOf(r *http.Request, err error) (faults formFaults, status int, ok bool) {
	p, ok := errors.AsType[*records.Problem](err)
	if !ok {
		return nil, 0, false
	}
	faults = formFaults{}
	lang := ui.VisitorOf(r.Context()).Lang
	for _, f := range p.Fields {
		name, _, _ := strings.Cut(f.Name, ".")
		faults[name] = s.sayOr(r, s.pages.Refusals(lang, f.What, f.Do), "fault."+name+"."+f.Code)
	}
	switch {
	case errors.Is(err, records.ErrExists):
		faults["login"] = s.say(r, "fault.login.taken")
	case errors.Is(err, records.ErrConflict):
		faults["form"] = s.say(r, "fault.form.changed")
	case !errors.Is(err, records.ErrInvalid) && !errors.Is(err, records.ErrIncomplete):
		return nil, 0, false
	case len(faults) == 0:
		faults["form"] = s.pages.Refusals(lang, p.What, p.Do)
	}
	return faults, recordsStatus(err), true
}

// sayOr says a text if there is one of that key, else what is given.
func (s *Site) sayOr(r *http.Request, other, key string) string {
	if !s.pages.Knows(key) {
		return other
	}
	return s.say(r, key)
}
