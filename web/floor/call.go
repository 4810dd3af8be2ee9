package floor

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"time"

	"hotline/records"
	"hotline/web/floor/timeline"
	"hotline/web/ui"
)

// callPage is one call.
type callPage struct {
	Row     callRow
	Rule    string
	Picture template.HTML
	Story   timeline.Story
	Entries []entryRow
	Chain   records.ChainCheck
	Setup   setup
}

// showCall shows one call whole.
func (f *Floor) showCall(w http.ResponseWriter, r *http.Request) {
	if p, ok := f.readCall(w, r); ok {
		f.opt.Pages.Render(w, r, http.StatusOK, "floor/call", p)
	}
}

// showPicture shows what changes while the call is up.
func (f *Floor) showPicture(w http.ResponseWriter, r *http.Request) {
	if p, ok := f.readCall(w, r); ok {
		f.opt.Pages.Fragment(w, r, http.StatusOK, "floor/call#picture", p)
	}
}

func (f *Floor) readCall(w http.ResponseWriter, r *http.Request) (callPage, bool) {
	ctx, v, id := r.Context(), ui.VisitorOf(r.Context()), r.PathValue("id")
	live, up := f.opt.Calls.Call(id)
	f.settle(ctx)
	row, err := f.opt.Records.Call(ctx, id)
	known := err == nil
	if err != nil && !errors.Is(err, records.ErrNotFound) {
		f.failed(w, r, "a call cannot be read", err)
		return callPage{}, false
	}
	journal, err := f.opt.Records.Timeline(ctx, id)
	if err != nil {
		f.failed(w, r, "a call's timeline cannot be read", err)
		return callPage{}, false
	}
	if !known && !up && len(journal) == 0 {
		f.trouble(w, r, http.StatusNotFound, "floor.trouble.nocall")
		return callPage{}, false
	}
	if f.opt.Discreet && !v.Has(supervisorRole) {
		journal = untold(journal)
	}
	own := row.Agent == v.Login && known || up && (live.Agent == v.Login || slices.Contains(live.Ringing, v.Login))
	if !own && !v.Has(supervisorRole) {
		if c, err := f.opt.Records.CaseOfCall(ctx, id); err != nil || c.Owner != v.Login {
			f.trouble(w, r, http.StatusForbidden, "floor.trouble.notyours")
			return callPage{}, false
		}
	}
	if !own && v.Has(supervisorRole) && r.Header.Get("HX-Request") != "true" {
		if err := f.audited(r, "call.read", id, ""); err != nil {
			f.failed(w, r, "a look at a call cannot be kept in the audit log", err)
			return callPage{}, false
		}
	}
	p := callPage{Setup: f.setup(r), Rule: row.Rule}
	rule, _ := timeline.ParseRule(row.Rule)
	switch {
	case known:
		p.Row = f.row(row, true, v)
	case up:
		p.Row = f.liveRow(live, true, v)
	default:
		p.Row = callRow{ID: id}
	}
	if up && live.CycleMS > 0 {
		rule.Cycle = time.Duration(live.CycleMS) * time.Millisecond
		rule.Rings = int(live.By.Sub(live.Ring1) / rule.Cycle)
	}
	p.Story = timeline.Read(journal, rule, f.opt.Now())
	p.Story.Live = up && p.Story.Live
	if p.Chain, err = f.opt.Records.Journal().VerifyCall(ctx, id); err != nil {
		f.failed(w, r, "a call's chain cannot be checked", err)
		return callPage{}, false
	}
	p.Entries = f.entries(p.Story, v.Lang)
	p.Picture = template.HTML(timeline.SVG(p.Story, words{f, v.Lang}, "picture")) //nolint:gosec // every word in it is escaped, see timeline.SVG
	return p, true
}

// settle waits a moment for the journal to be written, so that the page shows what just happened.
func (f *Floor) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
	defer cancel()
	if err := f.opt.Records.Journal().Flush(ctx); err != nil {
		f.log.DebugContext(ctx, "a timeline is read before the journal was written", "err", err)
	}
}

// words are the texts of the picture.
type words struct {
	floor *Floor
	lang  string
}

func (w words) Say(key string, args ...any) string {
	return w.floor.opt.Pages.Say(w.lang, "floor.picture."+key, args...)
}

// Name is how an agent is called today; the journal keeps logins.
func (w words) Name(login string) string { return w.floor.name(login) }
