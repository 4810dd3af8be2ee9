package desk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"hotline/agent"
	"hotline/records"
	"hotline/web/browser"
)

// open gives a tab in which login is signed in.
func (h *house) open(b *browser.Browser, login string, look ...browser.Look) *browser.Tab {
	h.t.Helper()
	if len(look) == 0 {
		look = []browser.Look{{}}
	}
	look[0].Still = true // a button whose colours are on their way from disabled to ready is nobody's choice
	tab := b.Tab(look...)
	tab.Goto(h.url() + "/healthz") // a page of this site, to set its cookie
	tab.Run(fmt.Sprintf(`document.cookie = "hotline=%s; path=/"`, h.session(login)))
	return tab
}

// sound checks a page as it stands: no fault, nothing that axe calls serious, nothing to scroll sideways.
func sound(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	tab.Wait(`document.getAnimations().every(a => a.playState !== "running")`) // colours in between are nobody's choice
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s: %s", name, fault)
	}
	var wide bool
	tab.Eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
	if wide {
		t.Errorf("%s: wider than the screen", name)
	}
	tab.Screenshot(filepath.Join(shots(t), name+".png"))
}

// still checks that nothing of the desk has to be scrolled in a call at 1366 × 768.
func still(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	var over string
	tab.Eval(`[document.scrollingElement, ...document.querySelectorAll(".panel")].filter(e => e.scrollHeight > e.clientHeight + 1).map(e => (e.id || e.tagName) + " " + e.scrollHeight + ">" + e.clientHeight).join(", ")`, &over)
	if over != "" {
		t.Errorf("%s has to be scrolled: %s", name, over)
	}
}

// known fills the records with what a call is usually about.
func (h *house) known() {
	h.t.Helper()
	li := h.signIn("li")
	for i, row := range [][3]string{
		{"打印机卡纸，打印发票时停住", "printing", "清理进纸轮，更换 80 g 纸张；驱动升级到 4.2 后恢复正常。"},
		{"客户端无法登录，提示密码错误", "login", "服务器时间快了 7 分钟。同步时间后重启认证服务，登录正常。"},
		{"Printer offline after the update", "printing", "Restarted the print spooler and set the port to 9100 again."},
	} {
		call := fmt.Sprint("old", i)
		own := h.answer(call, "li", fmt.Sprint("1370013700", i))
		li.post("/desk/cases/"+own.Number+"/finish", "outcome", "solved", "call", call, "subject", row[0], "product", "software", "category", row[1],
			"solved.solution", row[2], "solved.confirmed", "true").want(200)
	}
}

// calling is a call of 王芳, whom the records know, with a case that another agent owns and a promise.
func (h *house) calling(call string) records.OwnedCase {
	h.t.Helper()
	_, wang := h.factory()
	old := h.answer("before", "wang", "13800138000")
	get[records.Verification](h.t)(h.store.Verify(h.t.Context(), records.VerificationInput{Contact: wang.ID, Call: "before", By: "wang", How: "contract", Detail: "HD-2026-17"}))
	h.signIn("wang").post("/desk/cases/"+old.Number+"/finish", append([]string{"outcome", "onsite", "call", "before", "subject", "服务器电源故障", "product", "system"}, wrapUps()["onsite"]...)...).want(200)
	own := h.answer(call, "li", "13800138000")
	h.signIn("li").post("/desk/cases/"+own.Number+"/split", "call", call).want(200)
	return get[records.OwnedCase](h.t)(h.store.OwnCall(h.t.Context(), records.OwnInput{Call: call, Agent: "li", Number: "13800138000"}))
}

func TestACallFromAnswerToFinish(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.known()
	own := h.calling("c1")
	tab := h.open(browser.Start(t, browser.Options{}), "li")
	tab.Expect("422")
	tab.Goto(h.url() + "/desk")
	tab.WaitText("#case-title", own.Number)
	tab.WaitText("[data-testid=promise]", "工程师远程连接")
	sound(t, tab, "desk-begin")
	still(t, tab, "desk-begin")

	// Who it is.
	tab.Fill("#verify-detail", "HD-2026-17")
	tab.Run(`(() => { const s = document.getElementById("verify-how"); s.value = "contract"; s.dispatchEvent(new Event("change", {bubbles: true})); })()`)
	tab.Click("[data-testid=verify-save]")
	tab.WaitText("[data-testid=verified]", "合同号")

	// What it is about: product, category, template, subject; the template does not overwrite.
	tab.Fill("#f-product", "应用软件")
	tab.Fill("#f-category", "打印")
	tab.Fill("#f-subject", "打印发票时卡纸")
	tab.WaitText("#case-solutions", "清理进纸轮")
	tab.Fill("#f-description", "现象：进纸一半停住")
	tab.Key(kb.Tab)
	tab.Click("[data-testid=template-insert]")
	tab.Wait(`document.getElementById("f-description").value === "现象：进纸一半停住\n报错内容：\n从何时开始："`)
	tab.WaitText("#case-saved", "保存")
	tab.Wait(`document.getElementById("case-saved").dataset.state === "saved"`)
	sound(t, tab, "desk-typing")
	still(t, tab, "desk-typing")

	// A known solution: its text, the tile, the link.
	tab.Click("#case-solutions [data-use]")
	tab.Wait(`document.getElementById("f-solution").value.startsWith("清理进纸轮")`)
	tab.Wait(`document.querySelector("[name=outcome]:checked").value === "solved"`)
	tab.WaitText("[data-testid=missing]", "请客户确认已解决")
	tab.WaitText("[data-testid=used]", "打印机卡纸")
	sound(t, tab, "desk-solved")
	still(t, tab, "desk-solved")
	tab.Key(kb.Control) // a lone key does nothing
	tab.Run(`document.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}))`)
	tab.Wait(`document.activeElement.name === "solved.confirmed"`) // what is missing has the focus
	tab.Key(" ")
	tab.WaitText("[data-testid=missing]", "内容齐全")
	tab.Run(`document.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}))`)
	tab.WaitText("[data-testid=finished]", "已解决")
	tab.WaitText("[data-testid=done-owner]", "李强")
	sound(t, tab, "desk-finished")
	c := get[records.Case](t)(h.store.Case(t.Context(), own.Number))
	equal(t, "case", c.State+c.Product+c.Category+c.Subject, "solved"+"software"+"printing"+"打印发票时卡纸")
	equal(t, "no draft is left", len(get[[]records.DraftField](t)(h.store.Draft(t.Context(), "li", own.Number))), 0)
	var left int
	tab.Eval(`Object.keys(localStorage).filter(k => k.startsWith("hotline.draft")).length`, &left)
	equal(t, "nor in the browser", left, 0)
	equal(t, "counted", get[[]records.Solution](t)(h.store.Solutions(t.Context(), records.SolutionQuery{Text: "进纸轮"}))[0].Uses, 1)
}

// TestEveryEndInTheBrowser walks each way of ending by keyboard: what is missing is listed until nothing is.
func TestEveryEndInTheBrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.factory()
	b := browser.Start(t, browser.Options{})
	tab := h.open(b, "li")
	tab.Expect("422")
	for i, outcome := range []string{"solved", "remote", "onsite", "referred", "callback"} {
		call := "c-" + outcome
		own := h.answer(call, "li", "13800138000")
		tab.Goto(h.url() + "/desk")
		tab.WaitText("#case-title", own.Number)
		tab.Run(fmt.Sprintf(`document.dispatchEvent(new KeyboardEvent("keydown", {key: "%d", altKey: true, bubbles: true, cancelable: true}))`, i+1))
		tab.Wait(fmt.Sprintf(`document.querySelector("[name=outcome]:checked").value === %q`, outcome))
		tab.Wait(fmt.Sprintf(`document.activeElement.closest("[data-end~=%s]") !== null`, outcome))
		tab.WaitText("[data-testid=missing]", "还缺")
		still(t, tab, "desk-"+outcome)
		tab.Click("[data-testid=finish]")
		first := wrapUps()[outcome][0]
		if outcome == "remote" || outcome == "onsite" {
			first = "escalation.situation"
		}
		tab.Wait(fmt.Sprintf(`document.activeElement.name === %q`, first))
		sound(t, tab, "desk-"+outcome+"-missing")
		facts := wrapUps()[outcome]
		for j := 0; j < len(facts); j += 2 {
			name, value := facts[j], facts[j+1]
			tab.Run(fmt.Sprintf(`(() => { for (const e of document.getElementsByName(%q)) { if (e.type === "checkbox") { if (!e.checked) e.click(); } else { e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); } } })()`, name, value))
		}
		if outcome == "callback" {
			tab.Fill("#f-callback-number", "13800138000")
		}
		tab.WaitText("[data-testid=missing]", "内容齐全")
		sound(t, tab, "desk-"+outcome)
		still(t, tab, "desk-"+outcome)
		tab.Click("[data-testid=finish]")
		tab.WaitText("[data-testid=finished]", own.Number)
		if outcome == "referred" {
			tab.WaitText("[data-testid=done-owner]", "销售部 · 周经理")
		} else {
			tab.WaitText("[data-testid=done-owner]", "李强")
		}
		if c := get[records.Case](t)(h.store.Case(t.Context(), own.Number)); c.State == records.CaseOpen {
			t.Errorf("%s: the case is %s", outcome, c.State)
		}
		if c := get[records.Case](t)(h.store.Case(t.Context(), own.Number)); c.ClosedAt.IsZero() { // so that the next call begins a new one
			h.signIn("li").post("/desk/cases/"+own.Number+"/finish", append([]string{"outcome", "solved"}, wrapUps()["solved"]...)...).want(200)
		}
	}
	sound(t, tab, "desk-done")
}

// TestNothingTypedIsLost: reload, a server that dies, a session that ends.
func TestNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.answer("c1", "li", "13800138000")
	must(t, h.store.SetPassword(t.Context(), "li", password))
	tab := h.open(browser.Start(t, browser.Options{}), "li")
	for _, fault := range []string{"ERR_CONNECTION", "401", "Failed to fetch", "htmx:afterRequest", "htmx:sendError", "ERR_INCOMPLETE", "409"} {
		tab.Expect(fault)
	}
	tab.Goto(h.url() + "/desk")
	tab.Fill("#f-subject", "第一次")
	tab.Reload() // at once: whether the server has it already or not
	tab.Wait(`document.getElementById("f-subject").value === "第一次"`)
	tab.Wait(`Object.keys(localStorage).filter(k => k.startsWith("hotline.draft")).length === 0`)
	drafted := func() string {
		return values(get[[]records.DraftField](t)(h.store.Draft(t.Context(), "li", own.Number)))
	}

	// The server dies; people go on typing; it comes back.
	h.stop()
	tab.Fill("#f-description", "服务器停了也接着写")
	tab.Wait(`document.getElementById("case-saved").dataset.state === "not"`)
	tab.WaitText("#case-saved", "未保存")
	tab.Screenshot(filepath.Join(shots(t), "desk-not-saved.png"))
	h.start()
	tab.Wait(`document.getElementById("case-saved").dataset.state === "saved"`)
	c := get[records.Case](t)(h.store.Case(t.Context(), own.Number))
	if all := drafted() + c.Subject + c.Description; !strings.Contains(all, "第一次") || !strings.Contains(all, "服务器停了也接着写") {
		t.Errorf("after the restart: %s", all)
	}

	// The server dies and the window is closed at once; the next window finds what was typed.
	h.stop()
	tab.Fill("#f-solution, #f-subject", "第二次")
	tab.Wait(`localStorage.length > 0`)
	h.start()
	tab.Reload()
	tab.Wait(`document.getElementById("f-subject").value === "第二次"`)
	tab.Wait(`document.getElementById("case-saved").dataset.state === "saved"`)

	// The session ends in the middle of a word.
	must(t, h.store.RevokeSessions(t.Context(), "li"))
	tab.Fill("#f-description", "登录过期也不丢")
	tab.WaitVisible("#case-signin")
	tab.Wait(`document.getElementById("case-saved").dataset.state === "signin"`)
	sound(t, tab, "desk-signin")
	tab.Fill("#signin-password", "wrong")
	tab.Key(kb.Enter)
	tab.WaitText("#signin-trouble", "不正确")
	tab.Fill("#signin-password", password)
	tab.Key(kb.Enter)
	tab.WaitGone("#case-signin")
	tab.Wait(`document.getElementById("case-saved").dataset.state === "saved"`)
	equal(t, "still there", true, strings.Contains(drafted()+get[records.Case](t)(h.store.Case(t.Context(), own.Number)).Description, "登录过期也不丢"))
	tab.Wait(`document.getElementById("f-description").value === "登录过期也不丢"`)
}

func values(all []records.DraftField) string {
	var out []string
	for _, f := range all {
		out = append(out, f.Name+"="+f.Value)
	}
	return strings.Join(out, " ")
}

// TestTwoWindows: the later typing stands in both, and nobody is overruled silently.
func TestTwoWindows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.answer("c1", "li", "13800138000")
	b := browser.Start(t, browser.Options{})
	first, second := h.open(b, "li"), h.open(b, "li")
	for _, tab := range []*browser.Tab{first, second} {
		tab.Goto(h.url() + "/desk")
		tab.WaitText("#case-title", own.Number)
	}
	first.Fill("#f-solution, #f-subject", "第一个窗口")
	first.Wait(`document.getElementById("case-saved").dataset.state === "saved"`)
	second.Fill("#f-subject", "第二个窗口")
	second.WaitText("#case-clashes", "第一个窗口")
	sound(t, second, "desk-two-windows")
	first.Run(`document.dispatchEvent(new Event("visibilitychange"))`) // somebody looks at the first one again
	first.WaitText("#case-clashes", "第一个窗口")
	first.Wait(`document.getElementById("f-subject").value === "第二个窗口"`)
	first.Click("#case-clashes button") // mine, after all
	first.Wait(`document.getElementById("f-subject").value === "第一个窗口" && document.getElementById("case-saved").dataset.state === "saved"`)

	// A colleague changes the case itself.
	first.Run(`document.dispatchEvent(new KeyboardEvent("keydown", {key: "s", ctrlKey: true, bubbles: true, cancelable: true}))`)
	second.Run(`document.dispatchEvent(new Event("visibilitychange"))`)
	first.Wait(`document.getElementById("case-saved").dataset.state === "saved"`)
	waitFor(t, func() bool {
		return get[records.Case](t)(h.store.Case(t.Context(), own.Number)).Subject == "第一个窗口"
	})
	theirs := "同事改的主题"
	get[records.Case](t)(h.store.UpdateCase(t.Context(), own.Number, records.CaseChange{By: "wang", Subject: &theirs}))
	first.Fill("#f-subject", "我又改了")
	first.Run(`document.dispatchEvent(new KeyboardEvent("keydown", {key: "s", ctrlKey: true, bubbles: true, cancelable: true}))`)
	first.WaitText("#case-clashes", theirs)
	equal(t, "not overwritten", get[records.Case](t)(h.store.Case(t.Context(), own.Number)).Subject, theirs)
	first.Click("#case-clashes button:last-child")
	waitFor(t, func() bool {
		return get[records.Case](t)(h.store.Case(t.Context(), own.Number)).Subject == "我又改了"
	})
}

// waitFor waits until something is so, looking again with each tick.
func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(time.Minute)
	for !is() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it did not come true in a minute")
		}
	}
}

// TestWhoInTheBrowser: candidates, somebody new, and what a hostile name does: nothing.
func TestWhoInTheBrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer, _ := h.factory()
	hostile := `<img src=x onerror="document.title='hacked'">赵刚`
	get[records.Contact](t)(h.store.AddContact(t.Context(), records.Contact{Name: hostile, CustomerID: customer.ID, Numbers: []records.Number{{Number: "13800138000"}}}))
	own := h.answer("c1", "li", "13800138000")
	get[records.Note](t)(h.store.AddNote(t.Context(), own.Number, "wang", `"><script>document.title="hacked"</script>`))
	tab := h.open(browser.Start(t, browser.Options{}), "li")
	tab.Expect("422")
	tab.Goto(h.url() + "/desk")
	tab.WaitText("[data-testid=candidates]", "王芳")
	sound(t, tab, "desk-candidates")
	tab.Fill("#f-subject", "写到一半")
	tab.Click("[data-testid=candidates] li:nth-child(1) button")
	tab.WaitText("#who-title", "赵刚")
	tab.Wait(`document.getElementById("f-subject").value === "写到一半"`)
	tab.Click("[data-testid=more]")
	tab.WaitText("[data-testid=notes]", "<script>")
	sound(t, tab, "desk-notes")
	tab.Fill("#f-note", "补充一句")
	tab.Click("[data-testid=note-save]")
	tab.WaitText("[data-testid=notes]", "补充一句")
	tab.Key(kb.Escape)

	tab.Click("[data-testid=who-new]")
	tab.Wait(`document.activeElement.id === "who-name"`)
	tab.Fill("#who-number", "不是号码")
	tab.Fill("#who-customer", "华东")
	tab.WaitText("#who-customers", "华东一厂")
	tab.Click("[data-testid=new-contact-save]")
	tab.WaitText("[data-testid=new-contact]", "请填写姓名")
	tab.WaitText("[data-testid=new-contact]", "不是电话号码")
	tab.Wait(`document.getElementById("who-customer").value === "华东"`)
	sound(t, tab, "desk-new-contact")
	tab.Fill("#who-name", "钱进")
	tab.Fill("#who-number", "13900139000")
	tab.WaitText("#who-customers", "华东一厂")
	tab.Click("#who-customers label:nth-of-type(2)")
	tab.Fill("#who-address", "南京市江宁区示例路 1 号")
	tab.Run(`document.querySelector("#who-language").value = "en"`)
	tab.Click("[data-testid=new-contact-save]")
	tab.WaitText("#who-title", "钱进")
	tab.WaitText("[data-testid=who]", "华东一厂")
	tab.WaitText("[data-testid=address]", "南京市江宁区示例路 1 号")
	var title string
	tab.Eval(`document.title`, &title)
	if strings.Contains(title, "hacked") {
		t.Error("a name ran as a script")
	}
	equal(t, "case's contact", get[records.Case](t)(h.store.Case(t.Context(), own.Number)).ContactName, "钱进")
}

func TestFilesInTheBrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.answer("c1", "li", "13800138000")
	tab := h.open(browser.Start(t, browser.Options{}), "li")
	tab.Expect("422")
	tab.Goto(h.url() + "/desk")
	give := func(how, name, content string) {
		t.Helper()
		tab.Run(fmt.Sprintf(`(() => { const d = new DataTransfer(); d.items.add(new File([%[3]s], %[2]q, {type: "text/plain"}));
			if (%[1]q === "pick") { const i = document.querySelector("[data-testid=file-input]"); i.files = d.files; i.dispatchEvent(new Event("change", {bubbles: true})); }
			else if (%[1]q === "drop") document.getElementById("f-description").dispatchEvent(new DragEvent("drop", {dataTransfer: d, bubbles: true, cancelable: true}));
			else document.getElementById("f-description").dispatchEvent(new ClipboardEvent("paste", {clipboardData: d, bubbles: true, cancelable: true})); })()`, how, name, content))
	}
	give("pick", "客户端日志.log", `"一二三"`)
	tab.WaitText("[data-testid=files]", "客户端日志.log")
	give("drop", `<b>拖入<b>.txt`, `"拖"`)
	tab.WaitText("[data-testid=files]", "_b_拖入_b_.txt")
	give("paste", "image.png", `"贴"`)
	tab.WaitText("[data-testid=uploads]", "已添加")
	give("pick", "太大.bin", `"x".repeat(1048577)`)
	tab.WaitText("[data-testid=uploads]", "太大")
	give("pick", "空.txt", `""`)
	tab.WaitText("[data-testid=uploads]", "文件是空的")
	sound(t, tab, "desk-files")
	equal(t, "kept", len(get[[]records.Attachment](t)(h.store.Attachments(t.Context(), own.Number))), 3)
}

// TestACallComesWhileTyping: what is typed about one case is kept when another call brings its own.
func TestACallComesWhileTyping(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old := h.answer("c1", "li", "13800138001")
	h.played.set(agent.View{Login: "li", State: agent.Ready})
	tab := h.open(browser.Start(t, browser.Options{}), "li")
	tab.Goto(h.url() + "/desk?case=" + old.Number)
	tab.Run(`document.querySelector("[name=outcome][value=solved]").click()`)
	tab.Fill("#f-solution", "没写完的")
	tab.Run(`document.dispatchEvent(new CustomEvent("hotline:pop", {detail: {call: "c2", number: "13800138002"}}))`)
	tab.Key("话") // the pop takes nothing away
	tab.Wait(`document.getElementById("f-solution").value === "没写完的话"`)
	own := h.answer("c2", "li", "13800138002")
	tab.Run(`document.dispatchEvent(new CustomEvent("hotline:owned", {detail: {call: "c2", number: "x"}}))`)
	tab.WaitText("#case-title", own.Number)
	tab.WaitText("[data-testid=drafted]", old.Number)
	sound(t, tab, "desk-next-call")
	tab.Click("[data-testid=drafted]")
	tab.Wait(`document.getElementById("f-solution")?.value === "没写完的话"`)
}

func TestListsInTheBrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	own := h.calling("c1")
	li := h.signIn("li")
	li.post("/desk/cases/"+own.Number+"/finish", append([]string{"outcome", "callback", "call", "c1", "subject", "发票打印不全", "product", "software", "category", "printing", "severity", "high"}, wrapUps()["callback"]...)...).want(200)
	for i := range 4 {
		c := h.answer(fmt.Sprint("m", i), "li", fmt.Sprint("1360013600", i))
		if i%2 == 0 {
			li.post("/desk/cases/"+c.Number+"/finish", append([]string{"outcome", "solved", "call", fmt.Sprint("m", i), "subject", fmt.Sprint("咨询 ", i)}, wrapUps()["solved"]...)...).want(200)
		}
	}
	mine := h.answer("m9", "wang", "13500135000")
	get[records.HandOver](t)(h.store.OfferHandOver(t.Context(), records.HandOverOffer{Case: mine.Number, From: "wang", To: records.Target{Kind: records.ToAgent, Name: "li"}, Note: "客户只认您，请接一下。"}))
	now := time.Now()
	for i, state := range []string{"ready", "offered", "ringing", "talking", "wrapup", "ready", "paused", "ready", "talking", "wrapup", "ready"} {
		h.store.Journal().Append(records.JournalEntry{Kind: "presence", Agent: "li", At: now.Add(time.Duration(i-12) * 13 * time.Minute), Data: []byte(`{"data":{"to":"` + state + `"}}`)})
	}
	must(t, h.store.Journal().Flush(t.Context()))
	h.played.set(agent.View{Login: "li", State: agent.Ready, Queues: []string{"service"}})
	b := browser.Start(t, browser.Options{})
	for name, look := range map[string]browser.Look{"zh": {}, "en-dark": {Lang: "en-GB", Dark: true}} {
		tab := h.open(b, "li", look)
		for _, page := range []string{"cases", "handovers", "callbacks", "day", "cases?show=closed", "cases?text=nothing"} {
			tab.Goto(h.url() + "/desk/" + page)
			tab.WaitVisible("h1")
			sound(t, tab, "list-"+strings.NewReplacer("?", "-", "=", "-").Replace(page)+"-"+name)
		}
		tab.Goto(h.url() + "/desk?case=" + own.Number)
		tab.WaitVisible("#case-form")
		sound(t, tab, "desk-"+name)
		still(t, tab, "desk-"+name)
		tab.Run(`document.querySelector("[name=outcome][value=onsite]").click()`)
		sound(t, tab, "desk-onsite-"+name)
		still(t, tab, "desk-onsite-"+name)
	}
	// Filtering while typing, and going on from a list by keyboard.
	tab := h.open(b, "li")
	tab.Goto(h.url() + "/desk/cases")
	tab.Fill("#cases-text", "发票")
	tab.Wait(`document.querySelectorAll("[data-testid=cases] tbody tr").length === 1 && location.search.includes("text=")`)
	tab.Goto(h.url() + "/desk/handovers")
	tab.Expect("422")
	tab.Click("[data-testid=return]")
	tab.WaitText("#handovers", "请写明原因")
	tab.Fill("[data-testid=reason]", "今天休假")
	tab.Click("[data-testid=return]")
	tab.WaitText("[data-testid=empty]", "没有等您接受的转交")
	empty := h.open(b, "chen")
	for _, page := range []string{"cases", "handovers", "callbacks", "day", ""} {
		empty.Goto(h.url() + strings.TrimSuffix("/desk/"+page, "/"))
		sound(t, empty, "empty-"+page)
	}
	if _, err := os.Stat(h.dir); err != nil {
		t.Error(err)
	}
}
