package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/browser"
)

// ways is one house in which calls go all the way through the services: a real Asterisk, a caller's and an agent's phone, and everybody
// of the staff before a page of their own.
type ways struct {
	*outHouse
	t                  *testing.T // of the way that is being walked
	b                  *browser.Browser
	base, works        string
	number             string       // where the customer calls from; its last four digits open the customer's links
	desk, gao, dan, wu *browser.Tab // agent, engineer, dispatcher, manager
}

// TestEveryServiceFromRingToDeliverable walks each service from the caller's ring to its last deliverable, in one house.
func TestEveryServiceFromRingToDeliverable(t *testing.T) {
	w := openWays(t)
	for i, way := range []struct {
		name string
		walk func(*ways)
	}{
		{"hotline", (*ways).hotline},
		{"remote", (*ways).remote},
		{"onsite", (*ways).onsite},
		{"consulting", (*ways).consulting},
		{"development", (*ways).development},
		{"class", (*ways).class},
		{"follow-up", (*ways).followUp}, // which needs the next day, and so is the last
	} {
		ok := t.Run(way.name, func(t *testing.T) {
			w.t, w.number = t, fmt.Sprintf("139138012%02d", i) // somebody else each time: who has an open case is asked about that
			w.Must("POST", "/api/v1/contacts", w.Admin, map[string]any{"customer_id": w.works, "name": "孙丽", "numbers": []any{map[string]any{"number": w.number}}})
			way.walk(w)
		})
		if !ok {
			return // the house is not as the next way expects it
		}
	}
}

func openWays(t *testing.T) *ways {
	t.Helper()
	w := &ways{t: t, outHouse: openOutHouse(t, "probe: {allow: [{target: 127.0.0.0/8, ports: 1-65535}]}\ncompany: 南山方略\n")}
	w.base = "http://" + w.Addr
	w.Run("user", "add", "gao", "--name", "高明", "--role", "engineer", "--ask", "--no-phone")
	w.Run("user", "add", "dan", "--name", "邓伟", "--role", "dispatcher", "--ask", "--no-phone")
	w.Run("user", "add", "wu", "--name", "吴敏", "--role", "supervisor", "--ask", "--no-phone")
	var works struct{ ID string }
	w.Decode(w.Must("POST", "/api/v1/customers", w.Admin, map[string]any{"name": "华东一厂", "region": "江苏", "agreement": "金牌服务：远程 30 分钟响应"}), &works)
	w.works = works.ID
	w.b = browser.Start(t, browser.Options{Patience: 30 * time.Second})
	w.desk, w.gao, w.dan, w.wu = w.sit("li"), w.sit("gao"), w.sit("dan"), w.sit("wu")
	return w
}

// sit gives somebody of the staff a page. Refusals are what these tests try for.
func (w *ways) sit(login string) *browser.Tab {
	w.t.Helper()
	tab := w.b.Tab(browser.Look{Still: true})
	for _, status := range []string{"422", "409", "403"} {
		tab.Expect(status)
	}
	tab.Login(w.base, login, house.Password)
	return tab
}

// ends are the fields with which a call is wrapped up.
type ends map[string]string

func (w *ways) handedOn(situation, means string) ends {
	return ends{
		"escalation.situation": situation, "escalation.contact.name": "孙丽", "escalation.contact.number": w.number, "escalation.contact.confirmed": "true",
		"escalation.told.means": means, "escalation.told.at": soon(time.Hour), "escalation.told.procedure": "先备份再处理，完成后请您确认",
	}
}

func referred(department, by string) ends {
	return ends{"referral.department": department, "referral.accepted_by": by, "referral.accepted_at": soon(-time.Minute)}
}

func shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*3600) }

func soon(in time.Duration) string {
	return time.Now().Add(in).In(shanghai()).Format("2006-01-02T15:04")
}

// call is a customer's call: the agent answers, verifies who it is, is refused a wrap-up without its facts, and wraps up. It gives the case.
func (w *ways) call(subject, outcome string, facts ends) (number string) {
	w.t.Helper()
	caller := w.Dial(w.number, house.DIDMain)
	leg := w.Invite(w.li)
	w.Answer(caller, leg)
	call := w.LiveFrom("+86" + w.number).Call
	number = w.CaseOf(call).Number
	d := w.desk
	d.Goto(w.base + "/desk")
	d.WaitText("#case-title", number)
	d.WaitText("#who-title", "孙丽")
	d.Fill("#verify-detail", "HD-2026-17")
	d.Run(`(() => { const s = document.getElementById("verify-how"); s.value = "contract"; s.dispatchEvent(new Event("change", {bubbles: true})); })()`)
	d.Click("[data-testid=verify-save]")
	d.WaitVisible("[data-testid=verified]")
	d.Fill("#f-subject", subject)
	d.Click(fmt.Sprintf("label:has([name=outcome][value=%s])", outcome))
	d.WaitText("[data-testid=missing]", "还缺")
	d.Click("[data-testid=finish]") // refused: nothing of what this end demands is there
	d.Wait(`document.activeElement?.closest("[data-end]") !== null`)
	if c := w.Case(number); c.State != "open" {
		w.t.Errorf("wrapped up as %s without its facts: %s", outcome, c.State)
	}
	for name, value := range facts {
		d.Run(fmt.Sprintf(`(() => { for (const e of document.getElementsByName(%q)) { if (e.type === "checkbox") { if (!e.checked) e.click(); } else { e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); } } })()`, name, value))
	}
	d.WaitText("[data-testid=missing]", "内容齐全")
	w.Wait("hanging up", caller.HangUp)
	w.Ended("li's phone", leg)
	d.Click("[data-testid=finish]")
	d.WaitText("[data-testid=finished]", number)
	w.Eventually("li is ready again", func() bool { return w.Presence("li") == "ready" })
	return number
}

// orderOf gives the order of a case as the records have it.
func (w *ways) orderOf(number, kind string) (f records.OrderFile) {
	w.t.Helper()
	beside(w.t, w.House, func(s *records.Store) {
		page, err := s.Orders(w.t.Context(), records.OrderFilter{Case: number, Kind: kind})
		if err != nil || len(page.Items) != 1 {
			w.t.Fatalf("%d orders of %s: %v", len(page.Items), number, err)
		}
		if f, err = s.Order(w.t.Context(), page.Items[0].ID); err != nil {
			w.t.Fatal(err)
		}
	})
	return f
}

// refused sends a form from the page as its button would, and wants it refused.
func (w *ways) refused(tab *browser.Tab, what, path string, pairs ...string) {
	w.t.Helper()
	if status := w.posts(tab, path, pairs...); status < 400 || status > 499 {
		w.t.Errorf("%s: %d, want it refused", what, status)
	}
}

func (w *ways) posts(tab *browser.Tab, path string, pairs ...string) (status int) {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	tab.Eval(fmt.Sprintf(`fetch(%q, {method: "POST", body: new URLSearchParams(%q)}).then(r => r.status)`, path, form.Encode()), &status)
	return status
}

// fetch gives what an address of the site sends to whoever sits there.
func (w *ways) fetch(tab *browser.Tab, path string) []byte {
	w.t.Helper()
	var text string
	tab.Eval(fmt.Sprintf(`fetch(%q).then(async r => { if (!r.ok) throw new Error("status " + r.status);
		const b = new Uint8Array(await r.arrayBuffer()); let s = ""; for (const x of b) s += String.fromCharCode(x); return btoa(s); })`, path), &text)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		w.t.Fatal(err)
	}
	return data
}

// says extracts the text of a PDF that was downloaded and looks for what the data are.
func (w *ways) says(pdf []byte, words ...string) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "document.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		w.t.Fatal(err)
	}
	out, err := exec.CommandContext(w.t.Context(), "pdftotext", "-layout", path, "-").Output()
	if err != nil {
		w.t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(string(out)), "")
	for _, want := range words {
		if !strings.Contains(flat, strings.Join(strings.Fields(want), "")) {
			w.t.Errorf("the document does not say %q:\n%s", want, out)
		}
	}
}

// document downloads the document that is a step's evidence.
func (w *ways) document(f records.OrderFile, step string) []byte {
	w.t.Helper()
	for i := len(f.Evidence) - 1; i >= 0; i-- {
		if e := f.Evidence[i]; e.Step == step && e.File != "" && e.Kind == procedure.Document {
			return w.fetch(w.wu, "/orders/"+f.Order.Number+"/files/"+e.File)
		}
	}
	w.t.Fatalf("no document at step %s of %s", step, f.Order.Number)
	return nil
}

// arrived checks the end of a way: the order done, everything proven, the case's life from the ring to the end, its bundle, every chain.
func (w *ways) arrived(number, kind string) records.OrderFile {
	w.t.Helper()
	f := w.orderOf(number, kind)
	if f.Order.State != procedure.Done {
		w.t.Errorf("the order is %s", f.Order.State)
	}
	for _, r := range f.Rules {
		if r.Verdict != procedure.Proven {
			w.t.Errorf("rule %s: %s", r.Rule.Code, r.Verdict)
		}
	}
	for _, d := range f.Deliverables {
		if d.Verdict != procedure.Proven {
			w.t.Errorf("deliverable %s: %s", d.Deliverable.Code, d.Verdict)
		}
	}
	if kind == records.KindRemote || kind == records.KindOnsite { // whom the customer told first asks whether all is well
		if c := w.Case(number); c.Owner != "li" || c.State != "open" {
			w.t.Errorf("after the service the case is %s's and %s", c.Owner, c.State)
		}
		w.Must("POST", "/api/v1/cases/"+number+"/wrapup", w.As("li"), map[string]any{
			"outcome": "solved", "solved": map[string]any{"solution": f.Order.Result, "confirmed": true},
		})
	}
	w.wu.Goto(w.base + "/cases/" + number)
	w.wu.WaitVisible("[data-testid=checked].badge-good")
	life := w.wu.Text("[data-testid=timeline]")
	at := 0
	for _, want := range []string{"第一声开始", "人工接听", "首问负责", f.Order.Number, "完成服务单"} { // in this order
		i := strings.Index(life[at:], want)
		if i < 0 {
			w.t.Errorf("the life of the case does not tell %q after what came before:\n%s", want, life)
			break
		}
		at += i
	}
	w.bundle(number, f.Order.Number)
	if out := w.Run("verify"); !strings.Contains(out, "every chain holds") {
		w.t.Errorf("verify: %s", out)
	}
	return f
}

// bundle exports a case and looks into it.
func (w *ways) bundle(number string, words ...string) {
	w.t.Helper()
	data := w.fetch(w.wu, "/cases/"+number+"/bundle")
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		w.t.Fatal(err)
	}
	found := map[string]string{}
	for _, file := range archive.File {
		r, err := file.Open()
		if err != nil {
			w.t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			w.t.Fatalf("%s: %v", file.Name, err)
		}
		found[filepath.Base(file.Name)] = string(text)
	}
	for _, word := range append(words, number) {
		if !strings.Contains(found["case.json"], word) {
			w.t.Errorf("the bundle does not hold %s", word)
		}
	}
	if !strings.Contains(found["verification.json"], `"holds": true`) || found["README.txt"] == "" || !strings.HasPrefix(found["case.pdf"], "%PDF") {
		w.t.Errorf("the bundle is not whole: %d files, %s", len(found), found["verification.json"])
	}
}

// phone is a customer's phone, in a browser without an account, before a link that asks for the last digits of the number.
func (w *ways) phone(link string) *browser.Tab {
	w.t.Helper()
	tab := w.b.Tab(browser.Look{Width: 390, Height: 844, Still: true})
	for _, status := range []string{"422", "409", "403"} {
		tab.Expect(status)
	}
	tab.Goto(link)
	tab.Fill("#digits", w.number[len(w.number)-4:])
	tab.Click("[data-testid=go]")
	return tab
}

// choose sets a field as a picker does.
func choose(tab *browser.Tab, sel, value string) {
	tab.WaitVisible(sel)
	tab.Run(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.value = %q; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); })()`, sel, value))
}

// arranged lets the dispatcher take an escalation on, which nobody else may, and give it to gao; it gives the order.
func (w *ways) arranged(number, kind string) records.Order {
	w.t.Helper()
	var feed struct {
		Items []struct {
			Escalation struct{ ID, Case string } `json:"escalation"`
		} `json:"items"`
	}
	w.Get("/api/v1/escalations?after=0&limit=200", &feed)
	id := ""
	for _, x := range feed.Items {
		if x.Escalation.Case == number {
			id = x.Escalation.ID
		}
	}
	w.dan.Goto(w.base + "/dispatch")
	w.dan.Click(`[data-id="` + id + `"] [data-testid="accept"]`)
	w.dan.WaitText(`[data-testid="candidate"]`, "高明")
	w.dan.Click(`[data-testid="candidate"]:has([value=gao])`)
	if kind == records.KindOnsite {
		w.dan.Click(`[data-testid="agreed"]`)
	}
	w.dan.Click(`[data-testid="keep"]`)
	w.dan.WaitText(`[data-lane="assigned"]`, "高明")
	return w.orderOf(number, kind).Order
}

// reader is somebody with a phone and neither an account nor a link.
func (w *ways) reader(address string) *browser.Tab {
	w.t.Helper()
	tab := w.b.Tab(browser.Look{Width: 390, Height: 844, Still: true})
	tab.Expect("409")
	tab.Goto(address)
	return tab
}
