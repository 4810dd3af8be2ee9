package engagements

import (
	"net/http"
	"strconv"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
	"hotline/web/sheets"
	"hotline/web/ui"
)

// sheetPage is a questionnaire as staff fills it in.
type sheetPage struct {
	File    records.OrderFile
	Code    string
	Step    string
	Form    sheets.Form
	Done    bool
	Refused []string
	Saved   bool
	By      string
}

func (e *Engagements) sheet(w http.ResponseWriter, r *http.Request) {
	e.showSheet(w, r, func(sh records.Sheet) (records.Sheet, []procedure.Lack, []string, int) {
		return sh, nil, nil, http.StatusOK
	})
}

// saveSheet keeps what was typed, whole or not; "done" hands it in when nothing is missing.
func (e *Engagements) saveSheet(w http.ResponseWriter, r *http.Request) {
	e.showSheet(w, r, func(sh records.Sheet) (records.Sheet, []procedure.Lack, []string, int) {
		answers := sh.Def.Form(r.PostForm)
		lacks := missing(sh.Def, answers)
		seq := int64(-1)
		if r.PostFormValue("seq") != "" {
			if n, err := strconv.ParseInt(r.PostFormValue("seq"), 10, 64); err == nil {
				seq = n
			}
		}
		saved, err := e.store.AnswerSheet(r.Context(), staff(r), sh.ID, answers, r.PostFormValue("done") != "" && len(lacks) == 0, seq)
		if err != nil {
			told, ok := e.refused(r, err)
			if !ok {
				e.log.ErrorContext(r.Context(), "a questionnaire cannot be kept", "err", err)
				told = []string{e.say(r, "engagements.trouble.internal")}
			}
			sh.Answers = answers // nothing typed is lost
			return sh, nil, told, statusOf(err)
		}
		if r.PostFormValue("done") != "" && len(lacks) > 0 {
			return saved, lacks, []string{e.say(r, "sheets.incomplete")}, http.StatusUnprocessableEntity
		}
		return saved, nil, nil, http.StatusOK
	})
}

func missing(d questionnaire.Definition, a questionnaire.Answers) []procedure.Lack {
	var out []procedure.Lack
	for _, l := range d.Check(a) {
		out = append(out, procedure.Lack{Need: l.Question, What: procedure.Text(l.What)})
	}
	return out
}

func (e *Engagements) showSheet(w http.ResponseWriter, r *http.Request, do func(records.Sheet) (records.Sheet, []procedure.Lack, []string, int)) {
	f, err := e.readable(r)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	code := r.PathValue("code")
	step, _, ok := records.PaperNeed(f.Definition, code)
	if !ok {
		e.fail(w, r, records.ErrNotFound)
		return
	}
	sh, err := e.store.OpenSheet(r.Context(), staff(r), f.Order.ID, code, "", f.Order.ContactName)
	if err != nil {
		e.after(w, r, f, step.Code, err)
		return
	}
	sh, lacks, told, status := do(sh)
	if r.Method == http.MethodPost && status == http.StatusOK && r.PostFormValue("done") != "" {
		http.Redirect(w, r, place(f, step.Code), http.StatusSeeOther) //nolint:gosec // a path of ours, its parts are escaped
		return
	}
	lang := ui.VisitorOf(r.Context()).Lang
	e.pages.Render(w, r, status, "engagements/sheet", sheetPage{
		File: f, Code: code, Step: step.Code, Form: sheets.New(sh.Def, sh.Answers, sh.Seq, lacks, lang), Done: !sh.DoneAt.IsZero(), Refused: told,
		Saved: r.Method == http.MethodPost && status == http.StatusOK, By: sh.Person,
	})
}
