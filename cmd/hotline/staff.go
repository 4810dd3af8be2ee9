package main

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"hotline/agent"
	"hotline/configs"
	"hotline/pbx"
	"hotline/queue"
	"hotline/records"
)

// staff keeps presence, queue and every switch in step with the users in the records: the one home of agents and of their
// phone accounts.
type staff struct {
	cfg         configs.Config
	store       *records.Store
	roster      *agent.Roster
	distributor *queue.Distributor
	log         *slog.Logger

	visitors *visitors
	changed  chan struct{}
	mu       sync.Mutex
	desks    map[string]*accounts // by switch
	users    map[string]records.User
}

// accounts are the phones that one switch is known to have.
type accounts struct {
	switchName string
	driver     pbx.Accounts
	up         bool
	visited    bool // old accounts of browser callers were dropped
	put        map[string]pbx.PhoneAccount
}

// staffEvery is how often the records are looked at for users changed by another process, e.g. `hotline user add`.
const staffEvery = time.Second

func newStaff(cfg configs.Config, store *records.Store, roster *agent.Roster, d *queue.Distributor, lines switches, guests *visitors, log *slog.Logger) *staff {
	s := &staff{
		visitors: guests,
		cfg:      cfg, store: store, roster: roster, distributor: d, log: log.With("component", "staff"),
		changed: make(chan struct{}, 1), desks: map[string]*accounts{}, users: map[string]records.User{},
	}
	for name, sw := range lines {
		if driver, ok := sw.(pbx.Accounts); ok {
			s.desks[name] = &accounts{switchName: name, driver: driver, put: map[string]pbx.PhoneAccount{}}
		}
	}
	return s
}

// name is how somebody is called; their login when nobody knows.
func (s *staff) name(login string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.users[login]; ok && u.Name != "" {
		return u.Name
	}
	return login
}

// load reads the users once; serve calls it before anything runs.
func (s *staff) load(ctx context.Context) error {
	users, err := s.store.Users(ctx)
	if err != nil {
		return err
	}
	s.tell(users)
	return nil
}

// tell passes the users on to presence and queue, if anything about them changed.
func (s *staff) tell(users []records.User) {
	now := map[string]records.User{}
	for _, u := range users {
		now[u.Login] = u
	}
	s.mu.Lock()
	same := maps.EqualFunc(now, s.users, func(a, b records.User) bool { return a.Version == b.Version })
	s.users = now
	s.mu.Unlock()
	if same {
		return
	}
	var profiles []agent.Profile
	var agents []queue.Agent
	for _, u := range users {
		if u.Disabled {
			continue
		}
		profile := profileOf(s.cfg, u)
		if len(profile.Queues) == 0 && u.HA1 == "" && !u.Is(records.RoleAgent) {
			continue // takes no calls; an agent has a desk from the first day, before there is a phone or a queue
		}
		profiles = append(profiles, profile)
		agents = append(agents, agentOf(s.cfg, u))
	}
	s.distributor.SetAgents(agents)
	s.roster.SetProfiles(profiles)
}

// switchUp says that a switch is connected: it may have lost its accounts, so all are put again.
func (s *staff) switchUp(name string) {
	s.mu.Lock()
	if a := s.desks[name]; a != nil {
		a.up, a.visited = true, false
		clear(a.put)
	}
	s.mu.Unlock()
	s.look()
}

func (s *staff) switchDown(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.desks[name]; a != nil {
		a.up = false
	}
}

// look asks for a look at the records soon.
func (s *staff) look() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Run keeps everything in step until ctx ends.
func (s *staff) Run(ctx context.Context) error {
	tick := time.NewTicker(staffEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.changed:
		}
		users, err := s.store.Users(ctx)
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("the users cannot be read now; those known stay", "error", err)
			}
			continue
		}
		s.tell(users)
		s.provision(ctx)
	}
}

// provision makes the accounts of a connected switch what the records say.
func (s *staff) provision(ctx context.Context) {
	for _, a := range s.desks {
		if s.unvisited(a) {
			s.visitors.tidy(ctx, a.switchName)
		}
		for _, want := range s.missing(a) {
			var err error
			if want.HA1 == "" {
				err = a.driver.DropPhone(ctx, want.Phone)
			} else {
				err = a.driver.PutPhone(ctx, want)
			}
			if err != nil {
				s.log.Warn("a phone account cannot be changed on the switch now", "switch", a.switchName, "phone", want.Phone, "error", err)
				break
			}
			s.mu.Lock()
			a.put[want.Phone] = want
			s.mu.Unlock()
		}
	}
}

// unvisited says, once for each connection, that the switch was not looked through yet for old accounts of browser callers.
func (s *staff) unvisited(a *accounts) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	due := a.up && !a.visited
	a.visited = a.visited || due
	return due
}

// missing lists what differs between the records and the switch. An account without HA1 is one that must not be there:
// the user is disabled or has no phone.
func (s *staff) missing(a *accounts) []pbx.PhoneAccount {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !a.up {
		return nil
	}
	var out []pbx.PhoneAccount
	for login, u := range s.users {
		if !pbx.ValidPhone(login) {
			continue
		}
		want := pbx.PhoneAccount{Phone: login}
		if !u.Disabled && u.HA1 != "" {
			want = pbx.PhoneAccount{Phone: login, HA1: u.HA1, Name: u.Name, WebRTC: u.WebRTC}
		}
		if known, ok := a.put[login]; !ok || known != want {
			out = append(out, want)
		}
	}
	return out
}
