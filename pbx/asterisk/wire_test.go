package asterisk_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/pbx"
	"hotline/pbx/asterisk"
)

// TestGarbage: frames that are no events are counted and survived, a megabyte of them too.
func TestGarbage(t *testing.T) {
	f := newFake(t)
	p := f.run(nil, nil)
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	for _, frame := range []string{
		"", "{", "null", "[]", `"x"`, `{"type":1}`, `{"no":"type"}`, "\x00\xff\xfe",
		`{"type":"StasisStart","args":"in","channel":7}`, `{"type":"ChannelDestroyed","channel":[]}`,
		`{"type":"StasisStart","timestamp":"yesterday"}`,
		strings.Repeat("x", 1<<20), `{"type":"` + strings.Repeat("y", 1<<20) + `"}`,
		`{"type":"RESTResponse"}`, `{"type":"CallBroadcast","channel":{}}`, `{"type":"ChannelVarset","variable":"x"}`,
		`{"type":"StasisEnd"}`, `{"type":"ChannelDestroyed"}`, `{"type":"StasisStart"}`,
	} {
		f.send(conn, frame)
	}
	f.send(conn, arrives(1))
	p.wait(t, pbx.CallArrived, 0)
	malformed, unknown := total(t, p.reg, "events_malformed_total", nil), total(t, p.reg, "events_unknown_total", nil)
	if malformed != 12 || unknown != 3 {
		t.Errorf("%v malformed, %v unknown, want 12 and 3", malformed, unknown)
	}
	if total(t, p.reg, "connects_total", nil) != 1 {
		t.Error("the connection was lost over it")
	}
}

// TestStalledSink: whoever takes the events stands still for a while; the reader reads on, so Asterisk does not cut us off,
// and nothing is lost or reordered.
func TestStalledSink(t *testing.T) {
	const calls = 20_000
	f := newFake(t)
	release := make(chan struct{})
	p := f.run(nil, func(next pbx.Sink) pbx.Sink {
		return func(e pbx.Event) {
			if e.Kind == pbx.CallArrived {
				<-release
			}
			next(e)
		}
	})
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	began := time.Now()
	for i := range calls {
		f.send(conn, arrives(i))
	}
	until(t, "all to be read", func() bool { return total(t, p.reg, "event_bytes_total", nil) >= calls*float64(len(arrives(10))) })
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("reading took %s", took)
	}
	close(release)
	last := pbx.CallID("a-x-1.19999")
	if _, err := p.events.Wait(p.ctx, func(e pbx.Event) bool { return e.Call == last }); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range p.events.All() {
		if e.Kind != pbx.CallArrived {
			continue
		}
		if e.Call.Channel() != "x-1."+jsonInt(n) {
			t.Fatalf("event %d is of %s", n, e.Call)
		}
		n++
	}
	if n != calls {
		t.Errorf("%d of %d arrived", n, calls)
	}
}

func jsonInt(n int) string {
	raw, _ := json.Marshal(n)
	return string(raw)
}

// TestBacklogBound: memory is bounded. The connection is given up with an alarm, and everything looked up again.
func TestBacklogBound(t *testing.T) {
	f := newFake(t)
	release := make(chan struct{})
	p := f.run(func(o *asterisk.Options) { o.BacklogBytes = 64 << 10 }, func(next pbx.Sink) pbx.Sink {
		return func(e pbx.Event) {
			if e.Kind == pbx.CallArrived {
				<-release
			}
			next(e)
		}
	})
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	for i := range 10_000 {
		if conn.Write(p.ctx, 1, []byte(arrives(i))) != nil {
			break
		}
	}
	until(t, "the alarm", func() bool { return total(t, p.reg, "backlog_overflows_total", nil) == 1 })
	if held := total(t, p.reg, "backlog_bytes", nil); held > 64<<10 {
		t.Errorf("%v bytes held", held)
	}
	before := p.events.Len()
	close(release)
	p.wait(t, pbx.SwitchDown, before)
	p.wait(t, pbx.SwitchSynced, before)
	// The switch says that there is no call: those that had arrived have ended.
	arrived, ended := 0, 0
	for _, e := range p.events.All() {
		switch e.Kind {
		case pbx.CallArrived:
			arrived++
		case pbx.CallEnded:
			ended++
		}
	}
	if arrived == 0 || arrived != ended {
		t.Errorf("%d arrived, %d ended", arrived, ended)
	}
}

// TestDeadPeer: a connection that answers no ping is dead.
func TestDeadPeer(t *testing.T) {
	f := newFake(t)
	f.mute = true
	p := f.run(func(o *asterisk.Options) { o.PingEvery = 100 * time.Millisecond }, nil)
	<-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	if e := p.wait(t, pbx.SwitchDown, 0); !strings.Contains(e.Detail, "no pong") {
		t.Errorf("down because of %q", e.Detail)
	}
	<-f.conns
}

// TestBusyPeer: a switch that answers no ping but tells events is not dead; when it tells nothing any more, it is.
func TestBusyPeer(t *testing.T) {
	f := newFake(t)
	f.mute = true
	p := f.run(func(o *asterisk.Options) { o.PingEvery = 100 * time.Millisecond }, nil)
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	n := 0
	for began := time.Now(); time.Since(began) < 600*time.Millisecond; n++ {
		f.send(conn, arrives(n+1))
		p.wait(t, pbx.CallArrived, n)
	}
	for _, e := range p.events.All() {
		if e.Kind == pbx.SwitchDown {
			t.Fatalf("taken for dead after %d events: %s", n, e.Detail)
		}
	}
	if e := p.wait(t, pbx.SwitchDown, 0); !strings.Contains(e.Detail, "no pong") {
		t.Errorf("down because of %q", e.Detail)
	}
	<-f.conns
}

// TestSwitchHangs: a request without an answer is bounded in time. Ring fails; the leg that came to be after all is ended
// and nothing of it is told.
func TestSwitchHangs(t *testing.T) {
	f := newFake(t)
	hang := make(chan struct{})
	f.before(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/channels") {
			<-hang
			return true
		}
		return false
	})
	defer close(hang)
	p := f.run(func(o *asterisk.Options) { o.Timeout = 300 * time.Millisecond }, nil)
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	f.send(conn, arrives(1))
	call := p.wait(t, pbx.CallArrived, 0).Call
	leg := pbx.NewLegID(call, "li", 1)
	began := time.Now()
	err := p.driver.Ring(p.ctx, call, pbx.Ring{Leg: leg, Phone: "li", Timeout: 5 * time.Second})
	if !errors.Is(err, pbx.ErrDown) {
		t.Errorf("ring: %v, want down", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("ring took %s", took)
	}
	until(t, "the leg to be ended", func() bool { return f.requests("DELETE /channels/"+string(leg)) == 1 })
	f.send(conn, `{"type":"StasisStart","application":"hotline","timestamp":"2026-11-22T16:00:00.000+0000","args":["leg"],`+
		`"channel":{"id":"`+string(leg)+`","state":"Up","creationtime":"2026-11-22T16:00:00.000+0000"}}`)
	until(t, "the leg to be ended once more", func() bool { return f.requests("DELETE /channels/"+string(leg)) == 2 })
	f.send(conn, arrives(2))
	p.wait(t, pbx.CallArrived, 3)
	for _, e := range p.events.All() {
		if e.Leg == leg {
			t.Errorf("told %s of a leg whose Ring failed", e.Kind)
		}
	}
}

// TestRefusals: what the switch answers becomes the errors that pbx promises.
func TestRefusals(t *testing.T) {
	f := newFake(t)
	p := f.run(nil, nil)
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	f.send(conn, arrives(1))
	call := p.wait(t, pbx.CallArrived, 0).Call
	for i, test := range []struct {
		status       int
		body         string
		gone, silent bool
	}{
		{400, `{"message":"Provided originator channel was not found"}`, true, true},
		{400, `{"message":"Invalid CallerID"}`, false, true},
		{409, `{"message":"Channel with given unique ID already exists"}`, false, true},
		{403, ``, false, true},
		{500, `{"error":"Allocation failed"}`, false, false},
	} {
		f.before(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/channels") {
				return false
			}
			w.WriteHeader(test.status)
			_, _ = w.Write([]byte(test.body))
			return true
		})
		before := p.events.Len()
		leg := pbx.NewLegID(call, "li", i+1)
		err := p.driver.Ring(p.ctx, call, pbx.Ring{Leg: leg, Phone: "li", Timeout: time.Second})
		if (err != nil) != test.silent || errors.Is(err, pbx.ErrGone) != test.gone {
			t.Errorf("%d %s: %v", test.status, test.body, err)
		}
		if told := p.events.Len() > before; told == test.silent {
			t.Errorf("%d %s: told %v", test.status, test.body, told)
		}
	}
}

// TestLockedOut: a wrong password is retried without end and without harm, and Run ends with its context.
func TestLockedOut(t *testing.T) {
	f := newFake(t)
	f.before(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
	p := f.run(nil, nil)
	until(t, "a second attempt", func() bool { return f.requests("GET /events") >= 2 })
	if err := p.driver.HangUp(p.ctx, "a-1", pbx.EndBySystem); !errors.Is(err, pbx.ErrDown) {
		t.Errorf("hang up: %v", err)
	}
	f.before(nil)
	p.wait(t, pbx.SwitchSynced, 0)
}

// TestDeaf: a connection on which no event comes is given up, however well it answers otherwise.
func TestDeaf(t *testing.T) {
	f := newFake(t)
	f.before(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/events/user/") {
			w.WriteHeader(http.StatusNoContent)
			return true
		}
		return false
	})
	p := f.run(nil, nil)
	<-f.conns
	<-f.conns
	if n := p.events.Len(); n != 0 {
		t.Errorf("told %d events on a deaf connection", n)
	}
	f.before(nil)
	p.wait(t, pbx.SwitchSynced, 0)
}
