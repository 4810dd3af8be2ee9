package asterisk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"hotline/pbx"
)

// Options describe one Asterisk. Zero durations and sizes mean the default named with each.
type Options struct {
	Name     string // of the switch, [a-z0-9]{1,16}, unique
	URL      string // of ARI, e.g. http://127.0.0.1:8088/ari
	User     string // ari.conf user
	Password string
	App      string // Stasis application, default "hotline"; the dialplan must say the same

	// RingCycle gives the length of one ring of the ringback tone that callers of a number hear (domain.md, "Three
	// rings, in seconds"). It is called from the event path and must not block. Default: 5 s (GB/T 3380).
	RingCycle func(did string) time.Duration

	Timeout      time.Duration // of one REST call, 3 s
	Conns        int           // REST connections kept, 32 (http.conf sessionlimit must be above it)
	BacklogBytes int           // frames waiting to be decoded; above it the connection is dropped and resynced, 64 MiB
	LookEvery    time.Duration // how often the switch's list is compared with ours, 30 s
	PingEvery    time.Duration // websocket ping, 5 s; no pong within the same time means a dead connection
	NoVoice      time.Duration // a talker's phone from which nothing at all came so long after the answer is given up, 8 s; negative: never
	Usurped      time.Duration // how long to leave the application to whoever took it, 60 s, doubled each time up to ×10

	Metrics *Metrics     // default: counted, but registered nowhere
	Log     *slog.Logger // default: slog.Default()
}

var (
	_ pbx.Switch   = (*Driver)(nil)
	_ pbx.Accounts = (*Driver)(nil)
	_ pbx.Monitor  = (*Driver)(nil)
	_ pbx.Preparer = (*Driver)(nil)
)

var (
	namePattern = regexp.MustCompile(`^[a-z0-9]{1,16}$`)
	appPattern  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// Driver is one Asterisk. Make it with New, then Run it.
type Driver struct {
	opt  Options
	log  *slog.Logger
	rest *rest
	m    *counters

	orders  chan order    // commands and looks for the owner
	running atomic.Bool   // Run was entered
	over    chan struct{} // closed when Run returns: nobody serves orders any more
	serving chan struct{} // closed when Run begins to serve orders
	aside   sync.WaitGroup
}

// New checks the options. It does not connect; Run does.
func New(opt Options) (*Driver, error) {
	if !namePattern.MatchString(opt.Name) {
		return nil, fmt.Errorf("asterisk: switch name %q: want 1 to 16 of a-z and 0-9", opt.Name)
	}
	def(&opt.App, "hotline")
	if !appPattern.MatchString(opt.App) {
		return nil, fmt.Errorf("asterisk %s: application %q: want letters, digits, - and _", opt.Name, opt.App)
	}
	base, err := url.Parse(opt.URL)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, fmt.Errorf("asterisk %s: ARI address %q: want http(s)://host:port/ari", opt.Name, opt.URL)
	}
	if opt.User == "" || opt.Password == "" {
		return nil, fmt.Errorf("asterisk %s: ARI user and password are needed", opt.Name)
	}
	def(&opt.Timeout, 3*time.Second)
	def(&opt.Conns, 32)
	def(&opt.BacklogBytes, 64<<20)
	def(&opt.LookEvery, 30*time.Second)
	def(&opt.PingEvery, 5*time.Second)
	def(&opt.Usurped, time.Minute)
	def(&opt.NoVoice, noVoice)
	if opt.RingCycle == nil {
		opt.RingCycle = func(string) time.Duration { return defaultCycle }
	}
	if opt.Metrics == nil {
		opt.Metrics = NewMetrics(nil)
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	m := opt.Metrics.of(opt.Name)
	return &Driver{
		opt:     opt,
		log:     opt.Log.With("component", "pbx/asterisk", "switch", opt.Name),
		rest:    newREST(base, opt, m),
		m:       m,
		orders:  make(chan order),
		over:    make(chan struct{}),
		serving: make(chan struct{}),
	}, nil
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Name is the configured name of the switch.
func (d *Driver) Name() string { return d.opt.Name }

// errRunTwice: a driver's state belongs to one Run.
var errRunTwice = errors.New("asterisk: a driver runs once; make a new one")

// Run connects and delivers events until ctx ends, reconnecting for ever. It returns ctx's error, after everything it
// started has ended. Calls stay up on the switch (I9): the next Run, of another Driver, adopts them.
func (d *Driver) Run(ctx context.Context, sink pbx.Sink) error {
	if !d.running.CompareAndSwap(false, true) {
		return errRunTwice
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	sessions := make(chan *session)
	var link sync.WaitGroup
	link.Go(func() { d.link(ctx, sessions) })
	o := newOwner(d, sink)
	close(d.serving)
	o.run(ctx, sessions)
	close(d.over)
	stop()
	link.Wait()
	d.aside.Wait()
	if o.session != nil {
		d.dismissAll(o.t)
	}
	d.rest.close()
	return ctx.Err()
}
