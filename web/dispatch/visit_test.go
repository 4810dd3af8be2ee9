package dispatch

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/browser"
)

// appointed is an onsite order of gao's whose time was agreed with the customer.
func (h *house) appointed() records.Order {
	h.t.Helper()
	ctx, dan := h.t.Context(), records.Actor{Login: "dan"}
	e := h.escalate("call-1", records.KindOnsite, "服务器断电后无法启动")
	e, err := h.store.AcceptEscalation(ctx, e.ID, "dan", e.Version)
	must(h.t, err)
	o, err := h.store.OpenOrder(ctx, dan, records.OpenOrder{Escalation: e.ID, Engineer: "gao"})
	must(h.t, err)
	from := h.now().Add(time.Hour).Truncate(time.Hour)
	o, err = h.store.PlanOrder(ctx, dan, o.ID, records.OrderPlan{PromisedFrom: from, PromisedTo: from.Add(2 * time.Hour), PlannedFrom: from, PlannedTo: from.Add(2 * time.Hour)}, 0)
	must(h.t, err)
	body := fmt.Sprintf(`{"from":%q,"to":%q,"with":"孙丽"}`, from.Format(time.RFC3339), from.Add(2*time.Hour).Format(time.RFC3339))
	_, err = h.store.AddEvidence(ctx, dan, records.EvidenceInput{Order: o.ID, Step: "appointment", Need: "agreed", Kind: procedure.Fact, Body: json.RawMessage(body)})
	must(h.t, err)
	o, err = h.store.CompleteStep(ctx, dan, o.ID, "appointment", 0)
	must(h.t, err)
	return o
}

// phone is the engineer's page on a phone.
type phone struct {
	*browser.Tab
	t testing.TB
}

func (h *house) phone(b *browser.Browser, look browser.Look) phone {
	h.t.Helper()
	if look.Width == 0 {
		look.Width, look.Height = 390, 844
	}
	p := phone{b.Tab(look), h.t}
	p.Expect("ERR_EMPTY_RESPONSE") // the network is cut on purpose
	p.Expect("Failed to fetch")
	p.Login(h.server.URL, "gao", password)
	p.Goto(h.server.URL + "/visit")
	p.Wait(`document.querySelector("#visit")?.dataset.kept === "yes" && document.querySelector("#line").dataset.state === "sent"`)
	return p
}

// unsent waits until so many actions are not sent yet.
func (p phone) unsent(n int) {
	p.t.Helper()
	p.Wait(fmt.Sprintf(`document.querySelector("#line").dataset.unsent === "%d"`, n))
}

// at waits until a step is the one to be done.
func (p phone) at(step string) {
	p.t.Helper()
	p.Wait(`document.querySelector("[data-testid=step]")?.dataset.code === "` + step + `"`)
}

// calm waits until everything is sent, or cannot be: then nothing is drawn anew under the test's hands.
func (p phone) calm() {
	p.t.Helper()
	p.Wait(`(({state, unsent}) => state === "offline" || state === "sent" && unsent === "0")(document.querySelector("#line").dataset)`)
}

func (p phone) complete() {
	p.t.Helper()
	p.calm()
	p.WaitEnabled(`[data-testid="complete"]`)
	p.Click(`[data-testid="complete"]`)
}

// met waits until a need of the shown step is met.
func (p phone) met(need string) {
	p.t.Helper()
	p.Wait(`document.querySelector('[data-need="` + need + `"]')?.dataset.met === "true"`)
}

func (p phone) write(need, text string) {
	p.t.Helper()
	p.calm()
	p.Fill(`[data-need="`+need+`"] textarea`, text)
	p.Click(`[data-need="` + need + `"] [data-testid="save"]`)
	p.met(need)
}

// fact fills the fields of a fact by their codes and saves it.
func (p phone) fact(need string, values map[string]string) {
	p.t.Helper()
	p.calm()
	for code, value := range values {
		p.Run(fmt.Sprintf(`(() => { const f = document.querySelector('[data-need=%q] [name=%q]'); if (f.type === "checkbox") f.checked = true; else f.value = %q; f.dispatchEvent(new Event("input", {bubbles: true})); })()`, need, code, value))
	}
	p.Click(`[data-need="` + need + `"] [data-testid="save"]`)
	p.met(need)
}

// sign has the customer sign by the typed name.
func (p phone) sign(button string) {
	p.t.Helper()
	p.calm()
	p.Click(button)
	p.WaitVisible("#sign-now")
	p.Wait(`document.querySelector("#shown").textContent.length > 10 && document.querySelector("#pad").width > 0`)
	p.Click("#sign-type")
	p.Click("#sign-now")
	p.Wait(`!document.querySelector("#signing").open`)
}

func (p phone) check() {
	p.t.Helper()
	p.calm()
	p.Run(`(() => { document.querySelectorAll(".checklist input[value=ok]").forEach((f) => { f.checked = true; });
		document.querySelector(".checklist [name=normal]").checked = true; document.querySelector(".checklist [name^=n-]").value = "更换电源后正常"; })()`)
	p.Click(`[data-need="checklist"] [data-testid="save"]`)
	p.met("checklist")
}

// TestVisitWithoutNetwork: the line is cut in the middle of a visit, the page is opened anew without it, the visit goes on; when the
// line is back everything arrives once, in order, with both clocks.
func TestVisitWithoutNetwork(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	o := h.appointed()
	b := browser.Start(t, browser.Options{})
	p := h.phone(b, browser.Look{})
	sound(t, p.Tab, "visits")
	picture(t, p.Tab, "visit-list")
	p.Click(`[data-testid="visit"]`)
	p.at("arrival")
	sound(t, p.Tab, "visit")
	picture(t, p.Tab, "visit-step")
	p.fact("arrived", map[string]string{"place": "华东一厂 3 号楼机房"})
	p.unsent(0)

	h.cut.Store(true)
	p.complete()
	p.at("identity")
	p.Wait(`document.querySelector("#line").dataset.state === "offline"`)
	p.unsent(1)
	p.write("problem", "昨晚停电后服务器电源灯不亮，无法开机。")
	p.Reload()
	p.at("identity")
	p.unsent(2)
	p.met("problem")
	picture(t, p.Tab, "visit-offline")
	p.sign(`[data-need="confirmed"] [data-testid="sign"]`)
	p.met("confirmed")
	p.complete()
	p.at("backup")
	// What is typed and not saved outlives a reload, too.
	p.Run(`(() => { const f = document.querySelector('[data-need="backup"] [name=place]'); f.value = "移动硬盘"; f.dispatchEvent(new Event("input", {bubbles: true})); })()`)
	p.Wait(`(async () => (await (await import(document.querySelector("script[src*='visit/app.js']").src.replace("app.js", "store.js"))).get("draft:` + o.ID + `.backup.backup@gao"))?.place === "移动硬盘")()`)
	p.Reload()
	p.at("backup")
	p.Wait(`document.querySelector('[data-need="backup"] [name=place]')?.value === "移动硬盘"`)
	sound(t, p.Tab, "visit offline")

	h.cut.Store(false)
	p.Click("#sync")
	p.unsent(0)
	p.Wait(`document.querySelector("#line").dataset.state === "sent"`)
	f, err := h.store.Order(t.Context(), o.ID)
	must(t, err)
	settled := 0
	for _, s := range f.Steps {
		if s.Settled != nil {
			settled++
		}
	}
	if settled != 3 || f.Steps[3].State != procedure.Ready {
		t.Errorf("%d steps are settled: %+v", settled, f.Steps)
	}
	signatures := 0
	for _, e := range f.Evidence {
		if e.Step == "identity" && e.Kind == procedure.Confirmation {
			signatures++
			if e.File == "" || e.Via != procedure.ViaSignature || e.DeviceAt.IsZero() || e.DeviceAt.Equal(e.At) || !strings.Contains(string(e.Body), "电源灯不亮") {
				t.Errorf("the signature: %+v", e)
			}
		}
	}
	if signatures != 1 {
		t.Errorf("%d signatures arrived, want one", signatures)
	}
	if len(f.Evidence) != 4 {
		t.Errorf("%d pieces arrived, want 4: %+v", len(f.Evidence), f.Evidence)
	}
}

// TestVisitSentTwice: answers get lost, two devices work on one visit: nothing is done twice, and what collides is kept and shown.
func TestVisitSentTwice(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	o := h.appointed()
	b := browser.Start(t, browser.Options{})
	one, two := h.phone(b, browser.Look{}), h.phone(b, browser.Look{Lang: "en", Dark: true})
	for _, p := range []phone{one, two} {
		p.Click(`[data-testid="visit"]`)
		p.at("arrival")
	}
	h.cut.Store(true)
	for i, p := range []phone{one, two} {
		p.fact("arrived", map[string]string{"place": fmt.Sprint("机房 ", i)})
		p.complete()
		p.at("identity")
		p.write("problem", fmt.Sprint("现象 ", i))
		p.sign(`[data-need="confirmed"] [data-testid="sign"]`)
		p.complete()
		p.at("backup")
		p.unsent(5)
	}
	// The first answers are lost on the way: the phone sends again what arrived already.
	h.cut.Store(false)
	h.loseAnswers.Store(2)
	one.Click("#sync")
	one.unsent(0)
	two.Click("#sync")
	two.unsent(0)
	f, err := h.store.Order(t.Context(), o.ID)
	must(t, err)
	count := map[string]int{}
	clients := map[string]int{}
	for _, e := range f.Evidence {
		count[e.Step+"."+e.Need]++
		clients[e.Client]++
	}
	if count["identity.confirmed"] != 1 {
		t.Errorf("signed %d times", count["identity.confirmed"])
	}
	for client, n := range clients {
		if client != "" && n != 1 {
			t.Errorf("%s arrived %d times", client, n)
		}
	}
	conflicts, err := h.store.VisitConflicts(t.Context(), "gao")
	must(t, err)
	if len(conflicts) == 0 {
		t.Fatal("two devices signed one visit, and no conflict was kept")
	}
	kinds := ""
	for _, c := range conflicts {
		kinds += c.Kind + " " + string(c.Body) + "\n"
	}
	if !strings.Contains(kinds, `"via":"signature"`) || !strings.Contains(kinds, `"file":"`) {
		t.Errorf("the second signature was not kept whole: %s", kinds)
	}
	board := b.Tab()
	board.Login(h.server.URL, "dan", password)
	board.Goto(h.server.URL + "/dispatch")
	board.WaitVisible(`[data-testid="board-conflicts"]`)
	board.Click(`[data-testid="board-conflicts"] summary`)
	board.WaitText(`[data-testid="board-conflicts"]`, "gao")
	sound(t, board, "board with conflicts")
	two.Click("#sync")
	two.Click("#back")
	two.WaitVisible(`[data-testid="conflict"]`)
	sound(t, two.Tab, "conflicts")
	picture(t, two.Tab, "visit-conflict")
	for range conflicts {
		n := 0
		two.Eval(`document.querySelectorAll('[data-testid="conflict"]').length`, &n)
		two.Fill(`[data-testid="conflict"] input`, "same visit, done on the other phone")
		two.Click(`[data-testid="settle"]`)
		two.Wait(fmt.Sprintf(`document.querySelectorAll('[data-testid="conflict"]').length < %d`, n))
	}
	left, err := h.store.VisitConflicts(t.Context(), "")
	must(t, err)
	if len(left) != 0 {
		t.Errorf("%d conflicts are left", len(left))
	}
}
