package browser

import (
	"context"
	"net/url"

	cdp "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// Permit answers for the person before the screen what pages of an origin may do from now on: name is the permission's
// (W3C permissions), setting "granted", "denied" or "prompt". Pages that are open hear of the change.
func (t *Tab) Permit(address, name, setting string) {
	t.b.tb.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.b.tb.Fatalf("browser: permit: %v", err)
	}
	t.do("set the permission "+name, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, cdp.SetPermission, cdp.SetPermissionParams{
			Permission: &cdp.PermissionDescriptor{Name: name}, Setting: cdp.PermissionSetting(setting),
			Origin: at.Scheme + "://" + at.Host, BrowserContextID: chromedp.FromContext(ctx).BrowserContextID,
		})
		return err
	})
}
