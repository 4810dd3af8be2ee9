package main

import (
	"fmt"
	"strings"
	"time"

	"hotline/records"
)

// class is a caller who asks for training: the department accepts, the class that waits for its plan is published, the caller registered.
func (w *ways) class() {
	number := w.call("备份与恢复的培训", "referred", referred("training", "周老师"))
	order := w.orderOf(number, records.ProcedureClass).Order
	w.desk.WaitText("[data-testid=done-order]", order.Number)
	at, m := w.base+"/classes/"+order.Number, w.wu
	m.Goto(w.base + "/classes")
	m.Click("[data-testid=class] a")
	m.WaitText("[data-testid=asked]", "孙丽")
	m.WaitText("[data-testid=asked]", number)
	m.Click("[data-testid=publish]")
	m.WaitText("[data-testid=trouble]", "培训目标")
	choose(m, "#goals", "能独立完成恢复演练")
	choose(m, "#audience", "各单位系统管理员")
	choose(m, "#frontier", "不可变备份")
	choose(m, "#frontier_by", "吴敏")
	m.Click("[data-testid=save]")
	m.Wait(`document.querySelector("[data-testid=trouble]") === null && document.querySelector("#goals").value.includes("恢复演练")`)
	m.Click("[data-testid=publish]")
	m.WaitVisible("[data-testid=address]")

	// The caller is registered with what the call left, a link is told, and the seat confirmed behind it.
	w.refused(m, "counted without participants", "/classes/"+order.Number+"/count")
	m.Goto(at + "/people")
	m.Wait(`document.querySelector("#name").value === "孙丽" && document.querySelector("#organisation").value === "华东一厂"`)
	m.Click("[data-testid=register]")
	m.Click("[data-testid=person-link]")
	m.WaitVisible("[data-testid=link] .secret")
	phone := w.phone(m.Text("[data-testid=link] .secret"))
	phone.WaitText("[data-testid=standing]", "保留名额")
	phone.Click("[data-testid=come]")
	phone.WaitVisible("[data-testid=done]")
	phone.Click("[data-testid=back]")
	m.Goto(at + "/people")
	m.Click("[data-testid=count]")
	m.WaitGone("[data-testid=count]")

	m.Goto(at + "/arrangement")
	m.Click("[data-testid=arrange]")
	m.WaitText("[data-testid=trouble]", "还没有课程安排")
	begins := time.Now().In(shanghai()).Add(time.Minute)
	if begins.Hour() > 20 { // a session ends on its day
		begins = begins.Add(-3 * time.Hour)
	}
	choose(m, "#from", begins.Format("2006-01-02T15:04"))
	choose(m, "#to", begins.Add(3*time.Hour).Format("2006-01-02T15:04"))
	m.Fill("#course", "备份与恢复实操")
	m.Fill("#where", "总部三楼培训室")
	m.Click("[data-testid=add-lesson]")
	m.WaitVisible("[data-testid=lesson]")
	choose(m, "#name", "周教授")
	choose(m, "#organisation", "某大学计算机学院")
	choose(m, "#subject", "存储与容灾前沿")
	choose(m, "#number", w.number)
	m.Click("[name=outside]")
	m.Click("[data-testid=invite]")
	m.WaitVisible("[data-testid=lecturer]")
	m.Click("[data-testid=arrange]")
	m.WaitText("[data-testid=trouble]", "周教授") // has not answered
	m.Click("[data-testid=lecturer-link]")
	m.WaitVisible("[data-testid=link] .secret")
	teacher := w.phone(m.Text("[data-testid=link] .secret"))
	teacher.Click("[data-testid=accept]")
	teacher.WaitVisible("[data-testid=done]")
	teacher.Close()
	m.Goto(at + "/arrangement")
	m.Click("[data-testid=arrange]")
	m.WaitGone("[data-testid=arrange]")

	m.Goto(at + "/attendance")
	m.Click("[data-testid=hold]")
	m.WaitText("[data-testid=trouble]", "还没有人签到")
	var pass string
	beside(w.t, w.House, func(s *records.Store) {
		people, err := s.Registrations(w.t.Context(), order.ID)
		if err != nil || len(people) != 1 {
			w.t.Fatalf("%d participants, %v", len(people), err)
		}
		pass = people[0].Pass
	})
	w.desk.Goto(w.base + "/pass/" + pass) // shown at the door
	w.desk.Click("[data-testid=pass-in]")
	w.desk.WaitText("[data-testid=in]", "验参会码")
	m.Goto(at + "/attendance")
	m.Click("[data-testid=hold]")
	m.WaitGone("[data-testid=hold]")

	w.refused(m, "an exam without questions", "/classes/"+order.Number+"/open-exam")
	m.Goto(at + "/exam")
	choose(m, "#text-1", "生产数据库至少多久备份一次？")
	choose(m, "#options-1", "* 每天\n每月\n每年")
	m.Click("[data-testid=save-exam]")
	m.Click("[data-testid=open-exam]")
	m.WaitGone("[data-testid=open-exam]")
	w.refused(m, "an exam without papers", "/classes/"+order.Number+"/close-exam")
	phone.Reload()
	phone.WaitVisible("[data-testid=exam]")
	phone.Click("[name='a.q1'][value='0']")
	phone.Click("[data-testid=hand-in]")
	phone.WaitVisible("[data-testid=done]")
	m.Goto(at + "/exam")
	m.Click("[data-testid=close-exam]")
	m.WaitGone("[data-testid=close-exam]")

	m.Goto(at + "/survey")
	m.Click("[data-testid=close-survey]")
	m.WaitText("[data-testid=trouble]", "满意度调查")
	phone.Click("[data-testid=back]")
	phone.WaitVisible("[data-testid=survey]")
	for _, q := range []string{"content", "frontier", "lecturers", "useful", "arrangement"} {
		phone.Click(fmt.Sprintf("[name='q.%s'][value='5']", q))
	}
	phone.Click("[data-testid=send-survey]")
	phone.WaitVisible("[data-testid=done]")
	phone.Close()
	m.Goto(at + "/survey")
	m.Click("[data-testid=close-survey]")
	m.WaitGone("[data-testid=close-survey]")
	m.Goto(at + "/report")
	m.Click("[data-testid=file-report]")
	m.WaitText("[data-testid=trouble]", "培训总结")
	choose(m, "#summary", "学员能独立制定备份计划，恢复演练一次成功。")
	choose(m, "#improve", "增加上机时间。")
	m.Click("[data-testid=file-report]")
	m.WaitVisible("[data-testid=report-file]")

	f := w.arrived(number, records.ProcedureClass)
	w.says(w.document(f, "report"), "培训总结报告", "备份与恢复的培训", "能独立完成恢复演练", "周教授", "恢复演练一次成功", "10 / 10")
	if !strings.Contains(w.Run("verify"), "every chain holds") {
		w.t.Error("a chain is broken")
	}
}
