package dispatch

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hotline/records/calendar"
	"hotline/web/browser"
)

const yearFile = `{"year": 2027, "papers": ["https://example.cn/2027"], "days": [
	{"name": "元旦", "date": "2027-01-01", "isOffDay": true},
	{"name": "元旦", "date": "2027-01-02", "isOffDay": true},
	{"name": "春节", "date": "2027-01-30", "isOffDay": false}]}`

// upload posts a file and gives the answer.
func upload(t testing.TB, c *http.Client, address, name, text string) (int, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, text); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := c.Post(address, form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, read(t, r)
}

func read(t testing.TB, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestImportOfDays: what was shown is kept, and nothing of a file with a mistake.
func TestImportOfDays(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC))
	dan := h.as("dan")
	base := h.server.URL + "/dispatch/calendars/china"
	if status, text := upload(t, dan, base+"/preview", "2027.json", strings.Replace(yearFile, "2027-01-02", "2027-02-30", 1)); status != http.StatusUnprocessableEntity || !strings.Contains(text, "2027-02-30") {
		t.Errorf("a broken file: %d %s", status, text)
	}
	status, text := upload(t, dan, base+"/preview", "2027.json", yearFile)
	if status != http.StatusOK || strings.Count(text, `data-testid="change"`) != 3 || !strings.Contains(text, "https://example.cn/2027") {
		t.Fatalf("preview: %d %s", status, text)
	}
	c, err := h.store.Calendar(t.Context(), "china")
	if err != nil {
		t.Fatal(err)
	}
	if missing := c.Missing(h.now()); len(missing) != 1 {
		t.Errorf("a preview must keep nothing, but the missing years are %v", missing)
	}
	form := url.Values{
		"format": {"holiday-cn"}, "source": {"https://example.cn/2027"}, "file": {"2027.json"}, "sha256": {strings.Repeat("0", 64)},
		"day": {"2027-01-01", "2027-01-02", "2027-01-30"}, "kind": {"off", "skip", "works"}, "hours": {"", "", "09:00-12:00，13:00-15:00"}, "name": {"元旦", "元旦", "春节"},
	}
	r, err := dan.PostForm(base+"/import", form)
	if err != nil {
		t.Fatal(err)
	}
	if read(t, r); r.StatusCode != http.StatusSeeOther || !strings.Contains(r.Header.Get("Location"), "year=2027") {
		t.Fatalf("import: %s to %s", r.Status, r.Header.Get("Location"))
	}
	if c, err = h.store.Calendar(t.Context(), "china"); err != nil {
		t.Fatal(err)
	}
	hours := func(text string) string {
		day, err := calendar.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return hoursText(c.Hours(day))
	}
	if got := hours("2027-01-01") + "|" + hours("2027-01-30"); got != "|09:00-12:00 13:00-15:00" || len(c.Missing(h.now())) != 0 {
		t.Errorf("after the import the hours are %q, missing %v", got, c.Missing(h.now()))
	}
	for name, change := range map[string]url.Values{"date": {"day": {"1", "2", "3"}}, "hours": {"hours": {"", "", "9-12"}}, "rows": {"kind": {"off"}}, "source": {"source": {""}}} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		for k, v := range change {
			bad[k] = v
		}
		r, err := dan.PostForm(base+"/import", bad)
		if err != nil {
			t.Fatal(err)
		}
		if read(t, r); r.StatusCode < 400 || r.StatusCode >= 500 {
			t.Errorf("%s: %s", name, r.Status)
		}
	}
	r, err = h.as("anna").Get(base)
	if err != nil {
		t.Fatal(err)
	}
	if read(t, r); r.StatusCode != http.StatusForbidden {
		t.Errorf("an agent sees the working calendars: %s", r.Status)
	}
}

// TestCalendarsInTheBrowser: a year, an import with its preview, and one day set by hand.
func TestCalendarsInTheBrowser(t *testing.T) {
	h := openHouse(t)
	h.set(time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC))
	b := browser.Start(t, browser.Options{})
	for name, look := range map[string]browser.Look{"desk": {}, "desk-dark-en": {Dark: true, Lang: "en"}, "phone": {Width: 390, Height: 844}} {
		tab := b.Tab(look)
		tab.Login(h.server.URL, "dan", password)
		tab.Goto(h.server.URL + "/dispatch/calendars")
		tab.WaitVisible(`[data-date="2026-10-10"].makeup`)
		sound(t, tab, "calendars "+name)
		picture(t, tab, "calendars-"+name)
		tab.Close()
	}
	tab := b.Tab()
	tab.Login(h.server.URL, "dan", password)
	tab.Goto(h.server.URL + "/dispatch/calendars")
	tab.WaitVisible(`[data-testid="missing"]`)
	tab.Run(`(() => {
		const files = new DataTransfer();
		files.items.add(new File([` + "`" + yearFile + "`" + `], "2027.json", {type: "application/json"}));
		document.querySelector("#file").files = files.files;
	})()`)
	tab.Click(`[data-testid="preview"]`)
	tab.WaitVisible(`[data-testid="change"]`)
	sound(t, tab, "preview")
	picture(t, tab, "calendars-preview")
	tab.Click(`[data-testid="import-days"]`)
	tab.WaitVisible(`[data-testid="imported"]`)
	tab.WaitVisible(`[data-date="2027-01-30"].makeup`)
	tab.WaitGone(`[data-testid="missing"]`)
	tab.Run(`document.querySelector("#day").value = "2027-03-03"`)
	tab.Fill("#source", "公司通知")
	tab.Click(`[data-testid="one-day"]`)
	tab.WaitVisible(`[data-date="2027-03-03"].off`)
	tab.WaitText(`[data-testid="import"]`, "公司通知")
}
