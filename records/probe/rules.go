package probe

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// ErrTarget says that there is no host or port to look at.
var ErrTarget = errors.New("probe: no host name or address, or no port")

// Rule is one line of the operator's list.
type Rule struct {
	net   netip.Prefix
	host  string // exact, or "*.domain", or "*"
	ports []portRange
}

type portRange struct{ first, last uint16 }

// ParseRule reads one line of the list. target is a network ("203.0.113.0/24", "2001:db8::/32"), an address, a host name, all
// names below a domain ("*.example.com"), or "*", everything that is public. ports are numbers and ranges separated by commas.
//
// Addresses that are not public (private, loopback, link-local and so on) need a network of their own kind in the list: neither a
// name that points there nor 0.0.0.0/0 opens them.
func ParseRule(target, ports string) (Rule, error) {
	var r Rule
	target = strings.ToLower(strings.TrimSpace(target))
	switch {
	case target == "*":
		r.host = target
	case strings.Contains(target, "/"):
		n, err := netip.ParsePrefix(target)
		if err != nil {
			return r, fmt.Errorf("%q is no network", target)
		}
		if n != n.Masked() {
			return r, fmt.Errorf("%s has bits behind its mask; write %s", target, n.Masked())
		}
		r.net = n
	default:
		if a, err := netip.ParseAddr(target); err == nil {
			r.net = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
			break
		}
		name := strings.TrimPrefix(target, "*.")
		if !namePattern.MatchString(name) {
			return r, fmt.Errorf("%q is no network, address or name", target)
		}
		r.host = strings.TrimSuffix(target, ".")
	}
	var err error
	r.ports, err = parsePorts(ports)
	return r, err
}

func parsePorts(text string) ([]portRange, error) {
	var out []portRange
	for part := range strings.SplitSeq(text, ",") {
		first, last, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			last = first
		}
		a, errA := strconv.ParseUint(first, 10, 16)
		b, errB := strconv.ParseUint(last, 10, 16)
		if errA != nil || errB != nil || a == 0 || b < a {
			return nil, fmt.Errorf("%q is no port or range of ports", part)
		}
		out = append(out, portRange{uint16(a), uint16(b)})
	}
	return out, nil
}

// namePattern is a host name in ASCII (RFC 1123); a name in other letters is written in its xn-- form.
var namePattern = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\.?$`)

// hostName checks what a person typed and gives it in one form.
func hostName(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")); err == nil {
		if a.Zone() != "" {
			return "", ErrTarget
		}
		return a.Unmap().String(), nil
	}
	if len(s) > 253 || !namePattern.MatchString(s) {
		return "", ErrTarget
	}
	return strings.TrimSuffix(s, "."), nil
}

// policy is the operator's list.
type policy []Rule

// mayAsk reports whether any look at host and port could be allowed, before its name is looked up.
func (p policy) mayAsk(host string, port uint16) bool {
	addr, err := netip.ParseAddr(host)
	if err == nil {
		return p.allows(host, addr, port)
	}
	for _, r := range p {
		if r.covers(port) && (r.host == "" || r.matches(host)) {
			return true
		}
	}
	return false
}

// allows reports whether this address, which host stands for, may be connected to.
func (p policy) allows(host string, addr netip.Addr, port uint16) bool {
	block, special := specialBlock(addr)
	for _, r := range p {
		if !r.covers(port) {
			continue
		}
		switch {
		case r.host != "":
			if !special && r.matches(host) {
				return true
			}
		case r.net.Contains(addr) && (!special || within(r.net, block)):
			return true
		}
	}
	return false
}

func (r Rule) covers(port uint16) bool {
	for _, p := range r.ports {
		if p.first <= port && port <= p.last {
			return true
		}
	}
	return false
}

func (r Rule) matches(host string) bool {
	if domain, ok := strings.CutPrefix(r.host, "*."); ok {
		return strings.HasSuffix(host, "."+domain)
	}
	return r.host == "*" || r.host == host
}

func within(n, block netip.Prefix) bool { return n.Bits() >= block.Bits() && block.Contains(n.Addr()) }
