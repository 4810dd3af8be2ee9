package engagements

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/document"
	"hotline/records/procedure"
	"hotline/web/sheets"
	"hotline/web/ui"
)

// act does what somebody asks for, and shows the engagement again at the step.
func (e *Engagements) act(w http.ResponseWriter, r *http.Request) {
	if !e.parsed(w, r) {
		return
	}
	f, err := e.readable(r)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	ctx, by, step := r.Context(), staff(r), r.PostFormValue("step")
	switch r.PathValue("do") {
	case "ask":
		e.ask(w, r, f)
		return
	case "deliver":
		e.deliver(w, r, f)
		return
	case "version":
		err = e.version(r, f)
	case "upload":
		err = e.upload(r, f)
	case "build":
		err = e.build(r, f)
	case "approve":
		_, err = e.store.ApprovePaper(ctx, by, e.own(r, f))
	case "return":
		_, err = e.store.ReturnPaper(ctx, by, e.own(r, f), r.PostFormValue("reason"))
	case "complete":
		_, err = e.store.CompleteStep(ctx, by, f.Order.ID, step, 0)
	case "waive":
		_, err = e.store.WaiveStep(ctx, by, f.Order.ID, step, r.PostFormValue("reason"), 0)
	case "assign":
		_, err = e.store.AssignOrder(ctx, by, f.Order.ID, r.PostFormValue("engineer"), 0)
	case "finish":
		_, err = e.store.FinishOrder(ctx, by, f.Order.ID, r.PostFormValue("result"), 0)
	default:
		err = records.ErrNotFound
	}
	e.after(w, r, f, step, err)
}

func (e *Engagements) after(w http.ResponseWriter, r *http.Request, f records.OrderFile, step string, err error) {
	if err == nil {
		http.Redirect(w, r, place(f, step), http.StatusSeeOther) //nolint:gosec // a path of ours, its parts are escaped
		return
	}
	told, ok := e.refused(r, err)
	if !ok {
		e.fail(w, r, err)
		return
	}
	now, bad := e.readable(r)
	if bad != nil {
		e.fail(w, r, bad)
		return
	}
	e.render(w, r, statusOf(err), now, func(p *page) { p.Refused, p.At = told, step })
}

// parsed reads a form with files.
func (e *Engagements) parsed(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return true
	}
	r.Body = http.MaxBytesReader(w, r.Body, e.opt.MaxFile+(1<<20))
	ctl := http.NewResponseController(w)
	_ = ctl.SetReadDeadline(time.Now().Add(2 * time.Minute)) // recorders in tests have none
	if err := r.ParseMultipartForm(1 << 20); err != nil {    //nolint:gosec // bounded above
		e.pages.Trouble(w, r, http.StatusRequestEntityTooLarge, e.say(r, "engagements.trouble.large"), e.say(r, "engagements.trouble.large.do"))
		return false
	}
	return true
}

// own gives the version named in the form when it is of this engagement.
func (e *Engagements) own(r *http.Request, f records.OrderFile) string {
	id := r.PostFormValue("paper")
	if p, err := e.store.Paper(r.Context(), id); err != nil || p.Order != f.Order.ID {
		return "" // not found, says the store
	}
	return id
}

// version typesets a questionnaire that is complete as the next version of its document.
func (e *Engagements) version(r *http.Request, f records.OrderFile) error {
	ctx, v, code := r.Context(), ui.VisitorOf(r.Context()), r.PostFormValue("code")
	filled, err := e.store.Sheets(ctx, f.Order.ID, code)
	if err != nil {
		return err
	}
	if len(filled) == 0 {
		return records.ErrNotFound
	}
	sh := filled[0]
	if lacks := sh.Def.Check(sh.Answers); len(lacks) > 0 {
		// Refused before anything is issued, in the words of the questionnaire.
		_, err := e.store.AnswerSheet(ctx, staff(r), sh.ID, sh.Answers, true, -1)
		return err
	}
	report, err := e.store.SheetReport(ctx, sh.ID, v.Lang)
	if err != nil {
		return err
	}
	o := document.Options{Lang: v.Lang, Company: e.opt.Company, Hotline: e.opt.Hotline, Zone: v.Zone, Verify: e.at(r, "/verify/"+url.PathEscape(report.Number))}
	pdf, _, err := report.Bytes(o)
	if err != nil {
		return fmt.Errorf("engagements: %w", err)
	}
	i, err := e.store.IssueDocument(ctx, staff(r), records.Issued{Number: report.Number, Kind: code, Hash: report.Hash(), Order: f.Order.ID}, report.Number+".pdf", bytes.NewReader(pdf))
	if err != nil {
		return err
	}
	_, err = e.store.AddPaper(ctx, staff(r), records.NewPaper{Order: f.Order.ID, Code: code, Sheet: sh.ID, File: i.File, Note: r.PostFormValue("note")})
	return err
}

// kept saves the file of the form; "" when there is none.
func (e *Engagements) kept(r *http.Request) (records.File, error) {
	if r.MultipartForm == nil {
		return records.File{}, nil
	}
	file, head, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return records.File{}, nil
	}
	if err != nil {
		return records.File{}, fmt.Errorf("engagements: upload: %w", err)
	}
	defer func() { _ = file.Close() }() // it was read
	return e.store.SaveFile(r.Context(), ui.VisitorOf(r.Context()).Login, head.Filename, file)
}

// upload keeps a document that was written elsewhere as the next version.
func (e *Engagements) upload(r *http.Request, f records.OrderFile) error {
	file, err := e.kept(r)
	if err != nil {
		return err
	}
	_, err = e.store.AddPaper(r.Context(), staff(r), records.NewPaper{Order: f.Order.ID, Code: r.PostFormValue("code"), File: file.ID, Note: r.PostFormValue("note")})
	return err
}

// build keeps what was built, with its version and the hash that the server computed.
func (e *Engagements) build(r *http.Request, f records.OrderFile) error {
	ctx, by := r.Context(), staff(r)
	step, ok := f.Definition.Step(r.PostFormValue("step"))
	if !ok {
		return records.ErrNotFound
	}
	file, err := e.kept(r)
	if err != nil {
		return err
	}
	for _, n := range step.Needs {
		in := records.EvidenceInput{Order: f.Order.ID, Step: step.Code, Need: n.Code, Kind: n.Kind}
		switch n.Kind {
		case procedure.File:
			in.File, in.Body = file.ID, json.RawMessage(`{}`)
		case procedure.Fact:
			if in.Body, err = json.Marshal(map[string]string{"version": r.PostFormValue("version"), "sha256": file.SHA256}); err != nil {
				return fmt.Errorf("engagements: %w", err)
			}
		default:
			continue
		}
		if _, err := e.store.AddEvidence(ctx, by, in); err != nil {
			return err
		}
	}
	return nil
}

// ask makes a link by which the customer fills in a questionnaire.
func (e *Engagements) ask(w http.ResponseWriter, r *http.Request, f records.OrderFile) {
	step, code := r.PostFormValue("step"), r.PostFormValue("code")
	sh, err := e.store.OpenSheet(r.Context(), staff(r), f.Order.ID, code, "", f.Order.ContactName)
	if err != nil {
		e.after(w, r, f, step, err)
		return
	}
	data, err := json.Marshal(sheets.Subject{Sheet: sh.ID})
	if err != nil {
		e.fail(w, r, err)
		return
	}
	_, token, err := e.store.NewLink(r.Context(), staff(r), records.NewLink{
		Purpose: records.LinkSurvey, Order: f.Order.ID, Subject: sh.Def.Name.ZH, Data: data, Uses: 1, Until: e.opt.Now().Add(30 * 24 * time.Hour),
	})
	e.linked(w, r, f, step, token, err)
}

// deliver sends an approved version to the customer, who confirms it behind the link.
func (e *Engagements) deliver(w http.ResponseWriter, r *http.Request, f records.OrderFile) {
	ctx := r.Context()
	p, err := e.store.Paper(ctx, e.own(r, f))
	if err != nil {
		e.after(w, r, f, r.PostFormValue("step"), err)
		return
	}
	step, paper, _ := records.PaperNeed(f.Definition, p.Code)
	if p.State != records.PaperApproved && p.State != records.PaperDelivered { // before a link is made
		_, err = e.store.DeliverPaper(ctx, staff(r), p.ID, "")
		e.after(w, r, f, step.Code, err)
		return
	}
	l, token, err := e.store.NewLink(ctx, staff(r), records.NewLink{
		Purpose: records.LinkConfirm, Order: f.Order.ID, Step: step.Code, Need: records.PaperConfirm(step), File: p.File,
		Subject: fmt.Sprintf("%s v%d", paper.Name.ZH, p.Number), Uses: 1, Until: e.opt.Now().Add(14 * 24 * time.Hour),
	})
	if err == nil {
		_, err = e.store.DeliverPaper(ctx, staff(r), p.ID, l.ID)
	}
	e.linked(w, r, f, step.Code, token, err)
}

// file sends a version of a document.
func (e *Engagements) file(w http.ResponseWriter, r *http.Request) {
	f, err := e.readable(r)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	p, err := e.store.Paper(r.Context(), r.PathValue("paper"))
	if err == nil && p.Order != f.Order.ID {
		err = records.ErrNotFound
	}
	if err != nil {
		e.fail(w, r, err)
		return
	}
	e.send(w, r, p.File)
}

func (e *Engagements) send(w http.ResponseWriter, r *http.Request, id string) {
	file, body, err := e.store.OpenFile(context.WithoutCancel(r.Context()), id)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	defer func() { _ = body.Close() }() // it was read
	how, media := "attachment", "application/octet-stream"
	if file.Media == "application/pdf" {
		how, media = "inline", file.Media
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": file.Name}))
	http.ServeContent(w, r, "", file.At, body)
}
