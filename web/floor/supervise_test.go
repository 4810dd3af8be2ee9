package floor

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web/browser"

	"github.com/chromedp/chromedp/kb"
)

// superviseOf opens the supervisors' page and waits until it is live.
func (h *house) superviseOf(b *browser.Browser, look browser.Look) *browser.Tab {
	h.t.Helper()
	tab := b.Tab(look)
	tab.Login(h.server.URL, "sue", password)
	tab.Goto(h.server.URL + "/supervise")
	tab.Wait(`document.querySelector("#supervise")?.dataset.live === "live" && document.querySelectorAll(".list-row").length > 0`)
	return tab
}

// Everything that a supervisor does from the keyboard and with the mouse goes through the API, and is kept there.
func TestSupervisorsOrders(t *testing.T) {
	h := openHouse(t, houseOptions{})
	h.staffed([]string{"service", "billing"}, 3, 1)
	waits := h.rings("wait-1", "service", "+8613800138000", "王芳", time.Now())
	waits.offered(0, "anna")
	talks := h.rings("talk-1", "service", "+8613900139000", "李强", time.Now().Add(-time.Minute))
	talks.offered(0, "ben")
	talks.answered(3*time.Second, "ben")
	if err := h.store.AddNotice(t.Context(), records.Notice{Kind: records.NoticeWrapUp, Login: "ben", Detail: "2 分钟已过"}, ""); err != nil {
		t.Fatal(err)
	}
	tab := h.superviseOf(browser.Start(t, browser.Options{}), browser.Look{})
	tab.WaitText("[data-testid=top]", "等待 1")
	tab.WaitText("#top-notices", "1")

	// The keyboard: calls first, then down, then Enter.
	tab.Key("l", "j", kb.Enter)
	tab.Wait(`document.querySelector('[data-key="talk-1"]').getAttribute("aria-pressed") === "true"`)
	tab.Wait(`document.querySelector("#call-picture .verdict-met") !== null`)
	tab.Key("k", kb.Enter)
	tab.WaitText("#call-title", "+86138****8000")
	tab.Run(`document.querySelector("#move-queue").value = "billing"`)
	tab.Click("[data-testid=move]")
	h.eventually(t, "the call is moved", func() bool { return slices.Contains(h.board.ordered(), "move wait-1 billing sue") })
	h.audit("sue", "call.move")
	tab.Click("[data-testid=end]")
	tab.Click("[data-testid=end-yes]")
	h.eventually(t, "the call is ended", func() bool { return slices.Contains(h.board.ordered(), "hangup wait-1") })
	h.audit("sue", "call.hangup")

	// A live change of the call in view.
	waits.answered(4*time.Second, "anna")
	tab.Wait(`document.querySelector("#call-picture .verdict-met") !== null && !document.querySelector("[data-testid=listen]").disabled`)
	waits.ended(6*time.Second, "caller")
	tab.WaitText("#monitor-why", "通话已结束")

	// An agent.
	tab.Click(`[data-key="ben"]`)
	tab.WaitVisible("[data-testid=agent-dialog]")
	tab.Wait(`document.querySelectorAll("#skills-rows .skill-row").length > 0`)
	sound(t, tab, "an agent")
	tab.Expect("409") // ben has no phone: presence refuses, after the audit log has kept who asked
	tab.Fill("#state-note", "午饭后回来")
	tab.Run(`(() => { const s = document.querySelector("#state-to"); s.value = "paused"; s.dispatchEvent(new Event("change")); document.querySelector("#state-reason").value = "meal"; })()`)
	tab.Click("[data-testid=state-do]")
	h.eventually(t, "the state is asked for", func() bool {
		page, err := h.store.AuditLog(t.Context(), records.AuditFilter{By: "sue", Action: "agent.paused", Object: "ben"})
		return err == nil && len(page.Items) == 1 && page.Items[0].Reason == "午饭后回来"
	})
	tab.WaitVisible("#messages .toast-trouble")
	tab.Key(kb.Escape)

	// What managers must know.
	tab.Key("n")
	tab.WaitVisible("[data-testid=notices]")
	tab.WaitText("#notice-list", "整理超时")
	sound(t, tab, "notices")
	tab.Click("#notice-list button")
	tab.WaitText("#top-notices", "0")
	tab.Key(kb.Escape, "?")
	tab.WaitVisible("#keys")
}

// Who can be reached at some switches only says so in the list and beside their state, and no more once their phone is everywhere.
func TestSupervisorsSeeWhereAPhoneIsMissing(t *testing.T) {
	for name, lang := range map[string]string{"zh": "", "en": "en-US"} {
		h := openHouse(t, houseOptions{})
		h.staffed([]string{"service", "billing"}, 3, 1)
		reach := func(login, lacks string) {
			h.board.tell(t, queue.Event{Kind: queue.EventReach, At: time.Now(), Agent: login, Data: map[string]string{"lacks": lacks}})
		}
		h.presence("anna", "ready", time.Now())
		reach("anna", "sh1")
		tab := h.superviseOf(browser.Start(t, browser.Options{}), browser.Look{Lang: lang})
		tab.WaitText(`[data-key="anna"]`, "sh1")
		h.presence("ben", "ready", time.Now())
		reach("ben", "bj1 sh1")
		tab.WaitText(`[data-key="ben"]`, "bj1, sh1")
		tab.Click(`[data-key="ben"]`)
		tab.WaitText("[data-testid=agent-lacks]", "bj1, sh1")
		sound(t, tab, "a phone that is missing somewhere")
		if dir := os.Getenv("HOTLINE_TEST_SHOTS"); dir != "" {
			tab.Screenshot(filepath.Join(dir, "supervise-lacks-"+name+".png"))
		}
		reach("ben", "")
		tab.WaitGone("[data-testid=agent-lacks]")
	}
}

// A switch that cannot let anybody listen says so before somebody tries.
func TestListeningThatTheSwitchCannotDo(t *testing.T) {
	h := openHouse(t, houseOptions{floor: func(o *Options) {
		o.CannotListen = Text{"内置交换机不能监听；请连接 Asterisk。", "The embedded switch cannot do it; connect an Asterisk."}
	}})
	h.staffed([]string{"service", "billing"}, 3, 1)
	c := h.rings("talk-1", "service", "+8613900139000", "李强", time.Now().Add(-time.Minute))
	c.answered(3*time.Second, "ben")
	tab := h.superviseOf(browser.Start(t, browser.Options{}), browser.Look{Lang: "en", Dark: true})
	tab.Click(`[data-key="talk-1"]`)
	tab.WaitText("[data-testid=monitor-why]", "The embedded switch cannot do it")
	var disabled int
	tab.Eval(`[...document.querySelectorAll(".monitor button")].filter((b) => b.disabled).length`, &disabled)
	if disabled != 4 {
		t.Errorf("%d of 4 buttons are disabled", disabled)
	}
	sound(t, tab, "cannot listen")
}

// eventually polls a condition of the house until it holds.
func (h *house) eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// Listening, whispering, barging in and taking over are four plain buttons; what a switch refuses is said in words, once.
func TestSupervisorsStepIn(t *testing.T) {
	h := openHouse(t, houseOptions{})
	h.staffed([]string{"service", "billing"}, 3, 1)
	c := h.rings("talk-1", "service", "+8613900139000", "李强", time.Now().Add(-time.Minute))
	c.answered(3*time.Second, "ben")
	tab := h.superviseOf(browser.Start(t, browser.Options{}), browser.Look{})
	tab.Click(`[data-key="talk-1"]`)
	pressed := func(what string) {
		t.Helper()
		tab.Wait(`document.querySelector("[data-testid=` + what + `]").getAttribute("aria-pressed") === "true"`)
	}
	tab.Click("[data-testid=listen]")
	pressed("listen")
	tab.Click("[data-testid=whisper]")
	pressed("whisper")
	tab.Click("#stop-monitor")
	tab.Wait(`document.querySelectorAll('.monitor [aria-pressed="true"]').length === 0`)
	tab.Click("[data-testid=take-over]")
	tab.Fill("#take-reason", "客户要求经理处理")
	tab.Click("[data-testid=take-yes]")
	want := []string{"monitor talk-1 sue listen", "monitor otherwise talk-1 sue whisper", "stop monitor talk-1 sue", "take over talk-1 sue 客户要求经理处理"}
	h.eventually(t, "everything was ordered", func() bool { return slices.Equal(h.board.ordered(), want) })
	for _, action := range []string{"call.monitor", "call.monitor-stop", "call.takeover"} {
		h.audit("sue", action)
	}

	h.board.mu.Lock()
	h.board.refuse = &queue.Refusal{Code: queue.RefusedUnsupported, What: "Nobody can listen to a talk on this switch.", Do: "Use Asterisk as the switch for this."}
	h.board.mu.Unlock()
	tab.Expect("501")
	tab.Click("[data-testid=barge]")
	tab.WaitText("[data-testid=monitor-why]", "这台交换机不支持监听通话")
	tab.Wait(`[...document.querySelectorAll(".monitor button")].every((b) => b.disabled)`)

	// Skills.
	tab.Click(`[data-key="ben"]`)
	tab.Wait(`document.querySelector("#skills-rows input")?.value === "erp"`)
	tab.Fill("#skills-rows input[type=number]", "1")
	tab.Fill("#skills-reason", "培训结束")
	tab.Click("[data-testid=skills-do]")
	h.eventually(t, "the skill is kept", func() bool {
		u, err := h.store.User(t.Context(), "ben")
		return err == nil && u.Skills["erp"] == 1
	})
}
