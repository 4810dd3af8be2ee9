package customers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// Form is one form with what was typed into it, and what became of the same data meanwhile.
type Form struct {
	Values  map[string]string // as typed
	Was     map[string]string // as they were when the form was opened
	Version int64             // that the form was made of
	Faults  map[string]string // by field, in words
	Theirs  map[string]string // what somebody else saved where something else was typed, in words
	Taken   map[string]string // what stood before somebody else's change, where nothing was typed: theirs is in the field
	Changed bool              // somebody else changed the data
	By      string            // who, and when; "" when it is not known
	When    time.Time
	Focus   string
}

func newForm(values map[string]string, version int64) Form {
	f := Form{Values: values, Was: map[string]string{}, Version: version}
	f.clear()
	for name, v := range values {
		f.Was[name] = v
	}
	return f
}

func (f *Form) clear() {
	f.Faults, f.Theirs, f.Taken = map[string]string{}, map[string]string{}, map[string]string{}
}

// readForm takes what was sent for the named fields. Browsers send line breaks as CR LF.
func readForm(r *http.Request, names ...string) Form {
	f := Form{Values: map[string]string{}, Was: map[string]string{}}
	f.clear()
	clean := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	for _, name := range names {
		f.Values[name], f.Was[name] = clean(r.PostFormValue(name)), clean(r.PostFormValue("was."+name))
	}
	f.Version, _ = strconv.ParseInt(r.PostFormValue("version"), 10, 64) // 0 is a version that nothing has
	return f
}

// meet puts what was typed beside what is stored now. Nothing that was typed is lost: where both changed the same field, the form shows
// both; where only the other did, theirs is in the field and what it was before beside it. Saving again then means what is seen.
func (f *Form) meet(now map[string]string, version int64, word func(name, value string) string) {
	f.Changed, f.Version = true, version
	for name, stored := range now {
		typed, was := f.Values[name], f.Was[name]
		switch {
		case stored == was, stored == typed:
		case typed == was:
			f.Taken[name] = word(name, was)
			f.Values[name] = stored
		default:
			f.Theirs[name] = word(name, stored)
		}
		f.Was[name] = stored
	}
}

// focus is the first field that wants to be looked at.
func (f *Form) focus(names ...string) {
	for _, look := range []map[string]string{f.Faults, f.Theirs, f.Taken} {
		for _, name := range names {
			if f.Focus == "" && look[name] != "" {
				f.Focus = name
			}
		}
	}
}

// refusedBy words what records says is wrong with fields. ok is false when err is something else.
func (c *Customers) refusedBy(r *http.Request, f *Form, err error) (ok bool) {
	p, is := errors.AsType[*records.Problem](err)
	if !is || len(p.Fields) == 0 {
		return false
	}
	for _, x := range p.Fields {
		if f.Faults[x.Name] != "" {
			continue
		}
		if key := "customers.fault." + x.Code; c.pages.Knows(key) {
			f.Faults[x.Name] = c.say(r, key)
		} else {
			f.Faults[x.Name] = c.pages.Refusals(ui.VisitorOf(r.Context()).Lang, x.What, x.Do)
		}
	}
	return true
}

// lastChange says who made the change that was met. One by an import is not told: the log says of it only that there was one.
func (c *Customers) lastChange(ctx context.Context, f *Form, object string, changed time.Time) {
	log, err := c.store.AuditLog(ctx, records.AuditFilter{Object: object, Limit: 1})
	if err != nil || len(log.Items) == 0 || !log.Items[0].At.Equal(changed) {
		return
	}
	f.By, f.When = log.Items[0].By, log.Items[0].At
	if users, err := c.store.Users(ctx); err == nil {
		for _, u := range users {
			if u.Login == f.By && u.Name != "" {
				f.By = u.Name
			}
		}
	}
}
