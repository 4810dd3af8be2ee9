package agent

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Pause reasons that only the system gives; an agent cannot choose them.
const (
	ReasonMissedCalls   = "missed-calls"   // too many offers in a row unanswered
	ReasonWrapUpTimeout = "wrapup-timeout" // the wrap-up's time ran out with nobody at the desk
	ReasonDeskLost      = "desk-lost"      // the desk sent no heartbeat in time
	ReasonUnheard       = "phone-unheard"  // no voice came from the phone in a call
)

// Options are what a Roster needs; the zero value of each field has a meaning.
type Options struct {
	Store    Store    // the copy of presence that survives a restart; nil: none
	Managers Managers // nil: nobody is told
	// PauseReasons are those an agent may choose; nil: break, meal, training, meeting, other.
	PauseReasons []string
	// WrapUpLimit is how long an agent may wrap up a call of a queue. 0: the agent is free at once, the case stays open
	// with its owner until wrapped up. The queue is "" when the call's end was never heard of. nil: 60 s.
	WrapUpLimit func(queue string) time.Duration
	// WrapUpExtension is by how much one wrap-up may be extended altogether. 0: 10 min; negative: not at all.
	WrapUpExtension time.Duration
	DeskTimeout     time.Duration // a desk without a heartbeat for so long is lost. 0: 30 s
	DeskBuffer      int           // pushes a desk may lag behind before it is disconnected. 0: 64
	OfferLimit      time.Duration // an offer without an end for so long is given up; longer than any phone rings. 0: 2 min
	// Reaffirm is how often AgentReady is repeated for an agent who stays ready, so that nobody sits forgotten for ever
	// after a fault of the queue's store. 0: 1 min. Doubt is the same after a race was possible. 0: 2 s.
	Reaffirm, Doubt time.Duration
	// Behind is how long news, log and copy wait behind a change. What the queue must hear, and what the agent's own desk
	// shows, never waits; the rest would take the processor from a caller whose phone is to ring just now. 0: at once.
	Behind time.Duration
	Zone   *time.Location // where "today" begins. nil: time.Local
	Log    *slog.Logger   // nil: slog.Default
}

func (o Options) withDefaults() Options {
	o.WrapUpExtension = max(0, cmp.Or(o.WrapUpExtension, 10*time.Minute))
	o.DeskTimeout = cmp.Or(o.DeskTimeout, 30*time.Second)
	o.DeskBuffer = max(cmp.Or(o.DeskBuffer, 64), 2*maxLive)
	o.OfferLimit = cmp.Or(o.OfferLimit, 2*time.Minute)
	o.Reaffirm = cmp.Or(o.Reaffirm, time.Minute)
	o.Doubt = cmp.Or(o.Doubt, 2*time.Second)
	o.Zone = cmp.Or(o.Zone, time.Local)
	o.Log = cmp.Or(o.Log, slog.Default())
	if o.PauseReasons == nil {
		o.PauseReasons = []string{"break", "meal", "training", "meeting", "other"}
	}
	if o.WrapUpLimit == nil {
		o.WrapUpLimit = func(string) time.Duration { return time.Minute }
	}
	if o.Managers == nil {
		o.Managers = deaf{}
	}
	return o
}

// deaf hears nothing: the Queueing and Managers of a Roster that was given none.
type deaf struct{}

func (deaf) AgentReady(string, time.Time, ...string) {}
func (deaf) AgentGone(string)                        {}
func (deaf) Notice(_ string, _, _ string, _ string)  {}

// Roster is everybody who can take calls, and where they stand.
//
// Presence is decided in memory, at once, under one short lock per agent; what follows from it outside (the queue, the
// managers, listeners, the copy in Redis) is done behind it, in order for each agent, by goroutines that belong to Run.
// All methods may be called from any goroutine, before, during and after Run; before it, what they cause waits.
type Roster struct {
	opt       Options
	log       *slog.Logger
	table     table
	queueing  Queueing
	managers  Managers
	listeners []func(View, State, string, string)
	reached   []func(View)

	book   sync.Mutex // guards changes of directory, and the two below
	seats  atomic.Pointer[directory]
	phones map[string][]string // registered phones of nobody known yet, and the switches they lack
	copies map[string]Copy     // restored presence of nobody known yet
	words  *courier            // to the queue
	news   *courier            // to everybody else
	alarms *alarms
	copier *copier
	pops   *popClock
	boot   string // makes push ids differ between two runs
	pushes atomic.Int64
}

// directory is the seats by login and in order of login; it is replaced as a whole.
type directory struct {
	by    map[string]*seat
	order []*seat
}

// NewRoster makes an empty roster: SetProfiles, SetQueueing, OnChange and Restore come next, then Run.
func NewRoster(opt Options) *Roster {
	opt = opt.withDefaults()
	r := &Roster{
		opt: opt, log: opt.Log.With("component", "agent"), table: newTable(),
		queueing: deaf{}, managers: opt.Managers,
		phones: map[string][]string{}, copies: map[string]Copy{},
		words: newCourier(0), news: newCourier(opt.Behind), alarms: newAlarms(), pops: newPopClock(), boot: rand.Text()[:6],
	}
	r.seats.Store(&directory{by: map[string]*seat{}})
	r.copier = newCopier(r, opt.Store)
	return r
}

// SetQueueing says who is told about ready agents. It must be called before Run: the queue is built after the Roster
// because it needs the desks.
func (r *Roster) SetQueueing(q Queueing) { r.queueing = q }

// OnChange adds a listener to every change of state, before Run. reason is the pause reason or, without one, the
// outcome or input that moved the agent; by is a login or "phone", "switch", "queue", "clock", "server". Listeners are
// called in order for one agent and should be quick.
func (r *Roster) OnChange(listener func(view View, from State, reason, by string)) {
	r.listeners = append(r.listeners, listener)
}

// OnReach adds a listener to every change of the switches where an agent's phone is missing, before Run. Called like those of
// OnChange.
func (r *Roster) OnReach(listener func(view View)) { r.reached = append(r.reached, listener) }

// Run keeps time, delivers news and writes the copy until ctx ends; then it ends all desk sessions, delivers what is
// left and writes the copy once more.
func (r *Roster) Run(ctx context.Context) error {
	rest := context.WithoutCancel(ctx)
	delivering, stopDelivering := context.WithCancel(rest)
	copying, stopCopying := context.WithCancel(rest)
	defer stopDelivering()
	defer stopCopying()
	var couriers, copier sync.WaitGroup
	couriers.Go(func() { r.words.run(delivering) })
	couriers.Go(func() { r.news.run(delivering) })
	copier.Go(func() { r.copier.run(copying) })
	r.alarms.run(ctx, r.onAlarm)
	r.closeDesks()
	stopDelivering()
	couriers.Wait()
	stopCopying()
	copier.Wait()
	return nil
}

// View gives one agent's presence.
func (r *Roster) View(login string) (View, bool) {
	s := r.seat(login)
	if s == nil {
		return View{}, false
	}
	return s.shown.Load().on(r.today(time.Now())), true
}

// Views gives everybody's presence, in order of login. The Queues are shared and must not be changed.
func (r *Roster) Views() []View {
	order := r.seats.Load().order
	today := r.today(time.Now())
	views := make([]View, len(order))
	for i, s := range order {
		views[i] = s.shown.Load().on(today)
	}
	return views
}

// PauseReasons are those an agent may choose.
func (r *Roster) PauseReasons() []string { return slices.Clone(r.opt.PauseReasons) }

// Reannounce tells the queue about every ready agent again: after its board was lost or changed.
func (r *Roster) Reannounce() {
	for _, s := range r.seats.Load().order {
		s.mu.Lock()
		if s.state == Ready {
			r.announce(s)
		}
		s.mu.Unlock()
	}
}

func (r *Roster) seat(login string) *seat { return r.seats.Load().by[login] }

func (r *Roster) today(now time.Time) int { return dayOf(now.In(r.opt.Zone)) }

// input finds the seat and applies one input.
func (r *Roster) input(login string, e event) bool {
	s := r.seat(login)
	if s == nil {
		r.log.Warn("input for nobody known, ignored", "agent", login, "input", e.kind, "call", e.call, "by", e.by)
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.apply(s, e)
}
