package main

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"hotline/records"
	"hotline/records/vault/leak"
)

// orderPage is the engineer before the page of an order.
type orderPage struct {
	*ways
	order records.Order
}

// lacks tries to complete the step without what it asks for: the button is out of use, and its form is refused.
func (p orderPage) lacks(step string) {
	p.t.Helper()
	p.gao.WaitVisible(fmt.Sprintf(`[data-step=%s] [data-testid=complete]:disabled`, step))
	p.refused(p.gao, step, "/orders/"+p.order.Number+"/steps/"+step, "do", "complete")
}

func (p orderPage) completes(step string) {
	p.t.Helper()
	p.gao.WaitEnabled(fmt.Sprintf(`[data-step=%s] [data-testid=complete]`, step))
	p.gao.Click(fmt.Sprintf(`[data-step=%s] [data-testid=complete]`, step))
	p.gao.WaitVisible(fmt.Sprintf(`[data-step=%s][data-state=done]`, step))
}

// gives fills fields and keeps them as evidence.
func (p orderPage) gives(need string, fields ...string) {
	p.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		choose(p.gao, fields[i], fields[i+1])
	}
	p.gao.Click(fmt.Sprintf(`[data-need=%s] [data-testid=give]`, need))
	p.gao.WaitVisible(fmt.Sprintf(`[data-need=%s] [data-testid=evidence]`, need))
}

// confirmed lets the customer confirm behind a link: a document only after it was read.
func (p orderPage) confirmed(need string, document bool) {
	p.t.Helper()
	p.gao.Click(fmt.Sprintf(`[data-need=%s] [data-testid=link]`, need))
	p.gao.WaitVisible(`[data-testid=made-link]`)
	phone := p.phone(p.gao.Text(`[data-testid=address]`))
	phone.WaitVisible("[data-testid=confirm]")
	if document {
		phone.Click("[data-testid=yes]")
		phone.WaitVisible("[data-testid=trouble]")
		var address string
		phone.Eval(`document.querySelector("[data-testid=document]").href`, &address)
		p.says(p.fetch(phone, address), p.order.Number)
	}
	phone.Click("[data-testid=yes]")
	phone.WaitGone("[data-testid=confirm]")
	phone.Close()
	p.gao.Reload()
	p.gao.WaitVisible(fmt.Sprintf(`[data-need=%s] [data-testid=evidence]`, need))
}

func (w *ways) remote() {
	const secret = "Tr0ub4dor&3-远程"
	port, err := (&net.ListenConfig{}).Listen(w.t.Context(), "tcp", "127.0.0.1:0") // that the customer opens
	if err != nil {
		w.t.Fatal(err)
	}
	defer port.Close()
	number := w.call("升级后报表无法打印", "remote", w.handedOn("安装补丁 7 后，财务报表打印无反应。", "工程师远程连接"))
	p := orderPage{w, w.arranged(number, records.KindRemote)}
	page := p.gao
	page.Goto(w.base + "/orders/" + p.order.Number)

	p.lacks("open_port")
	p.gives("scope", "#t-open_port-scope", "财务报表的打印服务")
	p.gives("access", "#f-open_port-access-tool", "远程桌面", "#f-open_port-access-way", "port", "#f-open_port-access-host", "127.0.0.1",
		"#f-open_port-access-port", fmt.Sprint(netip.MustParseAddrPort(port.Addr().String()).Port()))
	p.lacks("open_port")
	page.Click(`[data-testid=probe-opening]`)
	page.WaitText(`[data-need=port_opened] [data-testid=evidence]`, "已开放")
	p.completes("open_port")

	p.lacks("login")
	page.Click(`[data-need=vault] [data-testid=open]`)
	page.WaitVisible(`[data-testid=add]`)
	page.Click(`[data-need=vault] [data-testid=link]`)
	page.WaitVisible(`[data-testid=made-link]`)
	phone := w.phone(page.Text(`[data-testid=address]`))
	phone.WaitVisible(`[data-testid=enter]`)
	phone.Fill("#account", "sa")
	phone.Fill("#password", secret)
	phone.Click(`[data-testid=enter-keep]`)
	phone.WaitText("h1", "已收到")
	phone.Close()
	page.Reload()
	page.Fill(`[data-testid=entry] input[name=reason]`, "登录应用服务器")
	page.Click(`[data-testid=entry] [data-testid=read]`)
	page.WaitText(`[data-testid=password]`, secret)
	p.completes("login")

	p.lacks("backup")
	p.gives("backup", "#f-backup-backup-size", "812.5", "#f-backup-backup-sha256", strings.Repeat("0f", 32), "#f-backup-backup-place", "客户文件服务器", "#f-backup-backup-restored", "true")
	p.completes("backup")
	p.lacks("service")
	p.gives("work", "#t-service-work", "重新安装打印驱动，修复报表模板的页面设置。")
	p.completes("service")
	p.lacks("solved")
	p.confirmed("solved", false)
	p.completes("solved")
	p.lacks("prevention")
	p.gives("advice", "#t-prevention-advice", "升级前先打印三张样表。")
	p.completes("prevention")

	p.lacks("closing")
	p.gives("tool_removed", "#f-closing-tool_removed-state", "removed", "#f-closing-tool_removed-seen_by", "高明，孙丽")
	if err := port.Close(); err != nil {
		w.t.Error(err)
	}
	page.Click(`[data-testid=probe-closing]`)
	page.WaitVisible(`[data-need=port_closed] [data-testid=evidence]`)
	p.lacks("closing") // the login information is not destroyed
	page.Run(`window.confirm = () => true`)
	page.Click(`[data-testid=end]`)
	page.WaitVisible(`[data-testid=tombstone]`)
	p.completes("closing")

	p.lacks("report")
	w.refused(page, "finished without its report", "/orders/"+p.order.Number, "do", "finish", "reason", "好了")
	page.Click(`[data-testid=report]`)
	page.WaitVisible(`[data-need=report] [data-testid=evidence]`)
	p.lacks("report")
	p.confirmed("confirmed", true)
	p.completes("report")
	page.Fill("#finish", "重新安装打印驱动，报表打印正常。")
	page.Click("[data-testid=finish]")
	page.WaitText("[data-testid=state]", "已完成")

	f := w.arrived(number, records.KindRemote)
	w.says(w.document(f, "report"), "远程维护调试报告", f.Order.Number, "华东一厂", "财务报表的打印服务", "重新安装打印驱动", "升级前先打印三张样表", "高明")
	hits, err := leak.Search(w.Dir, leak.Forms(secret))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, hit := range append(hits, leak.In("the log", []byte(w.Log()), leak.Forms(secret))...) {
		w.t.Errorf("the login information is left: %v", hit)
	}
}
