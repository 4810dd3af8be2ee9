package dispatch

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/web/browser"
)

// office is a house on a Tuesday at ten past nine in Nanjing, with gao's appointment at ten.
func office(t *testing.T) (*house, records.Order, *browser.Browser) {
	t.Helper()
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	return h, h.appointed(), browser.Start(t, browser.Options{Patience: 20 * time.Second})
}

// seen opens a page as somebody in each language, also on a phone, and checks it.
func (h *house) seen(b *browser.Browser, login, path, name string) {
	h.t.Helper()
	for suffix, look := range map[string]browser.Look{"": {}, "-en": {Lang: "en", Dark: true}, "-phone": {Width: 390, Height: 844}} {
		tab := b.Tab(look)
		tab.Login(h.server.URL, login, password)
		tab.Goto(h.server.URL + path)
		tab.WaitVisible("h1")
		sound(h.t, tab, name+suffix)
		picture(h.t, tab, name+suffix)
		tab.Close()
	}
}

// add plans one more visit of gao's.
func (h *house) add(call, subject string, from time.Time, long time.Duration) records.Order {
	h.t.Helper()
	ctx, dan := h.t.Context(), records.Actor{Login: "dan"}
	e := h.escalate(call, records.KindOnsite, subject)
	e, err := h.store.AcceptEscalation(ctx, e.ID, "dan", e.Version)
	must(h.t, err)
	o, err := h.store.OpenOrder(ctx, dan, records.OpenOrder{Escalation: e.ID, Engineer: "gao"})
	must(h.t, err)
	o, err = h.store.PlanOrder(ctx, dan, o.ID, records.OrderPlan{PromisedFrom: from, PromisedTo: from.Add(long), PlannedFrom: from, PlannedTo: from.Add(long)}, 0)
	must(h.t, err)
	return o
}

// TestPlanAndSheetInTheBrowser: the day shows every visit, also of two at once, and the way between; the sheet is the same on paper.
func TestPlanAndSheetInTheBrowser(t *testing.T) {
	h, first, b := office(t)
	at := first.PlannedFrom
	second := h.add("call-2", "同一时间的另一处", at, 2*time.Hour)
	third := h.add("call-3", "紧接着的一处", at.Add(2*time.Hour+15*time.Minute), 15*time.Minute)
	tab := b.Tab()
	tab.Login(h.server.URL, "dan", password)
	tab.Goto(h.server.URL + "/dispatch/calendar?day=2026-11-24")
	tab.WaitVisible("[data-testid=block]")
	var apart bool
	tab.Eval(`(([a, b]) => a.bottom <= b.top + 1 || b.bottom <= a.top + 1)(["`+first.ID+`", "`+second.ID+`"].map((id) => document.querySelector("#block-" + id + " .block-box").getBoundingClientRect()))`, &apart)
	if !apart {
		t.Error("of two visits at once one hides the other")
	}
	tab.Wait(`document.querySelector(".travel.tight")?.textContent.includes("15′!")`)
	var label string
	tab.Eval(`document.querySelector("#block-`+first.ID+`").getAttribute("aria-label")`, &label)
	if !strings.Contains(label, "10:00–12:00") {
		t.Errorf("a visit is called %q", label)
	}
	// A visit too short for its words says that there is more, and what.
	var short struct {
		Cut, Ellipsis bool
		Title         string
	}
	tab.Eval(`(() => {
		const block = document.querySelector("#block-`+third.ID+`"), who = block.querySelector(".block-who");
		return {Cut: who.scrollWidth > who.clientWidth, Ellipsis: getComputedStyle(who).textOverflow === "ellipsis", Title: block.querySelector("title").textContent};
	})()`, &short)
	if !short.Cut || !short.Ellipsis || !strings.Contains(short.Title, "12:15–12:30") || !strings.Contains(short.Title, "紧接着的一处") || !strings.Contains(short.Title, third.ContactName) {
		t.Errorf("a short visit: %+v", short)
	}
	tab.Click(".views .tab:last-child")
	tab.WaitText(".week", "时间重叠")
	h.seen(b, "dan", "/dispatch/calendar?day=2026-11-24", "plan-day")
	h.seen(b, "dan", "/dispatch/calendar?day=2026-11-24&view=week", "plan-week")

	tab.Goto(h.server.URL + "/dispatch/day?engineer=he&day=2026-11-24")
	tab.WaitVisible(".state") // a day off says so
	tab.Goto(h.server.URL + "/dispatch/day?engineer=gao&day=2026-11-24")
	tab.WaitText(".visits", "同一时间的另一处")
	h.seen(b, "gao", "/dispatch/day?day=2026-11-24", "day-sheet")
	var pdf string
	tab.Eval(`fetch(document.querySelector("[data-testid=pdf]").href).then((r) => r.blob()).then((b) => new Promise((done) => { const f = new FileReader(); f.onload = () => done(f.result.split(",")[1]); f.readAsDataURL(b); }))`, &pdf)
	file := filepath.Join(t.TempDir(), "day.pdf")
	data, err := base64.StdEncoding.DecodeString(pdf)
	must(t, err)
	must(t, os.WriteFile(file, data, 0o600))
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (poppler-utils): %v", err)
	}
	for _, want := range []string{"高明", "2026-11-24", "服务器断电后无法启动", "同一时间的另一处", "紧接着的一处", "10:00"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the printed sheet lacks %q", want)
		}
	}
}

// TestEngineersInTheBrowser: a dispatcher keeps who can do what, where, and when not.
func TestEngineersInTheBrowser(t *testing.T) {
	h, _, b := office(t)
	tab := b.Tab()
	tab.Login(h.server.URL, "dan", password)
	tab.Goto(h.server.URL + "/dispatch/engineers")
	tab.WaitText("table", "南京服务中心")
	tab.Click(`a[href="/dispatch/engineers/gao"]`)
	tab.WaitText("main", "还没有照片")
	tab.Fill("#title", "首席工程师")
	tab.Run(`document.querySelector("#level-software").value = "3"`)
	tab.Click("[data-testid=keep-engineer]")
	tab.Wait(`document.readyState === "complete" && document.querySelector("#title")?.defaultValue === "首席工程师" && document.querySelector("#level-software").value === "3"`)
	absence := func(from, to, reason string) {
		tab.Run(`document.querySelector("#from").value = "` + from + `"; document.querySelector("#to").value = "` + to + `"`)
		tab.Fill("#reason", reason)
		tab.Click("[data-testid=add-absence]")
	}
	absence("2026-11-25T13:00", "2026-11-25T18:00", "培训")
	tab.WaitText("main", "2026-11-25 13:00")
	h.seen(b, "dan", "/dispatch/engineers/gao", "engineer")
	h.seen(b, "dan", "/dispatch/engineers", "engineers")
	tab.Expect("422")
	absence("2026-11-26T18:00", "2026-11-26T13:00", "反了")
	tab.WaitVisible("[data-testid=trouble]")
	if left, err := h.store.Absences(t.Context(), "gao", h.now(), h.now().AddDate(0, 0, 7)); err != nil || len(left) != 1 {
		t.Errorf("absences %v %v", left, err)
	}
	tab.Goto(h.server.URL + "/dispatch/engineers/gao")
	tab.Click(`form[action*="/cancel"] button`)
	tab.WaitText("main", "没有登记")
}

// TestConsultationInTheBrowser: called, thought about by everybody, decided; each sees what is theirs to do.
func TestConsultationInTheBrowser(t *testing.T) {
	h, o, b := office(t)
	sue, gao := b.Tab(), b.Tab(browser.Look{Width: 390, Height: 844})
	sue.Login(h.server.URL, "sue", password)
	sue.Goto(h.server.URL + "/dispatch/orders/" + o.ID)
	sue.Click("main details summary")
	sue.Fill("#question", "为什么换电源后仍然重启")
	sue.Click(`[name=people][value=gao]`)
	sue.Click(`[name=people][value=he]`)
	sue.Click("[data-testid=convene]")
	sue.WaitText("main", "还没有意见")
	path := sue.Path()
	h.seen(b, "sue", path, "consultation")
	gao.Login(h.server.URL, "gao", password)
	gao.Goto(h.server.URL + path)
	gao.Fill("#text", "电源正常，怀疑主板")
	gao.Click("[data-testid=think]")
	gao.WaitText("[data-testid=opinion]", "怀疑主板")
	gao.WaitText("main", "何平") // who is waited for
	gao.WaitGone("[data-testid=think]")
	sound(t, gao, "consultation-said")
	he := b.Tab()
	he.Login(h.server.URL, "he", password)
	he.Goto(h.server.URL + path)
	he.Fill("#text", "同意，电容老化")
	he.Click("[data-testid=think]")
	he.WaitGone("[data-testid=think]")
	sue.Reload()
	sue.Fill("#cause", "主板电容老化")
	sue.Fill("#decision", "更换主板，先备份")
	sue.Click("[data-testid=decide]")
	sue.WaitVisible("[data-testid=decided]")
	sound(t, sue, "consultation-decided")
	sue.Click("a.back")
	sue.WaitVisible("#arrange")
}

// TestVisitCodeInTheBrowser: somebody on the telephone reads a code out; the agent sees at once who it is, or that it is nobody.
func TestVisitCodeInTheBrowser(t *testing.T) {
	h, o, b := office(t)
	code, err := h.store.VisitCode(t.Context(), "gao", o.ID, false)
	must(t, err)
	tab := b.Tab()
	tab.Login(h.server.URL, "anna", password)
	tab.Goto(h.server.URL + "/visitcode")
	var there bool
	tab.Eval(`document.activeElement?.id === "code"`, &there)
	if !there {
		t.Error("one has to look for the field")
	}
	h.seen(b, "anna", "/visitcode", "visitcode")
	tab.Fill("#code", "00000000")
	tab.Click("[data-testid=check]")
	tab.WaitVisible("[data-verdict=wrong]")
	sound(t, tab, "visitcode-wrong")
	tab.Fill("#code", code.Code)
	tab.Click("[data-testid=check]")
	tab.WaitText("[data-verdict=right]", "高明")
	sound(t, tab, "visitcode-right")
	picture(t, tab, "visitcode-right")
}

// TestVisitKeepsTheHousesTime: a phone that is set to another zone shows and keeps the times that the customer was promised.
func TestVisitKeepsTheHousesTime(t *testing.T) {
	h, _, b := office(t)
	p := h.phone(b, browser.Look{Zone: "America/New_York"})
	p.WaitText(".visit-time", "10:00–12:00")
	var kept string
	p.Eval(`import(document.querySelector('script[src*="visit/app"]').src.replace(/app[^/]*$/, "dom.js")).then((d) => { d.setZone("Asia/Shanghai"); return d.instant("2026-11-24T10:00").toISOString() + " " + d.local(new Date("2026-11-24T02:00:00Z")); })`, &kept)
	if kept != "2026-11-24T02:00:00.000Z 2026-11-24T10:00" {
		t.Errorf("ten o'clock in the house is %s", kept)
	}
}
