package asterisk_test

import (
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hotline/pbx"
	"hotline/pbx/asterisk"
	"hotline/pbx/pbxtest"
)

// standing makes a stage on whose switch a leg stands ready for whoever is rung.
func standing(t *testing.T, real *pbxtest.Asterisk) (*pbxtest.Stage, *prepared) {
	t.Helper()
	d := newDriver(t, real, nil)
	h := harness(real, d)
	p := &prepared{Driver: d, t: t, used: new(atomic.Int64)}
	h.Switch = p
	return pbxtest.NewStage(t, h), p
}

// channelOf gives the channel that stands ready for a phone, or did.
func channelOf(t *testing.T, real *pbxtest.Asterisk, phone string) (id, state string) {
	t.Helper()
	_, body := real.ARI("GET", "/channels", nil)
	var channels []struct{ ID, State string }
	if err := json.Unmarshal(body, &channels); err != nil {
		t.Fatal(err)
	}
	for _, ch := range channels {
		if strings.HasPrefix(ch.ID, "standby~a~"+phone+"~") {
			return ch.ID, ch.State
		}
	}
	return "", ""
}

// empty waits until the switch has no channel and no bridge.
func empty(t *testing.T, real *pbxtest.Asterisk) {
	t.Helper()
	until(t, "nothing to be left on the switch", func() bool {
		_, channels := real.ARI("GET", "/channels", nil)
		_, bridges := real.ARI("GET", "/bridges", nil)
		return string(channels) == "[]" && string(bridges) == "[]"
	})
}

// TestStandsReady: a phone with a leg that stands ready is neither rung nor in use, for Asterisk's own ringing neither; the leg goes with its
// registration, with its account, when it is not wanted any more, and with the driver.
func TestStandsReady(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s, p := standing(t, real)
	li := s.Phone("li", pbxtest.Behaviour{})
	s.Must(p.ready(s.Ctx, "li"), "prepare")
	first, state := channelOf(t, real, "li")
	if first == "" || state != "Down" {
		t.Fatalf("the leg that stands ready is %q %q", first, state)
	}
	if _, device := real.ARI("GET", "/deviceStates/PJSIP%2Fli", nil); !strings.Contains(string(device), `"NOT_INUSE"`) {
		// what the device state is cached as counts only for subscribers: the dialplan asks anew
		t.Logf("device state: %s", device)
	}
	again := func(what string) string {
		t.Helper()
		var next string
		until(t, "another leg to stand ready after "+what, func() bool {
			ready, _ := p.Settled(s.Ctx, "li")
			next, _ = channelOf(t, real, "li")
			return ready && next != "" && next != first
		})
		return next
	}
	s.Provision("li")
	first = again("a change of the account")
	s.Must(li.Unregister(s.Ctx), "unregister")
	until(t, "the leg to go with the registration", func() bool { id, _ := channelOf(t, real, "li"); return id == "" })
	pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "li", Secret: "secret-li", Server: s.SIPAddr, IP: s.PhoneIP})
	again("a new registration")
	s.Must(p.Prepare(s.Ctx, nil), "prepare nobody")
	empty(t, real)
	s.Must(p.Prepare(s.Ctx, []string{"li"}), "prepare")
	again("being wanted again")
	s.Abandon()
	empty(t, real)
}

// TestRingsWhereThePhoneIsNow: the phone has moved since the leg was made ready.
func TestRingsWhereThePhoneIsNow(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s, p := standing(t, real)
	s.Phone("li", pbxtest.Behaviour{})
	s.Must(p.ready(s.Ctx, "li"), "prepare")
	before, _ := channelOf(t, real, "li")
	moved := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "li", Secret: "secret-li", Server: s.SIPAddr, IP: s.PhoneIP})
	until(t, "a leg to stand ready for the new place", func() bool {
		ready, _ := p.Settled(s.Ctx, "li")
		now, _ := channelOf(t, real, "li")
		return ready && now != before
	})
	out, in, _, _ := s.Talk(moved)
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Gone(in)
}

// TestPickedUpWithoutAController: the controller is away when the agent picks up. The agent waits, and the next controller brings the
// caller in.
func TestPickedUpWithoutAController(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s, _ := standing(t, real)
	li := s.Phone("li", pbxtest.Behaviour{})
	out, call := s.Call()
	leg, in := s.Ring(call, li)
	s.Told(pbx.LegRinging, call, leg)
	until(t, "the channel to say whose leg it is", func() bool { return named(t, real) == string(leg) })
	s.Abandon()
	in.Answer()
	until(t, "the agent to have picked up", func() bool { _, state := channelOf(t, real, "li"); return state == "Up" })
	next := newDriver(t, real, nil)
	s.TakeOver(next, next)
	e := s.Told(pbx.CallAdopted, call, "")
	if len(e.Legs) != 1 || e.Legs[0] != (pbx.Leg{ID: leg, Phone: "li", State: pbx.LegIsAnswered}) {
		t.Fatalf("adopted with %+v", e.Legs)
	}
	s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
	s.Hear(out, in)
	s.Must(s.Switch.Hold(s.Ctx, call), "hold")
	s.Must(s.Switch.Resume(s.Ctx, call), "resume")
	s.Hear(out, in)
	s.Must(in.HangUp(s.Ctx), "agent hangs up")
	s.LegEnded(call, leg, pbx.LegHungUp)
	s.Ended(call, pbx.EndByAgent)
	empty(t, real)
}

// named gives the leg that a channel says that it is.
func named(t *testing.T, real *pbxtest.Asterisk) string {
	t.Helper()
	_, body := real.ARI("GET", "/channels", nil)
	var channels []struct{ ChannelVars map[string]string }
	if err := json.Unmarshal(body, &channels); err != nil {
		t.Fatal(err)
	}
	for _, ch := range channels {
		if leg := ch.ChannelVars["HOTLINE_LEG"]; leg != "" {
			return leg
		}
	}
	return ""
}

// members counts the channels in bridges.
func members(t *testing.T, real *pbxtest.Asterisk) (n int) {
	t.Helper()
	_, body := real.ARI("GET", "/bridges", nil)
	var bridges []struct{ Channels []string }
	if err := json.Unmarshal(body, &bridges); err != nil {
		t.Fatal(err)
	}
	for _, b := range bridges {
		n += len(b.Channels)
	}
	return n
}

// TestAdoptsLegsThatStoodReady: a crash at each step between a leg that stands ready and a talk.
func TestAdoptsLegsThatStoodReady(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s, p := standing(t, real)
	silent, rings, talks, held := s.Phone("silent", pbxtest.Behaviour{Silent: true}), s.Phone("rings", pbxtest.Behaviour{}),
		s.Phone("talks", pbxtest.Behaviour{}), s.Phone("held", pbxtest.Behaviour{})
	one, two := s.Phone("one", pbxtest.Behaviour{}), s.Phone("two", pbxtest.Behaviour{})

	_, dialled := s.Call()
	s.Ring(dialled, silent) // an INVITE, and nothing from the phone
	ringsOut, ringing := s.Call()
	ringLeg, ringIn := s.Ring(ringing, rings)
	s.Told(pbx.LegRinging, ringing, ringLeg)
	talkOut, talkIn, talking, _ := s.Talk(talks)
	_, _, holding, _ := s.Talk(held)
	s.Must(s.Switch.Hold(s.Ctx, holding), "hold")
	_, both := s.Call()
	oneLeg, _ := s.Ring(both, one)
	s.Told(pbx.LegRinging, both, oneLeg)
	twoLeg, _ := s.Ring(both, two) // and the caller waits in a bridge of the call's own
	s.Told(pbx.LegRinging, both, twoLeg)
	until(t, "two who ring alone, two who talk, the one on hold, and the two who ring for a caller to be where they belong", func() bool {
		return members(t, real) == 1+1+2+1+1+1
	})
	s.Must(p.ready(s.Ctx, "silent"), "prepare") // in a call: nothing to be made

	s.Abandon()
	next := newDriver(t, real, nil)
	s.TakeOver(next, next)
	want := map[pbx.CallID][]string{
		dialled: {"silent ringing"}, ringing: {"rings ringing"}, talking: {"talks connected"}, holding: {"held connected"},
		both: {"one ringing", "two ringing"},
	}
	for call, legs := range want {
		e := s.Told(pbx.CallAdopted, call, "")
		var got []string
		for _, leg := range e.Legs {
			got = append(got, leg.Phone+" "+string(leg.State))
			if leg.Phone == "rings" {
				ringLeg = leg.ID
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, legs) {
			t.Errorf("adopted with legs %v, want %v", got, legs)
		}
	}
	ringIn.Answer()
	s.Told(pbx.LegAnswered, ringing, ringLeg)
	s.Must(s.Switch.Connect(s.Ctx, ringing, ringLeg), "connect the one who rang")
	s.Hear(ringsOut, ringIn)
	s.Hear(talkOut, talkIn)
	s.Must(s.Switch.Resume(s.Ctx, holding), "resume")
	s.Must(talkIn.HangUp(s.Ctx), "agent hangs up")
	s.Ended(talking, pbx.EndByAgent)
}

// TestDeclinesAtOnce: what a phone says that was dialled, with or without having rung, is no word to the caller, who goes to the next one.
func TestDeclinesAtOnce(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s, p := standing(t, real)
	li, wang := s.Phone("li", pbxtest.Behaviour{}), s.Phone("wang", pbxtest.Behaviour{})
	for name, b := range map[string]pbxtest.Behaviour{
		"busy": {Decline: 486, Silent: true}, "declines": {Decline: 603, Silent: true}, "is out of order": {Decline: 500, Silent: true},
		"is busy after ringing": {Decline: 486, AnswerAfter: 50 * time.Millisecond},
	} {
		t.Log(name)
		li.SetBehaviour(b)
		out, call := s.Call()
		before := p.used.Load()
		leg := s.Ask(call, "li", 10*time.Second)
		if p.used.Load() == before {
			t.Error("no leg stood ready")
		}
		s.Told(pbx.LegEnded, call, leg)
		next, in := s.Ring(call, wang)
		if out.Passed(pbxtest.MarkEnded) || out.Passed(pbxtest.MarkAnswered) {
			t.Fatalf("the caller was told what the phone said: %+v", out.End())
		}
		in.Answer()
		s.Told(pbx.LegAnswered, call, next)
		s.Must(s.Switch.Connect(s.Ctx, call, next), "connect")
		s.Hear(out, in)
		s.Must(out.HangUp(s.Ctx), "hang up")
		s.Gone(in)
	}
}

// TestHungUpAsThePhoneIsPickedUp: a caller hangs up within milliseconds of the pick-up, before or after it. Whatever the switch makes
// of it, the call ends, nobody is left behind in it, and nothing of it is left on the switch.
func TestHungUpAsThePhoneIsPickedUp(t *testing.T) {
	const rounds = 40
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s, p := standing(t, real)
	li := s.Phone("li", pbxtest.Behaviour{})
	random := rand.New(rand.NewPCG(7, 3)) //nolint:gosec // the same every time is what is wanted
	answered := 0
	for round := range rounds {
		out, call := s.Call()
		leg, in := s.Ring(call, li)
		s.Told(pbx.LegRinging, call, leg)
		later := time.Duration(random.IntN(6000)-1500) * time.Microsecond
		var all sync.WaitGroup
		all.Go(func() {
			if later < 0 {
				<-time.After(-later)
			}
			in.Answer()
		})
		all.Go(func() {
			if later > 0 {
				<-time.After(later)
			}
			s.Check(out.Cancel(s.Ctx), "give up")
		})
		all.Go(func() {
			e, err := s.Events.Wait(s.Ctx, func(e pbx.Event) bool {
				return e.Call == call && (e.Kind == pbx.LegAnswered || e.Kind == pbx.CallEnded)
			})
			s.Check(err, "an answer or the end")
			if e.Kind == pbx.LegAnswered {
				if err := s.Switch.Connect(s.Ctx, call, leg); err != nil && !errors.Is(err, pbx.ErrGone) {
					t.Errorf("round %d: connect: %v", round, err)
				}
			}
		})
		all.Wait()
		if out.Passed(pbxtest.MarkAnswered) {
			answered++
		}
		if _, err := s.Events.Wait(s.Ctx, func(e pbx.Event) bool { return e.Call == call && e.Kind == pbx.CallEnded }); err != nil {
			t.Fatalf("round %d (%v): the call has not ended: %v", round, later, err)
		}
		s.Gone(in)
		s.Gone(out)
		s.Must(p.ready(s.Ctx, "li"), "a leg to stand ready again")
		until(t, "nothing to be left on the switch", func() bool { return members(t, real) == 1 })
	}
	if answered == 0 || answered == rounds {
		t.Errorf("answered %d of %d: there was no race", answered, rounds)
	}
}

// TestFallsBackToOriginate: what stands ready cannot be dialled. The phone is rung by the way that always works.
func TestFallsBackToOriginate(t *testing.T) {
	f := newFake(t)
	created := make(chan string, 1)
	f.before(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/endpoints/PJSIP"):
			_, _ = io.WriteString(w, `[{"technology":"PJSIP","resource":"li","state":"online","channel_ids":[]}]`)
		case strings.HasSuffix(r.URL.Path, "/channels/create"):
			var body struct{ ChannelID string }
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			w.WriteHeader(http.StatusOK)
			_, _ = io.WriteString(w, `{}`)
			created <- body.ChannelID
		case strings.HasSuffix(r.URL.Path, "/dial"):
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"message":"Channel not found"}`)
		default:
			return false
		}
		return true
	})
	p := f.run(nil, nil)
	conn := <-f.conns
	p.wait(t, pbx.SwitchSynced, 0)
	if err := p.driver.Prepare(p.ctx, []string{"li"}); err != nil {
		t.Fatal(err)
	}
	f.send(conn, `{"type":"StasisStart","application":"hotline","timestamp":"2026-11-22T16:00:00.000+0000","args":["standby"],"channel":{"id":"`+
		<-created+`","name":"PJSIP/li-1","state":"Down","caller":{"name":"","number":""},"creationtime":"2026-11-22T16:00:00.000+0000"}}`)
	until(t, "a leg to stand ready", func() bool { ready, _ := p.driver.Settled(p.ctx, "li"); return ready })
	f.send(conn, arrives(1))
	call := p.wait(t, pbx.CallArrived, 0).Call
	err := p.driver.Ring(p.ctx, call, pbx.Ring{Leg: pbx.NewLegID(call, "li", 1), Phone: "li", CallerID: "13800138000", Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if dialled, made := f.requests("POST /channels/standby"), f.requests("POST /channels"); dialled != 1 || made != 3 {
		t.Errorf("dialled %d times, %d requests to make or dial a channel; want 1, and 3 with create and originate", dialled, made)
	}
	if rings, ready := total(t, p.reg, "rings_total", nil), total(t, p.reg, "rings_ready_total", nil); rings != 1 || ready != 0 {
		t.Errorf("%v phones rung, %v of them by what stood ready; want 1 and 0", rings, ready)
	}
	until(t, "what could not be dialled to be ended", func() bool { return f.requests("DELETE /channels/standby") == 1 })
}

// TestCallerWhoseNameIsCleaned: a phone is shown what the network said only where that needs no cleaning.
func TestCallerWhoseNameIsCleaned(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s, p := standing(t, real)
	li := s.Phone("li", pbxtest.Behaviour{})
	out, err := s.Caller.Dial(s.Ctx, s.DID, pbxtest.DialOptions{DisplayName: "Zhang ${SHELL(id)}"})
	s.Must(err, "dial")
	e := s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.CallArrived }, "the call")
	s.Must(p.ready(s.Ctx, "li"), "prepare")
	leg := pbx.NewLegID(e.Call, "li", 1)
	s.Must(p.Driver.Ring(s.Ctx, e.Call, pbx.Ring{
		Leg: leg, Phone: "li", CallerID: e.Arrival.Caller, CallerName: e.Arrival.CallerName, Timeout: 10 * time.Second,
	}), "ring")
	s.Accept(leg)
	in, err := li.WaitInvite(s.Ctx)
	s.Must(err, "the phone to ring")
	if got := in.CallerName(); strings.ContainsAny(got, "${}") || !strings.HasPrefix(got, "Zhang") {
		t.Errorf("the phone shows %q", got)
	}
	if id, _ := channelOf(t, real, "li"); id != "" {
		until(t, "the leg that was not used to be gone", func() bool { id, _ := channelOf(t, real, "li"); return id == "" })
	}
	s.Must(out.Cancel(s.Ctx), "give up")
	s.Ended(e.Call, pbx.EndAbandoned)
}

var _ pbx.Preparer = (*asterisk.Driver)(nil)
