package dispatch

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web"
	"hotline/web/browser"
)

// live sends what happens in the records to the board, as the server does.
func (h *house) live() {
	h.store.OnOrder(func(c records.OrderChange) {
		must(h.t, h.hub.Publish(web.Live{Kind: "order", At: h.now(), To: web.ToDispatchers | web.ToSupervisors, Full: c}))
	})
	ctx, stop := context.WithCancel(context.WithoutCancel(h.t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		reader := h.store.FeedFrom(0)
		for {
			entries, err := reader.Next(ctx, 10)
			if err != nil {
				return
			}
			for _, e := range entries {
				_ = h.hub.Publish(web.Live{Kind: "escalation", At: e.At, To: web.ToDispatchers | web.ToSupervisors, Full: e})
			}
		}
	}()
	h.t.Cleanup(func() {
		stop()
		<-ended
	})
}

// staffed sets up two engineers: gao fits the customer of the tests, he does not.
func (h *house) staffed() {
	h.t.Helper()
	for login, e := range map[string]struct{ centre, title, product string }{
		"gao": {"nanjing", "高级服务工程师", "system"}, "he": {"guangzhou", "服务工程师", "software"},
	} {
		_, err := h.store.SetEngineer(h.t.Context(), records.EngineerChange{Login: login, Centre: &e.centre, Title: &e.title, Products: map[string]int{e.product: 2}})
		must(h.t, err)
	}
}

// TestBoard: what arrives is seen at once, taken on by keyboard, given to the engineer who fits, and moved in the plan.
func TestBoard(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC)) // Tuesday 09:10 in Nanjing
	h.staffed()
	h.live()
	b := browser.Start(t, browser.Options{})
	tab := b.Tab()
	tab.Login(h.server.URL, "dan", password)
	tab.Goto(h.server.URL + "/dispatch")
	tab.WaitVisible(".lane-empty")
	sound(t, tab, "empty board")
	picture(t, tab, "board-empty")

	first := h.escalate("call-1", records.KindOnsite, "服务器断电后无法启动")
	h.escalate("call-2", records.KindRemote, "报表打印错位")
	tab.WaitText(`[data-lane="new"]`, "服务器断电后无法启动")
	tab.WaitText(`[data-lane="new"]`, "报表打印错位")
	tab.Wait(`document.querySelector(".due-words")?.textContent?.includes("剩余")`)
	picture(t, tab, "board-new")
	tab.Wait(`[...document.querySelectorAll('[data-lane="new"] .ticket-number')].every((a) => a.getAttribute("href") === "/cases/" + a.textContent)`)

	// By keyboard.
	tab.Key("j")
	tab.Wait(`document.activeElement?.classList.contains("ticket")`)
	tab.Run(`document.querySelector('[data-id="` + first.ID + `"]').focus()`)
	tab.Key("a")
	tab.WaitVisible(`[data-testid="candidate"]`)
	order, err := h.store.Orders(t.Context(), records.OrderFilter{Kind: records.KindOnsite})
	must(t, err)
	if len(order.Items) != 1 || order.Items[0].State != procedure.Open {
		t.Fatalf("accepting gave %+v", order.Items)
	}
	tab.WaitText(`[data-testid="candidate"]`, "高明")
	tab.WaitText(`[data-testid="candidate"] .why`, "本服务中心")
	sound(t, tab, "arrange")
	picture(t, tab, "arrange")
	// The plan follows what the customer is told, and goes apart only when it is set itself.
	fill := func(name, value string) {
		tab.Run(fmt.Sprintf(`(() => { const e = document.querySelector("#" + %q); e.value = %q; e.dispatchEvent(new Event("change", {bubbles: true})); })()`, name, value))
	}
	fill("promised_from", "13:30")
	fill("promised_to", "15:00")
	tab.Wait(`document.querySelector("#planned_from").value === "13:30" && document.querySelector("#planned_to").value === "15:00"`)
	fill("planned_from", "14:00")
	fill("promised_from", "13:45")
	tab.Wait(`document.querySelector("#planned_from").value === "14:00" && document.querySelector("#promised_from").value === "13:45"`)
	tab.Reload()
	fill("planned_to", "12:00")
	tab.Wait(`document.querySelector("#promised_to").value === "12:00"`)
	tab.Reload()
	tab.WaitVisible(`[data-testid="candidate"]`)
	tab.Click(`[data-testid="agreed"]`)
	tab.Click(`[data-testid="keep"]`)
	tab.WaitText(`[data-lane="assigned"]`, "高明")
	o, err := h.store.Order(t.Context(), order.Items[0].ID)
	must(t, err)
	if o.Order.Engineer != "gao" || o.Order.PromisedFrom.IsZero() || !o.Order.PlannedFrom.Equal(o.Order.PromisedFrom) || o.Steps[0].Settled == nil {
		t.Errorf("assigned: %+v", o.Order)
	}
	if at := o.Order.PlannedFrom.In(time.FixedZone("", 8*3600)).Format("01-02 15:04"); at != "11-24 10:30" {
		t.Errorf("proposed for %s, want the next half hour of work an hour from now", at)
	}

	tab.Click(`[data-lane="new"] [data-testid="decline"]`)
	tab.WaitVisible("#decline-reason")
	tab.Fill("#decline-reason", "客户已自行解决")
	tab.Click(`[data-testid="decline-now"]`)
	tab.WaitText(`[data-lane="new"]`, "没有待受理")
	sound(t, tab, "board")
	picture(t, tab, "board")
	declined, err := h.store.Escalations(t.Context(), records.EscalationFilter{State: "declined"})
	must(t, err)
	if len(declined.Items) != 1 || declined.Items[0].Reason != "客户已自行解决" {
		t.Errorf("declined: %+v", declined.Items)
	}

	// The plan: an overlap is seen, and moved away by keyboard; the promise stays.
	second, err := h.store.OpenOrder(t.Context(), records.Actor{Login: "dan"}, records.OpenOrder{Procedure: "onsite", CustomerID: o.Order.CustomerID, Subject: "每季巡检", Engineer: "gao"})
	must(t, err)
	_, err = h.store.PlanOrder(t.Context(), records.Actor{Login: "dan"}, second.ID, records.OrderPlan{
		PromisedFrom: o.Order.PlannedFrom, PromisedTo: o.Order.PlannedTo.Add(2 * time.Hour),
		PlannedFrom: o.Order.PlannedTo.Add(-15 * time.Minute), PlannedTo: o.Order.PlannedTo.Add(time.Hour),
	}, 0)
	must(t, err)
	_, err = h.store.AddAbsence(t.Context(), records.Absence{Login: "he", From: h.now().Add(4 * time.Hour), To: h.now().Add(8 * time.Hour), Reason: "培训"})
	must(t, err)
	tab.Goto(h.server.URL + "/dispatch/calendar?day=2026-11-24")
	tab.Wait(`document.querySelector(".plan-picture")?.textContent.includes("时间重叠")`)
	tab.Wait(`document.querySelectorAll(".plan-picture .overlaps").length === 2 && document.querySelectorAll(".plan-picture .warn").length === 1`)
	sound(t, tab, "plan")
	picture(t, tab, "plan-day")
	tab.Run(`document.querySelector("#block-` + second.ID + `").focus()`)
	tab.Run(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", altKey: true, bubbles: true}))`)
	tab.Wait(`!document.querySelector(".plan-picture").textContent.includes("时间重叠") && document.activeElement?.id === "block-` + second.ID + `"`)
	moved, err := h.store.Order(t.Context(), second.ID)
	must(t, err)
	if !moved.Order.PlannedFrom.Equal(o.Order.PlannedTo) || !moved.Order.PromisedFrom.Equal(o.Order.PlannedFrom) {
		t.Errorf("moved to %v, promised %v", moved.Order.PlannedFrom, moved.Order.PromisedFrom)
	}
	tab.Run(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowDown", altKey: true, bubbles: true}))`)
	tab.Wait(`document.querySelector("#block-` + second.ID + `")?.dataset.engineer === "he"`)
	tab.Goto(h.server.URL + "/dispatch/calendar?day=2026-11-24&view=week")
	tab.WaitVisible(".week-block")
	sound(t, tab, "week")
	picture(t, tab, "plan-week")
	tab.Goto(h.server.URL + "/dispatch/day?engineer=gao&day=2026-11-24")
	tab.WaitVisible(`[data-testid="visit"]`)
	sound(t, tab, "day sheet")
	picture(t, tab, "day")
	for _, page := range []string{"engineers", "engineers/gao"} {
		tab.Goto(h.server.URL + "/dispatch/" + page)
		sound(t, tab, page)
		picture(t, tab, page[:len("engineer")]+map[bool]string{true: "-one"}[len(page) > 9])
	}
}
