package records

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"hotline/records/instrument"
	"hotline/records/linktoken"
	"hotline/records/probe"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
	"hotline/records/sampling"
	"hotline/records/sheet"
	"hotline/records/vault"
)

// Options say where the records are and how they behave. Only Path is required.
type Options struct {
	Path   string         // SQLite file; created with mode 0600
	Region string         // default region of telephone numbers without country code, ISO 3166; "CN"
	Zone   *time.Location // for the day in case numbers; time.Local
	Log    *slog.Logger   // slog.Default()
	Now    func() time.Time

	// BusyWait bounds how long one method waits for a locked database. 30 s.
	BusyWait time.Duration
	// OnBusy, if set, hears of every attempt that met a locked database: for metrics.
	OnBusy func(what string, attempt int)
	// RespondWithin is the response time promised for an escalation whose wrap-up names none, per kind. Remote 1 h, onsite 4 h.
	RespondWithin map[string]time.Duration
	// CentreOf names the service centre of a region ("" for an unknown region is asked, too), where neither the wrap-up nor
	// the customer's data do. Nil names none.
	CentreOf func(region string) string
	// LanguageOf gives the language in which machines speak to the callers of a queue, "zh" or "en"; nil, or "", is Chinese.
	LanguageOf func(queue string) string
	// SessionIdle and SessionMax end a session. 12 h without use, 7 days in all.
	SessionIdle, SessionMax time.Duration
	// LockAfter wrong passwords in a row lock an account for LockFor. 10, 15 min.
	LockAfter int
	LockFor   time.Duration
	// JournalBatch and JournalDelay shape the group commit of the journal: 64 entries or 20 ms, whichever comes first, or at
	// once when somebody waits for it (Flush). A caller is at an agent's phone in less: the disk is left for afterwards.
	JournalBatch int
	JournalDelay time.Duration
	// Calendars are the working days and hours by which promised times are counted; none counts around the clock.
	Calendars Calendars
	// Departments are those that an enquiry may be referred to (I4); none allows any name.
	Departments []string
	// Referrals names the procedure of which a referral to a department opens an order: what is referred goes on here.
	Referrals map[string]string
	// Files is the directory of attachments, made when it is not there; "" takes none.
	Files string
	// MaxFile is the largest attachment, in bytes; 20 MiB. MaxFiles is how many one case may have; 100.
	MaxFile  int64
	MaxFiles int
	// Vault keeps customers' login information for remote sessions; nil keeps none.
	Vault *vault.Vault
	// VaultLimit ends a session of the vault that nobody closed; a service manager may extend it up to VaultCeiling after its
	// beginning. 4 h, 12 h.
	VaultLimit, VaultCeiling time.Duration
	// Links signs the customers' links; by a key of its own beside Path when nil.
	Links *linktoken.Ring
	// Probe looks at the ports that customers open; nil looks at none.
	Probe *probe.Prober
	// Imports bound files of customers and products. 10 MiB, 20,000 rows and the head.
	Imports sheet.Limits
	// DrainWait bounds how long Close waits for the journal to be written. 30 s.
	DrainWait time.Duration
	// Sampling says how many solved cases are followed up. All of up to 2 in a stratum, at least 1 and 20 % of a larger one.
	Sampling sampling.Rule
	// Form is the satisfaction survey that is asked now; surveys keep the version that they were asked by.
	Form instrument.Form
	// LowScore is the rating up to which an improvement is due; 2.
	LowScore int
	// Procedures are those that new orders are opened with, one version of each. Running orders keep theirs.
	Procedures []procedure.Definition
	// Questionnaires are those that new sheets are begun with, one version of each. Sheets that were begun keep theirs.
	Questionnaires []questionnaire.Definition
	// Channels are those on which notifications leave the house: ByMail, ByWebhook. None by default.
	Channels []string
}

// Store is the records of one hotline. Make it with Open, end it with Close.
type Store struct {
	opt     Options
	log     *slog.Logger
	dialect *dialect
	w, r    *sqlx.DB
	hashing chan struct{} // bounds the memory that password checks take at one time
	journal *Journal
	feed    *broadcast
	outbox  *broadcast
	stop    context.CancelFunc // ends what runs beside
	beside  sync.WaitGroup

	definitions sync.Map // "code version" → procedure.Definition; versions never change

	calendars calendarCache
	running   context.Context //nolint:containedctx // ends with the store: what imports run in
	importing importJobs

	mu           sync.Mutex
	owners       []func(number string) // guarded by mu, like what follows
	toldChanges  []func(login string)  // guarded by mu
	orderChanges []func(OrderChange)
	caseChanges  []func(number string)
}

// Open opens the records, creates or migrates their tables, and starts the journal's writer. Two processes may open one
// file. Errors: the file cannot be opened or migrated; ErrBusy when it stays locked for Options.BusyWait.
func Open(ctx context.Context, opt Options) (*Store, error) {
	opt.setDefaults()
	d, err := sqliteDialect(opt.Path)
	if err != nil {
		return nil, err
	}
	return open(ctx, d, opt)
}

func open(ctx context.Context, d *dialect, opt Options) (*Store, error) {
	s := &Store{
		opt:     opt,
		log:     opt.Log.With("component", "records"),
		dialect: d,
		hashing: make(chan struct{}, max(1, runtime.GOMAXPROCS(0))),
		feed:    newBroadcast(),
		outbox:  newBroadcast(),
	}
	var err error
	if s.w, err = sqlx.Open(d.driver, d.writeDSN); err != nil {
		return nil, fmt.Errorf("records: open: %w", err)
	}
	s.w.SetMaxOpenConns(1)
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.w.Close())
	}
	if s.r, err = sqlx.Open(d.driver, d.readDSN); err != nil {
		return nil, errors.Join(fmt.Errorf("records: open: %w", err), s.w.Close())
	}
	s.r.SetMaxOpenConns(d.readers)
	s.r.SetMaxIdleConns(d.readers)
	if err := s.checkProcedures(ctx); err != nil {
		return nil, errors.Join(err, s.r.Close(), s.w.Close())
	}
	s.journal = newJournal(s) //nolint:contextcheck // the journal outlives the opening; Close ends it
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop, s.running = stop, running
	s.importing.running = map[string]*runningJob{}
	s.beside.Go(func() { s.keepSearch(running) })
	return s, nil
}

// Close writes what the journal still holds, for at most Options.DrainWait, and closes the database. An error says how
// many journal entries could not be written.
func (s *Store) Close() error {
	s.importing.mu.Lock() // no import begins between the end and the waiting for it
	s.stop()
	s.importing.mu.Unlock()
	s.beside.Wait()
	return errors.Join(s.journal.close(), s.r.Close(), s.w.Close())
}

// Ping reports whether the records can be read: for readiness. A locked database can still be read; see Journal.Backlog.
func (s *Store) Ping(ctx context.Context) error {
	var n int
	if err := s.read().get(ctx, &n, `SELECT COUNT(*) FROM counters`); err != nil {
		return fmt.Errorf("records: ping: %w", err)
	}
	return nil
}

// Journal gives the journal of calls.
func (s *Store) Journal() *Journal { return s.journal }

func (s *Store) now() time.Time { return s.opt.Now().UTC().Truncate(time.Microsecond) }

func (o *Options) setDefaults() {
	set(&o.Region, "CN")
	set(&o.Zone, time.Local)
	set(&o.Log, slog.Default())
	set(&o.BusyWait, 30*time.Second)
	set(&o.SessionIdle, 12*time.Hour)
	set(&o.SessionMax, 7*24*time.Hour)
	set(&o.LockAfter, 10)
	set(&o.LockFor, 15*time.Minute)
	set(&o.JournalBatch, 64)
	set(&o.JournalDelay, 20*time.Millisecond)
	set(&o.DrainWait, 30*time.Second)
	if o.Links == nil {
		o.Links = linktoken.File(filepath.Join(filepath.Dir(o.Path), "links.key"))
	}
	set(&o.VaultLimit, 4*time.Hour)
	set(&o.VaultCeiling, 12*time.Hour)
	set(&o.MaxFile, 20<<20)
	set(&o.MaxFiles, 100)
	o.Imports = importLimits(o.Imports)
	if o.Now == nil {
		o.Now = time.Now
	}
	set(&o.Sampling, sampling.Rule{Small: 2, Quota: 1, Percent: 20})
	set(&o.LowScore, 2)
	if o.RespondWithin == nil {
		o.RespondWithin = map[string]time.Duration{KindRemote: time.Hour, KindOnsite: 4 * time.Hour}
	}
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
