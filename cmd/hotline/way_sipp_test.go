package main

import (
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// TestSIPpCallersBecomeEscalations goes the way of a call with callers that are not of our making: a real SIPp, several a second. Each is
// answered, talks and leaves as its script says, has a case with the agent who answered as owner, and stands in the escalation feed once
// that agent has wrapped up.
func TestSIPpCallersBecomeEscalations(t *testing.T) {
	h := openHouse(t, house.Options{})
	for _, login := range []string{"an", "bo", "cai"} {
		h.Agent(login, pbxtest.Behaviour{Answer: true})
	}
	const calls = 6
	got := pbxtest.SIPp(t.Context(), t, pbxtest.CallerTalks, pbxtest.SIPpOptions{
		Server: h.SIP, IP: h.Asterisk.TrunkIP, Number: house.DIDMain, Calls: calls, Rate: 3, Talk: 500 * time.Millisecond,
	})
	if got.Successful != calls || got.Failed != 0 {
		t.Fatalf("SIPp counts %d successful and %d failed calls\n%s", got.Successful, got.Failed, got.Errors)
	}
	h.Eventually("all have their case", func() bool {
		known := h.Calls()
		return len(known) == calls && all(byID(known), func(v house.CallView) bool { return v.Answered && v.Met && v.Case != "" && v.End == "caller" })
	})
	owners := map[string]string{} // by case
	for _, v := range h.Calls() {
		if c := h.Case(v.Case); c.Owner != v.Agent || c.State != "open" {
			t.Errorf("%s answered, the case is %+v", v.Agent, c)
		}
		owners[v.Case] = v.Agent
		h.Must("POST", "/api/v1/calls/"+v.Call+"/wrapup", h.As(v.Agent), remoteWrapUp())
	}
	var feed struct {
		Items []struct {
			Escalation struct{ Case, Kind, State string } `json:"escalation"`
		} `json:"items"`
	}
	h.Get("/api/v1/escalations?after=0", &feed)
	for _, item := range feed.Items {
		if owners[item.Escalation.Case] == "" || item.Escalation.Kind != "remote" || item.Escalation.State != "open" {
			t.Errorf("the feed has %+v", item.Escalation)
		}
		delete(owners, item.Escalation.Case)
	}
	if len(feed.Items) != calls || len(owners) != 0 {
		t.Errorf("%d escalations; no escalation for %v", len(feed.Items), owners)
	}
	h.Stop()
	h.Run("verify")
}
