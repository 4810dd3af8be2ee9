package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/configs/asterisk"
	"hotline/web/browser"
	"hotline/web/caller"
)

// TestTwoBrowsersThroughAsterisk: a customer's browser calls a desk in another browser, both over a real Asterisk. The page fetches an
// account for this one call; it is gone soon, the talk goes on. Nobody gets in without a ticket, twice with one, or all the time.
func TestTwoBrowsersThroughAsterisk(t *testing.T) {
	h := openHouse(t, house.Options{
		Queue: "    wrapup_limit: 2m\n", More: "asterisk: {web_callers: true}\n", Plan: func(p *asterisk.Plan) { p.WebCallers = true },
	})
	b := browser.Start(t, browser.Options{})
	desk := sitDown(t, h, b, "li")

	page := b.Tab()
	page.Before(countSound)
	page.Goto("http://" + h.Addr + "/call")
	page.WaitGone(`#number`) // it would count for nothing
	page.Click(`[data-testid=call]`)
	page.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "ringing"`)
	desk.WaitVisible(`[data-testid=pop]`)
	desk.Key(" ")
	page.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "talking"`)
	talk(t, desk.Tab, page)
	look(t, page, "call-talk")
	live := h.LiveFrom("")
	h.Eventually("the case has its owner", func() bool { return h.CaseOf(live.Call).Owner == "li" })

	eventually(t, h, "the account is gone", visitTime+house.Patience, func() bool {
		return !strings.Contains(h.Asterisk.CLI("pjsip show endpoints"), "visitor-")
	})
	for _, tab := range []*browser.Tab{desk.Tab, page} {
		var before int
		tab.Eval(`packetsHeard()`, &before)
		tab.Wait(`packetsHeard().then(n => n > ` + jsonOf(t, before+50) + `)`)
	}
	page.Click(`[data-testid=hangup]`)
	page.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "ended"`)
	h.Eventually("li wraps up", func() bool { return h.Presence("li") == "wrapup" })
	h.Eventually("the call is recorded", func() bool { return h.Call(live.Call).End == "caller" })

	// One ticket, one websocket.
	status, text := h.Try("POST", "/call/account", "", nil)
	var gear struct{ Account caller.Account }
	h.Decode(text, &gear)
	account := gear.Account
	if status != http.StatusOK || !strings.HasPrefix(account.Login, "visitor-") || len(account.HA1) != 32 {
		t.Fatalf("%d %s", status, text)
	}
	for _, c := range []struct {
		path string
		want int
	}{
		{account.Path, http.StatusUpgradeRequired}, // it is let through; Asterisk wants a websocket
		{account.Path, http.StatusForbidden}, {"/sip?ticket=guessed", http.StatusForbidden}, {"/sip", http.StatusUnauthorized},
	} {
		if got := knock(t, h, c.path); got != c.want {
			t.Errorf("%s is answered %d, want %d", c.path, got, c.want)
		}
	}
	h.Eventually("its account is gone", func() bool { return !strings.Contains(h.Asterisk.CLI("pjsip show endpoints"), account.Login) })

	// The seventh within a minute has to wait, and the page says so.
	begun := time.Now()
	for range visitsPerPlace {
		h.Try("POST", "/call/account", "", nil)
	}
	if time.Since(begun) < visitWindow {
		page.Expect("429")
		page.Click(`[data-testid=again]`)
		page.Click(`[data-testid=call]`)
		page.WaitText(`#state`, "太频繁")
	}

	// What a process that died has left is dropped by the next.
	if !strings.Contains(h.Asterisk.CLI("pjsip show endpoints"), "visitor-") {
		t.Error("no account is left to be dropped")
	}
	desk.Close()
	page.Close()
	h.Kill()
	h.Start()
	h.Eventually("old accounts are gone", func() bool { return !strings.Contains(h.Asterisk.CLI("pjsip show endpoints"), "visitor-") })
}

// knock asks for a path as a page of the site would, and gives the status.
func knock(t *testing.T, h *house.House, path string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), house.Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.Addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "http://"+h.Addr)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
