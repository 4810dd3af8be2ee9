package web

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestThrottle(t *testing.T) {
	t.Parallel()
	newOne := func() (th *throttle, pass func(time.Duration)) {
		now := time.Unix(1_800_000_000, 0)
		limit := LoginLimit{Attempts: 3, Window: time.Minute, Lockout: 10 * time.Minute}
		return newThrottle(limit, func() time.Time { return now }), func(d time.Duration) { now = now.Add(d) }
	}
	home, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }
	fail := func(t *testing.T, th *throttle, from netip.Addr, login string) {
		t.Helper()
		if wait := th.take(from, login); wait != 0 {
			t.Fatalf("%s from %s has to wait %s", login, from, wait)
		}
		th.done(from, login, wrong)
	}

	t.Run("a login, wherever the tries come from", func(t *testing.T) {
		t.Parallel()
		th, pass := newOne()
		for i := range 3 {
			fail(t, th, address(i), "anna")
		}
		if wait := th.take(other, "anna"); wait != 10*time.Minute {
			t.Fatalf("the 4th try waits %s, want 10m", wait)
		}
		fail(t, th, other, "ben")
		pass(10 * time.Minute)
		fail(t, th, other, "anna")
	})
	t.Run("a source, whatever the login", func(t *testing.T) {
		t.Parallel()
		th, _ := newOne()
		for i := range 3 {
			fail(t, th, home, fmt.Sprintf("user%d", i))
		}
		if wait := th.take(home, "fresh"); wait != 10*time.Minute {
			t.Fatalf("the 4th try waits %s, want 10m", wait)
		}
		fail(t, th, other, "fresh")
	})
	t.Run("failures are forgotten after the window", func(t *testing.T) {
		t.Parallel()
		th, pass := newOne()
		for range 10 {
			fail(t, th, home, "anna")
			fail(t, th, home, "anna")
			pass(time.Minute)
		}
	})
	t.Run("right passwords cost nothing", func(t *testing.T) {
		t.Parallel()
		th, _ := newOne()
		for i := range 100 {
			if wait := th.take(home, "anna"); wait != 0 {
				t.Fatalf("sign-in %d has to wait %s", i+1, wait)
			}
			th.done(home, "anna", right)
		}
	})
	t.Run("a right password of one's own does not clear the source", func(t *testing.T) {
		t.Parallel()
		th, _ := newOne()
		for i := range 3 {
			fail(t, th, home, fmt.Sprintf("victim%d", i))
			if i < 2 {
				th.take(home, "mine")
				th.done(home, "mine", right)
			}
		}
		if th.take(home, "mine") == 0 {
			t.Fatal("the source may go on")
		}
	})
	t.Run("a try that was broken off forgets nothing", func(t *testing.T) {
		t.Parallel()
		th, _ := newOne()
		for range 2 {
			fail(t, th, home, "anna")
		}
		th.take(home, "anna")
		th.done(home, "anna", undecided)
		fail(t, th, home, "anna")
		if th.take(other, "anna") == 0 {
			t.Fatal("the failures before were forgotten")
		}
	})
	t.Run("parallel tries count while they are under way", func(t *testing.T) {
		t.Parallel()
		th, _ := newOne()
		admitted := 0
		for range 50 {
			if th.take(home, "anna") == 0 {
				admitted++
			}
		}
		if admitted != 3 {
			t.Fatalf("%d tries at once, want 3", admitted)
		}
	})
	t.Run("an IPv6 /64 is one source", func(t *testing.T) {
		t.Parallel()
		a := sourceKey(netip.MustParseAddr("2001:db8:0:1::1"))
		b := sourceKey(netip.MustParseAddr("2001:db8:0:1:ffff::2%eth0"))
		c := sourceKey(netip.MustParseAddr("2001:db8:0:2::1"))
		if a != b || a == c {
			t.Fatalf("keys %q %q %q", a, b, c)
		}
		if got := sourceKey(netip.MustParseAddr("::ffff:192.0.2.1")); got != sourceKey(home) {
			t.Fatalf("mapped IPv4 is %q", got)
		}
	})
	t.Run("memory is bounded", func(t *testing.T) {
		t.Parallel()
		th, _ := newOne()
		for i := range 3 * maxTries {
			th.take(address(i), "one")
			th.done(address(i), "one", right)
		}
		if len(th.tries) > maxTries+1 {
			t.Fatalf("%d kept", len(th.tries))
		}
	})
}
