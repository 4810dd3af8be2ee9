package probe

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestListedTargets(t *testing.T) {
	list := policy(rules(
		t,
		[2]string{"*.customer.example", "22,3389"},
		[2]string{"pos.shop.example", "5900-5910"},
		[2]string{"8.8.4.0/24", "22"},
		[2]string{"0.0.0.0/0", "443"},
		[2]string{"::/0", "443"},
		[2]string{"10.1.0.0/16", "22"},
		[2]string{"127.0.0.1", "2022"},
		[2]string{"*", "8443"},
	))
	for _, tt := range []struct {
		host, addr string
		port       uint16
		want       bool
	}{
		{"erp.customer.example", "8.8.8.8", 3389, true},
		{"erp.customer.example", "8.8.8.8", 3390, false},
		{"a.b.customer.example", "8.8.8.8", 22, true},
		{"customer.example", "8.8.8.8", 22, false},
		{"evil-customer.example", "8.8.8.8", 22, false},
		{"customer.example.evil.test", "8.8.8.8", 22, false},
		{"erp.customer.example", "10.2.0.1", 22, false},  // a listed name that points inside
		{"erp.customer.example", "127.0.0.1", 22, false}, // DNS rebinding
		{"erp.customer.example", "10.1.2.3", 22, true},   // a network of its own kind is listed
		{"pos.shop.example", "8.8.8.8", 5905, true},
		{"pos.shop.example", "8.8.8.8", 5911, false},
		{"8.8.4.9", "8.8.4.9", 22, true},
		{"8.8.5.9", "8.8.5.9", 22, false},
		{"8.8.5.9", "8.8.5.9", 443, true},
		{"192.168.1.1", "192.168.1.1", 443, false}, // everything is not everything
		{"169.254.169.254", "169.254.169.254", 443, false},
		{"100.64.0.1", "100.64.0.1", 443, false},
		{"0.0.0.0", "0.0.0.0", 443, false},
		{"::1", "::1", 443, false},
		{"fd00::1", "fd00::1", 443, false},
		{"64:ff9b::7f00:1", "64:ff9b::7f00:1", 443, false}, // 127.0.0.1 through NAT64
		{"2002:7f00:1::", "2002:7f00:1::", 443, false},     // and 6to4
		{"2606:4700::1", "2606:4700::1", 443, true},
		{"127.0.0.1", "127.0.0.1", 2022, true},
		{"127.0.0.2", "127.0.0.2", 2022, false},
		{"any.test", "8.8.8.8", 8443, true},
		{"any.test", "10.1.0.1", 8443, false},
	} {
		if got := list.allows(tt.host, netip.MustParseAddr(tt.addr), tt.port); got != tt.want {
			t.Errorf("%s (%s) port %d: allowed is %t", tt.host, tt.addr, tt.port, got)
		}
	}
}

func TestWhatIsNotListedIsNotTouched(t *testing.T) {
	open := listen(t, "127.0.0.1:0")
	port := portOf(t, open.Addr())
	dns := &names{hosts: map[string][][]string{"erp.customer.example": {{"127.0.0.1"}}}}
	nothing := New(Options{Resolver: dns, Timeout: time.Second})
	expect(t, "an empty list", look(t, nothing, Target{Host: "127.0.0.1", Port: port}), Unknown, NotAllowed)
	expect(t, "an empty list, by name", look(t, nothing, Target{Host: "erp.customer.example", Port: port}), Unknown, NotAllowed)
	if dns.asked != 0 {
		t.Error("a name server was asked about a target that is not listed")
	}
	byName := New(Options{Allow: rules(t, [2]string{"*.customer.example", "1-65535"}), Resolver: dns, Timeout: time.Second})
	expect(t, "a listed name that points to this machine", look(t, byName, Target{Host: "erp.customer.example", Port: port}), Unknown, NotAllowed)
	for _, pinned := range [][]netip.Addr{{netip.MustParseAddr("127.0.0.1")}, {netip.MustParseAddr("::ffff:127.0.0.1")}} {
		expect(t, "pinned to this machine", look(t, byName, Target{Host: "erp.customer.example", Port: port, Pinned: pinned}), Unknown, NotAllowed)
	}
	select {
	case <-open.hits:
		t.Error("a port that is not listed was connected to")
	default:
	}
}

func TestTargetsThatAreNone(t *testing.T) {
	p := New(Options{Allow: loopback(t)})
	for _, host := range []string{"", " ", "a b", "http://x", "x/y", "user@host", "127.0.0.1:22", "fe80::1%eth0", "-x", "x..y", "客户.example", "a\x00b", strings.Repeat("a.", 200)} {
		if _, err := p.Look(t.Context(), Target{Host: host, Port: 22}); !errors.Is(err, ErrTarget) {
			t.Errorf("%q: %v", host, err)
		}
	}
	if _, err := p.Look(t.Context(), Target{Host: "127.0.0.1"}); !errors.Is(err, ErrTarget) {
		t.Errorf("no port: %v", err)
	}
}

func TestRulesThatAreWrong(t *testing.T) {
	for _, line := range [][2]string{
		{"", "22"},
		{"10.0.0.1/8", "22"},
		{"10.0.0.0/33", "22"},
		{"a b", "22"},
		{"*x.example", "22"},
		{"x.*", "22"},
		{"*", ""},
		{"*", "0"},
		{"*", "65536"},
		{"*", "30-20"},
		{"*", "22,"},
		{"*", "ssh"},
		{"*", "1-2-3"},
	} {
		if _, err := ParseRule(line[0], line[1]); err == nil {
			t.Errorf("%q %q is accepted", line[0], line[1])
		}
	}
}

// FuzzHostName: whatever is typed is refused or comes out in a form that stays the same and cannot mean anything else.
func FuzzHostName(f *testing.F) {
	for _, s := range []string{"a.example", "127.0.0.1", "::ffff:10.0.0.1", "[::1]", "0x7f.1", "xn--x", "A.B."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := hostName(s)
		if err != nil {
			return
		}
		if again, err := hostName(name); err != nil || again != name {
			t.Errorf("%q becomes %q becomes %q, %v", s, name, again, err)
		}
		if strings.ContainsAny(name, " /@\\%\x00\n") {
			t.Errorf("%q becomes %q", s, name)
		}
	})
}
