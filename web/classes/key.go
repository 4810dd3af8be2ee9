package classes

import (
	"net/http"
	"net/url"

	"hotline/records"
	"hotline/web/sheets"
	"hotline/web/ui"
)

// What can be keyed in from paper.
const (
	keyExam   = "exam"
	keySurvey = "survey"
)

// keyPage is a participant's paper, to be keyed in. Who does it is kept with the answers.
type keyPage struct {
	Class   records.Class
	Person  records.Registration
	What    string
	Exam    []questionForm
	Survey  *sheets.Form
	Refused []string
}

// onPaper are those who attended and whose answers are not there yet.
type onPaper struct {
	ID, Name, Organisation string
}

func (c *Classes) key(w http.ResponseWriter, r *http.Request) {
	c.showKey(w, r, http.StatusOK, nil, nil)
}

func (c *Classes) showKey(w http.ResponseWriter, r *http.Request, status int, told []string, form url.Values) {
	ctx := r.Context()
	k, reg, err := c.person(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := keyPage{Class: k, Person: reg, What: r.PathValue("what"), Refused: told}
	switch p.What {
	case keyExam:
		p.Exam = questionForms(k.Exam, false)
	case keySurvey:
		sh, err := c.store.OpenSheet(ctx, staff(r), k.ID, records.SurveyOfClass, reg.ID, reg.Name)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		answers, lang := sh.Answers, ui.VisitorOf(ctx).Lang
		if form != nil {
			answers = sh.Def.Form(form)
		}
		f := sheets.New(sh.Def, answers, sh.Seq, nil, lang)
		p.Survey = &f
	default:
		c.fail(w, r, records.ErrNotFound)
		return
	}
	c.pages.Render(w, r, status, "classes/key", p)
}

// person gives the class and the registration that the path names.
func (c *Classes) person(r *http.Request) (records.Class, records.Registration, error) {
	k, err := c.store.Class(r.Context(), r.PathValue("id"))
	if err != nil {
		return k, records.Registration{}, err
	}
	reg, err := c.store.Registration(r.Context(), r.PathValue("person"))
	if err == nil && reg.Class != k.ID {
		err = records.ErrNotFound
	}
	return k, reg, err
}

// keyed keeps what was keyed in, and goes on to the tab where the next one is picked.
func (c *Classes) keyed(w http.ResponseWriter, r *http.Request) {
	ctx, by := r.Context(), staff(r)
	k, reg, err := c.person(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if err := r.ParseForm(); err != nil {
		c.fail(w, r, err)
		return
	}
	tab := r.PathValue("what")
	switch tab {
	case keyExam:
		_, err = c.store.HandIn(ctx, by, reg.ID, answersOf(k.Exam, r.PostForm))
	case keySurvey:
		var sh records.Sheet
		if sh, err = c.store.OpenSheet(ctx, by, k.ID, records.SurveyOfClass, reg.ID, reg.Name); err == nil {
			_, err = c.store.AnswerSheet(ctx, by, sh.ID, sh.Def.Form(r.PostForm), true, sh.Seq)
		}
	default:
		err = records.ErrNotFound
	}
	if err == nil {
		http.Redirect(w, r, "/classes/"+url.PathEscape(k.Number)+"/"+tab, http.StatusSeeOther) //nolint:gosec // a path of ours: other tabs are refused above
		return
	}
	told, ok := c.refused(r, err)
	if !ok {
		c.fail(w, r, err)
		return
	}
	c.showKey(w, r, statusOf(err), told, r.PostForm)
}

// waiting lists whose paper can still be keyed in: they attended, and gave no answers by their link.
func waiting(people []records.Registration, came []records.Attendance, done map[string]bool) []onPaper {
	present := map[string]bool{}
	for _, a := range came {
		present[a.Registration] = present[a.Registration] || a.Present
	}
	var out []onPaper
	for _, r := range people {
		if present[r.ID] && !done[r.ID] {
			out = append(out, onPaper{r.ID, r.Name, r.Organisation})
		}
	}
	return out
}
