// Package floor is what supervisors see: the wallboard, supervision, the list of calls, one call's timeline, and the day again.
//
// Its pages are rendered on the server once and live by the JSON API of package web: a snapshot, then every event after it.
package floor

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web/ui"
)

// Records is what the pages read and write in the records. *records.Store has it.
type Records interface {
	Call(ctx context.Context, call string) (records.CallRow, error)
	Calls(context.Context, records.CallFilter) (records.Page[records.CallRow], error)
	CaseOfCall(ctx context.Context, call string) (records.Case, error)
	Timeline(ctx context.Context, call string) ([]records.JournalEntry, error)
	Journal() *records.Journal
	Audit(context.Context, records.AuditEntry) error
	User(ctx context.Context, login string) (records.User, error)
	Users(ctx context.Context) ([]records.User, error)
}

// Switchboard is what the pages need of the queue. *queue.Distributor has it.
type Switchboard interface {
	Calls() []queue.CallView
	Call(id string) (queue.CallView, bool)
}

// Text is something that is said in both languages.
type Text struct{ Zh, En string }

func (t Text) in(lang string) string {
	if lang == ui.English {
		return t.En
	}
	return t.Zh
}

// Queue is a queue as the pages show it.
type Queue struct {
	Name  string
	Title Text
	Alarm Thresholds // of the wallboard; the zero value watches nothing
}

// Thresholds of a wallboard's alarm; 0 does not watch. A screen can set its own.
type Thresholds struct {
	Waiting int `json:"waiting"` // so many callers wait
	Ring    int `json:"ring"`    // the longest waiting caller hears this ring
	Share   int `json:"share"`   // fewer than so many per cent within three rings in the last 30 minutes
	Missing int `json:"missing"` // so many agents are missing by Erlang C
}

// DefaultThresholds are for a queue whose staffing aims at so many per cent: somebody hears the first ring after the promise, the
// share is ten points below the aim, two agents are missing. The number of callers is not watched: their rings say more.
func DefaultThresholds(rings, target int) Thresholds {
	return Thresholds{Ring: rings + 1, Share: max(target-10, 0), Missing: 2}
}

// Choice is one of a list, e.g. a reason to pause.
type Choice struct {
	Code string
	Text Text
}

// Options says what the pages are made of. Fields are required unless their comment says otherwise.
type Options struct {
	Pages   *ui.Pages
	Records Records
	Calls   Switchboard
	Queues  []Queue                   // in the order in which they are shown
	Pauses  []Choice                  // why a supervisor may pause an agent
	Name    func(login string) string // optional: how an agent is called; their login
	Zone    *time.Location            // optional: where a day begins; time.Local
	Log     *slog.Logger              // optional
	Now     func() time.Time          // optional: time.Now

	// CannotListen says why nobody can listen to calls, whisper, barge in or take over, e.g. the embedded switch; zero: they can.
	CannotListen Text

	// Discreet keeps from agents who listened to their talks, as web.Options.Discreet does.
	Discreet bool

	CheckEvery time.Duration // optional: how often a wallboard compares itself with the hotline; 30 s
}

// Floor serves the pages.
type Floor struct {
	opt Options
	log *slog.Logger
}

// New makes the pages; Mount shows them.
func New(o Options) *Floor {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Name == nil {
		o.Name = func(login string) string { return login }
	}
	o.Zone = cmp.Or(o.Zone, time.Local)
	return &Floor{opt: o, log: cmp.Or(o.Log, slog.Default()).With("component", "floor")}
}

// The roles that the pages are for.
const (
	agentRole      = "agent"
	supervisorRole = "supervisor"
)

// Mount adds the pages to the site.
func (f *Floor) Mount(r ui.Router) {
	both, supervisors := []string{agentRole, supervisorRole}, []string{supervisorRole}
	r.Page("GET /wall", both, f.wall)
	r.Page("GET /supervise", supervisors, f.supervise)
	r.Page("GET /supervise/skills/{login}", supervisors, f.skills)
	r.Page("GET /replay", supervisors, f.replay)
	r.Page("GET /calls", both, f.listCalls)
	r.Page("POST /calls", both, f.listCalls)
	r.Page("POST /calls.csv", both, f.exportCalls)
	r.Page("GET /calls/{id}", both, f.showCall)
	r.Page("GET /calls/{id}/picture", both, f.showPicture)
}

// failed answers for an error that is not the visitor's.
func (f *Floor) failed(w http.ResponseWriter, r *http.Request, what string, err error) {
	f.log.ErrorContext(r.Context(), "a page failed", "what", what, "err", err)
	f.trouble(w, r, http.StatusInternalServerError, "floor.trouble.internal")
}

// trouble answers with the texts key and key + ".do".
func (f *Floor) trouble(w http.ResponseWriter, r *http.Request, status int, key string) {
	lang := ui.VisitorOf(r.Context()).Lang
	f.opt.Pages.Trouble(w, r, status, f.opt.Pages.Say(lang, key), f.opt.Pages.Say(lang, key+".do"))
}

// audited keeps a privileged look or act; what cannot be kept must not be done.
func (f *Floor) audited(r *http.Request, action, object, data string) error {
	return f.opt.Records.Audit(r.Context(), records.AuditEntry{
		By: ui.VisitorOf(r.Context()).Login, Action: action, Object: object, Data: data,
	})
}
