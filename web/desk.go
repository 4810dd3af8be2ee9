package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"hotline/agent"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Desking is what the API needs of an agent's desk.
type Desking interface {
	OpenDesk(login, session string) (*agent.Desk, error)
	Beat(login, session string, active bool) bool
	Ack(login, pushID string, at time.Time) (latency time.Duration, ok bool)
	PopLatency() agent.Latency
}

type eventsInput struct {
	LastEventID string `header:"Last-Event-ID" maxLength:"64" doc:"resume after this event; the browser sends it by itself"`
	After       string `query:"after" maxLength:"64" doc:"the same, for clients that cannot set the header"`
	Desk        bool   `query:"desk" doc:"this stream is the agent's desk: it also carries the agent's own pops and pushes"`
	Records     bool   `query:"records" doc:"also tell which cases and orders change (event 'changed': their numbers, nothing more)"`
	Floor       bool   `query:"floor" doc:"this stream feeds a wallboard: every event of all queues, numbers and names masked; agents and supervisors"`
}

// acknowledged says how long a message took to the screen.
type acknowledged struct {
	Milliseconds float64 `json:"milliseconds" doc:"from the push to this acknowledgement"`
}

func (s *Site) describeDesk() {
	handle(s, op{
		id: "events", method: http.MethodGet, path: apiBase + "/events", tag: "live", produces: "text/event-stream",
		summary: "Follow live events (server-sent events)",
		doc: "The first event is *hello*, or *reset* when the id to resume after is of another run or too old: then load everything anew. " +
			"Each further event has a kind (the events of queues: arrived, queued, offered, …; presence, notice, escalation) and a growing id. " +
			"A reader that falls behind is disconnected, never skipped. A comment comes every 10 s. *bye* says that the node stops or the " +
			"session ended. Supervisors hear everything; agents what concerns them or their queues, numbers masked; dispatchers " +
			"escalations; administrators alarms. With desk=true the agent's own messages (pop, card, withdrawn, talk, owned, over, " +
			"state, replaced) come too, without an id: what is current is sent first when the desk is opened again, and *desk-closed* " +
			"says why it ended.",
		codes: []string{codeThrottled, codeForbidden, codeUnavailable},
	}, s.events)
	handle(s, op{
		id: "acknowledge-pop", method: http.MethodPost, path: apiBase + "/pops/{id}/ack", tag: "live", roles: []Role{Agent},
		summary: "Say that a message is on the screen",
		doc:     "Send it as soon as the pop is drawn; its latency is measured by the server's clock. Only the first counts.",
		codes:   []string{codeNotFound},
	}, func(ctx context.Context, w *who, in *ByID) (*one[acknowledged], error) {
		latency, ok := s.opt.Agents.Ack(w.Login, in.ID, visitOf(ctx).began)
		if !ok {
			return nil, problem(codeNotFound, "No message of that id waits for an acknowledgement of yours.")
		}
		return oneOf(acknowledged{float64(latency.Microseconds()) / 1000}, nil)
	})
	handle(s, op{
		id: "beat-desk", method: http.MethodPost, path: apiBase + "/desk/heartbeat", tag: "live", roles: []Role{Agent},
		summary: "Say that the desk is alive, and whether somebody works at it",
		doc:     "The open stream is a sign of life by itself; this adds whether keyboard or mouse were used.",
		codes:   []string{codeConflict},
	}, func(_ context.Context, w *who, in *struct {
		Body struct {
			Active bool `json:"active,omitempty" doc:"keyboard or mouse were used since the last one"`
		}
	},
	) (*struct{}, error) {
		if !s.opt.Agents.Beat(w.Login, w.Session, in.Body.Active) {
			p := problem(codeConflict, "This session has no open desk.")
			p.Do = "Open the event stream again with desk=true."
			return nil, p
		}
		return nil, nil
	})
}

// events opens a stream; everything that can be refused is refused here, before the first byte.
func (s *Site) events(ctx context.Context, w *who, in *eventsInput) (*huma.StreamResponse, error) {
	if s.draining() {
		return nil, problem(codeUnavailable, "This node is about to stop.")
	}
	if in.Floor && !w.any([]Role{Agent, Supervisor}) {
		return nil, problem(codeForbidden, "A wallboard is for agents and supervisors.")
	}
	leave, ok := s.streams.enter(w.Login)
	if !ok {
		p := problem(codeThrottled, "Too many event streams are open.")
		p.Do, p.retry = "Close other windows, or wait.", 10*time.Second
		return nil, p
	}
	st := &stream{
		hub: s.opt.Hub, now: s.now, hears: ears(w, s.queuesLately(w.Login)), beaten: func() {},
		alive: func(ctx context.Context) error {
			_, err := s.userOf(ctx, w.token)
			if p := asProblem(err); p != nil && p.Code == codeSignIn {
				return err
			}
			return nil // that the database does not answer now is no reason to blind the desk
		},
	}
	if in.Floor {
		st.hears = floorEars(w)
	}
	if in.Records {
		st.hears = readersEars(st.hears)
	}
	var desk *agent.Desk
	if in.Desk {
		if !w.has(Agent) {
			leave()
			return nil, problem(codeForbidden, "Only an agent has a desk.")
		}
		var err error
		if desk, err = s.opt.Agents.OpenDesk(w.Login, w.Session); err != nil {
			leave()
			return nil, err
		}
		lang := s.apiLanguage(visitOf(ctx).request)
		st.pushes, st.beaten, st.why = desk.Pushes(), desk.Heartbeat, func() error { return s.wordedEnd(lang, desk.Err()) }
	}
	last := in.LastEventID
	if last == "" {
		last = in.After
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) { //nolint:contextcheck // the stream outlives the operation's context, which is bounded
		defer leave()
		if desk != nil {
			defer desk.Close()
		}
		_, rw := humago.Unwrap(ctx)
		rw.Header().Set("Content-Type", "text/event-stream")
		rw.Header().Set("X-Accel-Buffering", "no") // a proxy that buffers would hold back the pop
		st.w, st.ctl = rw, http.NewResponseController(rw)
		err := st.run(ctx.Context(), last)
		if errors.Is(err, errFell) {
			s.measured.fell.Inc()
			s.log.Warn("a reader of live events was too slow and was disconnected", "login", w.Login, "session", w.Session)
		}
	}}, nil
}

// queuesOf gives the queues that somebody serves.
func (s *Site) queuesOf(login string) []string {
	v, _ := s.opt.Agents.View(login)
	return v.Queues
}

// queuesLately is queuesOf for one reader of the stream, asked for every event: presence is looked at once a second at most.
func (s *Site) queuesLately(login string) func() []string {
	var queues []string
	var asked time.Time
	return func() []string {
		if now := s.now(); asked.IsZero() || now.Sub(asked) >= time.Second {
			queues, asked = s.queuesOf(login), now
		}
		return queues
	}
}

// streamCount bounds open streams, all and by login.
type streamCount struct {
	most, peer int

	mu      sync.Mutex
	all     int
	byLogin map[string]int
}

func newStreamCount(most, peer int) *streamCount {
	if most < 1 {
		most = 2000
	}
	if peer < 1 {
		peer = 8
	}
	return &streamCount{most: most, peer: peer, byLogin: map[string]int{}}
}

// enter takes a place; leave gives it back, once.
func (c *streamCount) enter(login string) (leave func(), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all >= c.most || c.byLogin[login] >= c.peer {
		return nil, false
	}
	c.all++
	c.byLogin[login]++
	return sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.all--
		if c.byLogin[login]--; c.byLogin[login] == 0 {
			delete(c.byLogin, login)
		}
	}), true
}

func (c *streamCount) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}

// wordedEnd gives why a desk ended in a language, with the same code.
func (s *Site) wordedEnd(lang string, why error) error {
	said := &agent.Error{}
	if !errors.As(why, &said) {
		return why
	}
	return &agent.Error{Code: said.Code, What: s.pages.Refusal(lang, said.What), Do: s.pages.Refusal(lang, said.Do)}
}

// deskClosed is the last frame of a desk that ended.
func deskClosed(why error) []byte {
	said := &agent.Error{}
	if !errors.As(why, &said) {
		return []byte(`{}`)
	}
	data, err := json.Marshal(map[string]string{"code": said.Code, "what": said.What, "do": said.Do})
	if err != nil {
		return []byte(`{}`)
	}
	return data
}
