package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/web/browser"
)

var pictures = flag.Bool("update", false, "write the pictures of the pages to docs/img")

// said is what the demo prints, read while it runs.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestEveryPageLives runs the demo as `make demo` does and opens the pages with the logins that it prints: each of them has something to
// show, without a fault and without a serious violation of WCAG.
func TestEveryPageLives(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "hotline")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "hotline/cmd/hotline").CombinedOutput(); err != nil { //nolint:gosec // a path of our own
		t.Fatalf("build: %v\n%s", err, out)
	}
	line := commandLine{Hotline: binary, Listen: free(t), SIP: free(t), Seed: 7, Agents: 6, Calls: 1000, Pace: 6 * time.Second}
	ctx, cancel := context.WithCancel(context.Background())
	out, done := &said{}, make(chan error, 1)
	go func() { done <- run(ctx, line, out) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the demo: %v", err)
		}
	})
	password := map[string]string{}
	until(t, "the demo tells its logins", func() bool {
		for _, m := range regexp.MustCompile(`(?m)^  (you|boss|dispatch|engineer|admin) +(\S+) `).FindAllStringSubmatch(out.String(), -1) {
			password[m[1]] = m[2]
		}
		return len(password) == 5 && strings.Contains(out.String(), "Ctrl-C")
	})
	s := &server{listen: line.Listen}
	as := func(login string) string {
		t.Helper()
		token, err := s.signIn(t.Context(), login, password[login])
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	boss := as("boss")
	until(t, "calls were answered and calls were missed", func() bool {
		var calls struct {
			Items []struct {
				Answered bool
				End      string
			}
		}
		if _, err := s.ask(t.Context(), boss, "GET", "/api/v1/calls?limit=200", nil, &calls); err != nil {
			t.Fatal(err)
		}
		answered, missed := 0, 0
		for _, c := range calls.Items {
			if c.End != "" && c.Answered {
				answered++
			} else if c.End != "" {
				missed++
			}
		}
		return answered >= 6 && missed >= 1
	})

	b := browser.Start(t, browser.Options{})
	base := "http://" + line.Listen
	open := func(login string, look browser.Look) *browser.Tab {
		tab := b.Tab(look)
		tab.Expect("events?desk=true") // who has no phone yet gets one with the first desk, which is opened again a moment later
		tab.Login(base, login, password[login])
		return tab
	}
	// One of the simulated agents is looked at from inside: their cases, and one that a colleague offers them.
	admin := as("admin")
	for _, login := range []string{"wangfang", "sunli"} {
		password[login] = "a password for looking at"
		if _, err := s.ask(t.Context(), admin, "POST", "/api/v1/users/"+login+"/password", map[string]any{"password": password[login]}, nil); err != nil {
			t.Fatal(err)
		}
	}
	offerOne(t, s, as("sunli"))

	tabs := map[string]*browser.Tab{}
	for _, p := range pagesOf() {
		tab := tabs[p.login]
		switch {
		case tab != nil:
		case p.login == "":
			tab = b.Tab(browser.Look{Width: 390, Height: 844, Still: true})
		case p.login == "engineer":
			tab = open(p.login, browser.Look{Width: 390, Height: 844, Still: true, Zone: "Asia/Shanghai"})
		default:
			tab = open(p.login, browser.Look{Still: true, Zone: "Asia/Shanghai"})
		}
		tabs[p.login] = tab
		p.lives(t, tab, base)
	}
	for _, login := range []string{"wangfang", "dispatch", "engineer", "boss", "admin"} {
		leads(t, base, login, password[login])
	}
	floor, wide := tabs["boss"], open("boss", browser.Look{Width: 1920, Height: 1080})
	for _, c := range []struct{ name, path, has string }{
		{"wall", "/wall", "[data-testid=board] .wall-row"},
		{"replay", "/replay", "[data-testid=play]:not([disabled])"},
	} {
		wide.Goto(base + c.path)
		wide.WaitVisible(c.has)
		if c.name == "replay" {
			wide.Click(`[data-testid=next-missed]`)
		}
		wide.Wait(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
		for _, v := range wide.Axe() {
			t.Errorf("%s: %+v", c.path, v)
		}
		show(wide, c.name)
		if c.name == "wall" { // which is dark until somebody makes it light, for itself alone
			wide.Run(`localStorage.setItem("wall.theme", "light")`)
			wide.Reload()
			wide.WaitVisible(c.has)
			show(wide, "wall-light")
		}
	}
	// One call as a picture: the newest that rang more than one phone and was answered.
	floor.Goto(base + "/calls?outcome=answered")
	floor.WaitVisible(`main table tbody tr a[href^="/calls/"]`)
	var path string
	floor.Eval(`document.querySelector('main table tbody tr a[href^="/calls/"]').getAttribute("href")`, &path)
	floor.Goto(base + path)
	floor.WaitVisible(`[data-testid=picture] svg`)
	floor.WaitVisible(`[data-testid=chain]`)
	show(floor, "call")
}

// offerOne lets sunli offer a case of hers to wangfang.
func offerOne(t *testing.T, s *server, sunli string) {
	t.Helper()
	var made struct{ Number string }
	if _, err := s.ask(t.Context(), sunli, "POST", "/api/v1/cases", map[string]any{
		"caller": "13700137003", "subject": "标签条码扫描不出来", "product": "打印服务", "category": "标签", "description": "换过碳带，仍扫不出。",
	}, &made); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ask(t.Context(), sunli, "POST", "/api/v1/cases/"+made.Number+"/handovers", map[string]any{
		"kind": "agent", "name": "wangfang", "note": "客户下午三点后方便，请先看附件里的截图。",
	}, nil); err != nil {
		t.Fatal(err)
	}
}

// show writes a picture for the documents, when they are to be made anew.
func show(tab *browser.Tab, name string) {
	if *pictures {
		tab.Screenshot(filepath.Join("..", "..", "docs", "img", name+".png"))
	}
}

// until waits for the demo to come so far.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(3 * time.Minute); !ok(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func free(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
