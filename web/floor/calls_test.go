package floor

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web/browser"
)

func eventOf(t testing.TB, entry records.JournalEntry) queue.Event {
	t.Helper()
	var e queue.Event
	if err := json.Unmarshal(entry.Data, &e); err != nil {
		t.Fatal(err)
	}
	e.At = entry.At
	return e
}

// signedIn gives a client with the cookie of a user.
func (h *house) signedIn(login string) *http.Client {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	res, err := client.Post(h.server.URL+"/api/v1/login", "application/json", strings.NewReader(fmt.Sprintf(`{"login":%q,"password":%q,"cookie":true}`, login, password)))
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		h.t.Fatalf("login of %s: %s", login, res.Status)
	}
	return client
}

func (h *house) body(client *http.Client, method, path string, form url.Values) (int, string, http.Header) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return res.StatusCode, html.UnescapeString(string(data)), res.Header // templates write + as an entity
	}
	return res.StatusCode, string(data), res.Header
}

// recordedCalls is a small day of calls of every kind.
func (h *house) recordedCalls() {
	h.t.Helper()
	at := time.Now().Add(-2 * time.Hour)
	for i := range 60 {
		h.rings(fmt.Sprintf("ok-%02d", i), "service", "+8613800138000", "王芳", at.Add(time.Duration(i)*time.Minute)).done(3*time.Second, "anna")
	}
	h.rings("late", "billing", "+8613900139000", "李强", at.Add(90*time.Minute)).done(17*time.Second, "ben")
	h.rings("gone", "service", "+8613700137000", "=cmd|' /C calc'!A0", at.Add(91*time.Minute)).gaveUp(12 * time.Second)
	h.rings("short", "service", "+8613700137000", "赵六", at.Add(92*time.Minute)).gaveUp(2 * time.Second)
	h.rings("old", "service", "+8613700137000", "赵六", at.Add(-50*time.Hour)).done(time.Second, "ben")
	if err := h.store.Journal().Flush(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// done answers a call and ends it.
func (c *caller) done(wait time.Duration, agent string) {
	c.h.t.Helper()
	c.offered(0, agent)
	c.answered(wait, agent)
	c.ended(wait+30*time.Second, "caller")
}

func TestCallsAreFilteredPagedAndMasked(t *testing.T) {
	h := openHouse(t, houseOptions{})
	h.recordedCalls()
	sue, anna := h.signedIn("sue"), h.signedIn("anna")
	shown := func(client *http.Client, path string, form url.Values) []string {
		t.Helper()
		method := http.MethodGet
		if form != nil {
			method = http.MethodPost
		}
		status, page, _ := h.body(client, method, path, form)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, page)
		}
		var ids []string
		for _, part := range strings.Split(page, `data-call="`)[1:] {
			id, _, _ := strings.Cut(part, `"`)
			ids = append(ids, id)
		}
		return ids
	}
	day := time.Now().Add(-2*time.Hour - 50*time.Hour).In(h.zone).Format(time.DateOnly)
	for name, c := range map[string]struct {
		path string
		form url.Values
		want []string
	}{
		"late":         {"/calls?met=no&outcome=answered", nil, []string{"late"}},
		"queue":        {"/calls?queue=billing", nil, []string{"late"}},
		"abandoned":    {"/calls?outcome=abandoned", nil, []string{"short", "gone"}},
		"only short":   {"/calls?short=only", nil, []string{"short"}},
		"third ring":   {"/calls?ring=3", nil, []string{"gone"}},
		"agent":        {"/calls?agent=ben", nil, []string{"late", "old"}},
		"day":          {"/calls?day=" + day, nil, []string{"old"}},
		"number":       {"/calls", url.Values{"number": {"139 0013 9000"}}, []string{"late"}},
		"no number":    {"/calls?number=13900139000&queue=billing", nil, []string{"late"}}, // in an address it counts for nothing
		"nothing fits": {"/calls?queue=nothing", nil, nil},
		"nonsense":     {"/calls?ring=99&met=perhaps&outcome=x&agent=ben", nil, []string{"late", "old"}},
	} {
		if got := shown(sue, c.path, c.form); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := shown(anna, "/calls?agent=ben", nil); len(got) != 50 || got[0] != "ok-59" {
		t.Errorf("anna asks for ben's calls and sees %v", got)
	}
	_, page, _ := h.body(sue, http.MethodGet, "/calls?agent=anna", nil)
	if strings.Contains(page, "+8613800138000") || !strings.Contains(page, "+86138****8000") || strings.Contains(page, "王芳") {
		t.Error("a supervisor's list is not masked")
	}
	_, page, _ = h.body(sue, http.MethodPost, "/calls", url.Values{"numbers": {"full"}, "queue": {"billing"}})
	if !strings.Contains(page, "+8613900139000") {
		t.Error("full numbers were asked for and are not shown")
	}
	h.audit("sue", "calls.numbers-listed")
	_, page, _ = h.body(anna, http.MethodPost, "/calls", url.Values{"numbers": {"full"}})
	if !strings.Contains(page, "+8613800138000") || strings.Contains(page, "+8613900139000") {
		t.Error("an agent sees the numbers of their own calls and of no other")
	}
	if status, _, _ := h.body(sue, http.MethodPost, "/calls", url.Values{"cursor": {"x"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a cursor of nobody's: %d", status)
	}
	if status, _, _ := h.body(h.signedIn("dan"), http.MethodGet, "/calls", nil); status != http.StatusForbidden {
		t.Errorf("a dispatcher: %d", status)
	}
}

// audit gives the last entry of an action; there must be one.
func (h *house) audit(by, action string) records.AuditEntry {
	h.t.Helper()
	page, err := h.store.AuditLog(h.t.Context(), records.AuditFilter{By: by, Action: action})
	if err != nil || len(page.Items) == 0 {
		h.t.Fatalf("the audit log has no %s by %s: %v", action, by, err)
	}
	return page.Items[0]
}

func TestExportIsWholeInertAndAudited(t *testing.T) {
	h := openHouse(t, houseOptions{})
	h.recordedCalls()
	status, body, header := h.body(h.signedIn("sue"), http.MethodPost, "/calls.csv", url.Values{"queue": {"service"}, "number": {""}})
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") || !strings.Contains(header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v", status, header)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 1+63 { // more than a page
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		if len(row) != 15 || strings.HasPrefix(row[3], "=") || strings.Contains(row[2], "00138000") {
			t.Errorf("row %q", row)
		}
	}
	if e := h.audit("sue", "calls.exported"); e.Object != "service" || !strings.Contains(e.Data, "queue=service") {
		t.Errorf("audit %+v", e)
	}
	_, body, _ = h.body(h.signedIn("sue"), http.MethodPost, "/calls.csv", url.Values{"number": {"13700137000"}, "numbers": {"full"}})
	if !strings.Contains(body, "'=cmd|") || !strings.Contains(body, "+8613700137000") {
		t.Errorf("the export in full is %s", body)
	}
	if e := h.audit("sue", "calls.exported"); strings.Contains(e.Data, "137001") || !strings.Contains(e.Data, "numbers=full") {
		t.Errorf("audit %+v", e)
	}
}

func TestOneCallAndItsChain(t *testing.T) {
	h := openHouse(t, houseOptions{})
	h.staffed([]string{"service"}, 6, 1)
	h.eventful("a-1", time.Now().Add(-10*time.Minute)).ended(190*time.Second, "caller")
	if err := h.store.Journal().Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	sue := h.signedIn("sue")
	status, page, _ := h.body(sue, http.MethodGet, "/calls/a-1", nil)
	if status != http.StatusOK || !strings.Contains(page, "记录链完整（22 条）") || !strings.Contains(page, "+8613800138000") || !strings.Contains(page, "在处理另一位客户") {
		t.Errorf("%d, %d bytes, without chain, number or reason", status, len(page))
	}
	h.audit("sue", "call.read")
	if status, _, _ := h.body(h.signedIn("ben"), http.MethodGet, "/calls/a-1", nil); status != http.StatusOK {
		t.Errorf("who answered it: %d", status)
	}
	if status, _, _ := h.body(h.signedIn("anna"), http.MethodGet, "/calls/a-1", nil); status != http.StatusForbidden {
		t.Errorf("who declined it: %d", status)
	}
	if status, _, _ := h.body(sue, http.MethodGet, "/calls/nothing", nil); status != http.StatusNotFound {
		t.Errorf("no such call: %d", status)
	}
	h.tamper("UPDATE journal SET agent = 'nobody' WHERE call = 'a-1' AND seq = 4")
	_, page, _ = h.body(sue, http.MethodGet, "/calls/a-1", nil)
	if !strings.Contains(page, "记录链在第 4 条断开") || !strings.Contains(page, "这条记录被改过或移动过") {
		t.Error("a chain that was tampered with looks whole")
	}
}

func TestListAndTimelineInTheBrowser(t *testing.T) {
	h := openHouse(t, houseOptions{})
	h.recordedCalls()
	live := h.rings("live", "service", "+8613600136000", "孙丽", time.Now())
	live.offered(0, "anna")
	tab := browser.Start(t, browser.Options{}).Tab(browser.Look{})
	tab.Login(h.server.URL, "sue", password)
	tab.Goto(h.server.URL + "/calls")
	tab.Wait(`document.querySelectorAll("[data-testid=call]").length === 51`)
	tab.Click("[data-testid=more]")
	tab.Wait(`document.querySelectorAll("[data-testid=call]").length === 65 && !document.querySelector("[data-testid=more]")`)
	tab.Run(`(() => { const s = document.querySelector("#f-met"); s.value = "no"; s.dispatchEvent(new Event("change", {bubbles: true})); })()`)
	tab.Wait(`document.querySelectorAll("[data-testid=call]").length === 3`)
	if got := tab.Path(); got != "/calls?met=no" {
		t.Errorf("the address is %s", got)
	}
	tab.Fill("#f-number", "13900139000")
	tab.Key("\r")
	tab.Wait(`document.querySelectorAll("[data-testid=call]").length === 1`)
	if got := tab.Path(); got != "/calls?met=no" {
		t.Errorf("a number stands in the address: %s", got)
	}
	sound(t, tab, "calls filtered")

	// One call, live: answered while somebody looks.
	tab.Goto(h.server.URL + "/calls/live")
	tab.Wait(`document.querySelectorAll(".bar-offer.bar-live").length === 1`)
	live.answered(time.Since(live.at), "anna")
	tab.Wait(`document.querySelectorAll(".offer-accepted").length === 1 && document.querySelector(".verdict-met") !== null`)
	live.ended(time.Since(live.at), "caller")
	tab.Wait(`document.querySelector("#picture").dataset.live === "false"`)
	tab.WaitText("[data-testid=chain]", "记录链完整")
	sound(t, tab, "a call")
}
