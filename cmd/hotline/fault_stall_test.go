package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/configs/asterisk"
	"hotline/pbx/pbxtest"
)

// stalledFor is how long a reader stands still: real seconds, because the fault is one that lasts.
const stalledFor = 60 * time.Second

// TestAControllerThatStandsStillForAMinute stops the hotline (SIGSTOP) for a minute while events flood the connection that it does not
// read; some seconds later the connection breaks. Meanwhile a talk ends, a caller gives up, and new callers reach an agent through the
// dialplan. When it goes on: what ended has ended, once; the other talk has its agent and case; who waited before, and who came before
// the break, is in line with the clock of their first ring; the dialplan's talk goes on (I9, I6).
//
// The test breaks the connection itself. Asterisk gives up writing, but closes the socket only if its four bytes of goodbye do not fit into
// what is full either (res_http_websocket.c, websocket_close), else it waits for an answer: then the watchdog alone helps who comes,
// see TestTheWatchdogTakesCallersFromAFrozenController.
func TestAControllerThatStandsStillForAMinute(t *testing.T) {
	var wire *house.Wire
	h := openHouse(t, house.Options{
		Voice: 100 * time.Millisecond,
		Through: func(addr string) string {
			wire = house.NewWire(t, addr)
			return wire.Addr
		},
		Plan: func(p *asterisk.Plan) { p.Watchdog = stalledFor + 30*time.Second }, // who waits is to stay with us
	})
	agents := h.Crew("a", 2, pbxtest.Behaviour{Answer: true})
	di := h.Hire("di", pbxtest.Behaviour{Answer: true}) // not signed in: only the dialplan rings this phone
	leaves, stays := h.Dial("13800138001", house.DIDMain), h.Dial("13800138002", house.DIDMain)
	h.Wait("a caller is answered", leaves.WaitAnswered)
	h.Wait("a caller is answered", stays.WaitAnswered)
	patient := h.Dial("13900139001", house.DIDMain)
	gone := h.Dial("13900139002", house.DIDMain)
	h.Eventually("two talk and have their cases, two wait", func() bool {
		live, owned := h.Live(), 0
		for _, v := range live {
			if v.Answered && v.Live.Owner == v.Agent {
				owned++
			}
		}
		return len(live) == 4 && owned == 2
	})
	before := h.Live()
	kept, left, waits, gaveUp := h.LiveFrom("+8613800138002"), h.LiveFrom("+8613800138001"), h.LiveFrom("+8613900139001"), h.LiveFrom("+8613900139002")
	legs := map[string]*pbxtest.PhoneCall{}
	for _, p := range agents {
		legs[p.User()] = h.Invite(p)
	}

	began := time.Now()
	h.Freeze()
	flood := startFlood(t, h.Asterisk, floodRate, 1<<10)
	h.Wait("a caller hangs up meanwhile", leaves.HangUp)
	h.Wait("a caller gives up meanwhile", gone.Cancel)
	var early []*pbxtest.PhoneCall // came before the connection broke: nobody rings for them
	var served int
	var last, lastLeg *pbxtest.PhoneCall
	for n := 0; last == nil || time.Since(began) < stalledFor; n++ {
		if last != nil {
			h.Wait("the caller hangs up", last.HangUp)
			h.Ended("the phone is free", lastLeg)
		}
		c := h.Dial(fmt.Sprintf("1370013%04d", n), house.DIDMain)
		leg := ringsWithin(di, 3*time.Second)
		if leg == nil {
			if early = append(early, c); served > 0 || n > 5 {
				t.Fatalf("caller %d got nobody: the dialplan does not serve", n)
			}
			if n == 1 {
				flood.stop()
				wire.Cut()
			}
			continue
		}
		h.Wait("the caller is answered", c.WaitAnswered)
		h.Talk(c, leg)
		served, last, lastLeg = served+1, c, leg
	}
	sent, _ := flood.stop()
	h.Talk(stays, legs[kept.Live.Agent])
	wire.Mend()
	h.Thaw()
	thawed := time.Now()
	t.Logf("still for %v in %d events; the dialplan served %d callers, %d came before the cut", thawed.Sub(began).Round(time.Second), sent, served, len(early))

	h.Wait("who waited longest is answered", patient.WaitAnswered)
	t.Logf("answered %v after it went on", patient.At(pbxtest.MarkAnswered).Sub(thawed).Round(time.Millisecond))
	heard := map[string]time.Duration{waits.Call: patient.At(pbxtest.MarkAnswered).Sub(patient.At(pbxtest.MarkRinging))}
	h.Eventually("the connection was made anew", func() bool { return counted(t, h, "hotline_ari_connects_total") >= 2 })
	h.Eventually("what ended meanwhile has ended", func() bool {
		return h.Call(left.Call).End != "" && h.Call(gaveUp.Call).End != ""
	})
	now := h.Call(kept.Call)
	if now.Live == nil || now.Live.State != "talking" || now.Live.Agent != kept.Live.Agent || now.Live.Case != kept.Live.Case ||
		now.Live.Owner != kept.Live.Owner || now.WaitedMS != before[kept.Call].WaitedMS || now.Rule != before[kept.Call].Rule {
		t.Errorf("the talk was %+v %+v, is %+v %+v", kept, kept.Live, now, now.Live)
	}
	h.Talk(stays, legs[kept.Live.Agent])
	h.Talk(last, lastLeg)
	if n := len(h.Live()); n != 2+len(early) {
		t.Errorf("%d calls are driven, want %d: the dialplan's is not ours", n, 2+len(early))
	}
	line, ids := []*pbxtest.PhoneCall{patient}, []string{left.Call, gaveUp.Call, waits.Call, kept.Call}
	for i, c := range early {
		h.Wait("hanging up", line[i].HangUp)
		h.Wait("who came before the cut is answered", c.WaitAnswered)
		v := h.LiveFrom(fmt.Sprintf("+861370013%04d", i))
		ids, line = append(ids, v.Call), append(line, c)
		heard[v.Call] = c.At(pbxtest.MarkAnswered).Sub(c.At(pbxtest.MarkRinging))
	}
	for call, rang := range heard {
		h.Eventually("the verdict counts from the first ring", func() bool {
			v := h.Call(call)
			waited := time.Duration(v.WaitedMS) * time.Millisecond
			return v.Answered && !v.Met && (waited-rang).Abs() < 300*time.Millisecond+raceSlack && v.Rings == int(waited/house.Ring)+1
		})
	}
	for _, c := range []*pbxtest.PhoneCall{line[len(line)-1], stays, last} {
		h.Wait("hanging up", c.HangUp)
	}
	endedOnce(t, h, ids, "caller", "abandoned", "unknown")
	h.Eventually("all agents are ready", func() bool {
		states := h.Presences()
		return states["a01"] == "ready" && states["a02"] == "ready"
	})
	h.Stop()
	h.Run("verify")
}

// ringsWithin is the call by which a phone is rung within a while; nil when it is not.
func ringsWithin(p *pbxtest.Phone, within time.Duration) *pbxtest.PhoneCall {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	call, err := p.WaitInvite(ctx)
	if err != nil {
		return nil
	}
	return call
}

// TestAReaderOfEventsThatStandsStillForAMinute opens the live events as a client that reads nothing for a minute, over a line that holds
// little, while agents come and go. It is disconnected; what it had read until then is without a gap; and it resumes with what follows,
// nothing twice and nothing missing, as compared with a reader who stayed.
func TestAReaderOfEventsThatStandsStillForAMinute(t *testing.T) {
	h := openHouse(t, house.Options{Embedded: true})
	h.Hire("an", pbxtest.Behaviour{})
	whole := h.Listen(h.Admin, "", "")
	reader := openNarrow(t, h)

	began := time.Now()
	tick := time.NewTicker(20 * time.Millisecond) // fewer in a minute than the ring of events holds
	defer tick.Stop()
	for n := 0; time.Since(began) < stalledFor; n++ {
		h.State("an", []string{"ready", "paused"}[n%2])
		<-tick.C
	}
	h.State("an", "offline")
	want := presences(whole, h)

	had, broken := reader.rest()
	if broken == nil {
		t.Error("a reader who read nothing for a minute was not disconnected")
	}
	t.Logf("%d events; the reader had %d when it was cut: %v", len(want), len(had), broken)
	if len(had) == 0 || len(had) >= len(want) || !slices.Equal(had, want[:len(had)]) {
		t.Fatalf("the reader had %d of %d events, not the first ones", len(had), len(want))
	}
	resumed := h.Listen(h.Admin, "", had[len(had)-1])
	if e := <-resumed.Events; e.Kind != "hello" {
		t.Errorf("it resumes with %s", e.Kind)
	}
	if got := append(had, presences(resumed, h)...); !slices.Equal(got, want) {
		t.Errorf("with what it resumed it has %d of %d events", len(got), len(want))
	}
	h.Stop()
}

// presences are the ids of presence events until the agent has signed out.
func presences(s *house.Stream, h *house.House) (ids []string) {
	late := time.After(house.Patience)
	for {
		select {
		case e := <-s.Events:
			if e.Kind != "presence" {
				continue
			}
			ids = append(ids, e.ID)
			if strings.Contains(string(e.Data), `"to":"offline"`) {
				return ids
			}
		case <-late:
			return ids
		}
	}
}

// narrow is a reader of live events at the end of a line that holds little.
type narrow struct {
	response *http.Response
	scan     *bufio.Scanner
}

// openNarrow opens the stream and reads its first event. The client's buffer and the segments are small, so that little is on the way.
func openNarrow(t *testing.T, h *house.House) *narrow {
	t.Helper()
	dialer := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		var err error
		if failed := raw.Control(func(fd uintptr) {
			if err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096); err == nil {
				err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 536)
			}
		}); failed != nil {
			return failed
		}
		return err
	}}
	conn, err := dialer.DialContext(t.Context(), "tcp", h.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+h.Addr+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.Admin)
	if err := req.Write(conn); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("events: %v %+v", err, resp)
	}
	t.Cleanup(func() { resp.Body.Close() })
	n := &narrow{response: resp, scan: bufio.NewScanner(resp.Body)}
	for n.scan.Scan() {
		if n.scan.Text() == "event: hello" {
			return n
		}
	}
	t.Fatalf("the stream does not begin: %v", n.scan.Err())
	return nil
}

// rest reads what is still there: the ids of whole presence events, and how the stream ended.
func (n *narrow) rest() (ids []string, broken error) {
	id, kind := "", ""
	for n.scan.Scan() {
		key, value, _ := strings.Cut(n.scan.Text(), ": ")
		switch {
		case key == "id":
			id = value
		case key == "event":
			kind = value
		case n.scan.Text() == "":
			if kind == "presence" {
				ids = append(ids, id)
			}
			kind = ""
		}
	}
	return ids, n.scan.Err()
}
