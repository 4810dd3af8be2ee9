package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hotline/web/browser"

	"github.com/chromedp/chromedp/kb"
)

// site is a page with everything that a tab should notice.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	page := func(pattern, body string) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; img-src 'self'; connect-src 'self'")
			fmt.Fprintf(w, `<!doctype html><html lang="%s"><title>t</title><body>%s</body></html>`, r.Header.Get("Accept-Language")[:2], body)
		})
	}
	page("/good", `<main><h1>Hello</h1><label>Name <input id="name" value="old"></label><p id="out"></p></main><script src="/script.js"></script>`)
	page("/inline", `<h1>x</h1><script>alert(1)</script>`)
	page("/missing", `<h1>x</h1><img src="/gone.png" alt="">`)
	page("/throws", `<h1>x</h1><script src="/throws.js"></script>`)
	page("/logs", `<h1>x</h1><script src="/logs.js"></script>`)
	page("/unlabelled", `<main><h1>x</h1><input id="bare"></main>`)
	for name, source := range map[string]string{
		"/script.js": `document.getElementById("name").addEventListener("keydown", (e) => { if (e.key === "Enter") document.getElementById("out").textContent = "typed " + e.target.value; });`,
		"/throws.js": `throw new Error("boom");`, "/logs.js": `console.error("it", "broke");`,
	} {
		mux.HandleFunc("GET "+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, source)
		})
	}
	mux.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestTab(t *testing.T) {
	t.Parallel()
	base := site(t)
	tab := browser.Start(t, browser.Options{}).Tab(browser.Look{Width: 800, Height: 600, Lang: "en-GB", Dark: true, Still: true, Zone: "Asia/Tokyo"})
	tab.Goto(base + "/good")
	tab.WaitVisible("h1")
	tab.Fill("#name", "王芳 new")
	tab.Key(kb.Enter)
	tab.WaitText("#out", "typed 王芳 new")
	if got := tab.Text("h1"); got != "Hello" || tab.Path() != "/good" {
		t.Errorf("%q at %s", got, tab.Path())
	}
	var seen struct {
		W        int
		Lang, TZ string
		Dark     bool
		Still    bool
	}
	tab.Eval(`({w: innerWidth, lang: document.documentElement.lang, dark: matchMedia("(prefers-color-scheme: dark)").matches,
		still: matchMedia("(prefers-reduced-motion: reduce)").matches, tz: Intl.DateTimeFormat().resolvedOptions().timeZone})`, &seen)
	if seen.W != 800 || seen.Lang != "en" || !seen.Dark || !seen.Still || seen.TZ != "Asia/Tokyo" {
		t.Errorf("the device is %+v", seen)
	}
	if found := tab.Axe(); len(found) != 0 {
		t.Errorf("axe: %v", found)
	}
	if faults := tab.Faults(); len(faults) != 0 {
		t.Errorf("faults: %q", faults)
	}
}

func TestTabNoticesFaults(t *testing.T) {
	t.Parallel()
	base := site(t)
	b := browser.Start(t, browser.Options{})
	for path, want := range map[string]string{
		"/inline": "Content Security Policy", "/missing": "404", "/throws": "boom", "/logs": "it broke", "/absent": "404",
	} {
		tab := b.Tab()
		tab.Goto(base + path)
		tab.Wait(`document.readyState === "complete"`)
		if faults := tab.Faults(); len(faults) == 0 || !strings.Contains(strings.Join(faults, "\n"), want) {
			t.Errorf("%s: faults %q, want %q", path, faults, want)
		}
		tab.Expect("")
		if faults := tab.Faults(); len(faults) != 0 {
			t.Errorf("%s: expected, and yet %q", path, faults)
		}
	}
	tab := b.Tab()
	tab.Goto(base + "/unlabelled")
	found := tab.Axe()
	if len(found) != 1 || found[0].ID != "label" || !strings.Contains(found[0].String(), `id="bare"`) {
		t.Errorf("axe on a field without label: %v", found)
	}
}
