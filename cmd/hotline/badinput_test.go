package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// dialString is what a thief types where a name is asked for: two calls to Asterisk's Dial().
const dialString = "500&PJSIP/trunk/00123456789"

// TestStrangeCallersAreServedLikeAnyOther: numbers and names from the network reach the desk clean, are never evaluated,
// and keep nobody from an answer; a number that is not ours is 404.
func TestStrangeCallersAreServedLikeAnyOther(t *testing.T) {
	h := openHouse(t, house.Options{Queue: house.PlainQueue + oneByOne})
	an := h.Agent("an", pbxtest.Behaviour{})
	desk := h.Listen(h.As("an"), "?desk=true", "")

	var unknown *pbxtest.PhoneCall
	h.Wait("the call goes out", func(ctx context.Context) (err error) {
		unknown, err = h.Trunk.Dial(ctx, "4999", pbxtest.DialOptions{})
		return err
	})
	if end := h.Ended("a number that is not ours is refused", unknown); end.Code != 404 {
		t.Errorf("an unknown number got %+v", end)
	}

	for _, test := range []struct{ number, name, wantNumber, wantName string }{
		{"anonymous", "Anonymous", "", "Anonymous"},
		{"not-a-number", "x", "", "x"},
		{dialString, "x", "", "x"},
		{"1%0d%0a2", "x", "", "x"},
		{strings.Repeat("9", 40), "x", "", "x"},
		{"+8613800138000", "", "+8613800138000", ""},
		{"13800138000", "${SHELL(id)}", "13800138000", "SHELL(id)"},
		{"13800138000", "李雷 😀", "13800138000", "李雷 😀"},
		{"13800138000", `<script>alert(1)</script>`, "13800138000", "script"},
		{"13800138000", "a\tb%0d%0aX-Evil: 1", "13800138000", "a"},
		{"13800138000", strings.Repeat("长", 3_333), "13800138000", ""},
	} {
		var caller *pbxtest.PhoneCall
		h.Wait("the call goes out", func(ctx context.Context) (err error) {
			caller, err = h.Trunk.Dial(ctx, house.DIDMain, pbxtest.DialOptions{FromUser: test.number, DisplayName: test.name})
			return err
		})
		leg := h.Invite(an)
		var p house.Push[pop]
		h.Decode(desk.Wait("pop").Data, &p)
		if p.Data.Number != test.wantNumber || !strings.HasPrefix(p.Data.Name, test.wantName) || strings.ContainsAny(p.Data.Name, "${}<>") ||
			len([]rune(p.Data.Name)) > 64 || strings.ContainsFunc(p.Data.Name, unicode.IsControl) {
			t.Errorf("%.30q %.30q came to the desk as %q %q", test.number, test.name, p.Data.Number, p.Data.Name)
		}
		if shown := leg.CallerName(); strings.Contains(shown, "uid=") || strings.ContainsAny(shown, "${}<>\r\n") {
			t.Errorf("the phone shows %q for %.30q", shown, test.name)
		}
		if len(leg.Invite.GetHeaders("X-Evil")) > 0 {
			t.Errorf("a caller's name became a header")
		}
		h.Answer(caller, leg)
		if c := h.CaseOf(p.Call); c.Owner != "an" {
			t.Errorf("the case of %.30q is %+v", test.number, c)
		}
		h.Wait("hanging up", caller.HangUp)
		h.Ended("the phone is free", leg)
		h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" })
	}
	// Two anonymous callers are not one customer: each has a case of their own.
	var page struct{ Items []house.Case }
	h.Get("/api/v1/cases?limit=100", &page)
	if len(page.Items) != 6 {
		t.Errorf("%d cases; want one for each of the five without number and one for the customer", len(page.Items))
	}

	// The same where users are named.
	for _, login := range []string{dialString, "trunk-x", "a b", "../etc", "${SHELL(id)}", "a\r\nb", strings.Repeat("a", 100)} {
		if out, err := h.TryRun("user", "add", "--name", "X", "--role", "agent", "--skill", "erp=1", "--ask", "--", login); err == nil {
			t.Errorf("made a user %q: %s", login, out)
		}
		status, text := h.Try("POST", "/api/v1/users", h.Admin, map[string]any{"login": login, "name": "X", "roles": []string{"agent"}, "password": "correct horse battery"})
		if status < 400 || status > 499 {
			t.Errorf("made a user %q by API: %d %s", login, status, text)
		}
	}
	if status, _ := h.Try("POST", "/api/v1/login", "", map[string]any{"login": dialString, "password": "x"}); status != http.StatusUnauthorized && status != http.StatusUnprocessableEntity {
		t.Errorf("signing in as a dial string: %d", status)
	}
	caller := h.Dial("13800138000", house.DIDMain)
	leg := h.Invite(an)
	h.Answer(caller, leg)
	call := h.LiveFrom("+8613800138000").Call
	for _, body := range []map[string]any{{"agent": dialString}, {"queue": dialString}} {
		if status, text := h.Try("POST", "/api/v1/calls/"+call+"/handover", h.As("an"), body); status != http.StatusNotFound {
			t.Errorf("handed over to %v: %d %s", body, status, text)
		}
	}
	h.Talk(caller, leg)
	h.Wait("hanging up", caller.HangUp)
	h.Run("verify")
	h.Stop()
}

// TestOneNumberCannotStarveTheOthers: of 200 calls from one number in a second a few ring, the rest hear busy and are on
// record; another caller gets through to the agent meanwhile.
func TestOneNumberCannotStarveTheOthers(t *testing.T) {
	h := openHouse(t, house.Options{
		Queue: house.PlainQueue + oneByOne, More: "security: {calls_per_number: 5}\n",
	})
	an := h.Agent("an", pbxtest.Behaviour{})
	const most, all = 5, 200
	calls := make([]*pbxtest.PhoneCall, all)
	tick := time.NewTicker(time.Second / all)
	defer tick.Stop()
	for i := range calls {
		<-tick.C
		call, err := h.Trunk.Dial(t.Context(), house.DIDMain, pbxtest.DialOptions{FromUser: "13811112222"})
		if err != nil {
			t.Fatal(err)
		}
		calls[i] = call
	}
	other := h.Dial("13933334444", house.DIDMain)
	h.Eventually("all but a few are refused", func() bool {
		n := 0
		for _, c := range calls {
			if c.Passed(pbxtest.MarkEnded) {
				n++
			}
		}
		return n == all-most
	})
	var ringing []*pbxtest.PhoneCall
	for _, c := range calls {
		if !c.Passed(pbxtest.MarkEnded) {
			ringing = append(ringing, c)
		} else if end := c.End(); end.Code != 486 {
			t.Errorf("a refused caller got %+v", end)
		}
	}
	h.Eventually("the refused are on record", func() bool {
		var page struct{ Items []house.CallView }
		h.Get("/api/v1/calls?end=refused&limit=500", &page)
		return len(page.Items) == all-most
	})
	// The agent serves the few and comes to the other caller.
	for served := 0; !other.Passed(pbxtest.MarkUp); served++ {
		if served > most {
			t.Fatal("the other caller is not served")
		}
		leg := h.Invite(an)
		number := leg.CallerNumber()
		leg.Answer()
		h.Wait("the call is up", leg.WaitAnswered)
		if number == "13933334444" {
			h.Wait("the other caller is answered", other.WaitAnswered)
			break
		}
		h.Wait("hanging up", leg.HangUp)
	}
	h.Wait("hanging up", other.HangUp)
	for _, c := range ringing {
		if !c.Passed(pbxtest.MarkEnded) {
			h.Wait("giving up", c.Cancel)
		}
	}
	h.Eventually("an is ready again", func() bool { return h.Presence("an") == "ready" })
	h.Run("verify")
	h.Stop()
}

// TestCancelRacesTheAnswer lets caller and agent decide at the same instant, many times: each call ends as one of the two,
// the same for everybody, and nobody is left stuck.
func TestCancelRacesTheAnswer(t *testing.T) {
	h := openHouse(t, house.Options{Queue: house.PlainQueue + oneByOne})
	phones := []*pbxtest.Phone{h.Agent("an", pbxtest.Behaviour{}), h.Agent("bo", pbxtest.Behaviour{})}
	const rounds = 40
	random := rand.New(rand.NewPCG(2, 11))
	ends := map[string]int{}
	for round := range rounds {
		from := fmt.Sprintf("1380013%04d", round)
		caller := h.Dial(from, house.DIDMain)
		var leg *pbxtest.PhoneCall
		h.Eventually("one is rung", func() bool {
			for _, p := range phones {
				for _, c := range p.Calls() {
					if c.Passed(pbxtest.MarkRinging) && !c.Passed(pbxtest.MarkEnded) {
						leg = c
						return true
					}
				}
			}
			return false
		})
		call := h.LiveFrom("+86" + from).Call
		// A CANCEL reaches the agent's phone some milliseconds later, an answer the caller at once: the odds are made even.
		wait := time.Duration(random.IntN([]int{40, 4}[round%2])) * time.Millisecond
		var both sync.WaitGroup
		both.Go(func() {
			if round%2 == 0 {
				<-time.After(wait)
			}
			leg.Answer()
		})
		both.Go(func() {
			if round%2 == 1 {
				<-time.After(wait)
			}
			ctx, cancel := context.WithTimeout(context.Background(), house.Patience)
			defer cancel()
			if err := caller.Cancel(ctx); err != nil {
				t.Errorf("round %d: giving up: %v", round, err)
			}
		})
		both.Wait()
		h.Ended("the caller is gone", caller)
		h.Ended("the phone is free", leg)
		var v house.CallView
		h.Eventually("the call is recorded", func() bool { v = h.Call(call); return v.Live == nil && !v.Ended.IsZero() })
		switch {
		case v.End == "abandoned" && !v.Answered && v.Agent == "" && v.Case == "":
		case (v.End == "caller" || v.End == "agent") && v.Answered && v.Agent != "":
			if c := h.CaseOf(call); c.Owner != v.Agent {
				t.Errorf("round %d: answered by %s, owned by %s", round, v.Agent, c.Owner)
			}
		default:
			t.Errorf("round %d: the call stands as %+v", round, v)
		}
		ends[v.End]++
		h.Eventually("both are ready again", func() bool {
			p := h.Presences()
			return p["an"] == "ready" && p["bo"] == "ready"
		})
	}
	if ends["abandoned"] == 0 || ends["abandoned"] == rounds {
		t.Errorf("one side always won, so there was no race: %v", ends)
	}
	h.Run("verify")
	h.Stop()
}
