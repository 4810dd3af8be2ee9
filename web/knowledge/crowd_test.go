package knowledge

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

// One source that asks without end is refused soon, others are not; after a while it may ask again.
func TestHelpIsBoundedBySource(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	from := netip.MustParseAddr("2001:db8::1")
	c := newCrowd(func(*http.Request) netip.Addr { return from }, func() time.Time { return now })
	r := httptest.NewRequest(http.MethodGet, "/help?q=x", nil)
	answered := 0
	for c.admits(r, searchCosts) {
		answered++
	}
	if answered != perSourceBurst/searchCosts {
		t.Errorf("%d searches were answered at once", answered)
	}
	from = netip.MustParseAddr("2001:db8::2") // the same customer
	if c.admits(r, pageCosts) {
		t.Error("another address of the same network may go on")
	}
	from = netip.MustParseAddr("192.0.2.7")
	if !c.admits(r, searchCosts) {
		t.Error("somebody else is refused")
	}
	from, now = netip.MustParseAddr("2001:db8::1"), now.Add(waitFor)
	if !c.admits(r, searchCosts) {
		t.Error("after Retry-After it is still refused")
	}
}

// However many they are, the house answers no more than it can, and keeps no more of them than it must.
func TestHelpIsBoundedForAll(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	n := uint32(0)
	c := newCrowd(func(*http.Request) netip.Addr {
		n++
		return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
	}, func() time.Time { return now })
	r, answered := httptest.NewRequest(http.MethodGet, "/help", nil), 0
	for range 2 * maxSources {
		if c.admits(r, pageCosts) {
			answered++
		}
	}
	if answered != perHouseBurst || len(c.known) != maxSources {
		t.Errorf("%d were answered, %d are kept", answered, len(c.known))
	}
	now = now.Add(time.Hour)
	if !c.admits(r, pageCosts) || len(c.known) > perHouseBurst {
		t.Errorf("an hour later %d are kept, or nobody is answered", len(c.known))
	}
}
