package browser

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Look is how the person before the screen has set their device. The zero value is 1366×768, Chinese, light.
type Look struct {
	Width, Height int
	Lang          string // Accept-Language and locale, "zh-CN" when empty
	Dark          bool
	Still         bool // prefers-reduced-motion
	Zone          string
	Profile       bool // cookies and storage of the browser's profile, not of the tab's own
}

// Tab is one page with cookies of its own. What fails in it fails its test; every step waits with the browser's patience.
type Tab struct {
	b   *Browser
	ctx context.Context

	mu       sync.Mutex
	faults   []string
	expected []string
}

// Tab opens an empty page. It is closed with the test.
func (b *Browser) Tab(look ...Look) *Tab {
	b.tb.Helper()
	var l Look
	if len(look) > 0 {
		l = look[0]
	}
	var options []chromedp.ContextOption
	if !l.Profile {
		options = append(options, chromedp.WithNewBrowserContext())
	}
	ctx, cancel := chromedp.NewContext(b.ctx, options...)
	t := &Tab{b: b, ctx: ctx}
	b.tb.Cleanup(func() {
		cancel()
		for _, fault := range t.Faults() {
			b.tb.Errorf("browser: %s", fault)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		b.tb.Fatalf("browser: open a tab: %v", err)
	}
	if err := chromedp.Listen(ctx, t.listen); err != nil {
		b.tb.Fatalf("browser: listen: %v", err)
	}
	t.Set(l)
	return t
}

// Set changes the device's settings.
func (t *Tab) Set(l Look) {
	t.b.tb.Helper()
	if l.Width == 0 {
		l.Width, l.Height = 1366, 768
	}
	if l.Lang == "" {
		l.Lang = "zh-CN"
	}
	scheme, motion := "light", "no-preference"
	if l.Dark {
		scheme = "dark"
	}
	if l.Still {
		motion = "reduce"
	}
	t.do("settings", func(ctx context.Context) error {
		if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		agent, err := chromedp.Run(ctx, chromedp.Evaluate[string](`navigator.userAgent`))
		if err != nil {
			return err
		}
		if _, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: l.Lang}); err != nil {
			return err
		}
		if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(l.Width), Height: int64(l.Height), DeviceScaleFactor: 1, Mobile: l.Width < 600,
		}); err != nil {
			return err
		}
		if l.Zone != "" {
			if _, err := chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: l.Zone}); err != nil {
				return err
			}
		}
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
		}})
		return err
	})
}

// do runs a step within the browser's patience.
func (t *Tab) do(what string, step func(context.Context) error) {
	t.b.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, t.b.opt.Patience)
	defer cancel()
	if err := step(ctx); err != nil {
		t.b.tb.Fatalf("browser: %s: %v\n%s", what, err, t.state())
	}
}

// state says where the tab is and what it shows, for failures.
func (t *Tab) state() string {
	ctx, cancel := context.WithTimeout(t.ctx, 5*time.Second)
	defer cancel()
	shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + (document.body?.innerText ?? "").slice(0, 1500)`))
	if err != nil {
		return "(the page does not answer: " + err.Error() + ")"
	}
	return shown + "\nfaults: " + strings.Join(t.Faults(), "; ")
}

// Goto opens a page and waits until it is loaded.
func (t *Tab) Goto(address string) {
	t.b.tb.Helper()
	t.do("open "+address, func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Navigate(address)) })
}

// Reload loads the page anew.
func (t *Tab) Reload() {
	t.b.tb.Helper()
	t.do("reload", func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Reload()) })
}

// Login signs in at base, "http://127.0.0.1:port", and waits for the page that follows.
func (t *Tab) Login(base, login, password string) {
	t.b.tb.Helper()
	t.Goto(base + "/login")
	t.Fill("#login", login)
	t.Fill("#password", password)
	t.Click("[data-testid=login-submit]")
	t.Wait(`location.pathname !== "/login" && document.readyState === "complete"`)
}

// Click clicks the middle of the first element of a CSS selector, once it is visible. What htmx has just put there hears clicks 20 ms
// later, which no hand is fast enough to notice: it is waited for.
func (t *Tab) Click(sel string) {
	t.b.tb.Helper()
	t.WaitVisible(sel)
	t.Wait(`!document.querySelector(".htmx-added, .htmx-settling, .htmx-swapping")`)
	t.do("click "+sel, func(ctx context.Context) error {
		for {
			err := chromedp.Do(ctx, chromedp.Click(sel))
			if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "Could not find node with given id") {
				return err
			}
			// The page has just been replaced, and the driver still held a node of the one before: nothing was clicked.
		}
	})
}

// Fill types text into a field, in place of what is there.
func (t *Tab) Fill(sel, text string) {
	t.b.tb.Helper()
	t.WaitVisible(sel)
	t.Run(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.focus(); e.select?.(); })()`, sel))
	if text == "" {
		t.Key(kb.Backspace)
		return
	}
	t.Key(text)
}

// Key presses keys one after the other: characters, or the names of chromedp/kb (kb.Enter, kb.Tab, kb.Escape …).
func (t *Tab) Key(keys ...string) {
	t.b.tb.Helper()
	for _, key := range keys {
		t.do("press "+key, func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.KeyEvent(key)) })
	}
}

// Text gives what an element shows, without spaces around it; "" when there is no such element.
func (t *Tab) Text(sel string) string {
	t.b.tb.Helper()
	var text string
	t.Eval(fmt.Sprintf(`(document.querySelector(%q)?.innerText ?? "").trim()`, sel), &text)
	return text
}

// Path gives path and query of the page.
func (t *Tab) Path() string {
	t.b.tb.Helper()
	var href string
	t.Eval(`location.href`, &href)
	u, err := url.Parse(href)
	if err != nil {
		t.b.tb.Fatalf("browser: %v", err)
	}
	return u.RequestURI()
}

// WaitText waits until an element shows a text that contains part.
func (t *Tab) WaitText(sel, part string) {
	t.b.tb.Helper()
	t.Wait(fmt.Sprintf(`(document.querySelector(%q)?.innerText ?? "").includes(%q)`, sel, part))
}

// WaitVisible waits until an element is shown.
func (t *Tab) WaitVisible(sel string) {
	t.b.tb.Helper()
	t.Wait(fmt.Sprintf(`!!document.querySelector(%q)?.checkVisibility({visibilityProperty: true})`, sel))
}

// WaitGone waits until no such element is shown.
func (t *Tab) WaitGone(sel string) {
	t.b.tb.Helper()
	t.Wait(fmt.Sprintf(`!document.querySelector(%q)?.checkVisibility({visibilityProperty: true})`, sel))
}

// WaitEnabled waits until an element is shown and can be used.
func (t *Tab) WaitEnabled(sel string) {
	t.b.tb.Helper()
	t.Wait(fmt.Sprintf(`(e => !!e && !e.disabled && e.getAttribute("aria-disabled") !== "true" && e.checkVisibility())(document.querySelector(%q))`, sel))
}

// Before runs a script in every page that the tab opens from now on, before any script of the page.
func (t *Tab) Before(script string) {
	t.b.tb.Helper()
	t.do("set a script before others", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}

// Wait waits until a JavaScript expression is true; it may be a promise. A page that is just being replaced counts as not yet.
func (t *Tab) Wait(expression string) {
	t.b.tb.Helper()
	t.do("wait for "+expression, func(ctx context.Context) error {
		tick := time.NewTicker(40 * time.Millisecond)
		defer tick.Stop()
		var last error
		for {
			holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression, chromedp.EvalAwaitPromise))
			if err == nil && holds {
				return nil
			}
			if err != nil && ctx.Err() == nil {
				last = err
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("%w (last: %w)", ctx.Err(), last)
			case <-tick.C:
			}
		}
	})
}

// Eval evaluates a JavaScript expression, which may be a promise, and decodes its value into out.
func (t *Tab) Eval(expression string, out any) {
	t.b.tb.Helper()
	t.do("evaluate "+expression, func(ctx context.Context) error {
		data, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise))
		if err != nil {
			return err
		}
		return decode(data, out)
	})
}

// Run evaluates JavaScript for its effect.
func (t *Tab) Run(expression string) {
	t.b.tb.Helper()
	t.do("run "+expression, func(ctx context.Context) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](expression, chromedp.EvalAwaitPromise))
		return err
	})
}

// Forget empties the HTTP cache of the tab, so that the next page is loaded as by somebody who was never here.
func (t *Tab) Forget() {
	t.b.tb.Helper()
	t.do("empty the cache", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.ClearBrowserCache, cdp.Empty{})
		return err
	})
}

// Screenshot writes what the tab shows as PNG.
func (t *Tab) Screenshot(file string) {
	t.b.tb.Helper()
	t.do("screenshot "+file, func(ctx context.Context) error {
		data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, data, 0o644)
	})
}

// Close closes the tab, as a person would.
func (t *Tab) Close() {
	t.b.tb.Helper()
	t.do("close", func(context.Context) error { return chromedp.Cancel(t.ctx) })
}
