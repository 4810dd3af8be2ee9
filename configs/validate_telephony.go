package configs

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// maxSwitches bounds how many connections one controller keeps.
const maxSwitches = 8

func (k *checker) switches(switches []Switch) {
	if len(switches) == 0 {
		k.bad("switches", "leave the key out for the embedded switch, or name yours", "is empty: no call could arrive")
	}
	if len(switches) > maxSwitches {
		k.bad("switches", "start another hotline for the rest", "has %d switches, at most %d go with one controller", len(switches), maxSwitches)
	}
	seen, embedded := map[string]string{}, false
	for i, s := range switches {
		key := fmt.Sprintf("switches[%d]", i)
		k.name(key+".name", s.Name, switchName, "use small letters and digits, at most 16", seen)
		k.oneOf(key+".kind", string(s.Kind), string(SwitchEmbedded), string(SwitchAsterisk))
		switch s.Kind {
		case SwitchAsterisk:
			k.ariSwitch(key, s)
		case SwitchEmbedded:
			if embedded {
				k.bad(key+".kind", "keep one; several Asterisks can stand beside it", "is a second embedded switch in one process")
			}
			embedded = true
			if s.Bind != "" {
				k.ipPort(key+".bind", s.Bind)
			}
			if s.Password != "" || s.PasswordFile != "" {
				k.bad(key+".kind", "write kind: asterisk, or remove the password", "is embedded, but a password for ARI is given")
			}
		}
	}
}

// ariSwitch checks how an Asterisk is reached.
func (k *checker) ariSwitch(key string, s Switch) {
	if u := k.url(key+".url", s.URL, false, "http", "https"); u != nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		k.bad(key+".url", "use https, or a tunnel that ends on loopback", "ARI's password would cross the network in the clear to %s", u.Host)
	}
	if !plainName.MatchString(s.User) {
		k.bad(key+".user", nameMend, "%s is no ARI user", quoteShort(s.User))
	}
	if !plainName.MatchString(s.Application) {
		k.bad(key+".application", nameMend, "%s is no application name", quoteShort(s.Application))
	}
	k.secret(key, "password", s.Password, s.PasswordFile, true)
}

// ipPort checks an address that Asterisk binds, which takes no names, and gives its host.
func (k *checker) ipPort(key, address string) string {
	host, ok := k.listen(key, address)
	if !ok {
		return ""
	}
	if _, err := netip.ParseAddr(host); err != nil {
		k.bad(key, "write an IP address and a port, e.g. 0.0.0.0:5060", "%s is no IP address", quoteShort(host))
		return ""
	}
	return host
}

// seconds checks a duration that Asterisk takes in whole seconds.
func (k *checker) seconds(key string, d, high time.Duration) {
	if d%time.Second != 0 {
		k.bad(key, "Asterisk counts in whole seconds", "%v is no number of whole seconds", d)
		return
	}
	k.between(key, d, time.Second, high)
}

// secret checks that a secret is given in one way.
func (k *checker) secret(section, name, value, file string, needed bool) {
	key := join(section, name)
	switch {
	case value != "" && file != "":
		k.bad(key, "remove one of the two", "is given both here and by %s_file", name)
	case value == "" && file == "" && needed:
		k.bad(key, "set "+name+"_file to a file that only the service can read", "is missing")
	case strings.ContainsAny(value, "\r\n"):
		k.bad(key, "write it on one line", "has a line break")
	}
}

func (k *checker) asterisk(a Asterisk) {
	k.ipPort("asterisk.sip_bind", a.SIPBind)
	if host := k.ipPort("asterisk.http_bind", a.HTTPBind); host != "" && !loopback(host) {
		k.bad("asterisk.http_bind", "bind 127.0.0.1 and let a TLS proxy carry it further", "ARI commands every call, and %s is open to the network", a.HTTPBind)
	}
	if a.STUN != "" {
		k.listen("asterisk.stun", a.STUN)
	}
	if a.ExternalAddress != "" {
		if _, err := netip.ParseAddr(a.ExternalAddress); err != nil {
			k.bad("asterisk.external_address", "write an IP address", "%s is no IP address", quoteShort(a.ExternalAddress))
		}
		if len(a.LocalNetworks) == 0 {
			k.bad("asterisk.local_networks", "list the networks reached without NAT, e.g. 10.0.0.0/8", "is needed with external_address")
		}
	}
	for i, network := range a.LocalNetworks {
		if _, err := netip.ParsePrefix(network); err != nil {
			k.bad(fmt.Sprintf("asterisk.local_networks[%d]", i), "write it as 10.0.0.0/8", "%s is no network", quoteShort(network))
		}
	}
	k.whole("asterisk.rtp_first", a.RTPFirst, 1024, 65534)
	k.whole("asterisk.rtp_last", a.RTPLast, 1025, 65535)
	if a.RTPLast-a.RTPFirst < 3 {
		k.bad("asterisk.rtp_last", "each call takes four ports: leave room for the calls you expect", "leaves %d ports", a.RTPLast-a.RTPFirst+1)
	}
	k.seconds("asterisk.watchdog", a.Watchdog, time.Hour)
	k.seconds("asterisk.fallback_ring", a.FallbackRing, 10*time.Minute)
	if a.NoVoice != 0 {
		k.between("asterisk.no_voice", a.NoVoice, 4*time.Second, time.Minute)
	}
	k.whole("asterisk.standby", a.Standby, 0, 50)
	if !langName.MatchString(a.SoundsLanguage) {
		k.bad("asterisk.sounds_language", "write the directory's name, e.g. en or zh", "%s is no language", quoteShort(a.SoundsLanguage))
	}
	k.trunks(a.Trunks)
}

func (k *checker) trunks(trunks []Trunk) {
	names, owners := map[string]string{}, map[netip.Prefix]string{}
	for i, t := range trunks {
		key := fmt.Sprintf("asterisk.trunks[%d]", i)
		k.name(key+".name", t.Name, trunkName, "use small letters, digits and -, at most 24", names)
		if len(t.Addresses) == 0 {
			k.bad(key+".addresses", "list the addresses your provider sends calls from", "is empty: no call could arrive")
		}
		for j, text := range t.Addresses {
			at := fmt.Sprintf("%s.addresses[%d]", key, j)
			prefix, err := prefixOf(text)
			switch {
			case err != nil:
				k.bad(at, "write an IP address or a network like 203.0.113.0/28", "%s is no address", quoteShort(text))
			case prefix.Bits() == 0:
				k.bad(at, "list the provider's own addresses", "%s would take calls from everywhere", text)
			case owners[prefix] != "":
				k.bad(at, "keep it in one trunk", "%s belongs to trunk %s already", text, owners[prefix])
			default:
				owners[prefix] = t.Name
			}
		}
	}
}

// prefixOf reads an address as the network that holds it alone.
func prefixOf(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		ip, err := netip.ParseAddr(text)
		if err != nil {
			return netip.Prefix{}, err
		}
		return ip.Prefix(ip.BitLen())
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

func (k *checker) hotlines(c Config) {
	if len(c.Hotlines) == 0 {
		k.bad("hotlines", "name at least one with the numbers that lead to it", "is empty: no number would be answered")
	}
	names, dids := map[string]string{}, map[string]string{}
	for i, h := range c.Hotlines {
		key := fmt.Sprintf("hotlines[%d]", i)
		k.name(key+".name", h.Name, plainName, nameMend, names)
		k.queueRef(key+".queue", h.Queue, c.Queues)
		if len(h.DIDs) == 0 {
			k.bad(key+".dids", "list the dialled numbers as the network sends them", "is empty")
		}
		for j, did := range h.DIDs {
			at := fmt.Sprintf("%s.dids[%d]", key, j)
			switch {
			case !didPattern.MatchString(did):
				k.bad(at, "write 2 to 15 digits and nothing else, as the network sends them", "%s is no dialled number", quoteShort(did))
			case dids[did] != "":
				k.bad(at, "a number leads to one hotline", "%s is a number of hotline %s already", did, dids[did])
			default:
				dids[did] = h.Name
			}
		}
		if !isoCountry.MatchString(h.Region) {
			k.bad(key+".region", "write the two capital letters of ISO 3166, e.g. CN", "%s is no country", quoteShort(h.Region))
		}
		k.between(key+".ring.on", h.Ring.On, 100*time.Millisecond, 10*time.Second)
		k.between(key+".ring.off", h.Ring.Off, 100*time.Millisecond, 10*time.Second)
		k.whole(key+".rings", h.Rings, 1, 9)
	}
}

// queueRef checks that a queue of this name exists.
func (k *checker) queueRef(key, name string, queues []Queue) {
	names := make([]string, len(queues))
	for i, q := range queues {
		if q.Name == name {
			return
		}
		names[i] = q.Name
	}
	k.bad(key, didYouMean(name, names), "%s is no queue", quoteShort(name))
}
