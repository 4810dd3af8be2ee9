package desktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/web/browser"
	"hotline/web/ui"
)

// patience is how long a test waits for what must come.
const patience = 60 * time.Second

// house is the scripted server. Its fields say what the API answers; the methods push what the stream tells.
type house struct {
	tb    testing.TB
	url   string
	pages *ui.Pages
	sip   *sipSwitch
	skew  time.Duration // how far the server's clock is ahead of the machine's

	mu      sync.Mutex
	kind    string // of the agent's phone
	media   bool
	relay   func() (server map[string]any, until time.Time) // what the account says of TURN
	view    map[string]any
	live    []frame // sent to each desk that connects, after its state
	calls   map[string]any
	waiting []any
	hands   []any
	refuse  map[string]problem // "POST /path" → refusal
	streams map[*deskStream]bool
	cut     bool
	asked   []request
	news    chan struct{} // closed and made anew with each request
	version int
}

type request struct {
	Method, Path string
	Body         map[string]any
}

type problem struct {
	Status       int
	Code, What   string
	What2Do      string
	afterwardsOK bool // refuses once
}

func open(tb testing.TB) *house {
	tb.Helper()
	pages, err := ui.New(ui.Options{Company: "华东工业"})
	if err != nil {
		tb.Fatal(err)
	}
	h := &house{
		tb: tb, pages: pages, kind: "browser", media: true, calls: map[string]any{}, refuse: map[string]problem{},
		streams: map[*deskStream]bool{}, news: make(chan struct{}), sip: newSwitch(tb),
	}
	h.view = h.standing("paused", map[string]any{"reason": "break"})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /desk", h.desk)
	mux.Handle("GET /static/", pages.Static())
	mux.HandleFunc("GET /sip", h.sip.serve)
	mux.HandleFunc("GET /api/v1/events", h.events)
	mux.HandleFunc("/api/v1/", h.api)
	mux.HandleFunc("GET /frame.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		_, _ = io.WriteString(w, frameCSS)
	})
	mux.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<title>login</title>") })
	server := httptest.NewServer(mux)
	h.url = server.URL
	tb.Cleanup(func() {
		h.cutAll(true)
		h.sip.closeAll()
		server.Close()
	})
	return h
}

// desk is the page around the partials, with the policy that pages have and, in the middle, fields to type in.
func (h *house) desk(w http.ResponseWriter, r *http.Request) {
	lang := ui.Chinese
	if r.URL.Query().Get("lang") == "en" {
		lang = ui.English
	}
	v := ui.Visitor{Login: "li", Name: "李明", Roles: []string{"agent"}, Lang: lang, Theme: r.URL.Query().Get("theme"), Zone: time.UTC}
	r = r.WithContext(ui.WithVisitor(r.Context(), v))
	part := func(name string) string {
		rec := httptest.NewRecorder()
		h.pages.Fragment(rec, r, http.StatusOK, name, nil)
		if rec.Code != http.StatusOK {
			h.tb.Errorf("block %s: %s", name, rec.Body)
		}
		return rec.Body.String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="%s" data-theme="%s"><head>%s<title>desk</title><link rel="stylesheet" href="/frame.css"></head><body>`, lang, v.Theme, part("ui/_head"))
	fmt.Fprintf(&b, `<div id="messages" class="messages" role="status" aria-live="polite"></div><main id="main" class="frame"><h1 class="visually-hidden">desk</h1>%s
		<div class="middle"><section class="card" aria-label="case"><div class="field"><label for="text">text</label><textarea id="text"></textarea></div><button type="button" id="other" class="button">x</button></section><section class="card" aria-label="who"><h2>who</h2></section></div>%s%s%s%s</main>
		<script type="module" src="%s"></script></body></html>`,
		part("desk/_bar"), part("desk/_call"), part("desk/_pop"), part("desk/_check"), part("desk/_keys"), asset(part("ui/_head"), "desk/desk.js"))
	host := "ws://" + r.Host
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:; connect-src 'self' "+host+"; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Permissions-Policy", "microphone=(self)")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, b.String())
}

// asset gives the address of an asset beside one that the head names.
func asset(head, name string) string {
	_, rest, _ := strings.Cut(head, `href="/static/`)
	hash, _, _ := strings.Cut(rest, "/")
	return "/static/" + hash + "/" + name
}

// set changes what the server answers.
func (h *house) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

// standing makes a new word on where the agent stands.
func (h *house) standing(state string, more map[string]any) map[string]any {
	h.version++
	v := map[string]any{
		"login": "li", "name": "李明", "team": "north", "state": state, "since": h.now().Add(-134 * time.Second), "phone_up": true, "desk_open": true,
		"missed": 0, "answered": 7, "version": h.version, "queues": []string{"service"},
	}
	for key, value := range more {
		v[key] = value
	}
	return v
}

func (h *house) now() time.Time { return time.Now().Add(h.skew).UTC() }

// stand tells where the agent stands now.
func (h *house) stand(state string, more map[string]any) {
	h.mu.Lock()
	h.view = h.standing(state, more)
	view := h.view
	if state != "offered" && state != "ringing" && state != "talking" && state != "wrapup" {
		h.live = nil
	}
	h.mu.Unlock()
	h.send(push("state", "", view))
}

// said waits for a request that was not waited for yet.
func (h *house) said(method, path string) request {
	h.tb.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		h.mu.Lock()
		for i, r := range h.asked {
			if r.Method == method && r.Path == path {
				h.asked = append(h.asked[:i:i], h.asked[i+1:]...)
				h.mu.Unlock()
				return r
			}
		}
		news := h.news
		h.mu.Unlock()
		select {
		case <-news:
		case <-limit.C:
			h.tb.Fatalf("nobody said %s %s", method, path)
		}
	}
}

// never says that a request was not made.
func (h *house) never(method, path string) {
	h.tb.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.asked {
		if r.Method == method && r.Path == path {
			h.tb.Errorf("somebody said %s %s: %v", method, path, r.Body)
		}
	}
}

func (h *house) note(r *http.Request) request {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		h.tb.Error(err)
	}
	seen := request{Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/api/v1")}
	if len(bytes.TrimSpace(body)) > 0 {
		if err := json.Unmarshal(body, &seen.Body); err != nil {
			h.tb.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, seen)
	close(h.news)
	h.news = make(chan struct{})
	return seen
}

// tab opens the desk in a browser of the test.
func (h *house) tab(b *browser.Browser, query string, look ...browser.Look) *browser.Tab {
	h.tb.Helper()
	t := b.Tab(look...)
	h.tb.Cleanup(t.Close) // before the server, so that no page complains of its end
	t.Goto(h.url + "/desk" + query)
	t.WaitText("[data-testid=stream]", map[bool]string{true: "Live", false: "实时"}[strings.Contains(query, "lang=en")])
	return t
}

// frameCSS puts the blocks where the desk's page puts them.
const frameCSS = `.frame { display: grid; grid-template-columns: minmax(0, 1fr); grid-template-rows: auto auto minmax(0, 1fr) auto; height: 100vh; }
.middle { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; padding: 16px; min-height: 0; overflow: auto; grid-row: 3; }
.middle .card { margin: 0; } .callbar { grid-row: 4; } .middle textarea { min-height: 200px; }`
