package asterisk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	configs "hotline/configs/asterisk"
	"hotline/pbx"
	"hotline/pbx/asterisk"
	"hotline/pbx/pbxtest"
)

// TestWireCut breaks the connection while calls wait, ring and talk. Nothing is dropped; what happened meanwhile is told
// afterwards, once.
func TestWireCut(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	w := newWire(t, real.HTTPAddr)
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, func(o *asterisk.Options) { o.URL = w.url() })))
	p1, p2, p3, p4 := s.Phone("one", pbxtest.Behaviour{}), s.Phone("two", pbxtest.Behaviour{}), s.Phone("three", pbxtest.Behaviour{}), s.Phone("four", pbxtest.Behaviour{})

	stayOut, stays := s.Call()
	leaveOut, leaves := s.Call()
	_, picks := s.Call()
	picksLeg, picksIn := s.Ring(picks, p1)
	_, ringsOn := s.Call()
	ringsLeg, ringsIn := s.Ring(ringsOn, p2)
	talkOut, talkIn, _, _ := s.Talk(p3)
	endOut, endIn, ends, endLeg := s.Talk(p4)

	w.cut()
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.SwitchDown && e.Detail != "" }, "the loss to be told")
	if err := s.Switch.HangUp(s.Ctx, stays, pbx.EndBySystem); !errors.Is(err, pbx.ErrDown) {
		t.Errorf("hang up while down: %v", err)
	}
	s.Must(leaveOut.Cancel(s.Ctx), "give up meanwhile")
	picksIn.Answer()
	s.Must(picksIn.WaitAnswered(s.Ctx), "pick up meanwhile")
	s.Must(endIn.HangUp(s.Ctx), "the agent hangs up meanwhile")
	w.mend()

	back := synced(t, s, 2)
	s.Ended(leaves, pbx.EndUnknown)
	// Whoever picks up while nobody holds the application is dropped by Asterisk, and the caller rings on; a moment earlier
	// they are kept. What became of it is told.
	became := s.Wait(func(e pbx.Event) bool {
		return e.Leg == picksLeg && (e.Kind == pbx.LegAnswered || e.Kind == pbx.LegEnded)
	}, "what became of the leg that was picked up")
	s.Told(pbx.LegEnded, ends, endLeg)
	if len(back.Calls) != 5 {
		t.Errorf("%d calls live, want 5\n%s", len(back.Calls), s.Events)
	}
	for _, e := range s.Events.All() {
		if e.Kind == pbx.CallAdopted {
			t.Errorf("adopted a call that was known: %s", e.Call)
		}
	}
	s.Hear(talkOut, talkIn)
	if became.Kind == pbx.LegEnded {
		again, in := s.Ring(picks, p1)
		in.Answer()
		picksLeg = s.Told(pbx.LegAnswered, picks, again).Leg
	}
	s.Must(s.Switch.Connect(s.Ctx, picks, picksLeg), "connect the one whose agent picked up meanwhile")
	if stayOut.Passed(pbxtest.MarkEnded) || endOut.Passed(pbxtest.MarkEnded) || ringsIn.Passed(pbxtest.MarkEnded) {
		t.Error("dropped")
	}
	ringsIn.Answer()
	s.Told(pbx.LegAnswered, ringsOn, ringsLeg)
	s.Must(s.Switch.Connect(s.Ctx, ringsOn, ringsLeg), "connect the one who rang on")
}

// TestAsteriskKilled: the switch crashes and comes back. Its calls ended by a fault; new calls are served.
func TestAsteriskKilled(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	phone := s.Phone("survivor", pbxtest.Behaviour{})
	out, _, talking, leg := s.Talk(phone)
	_, waiting := s.Call()
	real.Kill()
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.SwitchDown }, "the loss to be told")
	real.Restart()
	synced(t, s, 2)
	s.Ended(talking, pbx.EndSwitchFault)
	s.Ended(waiting, pbx.EndSwitchFault)
	s.LegEnded(talking, leg, pbx.LegFault)
	if out.Passed(pbxtest.MarkEnded) {
		t.Error("nobody could have told the caller")
	}
	// Asterisk writes its database once a second: what was provisioned just before the crash is lost, so the hotline
	// provisions again on every SwitchUp.
	s.Provision("survivor")
	s.Must(phone.Register(s.Ctx), "register")
	up := 0
	s.Wait(func(e pbx.Event) bool {
		if e.Kind == pbx.PhoneUp && e.Phone == "survivor" {
			up++
		}
		return up == 2
	}, "the phone to be reachable again")
	// Asterisk names a channel by the second and a count from 0. Started again within the second, it would use the first
	// call's id once more.
	before := s.Told(pbx.CallArrived, talking, "").At
	until(t, "another second", func() bool { return time.Now().Unix() > before.Unix() })
	s.Talk(phone)
}

// TestUsurped: another connection takes the application. That is told, and not fought over.
func TestUsurped(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	reg := prometheus.NewRegistry()
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, func(o *asterisk.Options) {
		o.Usurped, o.Metrics = time.Hour, asterisk.NewMetrics(reg)
	})))
	_, call := s.Call()
	other := newDriver(t, real, nil)
	log := pbxtest.NewEventLog()
	ctx, stop := context.WithCancel(s.Ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = other.Run(ctx, log.Sink)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.SwitchUsurped }, "the alarm")
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.SwitchDown }, "the loss to be told")
	if _, err := log.Wait(s.Ctx, func(e pbx.Event) bool { return e.Kind == pbx.CallAdopted && e.Call == call }); err != nil {
		t.Fatalf("the other did not adopt the call: %v", err)
	}
	if err := other.HangUp(s.Ctx, call, pbx.EndBySystem); err != nil {
		t.Errorf("the other cannot drive the call: %v", err)
	}
	if _, err := log.Wait(s.Ctx, func(e pbx.Event) bool { return e.Kind == pbx.CallEnded && e.Call == call }); err != nil {
		t.Error(err)
	}
	if n := total(t, reg, "connects_total", nil); n != 1 {
		t.Errorf("connected %v times: that is a fight", n)
	}
	// The stage cannot see the end of what the other took; the first driver never will in an hour.
	stop()
	<-done
	s.Abandon()
	last := newDriver(t, real, nil)
	s.TakeOver(last, last)
}

// TestThePoolIsBounded: forty calls are ended at once, and the switch never has more connections from us than were allowed.
func TestThePoolIsBounded(t *testing.T) {
	const calls, conns = 40, 3
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	w := newWire(t, real.HTTPAddr)
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, func(o *asterisk.Options) { o.URL, o.Conns = w.url(), conns })))
	var all sync.WaitGroup
	waiting := make([]pbx.CallID, calls)
	for i := range waiting {
		_, waiting[i] = s.Call()
	}
	for _, call := range waiting {
		all.Go(func() { s.Check(s.Switch.HangUp(s.Ctx, call, pbx.EndRefused), "hang up") })
	}
	all.Wait()
	for _, call := range waiting {
		s.Ended(call, pbx.EndRefused)
	}
	if most := w.peak() - 1; most != conns { // one is the websocket
		t.Errorf("%d connections for requests at a time, want %d", most, conns)
	}
}

// TestWatchdogWoundUp: a caller who waits longer than the watchdog stays with a driver that lives.
func TestWatchdogWoundUp(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{
		Adjust: func(p *configs.Plan) { p.Watchdog = 2 * time.Second },
	})
	reg := prometheus.NewRegistry()
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, func(o *asterisk.Options) { o.Metrics = asterisk.NewMetrics(reg) })))
	agent := s.Phone("patient", pbxtest.Behaviour{})
	out, call := s.Call()
	began := time.Now()
	until(t, "twice the watchdog's time to pass", func() bool { return time.Since(began) > 4*time.Second })
	leg, in := s.Ring(call, agent)
	in.Answer()
	s.Told(pbx.LegAnswered, call, leg)
	s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
	until(t, "the watchdog's time to pass in the talk", func() bool { return time.Since(began) > 8*time.Second })
	s.Hear(out, in)
	wound := total(t, reg, "requests_total", map[string]string{"what": "variable"})
	if wound < 4 || wound > 10 {
		t.Errorf("set the watchdog %v times", wound)
	}
}

// TestTheWatchdogTakesNobodyOutOfATalk sets the watchdog as it is set while nobody talks and while somebody does, in turns, as often
// as some thousand calls do it: Asterisk reads the time-out without a lock, and one that is taken away as it looks has passed for it.
func TestTheWatchdogTakesNobodyOutOfATalk(t *testing.T) {
	const talks, rounds = 60, 200
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	var all sync.WaitGroup
	for i := range talks {
		agent := s.Phone(fmt.Sprintf("watched%d", i), pbxtest.Behaviour{})
		out, in, call, _ := s.Talk(agent)
		all.Go(func() {
			set := "/channels/" + call.Channel() + "/variable?variable=" + url.QueryEscape("TIMEOUT(absolute)") + "&value="
			for n := range 2 * rounds {
				span := "15"
				if n%2 == 1 {
					span = strconv.Itoa(int(asterisk.WatchdogInATalk / time.Second))
				}
				if code, reply := real.ARI("POST", set+span, nil); code != 204 {
					t.Errorf("talk %d, set %d: %d %s", i, n, code, reply)
					return
				}
			}
			s.Check(out.WaitReceived(s.Ctx, 3), "the caller to hear")
			s.Check(in.WaitReceived(s.Ctx, 3), "the agent to hear")
		})
	}
	all.Wait()
}

// TestATalkWhoseWatchdogWasNotStopped: the controller dies after it connected caller and agent and before it stopped the watchdog. The
// next one stops it: the caller is not taken out of the talk.
func TestATalkWhoseWatchdogWasNotStopped(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	out, in, call, _ := s.Talk(s.Phone("li", pbxtest.Behaviour{}))
	s.Abandon()
	began := time.Now()
	path := "/channels/" + call.Channel() + "/variable?variable=" + url.QueryEscape("TIMEOUT(absolute)")
	if code, reply := real.ARI("POST", path+"&value=3", nil); code != 204 {
		t.Fatalf("arm the watchdog: %d %s", code, reply)
	}
	next := newDriver(t, real, nil)
	s.TakeOver(next, next)
	s.Told(pbx.CallAdopted, call, "")
	until(t, "the watchdog's time to pass", func() bool { return time.Since(began) > 4*time.Second })
	s.Hear(out, in)
}

// TestAWatchdogThatIsNotTaken: the switch does not take the word that stops the watchdog. It is told again.
func TestAWatchdogThatIsNotTaken(t *testing.T) {
	f := newFake(t)
	p := f.run(nil, nil)
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	f.send(conn, strings.Replace(arrives(1), `"0"]`, `"20"]`, 1))
	call := p.wait(t, pbx.CallArrived, 0).Call
	leg := pbx.NewLegID(call, "ann", 1)
	if err := p.driver.Ring(p.ctx, call, pbx.Ring{Leg: leg, Phone: "ann", Timeout: time.Minute}); err != nil {
		t.Fatal(err)
	}
	f.send(conn, frameOf("StasisStart", string(leg), `"args":["leg"],`))
	p.wait(t, pbx.LegAnswered, 0)
	var refused atomic.Int64
	f.before(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/variable") || refused.Add(1) > 2 {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	if err := p.driver.Connect(p.ctx, call, leg); err != nil {
		t.Fatal(err)
	}
	until(t, "the third try", func() bool { return refused.Load() == 3 })
}

// TestHungUpAsTheyAreAnswered: the switch cannot answer a caller who hangs up in that moment. They are gone; the agent's phone is not at
// fault.
func TestHungUpAsTheyAreAnswered(t *testing.T) {
	f := newFake(t)
	p := f.run(nil, nil)
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	f.send(conn, arrives(1))
	call := p.wait(t, pbx.CallArrived, 0).Call
	leg := pbx.NewLegID(call, "ann", 1)
	if err := p.driver.Ring(p.ctx, call, pbx.Ring{Leg: leg, Phone: "ann", Timeout: time.Minute}); err != nil {
		t.Fatal(err)
	}
	f.send(conn, frameOf("StasisStart", string(leg), `"args":["leg"],`))
	p.wait(t, pbx.LegAnswered, 0)
	f.before(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/answer") {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	if err := p.driver.Connect(p.ctx, call, leg); !errors.Is(err, pbx.ErrGone) {
		t.Errorf("connect: %v, want %v", err, pbx.ErrGone)
	}
}

// TestDialplanTakesBack: a caller who leaves the application without hanging up is the dialplan's; phones are silenced.
func TestDialplanTakesBack(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	agent := s.Phone("rung", pbxtest.Behaviour{})
	out, call := s.Call()
	leg, in := s.Ring(call, agent)
	if code, reply := real.ARI("POST", "/channels/"+call.Channel()+"/continue",
		map[string]any{"context": "hotline-fallback", "extension": "s", "priority": 1}); code != 204 {
		t.Fatalf("continue: %d %s", code, reply)
	}
	s.Ended(call, pbx.EndToDialplan)
	s.LegEnded(call, leg, pbx.LegCancelled)
	s.Gone(in)
	if out.Passed(pbxtest.MarkEnded) {
		t.Error("the caller was dropped")
	}
	again, err := agent.WaitInvite(s.Ctx)
	s.Must(err, "the dialplan to ring the phone itself")
	s.Must(out.Cancel(s.Ctx), "give up")
	s.Gone(again)
}

// TestNeverDeaf reconnects at once, again and again. Asterisk sometimes leaves such a connection without events; a call
// must be heard on every one.
func TestNeverDeaf(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	for range 25 {
		s.Abandon()
		next := newDriver(t, real, nil)
		s.TakeOver(next, next)
		out, call := s.Call()
		s.Must(out.Cancel(s.Ctx), "give up")
		s.Ended(call, pbx.EndAbandoned)
	}
}
