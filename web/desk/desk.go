// Package desk is the case side of the agent's desk: who calls, the case form, wrapping up, known solutions, files, drafts, and
// the lists beside it (my cases, hand-overs, calls back, my day). The rules are those of records; the pages show what
// records says is missing, and keep what is typed until it is finished.
package desk

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"hotline/agent"
	"hotline/records"
	"hotline/web/ui"
)

// Records is what the desk reads and writes. *records.Store has it.
type Records interface {
	cases
	people
	drafts
	known
	lists
}

type cases interface {
	Case(ctx context.Context, number string) (records.Case, error)
	UpdateCase(ctx context.Context, number string, c records.CaseChange) (records.Case, error)
	AnsweredCall(ctx context.Context, call string) (records.AnsweredCall, error)
	UnfinishedCall(ctx context.Context, number, login string) (records.AnsweredCall, error)
	SplitCall(ctx context.Context, call, by string) (records.OwnedCase, error)
	AddNote(ctx context.Context, number, by, text string) (records.Note, error)
	Notes(ctx context.Context, number string) ([]records.Note, error)
	OwnershipHistory(ctx context.Context, number string) ([]records.OwnershipEntry, error)
	WrapUp(context.Context, records.WrapUpInput) (records.WrapUpResult, error)
	WrapUpMissing(context.Context, records.WrapUpInput) ([]records.Field, error)
	AddAttachment(context.Context, records.NewAttachment) (records.Attachment, error)
	Attachments(ctx context.Context, number string) ([]records.Attachment, error)
	OpenAttachment(ctx context.Context, number, id string) (records.Attachment, *os.File, error)
}

type people interface {
	Card(ctx context.Context, number string) (records.Card, error)
	CardOf(ctx context.Context, number, contact string) (records.Card, error)
	Contact(ctx context.Context, id string) (records.Contact, error)
	FindContacts(ctx context.Context, part string, limit int) ([]records.Contact, error)
	AddContact(context.Context, records.Contact) (records.Contact, error)
	Customer(ctx context.Context, id string) (records.Customer, error)
	UpdateCustomer(ctx context.Context, c records.Customer) (records.Customer, error)
	AddPerson(context.Context, records.Customer, records.Contact) (records.Contact, error)
	Customers(ctx context.Context, part string, limit int) ([]records.Customer, error)
	Remember(ctx context.Context, number, contact, by string) error
	Verify(context.Context, records.VerificationInput) (records.Verification, error)
	Users(context.Context) ([]records.User, error)
}

type drafts interface {
	Draft(ctx context.Context, login, number string) ([]records.DraftField, error)
	SaveDraft(context.Context, records.DraftInput) (records.DraftSaved, error)
	DiscardDraft(ctx context.Context, login, number string, fields ...string) error
	Drafted(ctx context.Context, login string) ([]string, error)
}

type known interface {
	Solutions(context.Context, records.SolutionQuery) ([]records.Solution, error)
	UseSolution(ctx context.Context, number, kind, ref, by string) (records.Solution, error)
	DropSolution(ctx context.Context, number, kind, ref string) error
	SolutionFailed(ctx context.Context, number, kind, ref string) error
	UnreadNews(ctx context.Context, login string) ([]string, error)
	SolutionsUsed(ctx context.Context, number string) ([]records.Solution, error)
}

type lists interface {
	Cases(context.Context, records.CaseFilter) (records.Page[records.Case], error)
	HandOvers(ctx context.Context, login string) ([]records.HandOver, error)
	HandOversEnded(ctx context.Context, from string, since time.Time) ([]records.HandOver, error)
	AcceptHandOver(ctx context.Context, id, by string) (records.Case, error)
	DeclineHandOver(ctx context.Context, id, by, reason string) (records.Case, error)
	WithdrawHandOver(ctx context.Context, id, by string) (records.Case, error)
	Callbacks(context.Context, records.CallbackFilter) (records.Page[records.CallbackRequest], error)
	TakeCallback(ctx context.Context, id, by string, version int64) (records.CallbackRequest, error)
	DropCallback(ctx context.Context, id, result string, version int64) (records.CallbackRequest, error)
	FinishCallback(ctx context.Context, id, by, result string, version int64) (records.CallbackRequest, error)
	Day(ctx context.Context, login string, from, to time.Time) (records.Day, error)
}

// Presence is what the desk needs to know of agents. *agent.Roster has it.
type Presence interface {
	View(login string) (agent.View, bool)
	WrappedUp(login, call string) error
}

// Words is a text in both languages.
type Words struct{ Zh, En string }

func (w Words) in(lang string) string {
	if lang == ui.English {
		return w.En
	}
	return w.Zh
}

// Choice is one entry of a list that agents choose from; Code is what is stored.
type Choice struct {
	Code  string
	Words Words
}

// Product is what customers have problems with.
type Product struct {
	Choice
	Categories []Choice
}

// Template is what an agent asks for a kind of problem. "" as product or category means any.
type Template struct {
	Name, Product, Category string
	Title, Text             Words
}

// Options is what the desk needs. Pages, Records and Presence are required.
type Options struct {
	Pages    *ui.Pages
	Records  Records
	Presence Presence

	Products    func() []Product // what agents choose from now; none when nil
	Templates   []Template
	Departments []Choice
	Queues      []Choice // names of queues, for people
	Centres     []Choice // service centres; none: any may be typed
	MaxFile     int64    // largest attachment in bytes, as records has it; 20 MiB when 0
	CallsOut    bool     // customers who were promised a call can be dialled from the page

	Now func() time.Time
	Log *slog.Logger
}

// Desk serves the pages.
type Desk struct {
	opt   Options
	pages *ui.Pages
	store Records
	log   *slog.Logger
	now   func() time.Time
}

// New makes the desk. The error says which option is missing.
func New(o Options) (*Desk, error) {
	if o.Pages == nil || o.Records == nil || o.Presence == nil {
		return nil, fmt.Errorf("desk: Pages, Records and Presence are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Products == nil {
		o.Products = func() []Product { return nil }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.MaxFile == 0 {
		o.MaxFile = 20 << 20
	}
	return &Desk{opt: o, pages: o.Pages, store: o.Records, log: o.Log.With("component", "desk"), now: o.Now}, nil
}

// Mount adds the desk's pages.
func (d *Desk) Mount(r ui.Router) {
	own := []string{records.RoleAgent}
	readers := []string{records.RoleAgent, records.RoleSupervisor, records.RoleDispatcher} // who may read cases

	r.Page("GET /desk", own, d.index)
	r.Page("GET /desk/work", own, d.panels)
	r.Page("GET /desk/counts", own, d.counts)
	r.Page("POST /desk/cases/{number}/draft", own, d.draft)
	r.Page("POST /desk/cases/{number}/finish", own, d.finish)
	r.Page("POST /desk/cases/{number}/notes", own, d.addNote)
	r.Page("POST /desk/cases/{number}/split", own, d.split)
	r.Page("GET /desk/cases/{number}/more", own, d.more)
	r.Page("POST /desk/cases/{number}/files", own, d.addFile)
	r.Page("GET /desk/cases/{number}/files", readers, d.files)
	r.Page("GET /desk/cases/{number}/files/{id}", readers, d.file)
	r.Page("GET /desk/cases/{number}/solutions", own, d.solutions)
	r.Page("POST /desk/cases/{number}/solutions", own, d.useSolution)
	r.Page("POST /desk/cases/{number}/solutions/drop", own, d.dropSolution)
	r.Page("POST /desk/cases/{number}/solutions/failed", own, d.solutionFailed)

	r.Page("GET /desk/cases/{number}/who", own, d.whoPanel)
	r.Page("GET /desk/cases/{number}/who/find", own, d.findContacts)
	r.Page("GET /desk/cases/{number}/who/customers", own, d.findCustomers)
	r.Page("POST /desk/cases/{number}/who/choose", own, d.chooseContact)
	r.Page("POST /desk/cases/{number}/who/new", own, d.newContact)
	r.Page("POST /desk/cases/{number}/who/verify", own, d.verify)

	r.Page("GET /desk/cases", own, d.myCases)
	r.Page("GET /desk/handovers", own, d.handOvers)
	r.Page("POST /desk/handovers/{id}/{answer}", own, d.answerHandOver)
	r.Page("GET /desk/callbacks", own, d.callbacks)
	r.Page("POST /desk/callbacks/{id}/{answer}", own, d.answerCallback)
	r.Page("GET /desk/day", own, d.day)
}
