package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hotline/cmd/internal/house"
	"hotline/configs/asterisk"
	"hotline/pbx/pbxtest"
)

// TestAsteriskRestarts kills Asterisk (SIGKILL) under a talk and a waiting caller and starts it again: both calls end once, as
// a fault of the switch, the case stays with its owner, the agent comes free, and the customer who calls again gets them.
func TestAsteriskRestarts(t *testing.T) {
	h := openHouse(t, house.Options{})
	an := h.Agent("an", pbxtest.Behaviour{Answer: true})
	caller := h.Dial("13800138000", house.DIDMain)
	h.Wait("the caller is answered", caller.WaitAnswered)
	h.Invite(an)
	h.Eventually("the case has its owner", func() bool {
		return all(h.Live(), func(v house.CallView) bool { return v.Live.Owner == "an" })
	})
	h.Dial("13900139000", house.DIDMain)
	h.Eventually("one talks, one waits", func() bool { return len(h.Live()) == 2 })
	before := h.Live()
	var number string
	for _, v := range before {
		if v.Live.Owner == "an" {
			number = v.Live.Case
		}
	}

	h.Asterisk.Kill()
	h.Eventually("the switch counts as down", func() bool { return h.Part("switch bj1") == "down" })
	h.Asterisk.Restart()
	h.Eventually("the switch is back", func() bool { return h.Part("switch bj1") == "up" })
	endedOnce(t, h, keys(before), "fault", "unknown")
	h.Register(an) // Asterisk writes its database once a second: what was registered just before the crash is lost
	h.Eventually("the agent is ready again, without doing anything", func() bool { return h.Presence("an") == "ready" })
	if c := caseOf(h, number); c.Owner != "an" || c.State != "open" {
		t.Errorf("the case is now %+v", c)
	}

	again := h.Dial("13800138000", house.DIDMain)
	h.Wait("the customer is answered", again.WaitAnswered)
	h.Talk(again, h.Invite(an))
	h.Eventually("it is the same case", func() bool {
		return all(h.Live(), func(v house.CallView) bool { return v.Live.Case == number })
	})
	h.Stop()
	h.Run("verify")
}

type caseView struct {
	Number, Owner, State string
}

func caseOf(h *house.House, number string) (c caseView) {
	h.Get("/api/v1/cases/"+number, &c)
	return c
}

// TestTheWireToAsteriskIsCut cuts the connection between controller and Asterisk under a talk and two who wait: nobody is
// dropped, who gave up meanwhile has ended when it is mended, and the other gets the next free agent with the clock going on.
func TestTheWireToAsteriskIsCut(t *testing.T) {
	var wire *house.Wire
	h := openHouse(t, house.Options{Through: func(addr string) string {
		wire = house.NewWire(t, addr)
		return wire.Addr
	}})
	an := h.Agent("an", pbxtest.Behaviour{Answer: true})
	talking := h.Dial("13800138000", house.DIDMain)
	h.Wait("the caller is answered", talking.WaitAnswered)
	leg := h.Invite(an)
	leaves, stays := h.Dial("13900139001", house.DIDMain), h.Dial("13900139002", house.DIDMain)
	h.Eventually("one talks, two wait", func() bool { return len(h.Live()) == 3 })
	ids := keys(h.Live())

	wire.Cut()
	h.Eventually("/readyz says that the switch is down", func() bool { return h.Part("switch bj1") == "down" })
	h.Talk(talking, leg)
	h.Wait("one gives up meanwhile", leaves.Cancel)
	wire.Mend()
	h.Eventually("the switch is back, two calls are left", func() bool {
		return h.Part("switch bj1") == "up" && len(h.Live()) == 2
	})
	h.Talk(talking, leg)
	h.Wait("the agent hangs up", leg.HangUp)
	h.Wait("who stayed is answered", stays.WaitAnswered)
	h.Talk(stays, h.Invite(an))
	waited := stays.At(pbxtest.MarkAnswered).Sub(stays.At(pbxtest.MarkRinging))
	h.Eventually("the verdict counts from the first ring", func() bool {
		return all(h.Live(), func(v house.CallView) bool {
			return v.Answered && (time.Duration(v.WaitedMS)*time.Millisecond-waited).Abs() < 300*time.Millisecond
		})
	})
	h.Wait("hanging up", stays.HangUp)
	endedOnce(t, h, ids, "caller", "agent", "unknown", "abandoned")
	h.Stop()
	h.Run("verify")
}

// TestAnotherControllerTakesTheApplication connects to the same ARI application, as a second controller by mistake would: the hotline
// says so (readiness, a notice to the managers), does not fight for it, and leaves the talk alone.
func TestAnotherControllerTakesTheApplication(t *testing.T) {
	h := openHouse(t, house.Options{})
	an := h.Agent("an", pbxtest.Behaviour{Answer: true})
	caller := h.Dial("13800138000", house.DIDMain)
	h.Wait("the caller is answered", caller.WaitAnswered)
	leg := h.Invite(an)
	h.Eventually("the case has its owner", func() bool { return all(h.Live(), func(v house.CallView) bool { return v.Live.Owner == "an" }) })

	at := "ws" + strings.TrimPrefix(h.Asterisk.ARIURL, "http") + "/events?app=hotline&api_key=" + h.Asterisk.ARIUser + ":" + h.Asterisk.ARIPassword
	other, _, err := websocket.Dial(t.Context(), at, &websocket.DialOptions{Subprotocols: []string{"ari"}}) //nolint:bodyclose // Dial does
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.CloseNow() }()
	h.Eventually("/readyz says that the switch is down", func() bool { return h.Part("switch bj1") == "down" })
	h.Eventually("the managers are told", func() bool {
		return slices.ContainsFunc(h.Notices("alarm"), func(n house.Notice) bool { return strings.Contains(n.Detail, "another controller") })
	})
	h.Talk(caller, leg)
	if n := counted(t, h, "hotline_ari_connects_total"); n != 1 {
		t.Errorf("connected %v times: that is a fight", n)
	}
	if n := counted(t, h, "hotline_ari_usurped_total"); n != 1 {
		t.Errorf("counted %v times", n)
	}
	h.Wait("hanging up", caller.HangUp)
}

// TestTwoSwitchesAreNotConfused drives two Asterisks with one controller. A call of each goes to the phone that the agent has
// there; one Asterisk dies, the other goes on; back again, its call has ended and its callers are served.
func TestTwoSwitchesAreNotConfused(t *testing.T) {
	h := openHouse(t, house.Options{Second: true})
	there := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "13700137000", Server: h.Second.SIPAddr, IP: h.Second.TrunkIP})
	phones := map[string]map[*pbxtest.Asterisk]*pbxtest.Phone{}
	for _, login := range []string{"an", "bo"} {
		secret := h.Employ(login)
		phones[login] = map[*pbxtest.Asterisk]*pbxtest.Phone{}
		for _, a := range []*pbxtest.Asterisk{h.Asterisk, h.Second} {
			phones[login][a] = h.PhoneAt(a, login, secret, pbxtest.Behaviour{Answer: true})
		}
		h.Ready(login)
	}
	dialThere := func() *pbxtest.PhoneCall {
		var c *pbxtest.PhoneCall
		h.Wait("the call goes out", func(ctx context.Context) (err error) {
			c, err = there.Dial(ctx, house.DIDMain, pbxtest.DialOptions{})
			return err
		})
		h.Wait("the caller is answered", c.WaitAnswered)
		return c
	}

	here := h.Dial("13800138000", house.DIDMain)
	h.Wait("the caller is answered", here.WaitAnswered)
	hereLeg := h.Invite(phones["an"][h.Asterisk])
	h.Talk(here, hereLeg)
	far := dialThere()
	h.Talk(far, h.Invite(phones["bo"][h.Second]))
	if n := len(phones["an"][h.Second].Calls()) + len(phones["bo"][h.Asterisk].Calls()); n != 0 {
		t.Errorf("%d phones rang on the wrong switch", n)
	}
	byAgent := map[string]house.CallView{}
	for _, v := range h.Live() {
		byAgent[v.Live.Agent] = v
	}
	if len(byAgent) != 2 || byAgent["an"].Number == byAgent["bo"].Number {
		t.Errorf("the calls stand as %+v", byAgent)
	}

	h.Second.Kill()
	h.Eventually("the other switch counts as down", func() bool { return h.Part("switch sh1") == "down" })
	h.Talk(here, hereLeg)
	h.Wait("the caller hangs up", here.HangUp)
	h.Ended("the agent's phone is free", hereLeg)
	h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" })
	next := h.Dial("13800138001", house.DIDMain)
	h.Wait("the next caller here is answered", next.WaitAnswered)
	h.Talk(next, h.Invite(phones["an"][h.Asterisk]))

	h.Second.Restart()
	h.Eventually("the other switch is back", func() bool { return h.Part("switch sh1") == "up" })
	for login := range phones {
		h.Register(phones[login][h.Second])
	}
	h.Eventually("its call has ended, its agent is ready", func() bool {
		return len(h.Live()) == 1 && h.Presence("bo") == "ready"
	})
	far = dialThere()
	h.Talk(far, h.Invite(phones["bo"][h.Second]))
	h.Wait("hanging up", far.HangUp)
	h.Wait("hanging up", next.HangUp)
	endedOnce(t, h, keys(byID(h.Calls())), "caller", "fault", "unknown")
	h.Stop()
	h.Run("verify")
}

// TestTheWatchdogTakesCallersFromAFrozenController: a live controller may keep a caller longer than the watchdog; one that
// stands still (SIGSTOP) loses them to the dialplan, which rings the phones. Awake again, it leaves that talk alone.
func TestTheWatchdogTakesCallersFromAFrozenController(t *testing.T) {
	const watchdog = 3 * time.Second
	h := openHouse(t, house.Options{Plan: func(p *asterisk.Plan) { p.Watchdog = watchdog }})
	an := h.Hire("an", pbxtest.Behaviour{})
	caller := h.Dial("13800138000", house.DIDMain)
	h.Eventually("the caller waits longer than the watchdog", func() bool {
		return time.Since(caller.At(pbxtest.MarkRinging)) > 2*watchdog+time.Second
	})
	if n := len(an.Calls()); n != 0 || len(h.Live()) != 1 {
		t.Fatalf("a live controller lost the caller to the dialplan: %d calls at the phone, driven %+v", n, h.Live())
	}
	ids := keys(h.Live())

	h.Freeze()
	leg := h.Invite(an)
	leg.Answer()
	h.Wait("the caller is answered", caller.WaitAnswered)
	h.Talk(caller, leg)
	h.Thaw()
	endedOnce(t, h, ids, "dialplan")
	h.State("an", "ready")
	h.Eventually("who talks without us counts as unreachable", func() bool { return h.Presence("an") == "unreachable" })
	h.Talk(caller, leg)
	h.Wait("hanging up", caller.HangUp)
	h.Eventually("the agent can take calls", func() bool { return h.Presence("an") == "ready" })
	next := h.Dial("13900139000", house.DIDMain)
	leg = h.Invite(an)
	leg.Answer()
	h.Wait("the next caller is answered", next.WaitAnswered)
	h.Talk(next, leg)
}

// TestAPhoneDiesInATalk pulls the plug of the phone that talks: when the switch hears no voice any more, the caller goes back
// to the ladder before those who wait (here at once), and the first answer stays the verdict.
func TestAPhoneDiesInATalk(t *testing.T) {
	h := openHouse(t, house.Options{Queue: house.PlainQueue + "    return_time: 0s\n"})
	secret := h.Employ("an")
	an := h.PhoneAt(h.Asterisk, "an", secret, pbxtest.Behaviour{Answer: true})
	h.Ready("an")
	if shown := h.Asterisk.CLI("pjsip show endpoint an"); !matches(shown, `rtp_timeout\s*: 30\b`) {
		t.Errorf("an agent's phone that falls silent is not noticed after 30 s:\n%s", shown)
	}
	h.Asterisk.Provision("an", secret, "rtp_timeout", "2") // the same, sooner
	caller := h.Dial("13800138000", house.DIDMain)
	h.Wait("the caller is answered", caller.WaitAnswered)
	leg := h.Invite(an)
	h.Talk(caller, leg)
	waiting := h.Dial("13900139000", house.DIDMain)
	h.Eventually("one waits", func() bool { return len(h.Live()) == 2 })
	before := h.Live()

	an.Unplug()
	h.Eventually("nobody talks any more", func() bool {
		return all(h.Live(), func(v house.CallView) bool { return v.Live.State != "talking" })
	})
	bo := h.Agent("bo", pbxtest.Behaviour{Answer: true})
	helped := h.Invite(bo)
	h.Talk(caller, helped)
	if waiting.Passed(pbxtest.MarkAnswered) || caller.Passed(pbxtest.MarkEnded) {
		t.Error("the caller whose agent's phone died did not come first")
	}
	for id, was := range before {
		if now := h.Live()[id]; was.Answered && (now.WaitedMS != was.WaitedMS || now.Agent != "an" || now.Live.Owner != "an") {
			t.Errorf("the call was %+v, is %+v", was, now)
		}
	}
	h.Wait("hanging up", caller.HangUp)
	h.Wait("then the other is served", waiting.WaitAnswered)
	h.Wait("hanging up", waiting.HangUp)
	endedOnce(t, h, keys(before), "caller")
	h.Stop()
	h.Run("verify")
}
