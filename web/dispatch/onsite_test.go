package dispatch

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/browser"
)

// locked tries every step that is open without its evidence, and every later one before its predecessors: all are refused.
func (h *house) locked(order, open string) {
	h.t.Helper()
	f, err := h.store.Order(h.t.Context(), order)
	must(h.t, err)
	for _, s := range f.Steps {
		if s.Settled != nil || s.Step.Optional {
			continue
		}
		_, err := h.store.CompleteStep(h.t.Context(), records.Actor{Login: "gao"}, order, s.Step.Code, 0)
		p, ok := errors.AsType[*records.Problem](err)
		if !errors.Is(err, records.ErrIncomplete) || !ok || len(p.Lacks) == 0 {
			h.t.Errorf("step %s while %s is open: %v", s.Step.Code, open, err)
		}
	}
	if _, err := h.store.FinishOrder(h.t.Context(), records.Actor{Login: "gao"}, order, "done", 0); !errors.Is(err, records.ErrIncomplete) {
		h.t.Errorf("finished while %s is open: %v", open, err)
	}
}

// customerTab opens a customer's link on a phone of their own.
func customerTab(t testing.TB, b *browser.Browser, address string) *browser.Tab {
	t.Helper()
	tab := b.Tab(browser.Look{Width: 390, Height: 844})
	tab.Expect("422") // a wrong code
	tab.Goto(address)
	tab.Fill("#digits", "0001")
	tab.Click("[data-testid=go]")
	return tab
}

// address reads the link that the phone shows, and closes it.
func (p phone) address() string {
	p.t.Helper()
	p.Wait(`document.querySelector("#linked").open && document.querySelector("#qr").naturalWidth > 100`)
	address := p.Text("#link-url")
	return address
}

func portraitPNG(t testing.TB) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 300, 400))
	for y := range 400 {
		for x := range 300 {
			picture.Set(x, y, color.RGBA{uint8(x / 2), uint8(y / 2), 160, 255})
		}
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, picture))
	return b.Bytes()
}

// TestOnsiteFromEscalationToCopy walks the ten steps of an onsite service: from the escalation on the board to the customer's copy of the
// signed work order, every gate tried without its evidence.
func TestOnsiteFromEscalationToCopy(t *testing.T) {
	h := openHouse(t, func(o *Options) { o.Mail = true })
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	h.live()
	small, err := portrait(portraitPNG(t))
	must(t, err)
	_, err = h.store.SetEngineerPhoto(t.Context(), "gao", small)
	must(t, err)
	e := h.escalate("call-1", records.KindOnsite, "服务器断电后无法启动")
	b := browser.Start(t, browser.Options{})

	desk := b.Tab()
	desk.Login(h.server.URL, "dan", password)
	desk.Goto(h.server.URL + "/dispatch")
	desk.Click(`[data-id="` + e.ID + `"] [data-testid="accept"]`)
	desk.WaitText(`[data-testid="candidate"]`, "高明")
	desk.Click(`[data-testid="agreed"]`)
	desk.Click(`[data-testid="keep"]`)
	desk.WaitText(`[data-lane="assigned"]`, "高明")
	page, err := h.store.Orders(t.Context(), records.OrderFilter{Engineer: "gao"})
	must(t, err)
	o := page.Items[0]

	p := h.phone(b, browser.Look{})
	p.Click(`[data-testid="visit"]`)
	p.at("arrival")
	h.locked(o.ID, "arrival")
	p.fact("arrived", map[string]string{"place": "华东一厂 3 号楼机房"})
	p.complete()

	// The customer checks who came, on a phone of their own: a wrong code first, then the one that the engineer shows.
	p.at("identity")
	p.unsent(0)
	h.locked(o.ID, "identity")
	p.write("problem", "昨晚停电后服务器电源灯不亮，无法开机。")
	p.WaitEnabled(`[data-need="confirmed"] [data-testid="link"]`)
	p.Click(`[data-need="confirmed"] [data-testid="link"]`)
	address := p.address()
	picture(t, p.Tab, "visit-link")
	customer := customerTab(t, b, address)
	customer.WaitText("[data-testid=identity]", "高明")
	customer.Wait(`document.querySelector(".portrait").naturalWidth === 300`)
	sound(t, customer, "identity")
	customer.Fill("#code", "12345678")
	customer.Click("[data-testid=yes]")
	customer.WaitText("[data-testid=trouble]", "到访码不对")
	picture(t, customer, "identity")
	code := strings.ReplaceAll(p.Text("[data-testid=code]"), " ", "")
	customer.Fill("#code", code)
	customer.Click("[data-testid=yes]")
	customer.WaitText("[data-testid=done]", "高明")
	p.Click("#linked button")
	p.met("confirmed")
	p.complete()

	// Somebody else calls the hotline with the same code.
	agent := b.Tab()
	agent.Login(h.server.URL, "anna", password)
	agent.Goto(h.server.URL + "/visitcode")
	agent.Fill("#code", code)
	agent.Click("[data-testid=check]")
	agent.WaitVisible(`[data-verdict="used"]`)
	sound(t, agent, "visit code")
	picture(t, agent, "visitcode-used")

	p.at("backup")
	p.unsent(0)
	h.locked(o.ID, "backup")
	p.sign(`[data-need="permission"] [data-testid="sign"]`)
	p.fact("backup", map[string]string{"size": "12000", "sha256": strings.Repeat("ab", 32), "place": "文件服务器 D 盘", "restored": "yes"})
	p.complete()
	p.at("diagnosis")
	p.unsent(0)
	h.locked(o.ID, "diagnosis")
	p.write("diagnosis", "服务器电源模块损坏，主板和硬盘正常。")
	p.complete()
	p.at("proposal")
	p.unsent(0)
	h.locked(o.ID, "proposal")
	p.write("plan", "更换电源模块，开机后做一致性检查。")
	p.sign(`[data-need="consent"] [data-testid="sign"]`)
	p.complete()
	p.at("check")
	p.unsent(0)
	h.locked(o.ID, "check")
	p.write("work", "更换电源模块 PS-750，开机正常，数据库一致性检查通过。")
	picture(t, p.Tab, "visit-checklist")
	p.check()
	p.complete()
	p.at("solved")
	p.unsent(0)
	h.locked(o.ID, "solved")
	p.sign(`[data-need="solved"] [data-testid="sign"]`)
	p.complete()
	p.at("prevention")
	p.unsent(0)
	h.locked(o.ID, "prevention")
	p.write("analysis", "机房没有稳压设备，停电时直接断电。")
	p.write("advice", "加装 UPS，每季检查一次电池；停电前先关机。")
	p.complete()

	p.at("work_order")
	p.unsent(0)
	h.locked(o.ID, "work_order")
	p.Click("[data-testid=sheet]")
	p.WaitText("#shown", "加装 UPS")
	picture(t, p.Tab, "visit-sheet")
	p.Click("#sign-type")
	p.Click("#sign-now")
	p.WaitVisible("[data-testid=copy-link]")
	p.unsent(0)
	p.WaitEnabled("[data-testid=copy-link]")
	p.WaitVisible("[data-testid=copy-mail]")
	p.Run(`document.querySelector("[data-testid=copy-paper]").scrollIntoView({block: "end"})`)
	picture(t, p.Tab, "visit-copy")
	p.Click("[data-testid=copy-link]")
	customer = customerTab(t, b, p.address())
	customer.WaitVisible("[data-testid=fetch]")
	sound(t, customer, "copy")
	if _, err := h.store.CompleteStep(t.Context(), records.Actor{Login: "gao"}, o.ID, "work_order", 0); !errors.Is(err, records.ErrIncomplete) {
		t.Errorf("the copy was not fetched yet, but the step is done: %v", err)
	}
	customer.Run(`(async () => {
		const form = document.querySelector("form");
		const r = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
		const kind = r.headers.get("Content-Type");
		const pdf = kind.startsWith("application/pdf") ? r : await fetch(location.pathname + "/file");
		document.body.dataset.pdf = btoa(String.fromCharCode(...new Uint8Array(await pdf.arrayBuffer()).slice(0, 5)));
	})()`)
	customer.Wait(`document.body.dataset.pdf === "JVBERi0="`)
	p.Click("#linked button")
	p.WaitEnabled("[data-testid=complete]")
	p.complete()
	p.WaitVisible("[data-testid=finish]")
	p.Fill("#result", "更换电源模块，系统恢复正常。")
	p.Click("[data-testid=finish]")
	p.Wait(`document.querySelector(".state")?.textContent.includes("目前没有安排给您的上门") && document.querySelector("#line").dataset.unsent === "0"`)

	h.finished(o.ID, e.ID)
	issued, err := h.store.IssuedOf(t.Context(), o.ID)
	must(t, err)
	if len(issued) != 1 {
		t.Fatalf("%d documents were issued", len(issued))
	}
	h.paper(issued[0])
	verify := b.Tab(browser.Look{Width: 390, Height: 844})
	verify.Goto(h.server.URL + "/verify/" + issued[0].Number + "?h=" + issued[0].Hash[:16])
	verify.WaitVisible("[data-known=true]")
}

// finished checks that everything is proven, and that the case's owner has it back.
func (h *house) finished(order, escalation string) {
	h.t.Helper()
	f, err := h.store.Order(h.t.Context(), order)
	must(h.t, err)
	if f.Order.State != procedure.Done {
		h.t.Errorf("the order is %s", f.Order.State)
	}
	for _, r := range f.Rules {
		if r.Verdict != procedure.Proven {
			h.t.Errorf("rule %s is %s", r.Rule.Code, r.Verdict)
		}
	}
	for _, d := range f.Deliverables {
		if d.Verdict != procedure.Proven {
			h.t.Errorf("deliverable %s is %s", d.Deliverable.Code, d.Verdict)
		}
	}
	e, err := h.store.Escalation(h.t.Context(), escalation)
	must(h.t, err)
	if e.State != "done" || !strings.Contains(e.Result, "更换电源模块") {
		h.t.Errorf("the escalation: %s %q", e.State, e.Result)
	}
}

// paper reads the work order as the customer does.
func (h *house) paper(issued records.Issued) {
	h.t.Helper()
	_, file, err := h.store.OpenFile(h.t.Context(), issued.File)
	must(h.t, err)
	defer file.Close()
	text, err := exec.CommandContext(h.t.Context(), "pdftotext", "-layout", file.Name(), "-").Output()
	must(h.t, err)
	flat := strings.Join(strings.Fields(string(text)), "")
	for _, want := range []string{"客服维护工作单", issued.Number, "华东一厂", "江苏南京市江宁区示例路1号3号楼", "金牌服务", "电源灯不亮", "文件服务器D盘", "电源模块损坏", "更换电源模块PS-750", "加装UPS", "高明", "孙丽", "数据库可用"} {
		if !strings.Contains(flat, want) {
			h.t.Errorf("the work order does not say %q:\n%s", want, text)
		}
	}
	if *shots != "" {
		out, err := exec.CommandContext(h.t.Context(), "pdftoppm", "-r", "80", "-png", file.Name(), filepath.Join(*shots, "work-order")).CombinedOutput()
		if err != nil {
			h.t.Errorf("pdftoppm: %v %s", err, out)
		}
		_ = os.WriteFile(filepath.Join(*shots, "work-order.txt"), text, 0o600)
	}
}

// TestPartlyDoneVisit: what cannot be finished goes on in a next order with what was settled, and does not vanish from the board.
func TestPartlyDoneVisit(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 24, 1, 10, 0, 0, time.UTC))
	h.staffed()
	o := h.appointed()
	b := browser.Start(t, browser.Options{})
	p := h.phone(b, browser.Look{})
	p.Click(`[data-testid="visit"]`)
	p.at("arrival")
	p.fact("arrived", map[string]string{"place": "机房"})
	p.complete()
	p.at("identity")
	p.write("problem", "无法开机")
	p.sign(`[data-need="confirmed"] [data-testid="sign"]`)
	p.complete()
	p.at("backup")
	p.Run(`document.querySelectorAll("details").forEach((d) => { d.open = true; })`)
	p.Fill("#why-next", "备件明天到货，需带 PS-750 电源。")
	p.Click("[data-testid=next]")
	p.WaitText(`[data-testid="visit"]`, "时间未定") // the next one
	f, err := h.store.Order(t.Context(), o.ID)
	must(t, err)
	if f.Order.State != procedure.Continued || f.Order.Next == "" || f.Order.Reason != "备件明天到货，需带 PS-750 电源。" {
		t.Fatalf("the first visit: %+v", f.Order)
	}
	next, err := h.store.Order(t.Context(), f.Order.Next)
	must(t, err)
	if next.Order.Engineer != "gao" || next.Order.Case != o.Case || next.Order.State != procedure.Assigned {
		t.Errorf("the next visit: %+v", next.Order)
	}
	desk := b.Tab()
	desk.Login(h.server.URL, "dan", password)
	desk.Goto(h.server.URL + "/dispatch")
	desk.WaitText(`[data-lane="assigned"]`, next.Order.Number)
}
