package pbxtest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/configs/asterisk"
)

// TestUnknownNumberIsRefused: exact numbers are taken, everything else is refused at once, never met by silence.
func TestUnknownNumberIsRefused(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{})
	controller := connectController(t, a)
	caller := trunkCaller(t, a, "13800138000")
	for _, number := range []string{
		"4003", "400", "40011", "s", "T", "h", "i", "0013800138000", "li", "*43", "4001&4002", "4001%40elsewhere",
		"_X.", "fax", "%34%30%30%33", strings.Repeat("4", 500),
	} {
		ends(ctx, t, dial(ctx, t, caller, number, DialOptions{}), 404)
	}
	for _, number := range []string{"4001", "+4001", "4002"} {
		call := dial(ctx, t, caller, number, DialOptions{})
		arrived := controller.next(ctx, t)
		if did := strings.TrimPrefix(number, "+"); len(arrived.Args) != 4 || arrived.Args[1] != did {
			t.Errorf("%s arrived as %v", number, arrived.Args)
		}
		if err := call.Cancel(ctx); err != nil {
			t.Error(err)
		}
	}
}

// TestArrival pins what the driver is told about a call, and what it finds again on the switch after a crash.
func TestArrival(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{Name: "pbx1"})
	controller := connectController(t, a)
	caller := trunkCaller(t, a, "13800138000")
	before := time.Now().UnixMilli()
	call := dial(ctx, t, caller, "4002", DialOptions{DisplayName: "Zhang San"})
	if err := call.WaitRinging(ctx); err != nil {
		t.Fatal(err)
	}
	arrived := controller.next(ctx, t)
	after := time.Now().UnixMilli()
	if len(arrived.Args) != 4 || arrived.Args[0] != "in" || arrived.Args[1] != "4002" || arrived.Args[3] != "20" {
		t.Fatalf("arguments %q", arrived.Args)
	}
	ring1, err := strconv.ParseInt(arrived.Args[2], 10, 64)
	if err != nil || ring1 < before || ring1 > after {
		t.Errorf("ring 1 at %q, want between %d and %d: %v", arrived.Args[2], before, after, err)
	}
	if off := call.At(MarkRinging).UnixMilli() - ring1; off < -5 || off > 50 {
		t.Errorf("the caller heard ring 1 %d ms after the instant we were told", off)
	}
	list := channels(t, a)
	if len(list) != 1 {
		t.Fatalf("%d channels", len(list))
	}
	found := list[0]
	if found.Dialplan.AppName != "Stasis" || found.Dialplan.AppData != "hotline,"+strings.Join(arrived.Args, ",") {
		t.Errorf("the switch remembers %q %q", found.Dialplan.AppName, found.Dialplan.AppData)
	}
	if found.State != "Ring" || found.Caller.Name != "Zhang San" || found.Caller.Number != "13800138000" {
		t.Errorf("the switch remembers %+v", found)
	}
}

// TestWatchdog: a controller that is there but does nothing loses the caller to the dialplan, which rings the agent; a
// caller whose watchdog was stopped stays.
func TestWatchdog(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{Adjust: quick})
	controller := connectController(t, a)
	agent := agentPhone(t, a, "li", Behaviour{})
	caller := trunkCaller(t, a, "13800138000")

	kept := dial(ctx, t, caller, "4001", DialOptions{})
	keptID := controller.next(ctx, t).Channel.ID
	path := "/channels/" + keptID + "/variable?variable=" + url.QueryEscape("TIMEOUT(absolute)") + "&value=604800"
	if status, body := a.ARI(http.MethodPost, path, nil); status != http.StatusNoContent {
		t.Fatalf("stop the watchdog: %d %s", status, body)
	}
	lost := dial(ctx, t, caller, "4001", DialOptions{})
	controller.next(ctx, t)
	in := incoming(ctx, t, agent)
	if waited := in.At(MarkInvite).Sub(lost.At(MarkRinging)); waited < 900*time.Millisecond || waited > 3*time.Second {
		t.Errorf("the watchdog bit after %s, want 1 s", waited)
	}
	if kept.Passed(MarkEnded) {
		t.Errorf("the caller whose watchdog was stopped is gone: %+v", kept.End())
	}
	if !slices.ContainsFunc(channels(t, a), func(c channel) bool { return c.ID == keptID && c.Dialplan.AppName == "Stasis" }) {
		t.Errorf("the caller whose watchdog was stopped left the controller: %+v", channels(t, a))
	}
	in.Answer()
	if err := lost.WaitHears(ctx, in); err != nil {
		t.Error(err)
	}
}

// TestFallbackWithoutController is invariant I9: no controller at all, and again after Asterisk itself was restarted, when
// neither accounts nor registrations nor anything else was told to it anew.
func TestFallbackWithoutController(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{})
	agents := []*Phone{agentPhone(t, a, "li", Behaviour{}), agentPhone(t, a, "wang.2_b-x", Behaviour{})}
	a.Provision("offline", "never-registered")
	early, late := trunkCaller(t, a, "13800138000"), trunkCaller(t, a, "13900139000")
	talk := func() {
		t.Helper()
		out := dial(ctx, t, early, "4001", DialOptions{})
		first, second := incoming(ctx, t, agents[0]), incoming(ctx, t, agents[1])
		if err := out.WaitRinging(ctx); err != nil {
			t.Error(err)
		}
		second.Answer()
		if err := out.WaitHears(ctx, second); err != nil {
			t.Error(err)
		}
		ends(ctx, t, first, 487)

		// The one who talks is left alone, the other one rings.
		busy := dial(ctx, t, late, "4001", DialOptions{})
		incoming(ctx, t, agents[0]).Answer()
		if err := busy.WaitAnswered(ctx); err != nil {
			t.Error(err)
		}
		for _, call := range []*PhoneCall{out, busy} {
			if err := call.HangUp(ctx); err != nil {
				t.Error(err)
			}
		}
		ends(ctx, t, second, 200)
		if calls := agents[1].Calls(); len(calls) > 2 {
			t.Errorf("the busy phone was rung: %d calls", len(calls))
		}
	}
	talk()
	a.Restart()
	talk()
}

// TestFallbackNeverSilent: nobody to ring. The caller hears ringing, then a farewell and a tone, and is refused without
// ever having been answered.
func TestFallbackNeverSilent(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{Adjust: quick})
	declining := agentPhone(t, a, "li", Behaviour{Decline: 603})
	out := dial(ctx, t, trunkCaller(t, a, "13800138000"), "4001", DialOptions{})
	if err := out.WaitRinging(ctx); err != nil {
		t.Fatal(err)
	}
	first := incoming(ctx, t, declining)
	again := incoming(ctx, t, declining) // asked again while the time is not up
	if again.At(MarkInvite).Sub(first.At(MarkInvite)) < 500*time.Millisecond {
		t.Error("the phone is rung again without a breath")
	}
	if err := out.WaitReceived(ctx, 20); err != nil {
		t.Errorf("no farewell: %v", err)
	}
	end, err := out.WaitEnded(ctx)
	if err != nil || end.Code != 480 || end.Cause != 19 {
		t.Errorf("caller's end %+v, %v", end, err)
	}
	if out.Passed(MarkAnswered) {
		t.Error("a machine answered")
	}
}

// TestFallbackWithoutAccounts: a switch on its first day, before any account was made, treats the caller no worse, and what
// an account lacks to be one is never dialled.
func TestFallbackWithoutAccounts(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{Adjust: quick})
	caller := trunkCaller(t, a, "13800138000")
	first := dial(ctx, t, caller, "4001", DialOptions{})
	if err := first.WaitReceived(ctx, 20); err != nil {
		t.Errorf("no farewell: %v", err)
	}
	for _, key := range []string{"500&PJSIP/trunk-carrier/00138", "$" + "{SHELL(id)}", "UPPER"} {
		a.CLI(`database put ps_endpoints/endpoint "` + key + `" {}`)
	}
	second := dial(ctx, t, caller, "4001", DialOptions{})
	if err := second.WaitReceived(ctx, 20); err != nil {
		t.Errorf("no farewell: %v", err)
	}
	ends(ctx, t, first, 480)
	for line := range strings.Lines(a.Log()) {
		if strings.Contains(line, "WARNING") && !strings.Contains(line, "tasis") && !strings.Contains(line, "ari/") {
			t.Error(line)
		}
	}
}

// TestBaseline: the plain Dial() and Queue() to compare with do work.
func TestBaseline(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{Adjust: func(p *asterisk.Plan) {
		p.Phones = []asterisk.Phone{{Name: "li", HA1: HA1("li", "secret")}}
		p.Baseline = &asterisk.Baseline{DialDID: "5001", QueueDID: "5002", Phones: []string{"li"}}
	}})
	agent := NewPhone(t, PhoneOptions{User: "li", Secret: "secret", Server: a.SIPAddr, IP: a.PhoneIP, Behaviour: Behaviour{Answer: true}})
	for _, number := range []string{"5001", "5002"} {
		out := dial(ctx, t, trunkCaller(t, a, "13800138000"), number, DialOptions{})
		in := incoming(ctx, t, agent)
		if err := out.WaitHears(ctx, in); err != nil {
			t.Errorf("%s: %v", number, err)
		}
		if err := out.HangUp(ctx); err != nil {
			t.Errorf("%s: %v", number, err)
		}
		ends(ctx, t, in, 200)
	}
}
