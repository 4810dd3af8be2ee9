package asterisk

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// maxFrame is the largest event read; a longer one ends the connection, which is then made and synced again.
const maxFrame = 16 << 20

// session is one websocket connection and what was on the switch when it began.
type session struct {
	conn    *websocket.Conn
	backlog *backlog
	first   snapshot

	apps  []string      // whose events come here
	token string        // name of an event that proves that we hear, see prove
	heard chan struct{} // one token for each time it came
	read  atomic.Int64  // frames

	drained chan struct{} // closed by the owner: every frame is worked off, the session is history
	usurped atomic.Bool   // another controller took the application
	stop    context.CancelFunc
	hands   sync.WaitGroup // reader and pinger

	mu    sync.Mutex
	cause error // why it ended
}

// errPong: the switch or the way to it is dead.
var errPong = errors.New("asterisk: no pong")

// open dials, subscribes, filters and takes the first snapshot. Frames that arrive meanwhile wait in the backlog, and
// are worked off after the snapshot: they may repeat what it shows, which the tracker takes as duplicates.
func (d *Driver) open(ctx context.Context) (*session, error) {
	dialing, cancel := context.WithTimeout(ctx, d.opt.Timeout)
	defer cancel()
	conn, answer, err := websocket.Dial(dialing, d.eventsURL(), &websocket.DialOptions{ //nolint:bodyclose // Dial does
		HTTPClient: d.rest.client,
		HTTPHeader: http.Header{"Authorization": {"Basic " +
			base64.StdEncoding.EncodeToString([]byte(d.opt.User+":"+d.opt.Password))}},
		Subprotocols: []string{"ari"},
	})
	if err != nil {
		if answer != nil {
			return nil, fmt.Errorf("websocket: %s: %w", answer.Status, err)
		}
		return nil, fmt.Errorf("websocket: %w", err)
	}
	conn.SetReadLimit(maxFrame)
	alive, stop := context.WithCancel(ctx)
	s := &session{
		conn: conn, backlog: newBacklog(d.opt.BacklogBytes, d.m), drained: make(chan struct{}), stop: stop,
		apps: []string{d.opt.App, phonesApp(d.opt.App)}, token: "echo-" + rand.Text(), heard: make(chan struct{}, 2),
	}
	s.hands.Go(func() { d.read(alive, s) })
	s.hands.Go(func() { d.ping(alive, s) })
	err = d.rest.listen(alive, d.opt.App)
	if err == nil {
		err = d.prove(alive, s)
	}
	if err == nil {
		s.first, err = d.rest.snapshot(alive)
	}
	if err != nil {
		s.end(err)
		s.hands.Wait()
		return nil, err
	}
	return s, nil
}

// errDeaf: see prove.
var errDeaf = errors.New("asterisk: connected, but no event comes")

// prove has Asterisk send an event of our own and waits for it. Asterisk 22 can leave a connection deaf for ever: when it
// tears down the application's former connection just while the new one registers, the application stays inactive
// (res/stasis/app.c, app_update), while the websocket is open and answers pings.
func (d *Driver) prove(ctx context.Context, s *session) error {
	for _, app := range s.apps {
		query := url.Values{"application": {app}}
		err := d.rest.do(ctx, http.MethodPost, "echo", "/events/user/"+s.token+"?"+query.Encode(), nil, nil)
		if err != nil {
			return err
		}
	}
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	for range s.apps {
		select {
		case <-s.heard:
		case <-timer.C:
			return errDeaf
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// eventsURL is where ARI serves its websocket.
func (d *Driver) eventsURL() string {
	u := *d.rest.base
	u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	u.Path = strings.TrimSuffix(u.Path, "/") + "/events"
	u.RawQuery = url.Values{"app": {d.opt.App + "," + phonesApp(d.opt.App)}}.Encode()
	return u.String()
}

// read moves frames into memory and does nothing else.
func (d *Driver) read(ctx context.Context, s *session) {
	defer s.backlog.end()
	echo, echoes := []byte(s.token), 0
	for {
		_, data, err := s.conn.Read(ctx)
		if err != nil {
			s.end(fmt.Errorf("websocket: %w", err))
			return
		}
		s.read.Add(1)
		d.m.bytes.Add(float64(len(data)))
		if echoes < len(s.apps) && bytes.Contains(data, echo) {
			echoes++
			s.heard <- struct{}{}
			continue
		}
		if err := s.backlog.put(frame{data: data, at: time.Now()}); err != nil {
			d.m.overflows.Inc()
			d.log.ErrorContext(ctx, "events come faster than they are worked off: connecting anew",
				"limit_bytes", d.opt.BacklogBytes)
			s.end(err)
			return
		}
		runtime.Gosched() // what has just come is worked off before the next is looked for
	}
}

// ping finds a connection that died without a word. A switch that is too busy for the pong, but tells events, is not dead: to connect
// anew would cost it a list of all its calls.
func (d *Driver) ping(ctx context.Context, s *session) {
	tick := time.NewTicker(d.opt.PingEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.end(ctx.Err())
			return
		case <-tick.C:
		}
		before := s.read.Load()
		bounded, cancel := context.WithTimeout(ctx, d.opt.PingEvery)
		err := s.conn.Ping(bounded)
		cancel()
		if err != nil && ctx.Err() == nil && s.read.Load() > before {
			continue
		}
		if err != nil {
			s.end(fmt.Errorf("%w: %w", errPong, err))
			return
		}
	}
}

// end closes the connection; the first cause is kept.
func (s *session) end(cause error) {
	s.mu.Lock()
	if s.cause == nil {
		s.cause = cause
	}
	s.mu.Unlock()
	s.stop()
	_ = s.conn.CloseNow()
}

func (s *session) why() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause == nil {
		return ""
	}
	return s.cause.Error()
}
