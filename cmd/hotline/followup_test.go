package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/cmd/internal/house"
	"hotline/configs"
	"hotline/configs/asterisk"
	"hotline/configs/procedures"
	"hotline/configs/surveys"
	"hotline/pbx/pbxtest"
	"hotline/queue/outward"
	"hotline/records"
	"hotline/records/instrument"
	"hotline/records/procedure"
	"hotline/records/sampling"
	"hotline/web/browser"
)

// outHouse is a house that may call out, with the provider's side of the trunk, an agent li and a manager chen with phones.
type outHouse struct {
	*house.House
	provider *pbxtest.Phone
	li, chen *pbxtest.Phone
}

func openOutHouse(t *testing.T, more string) *outHouse {
	t.Helper()
	prompts, err := filepath.Abs("../../configs/asterisk/prompts")
	if err != nil {
		t.Fatal(err)
	}
	o := &outHouse{}
	o.House = openHouse(t, house.Options{
		Plan: func(plan *asterisk.Plan) {
			o.provider = pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "provider", Server: plan.SIP, IP: plan.Trunks[0].Addresses[0]})
			plan.Outbound = &asterisk.Outbound{Address: o.provider.Addr().String(), CallerID: "4000000000"}
		},
		More: "outbound: {enabled: true, address: \"127.0.0.1:5060\", caller_id: \"4000000000\", record: true, prompts: \"" + prompts + "\"}\n" + more,
	})
	o.li = o.Agent("li", pbxtest.Behaviour{})
	o.chen = o.Hire("chen", pbxtest.Behaviour{}, "--role", "agent", "--role", "supervisor")
	return o
}

// solve lets a customer call, li answer, talk and wrap up as solved; it gives the case.
func (o *outHouse) solve(from string) string {
	caller := o.Dial(from, house.DIDMain)
	leg := o.Invite(o.li)
	o.Answer(caller, leg)
	call := o.LiveFrom("+86" + from).Call
	number := o.CaseOf(call).Number
	o.Wait("hanging up", caller.HangUp)
	o.Ended("li's phone", leg)
	o.Must("POST", "/api/v1/calls/"+call+"/wrapup", o.As("li"), map[string]any{
		"outcome": "solved", "subject": "打印机无法打印", "solved": map[string]any{"solution": "重装驱动", "confirmed": true},
	})
	return number
}

// tomorrow stops the server, lets the day end, and starts it again.
func (o *outHouse) tomorrow(t *testing.T) {
	t.Helper()
	o.Stop()
	defs, err := procedure.ParseAll(procedures.Files)
	if err != nil {
		t.Fatal(err)
	}
	form, err := instrument.Parse("satisfaction.yaml", surveys.Satisfaction)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	store, err := records.Open(t.Context(), records.Options{
		Path: filepath.Join(o.Dir, "data", "hotline.db"), Files: filepath.Join(o.Dir, "data", "files"), Zone: zone, Procedures: defs, Form: form,
		Sampling: sampling.Rule{Small: 2, Quota: 1, Percent: 20}, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(24 * time.Hour) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.SweepOverdue(t.Context(), time.Now().Add(24*time.Hour)); err != nil {
		t.Error(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	o.Start()
	o.Eventually("chen's phone is known", func() bool { return strings.Contains(o.Presence("chen"), "offline") })
}

// manager opens the follow-up of a case in a browser as chen.
func (o *outHouse) manager(t *testing.T, b *browser.Browser, number string) *browser.Tab {
	t.Helper()
	tab := b.Tab(browser.Look{Width: 1366, Height: 768, Still: true})
	tab.Login("http://"+o.Addr, "chen", house.Password)
	tab.Goto("http://" + o.Addr + "/followup")
	tab.WaitText("[data-testid=worklist]", number)
	tab.Run(fmt.Sprintf(`document.querySelector('[data-case=%q] a').click()`, number))
	tab.WaitVisible("[data-testid=dial]")
	return tab
}

// TestFollowUpFromCallToImprovement is the whole way on a real Asterisk and in a browser: a solved case, the draw, the manager's call
// over the same hotline, the survey, a low score, its improvement closed by another manager.
func TestFollowUpFromCallToImprovement(t *testing.T) {
	o := openOutHouse(t, "")
	number := o.solve("13800138001")
	before := o.Calls()
	o.tomorrow(t)
	b := browser.Start(t, browser.Options{})
	tab := o.manager(t, b, number)

	tab.Click("[data-testid=dial]")
	near := o.Invite(o.chen)
	if got := near.CallerNumber(); got != "+8613800138001" {
		t.Errorf("the manager's phone shows %q", got)
	}
	if n := len(o.provider.Calls()); n != 0 {
		t.Fatalf("%d calls left before the manager picked up", n)
	}
	near.Answer()
	far := o.Invite(o.provider)
	if far.Invite.Recipient.User != "13800138001" || far.CallerNumber() != "4000000000" {
		t.Errorf("dialled %s, shown %s", far.Invite.Recipient.User, far.CallerNumber())
	}
	o.Eventually("the manager is in a talk", func() bool { return o.Presence("chen") == "talking" })
	far.Answer()
	o.Talk(near, far)
	tab.WaitText("[data-testid=call-state]", "通话中")
	o.Wait("the customer hangs up", far.HangUp)
	o.Ended("the manager's phone", near)
	tab.WaitText("[data-testid=attempts]", "已通话，客户挂断")
	tab.WaitText("[data-testid=attempts]", "录音")
	o.Eventually("the manager is free again", func() bool { return o.Presence("chen") == "offline" })

	tab.Run(`document.querySelector("[name='q.speed'][value='2']").click(); document.querySelector("[name='q.quality'][value='3']").click()`)
	tab.Fill("#q-comment", "等了很久才有人接手")
	tab.Fill("#who", "孙丽")
	tab.Click("[data-testid=save]")
	tab.WaitText("[data-testid=surveys]", "计入统计")

	tab.Goto("http://" + o.Addr + "/followup/improvements")
	tab.Run(`document.querySelector("[name=owner]").value = "li"; document.querySelector("[name=due]").value = "` + time.Now().AddDate(0, 0, 9).Format(time.DateOnly) + `"`)
	tab.Fill("[name=plan]", "值班经理两小时内告知进展")
	tab.Click("[data-testid=plan] button")
	tab.WaitText("[data-testid=istate]", "执行中")
	tab.Fill("[name=result]", "已加入值班表")
	tab.Click("[data-testid=finish] button")
	tab.WaitText("[data-testid=istate]", "待查效果")
	boss := b.Tab(browser.Look{Width: 1366, Height: 768, Still: true})
	boss.Login("http://"+o.Addr, "boss", house.Password)
	boss.Goto("http://" + o.Addr + "/followup/improvements")
	boss.Fill("[name=effect]", "一周内均在两小时内告知")
	boss.Click("[data-testid=check] [value=yes]")
	boss.WaitVisible("[data-testid=empty]")

	if n := len(o.provider.Calls()); n != 1 {
		t.Errorf("%d calls left for the trunk", n)
	}
	if after := o.Calls(); !slices.Equal(ids(after), ids(before)) || len(after) != 1 || !after[0].Answered {
		t.Errorf("the callers' calls were %v, are %v", ids(before), ids(after))
	}
	tab.Close()
	boss.Close()
	o.Stop()
	if out := o.Run("verify"); !strings.Contains(out, "1 draws of follow-ups") || !strings.Contains(out, "every chain holds") {
		t.Errorf("verify: %s", out)
	}
}

func ids(calls []house.CallView) []string {
	list := make([]string, len(calls))
	for i, c := range calls {
		list[i] = c.Call
	}
	return list
}

// TestSurveyByKeys: the machine calls, asks by its prompts, and what was pressed is the survey, with its recording; nobody of ours is
// in a talk; who hangs up in the middle leaves a part that does not count.
func TestSurveyByKeys(t *testing.T) {
	o := openOutHouse(t, "")
	whole, part := o.solve("13800138001"), o.solve("13800138002")
	o.tomorrow(t)
	b := browser.Start(t, browser.Options{})
	press := func(far *pbxtest.PhoneCall, keys ...string) {
		t.Helper()
		for _, key := range keys {
			o.Wait("the prompt", func(ctx context.Context) error { return far.WaitReceived(ctx, 25) })
			if err := far.Press(key); err != nil {
				t.Fatal(err)
			}
		}
	}
	tab := o.manager(t, b, whole)
	tab.Click("[data-testid=machine]")
	far := o.Invite(o.provider)
	far.Answer()
	tab.WaitText("[data-testid=call-state]", "客户正在按键答复")
	press(far, "1", "4", "9", "5")
	o.Ended("the machine says goodbye", far)
	tab.WaitText("[data-testid=surveys]", "计入统计")
	tab.WaitText("[data-testid=surveys]", "客户本人")
	tab.WaitText("[data-testid=surveys]", "电话按键")
	if got := o.Presence("chen"); got != "offline" {
		t.Errorf("the manager who started it is %s", got)
	}

	second := o.manager(t, b, part)
	second.Click("[data-testid=machine]")
	far = o.Invite(o.provider)
	far.Answer()
	press(far, "1", "2")
	o.Wait("the next prompt", func(ctx context.Context) error { return far.WaitReceived(ctx, 25) })
	o.Wait("the customer hangs up", far.HangUp)
	second.WaitText("[data-testid=surveys]", "未答完，不计入")
}

// TestCallBackOverTheHotline: an agent calls back whom they promised it; nobody else can, and not once it is done.
func TestCallBackOverTheHotline(t *testing.T) {
	o := openOutHouse(t, "")
	caller := o.Dial("13800138003", house.DIDMain)
	leg := o.Invite(o.li)
	o.Answer(caller, leg)
	call := o.LiveFrom("+8613800138003").Call
	o.CaseOf(call)
	o.Wait("hanging up", caller.HangUp)
	o.Ended("li's phone", leg)
	o.Must("POST", "/api/v1/calls/"+call+"/wrapup", o.As("li"), map[string]any{
		"outcome": "callback", "subject": "报价", "callback": map[string]any{"at": time.Now().Add(time.Hour).Format(time.RFC3339), "number": "13800138003"},
	})
	b := browser.Start(t, browser.Options{})
	tab := b.Tab(browser.Look{Width: 1366, Height: 768, Still: true})
	tab.Login("http://"+o.Addr, "li", house.Password)
	tab.Goto("http://" + o.Addr + "/desk/callbacks")
	tab.Click("[data-testid=take]")
	tab.Click("[data-testid=dial]")
	near := o.Invite(o.li)
	near.Answer()
	far := o.Invite(o.provider)
	far.Decline(486)
	o.Ended("li's phone", near)
	tab.WaitVisible("[data-testid=dial]")
	tab.Click("[data-testid=done]")
	tab.WaitGone("[data-testid=dial]")
	if n := len(o.provider.Calls()); n != 1 {
		t.Errorf("%d calls left for the trunk", n)
	}
}

// TestNoCallsOutFromTheStart: as it comes, the hotline calls nobody: with the embedded switch because it cannot, with Asterisk because
// nobody switched it on. Both say so.
func TestNoCallsOutFromTheStart(t *testing.T) {
	for _, c := range []struct {
		kind string
		want error
	}{{"embedded", outward.ErrUnable}, {"asterisk", outward.ErrOff}} {
		cfg := settingsIn(t.TempDir())
		cfg.Switches[0].Kind = configs.SwitchKind(c.kind)
		cfg.Switches[0].Password, cfg.Switches[0].Bind = "x", ""
		phones, err := openTelephone(cfg, prometheus.NewRegistry(), quiet())
		if err != nil {
			t.Fatal(err)
		}
		store, err := openRecords(t.Context(), cfg, quiet())
		if err != nil {
			t.Fatal(err)
		}
		dialer, _ := newOutward(cfg, phones.lines, store, &desks{}, newErrands(quiet()), quiet())
		if _, err := dialer.Place(t.Context(), outward.Request{Login: "chen", Purpose: records.OutFollowUp, Ref: "1"}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.kind, err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}
