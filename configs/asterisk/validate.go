package asterisk

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Everything that reaches a template must match one of these (or be a number, or an address that parsed): no value can
// bring a line break, a section or a dialplan expression into a file.
var (
	namePattern     = regexp.MustCompile(`^[a-z0-9]{1,16}$`)
	trunkPattern    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,23}$`)
	phonePattern    = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,31}$`)
	didPattern      = regexp.MustCompile(`^[0-9]{2,15}$`)
	wordPattern     = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	promptPattern   = regexp.MustCompile(`^[A-Za-z0-9_./-]{1,128}$`)
	passwordPattern = regexp.MustCompile(`^[A-Za-z0-9_.~+/=-]{12,128}$`)
	ha1Pattern      = regexp.MustCompile(`^[0-9a-f]{32}$`)
	shownPattern    = regexp.MustCompile(`^\+?[0-9]{3,15}$`)
	hostPattern     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$`)
	pathPattern     = regexp.MustCompile(`^/[A-Za-z0-9_./@+,:=-]*$`)
)

// validate names everything wrong with a plan whose defaults are filled in, joined into one error.
func (p Plan) validate() error {
	var c check
	c.match("Name", p.Name, namePattern)
	c.match("Language", p.Language, wordPattern)
	c.match("Application", p.Application, wordPattern)
	c.match("ARIUser", p.ARIUser, wordPattern)
	c.match("Goodbye", p.Goodbye, promptPattern)
	c.match("EtcDir", p.EtcDir, pathPattern)
	c.need(filepath.IsAbs(p.EtcDir), "EtcDir %q must be absolute", p.EtcDir)
	c.need(p.ARIUser != "general", "ARIUser must not be %q: that is a section of ari.conf", p.ARIUser)
	if p.ARIPassword != "" {
		c.need(passwordPattern.MatchString(p.ARIPassword), "ARIPassword must be 12 to 128 of A-Z a-z 0-9 _.~+/=-")
	}
	c.need(p.MaxCalls > 0, "MaxCalls %d must be positive", p.MaxCalls)
	c.need(p.HTTPSessions > 0, "HTTPSessions %d must be positive", p.HTTPSessions)
	c.need(p.FallbackPhones > 0 && p.FallbackPhones <= 100, "FallbackPhones %d must be 1 to 100", p.FallbackPhones)
	c.need(p.RTPStart >= 1024 && p.RTPEnd <= 65535 && p.RTPEnd-p.RTPStart >= 3,
		"RTP ports %d-%d must lie in 1024-65535 and hold at least two pairs", p.RTPStart, p.RTPEnd)
	c.whole("Watchdog", p.Watchdog, time.Second)
	c.whole("FallbackRing", p.FallbackRing, time.Second)
	c.whole("FallbackLimit", p.FallbackLimit, time.Second)
	c.whole("Ringback.On", p.Ringback.On, time.Millisecond)
	c.whole("Ringback.Off", p.Ringback.Off, time.Millisecond)
	c.need(p.Ringback.Hz >= 100 && p.Ringback.Hz <= 3400, "Ringback.Hz %d must be 100 to 3400", p.Ringback.Hz)
	c.addresses(p)
	c.callers(p)
	return errors.Join(c.found...)
}

// check collects what is wrong.
type check struct{ found []error }

func (c *check) need(ok bool, format string, args ...any) {
	if !ok {
		c.found = append(c.found, fmt.Errorf("asterisk plan: "+format, args...))
	}
}

func (c *check) match(field, value string, pattern *regexp.Regexp) {
	c.need(pattern.MatchString(value), "%s %q must match %s", field, value, pattern)
}

func (c *check) whole(field string, d, unit time.Duration) {
	c.need(d > 0 && d%unit == 0, "%s %s must be a positive multiple of %s", field, d, unit)
}

func (c *check) addresses(p Plan) {
	http, ok := c.hostPort("HTTP", p.HTTP)
	c.need(!ok || http.Addr().IsLoopback(),
		"HTTP %s must be a loopback address: ARI commands every call; let a proxy with client certificates carry it further", p.HTTP)
	c.hostPort("SIP", p.SIP)
	if p.External != "" {
		_, err := netip.ParseAddr(p.External)
		c.need(err == nil, "External %q must be an IP address", p.External)
	}
	for _, n := range p.LocalNets {
		_, err := netip.ParsePrefix(n)
		c.need(err == nil, "LocalNets %q must be a network like 10.0.0.0/8", n)
	}
	if p.STUN != "" {
		host, port, err := net.SplitHostPort(p.STUN)
		n, portErr := strconv.Atoi(port)
		c.need(err == nil && portErr == nil && n > 0 && n < 65536 && wordPattern.MatchString(host),
			"STUN %q must be host:port", p.STUN)
	}
}

func (c *check) hostPort(field, value string) (netip.AddrPort, bool) {
	addr, err := netip.ParseAddrPort(value)
	c.need(err == nil && addr.Port() != 0, "%s %q must be an IP address and a port, e.g. 127.0.0.1:8088", field, value)
	return addr, err == nil
}

func (c *check) callers(p Plan) {
	names := map[string]bool{}
	for _, t := range p.Trunks {
		c.match("trunk name", t.Name, trunkPattern)
		c.need(!names[t.Name], "trunk name %q is used twice", t.Name)
		names[t.Name] = true
		c.need(len(t.Addresses) > 0, "trunk %q needs at least one address: a trunk is known by where it calls from", t.Name)
		for _, a := range t.Addresses {
			_, addrErr := netip.ParseAddr(a)
			_, netErr := netip.ParsePrefix(a)
			c.need(addrErr == nil || netErr == nil, "trunk %q: %q must be an IP address or a network", t.Name, a)
		}
		for _, codec := range t.Codecs {
			c.match("codec", codec, wordPattern)
		}
	}
	if out := p.Outbound; out != nil {
		c.outbound(*out)
	}
	dids := map[string]bool{}
	did := func(d string) {
		c.match("DID", d, didPattern)
		c.need(!dids[d], "DID %q is used twice", d)
		dids[d] = true
	}
	for _, d := range p.DIDs {
		did(d)
	}
	phones := map[string]bool{}
	phone := func(name string) {
		c.need(phonePattern.MatchString(name) && !strings.HasPrefix(name, "trunk"),
			"phone %q must match %s and not begin with trunk", name, phonePattern)
	}
	for _, f := range p.Phones {
		phone(f.Name)
		c.need(!phones[f.Name], "phone %q is used twice", f.Name)
		phones[f.Name] = true
		c.match("HA1 of phone "+f.Name, f.HA1, ha1Pattern)
	}
	if b := p.Baseline; b != nil {
		did(b.DialDID)
		did(b.QueueDID)
		c.need(len(b.Phones) > 0, "Baseline needs phones")
		for _, name := range b.Phones {
			phone(name)
		}
		for _, number := range slices.Sorted(maps.Keys(b.Direct)) {
			did(number)
			phone(b.Direct[number])
		}
		if b.LoneDID != "" || b.LonePhone != "" {
			did(b.LoneDID)
			phone(b.LonePhone)
		}
	}
}

func (c *check) outbound(out Outbound) {
	host, port, err := net.SplitHostPort(out.Address)
	n, portErr := strconv.Atoi(port)
	c.need(err == nil && portErr == nil && n > 0 && n < 65536 && hostPattern.MatchString(host),
		"Outbound address %q must be host:port", out.Address)
	c.match("Outbound caller id", out.CallerID, shownPattern)
	for _, codec := range out.Codecs {
		c.match("codec", codec, wordPattern)
	}
	if out.User != "" {
		c.match("Outbound user", out.User, wordPattern)
		c.need(passwordPattern.MatchString(out.Password), "Outbound password must be 12 to 128 of A-Z a-z 0-9 _.~+/=-")
	}
}
