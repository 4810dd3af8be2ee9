// Package classes is what people see of open classes: the organiser's pages from publishing to the report, the public page of
// a class, what participants and lecturers do behind their links, and the check-in in the room.
package classes

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"hotline/records"
	"hotline/records/course"
	"hotline/records/document"
	"hotline/records/questionnaire"
	"hotline/web/sheets"
	"hotline/web/ui"
)

// Records is what the pages need of the records. *records.Store has it.
type Records interface {
	making
	taking
	examining
	Order(ctx context.Context, id string) (records.OrderFile, error)
	NewLink(ctx context.Context, by records.Actor, in records.NewLink) (records.Link, string, error)
	OpenSheet(ctx context.Context, by records.Actor, order, code, subject, name string) (records.Sheet, error)
	Sheets(ctx context.Context, order, code string) ([]records.Sheet, error)
	AnswerSheet(ctx context.Context, by records.Actor, id string, answers questionnaire.Answers, done bool, seq int64) (records.Sheet, error)
}

type making interface {
	Class(ctx context.Context, id string) (records.Class, error)
	ClassAt(ctx context.Context, door string) (records.Class, error)
	Classes(ctx context.Context, f records.ClassFilter) (records.Page[records.Class], error)
	OpenClass(ctx context.Context, by records.Actor, p records.ClassPlan) (records.Class, error)
	ChangeClass(ctx context.Context, by records.Actor, id string, p records.ClassPlan, version int64) (records.Class, error)
	PublishClass(ctx context.Context, by records.Actor, id, waived string, version int64) (records.Class, error)
	Lessons(ctx context.Context, class string) ([]records.Lesson, error)
	Lesson(ctx context.Context, id string) (records.Lesson, error)
	SaveLesson(ctx context.Context, by records.Actor, in records.Lesson) (records.Lesson, error)
	Lecturers(ctx context.Context, class string) ([]records.Lecturer, error)
	Lecturer(ctx context.Context, id string) (records.Lecturer, error)
	InviteLecturer(ctx context.Context, by records.Actor, in records.Lecturer) (records.Lecturer, error)
	AnswerLecturer(ctx context.Context, by records.Actor, id, answer, reason string) (records.Lecturer, error)
	CountParticipants(ctx context.Context, by records.Actor, class string) error
	ConfirmArrangement(ctx context.Context, by records.Actor, class, noExpert string) error
	AppointmentsOf(ctx context.Context, class, page string) ([]course.Appointment, error)
}

type taking interface {
	Register(ctx context.Context, n records.NewRegistration) (records.Registration, bool, error)
	Registration(ctx context.Context, id string) (records.Registration, error)
	RegistrationOfPass(ctx context.Context, pass string) (records.Registration, error)
	RegistrationOfNumber(ctx context.Context, class, number string) (records.Registration, error)
	Registrations(ctx context.Context, class string) ([]records.Registration, error)
	ConfirmSeat(ctx context.Context, by records.Actor, id string) (records.Registration, error)
	CancelSeat(ctx context.Context, by records.Actor, id, reason string) (records.Registration, error)
	Told(ctx context.Context, u records.Untold) error
	CheckIn(ctx context.Context, by records.Actor, session, registration, how, code, device string) (records.Attendance, error)
	TakeBack(ctx context.Context, by records.Actor, session, registration, reason string) (records.Attendance, error)
	Attendances(ctx context.Context, class string) ([]records.Attendance, error)
	CloseAttendance(ctx context.Context, by records.Actor, class string) error
}

type examining interface {
	SaveExam(ctx context.Context, by records.Actor, class string, e course.Exam) error
	OpenExam(ctx context.Context, by records.Actor, class string) error
	User(ctx context.Context, login string) (records.User, error)
	HandIn(ctx context.Context, by records.Actor, registration string, answers course.Answers) (records.ExamPaper, error)
	ExamPapers(ctx context.Context, class string) ([]records.ExamPaper, error)
	MarkAnswer(ctx context.Context, by records.Actor, registration, question string, points int, reason string) error
	CloseExam(ctx context.Context, by records.Actor, class string) error
	CloseSurvey(ctx context.Context, by records.Actor, class string) error
	ClassReport(ctx context.Context, class, summary, improve, lang string) (document.TrainingReport, error)
	FileClassReport(ctx context.Context, by records.Actor, class, summary, improve string, o document.Options) (records.Issued, error)
}

// Options says what the pages are made of. Pages and Records are required.
type Options struct {
	Pages   *ui.Pages
	Records Records
	URL     string // of this site, as links and QR codes name it, e.g. "https://hotline.example.org"; "": as the browser came
	Address string // with scheme, for the code on a pass when URL is empty
	Company string // on the report
	Hotline string // the number to call
	TLS     bool   // cookies for TLS only
	Log     *slog.Logger
	Now     func() time.Time
}

// Classes serves the pages.
type Classes struct {
	opt   Options
	pages *ui.Pages
	store Records
	log   *slog.Logger
	doors *rate.Limiter // of what people without an account try: registering, checking in
}

// New makes the pages; Mount shows them.
func New(o Options) *Classes {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Classes{opt: o, pages: o.Pages, store: o.Records, log: cmp.Or(o.Log, slog.Default()).With("component", "classes"), doors: rate.NewLimiter(5, 100)}
}

// Mount adds the pages to the site.
func (c *Classes) Mount(r ui.Router) {
	staff := []string{records.RoleSupervisor, records.RoleAgent, records.RoleDispatcher}
	managers := []string{records.RoleSupervisor}
	r.Page("GET /classes", staff, c.list)
	r.Page("GET /classes/new", managers, c.blank)
	r.Page("POST /classes", managers, c.make)
	r.Page("GET /classes/{id}", staff, c.show)
	r.Page("GET /classes/{id}/{tab}", staff, c.show)
	r.Page("POST /classes/{id}/{do}", managers, c.manage)
	r.Page("POST /classes/{id}/people/{do}", staff, c.people)
	r.Page("GET /classes/{id}/key/{what}/{person}", managers, c.key)
	r.Page("POST /classes/{id}/key/{what}/{person}", managers, c.keyed)
	r.Page("GET /classes/{id}/report.pdf", managers, c.preview)
	r.Page("GET /classes/{id}/room/{lesson}", staff, c.room)
	r.Page("GET /pass/{pass}", staff, c.pass)
	r.Page("POST /pass/{pass}", staff, c.passIn)

	r.Open("GET /join/{door}", c.door)
	r.Open("POST /join/{door}", c.join)
	r.Open("GET /join/{door}/calendar.ics", c.calendar)
	r.Open("GET /in/{lesson}/{code}", c.checkIn)
	r.Open("POST /in/{lesson}/{code}", c.checkedIn)
}

// Panel is shown on the page of the order: the way to this one.
func (c *Classes) Panel(r *http.Request, f records.OrderFile) (template.HTML, error) {
	return c.pages.Block(r, "classes/_panel", f.Order)
}

func staff(r *http.Request) records.Actor {
	return records.Actor{Login: ui.VisitorOf(r.Context()).Login}
}

func (c *Classes) say(r *http.Request, key string) string {
	return c.pages.Say(ui.VisitorOf(r.Context()).Lang, key)
}

// at gives the absolute address of a path of this site.
func (c *Classes) at(r *http.Request, path string) string {
	if c.opt.URL != "" {
		return c.opt.URL + path
	}
	scheme := "http"
	if r.TLS != nil || c.opt.TLS {
		scheme = "https"
	}
	return scheme + "://" + r.Host + path
}

// fail answers for an error: what does not exist is not found, a fault is logged. Refusals are shown by the pages themselves.
func (c *Classes) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, key := http.StatusInternalServerError, "classes.trouble.internal"
	switch {
	case errors.Is(err, records.ErrNotFound):
		status, key = http.StatusNotFound, "classes.trouble.unknown"
	case errors.Is(err, records.ErrInvalid):
		status, key = http.StatusUnprocessableEntity, "classes.trouble.cursor"
	default:
		c.log.ErrorContext(r.Context(), "a page of classes failed", "err", err)
	}
	c.pages.Trouble(w, r, status, c.say(r, key), c.say(r, key+".do"))
}

// refused gives the sentences of a refusal; ok is false for another error.
func (c *Classes) refused(r *http.Request, err error) ([]string, bool) {
	return sheets.Told(c.pages, ui.VisitorOf(r.Context()).Lang, err)
}
