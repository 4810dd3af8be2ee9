package main

import "strings"

// hotline is the service that needs no other: solved on the phone, written up in two clicks, reviewed by a second person, and there for
// the next customer.
func (w *ways) hotline() {
	number := w.call("打印发票时卡纸", "solved", ends{"solved.solution": "清理进纸轮，换用 80 克纸。", "solved.confirmed": "true"})
	if c := w.Case(number); c.State != "solved" || c.Closed.IsZero() {
		w.t.Errorf("the case is %s", c.State)
	}
	w.wu.Goto(w.base + "/cases/" + number)
	w.wu.WaitVisible("[data-testid=checked].badge-good")
	w.bundle(number, "清理进纸轮")

	w.desk.Click("[data-testid=write-up]")
	w.desk.WaitVisible(`[id="title.zh"]`)
	w.desk.Click("[data-testid=submit]")
	w.desk.WaitText(".page-head", "待审核")
	article := w.desk.Path()
	w.refused(w.desk, "published by who wrote it", article+"/publish", "audience", "customers")
	w.wu.Goto(w.base + article)
	w.wu.Click("input[value=customers]")
	w.wu.Click("[data-testid=publish]")
	w.wu.WaitText(".page-head", "客户和内部")
	phone := w.reader(w.base + "/help?q=卡纸")
	phone.WaitText("[data-testid=help-list]", "打印发票时卡纸")
	phone.Click("[data-testid=help-list] a")
	phone.WaitText("[data-testid=body]", "清理进纸轮")
	phone.Close()
	if out := w.Run("verify"); !strings.Contains(out, "every chain holds") {
		w.t.Errorf("verify: %s", out)
	}
}
