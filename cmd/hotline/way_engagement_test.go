package main

import (
	"fmt"

	"hotline/web/browser"
)

// engagement is the manager wu and the engineer gao before one engagement.
type engagement struct {
	*ways
	at string // its address
}

// engaged is the call that a department accepts: what it opens waits for an engineer, whom the manager names.
func (w *ways) engaged(kind, department, subject string) (number string, e engagement) {
	w.t.Helper()
	number = w.call(subject, "referred", referred(department, "赵工"))
	f := w.orderOf(number, kind)
	w.desk.WaitText("[data-testid=done-order]", f.Order.Number)
	if c := w.Case(number); c.State != "referred" {
		w.t.Errorf("the case is %s", c.State)
	}
	e = engagement{w, w.base + "/engagements/" + f.Order.Number}
	w.wu.Goto(w.base + "/engagements?kind=" + kind)
	w.wu.WaitText("[data-testid=engagement]", "华东一厂")
	w.wu.Click("[data-testid=engagement] a")
	w.wu.WaitText("[data-testid=case]", number)
	choose(w.wu, "#engineer", "gao")
	w.wu.Click("[data-testid=assign]")
	w.wu.WaitGone("[data-testid=assign]")
	w.gao.Goto(e.at)
	return number, e
}

func paper(code string) string { return fmt.Sprintf("[data-document=%s]", code) }

// lacks tries to complete the step that is open, and is told what is missing.
func (e engagement) lacks(step, want string) {
	e.t.Helper()
	e.gao.Goto(e.at)
	e.gao.Click(fmt.Sprintf("#step-%s [data-testid=complete]", step))
	e.gao.WaitText(fmt.Sprintf("#step-%s [data-testid=trouble]", step), want)
}

// fills answers everything that a questionnaire asks for; named are answers by the field's name.
func fills(tab *browser.Tab, named map[string]string) {
	tab.WaitVisible(".sheet-question")
	tab.Run(`(() => { for (const box of document.querySelectorAll(".sheet-question")) {
		const what = (box.querySelector("legend, label, .label")?.textContent ?? "").trim();
		const first = box.querySelector("input[type=radio], input[type=checkbox]");
		if (first) { first.checked = true; continue; }
		for (const cell of box.querySelectorAll("tbody tr:first-child input")) cell.value = cell.getAttribute("aria-label") + "甲";
		const field = box.querySelector(":scope > input, :scope > textarea");
		if (!field) continue;
		field.value = field.type === "date" ? "2026-11-22" : field.inputMode === "decimal" ? "12" : what + "：服务器超过六年，分两期改造。";
	} })()`)
	for name, value := range named {
		tab.Run(fmt.Sprintf(`document.getElementsByName(%q)[0].value = %q`, name, value))
	}
}

// written fills a document's questionnaire and makes a version of it, which the manager approves.
func (e engagement) written(code string, named map[string]string) {
	e.t.Helper()
	e.gao.Goto(e.at)
	e.gao.Click(paper(code) + " [data-testid=fill]")
	fills(e.gao, named)
	e.gao.Click("[data-testid=done]")
	versions, had := fmt.Sprintf(`document.querySelectorAll("%s [data-testid=version]").length`, paper(code)), 0
	e.gao.WaitVisible(paper(code) + " [data-testid=make-version]")
	e.gao.Eval(versions, &had)
	e.gao.Click(paper(code) + " [data-testid=make-version]")
	e.gao.Wait(fmt.Sprintf("%s === %d", versions, had+1))
}

func (e engagement) approved(code string) {
	e.t.Helper()
	e.wu.Goto(e.at)
	e.wu.Click(paper(code) + " [data-testid=approve]")
	e.wu.WaitVisible(paper(code) + " [data-testid=version][data-state=approved]")
}

// confirmed sends the customer a document, who confirms it on a phone, and not before it was read.
func (e engagement) confirmed(code string) {
	e.t.Helper()
	e.gao.Goto(e.at)
	e.gao.Click(paper(code) + " [data-testid=deliver]")
	e.gao.WaitVisible("[data-testid=link] .secret")
	phone := e.phone(e.gao.Text("[data-testid=link] .secret"))
	phone.WaitVisible("[data-testid=confirm]")
	phone.Click("[data-testid=yes]")
	phone.WaitVisible("[data-testid=trouble]")
	var address string
	phone.Eval(`document.querySelector("[data-testid=document]").href`, &address)
	e.says(e.fetch(phone, address), "华东一厂", "服务器超过六年，分两期改造")
	phone.Click("[data-testid=yes]")
	phone.WaitVisible("[data-testid=done]")
	phone.Close()
	e.gao.Goto(e.at)
	e.gao.WaitVisible(paper(code) + " [data-testid=confirmed]")
}

func (e engagement) completed(step string) {
	e.t.Helper()
	e.gao.Goto(e.at)
	e.gao.Click(fmt.Sprintf("#step-%s [data-testid=complete]", step))
	e.gao.WaitVisible(fmt.Sprintf("#step-%s[data-state=done]", step))
}

func (e engagement) finished() {
	e.t.Helper()
	e.gao.Goto(e.at)
	e.gao.Fill("#result", "全部交付，客户已确认。")
	e.gao.Click("[data-testid=finish]")
	e.gao.WaitText("[data-testid=state]", "已完成")
}
