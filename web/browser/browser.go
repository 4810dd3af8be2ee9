// Package browser drives a headless Chromium in tests of pages: tabs with cookies of their own, and faults of a page (a console
// error, an exception, a violated policy, a failed request) as failures of the test.
package browser

import (
	"context"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/chromedp"
)

// Options says how the browser is started. The zero value fits most tests.
type Options struct {
	Patience time.Duration  // how long each step waits for what it wants; 60 s when 0
	Flags    map[string]any // further flags of Chromium, without the dashes
	Insecure bool           // take certificates that nobody signed
	Profile  string         // directory of the profile, for one that outlives the browser; "": one of its own, removed afterwards
}

// TB is what the browser needs of a test, or of a benchmark that is none.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(f func())
}

// Browser is one running Chromium with a profile of its own.
type Browser struct {
	tb  TB
	opt Options
	ctx context.Context
}

// Start runs Chromium until the test ends. The test fails at once when there is none.
func Start(tb TB, o Options) *Browser {
	tb.Helper()
	if o.Patience <= 0 {
		o.Patience = time.Minute
	}
	program, err := exec.LookPath("chromium")
	if err != nil {
		tb.Fatalf("browser: there is no chromium; deploy/test/install.sh installs it: %v", err)
	}
	profile := o.Profile
	if profile == "" {
		if profile, err = os.MkdirTemp("", "hotline-chromium-"); err != nil { //nolint:usetesting // Chromium's children may still write when the test's own directory is removed
			tb.Fatalf("browser: profile: %v", err)
		}
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.UserDataDir(profile), chromedp.NoSandbox,
		chromedp.WSURLReadTimeout(o.Patience))
	for flag, value := range map[string]any{
		"disable-gpu": true, "disable-quic": true, "disable-component-update": true, "no-proxy-server": true, "mute-audio": true,
		"use-fake-ui-for-media-stream": true, "use-fake-device-for-media-stream": true, "autoplay-policy": "no-user-gesture-required",
		"disable-features": "Translate,OptimizationHints,MediaRouter,WebRtcHideLocalIpsWithMdns,HttpsUpgrades", "lang": "zh-CN",
		"ignore-certificate-errors": o.Insecure,
	} {
		options = append(options, chromedp.Flag(flag, value))
	}
	for flag, value := range o.Flags {
		options = append(options, chromedp.Flag(flag, value))
	}
	// The browser is ended in order, not by the end of a test's context.
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	tb.Cleanup(func() {
		limit, done := context.WithTimeout(ctx, 20*time.Second)
		_ = chromedp.Cancel(limit)
		done()
		cancel()
		stop()
		if o.Profile == "" {
			_ = os.RemoveAll(profile)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatalf("browser: start %s: %v", program, err)
	}
	return &Browser{tb: tb, opt: o, ctx: ctx}
}

// Kill ends the browser as a crash would: no page of it can say a last word. Its tabs are of no use afterwards.
func (b *Browser) Kill() {
	b.tb.Helper()
	if err := chromedp.FromContext(b.ctx).Browser.Process().Kill(); err != nil {
		b.tb.Fatalf("browser: kill: %v", err)
	}
	<-b.ctx.Done()
}
