package main

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

const oneByOne = "    ladder: [{ring: 1, ring_more: 1, who: best}]\n"

// TestWhoIsRungForWhom: the best skill level first, among equals the longest idle; a VIP before who waits longer; nobody
// whose phone is gone; who lets it ring is marked, after two in a row paused, and the manager told.
func TestWhoIsRungForWhom(t *testing.T) {
	h := openHouse(t, house.Options{Queue: house.PlainQueue + oneByOne + "    ring_no_answer: 1s\n    missed_calls_pause: 2\n"})
	// Level 1 is better than level 2, however long level 2 idles.
	second := h.Agent("er", pbxtest.Behaviour{}, "--role", "agent", "--skill", "erp=2")
	first := h.Agent("yi", pbxtest.Behaviour{}, "--role", "agent", "--skill", "erp=1")
	stranger := h.Agent("wu", pbxtest.Behaviour{}, "--role", "agent", "--skill", "cad=1")
	a := h.Dial("13800130001", house.DIDMain)
	h.Answer(a, h.Invite(first))
	b := h.Dial("13800130002", house.DIDMain)
	h.Answer(b, h.Invite(second))

	// Both talk. A plain caller waits, then a VIP: whoever comes free gets the VIP.
	var customer struct{ ID string }
	h.Decode(h.Must("POST", "/api/v1/customers", h.Admin, map[string]any{"name": "VIP", "vip": true, "priority": 50}), &customer)
	h.Must("POST", "/api/v1/contacts", h.Admin, map[string]any{
		"customer_id": customer.ID, "name": "Mr Vip", "numbers": []any{map[string]any{"number": "13800139999"}},
	})
	plain := h.Dial("13800130003", house.DIDMain)
	h.LiveFrom("+8613800130003")
	vip := h.Dial("13800139999", house.DIDMain)
	h.LiveFrom("+8613800139999")
	h.Wait("hanging up", b.HangUp)
	leg := h.Invite(second)
	if got := leg.CallerNumber(); got != "13800139999" {
		t.Errorf("the VIP waited while %s was rung for", got)
	}
	h.Answer(vip, leg)
	h.Wait("hanging up", vip.HangUp)
	leg = h.Invite(second)
	if got := leg.CallerNumber(); got != "13800130003" {
		t.Errorf("then %s was rung for", got)
	}
	h.Answer(plain, leg)
	h.Wait("hanging up", plain.HangUp)
	h.Wait("hanging up", a.HangUp)
	h.Eventually("both are ready", func() bool { return h.Presence("yi") == "ready" && h.Presence("er") == "ready" })
	if n := len(stranger.Calls()); n != 0 {
		t.Errorf("an agent without the skill was rung %d times", n)
	}

	// A phone that goes away is not rung, and its agent shown as unreachable; back again, ready by itself.
	h.Wait("unregister", first.Unregister)
	h.Eventually("yi is unreachable", func() bool { return h.Presence("yi") == "unreachable" })
	rung := len(first.Calls())
	c := h.Dial("13800130004", house.DIDMain)
	h.Answer(c, h.Invite(second))
	h.Wait("hanging up", c.HangUp)
	if len(first.Calls()) != rung {
		t.Error("a phone that is not registered was rung")
	}
	h.Wait("register", first.Register)
	h.Eventually("both are ready", func() bool { return h.Presence("yi") == "ready" && h.Presence("er") == "ready" })

	// Ring-no-answer: marked once, paused at the second in a row; the caller goes on to the next.
	for misses := 1; misses <= 2; misses++ {
		from := fmt.Sprintf("1380013001%d", misses)
		c := h.Dial(from, house.DIDMain)
		missed := h.Invite(first)
		h.Ended("yi's phone rings out", missed)
		h.Answer(c, h.Invite(second))
		call := h.LiveFrom("+86" + from).Call
		if kinds, _ := h.Timeline(call); !slices.Contains(kinds, "missed") {
			t.Errorf("the journal does not tell of the miss: %v", kinds)
		}
		want := map[int]string{1: "ready", 2: "paused"}[misses]
		h.Eventually(fmt.Sprintf("after %d misses yi is %s", misses, want), func() bool { return h.Presence("yi") == want })
		h.Wait("hanging up", c.HangUp)
		h.Eventually("er is ready", func() bool { return h.Presence("er") == "ready" })
	}
	h.Eventually("the manager is told", func() bool {
		return slices.ContainsFunc(h.Notices("missed-calls"), func(n house.Notice) bool { return n.Login == "yi" })
	})
	var yi struct{ State, Reason string }
	h.Get("/api/v1/agents/yi", &yi)
	if yi.Reason != "missed-calls" {
		t.Errorf("yi is %s for %q", yi.State, yi.Reason)
	}
	h.Stop()
}

// TestStrategies gives three calls in a row to two equal agents by each strategy.
func TestStrategies(t *testing.T) {
	queue := func(name, strategy string) string {
		return fmt.Sprintf("  - name: %s\n    title: {zh: %s, en: %s}\n    skill: %s\n    strategy: %s\n    wrapup_limit: 0s\n    no_agents: 30m\n%s",
			name, name, name, name, strategy, oneByOne)
	}
	h := openHouse(t, house.Options{
		Lines: map[string]string{"4101": "few", "4102": "robin"},
		More:  queue("few", "fewest_calls") + queue("robin", "round_robin"),
	})
	skills := []string{"--role", "agent", "--skill", "erp=1", "--skill", "few=1", "--skill", "robin=1"}
	phones := map[string]*pbxtest.Phone{}
	for _, login := range []string{"an", "bo"} {
		phones[login] = h.Agent(login, pbxtest.Behaviour{}, skills...)
	}
	n := 0
	serve := func(did string) (login string) {
		t.Helper()
		n++
		c := h.Dial(fmt.Sprintf("1380013%04d", n), did)
		var leg *pbxtest.PhoneCall
		h.Wait("somebody is rung", func(ctx context.Context) error {
			type rung struct {
				login string
				leg   *pbxtest.PhoneCall
			}
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			one := make(chan rung, len(phones))
			for login, p := range phones {
				go func() {
					if leg, err := p.WaitInvite(ctx); err == nil {
						one <- rung{login, leg}
					}
				}()
			}
			select {
			case r := <-one:
				login, leg = r.login, r.leg
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		h.Answer(c, leg)
		h.Wait("hanging up", c.HangUp)
		h.Ended("the phone is free", leg)
		h.Eventually("both are ready", func() bool { return h.Presence("an") == "ready" && h.Presence("bo") == "ready" })
		return login
	}
	// Longest idle: an came first, then it goes back and forth.
	if got := []string{serve(house.DIDMain), serve(house.DIDMain), serve(house.DIDMain)}; !slices.Equal(got, []string{"an", "bo", "an"}) {
		t.Errorf("longest_idle rang %v", got)
	}
	// Fewest calls: bo has one less, then they are equal, and the longest idle of the two is next.
	if got := []string{serve("4101"), serve("4101"), serve("4101")}; !slices.Equal(got, []string{"bo", "an", "bo"}) {
		t.Errorf("fewest_calls rang %v", got)
	}
	// Round robin: never the same twice.
	if got := []string{serve("4102"), serve("4102"), serve("4102")}; got[0] == got[1] || got[1] == got[2] {
		t.Errorf("round_robin rang %v", got)
	}
	h.Stop()
}

// TestOverflowNeverLeavesACallerInSilence: nobody signed in → another queue; full → a call back is taken; too long → the
// manager; nobody and nothing else → a message. What a machine says is never an answer (I6).
func TestOverflowNeverLeavesACallerInSilence(t *testing.T) {
	queue := func(name, rules string) string {
		return fmt.Sprintf("  - name: %s\n    title: {zh: %s, en: %s}\n    skill: %s\n    wrapup_limit: 0s\n%s", name, name, name, name, rules)
	}
	h := openHouse(t, house.Options{
		Lines: map[string]string{"4101": "full", "4102": "long", "4103": "night"},
		More: queue("full", "    max_waiting: 1\n    no_agents: 30m\n    overflow: [{when: queue_full, do: callback, media: \"sound:vm-nobodyavail\"}]\n"+oneByOne) +
			queue("long", "    max_wait: 2s\n    no_agents: 30m\n    overflow: [{when: max_wait, do: manager}]\n"+oneByOne) +
			queue("night", "    no_agents: 1s\n    overflow: [{when: no_agents, do: message, media: \"sound:vm-nobodyavail\"}]\n"+oneByOne),
	})
	an := h.Agent("an", pbxtest.Behaviour{})
	wang := h.Agent("wang", pbxtest.Behaviour{}, "--role", "supervisor", "--skill", "long=1")
	ended := func(call string) house.CallView {
		t.Helper()
		var v house.CallView
		h.Eventually("the call is recorded", func() bool { v = h.Call(call); return !v.Ended.IsZero() && v.Live == nil })
		return v
	}

	// Nobody serves "other": main does, with the clock that the caller has.
	c := h.Dial("13800130001", house.DIDOther)
	h.Answer(c, h.Invite(an))
	v := h.LiveFrom("+8613800130001")
	if v.Queue != "main" || !v.Answered || v.Rings < 2 {
		t.Errorf("from the other queue it stands as %+v", v)
	}
	h.Wait("hanging up", c.HangUp)

	// Full: the second caller hears the message, is to be called back, and no human answer is counted.
	waits := h.Dial("13800130002", "4101")
	h.LiveFrom("+8613800130002")
	second := h.Dial("13800130003", "4101")
	h.Wait("the machine picks up", second.WaitAnswered)
	call := h.LiveFrom("+8613800130003").Call
	h.Ended("the announcement ends the call", second)
	if v := ended(call); v.End != "announcement" || v.Answered || v.Met || v.Agent != "" {
		t.Errorf("with the machine it stands as %+v", v)
	}
	var callbacks struct {
		Items []struct{ Call, Queue, State string } `json:"items"`
	}
	h.Eventually("the call back is noted", func() bool {
		h.Get("/api/v1/callbacks", &callbacks)
		return len(callbacks.Items) == 1
	})
	if got := callbacks.Items[0]; got.Call != call || got.Queue != "full" || got.State != "open" {
		t.Errorf("the call back stands as %+v", got)
	}
	// An anonymous caller cannot be called back: nothing is promised that nobody can keep.
	anonymous := h.Dial("anonymous", "4101")
	h.Wait("the machine picks up", anonymous.WaitAnswered)
	h.Ended("the announcement ends the call", anonymous)
	h.Get("/api/v1/callbacks", &callbacks)
	if len(callbacks.Items) != 1 {
		t.Errorf("an anonymous caller is to be called back: %+v", callbacks.Items)
	}
	h.Wait("giving up", waits.Cancel)

	// Too long: the manager's phone rings.
	c = h.Dial("13800130004", "4102")
	leg := h.Invite(wang)
	if waited := leg.At(pbxtest.MarkInvite).Sub(c.At(pbxtest.MarkRinging)); waited < 2*house.Ring-house.Ring/10 {
		t.Errorf("the manager was rung after %v", waited)
	}
	h.Answer(c, leg)
	h.Wait("hanging up", c.HangUp)

	// Nobody at night: a message.
	c = h.Dial("13800130005", "4103")
	h.Wait("the machine picks up", c.WaitAnswered)
	call = h.LiveFrom("+8613800130005").Call
	h.Ended("the message ends the call", c)
	if v := ended(call); v.End != "announcement" || v.Answered || v.Met {
		t.Errorf("with the message it stands as %+v", v)
	}
	kinds, _ := h.Timeline(call)
	if !slices.Contains(kinds, "machine") || slices.Contains(kinds, "answered") {
		t.Errorf("the journal tells %v", kinds)
	}
	h.Run("verify")
	h.Stop()
}
