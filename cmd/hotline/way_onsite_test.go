package main

import (
	"fmt"
	"strings"

	"hotline/records"
	"hotline/web/browser"
)

// visit is the engineer before the page of a visit, on a phone.
type visit struct {
	*browser.Tab
	w     *ways
	order records.Order
}

// at waits until a step is the one to be done and everything was sent, and tries it, and the end, without evidence.
func (v visit) at(step string) {
	v.w.t.Helper()
	v.Wait(`document.querySelector("[data-testid=step]")?.dataset.code === "` + step + `"`)
	v.sent()
	v.WaitVisible(`[data-testid=complete]:disabled`)
	v.w.refused(v.w.gao, step, "/orders/"+v.order.Number+"/steps/"+step, "do", "complete")
}

// sent waits until nothing waits in the phone: then nothing is drawn anew under the test's hands.
func (v visit) sent() {
	v.w.t.Helper()
	v.Wait(`(({state, unsent}) => state === "sent" && unsent === "0")(document.querySelector("#line").dataset)`)
}

func (v visit) met(need string) {
	v.w.t.Helper()
	v.Wait(`document.querySelector('[data-need="` + need + `"]')?.dataset.met === "true"`)
}

func (v visit) completes() {
	v.w.t.Helper()
	v.sent()
	v.WaitEnabled(`[data-testid="complete"]`)
	v.Click(`[data-testid="complete"]`)
}

// gives fills the fields of a need by their names and keeps them.
func (v visit) gives(need string, fields ...string) {
	v.w.t.Helper()
	v.sent()
	for i := 0; i < len(fields); i += 2 {
		v.Run(fmt.Sprintf(`(() => { const f = document.querySelector('[data-need=%q] ' + (%q || "textarea")); if (f.type === "checkbox") f.checked = true; else f.value = %q; f.dispatchEvent(new Event("input", {bubbles: true})); })()`, need, fields[i], fields[i+1]))
	}
	v.Click(`[data-need="` + need + `"] [data-testid="save"]`)
	v.met(need)
}

// signs has the customer sign what is shown, by the typed name.
func (v visit) signs(button string) {
	v.w.t.Helper()
	v.sent()
	v.Click(button)
	v.WaitVisible("#sign-now")
	v.Wait(`document.querySelector("#shown").textContent.length > 10 && document.querySelector("#pad").width > 0`)
	v.Click("#sign-type")
	v.Click("#sign-now")
	v.Wait(`!document.querySelector("#signing").open`)
}

// linked gives the link that the phone shows.
func (v visit) linked() string {
	v.w.t.Helper()
	v.Wait(`document.querySelector("#linked").open && document.querySelector("#qr").naturalWidth > 100`)
	return v.Text("#link-url")
}

func (w *ways) onsite() {
	number := w.call("服务器断电后无法启动", "onsite", w.handedOn("停电后服务器无法启动，电源灯不亮。", "工程师上门"))
	order := w.arranged(number, records.KindOnsite)
	v := visit{w.b.Tab(browser.Look{Width: 390, Height: 844, Still: true}), w, order}
	v.Login(w.base, "gao", "correct horse battery staple")
	v.Goto(w.base + "/visit")
	v.Wait(`document.querySelector("#visit")?.dataset.kept === "yes"`)
	v.sent()
	v.Click(`[data-testid="visit"]`)

	v.at("arrival")
	v.gives("arrived", "[name=place]", "3 号楼机房")
	v.completes()
	v.at("identity")
	v.gives("problem", "", "昨晚停电后服务器电源灯不亮。")
	v.WaitEnabled(`[data-need="confirmed"] [data-testid="link"]`)
	v.Click(`[data-need="confirmed"] [data-testid="link"]`)
	customer := w.phone(v.linked())
	customer.WaitText("[data-testid=identity]", "高明")
	customer.Fill("#code", "12345678")
	customer.Click("[data-testid=yes]")
	customer.WaitText("[data-testid=trouble]", "到访码不对")
	customer.Fill("#code", strings.ReplaceAll(v.Text("[data-testid=code]"), " ", ""))
	customer.Click("[data-testid=yes]")
	customer.WaitVisible("[data-testid=done]")
	customer.Close()
	v.Click("#linked button")
	v.met("confirmed")
	v.completes()
	v.at("backup")
	v.signs(`[data-need="permission"] [data-testid="sign"]`)
	v.gives("backup", "[name=size]", "12000", "[name=sha256]", strings.Repeat("ab", 32), "[name=place]", "文件服务器 D 盘", "[name=restored]", "yes")
	v.completes()
	v.at("diagnosis")
	v.gives("diagnosis", "", "服务器电源模块损坏。")
	v.completes()
	v.at("proposal")
	v.gives("plan", "", "更换电源模块，开机后做一致性检查。")
	v.signs(`[data-need="consent"] [data-testid="sign"]`)
	v.completes()
	v.at("check")
	v.gives("work", "", "更换电源模块 PS-750，开机正常。")
	v.sent()
	v.Run(`(() => { document.querySelectorAll(".checklist input[value=ok]").forEach((f) => { f.checked = true; }); document.querySelector(".checklist [name=normal]").checked = true; })()`)
	v.Click(`[data-need="checklist"] [data-testid="save"]`)
	v.met("checklist")
	v.completes()
	v.at("solved")
	v.signs(`[data-need="solved"] [data-testid="sign"]`)
	v.completes()
	v.at("prevention")
	v.gives("analysis", "", "机房没有稳压设备。")
	v.gives("advice", "", "加装 UPS，每季检查一次电池。")
	v.completes()
	v.at("work_order")
	v.Click("[data-testid=sheet]")
	v.WaitText("#shown", "加装 UPS")
	v.Click("#sign-type")
	v.Click("#sign-now")
	v.WaitVisible("[data-testid=copy-link]")
	v.sent()
	w.refused(w.gao, "the copy was not fetched", "/orders/"+order.Number+"/steps/work_order", "do", "complete")
	v.WaitEnabled("[data-testid=copy-link]")
	v.Click("[data-testid=copy-link]")
	customer = w.phone(v.linked())
	customer.WaitVisible("[data-testid=fetch]")
	customer.Run(`(async () => { const form = document.querySelector("form"); await fetch(form.action, {method: "POST", body: new URLSearchParams(new FormData(form))}); })()`)
	customer.Close()
	v.Click("#linked button")
	v.completes()
	v.WaitVisible("[data-testid=finish]")
	v.Fill("#result", "更换电源模块，系统恢复正常。")
	v.Click("[data-testid=finish]")
	v.Wait(`document.querySelector(".state")?.textContent.includes("目前没有安排给您的上门")`)
	v.sent()
	v.Close()

	f := w.arrived(number, records.KindOnsite)
	w.says(w.document(f, "work_order"), "客服维护工作单", f.Order.Number, "华东一厂", "电源灯不亮", "文件服务器 D 盘", "电源模块损坏", "PS-750", "加装 UPS", "高明", "孙丽")
}
