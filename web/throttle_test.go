package web

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestThrottle(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	newOne := func() *throttle { return newThrottle(func() time.Time { return now }) }
	home, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")

	t.Run("a login has ten tries from anywhere, then one each 15 s", func(t *testing.T) {
		th := newOne()
		for i := range 10 {
			from := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
			if wait := th.take(from, "anna"); wait != 0 {
				t.Fatalf("try %d has to wait %s", i+1, wait)
			}
		}
		if wait := th.take(other, "anna"); wait != 15*time.Second {
			t.Fatalf("11th try waits %s, want 15s", wait)
		}
		if wait := th.take(other, "ben"); wait != 0 {
			t.Fatalf("another login waits %s", wait)
		}
		now = now.Add(15 * time.Second)
		if wait := th.take(other, "anna"); wait != 0 {
			t.Fatalf("after 15 s the try still waits %s", wait)
		}
	})
	t.Run("a source has twenty tries whatever the login", func(t *testing.T) {
		th := newOne()
		for i := range 20 {
			if wait := th.take(home, fmt.Sprintf("user%d", i)); wait != 0 {
				t.Fatalf("try %d has to wait %s", i+1, wait)
			}
		}
		if wait := th.take(home, "fresh"); wait != 3*time.Second {
			t.Fatalf("21st try waits %s, want 3s", wait)
		}
		if wait := th.take(other, "fresh"); wait != 0 {
			t.Fatalf("another source waits %s", wait)
		}
	})
	t.Run("a right password costs nothing", func(t *testing.T) {
		th := newOne()
		for i := range 100 {
			if wait := th.take(home, "anna"); wait != 0 {
				t.Fatalf("sign-in %d has to wait %s", i+1, wait)
			}
			th.give(home, "anna")
		}
	})
	t.Run("an IPv6 /64 is one source", func(t *testing.T) {
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
		th := newOne()
		for i := range 3 * maxBuckets {
			th.take(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), "one")
			th.give(home, "one")
		}
		if len(th.buckets) > maxBuckets+1 {
			t.Fatalf("%d buckets kept", len(th.buckets))
		}
	})
}

func TestMask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"+8613800138000", "+86138****8000"},
		{"13800138000", "138****8000"},
		{"02112345678", "021****5678"},
		{"123456789", "1****6789"},
		{"12345678", "******78"},
		{"110", "*10"},
		{"1", "1"},
	} {
		if got := maskNumber(c.in); got != c.want {
			t.Errorf("maskNumber(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{{"", ""}, {"王芳", "王**"}, {"Li", "L**"}, {"李", "李"}} {
		if got := maskName(c.in); got != c.want {
			t.Errorf("maskName(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
