package main

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/web/browser"
)

// living is a page and what is there when it lives: on a list at least one entry.
type living struct {
	login, path, has string
	picture          string // of the documents
}

// pagesOf are the pages of every role, each by somebody who works on it.
func pagesOf() []living {
	return []living{
		{"wangfang", "/desk/cases", "main table tbody tr", "cases"},
		{"wangfang", "/desk/handovers", "main [data-testid=handover], main table tbody tr, main article", "handovers"},
		{"wangfang", "/desk/callbacks", "main h1", "callbacks"},
		{"wangfang", "/desk/day", "main h1", "day"},
		{"wangfang", "/knowledge", "[data-testid=article]", "knowledge"},
		{"wangfang", "/news", "[data-testid=news] li", "news"},
		{"wangfang", "/visitcode", "#code", ""},
		{"wangfang", "/notifications", "main h1", ""},
		{"dispatch", "/dispatch", `[data-lane=new] [data-testid=card]`, "dispatch"},
		{"dispatch", "/dispatch", `[data-lane=assigned] [data-testid=card]`, ""},
		{"dispatch", "/dispatch", `[data-lane=running] [data-testid=card]`, ""},
		{"dispatch", "/dispatch", `[data-lane=paused] [data-testid=card]`, ""},
		{"dispatch", "/dispatch/calendar", "[data-testid=block]", ""},
		{"dispatch", "/dispatch/calendars", "main table tbody tr, main .card", ""},
		{"dispatch", "/dispatch/engineers", "main table tbody tr, main .card", ""},
		{"dispatch", "/orders", "[data-testid=order]", "orders"},
		{"dispatch", "/classes", "[data-testid=class]", ""},
		{"dispatch", "/engagements?kind=development", "[data-testid=engagement]", ""},
		{"engineer", "/visit", "[data-testid=visit]", ""},
		{"engineer", "/orders", "[data-testid=order]", ""},
		{"engineer", "/dispatch/day", "[data-testid=visit]", ""},
		{"engineer", "/engagements", "[data-testid=engagement]", ""},
		{"boss", "/calls", "main table tbody tr", "calls"},
		{"boss", "/supervise", "#calls", "supervise"},
		{"boss", "/quality", "[data-testid=rule]", "quality"},
		{"boss", "/followup", "[data-testid=followup]", "followup"},
		{"boss", "/followup/results", "[data-testid=chart]", "followup-results"},
		{"boss", "/followup/draws", "[data-testid=draws] tbody tr", "followup-draws"},
		{"boss", "/followup/improvements", "[data-testid=improvement]", "followup-improvement"},
		{"boss", "/followup/visits", "[data-testid=visit]", ""},
		{"boss", "/classes", "[data-testid=class]", ""},
		{"boss", "/engagements", "[data-testid=engagement]", ""},
		{"boss", "/feedback", "[data-testid=kept] a", "feedback"},
		{"boss", "/knowledge", "[data-testid=to-review]", ""},
		{"boss", "/customers", "[data-testid=customer]", ""},
		{"admin", "/admin/users", "[data-testid=user]", ""},
		{"admin", "/admin/audit", "[data-testid=audit] tbody tr", ""},
		{"admin", "/import", "main h1", ""},
		{"", "/help", "[data-testid=help-list] a", "help"},
		// One of each list, from inside.
		{"boss", "/customers > [data-testid=customer] a", "[data-testid=contact]", ""},
		{"boss", "/classes > [data-testid=class] a", "[data-testid=tab-people]", ""},
		{"boss", "/engagements > [data-testid=engagement] a", "[data-testid=version], [data-testid=assign]", ""},
		{"dispatch", "/orders?kind=remote > [data-testid=order] a", "[data-testid=steps]", ""},
		{"boss", "/followup > [data-testid=followup] a", "[data-testid=survey]", ""},
	}
}

// lives opens a page, "list > link" a list and the first link in it, and looks at it.
func (p living) lives(t *testing.T, tab *browser.Tab, base string) {
	t.Helper()
	path, link, inside := strings.Cut(p.path, " > ")
	tab.Goto(base + path)
	if inside {
		tab.WaitVisible(link)
		var href string
		tab.Eval(`document.querySelector(`+"`"+link+"`"+`).getAttribute("href")`, &href)
		tab.Goto(base + href)
	}
	tab.WaitVisible(p.has)
	tab.Wait(`document.getAnimations().every(a => a.playState !== "running")`)
	for _, v := range tab.Axe() {
		t.Errorf("%s, %s: %+v", p.login, p.path, v)
	}
	var wide bool
	tab.Eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
	if wide {
		t.Errorf("%s, %s: wider than the screen", p.login, p.path)
	}
	if dir := os.Getenv("HOTLINE_TEST_SHOTS"); dir != "" {
		tab.Screenshot(filepath.Join(dir, cmp.Or(p.login, "anybody")+strings.NewReplacer("/", "-", "?", "-", "=", "-", " > ", "-one-", "[", "", "]", "").Replace(p.path)+".png"))
	}
	if p.picture != "" {
		show(tab, p.picture)
	}
}
