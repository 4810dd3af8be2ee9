package knowledge

import (
	"net/http"
	"strconv"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// articlePage is one article, in the version that is looked at.
type articlePage struct {
	records.ArticleFile
	V         records.ArticleVersion // what is looked at
	Newest    bool                   // V is the newest version
	Shown     bool                   // V is what readers see now
	Title     string
	Symptom   string
	Body      string
	Other     string // the other language that V has, "" none
	About     string
	Author    string
	History   []event
	Revised   bool // there is a newer version than V
	Mine      bool // the visitor wrote a part of what is not published yet
	Writer    bool
	Manager   bool
	Audience  string
	From, End string
	Reason    string
	Faults    faults
	Focus     string
}

type event struct {
	records.ArticleEvent
	By string
}

// localTime is how <input type="datetime-local"> writes an instant of the visitor's zone.
const localTime = "2006-01-02T15:04"

func (k *Knowledge) show(w http.ResponseWriter, r *http.Request) {
	k.showArticle(w, r, http.StatusOK, articlePage{})
}

func (k *Knowledge) showArticle(w http.ResponseWriter, r *http.Request, status int, p articlePage) {
	v, number := ui.VisitorOf(r.Context()), r.PathValue("number")
	var err error
	if p.ArticleFile, err = k.store.ArticleFile(r.Context(), number); err != nil {
		k.fail(w, r, err)
		return
	}
	named, err := k.names(r.Context())
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p.V = chosen(p.ArticleFile, r.FormValue("version"), status != http.StatusOK)
	p.Newest, p.Revised, p.Shown = p.V.Version == p.Latest, p.V.Version < p.Latest, p.V.Version == p.Live && p.ShownAt(k.opt.Now())
	lang := v.Lang
	if r.FormValue("text") == "other" {
		lang = map[string]string{ui.English: ui.Chinese}[lang]
		if lang == "" {
			lang = ui.English
		}
	}
	t := p.V.Text
	p.Title, p.Symptom, p.Body = t.Title.In(lang), t.Symptom.In(lang), t.Body.In(lang)
	if t.Title.Zh != "" && t.Title.En != "" {
		p.Other = map[bool]string{true: ui.Chinese, false: ui.English}[lang == ui.English]
	}
	p.About, p.Author = k.kind(v.Lang, t.Product, t.Category), named(p.V.Author)
	for _, e := range p.Events {
		p.History = append(p.History, event{e, named(e.By)})
	}
	for i := range p.Use.Cases {
		p.Use.Cases[i].By = named(p.Use.Cases[i].By)
	}
	for _, version := range p.Versions {
		p.Mine = p.Mine || version.Version > p.Live && version.Author == v.Login
	}
	p.Writer, p.Manager = v.Has(records.RoleAgent) || v.Has(records.RoleSupervisor), v.Has(records.RoleSupervisor)
	if p.Audience == "" {
		p.Audience = records.AudienceStaff
	}
	if p.Shown && p.ArticleFile.Kind == records.SolutionNews {
		if err := k.store.ReadNews(r.Context(), v.Login, number); err != nil {
			k.log.WarnContext(r.Context(), "news that was read counts as unread", "number", number, "err", err)
		}
	}
	k.pages.Render(w, r, status, "knowledge/article", p)
}

// chosen is the version to look at: what is asked for, else what is shown, else the newest.
func chosen(a records.ArticleFile, asked string, newest bool) records.ArticleVersion {
	want := a.Live
	if n, err := strconv.ParseInt(asked, 10, 64); err == nil {
		want = n
	}
	if asked == "newest" || newest {
		want = a.Latest
	}
	for _, v := range a.Versions {
		if v.Version == want {
			return v
		}
	}
	return a.Versions[0]
}

func (k *Knowledge) submit(w http.ResponseWriter, r *http.Request) {
	a, err := k.store.SubmitArticle(r.Context(), ui.VisitorOf(r.Context()).Login, r.PathValue("number"), lockOf(r))
	k.answer(w, r, a, err, articlePage{}, nil)
}

func (k *Knowledge) giveBack(w http.ResponseWriter, r *http.Request) {
	reason := r.FormValue("reason")
	a, err := k.store.ReturnArticle(r.Context(), ui.VisitorOf(r.Context()).Login, r.PathValue("number"), lockOf(r), reason)
	k.answer(w, r, a, err, articlePage{Reason: reason}, map[string]string{"reason": "return"})
}

func (k *Knowledge) withdraw(w http.ResponseWriter, r *http.Request) {
	reason := r.FormValue("reason")
	a, err := k.store.WithdrawArticle(r.Context(), ui.VisitorOf(r.Context()).Login, r.PathValue("number"), lockOf(r), reason)
	k.answer(w, r, a, err, articlePage{Reason: reason}, map[string]string{"reason": "withdraw"})
}

func (k *Knowledge) publish(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	p := articlePage{Audience: r.FormValue("audience"), From: r.FormValue("from"), End: r.FormValue("until")}
	from, fromOK := instant(p.From, v.Zone)
	until, untilOK := instant(p.End, v.Zone)
	if !fromOK || !untilOK {
		p.Faults = faults{}
		if !fromOK {
			p.Faults["from"] = k.say(r, "knowledge.fault.date")
		}
		if !untilOK {
			p.Faults["until"] = k.say(r, "knowledge.fault.date")
		}
		p.Focus = p.Faults.first("from", "until")
		k.showArticle(w, r, http.StatusUnprocessableEntity, p)
		return
	}
	a, err := k.store.PublishArticle(r.Context(), v.Login, r.PathValue("number"), lockOf(r), records.Publication{Audience: p.Audience, From: from, Until: until})
	k.answer(w, r, a, err, p, nil)
}

// instant reads a datetime-local field; "" is no time, which is fine.
func instant(s string, zone *time.Location) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	t, err := time.ParseInLocation(localTime, s, zone)
	return t, err == nil
}

func lockOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.FormValue("lock"), 10, 64) // 0 never fits: the answer says to load again
	return n
}

// answer shows the article after a step, or what is wrong with the form. rename gives fields at fault the ids that they have on the page.
func (k *Knowledge) answer(w http.ResponseWriter, r *http.Request, a records.Article, err error, p articlePage, rename map[string]string) {
	if found := k.faultsOf(r, err); found != nil {
		p.Faults = faults{}
		for name, what := range found {
			if other := rename[name]; other != "" {
				name = other
			}
			p.Faults[name] = what
		}
		p.Focus = p.Faults.first("audience", "from", "until", "return", "withdraw")
		k.showArticle(w, r, http.StatusUnprocessableEntity, p)
		return
	}
	if err != nil {
		k.fail(w, r, err)
		return
	}
	to := "/knowledge/" + a.Number
	if a.State != records.ArticlePublished {
		to += "?version=newest"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
