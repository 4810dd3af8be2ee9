package asterisk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hotline/pbx"
	"hotline/pbx/asterisk"
	"hotline/pbx/pbxtest"
)

// gossip stands between a driver and a real Asterisk, and passes its events on as it likes.
type gossip struct {
	url string

	mu   sync.Mutex
	tell func(kind string, frame []byte) [][]byte // what is passed on instead of a frame
}

func newGossip(t *testing.T, real *pbxtest.Asterisk) *gossip {
	t.Helper()
	to, err := url.Parse("http://" + real.HTTPAddr)
	if err != nil {
		t.Fatal(err)
	}
	g := &gossip{tell: func(_ string, frame []byte) [][]byte { return [][]byte{frame} }}
	rest := httputil.NewSingleHostReverseProxy(to)
	ctx, stop := context.WithCancel(context.Background())
	var hands sync.WaitGroup
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ari/events" {
			rest.ServeHTTP(w, r)
			return
		}
		hands.Add(1)
		defer hands.Done()
		g.carry(ctx, w, r, "ws://"+real.HTTPAddr+r.URL.RequestURI())
	}))
	t.Cleanup(func() {
		stop()
		server.CloseClientConnections()
		hands.Wait()
		server.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections() // the proxy's
	})
	g.url = server.URL + "/ari"
	return g
}

// carry passes frames on until one side ends.
func (g *gossip) carry(ctx context.Context, w http.ResponseWriter, r *http.Request, to string) {
	far, _, err := websocket.Dial(ctx, to, &websocket.DialOptions{ //nolint:bodyclose // Dial does
		HTTPHeader: http.Header{"Authorization": r.Header["Authorization"]}, Subprotocols: []string{"ari"},
	})
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = far.CloseNow() }()
	far.SetReadLimit(-1)
	near, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"ari"}})
	if err != nil {
		return
	}
	defer func() { _ = near.CloseNow() }()
	ctx = near.CloseRead(ctx) // answers pings, and ends when the driver leaves
	for {
		_, frame, err := far.Read(ctx)
		if err != nil {
			return
		}
		var head struct{ Type string }
		_ = json.Unmarshal(frame, &head) // what is no event has no type
		g.mu.Lock()
		frames := g.tell(head.Type, frame)
		g.mu.Unlock()
		for _, f := range frames {
			if near.Write(ctx, websocket.MessageText, f) != nil {
				return
			}
		}
	}
}

func (g *gossip) retell(tell func(kind string, frame []byte) [][]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tell = tell
}

// TestEventsTwiceLateAndMissing has a real Asterisk's events come twice, in the wrong order, and not at all, while calls arrive, are
// answered and end. Each call and leg ends exactly once, and for a reason; what no event told is found by looking; the next call, whose
// events are in order, is like any other.
func TestEventsTwiceLateAndMissing(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	g := newGossip(t, real)
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, func(o *asterisk.Options) {
		o.URL, o.LookEvery = g.url, time.Second
	})))
	agent := s.Phone("li", pbxtest.Behaviour{})
	echo := "ChannelUserevent" // by which a connection proves itself
	for _, fault := range []struct {
		name string
		tell func(kind string, frame []byte) [][]byte
	}{
		{"twice", func(_ string, frame []byte) [][]byte { return [][]byte{frame, frame} }},
		{"in pairs the other way round", swapped()},
		{"without the phone's ringing", without("ChannelStateChange")},
		{"without the arrival", func(kind string, frame []byte) [][]byte {
			return unless(kind == "StasisStart" && !bytes.Contains(frame, []byte(`"leg~`)), frame)
		}},
		{"without the answer", func(kind string, frame []byte) [][]byte {
			return unless(kind == "StasisStart" && bytes.Contains(frame, []byte(`"leg~`)), frame)
		}},
		{"without the caller's leaving", without("StasisEnd")},
		{"without ends", without("ChannelDestroyed", "StasisEnd")},
		{"in order", func(_ string, frame []byte) [][]byte { return [][]byte{frame} }},
	} {
		ok := t.Run(fault.name, func(t *testing.T) {
			g.retell(func(kind string, frame []byte) [][]byte {
				if kind == echo || kind == "ContactStatusChange" || kind == "PeerStatusChange" {
					return [][]byte{frame}
				}
				return fault.tell(kind, frame)
			})
			from := len(s.Events.All())
			out, err := s.Caller.Dial(s.Ctx, s.DID, pbxtest.DialOptions{})
			s.Must(err, "dial")
			call := next(t, s, from, func(e pbx.Event) bool { return e.Kind == pbx.CallArrived || e.Kind == pbx.CallAdopted }).Call
			leg, in := s.Ring(call, agent)
			in.Answer()
			next(t, s, from, func(e pbx.Event) bool { return e.Kind == pbx.LegAnswered && e.Leg == leg })
			s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
			s.Hear(out, in)
			s.Must(out.HangUp(s.Ctx), "the caller hangs up")
			end := next(t, s, from, func(e pbx.Event) bool { return e.Kind == pbx.CallEnded && e.Call == call })
			if end.End.Code != pbx.EndByCaller && end.End.Code != pbx.EndUnknown {
				t.Errorf("ended as %s", end.End.Code)
			}
			next(t, s, from, func(e pbx.Event) bool { return e.Kind == pbx.LegEnded && e.Leg == leg })
			s.Gone(in)
			s.Must(real.WaitIdle(s.Ctx), "nothing to be left on the switch")
			counts := map[pbx.Kind]int{}
			for _, e := range s.Events.All()[from:] {
				if e.Call == call {
					counts[e.Kind]++
				}
			}
			for _, kind := range []pbx.Kind{pbx.LegAnswered, pbx.LegEnded, pbx.CallEnded} {
				if counts[kind] != 1 {
					t.Errorf("%s was told %d times\n%s", kind, counts[kind], s.Events)
				}
			}
			if counts[pbx.CallArrived]+counts[pbx.CallAdopted] != 1 || counts[pbx.LegRinging] > 1 {
				t.Errorf("told %v", counts)
			}
		})
		if !ok {
			break
		}
	}
}

// swapped passes on frames in pairs, the second first.
func swapped() func(string, []byte) [][]byte {
	var first []byte
	return func(_ string, frame []byte) [][]byte {
		if first == nil {
			first = frame
			return nil
		}
		pair := [][]byte{frame, first}
		first = nil
		return pair
	}
}

// without passes on everything but some kinds.
func without(kinds ...string) func(kind string, frame []byte) [][]byte {
	return func(kind string, frame []byte) [][]byte {
		return unless(slices.Contains(kinds, kind), frame)
	}
}

func unless(missing bool, frame []byte) [][]byte {
	if missing {
		return nil
	}
	return [][]byte{frame}
}

// next waits for an event after the first from of them.
func next(t *testing.T, s *pbxtest.Stage, from int, match func(pbx.Event) bool) pbx.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(s.Ctx, 20*time.Second)
	defer cancel()
	e, err := s.Events.WaitFrom(ctx, from, match)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Events)
	}
	return e
}
