package followup_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hotline/records"
	"hotline/web/browser"
)

// open gives a tab in which login is signed in; "" is a customer.
func (h *house) open(b *browser.Browser, login string, look browser.Look) *browser.Tab {
	h.t.Helper()
	look.Still = true
	tab := b.Tab(look)
	if login != "" {
		tab.Goto(h.base + "/healthz") // a page of this site, to set its cookie
		tab.Run(fmt.Sprintf(`document.cookie = "hotline=%s; path=/"`, h.session(login)))
	}
	return tab
}

// sound checks a page as it stands: no fault, nothing that axe calls serious, nothing to scroll sideways. With HOTLINE_SHOTS its
// picture is kept.
func sound(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	tab.Wait(`document.getAnimations().every(a => a.playState !== "running")`)
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
	tab.Screenshot(filepath.Join(cmp.Or(os.Getenv("HOTLINE_SHOTS"), t.TempDir()), name+".png"))
}

// TestManagerAtWork: from the worklist to the call, a low score, its improvement planned, carried out and checked; regular visits;
// results and draws; in both languages.
func TestManagerAtWork(t *testing.T) {
	h := newHouse(t)
	customer := h.customer()
	f := h.solve("c1", "li", "打印机无法打印，重启后恢复")
	h.solve("c2", "wang", "月结后库存对不上")
	h.solve("c3", "li", "客户端无法登录")
	b := browser.Start(t, browser.Options{})
	desk := browser.Look{Width: 1366, Height: 768}
	tab := h.open(b, "chen", desk)
	tab.Expect("422")
	tab.Goto(h.base + "/followup")
	tab.WaitText("[data-testid=empty]", "零点抽样")
	sound(t, tab, "followup-empty")
	h.draw()
	tab.Reload()
	tab.WaitText("[data-testid=worklist]", "华东一厂")
	sound(t, tab, "followup-worklist")

	tab.Goto(h.base + "/followup/cases/" + f.ID)
	sound(t, tab, "followup-one")
	tab.Click("[data-testid=dial]")
	tab.WaitText("[data-testid=call-state]", "正在响您的电话")
	h.phone.be("talking")
	tab.WaitText("[data-testid=call-state]", "通话中")
	sound(t, tab, "followup-talking")
	tab.Run(`document.querySelector("[name='q.speed'][value='2']").click()`)
	tab.Fill("#q-comment", "等了三天才解决")
	h.phone.end("customer")
	tab.WaitText("[data-testid=attempts]", "客户挂断")
	tab.Wait(`document.querySelector("[name='q.speed'][value='2']").checked && document.querySelector("#q-comment").value === "等了三天才解决"`)
	tab.Run(`document.querySelector("[data-testid=survey]").noValidate = true`)
	tab.Click("[data-testid=save]")
	tab.WaitText("#messages", "解决质量")
	tab.Run(`document.querySelector("[name='q.quality'][value='4']").click()`)
	tab.Fill("#q-comment", "等了三天才解决，希望备件提前到站。")
	sound(t, tab, "followup-asking")
	tab.Click("[data-testid=save]")
	tab.WaitText("[data-testid=surveys]", "计入统计")
	sound(t, tab, "followup-answered")

	tab.Goto(h.base + "/followup/improvements")
	tab.WaitText("[data-testid=improvement]", "速度 2 分，质量 4 分")
	sound(t, tab, "followup-improvement")
	tab.Run(`document.querySelector("[name=owner]").value = "li"`)
	tab.Run(fmt.Sprintf(`document.querySelector("[name=due]").value = %q`, h.clock().AddDate(0, 0, 10).Format(time.DateOnly)))
	tab.Fill("[name=plan]", "常用备件前移到北方中心；两天内无进展时由值班经理告知客户。")
	tab.Click("[data-testid=plan] button")
	tab.WaitText("[data-testid=istate]", "执行中")
	tab.Fill("[name=result]", "三类备件已到站，值班表已加入告知。")
	tab.Click("[data-testid=finish] button")
	tab.WaitText("[data-testid=istate]", "待查效果")
	tab.Fill("[name=effect]", "两周内同类问题均在一天内解决。")
	tab.Click("[data-testid=check] [value=yes]")
	tab.WaitVisible("[data-testid=empty]")
	tab.Goto(h.base + "/followup/improvements?show=all")
	tab.WaitText("[data-testid=istate]", "已改善")
	sound(t, tab, "followup-improved")
	if o := get[records.OrderFile](t)(h.store.Order(t.Context(), get[records.FollowUp](t)(h.store.FollowUp(t.Context(), f.ID)).Order)); !o.Order.State.Ended() {
		t.Errorf("the order is %s: %+v", o.Order.State, o.Unfinished)
	}

	north := "north"
	get[records.Customer](t)(h.store.AddCustomer(t.Context(), records.Customer{Name: "华东八厂", ServiceCentre: "south"}))
	get[records.User](t)(h.store.AddUser(t.Context(), records.NewUser{Login: "yang", Name: "杨北", Roles: []string{records.RoleSupervisor, records.RoleEngineer}}))
	get[records.Engineer](t)(h.store.SetEngineer(t.Context(), records.EngineerChange{Login: "yang", Centre: &north}))
	tab.Goto(h.base + "/followup/visits")
	choose := func(customer string) {
		tab.Run(fmt.Sprintf(`(() => { const s = document.querySelector("#customer"); s.value = [...s.options].find((o) => o.text.startsWith(%q)).value; s.dispatchEvent(new Event("change", {bubbles: true})); })()`, customer))
	}
	choose("华东八厂")
	tab.Wait(`document.querySelector("#manager option").value !== "yang"`)
	choose("华东一厂")
	tab.Wait(`document.querySelector("#manager option").value === "yang"`)
	tab.Run(fmt.Sprintf(`document.querySelector("[name=next]").value = %q`, h.clock().AddDate(0, 0, 9).Format(time.DateOnly)))
	tab.Fill("#vreason", "年度服务协议第 6 条")
	tab.Click("[data-testid=planvisit] button")
	tab.WaitText("[data-testid=visits]", "每 3 个月")
	get[records.Swept](t)(h.store.SweepOverdue(t.Context(), h.clock()))
	tab.Reload()
	tab.WaitText("[data-testid=visits]", "S-")
	sound(t, tab, "followup-visits")
	if plans := get[records.Page[records.VisitPlan]](t)(h.store.VisitPlans(t.Context(), "", 0)).Items; len(plans) != 1 || plans[0].CustomerID != customer.ID {
		t.Errorf("plans: %+v", plans)
	}

	get[records.Survey](t)(h.store.AddSurvey(t.Context(), records.NewSurvey{
		FollowUp: h.of("c2"), Channel: records.SurveyCall, Who: "孙丽", KeyedBy: "zhou", Answers: map[string]string{"speed": "5", "quality": "5"},
	}))
	tab.Goto(h.base + "/followup/results")
	tab.WaitVisible("#chart canvas")
	tab.WaitText("[data-testid=results]", "样本少")
	sound(t, tab, "followup-results")
	tab.Goto(h.base + "/followup/draws")
	tab.WaitText("[data-testid=draws]", "3 / 3")
	sound(t, tab, "followup-draws")

	english := h.open(b, "zhou", browser.Look{Width: 1366, Height: 768, Lang: "en", Dark: true})
	for name, path := range map[string]string{
		"worklist": "", "one": "/cases/" + f.ID, "improvements": "/improvements?show=all", "visits": "/visits", "results": "/results", "draws": "/draws",
	} {
		english.Goto(h.base + "/followup" + path)
		sound(t, english, "followup-en-"+name)
	}
}

// of gives the follow-up of the case of a call.
func (h *house) of(call string) string {
	h.t.Helper()
	k := get[records.Case](h.t)(h.store.CaseOfCall(h.t.Context(), call))
	return get[records.FollowUp](h.t)(h.store.FollowUp(h.t.Context(), k.Number)).ID
}

// TestCustomerOnAPhone: the link's page on a phone, by fingers and by keys, in both languages.
func TestCustomerOnAPhone(t *testing.T) {
	h := newHouse(t)
	h.customer()
	f := h.solve("c1", "li", "打印机无法打印，重启后恢复")
	h.draw()
	b := browser.Start(t, browser.Options{})
	manager := h.open(b, "chen", browser.Look{Width: 1366, Height: 768})
	manager.Goto(h.base + "/followup/cases/" + f.ID)
	manager.Click("[data-testid=makelink]")
	manager.WaitVisible("[data-testid=link]")
	sound(t, manager, "followup-link")
	var address string
	manager.Eval(`document.querySelector("[data-testid=link] code").textContent`, &address)

	phone := h.open(b, "", browser.Look{Width: 390, Height: 844})
	phone.Expect("422")
	phone.Goto(address)
	phone.Fill("#digits", "8000")
	phone.Click("[data-testid=go]")
	phone.WaitVisible("[data-testid=survey]")
	sound(t, phone, "followup-phone")
	phone.Run(`document.querySelector("[name='q.speed'][value='5']").focus()`)
	phone.Key(" ")
	phone.Click("[data-testid=send]")
	phone.WaitVisible("[data-testid=trouble]")
	phone.Goto(address + "?lang=en")
	phone.WaitText("h1", "satisfaction")
	phone.Run(`document.querySelector("[name='q.speed'][value='5']").click()`)
	phone.Run(`document.querySelector("[name='q.quality'][value='4']").click()`)
	sound(t, phone, "followup-phone-en")
	phone.Click("[data-testid=send]")
	phone.WaitVisible("[data-testid=done]")
	sound(t, phone, "followup-phone-done")
	if list := get[[]records.Survey](t)(h.store.Surveys(t.Context(), f.ID)); len(list) != 1 || list[0].Channel != records.SurveyLink || list[0].Quality != 4 {
		t.Errorf("%+v", list)
	}
}
