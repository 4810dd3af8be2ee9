package followup

import (
	"net/http"
	"strconv"
	"time"

	"hotline/queue/outward"
	"hotline/records"
	"hotline/records/instrument"
	"hotline/web/ui"
)

// onePage is one follow-up: whom, what for, the call, the questions, and what was answered.
type onePage struct {
	Places   []place
	Row      row
	Number   string
	Open     bool // to be called now
	CanLink  bool
	Mails    bool
	Link     string // just made, to be handed on
	Live     live
	Calls    []call
	Form     form
	Surveys  []sheet
	Correct  *records.Survey // this one is being corrected
	MaxTries int
	Answered bool // one counts already
	Pending  bool // the end of a call is on its way into the records
	Channels []string
}

// settleTime is how long what a machine was told may take into the records.
const settleTime = 10 * time.Second

type call struct {
	records.OutCall
	Name string
}

// form is the questions in the visitor's language.
type form struct {
	Name, Intro string
	Questions   []question
}

type question struct {
	Code, Kind, Text, Low, High, Answer string
	Scores                              []string
}

// sheet is one kept survey.
type sheet struct {
	records.Survey
	Keyed    string // who wrote it down, by name
	Answered []question
}

func formOf(f instrument.Form, lang string, answers map[string]string) form {
	out := form{Name: f.Name.In(lang), Intro: f.Intro.In(lang)}
	for _, q := range f.Questions {
		one := question{Code: q.Code, Kind: q.Kind, Text: q.Text.In(lang), Low: q.Low.In(lang), High: q.High.In(lang), Answer: answers[q.Code]}
		if q.Kind == instrument.Rating {
			one.Scores = []string{"1", "2", "3", "4", "5"}
		}
		out.Questions = append(out.Questions, one)
	}
	return out
}

func (d *Desk) one(w http.ResponseWriter, r *http.Request) { d.showOne(w, r, "") }

func (d *Desk) showOne(w http.ResponseWriter, r *http.Request, link string) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	f, err := d.store.FollowUp(ctx, r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	page := onePage{
		Places: places("work"), Row: d.row(r, f), Number: ui.MaskNumber(f.Number), Open: f.State == records.FollowUpDue || f.State == records.FollowUpLinked,
		CanLink: d.opt.PublicURL != "", Mails: d.opt.Mail != nil && f.ContactEmail != "", Link: link, Live: d.liveOf(records.OutFollowUp, f.ID), MaxTries: records.MaxAttempts,
		Channels: []string{records.SurveyCall, records.SurveyPaper},
	}
	if !page.Row.Own {
		page.Number = f.Number
	}
	calls, err := d.store.OutCalls(ctx, records.OutFollowUp, f.ID)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	for _, c := range calls {
		page.Calls = append(page.Calls, call{OutCall: c, Name: d.opt.Name(c.Login)})
	}
	if n := len(calls); n > 0 {
		last := calls[n-1]
		page.Pending = page.Live.Call == nil && (last.EndedAt.IsZero() || last.Machine && last.Outcome != "" && d.opt.Now().Sub(last.EndedAt) < settleTime)
	}
	surveys, err := d.store.Surveys(ctx, f.ID)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	var answers map[string]string
	for _, s := range surveys {
		if s.Newest && s.Series == r.FormValue("correct") {
			page.Correct, answers = &s, s.Answers
		}
		page.Answered = page.Answered || s.Counts
		page.Surveys = append(page.Surveys, sheet{Survey: s, Keyed: d.opt.Name(s.KeyedBy), Answered: formOf(d.store.Form(), v.Lang, s.Answers).Questions})
	}
	page.Form = formOf(d.store.Form(), v.Lang, answers)
	d.pages.Render(w, r, http.StatusOK, "followup/one", page)
}

// maxScan bounds an upload, in bytes.
const maxScan = 21 << 20

// answer keeps a survey that was asked on the telephone, or that came on paper with its scan; or corrects one.
func (d *Desk) answer(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, maxScan)
	if err := r.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart { //nolint:errorlint,gosec // as net/http says it; the body is bounded above
		d.pages.Trouble(w, r, http.StatusRequestEntityTooLarge, d.say(r, "follow.no.large"), d.say(r, "follow.no.large.do"))
		return
	}
	f, err := d.store.FollowUp(ctx, r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	in := records.NewSurvey{
		FollowUp: f.ID, Channel: r.FormValue("channel"), Who: r.FormValue("who"), KeyedBy: v.Login, Answers: map[string]string{},
		Series: r.FormValue("series"), Reason: r.FormValue("reason"),
	}
	for _, q := range d.store.Form().Questions {
		if a := r.FormValue("q." + q.Code); a != "" {
			in.Answers[q.Code] = a
		}
	}
	if in.Channel == records.SurveyCall && in.Series == "" {
		calls, err := d.store.OutCalls(ctx, records.OutFollowUp, f.ID)
		if err != nil {
			d.fail(w, r, err)
			return
		}
		for _, c := range calls { // the last one that was answered
			if !c.AnsweredAt.IsZero() && !c.Machine {
				in.Call, in.Recording = c.Call, c.Recording
			}
		}
	}
	if file, head, err := r.FormFile("scan"); err == nil {
		defer file.Close()
		if head.Size > 0 {
			kept, err := d.store.SaveFile(ctx, v.Login, head.Filename, file)
			if err != nil {
				d.fail(w, r, err)
				return
			}
			in.File = kept.ID
		}
	}
	if _, err := d.store.AddSurvey(ctx, in); err != nil {
		d.fail(w, r, err)
		return
	}
	if err := d.Prove(ctx, f.ID, v.Login); err != nil {
		d.log.ErrorContext(ctx, "a survey is kept, and not yet in its order", "case", f.Case, "err", err)
	}
	d.done(w, r, "/followup/cases/"+f.ID)
}

// giveUp ends a follow-up without an answer, for a reason.
func (d *Desk) giveUp(w http.ResponseWriter, r *http.Request) {
	_, err := d.store.CloseFollowUp(r.Context(), r.PathValue("id"), ui.VisitorOf(r.Context()).Login, r.FormValue("reason"), version(r))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.done(w, r, "/followup")
}

func version(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// live is a call out as its button shows it.
type live struct {
	Purpose, Ref string
	Call         *outward.View
	Machine      bool // a survey by keys can be started from here
}

func (d *Desk) liveOf(purpose, ref string) live {
	out := live{Purpose: purpose, Ref: ref, Machine: purpose == records.OutFollowUp}
	for _, c := range d.opt.Dialer.Live() {
		if c.Purpose == purpose && c.Ref == ref {
			out.Call = &c
		}
	}
	return out
}

// place makes one call, with the visitor's phone first or, with machine=1, as a survey by keys.
func (d *Desk) place(w http.ResponseWriter, r *http.Request) {
	_, err := d.opt.Dialer.Place(r.Context(), outward.Request{
		Login: ui.VisitorOf(r.Context()).Login, Purpose: r.PathValue("purpose"), Ref: r.PathValue("ref"), Machine: r.FormValue("machine") != "",
	})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.status(w, r)
}

// hangUp ends the visitor's own call.
func (d *Desk) hangUp(w http.ResponseWriter, r *http.Request) {
	l := d.liveOf(r.PathValue("purpose"), r.PathValue("ref"))
	if l.Call == nil || l.Call.Login != ui.VisitorOf(r.Context()).Login {
		d.fail(w, r, outward.ErrGone)
		return
	}
	if err := d.opt.Dialer.HangUp(l.Call.Call); err != nil {
		d.fail(w, r, err)
		return
	}
	d.status(w, r)
}

// status is the call's button, as it stands. When the call has ended the page is told: it fetches attempts and answers, and leaves
// alone what is being typed.
func (d *Desk) status(w http.ResponseWriter, r *http.Request) {
	l := d.liveOf(r.PathValue("purpose"), r.PathValue("ref"))
	if l.Call == nil && r.Method == http.MethodGet {
		w.Header().Set("HX-Trigger", "call-ended")
	}
	d.pages.Fragment(w, r, http.StatusOK, "followup/_live", l)
}
