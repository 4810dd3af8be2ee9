package classes

import (
	"net/http"
	"net/url"
	"strconv"

	"hotline/records"
	"hotline/records/document"
	"hotline/web/ui"
)

// manage does what a manager asks for, and shows the tab again.
func (c *Classes) manage(w http.ResponseWriter, r *http.Request) {
	ctx, by := r.Context(), staff(r)
	k, err := c.store.Class(ctx, r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		version = 0
	}
	tab := "plan"
	switch r.PathValue("do") {
	case "change":
		_, err = c.store.ChangeClass(ctx, by, k.ID, planOf(r), version)
	case "publish":
		_, err = c.store.PublishClass(ctx, by, k.ID, r.PostFormValue("no_frontier"), version)
	case "count":
		tab, err = "people", c.store.CountParticipants(ctx, by, k.ID)
	case "lesson":
		tab = "arrangement"
		_, err = c.store.SaveLesson(ctx, by, records.Lesson{
			ID: r.PostFormValue("lesson"), Class: k.ID, From: timeOf(r, "from"), To: timeOf(r, "to"), Place: r.PostFormValue("place"), Course: r.PostFormValue("course"),
			Off: r.PostFormValue("off") != "", Version: version,
		})
	case "lecturer":
		tab = "arrangement"
		_, err = c.store.InviteLecturer(ctx, by, records.Lecturer{
			Class: k.ID, Name: r.PostFormValue("name"), Organisation: r.PostFormValue("organisation"), Subject: r.PostFormValue("subject"),
			Number: r.PostFormValue("number"), Email: r.PostFormValue("email"), Outside: r.PostFormValue("outside") != "",
		})
	case "answer":
		tab = "arrangement"
		_, err = c.store.AnswerLecturer(ctx, by, r.PostFormValue("lecturer"), r.PostFormValue("answer"), r.PostFormValue("reason"))
	case "lecturer-link":
		c.linkFor(w, r, k, "arrangement")
		return
	case "arrange":
		tab, err = "arrangement", c.store.ConfirmArrangement(ctx, by, k.ID, r.PostFormValue("no_expert"))
	case "hold":
		tab, err = "attendance", c.store.CloseAttendance(ctx, by, k.ID)
	case "exam":
		tab, err = "exam", c.store.SaveExam(ctx, by, k.ID, examOf(r, k))
	case "open-exam":
		tab, err = "exam", c.store.OpenExam(ctx, by, k.ID)
	case "mark":
		tab = "exam"
		points, bad := strconv.Atoi(r.PostFormValue("points"))
		if bad != nil {
			points = -1 // refused as out of range
		}
		err = c.store.MarkAnswer(ctx, by, r.PostFormValue("person"), r.PostFormValue("question"), points, r.PostFormValue("reason"))
	case "close-exam":
		tab, err = "exam", c.store.CloseExam(ctx, by, k.ID)
	case "close-survey":
		tab, err = "survey", c.store.CloseSurvey(ctx, by, k.ID)
	case "report":
		tab = "report"
		_, err = c.store.FileClassReport(ctx, by, k.ID, r.PostFormValue("summary"), r.PostFormValue("improve"), c.print(r, k))
	default:
		err = records.ErrNotFound
	}
	c.after(w, r, k, tab, err)
}

// after shows the tab of a class again: as it is now, or with what was refused and what was typed.
func (c *Classes) after(w http.ResponseWriter, r *http.Request, k records.Class, tab string, err error) {
	if err == nil {
		http.Redirect(w, r, "/classes/"+url.PathEscape(k.Number)+"/"+tab, http.StatusSeeOther)
		return
	}
	told, ok := c.refused(r, err)
	if !ok {
		c.fail(w, r, err)
		return
	}
	c.showTab(w, r, statusOf(err), tab, told, func(p *classPage) {
		switch r.PathValue("do") {
		case "change":
			p.Plan, p.Goals, p.Closes = planOf(r), r.PostFormValue("goals"), r.PostFormValue("closes")
		case "exam":
			p.Questions = questionForms(examOf(r, k), true)
		}
	})
}

func (c *Classes) print(r *http.Request, k records.Class) document.Options {
	v := ui.VisitorOf(r.Context())
	return document.Options{Lang: v.Lang, Company: c.opt.Company, Hotline: c.opt.Hotline, Zone: v.Zone, Verify: c.at(r, "/verify/"+url.PathEscape(k.Number))}
}

// preview shows the report as it would be filed now.
func (c *Classes) preview(w http.ResponseWriter, r *http.Request) {
	k, err := c.store.Class(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	o := c.print(r, k)
	m, err := c.store.ClassReport(r.Context(), k.ID, r.FormValue("summary"), r.FormValue("improve"), o.Lang)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	pdf, _, err := m.Report(o).Bytes(o)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+k.Number+`.pdf"`)
	_, _ = w.Write(pdf) // the browser has gone
}
