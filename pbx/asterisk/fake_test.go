package asterisk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"hotline/pbx"
	"hotline/pbx/asterisk"
	"hotline/pbx/pbxtest"
)

// fake speaks as much of ARI as the driver needs to be in step, so that a test can send what no real Asterisk would.
type fake struct {
	t      *testing.T
	server *httptest.Server
	conns  chan *websocket.Conn // each connection of the driver
	quit   chan struct{}

	mu      sync.Mutex
	current *websocket.Conn
	answer  func(w http.ResponseWriter, r *http.Request) bool // before the fake's own answers
	asked   []string
	mute    bool // connections are not read: no ping is answered
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, conns: make(chan *websocket.Conn, 16), quit: make(chan struct{})}
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		close(f.quit)
		f.server.CloseClientConnections()
		f.server.Close()
	})
	return f
}

// before sets what is answered instead of the fake's own; it returns false to leave a request to the fake.
func (f *fake) before(answer func(http.ResponseWriter, *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = answer
}

func (f *fake) requests(prefix string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.asked {
		if strings.HasPrefix(r, prefix) {
			n++
		}
	}
	return n
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/ari")
	f.mu.Lock()
	f.asked = append(f.asked, r.Method+" "+path)
	answer, current := f.answer, f.current
	f.mu.Unlock()
	if answer != nil && answer(w, r) {
		return
	}
	switch {
	case path == "/events":
		f.websocket(w, r)
	case strings.HasPrefix(path, "/events/user/"):
		echo, _ := json.Marshal(map[string]string{"type": "ChannelUserevent", "eventname": strings.TrimPrefix(path, "/events/user/")})
		if err := current.Write(r.Context(), websocket.MessageText, echo); err != nil {
			f.t.Logf("echo: %v", err)
		}
		w.WriteHeader(http.StatusNoContent)
	case path == "/asterisk/info":
		_, _ = io.WriteString(w, `{"status":{"startup_time":"2026-11-22T15:00:00.000+0000"}}`)
	case r.Method == http.MethodGet:
		_, _ = io.WriteString(w, `[]`)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (f *fake) websocket(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock() // until the connection is known: the driver asks for its echo as soon as it is accepted
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"ari"}})
	f.current = conn
	mute := f.mute
	f.mu.Unlock()
	if err != nil {
		f.t.Logf("accept: %v", err)
		return
	}
	defer func() { _ = conn.CloseNow() }()
	f.conns <- conn
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-f.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	if mute {
		<-ctx.Done()
		return
	}
	for { // answers pings
		if _, _, err := conn.Read(ctx); err != nil {
			return
		}
	}
}

// send writes one frame to the driver.
func (f *fake) send(conn *websocket.Conn, text string) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 10*time.Second)
	defer cancel()
	if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		f.t.Fatalf("send: %v", err)
	}
}

// arrives is the event of a caller's arrival.
func arrives(n int) string {
	return fmt.Sprintf(`{"type":"StasisStart","application":"hotline","timestamp":"2026-11-22T16:00:00.000+0000",`+
		`"args":["in","4001","1795363200000","0"],"channel":{"id":"x-1.%d","name":"PJSIP/x","state":"Ring",`+
		`"caller":{"name":"","number":"13800138000"},"creationtime":"2026-11-22T16:00:00.000+0000"}}`, n)
}

// played runs a driver against the fake.
type played struct {
	driver *asterisk.Driver
	events *pbxtest.EventLog
	reg    *prometheus.Registry
	ctx    context.Context
	stop   func() // ends the driver and waits for it
}

// run starts a driver; sink, when not nil, stands between the driver and the log.
func (f *fake) run(adjust func(*asterisk.Options), sink func(pbx.Sink) pbx.Sink) played {
	f.t.Helper()
	p := played{events: pbxtest.NewEventLog(), reg: prometheus.NewRegistry()}
	real := &pbxtest.Asterisk{ARIURL: f.server.URL + "/ari", ARIUser: "u", ARIPassword: "p"}
	p.driver = newDriver(f.t, real, func(o *asterisk.Options) {
		o.Metrics = asterisk.NewMetrics(p.reg)
		if adjust != nil {
			adjust(o)
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	p.ctx = ctx
	out := pbx.Sink(p.events.Sink)
	if sink != nil {
		out = sink(out)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = p.driver.Run(ctx, out)
	}()
	p.stop = func() {
		cancel()
		<-done
	}
	f.t.Cleanup(p.stop)
	return p
}

func (p played) wait(t *testing.T, kind pbx.Kind, from int) pbx.Event {
	t.Helper()
	e, err := p.events.WaitFrom(p.ctx, from, func(e pbx.Event) bool { return e.Kind == kind })
	if err != nil {
		t.Fatalf("no %s: %v\n%s", kind, err, p.events)
	}
	return e
}
