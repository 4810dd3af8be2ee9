package remote_test

import (
	"flag"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/records/vault/leak"
	"hotline/web/browser"
)

// shots names a directory in which pictures of every page are kept, for people to look at.
var shots = flag.String("shots", "", "keep pictures of the pages in this directory")

// sound checks a page as it stands: no fault, nothing that axe calls serious, nothing that has to be scrolled sideways.
func sound(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s: %s", name, fault)
	}
	var wide bool
	tab.Eval(`document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll(".card")].some(c => c.getBoundingClientRect().right > innerWidth)`, &wide)
	if wide {
		t.Errorf("%s has to be scrolled sideways", name)
	}
	if *shots != "" {
		tab.Screenshot(filepath.Join(*shots, name+".png"))
	}
}

// TestRemoteServiceInTheBrowser: from the escalation to the confirmed report. Every gate is tried without its evidence; the login
// information is nowhere afterwards.
func TestRemoteServiceInTheBrowser(t *testing.T) {
	const account, secret = "财务-admin", "Tr0ub4dor&3-密码"
	const theirs = "кот-и-собака-9"
	h := openHouse(t, 3*time.Second)
	o := h.order("c1")
	page := h.server.URL + "/orders/" + o.Number
	b := browser.Start(t, browser.Options{})
	tab := b.Tab()
	tab.Login(h.server.URL, "gao", password)
	tab.Goto(page)
	direct := h.visit("gao")
	gate := func(step string) {
		t.Helper()
		tab.WaitVisible(fmt.Sprintf(`[data-step=%s] [data-testid=complete]:disabled`, step))
		if status, _ := direct.post("/orders/"+o.Number+"/steps/"+step, "do", "complete"); status != http.StatusUnprocessableEntity {
			t.Errorf("%s passes without its evidence: %d", step, status)
		}
	}
	settle := func(step string) {
		t.Helper()
		tab.WaitEnabled(fmt.Sprintf(`[data-step=%s] [data-testid=complete]`, step))
		tab.Click(fmt.Sprintf(`[data-step=%s] [data-testid=complete]`, step))
		tab.WaitVisible(fmt.Sprintf(`[data-step=%s][data-state=done]`, step))
	}
	give := func(need string) {
		t.Helper()
		tab.Click(fmt.Sprintf(`[data-need=%s] [data-testid=give]`, need))
		tab.WaitVisible(fmt.Sprintf(`[data-need=%s] [data-testid=evidence]`, need))
	}
	choose := func(sel, value string) {
		t.Helper()
		tab.Run(fmt.Sprintf(`document.querySelector(%q).value = %q`, sel, value))
	}

	// 1 · What is to be maintained, tool and port; the port is looked at.
	gate("open_port")
	tab.WaitVisible(`[data-testid=probe-opening]:disabled`)
	sound(t, tab, "remote-new")
	tab.Fill("#t-open_port-scope", "财务报表的打印服务")
	give("scope")
	tab.Fill("#f-open_port-access-tool", "Windows 远程桌面")
	choose("#f-open_port-access-way", "port")
	tab.Fill("#f-open_port-access-host", "127.0.0.1")
	tab.Fill("#f-open_port-access-port", strconv.Itoa(int(h.port)))
	give("access")
	gate("open_port")
	tab.Click(`[data-testid=probe-opening]`)
	tab.WaitText(`[data-need=port_opened] [data-testid=evidence]`, "已开放")
	settle("open_port")

	// 2 · Login information: by the phone and by the customer's own hand.
	gate("login")
	tab.Click(`[data-need=vault] [data-testid=open]`)
	tab.WaitVisible(`[data-testid=add]`)
	gate("login")
	choose("#v-kind", "system")
	tab.Fill("#v-address", "10.1.2.3")
	tab.Fill("#v-account", account)
	tab.Fill("#v-password", secret)
	sound(t, tab, "remote-vault-add")
	tab.Click(`[data-testid=keep]`)
	tab.WaitVisible(`[data-testid=entry]`)
	tab.Click(`[data-need=vault] [data-testid=link]`)
	tab.WaitVisible(`[data-testid=made-link]`)
	sound(t, tab, "remote-link")
	phone := b.Tab(browser.Look{Width: 390, Height: 844})
	phone.Goto(tab.Text(`[data-testid=address]`))
	openLink(phone)
	phone.WaitVisible(`[data-testid=enter]`)
	sound(t, phone, "remote-enter")
	phone.Fill("#account", "sa")
	phone.Fill("#password", theirs)
	phone.Click(`[data-testid=enter-keep]`)
	phone.WaitText("h1", "已收到")
	tab.Reload()
	tab.WaitVisible(`[data-testid=entry]:nth-of-type(2)`)

	// Reading: with a reason, for a moment; nobody else.
	entry := `[data-testid=entry]:first-of-type`
	tab.Fill(entry+` input[name=reason]`, "登录应用服务器")
	tab.Click(entry + ` [data-testid=read]`)
	tab.WaitText(`[data-testid=password]`, secret)
	tab.WaitText(`[data-testid=readings]`, "1")
	sound(t, tab, "remote-shown")
	tab.WaitGone(`[data-testid=password]`)
	tab.WaitText(entry, "已隐藏")
	vaultSession := get[records.RemoteFile](t)(h.store.RemoteFile(t.Context(), o.ID)).Sessions[0]
	reading := "/remote/" + o.Number + "/entries/" + vaultSession.Entries[0].ID
	for _, other := range []string{"sue", "dan", "anna", "he"} {
		status, body := h.visit(other).post(reading, "session", vaultSession.ID, "reason", "好奇")
		if status < 400 || strings.Contains(body, secret) {
			t.Errorf("%s reads the login information: %d", other, status)
		}
	}
	if status, _ := direct.post(reading, "session", vaultSession.ID, "reason", " "); status != http.StatusUnprocessableEntity {
		t.Errorf("read without a reason: %d", status)
	}
	settle("login")

	// The manager sees who read, and extends; the customer's login information stays unseen.
	manager := b.Tab()
	manager.Login(h.server.URL, "sue", password)
	manager.Goto(page)
	manager.WaitText(`[data-testid=readings]`, "1")
	if n := count(manager, `[data-testid=read], [data-testid=add]`); n != 0 {
		t.Errorf("the manager is offered %d ways to use the login information", n)
	}
	manager.Run(`document.querySelector("[data-testid=vault] details:has(#v-until)").open = true; document.querySelector(".remote-log").open = true`)
	until := vaultSession.ExpiresAt.Add(2 * time.Hour).In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04")
	choose = func(sel, value string) { manager.Run(fmt.Sprintf(`document.querySelector(%q).value = %q`, sel, value)) }
	choose("#v-until", until)
	manager.Fill("#v-reason", "导入数据需要更久")
	sound(t, manager, "remote-manager")
	manager.Click(`[data-testid=extend]`)
	manager.Wait(`document.querySelector("[data-testid=log-extend]") !== null`)
	choose = func(sel, value string) { tab.Run(fmt.Sprintf(`document.querySelector(%q).value = %q`, sel, value)) }

	// 3 to 5 · Backup, work, the customer confirms by link, prevention.
	tab.Reload()
	gate("backup")
	tab.Fill("#f-backup-backup-size", "812.5")
	tab.Fill("#f-backup-backup-sha256", strings.Repeat("0f", 32))
	tab.Fill("#f-backup-backup-place", "客户服务器 D:\\backup\\20261122.bak")
	choose("#f-backup-backup-restored", "true")
	give("backup")
	settle("backup")
	gate("service")
	tab.Fill("#t-service-work", "重新安装打印驱动，修复报表模板的页面设置；三张报表打印正常。")
	give("work")
	settle("service")
	gate("solved")
	confirm(t, tab, b, "solved", "remote-confirm-solved")
	settle("solved")
	gate("prevention")
	tab.Fill("#t-prevention-advice", "升级前在测试环境打印三张样表；补丁安装后先重启打印服务。")
	give("advice")
	settle("prevention")

	// Closing: tool ended, login information destroyed, port seen closed.
	gate("closing")
	choose("#f-closing-tool_removed-state", "removed")
	tab.Fill("#f-closing-tool_removed-seen_by", "高明，孙丽")
	give("tool_removed")
	tab.Click(`[data-testid=probe-closing]`)
	tab.WaitText(`[data-need=port_closed] [data-testid=evidence]`, "已开放")
	gate("closing")
	must(t, h.opened.Close())
	tab.Click(`[data-testid=probe-closing]`)
	tab.Wait(`document.querySelectorAll("[data-need=port_closed] [data-testid=evidence]").length === 2`)
	gate("closing") // the session of the vault is still open
	tab.Run(`window.confirm = () => true`)
	tab.Click(`[data-testid=end]`)
	tab.WaitVisible(`[data-testid=tombstone]`)
	tab.Run(`document.querySelector(".remote-log").open = true`)
	sound(t, tab, "remote-tombstone")
	settle("closing")
	if status, body := direct.post(reading, "session", vaultSession.ID, "reason", "再看一次"); status != http.StatusConflict || strings.Contains(body, secret) {
		t.Errorf("read after the end: %d", status)
	}

	// The report, confirmed by the customer.
	gate("report")
	tab.Click(`[data-testid=report]`)
	tab.WaitVisible(`[data-need=report] [data-testid=evidence]`)
	gate("report")
	confirm(t, tab, b, "confirmed", "remote-confirm-report")
	settle("report")
	tab.Fill("#finish", "重新安装打印驱动，报表打印正常。")
	tab.Click("[data-testid=finish]")
	tab.WaitText("[data-testid=state]", "已完成")
	sound(t, tab, "remote-done")
	for _, look := range []browser.Look{{Width: 390, Height: 844}, {Lang: "en", Dark: true}} {
		other := b.Tab(look)
		other.Login(h.server.URL, "gao", password)
		other.Goto(page)
		other.WaitVisible(`[data-testid=tombstone]`)
		sound(t, other, fmt.Sprintf("remote-done-%d-%s", look.Width, look.Lang))
		other.Close()
	}

	f := get[records.OrderFile](t)(h.store.Order(t.Context(), o.ID))
	for _, r := range f.Rules {
		if r.Verdict != procedure.Proven {
			t.Errorf("rule %s: %s", r.Rule.Code, r.Verdict)
		}
	}
	for _, d := range f.Deliverables {
		if d.Verdict != procedure.Proven {
			t.Errorf("deliverable %s: %s", d.Deliverable.Code, d.Verdict)
		}
	}
	if e := get[records.Escalation](t)(h.store.Escalation(t.Context(), o.Escalation)); e.State != records.EscalationDone {
		t.Errorf("the escalation is %s", e.State)
	}
	checkReport(t, h, f, secret, account, theirs)
	for _, text := range []string{secret, account, theirs} {
		for _, hit := range get[[]leak.Hit](t)(leak.Search(h.dir, leak.Forms(text))) {
			t.Errorf("the login information is left: %v", hit)
		}
		for _, hit := range leak.In("the log", []byte(h.log.String()), leak.Forms(text)) {
			t.Errorf("the login information was said: %v", hit)
		}
	}
	if !strings.Contains(h.log.String(), "component=") {
		t.Error("there is no log that could have been searched")
	}
}

// openLink answers the question for the last four digits, when it is asked.
func openLink(phone *browser.Tab) {
	phone.WaitVisible("h1")
	phone.Fill("input[name=digits]", "1234")
	phone.Click("form button")
}

// confirm lets the customer confirm by a link that the engineer's page makes.
func confirm(t *testing.T, tab *browser.Tab, b *browser.Browser, need, name string) {
	t.Helper()
	tab.Click(fmt.Sprintf(`[data-need=%s] [data-testid=link]`, need))
	tab.WaitVisible(`[data-testid=made-link]`)
	phone := b.Tab(browser.Look{Width: 390, Height: 844})
	defer phone.Close()
	phone.Goto(tab.Text(`[data-testid=address]`))
	openLink(phone)
	phone.WaitVisible(`[data-testid=confirm]`)
	sound(t, phone, name)
	if count(phone, `[data-testid=document]`) > 0 { // a report is read before it is confirmed
		phone.Run(`fetch(document.querySelector("[data-testid=document]").href).then(() => { document.body.dataset.read = "1" })`)
		phone.WaitVisible(`body[data-read]`)
	}
	phone.Click(`[data-testid=yes]`)
	phone.WaitGone(`[data-testid=confirm]`)
	tab.Reload()
	tab.WaitVisible(fmt.Sprintf(`[data-need=%s] [data-testid=evidence]`, need))
}

func count(tab *browser.Tab, sel string) int {
	var n int
	tab.Eval(fmt.Sprintf(`document.querySelectorAll(%q).length`, sel), &n)
	return n
}
