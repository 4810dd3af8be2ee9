package main

import (
	"slices"
	"testing"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// TestOwnersFirst keeps I1 and I3: who answers owns; the owner of the caller's open case is rung first although somebody
// else idles longer; a busy owner's caller goes to the others with the case on the screen; one customer, however the
// number is written.
func TestOwnersFirst(t *testing.T) {
	h := openHouse(t, house.Options{Queue: house.PlainQueue + "    ladder: [{ring: 1, ring_more: 1, who: best}]\n"})
	var customer struct{ ID string }
	h.Decode(h.Must("POST", "/api/v1/customers", h.Admin, map[string]any{"name": "广州印刷厂"}), &customer)
	h.Must("POST", "/api/v1/contacts", h.Admin, map[string]any{
		"customer_id": customer.ID, "name": "王芳", "numbers": []any{map[string]any{"number": "138 0013 8000"}},
	})
	an := h.Agent("an", pbxtest.Behaviour{})
	desk := h.Listen(h.As("an"), "?desk=true", "")
	pops := func(s *house.Stream) house.Push[pop] {
		t.Helper()
		var p house.Push[pop]
		h.Decode(s.Wait("pop").Data, &p)
		if p.Data.Card == nil { // the records were slower than the match
			var late house.Push[pop]
			h.Decode(s.Wait("card").Data, &late)
			p.Data.Card = late.Data.Card
		}
		return p
	}

	caller := h.Dial("13800138000", house.DIDMain)
	first := pops(desk)
	if who := first.Data.Card.Recognition; len(who.Contacts) != 1 || who.Contacts[0].Name != "王芳" || len(first.Data.Card.Cases) != 0 {
		t.Errorf("the first pop shows %+v", first.Data.Card)
	}
	h.Answer(caller, h.Invite(an))
	owned := h.CaseOf(first.Call)
	if owned.Owner != "an" {
		t.Fatalf("the case of the first call is %+v", owned)
	}
	h.Wait("hanging up", caller.HangUp)
	h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" })

	// Bo comes; an talks once more and so has idled less than bo.
	bo := h.Agent("bo", pbxtest.Behaviour{})
	boDesk := h.Listen(h.As("bo"), "?desk=true", "")
	other := h.Dial("13900139000", house.DIDMain)
	h.Answer(other, h.Invite(an))
	h.Wait("hanging up", other.HangUp)
	h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" })

	// Again, written in two other ways: the owner first, the case on the screen, the case stays one.
	for _, number := range []string{"+8613800138000", "008613800138000"} {
		caller := h.Dial(number, house.DIDMain)
		p := pops(desk)
		for p.Data.Number != number {
			p = pops(desk)
		}
		if p.Data.Why != "owner" || len(p.Data.Card.Cases) != 1 || p.Data.Card.Cases[0].Number != owned.Number {
			t.Errorf("called from %s the pop says %q with the cases %+v", number, p.Data.Why, p.Data.Card.Cases)
		}
		if who := p.Data.Card.Recognition; who.Number != "+8613800138000" || len(who.Contacts) != 1 {
			t.Errorf("%s is recognised as %+v", number, who)
		}
		h.Answer(caller, h.Invite(an))
		h.Wait("hanging up", caller.HangUp)
		h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" })
		if c := h.CaseOf(p.Call); c.Number != owned.Number || c.Owner != "an" {
			t.Errorf("the call from %s belongs to %+v", number, c)
		}
	}
	if n := len(bo.Calls()); n != 0 {
		t.Errorf("bo was rung %d times although the owner was free", n)
	}

	// The owner talks with somebody else: another agent is rung, sees the case, helps, and does not become its owner.
	other = h.Dial("13700137000", house.DIDMain)
	leg := h.Invite(bo) // idles longest
	leg.Decline(603)
	h.Answer(other, h.Invite(an))
	caller = h.Dial("13800138000", house.DIDMain)
	var p house.Push[pop]
	for p.Data.Number != "13800138000" {
		p = pops(boDesk)
	}
	if p.Data.Why == "owner" || len(p.Data.Card.Cases) != 1 || p.Data.Card.Cases[0].Owner != "an" {
		t.Errorf("bo's screen says %q with the cases %+v", p.Data.Why, p.Data.Card.Cases)
	}
	h.Answer(caller, h.Invite(bo))
	c := h.CaseOf(p.Call)
	if c.Number != owned.Number || c.Owner != "an" {
		t.Errorf("with bo's help the case is %+v", c)
	}
	joined := slices.ContainsFunc(h.Case(owned.Number).History, func(e house.Move) bool { return e.Input == "join" && e.Call == p.Call })
	if !joined {
		t.Errorf("nobody can see from the history that bo helped: %+v", c.History)
	}
	h.Wait("hanging up", caller.HangUp)
	h.Wait("hanging up", other.HangUp)
	h.Stop()
}
