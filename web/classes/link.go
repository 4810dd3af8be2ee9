package classes

import (
	"context"
	"encoding/json"
	"html/template"
	"net/url"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/customer"
	"hotline/web/sheets"
)

// Purpose is what participants and lecturers do behind their links: confirm or cancel, show their pass, take the exam, answer
// the survey; accept or decline to teach.
func (c *Classes) Purpose() customer.Purpose { return purpose{c} }

type purpose struct{ c *Classes }

// personPage is what a participant sees.
type personPage struct {
	Class    records.Class
	Lessons  []records.Lesson
	Person   records.Registration
	Calendar string
	Pass     template.URL // QR code, as a picture
	Attended bool
	Exam     []questionForm
	Paper    *paperRow // handed in
	Final    bool      // its result stands
	Survey   *sheets.Form
	Surveyed bool
	Hotline  string
}

// teacherPage is what a lecturer sees.
type teacherPage struct {
	Class    records.Class
	Lessons  []records.Lesson
	Lecturer records.Lecturer
	Calendar string
}

func subjectOf(l records.Link) (subject, error) {
	var s subject
	return s, json.Unmarshal(l.Data, &s)
}

// Page shows where the person stands.
func (p purpose) Page(ctx context.Context, v customer.Visit) (string, any, error) {
	who, err := subjectOf(v.Link)
	if err != nil {
		return "", nil, err
	}
	k, err := p.c.store.Class(ctx, v.Link.Order)
	if err != nil {
		return "", nil, err
	}
	lessons, err := p.c.store.Lessons(ctx, k.ID)
	if err != nil {
		return "", nil, err
	}
	calendar := "/join/" + url.PathEscape(k.Door) + "/calendar.ics"
	if who.Lecturer != "" {
		l, err := p.c.store.Lecturer(ctx, who.Lecturer)
		return "classes/teacher", teacherPage{Class: k, Lessons: lessons, Lecturer: l, Calendar: calendar}, err
	}
	d := personPage{Class: k, Lessons: lessons, Calendar: calendar}
	if d.Person, err = p.c.store.Registration(ctx, who.Seat); err != nil {
		return "", nil, err
	}
	if err := p.standing(ctx, &d, v.Lang); err != nil {
		return "", nil, err
	}
	if d.Person.State.Seated() && !k.State.Ended() {
		if d.Pass, err = picture(p.c.opt.URL + "/pass/" + d.Person.Pass); err != nil {
			return "", nil, err
		}
	}
	return "classes/person", d, nil
}

// standing fills in attendance, exam and survey.
func (p purpose) standing(ctx context.Context, d *personPage, lang string) error {
	came, err := p.c.store.Attendances(ctx, d.Class.ID)
	if err != nil {
		return err
	}
	for _, a := range came {
		d.Attended = d.Attended || a.Registration == d.Person.ID && a.Present
	}
	if !d.Attended {
		return nil
	}
	papers, err := p.c.store.ExamPapers(ctx, d.Class.ID)
	if err != nil {
		return err
	}
	for _, x := range papers {
		if x.Registration == d.Person.ID {
			row := newPaperRow(d.Class, x)
			d.Paper, d.Final = &row, !d.Class.ExamClosed.IsZero()
		}
	}
	if d.Paper == nil && !d.Class.ExamOpened.IsZero() && d.Class.ExamClosed.IsZero() {
		d.Exam = questionForms(d.Class.Exam, false)
	}
	if d.Class.State.Ended() {
		return nil
	}
	sh, err := p.sheet(ctx, d.Class, d.Person)
	if err != nil {
		return err
	}
	if d.Surveyed = !sh.DoneAt.IsZero(); !d.Surveyed && len(d.Exam) == 0 {
		form := sheets.New(sh.Def, sh.Answers, sh.Seq, nil, lang)
		d.Survey = &form
	}
	return nil
}

// sheet is the survey of a participant, begun when it is first looked at. Looking again gives the same.
func (p purpose) sheet(ctx context.Context, k records.Class, r records.Registration) (records.Sheet, error) {
	return p.c.store.OpenSheet(ctx, records.Actor{Customer: r.Name, Via: procedure.ViaLink}, k.ID, records.SurveyOfClass, r.ID, r.Name)
}

// Act does what the person pressed.
func (p purpose) Act(ctx context.Context, v customer.Visit, form url.Values) (customer.Done, error) {
	who, err := subjectOf(v.Link)
	if err != nil {
		return customer.Done{}, err
	}
	by, do := records.Actor{Customer: v.Link.Name, Via: procedure.ViaLink}, form.Get("do")
	if who.Lecturer != "" {
		if do != records.AnswerAccept && do != records.AnswerDecline {
			return customer.Done{}, customer.Trouble("classes.link.choose")
		}
		_, err := p.c.store.AnswerLecturer(ctx, by, who.Lecturer, do, form.Get("reason"))
		return p.done(v, "teach."+do), p.trouble(err)
	}
	r, err := p.c.store.Registration(ctx, who.Seat)
	if err != nil {
		return customer.Done{}, err
	}
	switch do {
	case "confirm":
		_, err = p.c.store.ConfirmSeat(ctx, by, r.ID)
	case "cancel":
		_, err = p.c.store.CancelSeat(ctx, by, r.ID, form.Get("reason"))
	case "exam":
		k, bad := p.c.store.Class(ctx, r.Class)
		if bad != nil {
			return customer.Done{}, bad
		}
		_, err = p.c.store.HandIn(ctx, by, r.ID, answersOf(k.Exam, form))
	case "survey":
		return p.survey(ctx, v, r, by, form)
	default:
		return customer.Done{}, customer.Trouble("classes.link.choose")
	}
	return p.done(v, do), p.trouble(err)
}

func (p purpose) survey(ctx context.Context, v customer.Visit, r records.Registration, by records.Actor, form url.Values) (customer.Done, error) {
	k, err := p.c.store.Class(ctx, r.Class)
	if err != nil {
		return customer.Done{}, err
	}
	sh, err := p.sheet(ctx, k, r)
	if err != nil {
		return customer.Done{}, err
	}
	answers := sh.Def.Form(form)
	if len(sh.Def.Check(answers)) > 0 {
		if _, err := p.c.store.AnswerSheet(ctx, by, sh.ID, answers, false, -1); err != nil {
			return customer.Done{}, p.trouble(err)
		}
		return customer.Done{}, customer.Trouble("sheets.incomplete")
	}
	_, err = p.c.store.AnswerSheet(ctx, by, sh.ID, answers, true, -1)
	return p.done(v, "survey"), p.trouble(err)
}

func (p purpose) done(v customer.Visit, what string) customer.Done {
	key := "classes.done." + what
	return customer.Done{Title: p.c.pages.Say(v.Lang, key), Text: p.c.pages.Say(v.Lang, key+".text"), Detail: what}
}

// trouble turns a refusal that has a text into what the frame shows at the form.
func (p purpose) trouble(err error) error {
	if key := refusalKey(err); key != "" && p.c.pages.Knows(key) {
		return customer.Trouble(key)
	}
	return err
}
