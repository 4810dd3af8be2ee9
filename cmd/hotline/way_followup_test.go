package main

import (
	"fmt"
	"strings"
)

// followUp is a solved case that the draw of the next day takes: the manager calls over the same hotline, and what the customer says is the
// survey. Nothing counts that nobody was asked.
func (w *ways) followUp() {
	number := w.call("客户端无法登录", "solved", ends{"solved.solution": "同步服务器时间，重启认证服务。", "solved.confirmed": "true"})
	before := w.Calls()
	for _, tab := range []interface{ Close() }{w.desk, w.gao, w.dan, w.wu} { // everybody goes home
		tab.Close()
	}
	w.tomorrow(w.t)
	chen := w.sit("chen")
	w.wu = w.sit("wu")
	chen.Goto(w.base + "/followup")
	chen.WaitText("[data-testid=worklist]", number)
	chen.Run(fmt.Sprintf(`document.querySelector('[data-case=%q] a').click()`, number))
	chen.WaitVisible("[data-testid=dial]")
	at := chen.Path()
	w.refused(chen, "a survey without answers", at+"/survey", "channel", "call", "who", "孙丽")

	chen.Click("[data-testid=dial]")
	near := w.Invite(w.chen)
	near.Answer()
	far := w.Invite(w.provider)
	if !strings.HasSuffix(far.Invite.Recipient.User, w.number) {
		w.t.Errorf("dialled %s, want %s", far.Invite.Recipient.User, w.number)
	}
	far.Answer()
	w.Talk(near, far)
	chen.WaitText("[data-testid=call-state]", "通话中")
	w.Wait("the customer hangs up", far.HangUp)
	w.Ended("the manager's phone", near)
	chen.WaitText("[data-testid=attempts]", "录音")
	chen.Run(`document.querySelector("[name='q.speed'][value='5']").click(); document.querySelector("[name='q.quality'][value='4']").click()`)
	chen.Fill("#q-comment", "当天就解决了")
	chen.Click("[data-testid=save]")
	chen.WaitText("[data-testid=surveys]", "计入统计")
	if after := w.Calls(); len(after) != len(before) {
		w.t.Errorf("the callers' calls were %d, are %d", len(before), len(after))
	}

	f := w.arrived(number, "followup")
	w.says(w.document(f, "survey"), "客户满意度调查单", "孙丽", "当天就解决了")
	w.wu.Goto(w.base + "/followup/results")
	w.wu.WaitText("main", "Li")
	w.Stop()
	if out := w.Run("verify"); !strings.Contains(out, "1 draws of follow-ups") || !strings.Contains(out, "every chain holds") {
		w.t.Errorf("verify: %s", out)
	}
}
