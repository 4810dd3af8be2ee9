package classes

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/course"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// classPage is one class; the tab says which part of it is shown.
type classPage struct {
	planPage
	Class    records.Class
	Tab      string
	Tabs     []string
	Steps    []stepView
	Manager  bool
	Agent    bool // may register, confirm and check in people
	Ended    bool
	Address  string // of the public page
	Link     string // a link that was just made, for somebody
	LinkName string

	People    []personRow
	Lessons   []lessonRow
	Lecturers []records.Lecturer
	Papers    []paperRow
	Questions []questionForm
	Results   []goalRow
	Answered  int       // surveys
	Keyed     int       // of them: keyed in by staff from paper
	OnPaper   []onPaper // whose exam or survey can be keyed in
	Document  string
	Closed    map[string]bool // steps that are settled
	Defaults  lessonRow
	Asked     *asked // by a caller, when the class began with a call
}

// asked is who wanted the class on the phone. Registered: they are on the list already.
type asked struct {
	Case, Name, Organisation, Number, What string
	Registered                             bool
}

type stepView struct {
	Code, Name, State string
	Reason            string
}

type personRow struct {
	records.Registration
	Shown string // the number: whole for those who call people
	In    map[string]records.Attendance
}

type lessonRow struct {
	records.Lesson
	FromInput, ToInput string
	Present            int
	Room               bool // the check-in can be shown
}

type goalRow struct {
	Text         string
	Percent      int
	Reached, Of  int
	Met          bool
	MeanPercents int
}

func tabs() []string {
	return []string{"plan", "people", "arrangement", "attendance", "exam", "survey", "report"}
}

func (c *Classes) show(w http.ResponseWriter, r *http.Request) {
	tab := r.PathValue("tab")
	if tab == "" {
		tab = "plan"
	}
	c.showTab(w, r, http.StatusOK, tab, nil, func(*classPage) {})
}

// showTab renders one tab of a class; change adds what only this showing has.
func (c *Classes) showTab(w http.ResponseWriter, r *http.Request, status int, tab string, told []string, change func(*classPage)) {
	known := false
	for _, t := range tabs() {
		known = known || t == tab
	}
	if !known {
		c.fail(w, r, records.ErrNotFound)
		return
	}
	p, err := c.load(r, tab)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p.Refused = told
	change(&p)
	c.pages.Render(w, r, status, "classes/class", p)
}

func (c *Classes) load(r *http.Request, tab string) (classPage, error) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	k, err := c.store.Class(ctx, r.PathValue("id"))
	if err != nil {
		return classPage{}, err
	}
	f, err := c.store.Order(ctx, k.ID)
	if err != nil {
		return classPage{}, err
	}
	p := classPage{
		Class: k, Tab: tab, Tabs: tabs(), Manager: v.Has(records.RoleSupervisor), Agent: v.Has(records.RoleSupervisor) || v.Has(records.RoleAgent),
		Ended: k.State.Ended(), Address: c.at(r, "/join/"+k.Door), Closed: map[string]bool{},
	}
	p.Plan = records.ClassPlan{Title: k.Title, About: k.About, Audience: k.Audience, Frontier: k.Frontier, FrontierBy: k.FrontierBy, Seats: k.Seats}
	for _, g := range k.Goals {
		p.Goals += g.Text + "\n"
	}
	p.Goals = strings.TrimSpace(p.Goals)
	if !k.ClosesAt.IsZero() {
		p.Closes = k.ClosesAt.In(v.Zone).Format(minute)
	}
	if o := f.Order; o.Case != "" {
		p.Asked = &asked{Case: o.Case, Name: o.ContactName, Organisation: o.CustomerName, Number: o.ContactNumber, What: o.Situation}
		if !p.Agent {
			p.Asked.Number = ui.MaskNumber(o.ContactNumber)
		}
	}
	for _, s := range f.Steps {
		view := stepView{Code: s.Step.Code, Name: s.Step.Name.In(v.Lang), State: string(s.State)}
		if s.Settled != nil {
			p.Closed[s.Step.Code], view.Reason = true, s.Settled.Reason
		}
		p.Steps = append(p.Steps, view)
	}
	for _, e := range f.Evidence {
		if e.Step == "report" && e.File != "" {
			p.Document = "/orders/" + url.PathEscape(k.Number) + "/files/" + e.File
		}
	}
	return p, c.fill(ctx, &p, v)
}

// fill loads what the tab shows.
func (c *Classes) fill(ctx context.Context, p *classPage, v ui.Visitor) (err error) {
	switch p.Tab {
	case "people":
		return c.fillPeople(ctx, p, nil)
	case "arrangement":
		if p.Lecturers, err = c.store.Lecturers(ctx, p.Class.ID); err != nil {
			return err
		}
		return c.fillLessons(ctx, p, v)
	case "attendance":
		if err := c.fillLessons(ctx, p, v); err != nil {
			return err
		}
		came, err := c.store.Attendances(ctx, p.Class.ID)
		if err != nil {
			return err
		}
		return c.fillPeople(ctx, p, came)
	case "exam":
		if err := c.fillExam(ctx, p); err != nil {
			return err
		}
		done := map[string]bool{}
		for _, x := range p.Papers {
			done[x.Registration] = true
		}
		return c.fillOnPaper(ctx, p, done)
	case "survey", "report":
		sheets, err := c.store.Sheets(ctx, p.Class.ID, records.SurveyOfClass)
		if err != nil {
			return err
		}
		done := map[string]bool{}
		for _, sh := range sheets {
			if !sh.DoneAt.IsZero() {
				p.Answered++
				done[sh.Subject] = true
				if sh.Person == "" {
					p.Keyed++
				}
			}
		}
		if err := c.fillOnPaper(ctx, p, done); err != nil {
			return err
		}
		return c.fillExam(ctx, p)
	}
	return nil
}

func (c *Classes) fillPeople(ctx context.Context, p *classPage, came []records.Attendance) error {
	all, err := c.store.Registrations(ctx, p.Class.ID)
	if err != nil {
		return err
	}
	in := map[string]map[string]records.Attendance{}
	for _, a := range came {
		if in[a.Registration] == nil {
			in[a.Registration] = map[string]records.Attendance{}
		}
		in[a.Registration][a.Session] = a
		for i := range p.Lessons {
			if p.Lessons[i].ID == a.Session && a.Present {
				p.Lessons[i].Present++
			}
		}
	}
	for _, r := range all {
		if p.Asked != nil && p.Asked.Number == r.Number {
			p.Asked.Registered = true
		}
		row := personRow{Registration: r, Shown: ui.MaskNumber(r.Number), In: in[r.ID]}
		if p.Agent {
			row.Shown = r.Number
		}
		if p.Tab == "people" || r.State.Seated() {
			p.People = append(p.People, row)
		}
	}
	return nil
}

func (c *Classes) fillLessons(ctx context.Context, p *classPage, v ui.Visitor) error {
	lessons, err := c.store.Lessons(ctx, p.Class.ID)
	if err != nil {
		return err
	}
	now := c.opt.Now()
	for _, x := range lessons {
		p.Lessons = append(p.Lessons, lessonRow{
			Lesson: x, FromInput: x.From.In(v.Zone).Format(minute), ToInput: x.To.In(v.Zone).Format(minute),
			Room: !x.Off && now.After(x.From.Add(-2*time.Hour)) && now.Before(x.To),
		})
	}
	return nil
}

func (c *Classes) fillExam(ctx context.Context, p *classPage) error {
	papers, err := c.store.ExamPapers(ctx, p.Class.ID)
	if err != nil {
		return err
	}
	results := make([]course.Result, 0, len(papers))
	for _, x := range papers {
		row := newPaperRow(p.Class, x)
		if row.Keyed != "" {
			if u, err := c.store.User(ctx, row.Keyed); err == nil {
				row.Keyed = cmp.Or(u.Name, u.Login)
			}
		}
		p.Papers = append(p.Papers, row)
		results = append(results, x.Result)
	}
	for _, g := range p.Class.Exam.Measure(p.Class.Goals, results) {
		p.Results = append(p.Results, goalRow{Text: g.Text, Percent: g.Score.Percent(), Reached: g.Reached, Of: g.Of, Met: g.Met(p.Class.Exam.Pass)})
	}
	p.Questions = questionForms(p.Class.Exam, p.Class.ExamOpened.IsZero())
	return nil
}

// fillOnPaper lists whose paper can be keyed in.
func (c *Classes) fillOnPaper(ctx context.Context, p *classPage, done map[string]bool) error {
	if !p.Manager || p.Ended {
		return nil
	}
	people, err := c.store.Registrations(ctx, p.Class.ID)
	if err != nil {
		return err
	}
	came, err := c.store.Attendances(ctx, p.Class.ID)
	p.OnPaper = waiting(people, came, done)
	return err
}

// ready reports whether a step is the next.
func (p classPage) ready(code string) bool {
	for _, s := range p.Steps {
		if s.Code == code {
			return s.State == string(procedure.Ready)
		}
	}
	return false
}

// Ready is ready, for templates.
func (p classPage) Ready(code string) bool { return p.ready(code) && !p.Ended }
